"""A shop's figures by day and SKU from its orders, named as in `truth.json`.

Gifts are lines of an order but count in no figure.
"""

from collections import Counter, defaultdict
from typing import Any

from sample_data.generator.clock import day_of, wall
from sample_data.generator.expected import MEASURES
from sample_data.mock_platforms.history.orders import Case, Line, Order, by


def day(moment: int) -> str:
    """Return the studio's day of a moment as ISO text."""
    return day_of(wall(moment)).isoformat()


def figures(orders: list[Order], cases: list[Case], now: int) -> dict[str, Any]:
    """Return the additive figures by payment day and SKU, and their total."""
    by_day: dict[str, Counter[str]] = defaultdict(Counter)
    by_sku: dict[str, Counter[str]] = defaultdict(Counter)
    for order in orders:
        if not by(order.paid, now):
            continue
        paid_on, sold = day(order.paid), [line for line in order.lines_at(now) if not line.gift]
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
