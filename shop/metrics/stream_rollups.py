"""Which session or video each order line belongs to, by grade, and the three sums of each session.

Grades: A the platform's order states what brought it and names it, B it is joined by a room or content id that another
source gives, C it was placed while the session ran (or, without an id, soon after the video came out), D unknown.

The rules of grade C (`attribution_rules`): a line without an id whose carrier is live belongs to the session of its
platform that ran when it was placed, or that ended at most `late_seconds` before; of several the one that still ran,
of those the latest. One whose carrier is video belongs to the platform's latest video, at most `video_seconds` after
it came out. Lines whose carrier the platform will only state the next day count as live until then (provisional);
other lines of unknown carrier only with `takes_unknown`. Nothing is joined by time without `is_by_time`.
A session whose end no source states is supposed to end with its last minute that was read; where none was,
RUNNING_SECONDS after its start or when the platform's next session starts. What is joined to it by time is provisional.

The headline of a session is one of its sums, never a mix. A sum is complete where it differs from what the platform
gives by at most MARGIN. In this order: by room where complete, by time where complete, stated; where nothing is
stated, by room if every live order of its time names the room, else by time.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from shop.metrics.refund_sql import EARLIER, batches_of_days

TABLES = ("fact_stream", "fact_session", "fact_video", "session_sum")
MARGIN_PERCENT = 5
LONGEST_SESSION = 36 * 3600
LONGEST_UNPAID = 3 * 86_400  # an order that is paid later than that is joined by id only
DAYS_AFTER = 5  # paid days after the start that a session can still concern, by the two limits above
CONTENT = {"session": ("fact_session", "session_id"), "video": ("fact_video", "video_id")}
RUNNING_SECONDS = 12 * 3600  # a session without an end that started longer ago is over
DEFAULT_ZONE = "Asia/Shanghai"  # of a shop without settings (shop/metrics/settings.py)
Content = tuple[str, str, str]  # kind, platform, id

RULES = (
    "SELECT late_seconds, video_seconds, is_by_time, takes_unknown FROM attribution_rules WHERE shop_id = ?"
)
CREATED = "COALESCE(l.created_at, l.paid_at)"
TIMED = f":by_time AND l.content_id IS NULL AND {CREATED} > l.paid_at - {LONGEST_UNPAID}"
END = f"""
COALESCE(s.ended_at, s.started_at + s.seconds,
  (SELECT MAX(m.minute_at) + 60 FROM live_minute m WHERE m.shop_id = s.shop_id AND m.platform = s.platform
    AND m.session_id = s.session_id),
  (SELECT MIN(MIN(n.started_at), s.started_at + {RUNNING_SECONDS}) FROM live_session n WHERE n.shop_id = s.shop_id
    AND n.platform = s.platform AND n.started_at > s.started_at AND NOT n.is_inferred),
  s.started_at + {RUNNING_SECONDS})
"""
SESSION_AT = f"""
CASE WHEN {TIMED} AND (l.carrier = 'live' OR l.carrier = 'unknown' AND (l.is_provisional OR :takes_unknown)) THEN
  (SELECT s.session_id FROM live_session s INDEXED BY live_session_started_at
   WHERE s.shop_id = :shop AND s.platform = l.platform AND NOT s.is_inferred
     AND s.started_at BETWEEN {CREATED} - {LONGEST_SESSION} AND {CREATED}
     AND {END} + :late > {CREATED}
   ORDER BY {END} > {CREATED} DESC, s.started_at DESC, s.session_id DESC LIMIT 1)
END
"""
VIDEO_AT = f"""
CASE WHEN {TIMED} AND l.carrier = 'video' THEN
  (SELECT v.video_id FROM video v INDEXED BY video_published_at
   WHERE v.shop_id = :shop AND v.platform = l.platform
     AND v.published_at BETWEEN {CREATED} - :video_seconds AND {CREATED}
   ORDER BY v.published_at DESC, v.video_id DESC LIMIT 1)
END
"""
STREAMS_OF_DAY = f"""
INSERT INTO fact_stream (shop_id, day, platform, currency, carrier, seller, kind, content_id, attribution,
  orders, units, gmv_cents, provisional_cents)
SELECT :shop, :day, platform, currency, carrier, seller,
  CASE WHEN is_named THEN CASE carrier WHEN 'live' THEN 'session' ELSE 'video' END
    WHEN at_session IS NOT NULL THEN 'session' WHEN at_video IS NOT NULL THEN 'video' ELSE '' END AS kind,
  CASE WHEN is_named THEN content_id ELSE COALESCE(at_session, at_video, '') END AS content,
  CASE WHEN is_named THEN CASE attribution WHEN 'A' THEN 'A' ELSE 'B' END
    WHEN at_session IS NOT NULL OR at_video IS NOT NULL THEN 'C' ELSE 'D' END AS grade,
  SUM(is_first), SUM(quantity), SUM(gmv), SUM(CASE WHEN is_provisional OR NOT is_named AND EXISTS (
    SELECT 1 FROM live_session s WHERE s.shop_id = :shop AND s.platform = lines.platform
      AND s.session_id = at_session AND s.ended_at IS NULL AND s.seconds IS NULL) THEN gmv ELSE 0 END)
