"""Any order is found by its number, by a part of it, and as a spreadsheet shows it; and by what is in it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.access.roles import OWNER
from shop.db.database import Database
from shop.orders import parcels
from shop.orders.numbers import cleaned_number
from shop.orders.search import OrderFilter, find_orders
from tests.support.shops.outgoing import NOW, number, orders_to_send, put_lines

pytestmark = pytest.mark.usefixtures("outgoing_clock")


def numbers_of(db: Database, text: str, **more: object) -> list[str]:
    return [row.order_id for row in find_orders(db, OrderFilter(text, **more)).rows]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "pasted", ["{}", "\t{}", "'{}", '="{}"', "{} ", " {}\r\n", "“{}”", "＝＂{}＂", "{},", "\u200b{}", "#{}"]
)
def test_a_number_is_listed_however_it_was_pasted(db: Database, pasted: str) -> None:
    orders = orders_to_send(db)
    assert numbers_of(db, pasted.format(orders[4])) == [orders[4]]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 9), st.integers(0, 15), st.integers(3, 19))
def test_every_part_of_a_number_finds_its_order(
    parts_db: Database, place: int, start: int, length: int
) -> None:
    part = number(place)[start : start + length]
    if len(part) >= 3:
        wanted = {number(other) for other in range(10) if part in number(other)}
        assert wanted <= set(numbers_of(parts_db, part))


@pytest.fixture
def parts_db(db: Database) -> Database:
    orders_to_send(db)
    return db


@given(st.text(alphabet="0123456789ABC-_/", min_size=1).filter(lambda text: text.strip("-_/")))
def test_cleaning_preserves_a_clean_number(text: str) -> None:
    for shown in (text, f"'{text}", f'="{text}"', f"\t{text}\t"):
        assert cleaned_number(shown) == text


def test_a_line_number_finds_its_order(db: Database) -> None:
    orders = orders_to_send(db)
    assert numbers_of(db, f"{orders[3]}2"[1:]) == [orders[3]]


@pytest.mark.parametrize("text", ["GIFT-CARD", "gift-card", "ift-c", "CARD", "gift-card/x", "#Gift-Card/XY"])
def test_a_number_of_letters_is_found_in_any_case(db: Database, text: str) -> None:
    put_lines(db, [{"order_id": "Gift-Card/XY", "sku": "S0001"}], platform="shopify")
    assert numbers_of(db, text) == ["Gift-Card/XY"]
    assert numbers_of(db, text, platform="douyin") == []


def test_words_find_product_sku_province_and_note(db: Database) -> None:
    orders = orders_to_send(db)
    parcels.set_note(db, ("douyin", orders[2]), "送人，放贺卡", actor=OWNER)
    assert numbers_of(db, "贺卡") == [orders[2]]
    assert set(numbers_of(db, "浙江")) == set(orders)
    assert numbers_of(db, "S0004") == [orders[2]]
    assert set(numbers_of(db, "青瓷杯 001")) == {orders[0], orders[1]}
    assert numbers_of(db, "没有这个") == []
    assert numbers_of(db, "100%") == []


def test_filters_narrow_by_platform_status_and_day(db: Database) -> None:
    orders_to_send(db)
    put_lines(
        db,
        [{"order_id": "5001", "sku": "S0001", "status": "shipped", "paid": NOW - timedelta(days=40)}],
        "kuaishou",
    )
    put_lines(
        db, [{"order_id": "5002", "sku": "S0001", "status": "unpaid", "paid_on": None, "paid_at": None}]
    )
    assert numbers_of(db, "", platform="kuaishou") == ["5001"]
    assert numbers_of(db, "", status="shipped") == ["5001"]
    assert numbers_of(db, "", status="unpaid") == ["5002"]
    assert "5001" not in numbers_of(db, "", first_on=(NOW - timedelta(days=30)).date())
    assert numbers_of(db, "5001", platform="douyin") == []


def test_an_order_that_was_taken_away_is_not_listed(db: Database) -> None:
    orders = orders_to_send(db)
    with db.write() as connection:
        connection.exec_driver_sql("DELETE FROM order_line WHERE order_id = ?", (orders[1],))
    assert numbers_of(db, orders[1]) == []
