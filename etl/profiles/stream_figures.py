"""Videos, their days, minutes of live sessions and payouts of any table, read by a profile."""

from __future__ import annotations

import numpy as np

from etl.files.base import Parsed
from etl.files.cumulative import counts_of, growing, known_rates
from etl.files.fields import Values
from etl.files.payouts.payout_rows import SUMS, payout_batch
from etl.profiles.cells import Cells
from etl.profiles.fields import MINUTE_COUNTS, VIDEO_COUNTS, VIDEO_DAY_COUNTS
from etl.tables.hashes import content_key
from etl.tables.timestamps import days_of, latest
from shop.orders.batch import MISSING


def parse_videos(cells: Cells) -> Parsed:
    """Videos with their totals; one without an id is known by its title and when it came out."""
    rows = cells.rows
    published_at = _moments(cells, "published_at")
    counts = counts_of(rows, VIDEO_COUNTS)
    platform_ids, title = rows.identifier("video_id", required=False), rows.text("title")
    ids = [
        item or content_key(name, at)
        for item, name, at in zip(platform_ids, title, published_at.tolist(), strict=True)
    ]
    columns: dict[str, Values] = {
        "video_id": np.array(ids or [], object),
        "title": title,
        "creator": rows.text("creator"),
        "published_at": published_at,
        "published_on": days_of(published_at, cells.context.time_zone),
        "seconds": rows.seconds("seconds"),
        **counts,
        "followers_gained": rows.whole("followers_gained"),
        "average_watch_seconds": rows.number("average_watch_seconds"),
        **known_rates(rows, ("finish_rate",)),
        "updated_at": latest(published_at),
    }
    content = [values for name, values in sorted(columns.items()) if name != "video_id"]
    columns["payload_hash"] = rows.version(content, growing(counts["views"]))
    return Parsed(rows, [rows.batch("video", cells.platform, columns)])


def parse_video_days(cells: Cells) -> Parsed:
    """What one day added to one video."""
    rows, at = cells.rows, _moments(cells, "day")
    key = {"video_id": rows.identifier("video_id"), "day": days_of(at, cells.context.time_zone)}
    figures = {
        **known_rates(rows, ("finish_rate",)),
        "attributed_gmv_cents": cells.amounts("attributed_gmv", missing=int(MISSING)),
    }
    return _additions(cells, "video_day", key, at, VIDEO_DAY_COUNTS, figures, by=("views", "likes"))


def parse_minutes(cells: Cells) -> Parsed:
    """One minute of one live session; a moment within the minute stands for it."""
    rows, at = cells.rows, _moments(cells, "minute_at")
    minute = np.where(at == MISSING, at, at - np.where(at == MISSING, 0, at) % 60)
    key = {"session_id": rows.identifier("session_id"), "minute_at": minute}
    return _additions(cells, "live_minute", key, at, MINUTE_COUNTS, {}, by=("views", "orders"))


def _moments(cells: Cells, name: str) -> Values:
    """The moments of a column that no row can be without."""
    moments = cells.instant(name)
    cells.rows.refuse_where(moments == MISSING, name, "Missing")
    return moments


def _additions(
    cells: Cells,
    table: str,
    key: dict[str, Values],
    at: Values,
    names: tuple[str, ...],
    figures: dict[str, Values],
    *,
    by: tuple[str, ...],
) -> Parsed:
    """What a stretch of time added to something: of two readings that with the larger counts `by` wins."""
    rows, counts = cells.rows, counts_of(cells.rows, names)
    columns: dict[str, Values] = {
        **counts,
        "followers_gained": rows.whole("followers_gained"),
        "gmv_cents": cells.amounts("gmv", missing=int(MISSING)),
        **figures,
        "currency": cells.currencies,
        "updated_at": latest(at),
    }
    content = [values for _, values in sorted(columns.items())]
    version = rows.version(content, growing(*(counts[name] for name in by)))
    batch = rows.batch(table, cells.platform, {**key, **columns, "payload_hash": version})
    return Parsed(rows, [batch])


def parse_settlements(cells: Cells) -> Parsed:
    """What the platform paid out, one row per order line or order; a fee is positive whatever its sign here."""
    rows = cells.rows
    settled_at = _moments(cells, "settled_at")
    sums = {name: cells.amounts(name, required=name == "paid_out") for name in SUMS}
    sums |= {
        name: np.abs(values) for name, values in sums.items() if name.endswith("fee") or name == "commission"
    }
    order_id = rows.identifier("order_id", required=False)
    line_id, kind = rows.identifier("line_id", required=False), rows.text("kind")
    own = rows.identifier("settlement_id", required=False)
    derived = rows.keys(cells.context, order_id, line_id, kind, settled_at, sums["paid_out"])
    ids = np.array([item or key for item, key in zip(own, derived, strict=True)] or [], object)
    batch = payout_batch(
        rows,
        cells.context,
        cells.platform,
        sums,
        settlement_id=ids,
        order_id=order_id,
        line_id=line_id,
        kind=kind,
        settled_at=settled_at,
        currency=cells.currencies,
    )
    return Parsed(rows, [batch])
