"""How pages become rows: parsed, stored by how they win, landed with what changed, figures refreshed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from etl.platforms.base import Resource
from etl.platforms.records import ParseContext, Record
from etl.sync import landing
from etl.sync.failpoints import step
from etl.sync.landing import Counts, Place
from shop.db.database import bump_version
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert


def store(
    load: Upsert,
    resource: Resource,
    context: ParseContext,
    place: Place,
    pages: Sequence[Sequence[Record]],
    fetched_at: int,
    counts: Counts,
    *,
    again: bool = False,
    was_ahead: bool = False,
) -> int:
    """Parse pages and store what is new, with the pages' changed records; refresh the figures.

    Returns the newest update time (seconds UTC) that the platform itself gave in them, 0 for none.
    `was_ahead`: readings stored with a time after `fetched_at` come from a clock that was ahead.
    """
    records = [record for page in pages for record in page]
    if not records:
        return 0
    moment = ParseContext(context.time_zone, context.currency, fetched_at)
    outcome = resource.parse(records, moment)
    changed: set[int] = set()
    for batch in outcome.batches:
        if was_ahead and resource.stored == "snapshot":
            _correct_times(load, batch, fetched_at)
        flags = load.put(
            batch,
            whole_orders=resource.stored == "orders" and batch.table == "order_line",
            snapshot=resource.stored == "snapshot",
            again=again,
        )
        changed.update(row for row, new in zip(batch.rows, flags, strict=True) if new)
    step("rows-put")
    rejected = {record.row for record in outcome.refusals}
    understood = [record for row, record in enumerate(outcome.ids) if row not in rejected]
    fresh = landing.store_rejected(load.connection, place, outcome.refusals, understood)
    if not again:
        _land(load, place, pages, changed | fresh, fetched_at)
    if changed or load.links.has_work:
        load.finish()
        bump_version(load.connection)
    counts.read += outcome.read
    counts.rejected += len(rejected)
    counts.stored += len(changed - rejected)
    counts.unchanged += outcome.read - len(rejected) - len(changed - rejected)
    if resource.stored == "snapshot":
        return 0
    moments = (
        int(record) for batch in outcome.batches for record in batch.columns.get("updated_at", ()) if record
    )
    return max(moments, default=0)


def _correct_times(load: Upsert, batch: IngestBatch, now: int) -> None:
    """Readings with a time after `now` would win over every reading to come: they get this time."""
    load.connection.execute(
        text(
            f"UPDATE {batch.table} SET updated_at = :now "
            "WHERE shop_id = :shop AND platform = :platform AND updated_at > :now"
        ),
        {"now": now, "shop": load.shop_id, "platform": batch.platform},
    )


def _land(
    load: Upsert, place: Place, pages: Sequence[Sequence[Record]], wanted: set[int], fetched_at: int
) -> None:
    number = 0
    for page in pages:
        accepted = [record for at, record in enumerate(page, number) if at in wanted]
        landing.land(load.connection, place, accepted, fetched_at)
        number += len(page)
    step("page-landed")
