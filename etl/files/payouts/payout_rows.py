"""What all payout files share: the columns of a settlement record, those that a file does not state being 0."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from etl.files.fields import Context, Values
from etl.files.rows import Rows
from etl.tables.timestamps import days_of, latest
from shop.orders.batch import IngestBatch

SUMS = (
    "paid_out",
    "income",
    "buyer_paid",
    "shipping",
    "refund",
    "platform_subsidy",
    "creator_subsidy",
    "platform_fee",
    "commission",
    "channel_fee",
    "recruiting_fee",
    "promotion_fee",
    "other_fee",
)


def payout_batch(
    rows: Rows,
    context: Context,
    platform: str,
    sums: Mapping[str, Values],
    *,
    settlement_id: Values,
    order_id: Values,
    line_id: Values,
    kind: Values,
    settled_at: Values,
    currency: Values,
    wanted: Values | None = None,
) -> IngestBatch:
    """A batch of settlements: sums in minor units; a fee is positive where the platform retains it.

    A record without an order (a transfer, a fee of the shop) has an empty order id. `wanted`: the rows that
    are settlements, of those that are accepted.
    """
    nothing = np.zeros(len(rows), np.int64)
    columns: dict[str, Values] = {
        "settlement_id": settlement_id,
        "order_id": np.array([order or "" for order in order_id] or [], object),
        "line_id": line_id,
        "kind": kind,
        "settled_at": settled_at,
        "settled_on": days_of(settled_at, context.time_zone),
        "currency": currency,
        **{f"{name}_cents": sums.get(name, nothing) for name in SUMS},
        "updated_at": latest(settled_at),
    }
    content = [values for name, values in sorted(columns.items()) if name != "settlement_id"]
    columns["payload_hash"] = rows.version(content)
    columns["courier_cents"] = sums.get("courier", nothing)  # part of what the hash has: the other fee
    places = None if wanted is None else np.flatnonzero(rows.accepted() & wanted)
    return rows.batch("settlement", platform, columns, places)
