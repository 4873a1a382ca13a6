"""The check before a listing goes live: what is missing, what to do next, and what only is advised."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from shop.core.clock import now_seconds
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.listings.errors import NoSuchListing
from shop.pricing import floor_prices
from shop.stock.sets import available

# words of forms that food or drink touches, and of forms that it does not; a longer match wins
FOOD = (
    "杯",
    "碗",
    "盘",
    "碟",
    "壶",
    "盏",
    "盖碗",
    "公道",
    "茶",
    "筷架",
    "勺",
    "钵",
    "罐",
    "盅",
    "锅",
    "cup",
    "mug",
    "bowl",
    "plate",
    "pot",
    "teapot",
    "pitcher",
    "jug",
    "dish",
    "saucer",
    "gaiwan",
    "tumbler",
    "platter",
    "spoon",
    "jar",
    "tazza",
    "piatto",
    "ciotola",
    "tasse",
    "teller",
    "becher",
    "schale",
    "bol",
    "assiette",
)
NO_FOOD = (
    "花",
    "香",
    "摆件",
    "灯",
    "烛",
    "茶宠",
    "花器",
    "花瓶",
    "花盆",
    "首饰",
    "耳",
    "挂",
    "vase",
    "planter",
    "flowerpot",
    "flower pot",
    "incense",
    "candle",
    "lamp",
    "figurine",
    "sculpture",
    "ornament",
    "jewel",
    "earring",
    "ring",
    "tile",
    "vaso",
    "bougeoir",
)


class NotReady(ShopError):
    """The listing cannot go live before some findings are corrected."""

    message = "“{listing}” cannot go live yet: {missing}."


@dataclass(frozen=True)
class Finding:
    """One result of the check; `blocks` when it must be corrected before the listing goes live.

    Codes: unknown_sku, archived, title, photo, height, width, weight, food_unknown, food_unsafe, price,
    below_floor, no_floor, floor_unknown, floor_incomplete, lead_days, sold_out, not_counted, elsewhere.
    """

    code: str
    blocks: bool
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Readiness:
    """The findings of the check for one listing."""

    sku: str
    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> tuple[Finding, ...]:
        """Findings that must be corrected first."""
        return tuple(finding for finding in self.findings if finding.blocks)


FACTS = """
SELECT l.sku, l.platform, l.listing_id, COALESCE(l.wanted_title, l.title) AS title,
  COALESCE(l.wanted_price_cents, l.price_cents, v.price_cents) AS price, l.currency,
  v.sku AS ours, v.height_mm, v.width_mm, v.weight_g, v.stock_policy, v.lead_days, v.is_archived,
  p.form, p.family, p.title AS product, p.glaze, p.is_food_safe, p.product_code,
  (SELECT m.is_food_safe FROM material m WHERE m.shop_id = p.shop_id AND m.kind = 'glaze'
    AND m.name = p.glaze AND NOT m.is_retired) AS glaze_safe,
  EXISTS (SELECT 1 FROM photo h WHERE h.shop_id = l.shop_id AND h.position >= 0
    AND (h.owner_kind = 'sku' AND h.owner = l.sku
      OR h.owner_kind = 'product' AND h.owner = v.product_code)) AS has_photo,
  (SELECT GROUP_CONCAT(o.platform, ', ') FROM listing o WHERE o.shop_id = l.shop_id
    AND o.sku = l.sku AND o.platform <> l.platform AND o.status = 'live') AS elsewhere