FROM (
  SELECT l.platform, l.currency, l.carrier, l.seller, l.content_id, l.attribution, l.quantity, l.is_provisional,
    l.buyer_paid_cents + l.platform_discount_cents AS gmv, NOT {EARLIER.format("")} AS is_first,
    l.content_id IS NOT NULL AND l.carrier IN ('live', 'video') AS is_named,
    {SESSION_AT} AS at_session, {VIDEO_AT} AS at_video
  FROM order_line l INDEXED BY order_line_paid_on
  WHERE l.shop_id = :shop AND l.paid_on = :day AND NOT l.is_gift AND l.paid_at IS NOT NULL
) lines
GROUP BY platform, currency, carrier, seller, kind, content, grade
"""
# The same where no line is attributed: none names a content, none is provisional, no session or video is near.
UNATTRIBUTED_DAY = """
INSERT INTO fact_stream (shop_id, day, platform, currency, carrier, seller, kind, content_id, attribution,
  orders, units, gmv_cents, provisional_cents)
SELECT shop_id, day, platform, currency, carrier, seller, '', '', 'D', orders, units,
  buyer_paid_cents + platform_discount_cents, 0
FROM fact_day WHERE shop_id = :shop AND day = :day AND lines > 0
"""
ATTRIBUTED_BEFORE = """
SELECT DISTINCT day FROM fact_stream WHERE shop_id = :shop AND (attribution < 'C' OR provisional_cents <> 0)
"""
ATTRIBUTED_DAYS = """
SELECT DISTINCT paid_on FROM order_line
WHERE shop_id = :shop AND COALESCE(paid_on, '') > '' AND (content_id IS NOT NULL OR is_provisional)
"""
STREAM_DAYS = """
SELECT started_on FROM live_session WHERE shop_id = :shop AND NOT is_inferred AND started_on IS NOT NULL
UNION SELECT published_on FROM video WHERE shop_id = :shop AND published_on IS NOT NULL
"""
CONTENTS_OF_DAYS = """
SELECT DISTINCT kind, platform, content_id FROM fact_stream
WHERE shop_id = :shop AND day IN (SELECT value FROM json_each(:days)) AND kind <> ''
"""
SUMS_OF_CONTENT = """
INSERT INTO {table} (shop_id, platform, {column}, currency, attribution, orders, units, gmv_cents)
SELECT shop_id, platform, content_id, currency, attribution, SUM(orders), SUM(units), SUM(gmv_cents)
FROM fact_stream INDEXED BY fact_stream_content
WHERE shop_id = ? AND platform = ? AND kind = ? AND content_id = ? GROUP BY currency, attribution
"""
# Orders name a live id that no source gives: the session starts with the first of them.
NAMING = """
SELECT MIN(created_at), MAX(created_at), currency
FROM (
  SELECT COALESCE(l.created_at, l.paid_at) AS created_at, l.currency
  FROM (SELECT DISTINCT day FROM fact_stream INDEXED BY fact_stream_content WHERE shop_id = :shop
    AND platform = :platform AND kind = 'session' AND content_id = :session AND attribution < 'C') d
  CROSS JOIN order_line l INDEXED BY order_line_paid_on
  WHERE l.shop_id = :shop AND l.paid_on = d.day AND l.platform = :platform AND l.content_id = :session
    AND l.carrier = 'live' AND NOT l.is_gift AND l.paid_at IS NOT NULL
)
GROUP BY currency ORDER BY COUNT(*) DESC, currency LIMIT 1
"""
INFER = """
INSERT INTO live_session (shop_id, platform, session_id, started_at, ended_at, started_on, currency, is_inferred,
  updated_at, payload_hash) VALUES (?, ?, ?, ?, ?, ?, ?, 1, 0, 0)
"""
STATED = f"""
SELECT currency, orders, units, gmv_cents, started_on, started_at, {END}, is_inferred FROM live_session s
WHERE shop_id = ? AND platform = ? AND session_id = ?
"""
BY_ROOM = """
SELECT currency, SUM(orders), SUM(units), SUM(gmv_cents) FROM fact_session
WHERE shop_id = ? AND platform = ? AND session_id = ? AND attribution < 'C' GROUP BY currency
"""
BY_TIME = f"""
SELECT currency, COUNT(DISTINCT order_id), SUM(quantity), SUM(buyer_paid_cents + platform_discount_cents),
  SUM(carrier = 'live' AND content_id IS NULL)
