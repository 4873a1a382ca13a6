"""The mark of a currency in amounts or in their header is not overruled by the currency of the shop."""

from pathlib import Path
from typing import Any

import pytest

from etl.errors import CurrencyWanted, IsAFolder, UnlikeAnyTable
from etl.imports.importer import import_file
from etl.profiles import kind, model
from shop.db.database import Database

SQUARE = Path(__file__).parents[1] / "data" / "square_items.csv"
WOOCOMMERCE = (
    "Order Number,Order Status,Order Date,Order Shipping Amount,Order Total Amount,SKU,Item #,Item Name,"
    "Quantity,Item Cost\n"
)
PROFILE = """table = "order_line"
constants = {platform = "own", currency = "shop", status = "completed"}
[columns]
order_id = "Order"
line_id = "Line"
sku = "SKU"
created_at = "Date"
paid = "PAID"
"""
SUMS = "SELECT currency, SUM(buyer_paid_cents) FROM order_line GROUP BY 1 ORDER BY 1"


def test_dollars_are_no_yuan(db: Database, rows: Any) -> None:
    """$ stands for several currencies, none of which is the shop's: the file is stored once its owner says which."""
    with pytest.raises(CurrencyWanted, match=r"\$"):
        import_file(db, SQUARE)
    assert rows(SUMS) == []
    import_file(db, SQUARE, settings={"currency": "USD"})
    assert rows(SUMS) == [("USD", 122_00)]


@pytest.mark.parametrize(
    ("mark", "expected"), [("€", "EUR"), ("US$", "USD"), ("", "CNY"), ("¥", "CNY"), ("CAD ", "CAD")]
)
def test_a_mark_of_one_currency_is_the_currency_of_the_file(
    db: Database, rows: Any, tmp_path: Path, mark: str, expected: str
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(f"{WOOCOMMERCE}911,Completed,2026-01-10 20:00,{mark}6,{mark}56,M,1,Mug,1,{mark}50\n")
    assert import_file(db, file).rejected == 0
    assert rows(SUMS) == [(expected, 50_00)]


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("Paid (USD)", ["10", "5"], [("USD", 15_00)]),
        ("Paid", ["10", "5", "€3"], [("CNY", 15_00)]),  # one cell is no file: its row is rejected
        ("Paid INC TAX", ["10", "5"], [("CNY", 15_00)]),
        ("VALEUR", ["10", "5"], [("CNY", 15_00)]),
        ("Paid HK$", ["10", "5"], [("HKD", 15_00)]),
    ],
)
def test_a_header_names_the_currency_and_a_single_cell_does_not(
    db: Database, rows: Any, tmp_path: Path, header: str, cells: list[str], expected: list[tuple[str, int]]
) -> None:
    file = tmp_path / "own.csv"
    lines = [f"{number},{number}-1,M,2026-01-10,{cell}" for number, cell in enumerate(cells)]
    file.write_text("\n".join([f"Order,Line,SKU,Date,{header}", *lines]))
    profile = kind.kind_of(model.read(PROFILE.replace("PAID", header), "own.toml"))
    report = import_file(db, file, kind=profile)
    assert report.rejected == sum("€" in cell for cell in cells)
    assert rows(SUMS) == expected


def test_what_is_no_table_at_all_is_told_in_words_without_gaps(db: Database, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("colour,length\nblue,3\n")
    with pytest.raises(UnlikeAnyTable) as refusal:
        import_file(db, tmp_path / "list.csv")
    assert "Nearest" not in str(refusal.value) and "colour, length" in str(refusal.value)
    for folder in (tmp_path, Path()):  # an empty name is the folder one is in
        with pytest.raises(IsAFolder, match=rf"^{folder.name or '.'} is a folder"):
            import_file(db, folder)
