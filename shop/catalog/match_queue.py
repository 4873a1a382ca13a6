"""The queue of sold names that are not matched to a variant: what, how often, and suggested variants.

Sold names that one rule would match are one row: those of one merchant code, as long as it names one
product only; else those of one title and spec. What each might be: shop/catalog/suggestions.py."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, text

from shop.access.roles import require_reader
from shop.catalog.matching import Field, MatchResult, Name, match_index, unmatched_names
from shop.catalog.suggestions import Evidence, SkuSuggestion, suggestions
from shop.catalog.suggestions import as_json as suggestion_as_json
from shop.db.database import Database


@dataclass(frozen=True)
class Unmatched:
    """One unmatched row of the queue; `field` and `value` are what a rule would store.

    `why` is unknown, ambiguous, conflict or gone, `claimed` the SKUs in question, `codes` all that it
    was sold under; pieces, money (of paid lines, in `currency`) and last day show how much it matters.
    """

    field: Field
    value: str
    code: str
    title: str
    spec: str
    product_id: str | None
    platform_sku: str | None
    why: str
    candidate_skus: tuple[str, ...]
    name_keys: tuple[int, ...]
    units: int = 0
    gmv_cents: int = 0
    currency: str = ""
    last_on: str | None = None
    platforms: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    suggestions: tuple[SkuSuggestion, ...] = ()

    @property
    def evidence(self) -> Evidence:
        """What its suggestions rest on."""
        price = self.gmv_cents // self.units if self.units else None
        title = f"{self.title} {self.spec}"
        return Evidence(self.code, title, self.product_id, price, self.currency, self.candidate_skus)


def unmatched(db: Database, *, shop_id: int = 1, suggest: int | None = None) -> list[Unmatched]:
    """All that waits, what brought in most first; the first `suggest` rows (None: all) with suggestions.

    Raises NotAllowed for a role that sees no sums.
    """
    require_reader(db, "see_sums")
    with db.read() as connection:
        wordings = unmatched_names(connection, shop_id)
        if not wordings:
            return []
        known = match_index(connection, shop_id, wordings)
        results = {name.name_key: known.find(name) for name in wordings}
        rows = [
            _row(sign, value, [(name, results[name.name_key]) for name in some])
            for sign, value, some in _groups(wordings)
        ]
        rows = _with_figures(connection, shop_id, rows)
        likely = list(suggestions(connection, shop_id, [row.evidence for row in rows[:suggest]]))
    first = (replace(row, suggestions=items) for row, items in zip(rows, likely, strict=False))
    return [*first, *rows[len(likely) :]]


def count(db: Database, *, shop_id: int = 1) -> int:
    """How many things wait."""
    with db.read() as connection:
        return len(_groups(unmatched_names(connection, shop_id)))


def _groups(wordings: Sequence[Name]) -> list[tuple[Field, str, list[Name]]]:
    """What one rule would settle, together."""
    by_code: defaultdict[str, list[Name]] = defaultdict(list)
    for name in wordings:
        by_code[name.value("code")].append(name)
    groups: defaultdict[tuple[Field, str], list[Name]] = defaultdict(list)
    for code, alike in sorted(by_code.items()):
        products = {name.product_id for name in alike if name.product_id}
        if code and len(products) <= 1:
            groups["code", code] += alike
            continue
        by_title: defaultdict[str, list[Name]] = defaultdict(list)
        for name in alike:
            by_title[name.value("title_spec")].append(name)
        for words, some in sorted(by_title.items()):
            if words:
                groups["title_spec", words] += some  # the same words under two codes are one rule
            elif code:
                groups["code", code] += some
    return [(sign, value, some) for (sign, value), some in groups.items()]


def _row(sign: Field, value: str, pairs: Sequence[tuple[Name, MatchResult]]) -> Unmatched:
    longest = max((name for name, _ in pairs), key=lambda result: (len(result.title or ""), result.name_key))
    worst = next((result for _, result in pairs if result.why != "unknown"), pairs[0][1])
    skus = {name.platform_sku for name, _ in pairs if name.platform_sku}
    return Unmatched(
        sign,
        value,
        longest.code,
        longest.title or "",
        longest.spec or "",
        next((name.product_id for name, _ in pairs if name.product_id), None),
        next(iter(skus)) if len(skus) == 1 else None,
        worst.why,
        worst.candidate_skus,
        tuple(sorted(name.name_key for name, _ in pairs)),
        codes=tuple(sorted({name.code for name, _ in pairs})),
    )


def _with_figures(connection: Connection, shop_id: int, rows: list[Unmatched]) -> list[Unmatched]:
    """How much of each was sold, from the roll-up by code; split by wording where codes are shared."""
    if not rows:
        return []
    rows_of = Counter(code for row in rows for code in row.codes)
    figures = _sold(connection, shop_id, sorted(rows_of))
    known = []
    for row in rows:
        of_row = figures.get(row.code, {})
        if len(row.codes) > 1 or rows_of[row.code] > 1:
            of_row = _sold_as(connection, shop_id, row)
        known.append(_filled(row, of_row))
    return sorted(known, key=lambda row: (-row.gmv_cents, -row.units, row.value))


Sold = dict[tuple[str, str], tuple[int, int, str]]  # (platform, currency): units, cents, last day


def _filled(row: Unmatched, sold: Sold) -> Unmatched:
    if not sold:
        return row
    by_currency: defaultdict[str, int] = defaultdict(int)
    for (_, currency), (_, cents, _) in sold.items():
        by_currency[currency] += cents
    currency = max(sorted(by_currency), key=lambda name: by_currency[name])
    return replace(
        row,
        units=sum(units for units, _, _ in sold.values()),
        currency=currency,
        gmv_cents=by_currency[currency],
        last_on=max(last for _, _, last in sold.values()),
        platforms=tuple(sorted({platform for platform, _ in sold})),
    )


def _sold(connection: Connection, shop_id: int, codes: Sequence[str]) -> dict[str, Sold]:

    rows = connection.execute(
        text(
            "SELECT f.sku, f.platform, f.currency, SUM(f.units), "
            "SUM(f.buyer_paid_cents + f.platform_discount_cents), COALESCE(MAX(s.last_on), '') "
            "FROM fact_sku_month f LEFT JOIN sold_sku s ON s.shop_id = f.shop_id "
            "AND s.sku = f.sku WHERE f.shop_id = :shop "
            "AND f.sku IN (SELECT value FROM json_each(:codes)) GROUP BY 1, 2, 3"
        ),
        {"shop": shop_id, "codes": json.dumps(codes)},
    )
    sold: dict[str, Sold] = defaultdict(dict)
    for sku, platform, currency, units, cents, last in rows:
        sold[sku][platform, currency] = (int(units or 0), int(cents or 0), last)
    return sold


def _sold_as(connection: Connection, shop_id: int, row: Unmatched) -> Sold:
    """Of one row that shares its code or has several, from the lines of the days it was sold on."""

    rows = connection.execute(
        text(
            "SELECT platform, currency, SUM(quantity), "
            "SUM(buyer_paid_cents + platform_discount_cents), MAX(paid_on) FROM order_line "
            "WHERE shop_id = :shop AND paid_on IN (SELECT DISTINCT day FROM fact_sku_day "
            "WHERE shop_id = :shop AND sku IN (SELECT value FROM json_each(:codes))) AND NOT is_gift "
            "AND name_key IN (SELECT value FROM json_each(:keys)) GROUP BY 1, 2"
        ),
        {"shop": shop_id, "codes": json.dumps(row.codes), "keys": json.dumps(row.name_keys)},
    )
    return {(sale[0], sale[1]): (int(sale[2]), int(sale[3]), sale[4]) for sale in rows}


def as_json(row: Unmatched) -> dict[str, Any]:
    """An unmatched row as `--json` prints it."""
    return {
        "field": row.field,
        "value": row.value,
        "code": row.code,
        "title": row.title,
        "spec": row.spec,
        "product_id": row.product_id,
        "platform_sku": row.platform_sku,
        "why": row.why,
        "claimed": list(row.candidate_skus),
        "units": row.units,
        "gmv": row.gmv_cents,
        "currency": row.currency,
        "last_on": row.last_on,
        "platforms": list(row.platforms),
        "suggestions": [suggestion_as_json(item) for item in row.suggestions],
    }
