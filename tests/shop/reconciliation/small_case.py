"""A small shop with three orders, and a platform total reconciled with it."""

from datetime import date

from shop.access.roles import OWNER, Actor
from shop.reconciliation.reconcile import reconcile_all
from shop.reconciliation.statements import enter_statement
from tests.support.shops.books import order

FIFTH = date(2026, 3, 5)
ASSISTANT = Actor("阿黎", "assistant")
PLAIN = (
    order("A", "2026-03-05 10:00:00", 10_007, platform_discount_cents=1_003, shipping_cents=801),
    order("B", "2026-03-05 11:00:00", 20_011),
    order("C", "2026-03-05 12:00:00", 5_023, shipping_cents=600),
)
OUR_GMV = 10_007 + 1_003 + 20_011 + 5_023


def reconciled(db, amount, figure="gmv", day=FIFTH, **more):
    enter_statement(db, "douyin", day, figure, amount, actor=OWNER, **more)
    result = next(
        item
        for item in reconcile_all(db)
        if (item.statement.figure, item.statement.period.start) == (figure, day)
    )
    assert result.difference == sum(driver.amount for driver in result.residuals) + result.unexplained
    for driver in result.residuals:
        if driver.orders and driver.kind != "other_currency":
            assert sum(item.amount for item in driver.orders) == driver.amount
    return result


def summary(result):
    return [
        (driver.kind, driver.rule, driver.amount, [item.order_id for item in driver.orders])
        for driver in result.residuals
    ]
