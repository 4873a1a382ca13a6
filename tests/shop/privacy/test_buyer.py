"""One buyer: exported whole, erased so that nothing leads to them and no figure changes, not even when read again."""

import json
import zlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, text
from sqlmodel import SQLModel

from shop.access.audit import recent
from shop.access.roles import OWNER, Actor, NotAllowed
from shop.comments.leads import leads, update_lead
from shop.db.database import Database
from shop.maintenance import figures_are_true
from shop.metrics.query import Query, answer
from shop.orders.parcels import set_note
from shop.privacy.buyer import UnknownOrder, buyer_of, erase_buyer, export_buyer, preview_erasure
from shop.privacy.retention import BadRetention, apply_daily, retention_rules, set_retention
from tests.support.canaries import everything_written
from tests.support.shops.small_shop import at, line, payout, refund, store

MEI, LAN = 811_223_344_556_677, 922_334_455_667_788
REVIEW = "杯子很好看，微信 ●●●●●●，下次还来"


def comment(number: str, **more: Any) -> dict[str, Any]:
    return {
        "comment_id": number,
        "text": "想要一个大一点的杯子",
        "written_at": at("2026-03-05 10:00:00"),
        "written_on": "2026-03-05",
        "updated_at": at("2026-03-05 10:00:00"),
        "payload_hash": 1,
        "author_key": None,
        "order_id": None,
        "is_review": False,
        "sealed_contact": None,
        **more,
    }


def rows_of_the_shop(**more: Any) -> dict[str, list[dict[str, Any]]]:
    return {
        "lines": [
            line("A1", "2026-03-01 10:00:00", 9900, buyer_key=MEI, province="江西"),
            line("A2", "2026-03-09 10:00:00", 4550, buyer_key=MEI, province="江西", **more),
            line("B1", "2026-03-02 10:00:00", 12_345, buyer_key=LAN, province="浙江"),
        ],
        "refunds": [refund("R1", "A1", "2026-03-08 10:00:00", 3001, buyer_key=MEI)],
        "payouts": [payout("P1", "A1", "2026-03-20 10:00:00", 6000)],
        "comment": [
            comment(
                "C1", text=REVIEW, order_id="A1", is_review=True, author_key=MEI, sealed_contact="c2VhbGVk"
            ),
            comment("C2", author_key=LAN),
        ],
    }


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    with time_machine.travel("2026-03-25T10:00:00Z", tick=False):
        yield


@pytest.fixture
def shop(db: Database) -> Database:
    store(db, **rows_of_the_shop())
    set_note(db, ("douyin", "A1"), "包厚一点", actor=OWNER)
    update_lead(db, ("douyin", "C1"), {"note": "再联系"}, actor=OWNER)
    page = json.dumps([{"order_id": "A1", "buyer_key": MEI}]).encode()
    with db.write() as connection:
        connection.execute(
            text("INSERT INTO raw_page VALUES (1, 'douyin_shop', 'orders', 'd', :at, 1, :body)"),
            {"at": at("2026-03-01 11:00:00"), "body": zlib.compress(page)},
        )
    return db


def figures(db: Database) -> Any:
    names = ("gmv", "orders", "buyers", "repeat_rate", "refunds", "per_buyer", "net_sales")
    return answer(db, Query(names, date(2026, 3, 1), date(2026, 3, 31), ("day",))).to_dict("records")


def everything(db: Database) -> str:
    """What the files of the database contain, free space and log included, its numbers, and the landed pages."""
    with db.read() as connection:
        content = [zlib.decompress(row[0]) for row in connection.execute(text("SELECT body FROM raw_page"))]
        for table in SQLModel.metadata.tables.values():
            content += [repr(tuple(row)).encode() for row in connection.execute(select(table))]
    content += [file for _, file in everything_written(db.path.parent)]
    return b"\n".join(content).decode(errors="ignore")


def test_a_buyer_is_exported_whole(shop: Database):
    stored = export_buyer(shop, " A2 ", actor=OWNER)
    assert [one["order_id"] for one in stored["orders"]] == ["A1", "A2"]
    tables = stored["stored"]
    assert {row["order_id"] for row in tables["order_line"]} == {"A1", "A2"}
    assert tables["refund"][0]["amount_cents"] == 3001
    assert tables["settlement"][0]["paid_out_cents"] == 6000
    assert tables["parcel"][0]["note"] == "包厚一点"
    assert tables["comment"] == [
        tables["comment"][0] | {"comment_id": "C1", "text": REVIEW, "sealed_contact": True}
    ]
    assert stored["raw_pages"] == 1
    assert str(MEI) not in json.dumps(stored) and "B1" not in json.dumps(stored)


