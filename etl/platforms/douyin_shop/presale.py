"""Pre-sale orders of the Douyin shop (定金预售): the deposit, and when an order is paid in full.

`order_phase_list` of an order lists the payments of its SKU orders: phase 1 is the deposit, phase 2 the balance, each
with `phase_payable_price` (fen), `pay_success`, `phase_pay_time` and `phase_close_time`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl.platforms.records import ParseContext, Record, moment, needed, text, whole

DEPOSIT, BALANCE = 1, 2


def phases_of(order: Record, item: Record) -> dict[int, Record]:
    """The payments of one SKU order by their number; empty where it is no pre-sale."""
    listed: Sequence[Record] = order.get("order_phase_list") or []
    line = needed(item, "order_id")
    own = [phase for phase in listed if text(phase, "sku_order_id") in (None, line)]
    return {number: phase for phase in own if (number := whole(phase, "current_phase")) is not None}


def payment(phases: dict[int, Record], context: ParseContext) -> dict[str, Any]:
    """When a pre-sale is paid: with its balance; nothing for other orders, whose own moment counts."""
    if DEPOSIT not in phases:
        return {}
    paid_at = _paid_at(phases.get(BALANCE))
    return {"paid_at": paid_at, "paid_on": context.day(paid_at)}


def deposit(
    order: Record, item: Record, phases: dict[int, Record], context: ParseContext
) -> dict[str, Any] | None:
    """The paid deposit of one SKU order; None where there is none or nobody has paid it."""
    paid_at = _paid_at(phases.get(DEPOSIT))
    if paid_at is None:
        return None
    balance = phases.get(BALANCE, {})
    return {
        "order_id": needed(order, "order_id"),
        "line_id": needed(item, "order_id"),
        "paid_at": paid_at,
        "paid_on": context.day(paid_at),
        "deposit_cents": whole(phases[DEPOSIT], "phase_payable_price"),
        "balance_cents": whole(balance, "phase_payable_price"),
        "balance_due_at": moment(balance, "phase_close_time"),
        "currency": "CNY",
    }


def _paid_at(phase: Record | None) -> int | None:
    return moment(phase, "phase_pay_time") if phase and phase.get("pay_success") else None
