"""The catalog goes out as CSV or XLSX, in Chinese or English, and comes back as it was."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from etl.catalog.catalog_file import is_ours, plan_import
from etl.imports.importer import import_file
from shop.access.roles import OWNER, Actor
from shop.catalog import pieces, products
from shop.catalog.pieces import PieceFields
from shop.catalog.products import ProductFields, VariantFields
from shop.db.database import Database
from shop.listings import bulk_edit, catalog_import, catalog_table, listings
from shop.listings.catalog_import import NotCatalogTable
from shop.listings.plan import Cell
from shop.undo.catalog import undo
from tests.support.files_by_kind import DATA
from tests.support.fresh import new_database

SHAPES = [(kind, language) for kind in ("csv", "xlsx") for language in ("zh", "en")]
MEI = Actor("mei", "assistant")


def out(db: Database, folder: Path, kind: str, language: str, actor: Actor = OWNER) -> Path:
    path = folder / f"catalog-{language}.{kind}"
    path.write_bytes(catalog_table.export_bytes(db, kind, language, actor=actor))
    return path


def content(db: Database) -> list[dict[str, Any]]:
    table = catalog_table.catalog_table(db).drop(columns=["stated_at", "on_hand", "reserved", "presale"])
    return table.to_dict("records")


def shop_of_all_kinds(db: Database) -> None:
    product = ProductFields(
        "=青瓷杯", form="杯", glaze="@青瓷", is_food_safe=True, description="第一行\n\n'第二行'\t完"
    )
    products.add(
        db,
        product,
        [
            VariantFields(sku="QC-S", title="-小号", price_cents=12_850, height_mm=60, place="'A1"),
            VariantFields(
                sku="007",
                currency="JPY",
                price_cents=4_500,
                lead_days=30,
                stock_policy="made_to_order",
                seconds_of="QC-S",
            ),
        ],
        actor=OWNER,
        code="QC",
    )
    pieces.add(
        db,
        "QC",
        [PieceFields(height_mm=90, maker="None", made_on=date(2026, 1, 31), note="N/A", price_cents=88_000)],
        actor=OWNER,
    )
    listings.create_draft(db, "QC-S", "douyin", title="＝标题", actor=OWNER)
    products.add(db, ProductFields("没有规格的款"), [], actor=OWNER)
    for name in ("etsy_it.csv", "shopify_old.csv"):
        import_file(db, DATA / name)
    wish = bulk_edit.plan(
        db,
        [Cell("listing_price", ("etsy", "TAZ-01"), "21.00"), Cell("is_food_safe", ("TAZ-01",), "no")],
        actor=OWNER,
    )
    assert not wish.rejected
    bulk_edit.apply(db, wish, actor=OWNER)


@pytest.mark.parametrize(("kind", "language"), SHAPES)
def test_the_same_catalog_back_changes_nothing(db: Database, tmp_path: Path, kind, language):
    shop_of_all_kinds(db)
    result = plan_import(db, out(db, tmp_path, kind, language), actor=OWNER)
    assert (result.added, result.changes, result.rejected, result.ignored) == ((), (), (), ())
    assert result.rows > 15


@pytest.mark.parametrize(("kind", "language"), SHAPES)
def test_an_empty_shop_gets_the_whole_catalog_back(db: Database, tmp_path: Path, kind, language):
    shop_of_all_kinds(db)
    path = out(db, tmp_path, kind, language)
    other = new_database(tmp_path / "other.db")
    result = plan_import(other, path, actor=OWNER)
    assert result.rejected == ()
    catalog_import.apply(other, result, actor=OWNER)
    assert content(other) == content(db)
    other.close()


TEXT = some.text(
    some.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12
) | some.sampled_from(["=1+1", "'a", "''b", "-", "None", "N/A", "@x", "+1", ' "q" ', "a,b", "两\n行", "1e5"])


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=some.lists(some.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=6),
    shape=some.sampled_from(SHAPES),
    price=some.integers(0, 10**9),
    currency=some.sampled_from(["CNY", "JPY", "EUR"]),
)
def test_whatever_is_typed_comes_back_as_it_was(tmp_path_factory, words, shape, price, currency):
    folder = tmp_path_factory.mktemp("round")
    db, other = new_database(folder / "a.db"), new_database(folder / "b.db")
    for number, (title, glaze, place) in enumerate(words):
        fields = VariantFields(place=place, price_cents=price, currency=currency, title=glaze)
        product = ProductFields(title=f"{title}x", glaze=glaze, description=title)
        products.add(db, product, [fields], actor=OWNER, code=f"P{number}")
    path = out(db, folder, *shape)
    assert plan_import(db, path, actor=OWNER).changes == ()
    catalog_import.apply(other, plan_import(other, path, actor=OWNER), actor=OWNER)
    assert content(other) == content(db)
    for database in (db, other):
        database.close()


def edited(path: Path, change: dict[tuple[int, str], str]) -> Path:
    """A CSV with some cells changed: (row below the header from 0, heading)."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    for (row, heading), text in change.items():
        lines[row + 1][lines[0].index(heading)] = text
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    path.write_text(text.getvalue(), "utf-8-sig")
    return path


