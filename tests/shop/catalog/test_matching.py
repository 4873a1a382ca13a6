"""What was sold finds its variant by id, code or rule; what is doubtful waits, and is never guessed."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from shop.catalog.matching import MatchIndex, Name, resolve
from shop.core.text import folded
from shop.db.database import Database


def put(db: Database, table: str, **values: Any) -> None:
    row = {"shop_id": 1, **values}
    if table in ("variant", "listing", "product"):
        row = {"updated_at": 0, "payload_hash": 0, **row}
    if table in ("variant", "listing"):
        row = {"currency": "CNY", **row}
    if table == "match_rule":
        row = {"made_at": 0, "made_by": "mei", **row}
    marks = ", ".join(f":{name}" for name in row)
    with db.write() as connection:
        cursor = connection.connection.driver_connection
        cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)


def variant(db: Database, sku: str, product: str = "P") -> None:
    put(db, "variant", sku=sku, product_code=product)


def listing(
    db: Database, listing_id: str, sku: str, product_id: str | None = None, *, platform: str = "douyin"
) -> None:
    put(db, "listing", platform=platform, listing_id=listing_id, sku=sku, product_id=product_id)


def sold(db: Database, key: int, code: str = "", **words: str) -> None:
    put(db, "sold_name", name_key=key, sku=code, **words)


def matched(db: Database) -> Mapping[int, tuple[str | None, str | None]]:
    with db.write() as connection:
        resolve(connection, 1)
    with db.read() as connection:
        rows = connection.exec_driver_sql("SELECT name_key, sku, how FROM sold_match")
        return {row[0]: (row[1], row[2]) for row in rows}


def test_the_platforms_sku_id_finds_the_listing(db: Database) -> None:
    variant(db, "CUP-QC")
    listing(db, "3551234567890", "CUP-QC", "77")
    sold(db, 1, "an old code", platform_sku="3551234567890")
    assert matched(db) == {1: ("CUP-QC", "platform_sku")}


def test_the_merchant_code_finds_the_variant_in_full_width_and_with_blanks(db: Database) -> None:
    variant(db, "CUP-QC")
    sold(db, 1, " ＣＵＰ－ＱＣ ", title="青瓷杯")
    sold(db, 2, "cup-qc", title="青瓷杯")
    assert matched(db) == {1: ("CUP-QC", "code")}, "another case is another code"


def test_a_product_with_one_variant_is_known_by_its_product_id(db: Database) -> None:
    variant(db, "CUP-QC")
    variant(db, "BOWL-S", "Q")
    variant(db, "BOWL-L", "Q")
    listing(db, "11", "CUP-QC", "77")
    listing(db, "21", "BOWL-S", "88")
    listing(db, "22", "BOWL-L", "88")
    sold(db, 1, "77", product_id="77")
    sold(db, 2, "88", product_id="88")
    sold(db, 3, "77", product_id="77", platform_sku="12")
    assert matched(db) == {1: ("CUP-QC", "platform_sku")}, "two sizes, or another SKU id: it waits"


def test_code_and_product_that_disagree_wait(db: Database) -> None:
    variant(db, "A")
    variant(db, "B")
    listing(db, "11", "A", "77")
    sold(db, 1, "B", product_id="77")
    assert matched(db) == {}


def test_an_id_that_two_platforms_give_to_two_variants_waits(db: Database) -> None:
    variant(db, "A")
    variant(db, "B")
    listing(db, "11", "A")
    listing(db, "11", "B", platform="kuaishou")
    sold(db, 1, "A", platform_sku="11")
    assert matched(db) == {}


@pytest.mark.parametrize(
    ("sign", "value"), [("platform_sku", "900"), ("code", "old-1"), ("title_spec", "手工杯 | 大号")]
)
def test_a_rule_settles_all_equal_wordings(db: Database, sign: str, value: str) -> None:
    variant(db, "CUP")
    sold(db, 1, "old-1", platform_sku="900", title="手工杯", spec="大号")
    sold(db, 2, "ｏｌｄ－1 ", platform_sku=" 900", title="手工杯　", spec=" 大号")
    sold(db, 3, "old-2", platform_sku="901", title="手工杯", spec="小号")
    put(db, "match_rule", field=sign, value=value, sku="CUP")
    assert matched(db) == {1: ("CUP", "rule"), 2: ("CUP", "rule")}


def test_a_confirmed_match_takes_precedence_over_a_computed_one(db: Database) -> None:
    variant(db, "A")
    variant(db, "B")
    sold(db, 1, "A")
    put(db, "match_rule", field="code", value="A", sku="B")
    assert matched(db) == {1: ("B", "rule")}


def test_what_is_no_piece_is_ignored(db: Database) -> None:
    sold(db, 1, "SHIP", title="补运费")
    put(db, "match_rule", field="code", value="SHIP", sku="")
    assert matched(db) == {1: (None, "ignored")}


def test_a_rule_for_a_sku_that_is_gone_matches_nothing(db: Database) -> None:
    sold(db, 1, "X")
    put(db, "match_rule", field="code", value="X", sku="CUP")
    assert matched(db) == {}


def test_resolving_returns_exactly_the_changed_wordings(db: Database) -> None:
    sold(db, 1, "A")
    sold(db, 2, "B")
    with db.write() as connection:
        assert resolve(connection, 1) == set()
    variant(db, "A")
    with db.write() as connection:
        assert resolve(connection, 1, [2]) == set()
        assert resolve(connection, 1) == {1}
        assert resolve(connection, 1) == set()
        connection.exec_driver_sql("DELETE FROM variant")
        assert resolve(connection, 1, [1]) == {1}
    assert matched(db) == {}


CODES = some.sampled_from(["A", "B", "Ａ", " A ", "C", ""])
IDS = some.sampled_from(["1", "2", "3", None])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    skus=some.frozensets(some.sampled_from(["A", "B", "C"])),
    listings=some.lists(some.tuples(some.sampled_from("123"), some.sampled_from("ABC"))),
    products=some.lists(some.tuples(some.sampled_from("123"), some.sampled_from("ABC"))),
    rules=some.dictionaries(
        some.tuples(some.sampled_from(["platform_sku", "code"]), some.sampled_from("123ABC")),
        some.sampled_from(["A", "B", "C", "", "gone"]),
    ),
    name=some.builds(Name, some.just(1), CODES, IDS, IDS, some.none(), some.none()),
)
def test_a_match_is_always_in_the_catalog_and_some_sign_of_the_wording_names_it(
    skus, listings, products, rules, name
):
    def index(pairs):
        return {key: frozenset(sku for k, sku in pairs if k == key) for key, _ in pairs}

    known = MatchIndex(skus, {sku: frozenset({sku}) for sku in skus}, index(listings), index(products), rules)
    result = known.find(name)
    if result.sku:
        ids = {name.platform_sku, name.product_id}
        named = {sku for key, sku in (*listings, *products) if key in ids}
        named |= {folded(name.code), *rules.values()}
        assert result.sku in skus & named
    assert bool(result.sku or result.how == "ignored") != bool(result.why)
