"""When pieces that are sold and not there will be ready: from the batches in production, else from a new batch.

The open batches of a SKU serve its needs in their order, each with the good pieces that its yield lets expect. How
long a batch takes is read from the studio's own finished batches (`lead_times`): of those that took longer than this
one has taken already, the median is expected, and the band is from the tenth to the ninetieth percentile. A need that
no open batch covers is ready after a batch that is started today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from shop.db.dialect import raw_cursor
from shop.kiln_planning.lead_times import MakingHistory, MakingRecord, making_history, open_batches

FORMS = """
SELECT v.sku, COALESCE(p.form, '') FROM variant v JOIN product p ON p.shop_id = v.shop_id
  AND p.product_code = v.product_code WHERE v.shop_id = ?
"""
BAND = (0.1, 0.9)


@dataclass(frozen=True)
class ReadyDate:
    """When the pieces of one need are expected, with the band; the batch that they come from, None for a new one.

    `learned` is where the lead time was learned: sku, form, studio or none (no batch was ever finished).
    """

    batch_id: str | None
    expected: date
    earliest: date
    latest: date
    learned: str


def ready_dates(
    connection: Connection, needs: Sequence[tuple[str, int]], on: date, shop: int = 1
) -> list[ReadyDate]:
    """When each need (SKU, pieces) is ready, in the order in which needs are served; by the last piece of each."""
    history = making_history(connection, on, shop)
    forms: dict[str, str] = dict(raw_cursor(connection).execute(FORMS, (shop,)).fetchall())
    supply: defaultdict[str, list[tuple[float, ReadyDate]]] = defaultdict(list)
    for batch in open_batches(connection, on, shop):
        record = history.of(batch.sku, forms.get(batch.sku, ""))
        share = _good_share(record, history)
        supply[batch.sku].append((batch.pieces * share, _ready(record, batch.started_on, on, batch.batch_id)))
    dates = []
    for sku, pieces in needs:
        missing: float = pieces
        ready = None
        while missing > 0 and supply[sku]:
            good, ready = supply[sku].pop(0)
            if good > missing:
                supply[sku].insert(0, (good - missing, ready))
            missing -= good
        if missing > 0 or ready is None:
            ready = _ready(history.of(sku, forms.get(sku, "")), on, on, None)
        dates.append(ready)
    return dates


def _good_share(record: MakingRecord, history: MakingHistory) -> float:
    share = record.good.share
    return share if share is not None else history.studio.good.share or 1.0


def _ready(record: MakingRecord, started_on: date, on: date, batch_id: str | None) -> ReadyDate:
    """When a batch will be finished, given that it is not finished yet."""
    age = (on - started_on).days
    longer = [days for days in record.durations or (record.days,) if days > age] or [age + 1]
    low, middle, high = (started_on + timedelta(days=_at(longer, share)) for share in (BAND[0], 0.5, BAND[1]))
    return ReadyDate(batch_id, middle, low, high, record.learned)


def _at(ordered: Sequence[int], share: float) -> int:
    """The empirical quantile of ordered days: the first that at least this share does not exceed."""
    return ordered[min(max(-(-int(share * 1000) * len(ordered) // 1000) - 1, 0), len(ordered) - 1)]