FROM order_line l INDEXED BY order_line_paid_on
WHERE shop_id = :shop AND platform = :platform AND NOT is_gift AND paid_on BETWEEN :first AND :last
  AND {CREATED} >= :started AND {CREATED} < :ended AND {CREATED} > paid_at - {LONGEST_UNPAID}
  AND carrier IN ('live', 'unknown') AND (content_id IS NULL OR content_id = :session)
GROUP BY currency
"""


@dataclass(frozen=True)
class Sum:
    """One sum of a session: orders, pieces, cents; None where its source does not give it."""

    orders: int | None
    units: int | None
    gmv_cents: int | None


def headline(stated: Sum | None, by_room: Sum | None, by_time: Sum | None, unnamed: int = 0) -> str | None:
    """The basis that a session's figures use: stated, room, time; None where no sum is known.

    `unnamed` counts the live order lines of its time that name no session.
    """
    own = {"room": by_room, "time": by_time}
    known = {name: sums for name, sums in own.items() if sums is not None and sums.orders}
    if stated is not None:
        complete = [name for name, sums in known.items() if is_complete(sums, stated)]
        return complete[0] if complete else "stated"
    if "room" in known and not unnamed:
        return "room"
    return "time" if "time" in known else next(iter(known), None)


def is_complete(own: Sum, stated: Sum) -> bool:
    """Whether a sum of orders differs from what the platform gives by at most MARGIN_PERCENT of it."""
    pairs = ((own.gmv_cents, stated.gmv_cents), (own.orders, stated.orders))
    for value, reported in pairs:
        if reported is not None:
            return abs((value or 0) - reported) * 100 <= MARGIN_PERCENT * reported
    return False


def compute(
    cursor: Any,
    shop_id: int,
    days: Iterable[str],
    stream_days: Iterable[str],
    noted: Collection[str | None] | None,
) -> None:
    """Attribute the lines of paid days again, and of the days that sessions and videos of `stream_days` concern.

    `noted` are the days of lines just written that name a content or are provisional; None: all lines are read for
    it. Reads fact_day, which must be up to date.
    """
    touched = {day for day in days if day}
    started = {day for day in stream_days if day}
    with_sessions = _has(cursor, "live_session", shop_id)
    if not touched and not started:
        return
    values = _rules(cursor, shop_id)
    contents: set[Content] = set()
    near_streams = _following({row[0] for row in cursor.execute(STREAM_DAYS, values).fetchall()})
    before = ATTRIBUTED_DAYS if noted is None else ATTRIBUTED_BEFORE
    attributed = {row[0] for row in cursor.execute(before, values).fetchall()}.union(noted or ())
    for some in batches_of_days(touched | _following(started)):
        of_days = [
            values | {"day": day, "by_time": values["by_time"] and day in near_streams} for day in some
        ]
        by_line = [of_day for of_day in of_days if of_day["by_time"] or of_day["day"] in attributed]
        contents |= _compute_days(cursor, of_days, by_line)
    near = {_shifted(day, -shift) for day in touched for shift in range(DAYS_AFTER + 1)} | started
    near |= {_shifted(day, -1) for day in started}  # a session may end where the next one starts
    if with_sessions:
        for day in sorted(near):
            rows = cursor.execute(
                "SELECT platform, session_id FROM live_session WHERE shop_id = ? AND started_on = ?",
                (shop_id, day),
            )
            contents |= {("session", *row) for row in rows.fetchall()}
    for content in sorted(contents):
        _compute_content(cursor, values, *content)


def days_without_end(cursor: Any, shop_id: int, sessions: Mapping[str, Iterable[str]]) -> set[str]:
    """The days on which those of these sessions (by platform) started that end with their last minute."""
    sql = (
        "SELECT started_on FROM live_session WHERE shop_id = ? AND platform = ? AND session_id = ? "
        "AND ended_at IS NULL AND seconds IS NULL AND started_on IS NOT NULL"
    )
    places = ((shop_id, platform, session) for platform, names in sessions.items() for session in names)
    return {row[0] for place in places for row in cursor.execute(sql, place).fetchall()}


def _rules(cursor: Any, shop_id: int) -> dict[str, Any]:
    row = cursor.execute(RULES, (shop_id,)).fetchone() or (900, 3600, 1, 0)
    names = ("late", "video_seconds", "by_time", "takes_unknown")
    zone = cursor.execute("SELECT time_zone FROM shop WHERE shop_id = ?", (shop_id,)).fetchone()
    known = {"shop": shop_id, "zone": zone[0] if zone else DEFAULT_ZONE}
    return known | dict(zip(names, row, strict=True))


def _following(started: set[str]) -> set[str]:
    return {_shifted(day, shift) for day in started for shift in range(-1, DAYS_AFTER + 1)}


@lru_cache(10_000)  # every load asks for the days around all days with sessions or videos
def _shifted(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _compute_days(
    cursor: Any, of_days: Sequence[dict[str, Any]], by_line: Sequence[dict[str, Any]]
) -> set[Content]:
    """Attribute the lines of some days again, of those `by_line` one by one; what had or has lines on them."""
    days = {"shop": of_days[0]["shop"], "days": json.dumps([of_day["day"] for of_day in of_days])}
    contents = set(cursor.execute(CONTENTS_OF_DAYS, days).fetchall())
    cursor.executemany("DELETE FROM fact_stream WHERE shop_id = :shop AND day = :day", of_days)
    cursor.executemany(UNATTRIBUTED_DAY, [of_day for of_day in of_days if of_day not in by_line])
    if not by_line:
        return contents
    cursor.executemany(STREAMS_OF_DAY, by_line)
    return contents | set(cursor.execute(CONTENTS_OF_DAYS, days).fetchall())


def _compute_content(cursor: Any, values: dict[str, Any], kind: str, platform: str, content: str) -> None:
    table, column = CONTENT[kind]
    shop_id = values["shop"]
    place = (shop_id, platform, content)
    cursor.execute(f"DELETE FROM {table} WHERE shop_id = ? AND platform = ? AND {column} = ?", place)
    sql = SUMS_OF_CONTENT.format(table=table, column=column)
    cursor.execute(sql, (shop_id, platform, kind, content))
    if kind == "session":
        _compute_sums(cursor, values, platform, content)


def _compute_sums(cursor: Any, values: dict[str, Any], platform: str, session: str) -> None:
    place = (values["shop"], platform, session)
    delete = "DELETE FROM {} WHERE shop_id = ? AND platform = ? AND session_id = ?"
    cursor.execute(delete.format("session_sum"), place)
    row = cursor.execute(STATED, place).fetchone()
    if row is None or row[7]:
        if row is not None:
            cursor.execute(delete.format("live_session"), place)
        _infer(cursor, values, place)
        row = cursor.execute(STATED, place).fetchone()
    if row is None or row[5] is None:
        return
    currency, orders, units, gmv, started_on, started, ended, is_inferred = row
    stated = None if gmv is None and orders is None else {currency: Sum(orders, units, gmv)}
    by_room = {row[0]: Sum(*row[1:]) for row in cursor.execute(BY_ROOM, place).fetchall()}
    by_time: dict[str, Sum] = {}
    unnamed: dict[str, int] = {}
    if not is_inferred:
        for name, *sums, without in cursor.execute(
            BY_TIME, values | _window(cursor, values, platform, session, started_on, started, ended)
        ).fetchall():
            by_time[name], unnamed[name] = Sum(*sums), without
    by_basis = {"stated": stated or {}, "room": by_room, "time": by_time}
    for name in sorted({name for sums in by_basis.values() for name in sums}):
        of_currency = {basis: sums[name] for basis, sums in by_basis.items() if name in sums}
        best = headline(
            of_currency.get("stated"), of_currency.get("room"), of_currency.get("time"), unnamed.get(name, 0)
        )
        cursor.executemany(
            "INSERT INTO session_sum (shop_id, platform, session_id, currency, basis, orders, units, gmv_cents, "
            "is_headline) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (*place, name, basis, sums.orders, sums.units, sums.gmv_cents, basis == best)
                for basis, sums in of_currency.items()
            ],
        )


def _infer(cursor: Any, values: dict[str, Any], place: tuple[int, str, str]) -> None:
    row = cursor.execute(NAMING, values | {"platform": place[1], "session": place[2]}).fetchone()
    if row is not None:
        first, last, currency = row
        day = datetime.fromtimestamp(first, ZoneInfo(values["zone"])).date().isoformat()
        cursor.execute(INFER, (*place, first, last, day, currency))


def _window(
    cursor: Any,
    values: dict[str, Any],
    platform: str,
    session: str,
    started_on: str,
    started: int,
    ended: int,
) -> dict[str, Any]:
    """The time of a session: until late orders end, or the platform's next session starts."""
    following = cursor.execute(
        "SELECT MIN(started_at) FROM live_session WHERE shop_id = ? AND platform = ? AND started_at > ? "
        "AND NOT is_inferred",
        (values["shop"], platform, started),
    ).fetchone()[0]
    end = max(ended + values["late"], started)
    return {
        "platform": platform,
        "session": session,
        "first": started_on,
        "last": _shifted(started_on, DAYS_AFTER),
        "started": started,
        "ended": min(end, following or end),
    }


def _has(cursor: Any, table: str, shop_id: int) -> bool:
    return (
        cursor.execute(f"SELECT 1 FROM {table} WHERE shop_id = ? LIMIT 1", (shop_id,)).fetchone() is not None
    )
