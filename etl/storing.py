"""How pages become rows: parsed, stored by how they win, landed with what changed, figures told anew."""

from __future__ import annotations

from collections.abc import Sequence

from etl import landing
from etl.connector import Resource
from etl.landing import Counts, Place
from etl.records import Record, Told
from etl.steps import step
from shop.db import bump_version
from shop.loads import Load


def store(
    load: Load,
    resource: Resource,
    told: Told,
    place: Place,
    pages: Sequence[Sequence[Record]],
    fetched_at: int,
    counts: Counts,
    *,
    again: bool = False,
) -> None:
    """Parse pages and store what is new, with the pages' changed records; refresh the figures."""
    records = [record for page in pages for record in page]
    if not records:
        return
    moment = Told(told.time_zone, told.currency, fetched_at)
    outcome = resource.parse(records, moment)
    changed: set[int] = set()
    for batch in outcome.batches:
        flags = load.put(
            batch,
            whole_orders=resource.stored == "orders" and batch.table == "order_line",
            snapshot=resource.stored == "snapshot",
            again=again,
        )
        changed.update(row for row, new in zip(batch.rows, flags, strict=True) if new)
    step("rows-put")
    refused = {one.row for one in outcome.refusals}
    understood = [one for row, one in enumerate(outcome.ids) if row not in refused]
    fresh = landing.set_aside(load.connection, place, outcome.refusals, understood)
    if not again:
        _land(load, place, pages, changed | fresh, fetched_at)
    if changed:
        load.finish()
        bump_version(load.connection)
    counts.read += outcome.read
    counts.set_aside += len(refused)
    counts.stored += len(changed - refused)
    counts.unchanged += outcome.read - len(refused) - len(changed - refused)


def _land(
    load: Load, place: Place, pages: Sequence[Sequence[Record]], wanted: set[int], fetched_at: int
) -> None:
    number = 0
    for page in pages:
        kept = [record for at, record in enumerate(page, number) if at in wanted]
        landing.land(load.connection, place, kept, fetched_at)
        number += len(page)
    step("page-landed")
