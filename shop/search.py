"""Looking for anything in the shop by a few characters: orders, SKUs and products, comments, live sessions, videos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from shop.access.roles import may_read
from shop.core.text import full_title
from shop.db.database import Database
from shop.metrics.comment_days.find import ALL_DAYS, CommentDays
from shop.orders.numbers import cleaned_number, is_number
from shop.orders.search import OrderFilter, find_orders

MOST = 6
SHORTEST = 2  # characters of Latin letters and digits; one Chinese character is a word
SKUS = """
SELECT v.sku, COALESCE(p.title, v.sku), COALESCE(v.title, v.size, ''), COALESCE(v.product_code, '') FROM variant v
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
WHERE v.shop_id = :shop AND (v.sku || ' ' || COALESCE(p.title, '') || ' ' || COALESCE(v.title, '') || ' '
  || COALESCE(v.product_code, '')) LIKE :like ESCAPE '!'
ORDER BY v.is_archived, v.sku = :text DESC, v.sku LIMIT :most
"""
SOLD = """
SELECT DISTINCT n.sku, COALESCE(n.title, ''), COALESCE(n.spec, '') FROM sold_name n
LEFT JOIN sold_match m ON m.shop_id = n.shop_id AND m.name_key = n.name_key
WHERE n.shop_id = :shop AND m.name_key IS NULL
  AND (n.sku || ' ' || COALESCE(n.title, '') || ' ' || COALESCE(n.spec, '')) LIKE :like ESCAPE '!'
ORDER BY 1, 2, 3 LIMIT :most
"""
COMMENTS = """
SELECT comment_id, text, platform, written_on FROM comment
WHERE shop_id = :shop AND platform = :platform AND comment_id = :comment
"""
SESSIONS = """
SELECT s.session_id, COALESCE(s.title, ''), s.platform, s.started_on FROM live_session s
LEFT JOIN session_note n ON n.shop_id = s.shop_id AND n.platform = s.platform AND n.session_id = s.session_id
WHERE s.shop_id = :shop AND s.started_at IS NOT NULL
  AND (COALESCE(s.title, '') || ' ' || COALESCE(n.host, '') || ' ' || s.session_id) LIKE :like ESCAPE '!'
ORDER BY s.started_at DESC LIMIT :most
"""
VIDEOS = """
SELECT video_id, COALESCE(title, ''), platform, published_on FROM video
WHERE shop_id = :shop AND (COALESCE(title, '') || ' ' || video_id) LIKE :like ESCAPE '!'
ORDER BY published_on DESC LIMIT :most
"""


@dataclass(frozen=True)
class Match:
    """One thing that matches: its kind (order, sku, sold, comment, session, video), its key, and what to show of it.

    `sold` is a name that was sold and is not in the catalog. `platform` is "" for it and for a SKU; `day` is a shop
    day as ISO text, "" where there is none.
    """

    kind: str
    key: str
    title: str
    platform: str = ""
    day: str = ""


def is_too_short(wanted: str) -> bool:
    """Whether a text has too few characters to look for."""
    plain = wanted.strip()
    return len(plain) < (SHORTEST if plain.isascii() else 1)


def search(db: Database, wanted: str, *, most: int = MOST, shop_id: int = 1) -> Mapping[str, list[Match]]:
    """What matches a text, by kind, each kind only for a role that may see it; nothing for a text that is too short.

    Orders match by any part of their number, the rest by any part of its words.
    """
    plain = wanted.strip()
    if is_too_short(plain):
        return {}
    like = "%" + plain.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    values = {"shop": shop_id, "like": like, "text": plain, "most": most}
    result: dict[str, list[Match]] = {}
    if may_read(db, "see_stock"):
        result["order"] = _orders(db, plain, most, shop_id)
    with db.read() as connection:
        if may_read(db, "see_stock"):
            rows = connection.execute(text(SKUS), values).all()
            result["sku"] = [Match("sku", row[0], full_title(row[1], row[2])) for row in rows]
        if may_read(db, "see_sums"):
            rows = connection.execute(text(SOLD), values).all()
            result["sold"] = [Match("sold", row[0], full_title(row[1], row[2])) for row in rows]
            for kind, sql in (("session", SESSIONS), ("video", VIDEOS)):
                result[kind] = _streams(connection, kind, sql, values)
            result["comment"] = _comments(connection, plain, most, shop_id)
    return {kind: matches for kind, matches in result.items() if matches}


def _orders(db: Database, wanted: str, most: int, shop_id: int) -> list[Match]:
    if not is_number(cleaned_number(wanted)):
        return []
    page = find_orders(db, OrderFilter(wanted), limit=most, shop_id=shop_id)
    return [
        Match(
            "order",
            order.order_id,
            "、".join(line.name for line in order.lines[:2]),
            order.platform,
            order.paid_at.date().isoformat() if order.paid_at else "",
        )
        for order in page.rows
        if cleaned_number(wanted) in cleaned_number(order.order_id)
    ]


def _comments(connection: Connection, wanted: str, most: int, shop_id: int) -> list[Match]:
    """The newest comments that match."""
    days = CommentDays.of(connection, shop_id)
    keys = days.keys(days.find(*ALL_DAYS, words=wanted, least=most).part(0, most))
    return [
        match
        for platform, comment_id in keys
        for match in _streams(
            connection, "comment", COMMENTS, {"shop": shop_id, "platform": platform, "comment": comment_id}
        )
    ]


def _streams(connection: Connection, kind: str, sql: str, values: Mapping[str, object]) -> list[Match]:
    rows = connection.execute(text(sql), dict(values)).all()
    return [Match(kind, row[0], row[1], row[2], str(row[3] or "")) for row in rows]
