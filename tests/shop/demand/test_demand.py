"""The demand board: people, not messages, who want what cannot be had; what is done about it and what became of it."""

from datetime import date

import time_machine

from shop.access.roles import OWNER
from shop.comments.topics import Thing
from shop.core.periods import Period
from shop.db.database import Database
from shop.demand.board import demand
from shop.demand.follow_up import draft_listing, inform, outcomes, start_kiln_batch
from shop.demand.of_product import product_remarks
from shop.kiln.production import batch
from shop.stock import counts
from shop.undo.catalog import undo
from tests.support.remarks.spoken import speak
from tests.support.shops.catalogs import design, offer

TODAY = date(2026, 3, 20)


def shop(db: Database) -> None:
    """Gaiwans that are sold out, vases in stock but not listed, bowls that can be had."""
    design(db, "青瓷盖碗", "gw", form="盖碗", glaze="青瓷", price_cents=30_000)
    design(db, "天青花瓶", "hp", form="花瓶", glaze="天青", price_cents=90_000)
    design(db, "黑碗", "wan", form="碗", glaze="黑", price_cents=10_000)
    with db.write() as connection:
        for sku in ("gw", "wan"):
            offer(connection, sku)
    counts.set_counts(db, {"gw": 0, "hp": 4, "wan": 9}, actor=OWNER)
    speak(
        db,
        ("a", "2026-03-19", "求青瓷盖碗补货"),
        ("a", "2026-03-18", "青瓷盖碗还有吗"),
        ("b", "2026-02-10", "想要青瓷盖碗"),
        ("c", "2026-03-17", "天青花瓶在哪买"),
        ("d", "2026-03-17", "想要一个茶壶"),
        ("e", "2026-03-16", "有没有茶壶卖"),
        ("f", "2026-03-16", "茶壶有链接吗"),
        ("g", "2026-03-16", "黑碗怎么买"),
        ("h", "2026-03-16", "不想要茶壶"),
        ("i", "2025-10-01", "想要香炉"),
    )


def test_people_who_want_what_cannot_be_had(db: Database) -> None:
    shop(db)
    board = [(item.thing, item.missing, item.people, item.recent, item.before) for item in demand(db, TODAY)]
    assert board == [
        (Thing("茶壶"), "absent", 3, 3, 0),
        (Thing("盖碗", "青瓷"), "sold_out", 2, 1, 1),
        (Thing("花瓶", "天青"), "not_listed", 1, 1, 0),
    ]


def test_a_draft_for_what_does_not_exist_and_its_undo(db: Database) -> None:
    shop(db)
    pot = demand(db, TODAY)[0]
    done = draft_listing(db, pot, ["douyin"], "茶壶", actor=OWNER)
    with db.read() as connection:
        row = connection.exec_driver_sql(
            "SELECT status, sku, title FROM listing WHERE listing_id LIKE 'own/%'"
        ).one()
    assert tuple(row) == ("draft", done.sku, "茶壶")
    for number in done.undo:
        undo(db, number, actor=OWNER)
    assert outcomes(db, TODAY) == []
    assert demand(db, TODAY)[0] == pot


@time_machine.travel("2026-03-20 04:00:00+00:00", tick=False)
def test_a_kiln_line_then_stock_then_the_people_are_informed(db: Database) -> None:
    shop(db)
    gaiwan = demand(db, TODAY)[1]
    done = start_kiln_batch(db, gaiwan, 8, "青瓷盖碗", actor=OWNER)
    assert done.batch_id and (batch(db, done.batch_id).sku, batch(db, done.batch_id).pieces) == ("gw", 8)
    assert [(item.is_there, item.uninformed) for item in outcomes(db, TODAY)] == [(False, ())]
    counts.set_counts(db, {"gw": 8}, actor=OWNER)
    result = outcomes(db, TODAY)[0]
    assert (result.sku, result.people, result.sold, result.is_there) == ("gw", 2, 0, True)
    assert len(result.uninformed) == 3
    number = inform(db, result.uninformed, actor=OWNER)
    assert outcomes(db, TODAY)[0].uninformed == ()
    undo(db, number, actor=OWNER)
    assert len(outcomes(db, TODAY)[0].uninformed) == 3


def test_without_a_catalog_nothing_is_concluded_about_what_exists(db: Database) -> None:
    speak(db, ("a", "2026-03-19", "想要一个茶壶"))
    assert [item.missing for item in demand(db, TODAY)] == ["unknown"]


def test_what_the_audience_writes_about_one_product(db: Database) -> None:
    shop(db)
    remarks = product_remarks(db, "青瓷盖碗", Period(date(2026, 2, 1), TODAY))
    assert remarks.table["text"].tolist() == ["求青瓷盖碗补货", "青瓷盖碗还有吗", "想要青瓷盖碗"]
    assert (remarks.comments, remarks.people, remarks.recent) == (3, 2, 1)  # b wrote five weeks ago
    assert product_remarks(db, "青瓷盖碗", Period(date(2026, 1, 1), date(2026, 1, 31))).comments == 0