def test_a_buyers_rows_are_in_the_order_of_their_keys_on_every_engine(shop: Database):
    stores = [
        {"refunds": [refund("W1", "W1", "2026-03-05 10:00:00", 100, platform="woocommerce")]},
        {"refunds": [refund("S1", "S1", "2026-03-06 10:00:00", 200, platform="shopify")]},
        {"lines": [line("W1", "2026-03-03 10:00:00", 100, buyer_key=7, platform="woocommerce")]},
        {"lines": [line("S1", "2026-03-03 10:00:00", 200, buyer_key=7, platform="shopify")]},
    ]
    for rows in stores:
        store(shop, **rows)
    tables = export_buyer(shop, "S1", actor=OWNER)["stored"]
    for table in ("order_line", "refund"):
        assert [row["order_id"] for row in tables[table]] == ["S1", "W1"]


def test_an_erased_buyer_leaves_figures_and_nothing_else(shop: Database):
    before = figures(shop)
    seen = preview_erasure(shop, "A1", actor=OWNER)
    done = erase_buyer(shop, "A1", actor=OWNER)
    assert done.orders == seen.orders == 2
    assert (done.comments, done.notes, done.pages) == (seen.comments, seen.notes, seen.pages) == (1, 1, 1)
    assert figures(shop) == before
    assert figures_are_true(shop)
    left = everything(shop)
    for trace in (str(MEI), REVIEW, "包厚一点", "再联系", "c2VhbGVk"):
        assert trace not in left, trace
    assert str(LAN) in left
    assert buyer_of(shop, "A2", actor=OWNER).orders == (("douyin", "A1"), ("douyin", "A2"))  # still one buyer
    (entry,) = recent(shop, actions=("privacy.",))
    assert (entry.action, entry.subject, entry.can_undo) == ("privacy.erase", "A1", False)


def test_what_is_read_again_stays_erased(shop: Database):
    before = figures(shop)
    erase_buyer(shop, "A1", actor=OWNER)
    later = {"updated_at": at("2026-04-01 10:00:00"), "payload_hash": 2, "courier": "SF"}
    rows = rows_of_the_shop(**later)
    rows["comment"] = [
        one | {"updated_at": at("2026-04-01 10:00:00"), "payload_hash": 2, "likes": 3}
        for one in rows["comment"]
    ]
    rows["comment"].append(comment("C9", text=REVIEW, order_id="A2", is_review=True, author_key=MEI))
    store(shop, **rows)
    assert figures(shop) == before
    left = everything(shop)
    assert str(MEI) not in left and REVIEW not in left
    assert figures_are_true(shop)


def test_a_buyer_nobody_knows_and_an_order_nobody_has(shop: Database):
    store(shop, lines=[line("X1", "2026-03-03 10:00:00", 100)])
    set_note(shop, ("douyin", "X1"), "放门口", actor=OWNER)
    assert export_buyer(shop, "X1", actor=OWNER)["buyer_is_known"] is False
    assert erase_buyer(shop, "X1", actor=OWNER).notes == 1
    store(
        shop,
        lines=[line("X1", "2026-03-03 10:00:00", 100, buyer_key=MEI, updated_at=at("2026-04-01 10:00:00"))],
    )
    assert buyer_of(shop, "X1", actor=OWNER).person_key is None
    with pytest.raises(UnknownOrder):
        erase_buyer(shop, "A", actor=OWNER)
    for role in ("assistant", "packer", "creator"):
        with pytest.raises(NotAllowed):
            export_buyer(shop, "A1", actor=Actor("小林", role))  # type: ignore[arg-type]


def test_a_clock_that_is_ahead_erases_little(shop: Database):
    def texts(day: str) -> int:
        with time_machine.travel(f"{day}T12:00:00+08:00", tick=False), shop.write() as connection:
            apply_daily(connection)
            return int(connection.exec_driver_sql("SELECT COUNT(*) FROM comment WHERE text <> ''").scalar())

    with time_machine.travel("2026-03-06T12:00:00+08:00", tick=False):
        set_retention(shop, "comments", 20, actor=OWNER)
    whole = texts("2026-03-06")
    assert whole > 0
    assert texts("2026-04-20") == whole  # 45 days ahead: as if a week had passed
    assert texts("2026-03-07") == whole
    assert [texts(f"2026-04-{day}") for day in range(20, 23)][-1] < whole


def test_retention_is_applied_when_it_is_set_and_at_every_load(shop: Database):
    assert [(rule.kind, rule.days) for rule in retention_rules(shop, actor=OWNER)] == [
        ("pages", 30),
        ("comments", None),
        ("leads", 180),
    ]
    before = figures(shop)
    assert set_retention(shop, "comments", 10, actor=OWNER) == 2
    assert set_retention(shop, "pages", 20, actor=OWNER) == 1
    assert figures(shop) == before
    store(shop, comment=[comment("C7", text="旧评论要删掉")])
    left = everything(shop)
    assert "旧评论要删掉" not in left and REVIEW not in left
    set_retention(shop, "leads", 15, actor=OWNER)
    assert all(item.is_erased for item in leads(shop))
    for bad in (("leads", None), ("pages", 0), ("comments", 3651)):
        with pytest.raises(BadRetention):
            set_retention(shop, *bad, actor=OWNER)
