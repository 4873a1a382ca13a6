"""What must leave: late ones first, what waits and why, picked in one walk, sent by hand until the platform says so."""

from datetime import timedelta

import pytest

from shop.access.roles import OWNER, Actor, NotAllowed
from shop.db.database import Database
from shop.orders import packing, parcels, picking
from shop.orders.order_detail import order_detail
from shop.undo import catalog
from tests.support.shops.outgoing import NOW, number, orders_to_send, put_lines
from tests.support.stock.places import fill

pytestmark = pytest.mark.usefixtures("outgoing_clock")

PACKER = Actor("小王", "packer")


def test_orders_leave_by_their_promised_moment_and_late_ones_are_counted(db: Database) -> None:
    orders = orders_to_send(db)
    outbox = parcels.outbox(db)
    assert [item.order.order_id for item in outbox.ready] == orders
    assert outbox.late(NOW) == 3  # promised 12, 7 and 2 hours ago
    assert not outbox.delayed


def test_refunded_cancelled_and_sent_orders_do_not_have_to_leave(db: Database) -> None:
    fill(db, 4)
    put_lines(
        db,
        [
            {"order_id": "91", "sku": "S0003", "after_sale": "refunded"},
            {"order_id": "92", "sku": "S0003", "status": "cancelled"},
            {"order_id": "93", "sku": "S0003", "status": "shipped", "shipped_at": int(NOW.timestamp())},
            {"order_id": "94", "sku": "S0003", "after_sale": "asked"},
        ],
    )
    (item,) = parcels.outbox(db).ready
    assert item.order.order_id == "94"
    assert item.order.has_open_case


def test_an_order_short_of_pieces_waits_for_stock(db: Database) -> None:
    fill(db, 4)  # S0000 has one piece
    put_lines(db, [{"order_id": "91", "sku": "S0000", "paid": NOW - timedelta(hours=9)}])
    put_lines(db, [{"order_id": "92", "sku": "S0000", "paid": NOW - timedelta(hours=8)}])
    outbox = parcels.outbox(db)
    assert [item.order.order_id for item in outbox.ready] == ["91"]
    ((waits,)) = outbox.delayed
    assert (waits.order.order_id, waits.waits_for, waits.short) == ("92", "stock", {"92": 1})


def test_an_order_that_cannot_be_ready_in_time_is_named_before_it_is_late(db: Database) -> None:
    fill(db, 4)  # S0000 has one piece, and nothing was ever made: a month is assumed
    month = NOW + timedelta(days=30)
    for order, hours, promised in (("91", 9, NOW), ("92", 8, NOW + timedelta(days=5)), ("93", 7, month)):
        put_lines(
            db,
            [{"order_id": order, "sku": "S0000", "paid": NOW - timedelta(hours=hours), "promised": promised}],
        )
    first, second = parcels.line_promises(db)
    assert (first.shipment.order.order_id, first.lateness) == ("92", "late")
    assert (second.shipment.order.order_id, second.lateness) == ("93", "in_time")
    assert first.ready.expected == second.ready.expected == second.promised_on


def test_a_parcel_marked_as_sent_leaves_the_list_and_the_mark_can_be_undone(db: Database) -> None:
    orders = orders_to_send(db)
    change = parcels.mark_sent(db, [("douyin", orders[0]), ("douyin", orders[1])], actor=PACKER)
    outbox = parcels.outbox(db)
    assert [item.order.order_id for item in outbox.sent] == orders[:2]
    assert outbox.sent[0].order.sent_by == "小王"
    catalog.undo(db, change, actor=PACKER)
    assert len(parcels.outbox(db).ready) == 10


def test_the_platform_has_the_last_word(db: Database) -> None:
    orders = orders_to_send(db)
    parcels.mark_sent(db, [("douyin", orders[1])], actor=OWNER)
    later = int(NOW.timestamp())
    put_lines(
        db,
        [
            {
                "order_id": orders[1],
                "sku": "S0002",
                "status": "shipped",
                "shipped_at": later,
                "updated_at": later,
            }
        ],
    )
    outbox = parcels.outbox(db)
    assert not outbox.sent
    with pytest.raises(parcels.NotToSend):
        parcels.mark_sent(db, [("douyin", orders[1])], actor=OWNER)
    with pytest.raises(parcels.NoSuchOrder):
        parcels.mark_sent(db, [("douyin", "1")], actor=OWNER)


