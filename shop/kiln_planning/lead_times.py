"""Lead time and yield of a SKU, from the studio's finished batches.

Learned from finished batches of the last two years, of the SKU itself where there are at least
`ENOUGH` pieces, else of its form, else of the whole studio; `learned` names which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, text

from shop.stats.proportions import Rate

ENOUGH = 12  # pieces
LOOK_BACK = timedelta(days=730)
WITHOUT_HISTORY = 30  # days to make, where no batch was ever finished
FINISHED = """
SELECT b.sku, COALESCE(p.form, ''), b.pieces, b.started_on,
  (SELECT MAX(s.done_on) FROM batch_step s
   WHERE s.shop_id = b.shop_id AND s.batch_id = b.batch_id AND s.pieces_out IS NOT NULL),
  (SELECT COALESCE(SUM(g.pieces), 0) FROM batch_grade g
   WHERE g.shop_id = b.shop_id AND g.batch_id = b.batch_id)
FROM kiln_batch b
LEFT JOIN variant v ON v.shop_id = b.shop_id AND v.sku = b.sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
WHERE b.shop_id = :shop AND b.status = 'closed' AND b.started_on >= :since AND b.started_on <= :on
"""
UNDER_WAY = """
SELECT b.batch_id, b.sku, b.pieces, b.started_on, s.pieces_in - s.pieces_again, s.pieces_out,
  (SELECT COALESCE(SUM(g.pieces), 0) FROM batch_grade g
   WHERE g.shop_id = b.shop_id AND g.batch_id = b.batch_id)
FROM kiln_batch b
LEFT JOIN batch_step s ON s.shop_id = b.shop_id AND s.batch_id = b.batch_id
WHERE b.shop_id = :shop AND b.status = 'open' AND b.started_on <= :on
"""


@dataclass(frozen=True)
class MakingRecord:
    """What is known of making one SKU: days until it is in stock, good of those thrown.

    `learned` is sku, form or studio: where it was learned; none where no batch was ever finished. `durations` are the
    days of each finished batch, the shortest first.
    """

    days: int
    good: Rate
    learned: str
    durations: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class MakingHistory:
    """Lead time and yield by SKU, by form and of the whole studio."""

    by_sku: Mapping[str, MakingRecord]
    by_form: Mapping[str, MakingRecord]
    studio: MakingRecord

    def of(self, sku: str, form: str) -> MakingRecord:
        """How this SKU does: from its own batches, else its form's, else the studio's."""
        for record in (self.by_sku.get(sku), self.by_form.get(form) if form else None):
            if record is not None and record.good.under >= ENOUGH:
                return record
        return self.studio


def making_history(connection: Connection, on: date, shop: int = 1) -> MakingHistory:
    """What the batches finished by `on` teach."""
    values = {"shop": shop, "since": (on - LOOK_BACK).isoformat(), "on": on.isoformat()}
    rows = connection.execute(text(FINISHED), values).fetchall()
    skus: defaultdict[str, list[Any]] = defaultdict(list)
    forms: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        skus[row[0]].append(row)
        forms[row[1]].append(row)
    return MakingHistory(
        {sku: _record(of, "sku") for sku, of in skus.items()},
        {form: _record(of, "form") for form, of in forms.items()},
        _record(rows, "studio") if rows else MakingRecord(WITHOUT_HISTORY, Rate(0, 0), "none"),
    )


def _record(rows: Iterable[Any], learned: str) -> MakingRecord:
    rows = list(rows)
    days = [
        (date.fromisoformat(done) - date.fromisoformat(started)).days
        for _, _, _, started, done, _ in rows
        if done
    ]
    good = Rate(sum(min(row[5], row[2]) for row in rows), sum(row[2] for row in rows))
    return MakingRecord(round(median(days)) if days else WITHOUT_HISTORY, good, learned, tuple(sorted(days)))


@dataclass(frozen=True)
class OpenBatch:
    """A batch in production: its pieces that are still whole (thrown, less lost, less in stock)."""

    batch_id: str
    sku: str
    pieces: int
    started_on: date


def open_batches(connection: Connection, on: date, shop: int = 1) -> list[OpenBatch]:
    """The batches with whole pieces in production, the one that was started first first."""
    lost: defaultdict[tuple[str, str, int, str, int], int] = defaultdict(int)
    for batch, sku, pieces, started, pieces_in, pieces_out, graded in connection.execute(
        text(UNDER_WAY), {"shop": shop, "on": on.isoformat()}
    ):
        lost[batch, sku, pieces, started, graded] += 0 if pieces_out is None else pieces_in - pieces_out
    batches = [
        OpenBatch(batch, sku, pieces - gone - graded, date.fromisoformat(started))
        for (batch, sku, pieces, started, graded), gone in lost.items()
        if pieces > gone + graded
    ]
    return sorted(batches, key=lambda batch: (batch.started_on, batch.batch_id))


def under_way(connection: Connection, on: date, shop: int = 1) -> dict[str, int]:
    """Pieces of each SKU in production and still whole."""
    by_sku: defaultdict[str, int] = defaultdict(int)
    for batch in open_batches(connection, on, shop):
        by_sku[batch.sku] += batch.pieces
    return dict(by_sku)
