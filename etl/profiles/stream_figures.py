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
    published_at = cells.instant("published_at")
    rows.refuse_where(published_at == MISSING, "published_at", "Missing")
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
    rows = cells.rows
    at = cells.instant("day")
    rows.refuse_where(at == MISSING, "day", "Missing")
    counts = counts_of(rows, VIDEO_DAY_COUNTS)
    columns: dict[str, Values] = {
        "video_id": rows.identifier("video_id"),
        "day": days_of(at, cells.context.time_zone),
        **counts,
        "followers_gained": rows.whole("followers_gained"),
        **known_rates(rows, ("finish_rate",)),
        "gmv_cents": cells.amounts("gmv", missing=int(MISSING)),
        "attributed_gmv_cents": cells.amounts("attributed_gmv", missing=int(MISSING)),
        "currency": cells.currencies,
        "updated_at": latest(at),
    }
    content = [values for name, values in sorted(columns.items()) if name not in ("video_id", "day")]
    columns["payload_hash"] = rows.version(content, growing(counts["views"], counts["likes"]))
    return Parsed(rows, [rows.batch("video_day", cells.platform, columns)])


def parse_minutes(cells: Cells) -> Parsed:
    """One minute of one live session; a moment within the minute stands for it."""
    rows = cells.rows
    at = cells.instant("minute_at")
    rows.refuse_where(at == MISSING, "minute_at", "Missing")
    counts = counts_of(rows, MINUTE_COUNTS)
    columns: dict[str, Values] = {
        "session_id": rows.identifier("session_id"),
        "minute_at": np.where(at == MISSING, at, at - np.where(at == MISSING, 0, at) % 60),
        **counts,
        "followers_gained": rows.whole("followers_gained"),
        "gmv_cents": cells.amounts("gmv", missing=int(MISSING)),
        "currency": cells.currencies,
        "updated_at": latest(at),
    }
    content = [values for name, values in sorted(columns.items()) if name not in ("session_id", "minute_at")]
    columns["payload_hash"] = rows.version(content, growing(counts["views"], counts["orders"]))
    return Parsed(rows, [rows.batch("live_minute", cells.platform, columns)])


def parse_settlements(cells: Cells) -> Parsed:
    """What the platform paid out, one row per order line or order; a fee is positive whatever its sign here."""
    rows = cells.rows
    settled_at = cells.instant("settled_at")
    rows.refuse_where(settled_at == MISSING, "settled_at", "Missing")
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
