"""What all files of advertising share: spend per day and account."""

from __future__ import annotations

import numpy as np

from etl.files.fields import Context, Values
from etl.files.rows import Rows
from etl.tables.timestamps import days_of, latest
from shop.orders.batch import IngestBatch


def ad_batch(
    rows: Rows,
    context: Context,
    platform: str,
    moments: Values,
    accounts: Values,
    amounts: Values,
    currencies: Values,
    wanted: Values | None = None,
    **more: Values,
) -> IngestBatch:
    """A batch of spend: minor units per day and account; `wanted` are its rows, of those that are accepted.

    `more` are further columns of `ad_spend`; without them each row is of a whole account.
    """
    columns: dict[str, Values] = {
        "day": days_of(moments, context.time_zone),
        "account": accounts,
        "amount_cents": amounts,
        "currency": currencies,
        "updated_at": latest(moments),
        **({"advertiser": accounts} | more),
    }
    content = [columns[name] for name in ("amount_cents", "currency")]
    columns["payload_hash"] = rows.version(content, np.clip(amounts, 0, 2**24 - 1))
    places = None if wanted is None else np.flatnonzero(rows.accepted() & wanted)
    return rows.batch("ad_spend", platform, columns, places)
