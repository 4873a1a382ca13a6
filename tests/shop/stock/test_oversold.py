"""Oversold: detected on import, the first payer is named, the nearest sibling is offered and settles it."""

import pytest

from shop.access.roles import Actor, NotAllowed
from shop.db.database import Database
from shop.stock import adjustments, returns
from shop.stock import oversold as guard
from shop.stock.ledger import OutOfStock
from tests.support.stock.shop import (
    HELPER,
    OWNER,
    at,
    catalog,
    ledger_is_sound,
    line,
    load,
    refund,
    short,
    stock,
)


@pytest.fixture
def jars(db: Database) -> Database:
    """One jar, sold on two platforms; four others of its kind or form."""
    catalog(db, **dict.fromkeys(("jar", "twin", "cousin", "plate", "gone"), "one_of_a_kind"))
    with db.write() as connection:
        run = connection.exec_driver_sql
        run("UPDATE product SET form = 'jar', glaze = 'celadon'")
        run("UPDATE product SET glaze = 'tenmoku' WHERE product_code = 'cousin'")
        run("UPDATE product SET form = 'plate' WHERE product_code = 'plate'")
        run("UPDATE variant SET price_cents = 20000")
        run("UPDATE variant SET price_cents = 19000 WHERE sku = 'cousin'")
    for sku in ("jar", "twin", "cousin", "plate"):
        adjustments.record(db, "made", sku, 1, actor=OWNER, at=at(0))
    load(db, line("late", "jar", paid=30, platform="kuaishou"))
    load(db, line("early", "jar", paid=20))
    return db


def test_the_first_payer_is_named_and_the_nearest_siblings_are_offered(jars: Database):
    (item,) = guard.oversold(jars)
    assert (item.platform, item.order_id, item.short, item.is_unique) == ("kuaishou", "late", 1, True)
    assert [(first.platform, first.order_id, first.paid_at) for first in item.first] == [
        ("douyin", "early", at(20))
    ]
    assert [(other.sku, other.has_same_glaze) for other in item.siblings] == [
        ("twin", True),
        ("cousin", False),
    ]


def test_a_sibling_leaves_the_stock_and_follows_the_order(jars: Database):
    guard.settle(jars, "kuaishou", "late", "1", "sibling", sibling="twin", actor=HELPER)
    assert guard.oversold(jars) == [] and short(jars) == {}
    assert stock(jars, "twin") == (0, 0)
    load(jars, line("late", "jar", paid=30, platform="kuaishou", status="shipped", shipped=60, version=3))
    assert stock(jars, "twin") == (0, 0)
    load(jars, refund("late", platform="kuaishou"))
    assert [(item.sku, item.part) for item in returns.expected(jars)] == [("twin", 1)]
    returns.receive_return(jars, "kuaishou", "late", "1", part=1, whole=1, actor=HELPER)
    assert stock(jars, "twin") == (1, 0) and stock(jars, "jar") == (0, 0)
    assert ledger_is_sound(jars)


def test_a_sibling_comes_back_when_the_order_is_cancelled(jars: Database):
    guard.settle(jars, "kuaishou", "late", "1", "sibling", sibling="twin", actor=HELPER)
    load(jars, line("late", "jar", paid=30, platform="kuaishou", status="cancelled", version=3))
    assert stock(jars, "twin") == (1, 0)
    assert ledger_is_sound(jars)


def test_a_sibling_that_breaks_is_settled_once_more(jars: Database):
    guard.settle(jars, "kuaishou", "late", "1", "sibling", sibling="twin", actor=HELPER)
    adjustments.record(jars, "broken", "twin", 1, actor=HELPER)
    (item,) = guard.oversold(jars)
    assert (item.sku, item.part, item.order_id) == ("twin", 1, "late")
    guard.settle(jars, "kuaishou", "late", "1", "sibling", part=1, sibling="cousin", actor=HELPER)
    assert stock(jars, "cousin") == (0, 0) and guard.oversold(jars) == []
    adjustments.record(jars, "broken", "cousin", 1, actor=HELPER)
    guard.settle(jars, "kuaishou", "late", "1", "refunded", part=2, actor=HELPER)
    load(jars, line("late", "jar", paid=30, platform="kuaishou", province="浙江", version=5))
    assert guard.oversold(jars, settled=True) == [] and stock(jars, "plate") == (1, 0)
    assert ledger_is_sound(jars)


def test_a_settlement_is_undone(jars: Database):
    guard.settle(jars, "kuaishou", "late", "1", "sibling", sibling="twin", actor=HELPER)
    guard.unsettle(jars, "kuaishou", "late", "1", actor=HELPER)
    assert short(jars) == {"late": 1} and stock(jars, "twin") == (1, 0)
    with pytest.raises(guard.NotShort):
        guard.unsettle(jars, "kuaishou", "late", "1", actor=HELPER)
    assert ledger_is_sound(jars)


def test_a_buyer_who_waits_is_served_when_a_piece_comes(jars: Database):
    guard.settle(jars, "kuaishou", "late", "1", "waits", actor=HELPER)
    assert guard.oversold(jars) == [] and len(guard.oversold(jars, settled=True)) == 1
    load(jars, line("early", "jar", paid=20, status="cancelled", version=4))
    assert short(jars) == {} and stock(jars, "jar") == (0, 0)


def test_a_refund_settles_an_oversold_order(jars: Database):
    guard.settle(jars, "kuaishou", "late", "1", "refunded", actor=HELPER)
    load(jars, line("early", "jar", paid=20, status="cancelled", version=4))
    load(jars, line("late", "jar", paid=30, platform="kuaishou", province="浙江", version=5))
    assert short(jars) == {} and stock(jars, "jar") == (1, 0)
    load(jars, line("late", "jar", paid=30, platform="kuaishou", status="cancelled", version=6))
    assert stock(jars, "jar") == (1, 0)
    assert ledger_is_sound(jars)


def test_what_cannot_be_settled_is_rejected(jars: Database):
    with pytest.raises(guard.NotShort):
        guard.settle(jars, "douyin", "early", "1", "waits", actor=HELPER)
    with pytest.raises(guard.NoSibling):
        guard.settle(jars, "kuaishou", "late", "1", "sibling", actor=HELPER)
    adjustments.sell(jars, "twin", actor=HELPER)
    with pytest.raises(OutOfStock):
        guard.settle(jars, "kuaishou", "late", "1", "sibling", sibling="twin", actor=HELPER)
    with pytest.raises(NotAllowed):
        guard.settle(jars, "kuaishou", "late", "1", "waits", actor=Actor("x", "creator"))
    assert short(jars) == {"late": 1}
    assert [other.sku for other in guard.oversold(jars)[0].siblings] == ["cousin"]