def test_orders_of_one_buyer_to_one_province_could_go_together(db: Database) -> None:
    fill(db, 8)
    put_lines(
        db,
        [
            {"order_id": "91", "sku": "S0001", "buyer_key": 7},
            {"order_id": "92", "sku": "S0002", "buyer_key": 7},
            {"order_id": "93", "sku": "S0003", "buyer_key": 7, "province": "广东省"},
            {"order_id": "94", "sku": "S0004", "buyer_key": 8},
        ],
    )
    ((first, second),) = parcels.outbox(db).together
    assert {first.order.order_id, second.order.order_id} == {"91", "92"}


def test_a_walk_goes_by_place_and_joins_the_orders_of_a_sku(db: Database) -> None:
    fill(db, 20, places=12)
    put_lines(
        db,
        [
            {"order_id": "91", "sku": "S0011", "quantity": 2},
            {"order_id": "92", "sku": "S0001"},
            {"order_id": "93", "sku": "S0011", "paid": NOW - timedelta(days=3)},
        ],
    )
    stops = picking.pick_list(parcels.outbox(db).ready)
    assert [(stop.place, stop.sku, stop.pieces) for stop in stops] == [
        ("A架-2", "S0001", 1),
        ("B架-4", "S0011", 3),
    ]
    assert [line[1] for line, _ in stops[1].lines] == ["93", "91"]  # the most urgent order first
    picking.pick(db, [line for line, _ in stops[1].lines], actor=PACKER)
    outbox = parcels.outbox(db)
    assert {item.order.order_id for item in outbox.ready if item.is_picked} == {"91", "93"}
    picking.unpick(db, [("douyin", "91", "91")], actor=PACKER)
    assert not picking.pick_list(parcels.outbox(db).ready)[1].is_picked


def test_where_pieces_lack_the_first_order_gets_them(db: Database) -> None:
    lines = ((("douyin", "1", "1"), 2), (("douyin", "2", "2"), 2), (("douyin", "3", "3"), 1))
    stop = picking.PickStop("A", "S", "cup", lines, frozenset())
    assert picking.orders_without(stop, 5) == []
    assert picking.orders_without(stop, 3) == [("douyin", "2")]
    assert picking.orders_without(stop, 0) == [("douyin", "1"), ("douyin", "2"), ("douyin", "3")]


def test_places_are_sorted_as_people_count() -> None:
    places = ["A-10", "A-2", "B-1", "10", "9"]
    assert sorted(places, key=picking.natural) == ["9", "10", "A-2", "A-10", "B-1"]


def test_a_note_has_no_telephone_number(db: Database) -> None:
    orders = orders_to_send(db)
    parcels.set_note(db, ("douyin", orders[0]), "打 13800138000 再送", actor=OWNER)
    note = order_detail(db, "douyin", orders[0]).order.note
    assert note
    assert "13800138000" not in note


def test_a_creator_sends_nothing(db: Database) -> None:
    orders = orders_to_send(db)
    with pytest.raises(NotAllowed):
        parcels.mark_sent(db, [("douyin", orders[0])], actor=Actor("x", "creator"))
    with pytest.raises(NotAllowed):
        picking.pick(db, [("douyin", orders[0], orders[0])], actor=Actor("x", "creator"))


def test_one_order_has_its_lines_sums_movements_and_readings(db: Database) -> None:
    orders = orders_to_send(db)
    detail = order_detail(db, "douyin", orders[0])
    assert [line.sku for line in detail.order.lines] == ["S0000", "S0001"]
    assert (detail.sums.list_cents, detail.sums.buyer_paid_cents) == (25_600, 25_600)
    assert {(item.sku, item.on_hand) for item in detail.movements} == {("S0000", -1), ("S0001", -1)}
    assert [reading.line_id for reading in detail.readings] == sorted(
        [orders[0], f"{orders[0]}2"[1:]], reverse=False
    )


def test_packing_follows_the_size(db: Database) -> None:
    fill(db, 4)
    put_lines(db, [{"order_id": "91", "sku": "S0000"}, {"order_id": "91", "line_id": "91b", "sku": "S0001"}])
    (item,) = parcels.outbox(db).ready
    sizes = {
        "S0000": packing.PieceSize(60, 80, 150, None),
        "S0001": packing.PieceSize(260, 200, 1_800, "双层箱"),
    }
    advice = packing.advise([item.order], sizes)
    assert [(line.sku, line.size_class, line.layers) for line in advice.lines] == [
        ("S0001", "large", 4),
        ("S0000", "small", 2),
    ]
    assert advice.is_double
    assert advice.weight_g == 1_950
    assert advice.box_cm == 43  # the tall piece, 260 + 2 x 4 x 8 mm, and twice 50 mm of filling
    assert packing.advise([item.order], {}).box_cm is None
    assert number(0) == "6930000000000000000"
