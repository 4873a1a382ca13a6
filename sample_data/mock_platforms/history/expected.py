"""What a perfect client must have stored, and the figures that follow from it.

Figures are named and cut as in `truth.json`; gifts are lines of an order but count in no figure.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from sample_data.generator.clock import day_of
from sample_data.generator.expected import MEASURES
from sample_data.mock_platforms.history.orders import (
    CANCELLED,
    COMPLETED,
    PAID,
    SHIPPED,
    UNPAID,
    Case,
    Line,
    Order,
    by,
)
from sample_data.mock_platforms.history.shop import ZONE

STATUSES = {
    UNPAID: "unpaid",
    PAID: "paid",
    SHIPPED: "shipped",
    COMPLETED: "completed",
    CANCELLED: "cancelled",
}


def day(moment: int) -> str:
    """Return the Beijing day of a moment as ISO text."""
    return day_of(moment + ZONE).isoformat()


def truth(
    orders: Iterable[Order], cases: Iterable[Case], now: int, updated: dict[int, int]
) -> dict[str, Any]:
    """Return orders by id, refunds by id, and figures by day, by SKU and in total, as of `now`."""
    orders, cases = list(orders), list(cases)
    return {
        "orders": {str(one.number): _order(one, now, updated[one.number]) for one in orders},
        "refunds": {str(one.number): _refund(one, now) for one in cases},
        **figures(orders, cases, now),
    }


def _order(order: Order, now: int, updated: int) -> dict[str, Any]:
    return {
        "created_at": order.created,
        "paid_at": order.paid if by(order.paid, now) else 0,
        "updated_at": updated,
        "lines": {str(line.number): _line(order, line, now) for line in order.lines_at(now)},
    }


def _line(order: Order, line: Line, now: int) -> dict[str, Any]:
    return {
        "sku": line.variant.sku,
        "quantity": line.quantity,
        "status": STATUSES[order.status(line, now)],
        "list_cents": line.list_value,
        "seller_discount_cents": line.list_value - line.gmv,
        "platform_discount_cents": line.gmv - line.buyer_paid,
        "buyer_paid_cents": line.buyer_paid,
        "shipping_cents": line.shipping,
        "is_gift": line.gift,
    }


def _refund(case: Case, now: int) -> dict[str, Any]:
    given = by(case.refunded, now)
    return {
        "order_id": str(case.order.number),
        "line_id": str(case.line.number),
        "refunded_at": case.refunded if given else 0,
        "amount_cents": case.amount if given else 0,
        "shipping_cents": case.shipping if given else 0,
    }


def figures(orders: list[Order], cases: list[Case], now: int) -> dict[str, Any]:
    """Return the additive figures by payment day and SKU, and their total."""
    by_day: dict[str, Counter[str]] = defaultdict(Counter)
    by_sku: dict[str, Counter[str]] = defaultdict(Counter)
    for order in orders:
        if not by(order.paid, now):
            continue
        paid_on, sold = day(order.paid), [one for one in order.lines_at(now) if not one.gift]
        by_day[paid_on]["orders"] += 1
        for sku in {line.variant.sku for line in sold}:
            by_sku[sku]["orders"] += 1
        for line in sold:
            by_day[paid_on].update(_measures(line))
            by_sku[line.variant.sku].update(_measures(line))
    for case in cases:
        if by(case.refunded, now):
            by_day[day(case.refunded)]["refunds"] += case.amount
            by_day[day(case.order.paid)]["refunds_by_order"] += case.amount
            for measure in ("refunds", "refunds_by_order"):
                by_sku[case.line.variant.sku][measure] += case.amount
    total: Counter[str] = Counter()
    for sums in by_day.values():
        total.update(sums)
    return {
        "by_day": {name: _row(sums) for name, sums in sorted(by_day.items())},
        "by_sku": {name: _row(sums) for name, sums in sorted(by_sku.items())},
        "total": _row(total),
    }


def _measures(line: Line) -> dict[str, int]:
    return {
        "gmv": line.gmv,
        "buyer_paid": line.buyer_paid,
        "list_value": line.list_value,
        "seller_discounts": line.list_value - line.gmv,
        "platform_discounts": line.gmv - line.buyer_paid,
        "units": line.quantity,
        "lines": 1,
    }


def _row(sums: Counter[str]) -> dict[str, int]:
    row = {name: sums[name] for name in MEASURES}
    return row | {"net_sales": row["gmv"] - row["refunds"]}
