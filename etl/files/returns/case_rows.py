"""What all after-sale files share: cases of money or goods requested back, with their state and their day."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from etl.files.fields import Context, Values
from etl.files.rows import Rows
from etl.ranks import CASE_RANK
from etl.tables.timestamps import days_of, latest
from shop.orders.batch import MISSING, IngestBatch

Patterns = Sequence[tuple[str, str]]


def worded(rows: Rows, name: str, patterns: Patterns, default: str) -> Values:
    """Our word of each cell: of the first pattern that matches it, else the default."""

    def ours(cell: str) -> str:
        matched = (word for pattern, word in patterns if re.search(pattern, cell, re.IGNORECASE))
        return next(matched, default)

    return rows.translated(name, ours, default)


def case_batch(
    rows: Rows,
    context: Context,
    platform: str,
    *,
    refund_id: Values,
    order_id: Values,
    line_id: Values,
    status: Values,
    kind: Values,
    stage: Values,
    amounts: Values,
    requested_at: Values,
    refunded_at: Values,
    changed_at: Values,
    currency: Values,
    name: str,
) -> IngestBatch:
    """A batch of cases, minor units; one whose money is back but that no time dates is rejected in column `name`."""
    is_back = status == "refunded"
    rows.refuse_where(amounts < 0, "amount", "Negative")
    rows.refuse_where(is_back & (refunded_at == MISSING), name, "NoRefundTime")
    refunded_at = np.where(is_back, refunded_at, MISSING)
    columns: dict[str, Values] = {
        "refund_id": refund_id,
        "order_id": order_id,
        "line_id": line_id,
        "kind": kind,
        "stage": stage,
        "status": status,
        "reason": rows.text("reason"),
        "reason_label": np.full(len(rows), None, object),
        "requested_at": requested_at,
        "refunded_at": refunded_at,
        "refunded_on": days_of(refunded_at, context.time_zone),
        "amount_cents": np.where(status == "closed", 0, amounts),
        "shipping_cents": np.zeros(len(rows), np.int64),
        "currency": currency,
        "updated_at": latest(requested_at, refunded_at, changed_at),
    }
    content = [values for name, values in sorted(columns.items()) if name != "refund_id"]
    columns["payload_hash"] = rows.version(content, np.array([CASE_RANK[word] for word in status], np.int64))
    return rows.batch("refund", platform, columns)