def test_an_edited_file_is_previewed_applied_and_undone(db: Database, tmp_path: Path):
    products.add(
        db,
        ProductFields("杯"),
        [VariantFields(sku="A", price_cents=100), VariantFields(sku="B", price_cents=100)],
        actor=OWNER,
        code="P",
    )
    path = edited(
        out(db, tmp_path, "csv", "zh"),
        {
            (0, "定价"): "9.90",
            (1, "定价"): "cheap",
            (0, "泥料"): "高岭土",
            (1, "泥料"): "高岭土",
            (1, "货位"): "B-3",
            (0, "供货方式"): "made to order",
            (1, "SKU"): "C",
        },
    )
    before = content(db)
    result = plan_import(db, path, actor=MEI)
    assert {(item.field, item.after) for item in result.changes} == {
        ("price", 990),
        ("clay", "高岭土"),
        ("stock_policy", "made_to_order"),
    }
    assert [(item.where, item.problem.code) for item in result.rejected] == [(3, "CellNoMoney")]
    assert content(db) == before, "looking changes nothing"
    number = catalog_import.apply(db, result, actor=MEI)
    assert content(db) != before
    undo(db, number, actor=MEI)
    assert content(db) == before


def test_rows_that_disagree_and_rows_without_a_parent_are_rejected_by_row_number(db: Database, tmp_path):
    products.add(
        db, ProductFields("杯"), [VariantFields(sku="A"), VariantFields(sku="B")], actor=OWNER, code="P"
    )
    path = edited(out(db, tmp_path, "csv", "en"), {(1, "Glaze"): "white"})
    path.write_text(path.read_text("utf-8-sig") + "Q" + "," * 9 + ",X" + "," * 40 + "\r\n", "utf-8-sig")
    result = plan_import(db, path, actor=OWNER)
    assert {item.problem.code for item in result.rejected} >= {"RowsDisagree"}
    assert result.count("product") == 0


def test_absent_columns_leave_values_unchanged_and_unknown_ones_are_reported(db: Database, tmp_path):
    products.add(
        db,
        ProductFields("杯", glaze="青瓷"),
        [VariantFields(sku="A", price_cents=100)],
        actor=OWNER,
        code="P",
    )
    path = tmp_path / "prices.csv"
    path.write_text("款号,SKU,定价,备忘\nP,A,12,记得\nP,NEW,13,\n", "utf-8")
    result = plan_import(db, path, actor=OWNER)
    assert result.ignored == ("备忘",)
    assert [(item.field, item.after) for item in result.changes] == [("price", 1200)]
    assert [(item.table, item.key) for item in result.added] == [("variant", ("NEW",))]
    catalog_import.apply(db, result, actor=OWNER)
    table = catalog_table.catalog_table(db)
    assert table["glaze"].tolist() == ["青瓷", "青瓷"]
    assert dict(zip(table["sku"], table["price"], strict=True)) == {"A": 1200, "NEW": 1300}


def test_another_table_is_no_catalog_file(tmp_path: Path, db: Database):
    assert not is_ours(DATA / "shopify_old.csv")
    assert is_ours(out(db, tmp_path, "csv", "en"))
    with pytest.raises(NotCatalogTable):
        plan_import(db, DATA / "tmall.csv", actor=OWNER)


def test_what_a_piece_cost_stays_with_the_owner(db: Database, tmp_path: Path):
    import_file(db, DATA / "shopify_old.csv")
    assert "9.10" in out(db, tmp_path, "csv", "en").read_text("utf-8-sig")
    assert "9.10" not in out(db, tmp_path, "csv", "en", MEI).read_text("utf-8-sig")


def test_a_file_of_two_thousand_variants_is_read_and_written_in_one_transaction(db: Database, tmp_path):
    lines = ["款号,款名,SKU,定价,货位"]
    lines += [f"P{n // 4},款{n // 4},S{n},{n}.50,A{n % 40}" for n in range(2_000)]
    path = tmp_path / "large.csv"
    path.write_text("\n".join(lines), "utf-8")
    result = plan_import(db, path, actor=OWNER)
    version = db.version()
    catalog_import.apply(db, result, actor=OWNER)
    assert db.version() == version + 1
    assert (result.count("product"), result.count("variant")) == (500, 2_000)
    assert plan_import(db, path, actor=OWNER).changes == ()