FROM listing l
LEFT JOIN variant v ON v.shop_id = l.shop_id AND v.sku = l.sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
WHERE l.shop_id = :shop AND l.platform = :platform AND l.listing_id = :listing
"""


def check(db: Database, platform: str, listing_id: str, *, shop_id: int = 1) -> Readiness:
    """What a listing lacks before it goes live; raises NoSuchListing."""
    with db.read() as connection:
        row = (
            connection.execute(text(FACTS), {"shop": shop_id, "platform": platform, "listing": listing_id})
            .mappings()
            .one_or_none()
        )
        pieces = available(connection, now_seconds(), shop_id).get(row["sku"]) if row is not None else None
    if row is None:
        raise NoSuchListing(platform=platform, listing=listing_id)
    findings = [*_described(row), *_safe(row), *_priced(db, row, shop_id), *_stocked(row, pieces)]
    return Readiness(row["sku"], tuple(sorted(findings, key=lambda finding: not finding.blocks)))


def _described(row: Any) -> list[Finding]:
    """Title, photo, measures, weight: what every buyer needs."""
    if row["ours"] is None:
        return [Finding("unknown_sku", True, {"sku": row["sku"]})]
    lacks = {
        "title": not row["title"],
        "photo": not row["has_photo"],
        "height": not row["height_mm"],
        "width": not row["width_mm"],
        "weight": not row["weight_g"],
    }
    findings = [Finding(code, True) for code, lacking in lacks.items() if lacking]
    return [*findings, Finding("archived", True)] if row["is_archived"] else findings


def _safe(row: Any) -> list[Finding]:
    """Food safety of the glaze, where food or drink touches the form."""
    touches = touches_food(row["form"], row["family"], row["product"])
    is_safe_by = (row["is_food_safe"], row["glaze_safe"])
    is_safe = next((bool(finding) for finding in is_safe_by if finding is not None), None)
    details = {"glaze": row["glaze"] or row["product"] or "–", "product": row["product_code"] or "–"}
    if is_safe or touches is False:
        return []
    if touches is None:
        return [] if is_safe is None else [Finding("food_unsafe", False, details)]
    return [Finding("food_unknown" if is_safe is None else "food_unsafe", True, details)]


def touches_food(*texts: str | None) -> bool | None:
    """Whether food or drink touches such a form, by its words; None where the words do not show it."""
    for words in texts:
        plain = (words or "").casefold()
        findings = [(len(word), False) for word in NO_FOOD if _has_word(plain, word)]
        findings += [(len(word), True) for word in FOOD if _has_word(plain, word)]
        if findings:
            return max(findings)[1]
    return None


def _has_word(text: str, word: str) -> bool:
    """Whether a text contains a word: Latin ones as whole words, so that spring is no ring."""
    if word.isascii():
        return re.search(rf"\b{re.escape(word)}(s|es)?\b", text) is not None
    return word in text


def _priced(db: Database, row: Any, shop_id: int) -> list[Finding]:
    """A price, and one above the floor at which nothing is lost."""
    if not row["price"]:
        return [Finding("price", True)]
    if row["ours"] is None:
        return []
    try:
        floor = floor_prices.floor_price(db, row["sku"], row["platform"], shop_id=shop_id)
    except floor_prices.NoFloor as problem:
        return [Finding("no_floor", True, dict(problem.details))]
    if floor.floor_cents is None or floor.currency != row["currency"]:
        return [Finding("floor_unknown", False)]
    details = {"floor": floor.floor_cents, "price": row["price"], "currency": floor.currency}
    if row["price"] < floor.floor_cents:
        return [Finding("below_floor", True, details)]
    return [] if floor.is_complete else [Finding("floor_incomplete", False, details)]


def _stocked(row: Any, pieces: int | None) -> list[Finding]:
    """Something to sell: pieces (None: never counted), pre-sale, or days to make it."""
    findings = []
    if row["stock_policy"] == "made_to_order":
        return [] if row["lead_days"] else [Finding("lead_days", True)]
    if pieces is None:
        findings.append(Finding("not_counted", False))
    elif pieces <= 0:
        findings.append(Finding("sold_out", True))
    if row["stock_policy"] == "one_of_a_kind" and row["elsewhere"]:
        findings.append(Finding("elsewhere", False, {"platforms": row["elsewhere"]}))
    return findings


def sold_out(connection: Connection, shop_id: int, sku: str) -> bool:
    """Whether a tracked SKU has no available piece."""
    row = connection.execute(
        text(
            "SELECT 1 FROM variant WHERE shop_id = :shop AND sku = :sku AND stock_policy <> 'made_to_order'"
        ),
        {"shop": shop_id, "sku": sku},
    ).scalar()
    pieces = available(connection, now_seconds(), shop_id).get(sku) if row else None
    return pieces is not None and pieces <= 0
