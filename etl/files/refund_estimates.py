"""Refunds that an order export only names: the line states that money was refunded, no case shows how much or when.

Such a refund is an estimate: all that was paid for the line, on the day of the payment. It gives way as soon as
a case of the same order is known (shop/metrics/refund_sql.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from etl.files.fields import Context, Values
from etl.files.rows import Rows
from etl.ranks import CASE_RANK
from etl.tables.timestamps import days_of
from shop.orders.batch import MISSING, IngestBatch

NAMED = ("refunded", "closed")  # a closed case replaces what an earlier export reported


def estimated_refunds(
    rows: Rows, context: Context, platform: str, lines: Mapping[str, Values], paid: Values
) -> IngestBatch | None:
    """One estimate per line whose `after_sale` is refunded or closed; None where there is none.

    `paid` is what a refund of the whole line pays, in minor units.
    """
    named = np.isin(lines["after_sale"].astype(str), NAMED) & rows.accepted()
    places = np.flatnonzero(named & (lines["paid_at"] != MISSING))
    if not len(places):
        return None
    at = {name: values[places] for name, values in lines.items()}
    before = (at["status"] == "cancelled") & (at["shipped_at"] == MISSING)
    refunded = at["after_sale"] == "refunded"
    ids = [f"{order}/{line}" for order, line in zip(at["order_id"], at["line_id"], strict=True)]
    columns: dict[str, Values] = {
        "refund_id": np.array(ids, object),
        "order_id": at["order_id"],
        "line_id": at["line_id"],
        "kind": np.where(before, "refund_only", "unknown").astype(object),
        "stage": np.where(before, "before_ship", "unknown").astype(object),
        "status": at["after_sale"],
        "refunded_at": np.where(refunded, at["paid_at"], MISSING),
        "refunded_on": days_of(np.where(refunded, at["paid_at"], MISSING), context.time_zone),
        "amount_cents": np.where(refunded, paid[places], 0),
        "currency": at["currency"],
        "is_estimate": np.ones(len(places), bool),
        "updated_at": at["updated_at"],
    }
    rank = np.array([CASE_RANK[word] for word in at["after_sale"]], np.int64)
    columns["payload_hash"] = rows.version([v for _, v in sorted(columns.items())], rank)
    return IngestBatch("refund", platform, columns, rows.numbers[places])
