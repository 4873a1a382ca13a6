"""What arrived broken: of the order lines sent, those whose buyer said broken, chipped or cracked.

A line is broken where its after-sale case gives such a reason and money went back, or another piece
was asked for (exchange, sent again). A case of a whole order counts once, on its first line. Lines are
counted by the day on which they were paid, and set against the lines of the same days that were sent
(paid, less those given back before they left the studio); the newest days still grow. No platform's
file names the courier, so that nobody can say which one breaks most; packing, size and province are
known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from shop import cuts
from shop.db import Database
from shop.query import Query, answer
from shop.rates import Rate
from shop.shops import shop_facts
from shop.told import COUNTS

CUTS = ("packing", "size", "form", "glaze", "family", "product_code", "province")
NOT_TOLD = ("courier",)
WORDS = ("破", "碎", "裂", "磕", "碰坏", "摔", "broken", "breakage", "damag", "crack", "chipped",
         "shatter", "rott", "danneggiat", "beschädigt", "zerbrochen", "cassé", "abîmé")  # fmt: skip
BROKEN = " OR ".join(f"LOWER(COALESCE(r.reason, '')) LIKE '%{word}%'" for word in WORDS)
REPLACED = "r.kind IN ('exchange', 'resend')"
CASES_OF_LINES = f"""
SELECT {{cut}} AS part,
  COUNT(DISTINCT CASE WHEN r.stage <> 'before_ship' AND ({BROKEN})
    THEN l.platform || '/' || l.order_id || '/' || l.line_id END) AS broken,
  COUNT(DISTINCT CASE WHEN r.stage = 'before_ship' AND r.status = 'refunded'
    THEN l.platform || '/' || l.order_id || '/' || l.line_id END) AS kept
FROM refund r
JOIN order_line l ON l.shop_id = r.shop_id AND l.platform = r.platform AND l.order_id = r.order_id
  AND NOT l.is_gift AND (l.line_id = r.line_id OR (NOT EXISTS (
    SELECT 1 FROM order_line x WHERE x.shop_id = r.shop_id AND x.platform = r.platform
      AND x.order_id = r.order_id AND x.line_id = r.line_id)
    AND (r.stage = 'before_ship' OR l.line_id = (SELECT MIN(y.line_id) FROM order_line y
      WHERE y.shop_id = r.shop_id AND y.platform = r.platform AND y.order_id = r.order_id
        AND NOT y.is_gift))))
{cuts.BY_NAME.format(of="l")}{cuts.OF_PRODUCT}
WHERE r.shop_id = :shop
  AND ((r.refunded_on >= :start AND {COUNTS}) OR (r.refunded_on IS NULL AND {REPLACED}))
  AND l.paid_on BETWEEN :start AND :end AND l.currency = :currency{{narrow}}
GROUP BY 1
"""
PROVINCES = """
SELECT COALESCE(l.province, ''), COUNT(*) FROM order_line l INDEXED BY order_line_paid_on
WHERE l.shop_id = :shop AND l.paid_on BETWEEN :start AND :end AND l.currency = :currency
  AND NOT l.is_gift{narrow}
GROUP BY 1
"""


@dataclass(frozen=True)
class Broken:
    """One packing (size, province ...): so many lines broken of so many that were sent."""

    part: str
    rate: Rate


def broken(db: Database, query: Query, by: str = "packing") -> list[Broken]:
    """Breakage by one of CUTS, the one with most broken lines first; '' is not stated.

    Of `query` its days (of payment), platform and currency count.
    """
    with db.read() as connection:
        currency = query.currency or shop_facts(connection, query.shop).currency
        values, narrow = _values(query, currency)
        cut = "COALESCE(l.province, '')" if by == "province" else cuts.named(cuts.MATCHED)[by]
        rows = connection.execute(
            text(CASES_OF_LINES.format(cut=cut, narrow=narrow)), values
        ).fetchall()
        found = {str(part): (int(lines), int(kept)) for part, lines, kept in rows}
        provinces = _provinces(connection, values, narrow) if by == "province" else {}
    paid = provinces or _paid(db, query, currency, by)
    parts = [
        Broken(part, Rate(lines, max(paid.get(part, 0) - kept, lines)))
        for part in paid.keys() | found.keys()
        for lines, kept in [found.get(part, (0, 0))]
    ]
    parts = [part for part in parts if part.rate.under > 0]
    return sorted(parts, key=lambda part: (-part.rate.over, -part.rate.under, part.part))


def overall(parts: list[Broken]) -> Rate:
    """All lines together."""
    return Rate(sum(part.rate.over for part in parts), sum(part.rate.under for part in parts))


def _values(query: Query, currency: str) -> tuple[dict[str, Any], str]:
    platforms = next((values for name, values in query.where if name == "platform"), None)
    names = {f"platform{place}": name for place, name in enumerate(platforms or ())}
    marks = ", ".join(f":{name}" for name in names) or "NULL"
    values = {
        "shop": query.shop, "start": query.start.isoformat(), "end": query.end.isoformat(),
        "currency": currency, **names,
    }  # fmt: skip
    return values, "" if platforms is None else f" AND l.platform IN ({marks})"


def _paid(db: Database, query: Query, currency: str, by: str) -> dict[str, int]:
    where = tuple(pair for pair in query.where if pair[0] == "platform")
    asked = Query(("lines",), query.start, query.end, (by,), where, query.shop, currency)
    table = answer(db, asked)
    return {str(part): int(lines) for part, lines in zip(table[by], table["lines"], strict=True)}


def _provinces(connection: Connection, values: dict[str, Any], narrow: str) -> dict[str, int]:
    rows = connection.execute(text(PROVINCES.format(narrow=narrow)), values)
    return {str(name): int(lines) for name, lines in rows}
