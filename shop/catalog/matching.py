"""Matching of sold names to our SKUs: by the platform's SKU id, the merchant code, or a rule.

Platforms name what was sold in their own words (`sold_name`); `sold_match` stores which variant that is.
The strongest sign decides, and at each sign a rule that the owner confirmed goes before a computed match:

1. the platform's SKU id: a rule for it, else the listing with this id;
2. the merchant code: a rule for it, else the variant whose SKU is equal (trimmed, full-width characters
   folded); where the name has no SKU id, the platform's product counts here too if it has one variant
   only, and both must agree;
3. title and spec: a rule for them.

A name that matches two variants or none is listed in shop/catalog/match_queue.py, never guessed. The
outcome depends on catalog, listings and rules only, not on import order."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection

from shop.core.text import folded, wording

Field = Literal["platform_sku", "code", "title_spec"]
FIELDS: tuple[Field, ...] = ("platform_sku", "code", "title_spec")
IGNORED = ""  # the SKU of a rule for what is none of our pieces (shipping, gift wrap)
NAMES = """
SELECT n.name_key, n.sku, n.product_id, n.platform_sku, n.title, n.spec, m.sku, m.how
FROM sold_name n
LEFT JOIN sold_match m ON m.shop_id = n.shop_id AND m.name_key = n.name_key
WHERE n.shop_id = :shop
"""
LISTINGS = """
SELECT platform, listing_id, product_id, sku, stated_sku FROM listing WHERE shop_id = :shop
"""
UNMATCHED = " AND m.name_key IS NULL"
BY_RULE = " AND m.how IN ('rule', 'ignored')"
THESE = " AND n.name_key IN (SELECT value FROM json_each(:keys))"


@dataclass(frozen=True)
class Name:
    """One wording under which something was sold, with the SKU it is matched to now."""

    name_key: int
    code: str
    product_id: str | None
    platform_sku: str | None
    title: str | None
    spec: str | None
    sku: str | None = None
    how: str | None = None

    def value(self, sign: Field) -> str:
        """The value of a sign, as rules store it; "" where the name lacks the sign."""
        if sign == "title_spec":
            return wording(self.title, self.spec)
        return folded(self.platform_sku if sign == "platform_sku" else self.code)


@dataclass(frozen=True)
class MatchResult:
    """What a wording came to: a SKU and how it is known; without one, why it waits.

    `why` is unknown, ambiguous (two variants match), conflict (code and product disagree), gone
    (the rule's or listing's SKU is not in the catalog); `claimed` names the SKUs in question.
    """

    sku: str | None
    how: str | None = None
    why: str = ""
    candidate_skus: tuple[str, ...] = ()


@dataclass(frozen=True)
class MatchIndex:
    """All that wordings are matched by: the catalog's SKUs, listings by their ids, and rules."""

    skus: frozenset[str]
    by_code: Mapping[str, frozenset[str]]
    by_listing: Mapping[str, frozenset[str]]
    by_product: Mapping[str, frozenset[str]]
    rules: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def find(self, name: Name) -> MatchResult:
        """Which SKU this wording is, or why it waits."""
        why = MatchResult(None, why="unknown")
        for sign in FIELDS:
            value = name.value(sign)
            if not value:
                continue
            rule = self.rules.get((sign, value))
            if rule == IGNORED:
                return MatchResult(None, "ignored")
            result = self._checked("rule", {rule}) if rule else self._seen(sign, value, name)
            if result.sku:
                return result
            if result.why in ("ambiguous", "conflict"):
                return result
            why = result if result.why == "gone" else why
        return why

    def _seen(self, sign: Field, value: str, name: Name) -> MatchResult:
        if sign == "platform_sku":
            return self._checked("platform_sku", self.by_listing.get(value, frozenset()))
        if sign == "title_spec":
            return MatchResult(None, why="unknown")
        return self._by_code(value, name)

    def _by_code(self, value: str, name: Name) -> MatchResult:
        exact = {name.code} & self.skus or self.by_code.get(value, frozenset())
        coded = self._checked("code", exact)
        if name.platform_sku or not name.product_id:
            return coded
        only = self.by_product.get(folded(name.product_id), frozenset())
        of_product = self._checked("platform_sku", only) if len(only) == 1 else None
        if of_product is None or not of_product.sku:
            return coded
        if coded.sku and coded.sku != of_product.sku:
            return MatchResult(None, why="conflict", candidate_skus=(coded.sku, of_product.sku))
        return coded if coded.sku or coded.why == "ambiguous" else of_product

    def _checked(self, how: str, candidate_skus: Iterable[str]) -> MatchResult:
        """The only SKU of these that is in the catalog."""
        skus = sorted(set(candidate_skus))
        known = [sku for sku in skus if sku in self.skus]
        if len(known) == 1:
            return MatchResult(known[0], how)
        if known:
            return MatchResult(None, why="ambiguous", candidate_skus=tuple(known))
        return MatchResult(None, why="gone" if skus else "unknown", candidate_skus=tuple(skus))


def match_index(connection: Connection, shop_id: int, names: Iterable[Name] | None = None) -> MatchIndex:
    """What wordings are matched by, as catalog, listings and rules stand now; for `names` alone, where given."""
    skus = _rows(connection, "SELECT sku FROM variant WHERE shop_id = :shop", shop_id)
    by_code: defaultdict[str, set[str]] = defaultdict(set)
    listings = _rows(connection, LISTINGS, shop_id)
    codes = None if names is None else {name.value("code") for name in names}
    if codes is not None:
        codes |= {folded(stated or sku) for *_, sku, stated in listings}
    for (sku,) in skus:
        if codes is None or folded(sku) in codes:
            by_code[folded(sku)].add(sku)
    by_listing: defaultdict[str, set[str]] = defaultdict(set)
    of_product: defaultdict[str, set[str]] = defaultdict(set)
    rules = {
        (sign, value): sku
        for sign, value, sku in _rows(
            connection, "SELECT field, value, sku FROM match_rule WHERE shop_id = :shop", shop_id
        )
    }
    for _, listing, product, sku, platform_sku in listings:
        sku = _ours(listing, platform_sku or sku, by_code, rules)
        by_listing[folded(listing)].add(sku)
        if product:
            of_product[folded(product)].add(sku)
    return MatchIndex(
        frozenset(sku for (sku,) in skus), _frozen(by_code), _frozen(by_listing), _frozen(of_product), rules
    )


def _ours(
    listing: str, platform_sku: str, by_code: Mapping[str, set[str]], rules: Mapping[tuple[str, str], str]
) -> str:
    """Which of our SKUs a listing is: by a rule, else our spelling of the code that it states."""
    ruled = rules.get(("platform_sku", folded(listing))) or rules.get(("code", folded(platform_sku)))
    if ruled:
        return ruled
    alike = by_code.get(folded(platform_sku), set())
    return next(iter(alike)) if len(alike) == 1 and platform_sku not in alike else platform_sku


def _frozen(index: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(values) for key, values in index.items()}


def _rows(connection: Connection, sql: str, shop_id: int, **more: Any) -> list[Any]:
    cursor = connection.connection.driver_connection
    assert cursor is not None
    rows: list[Any] = cursor.execute(sql, {"shop": shop_id, **more}).fetchall()
    return rows


def names(connection: Connection, shop_id: int, name_keys: Iterable[int] | None = None) -> list[Name]:
    """The wordings with these keys (all without), each with what it is matched to."""
    if name_keys is None:
        return [Name(*row) for row in _rows(connection, NAMES, shop_id)]
    keys = json.dumps(sorted(name_keys))
    return [Name(*row) for row in _rows(connection, NAMES + THESE, shop_id, keys=keys)]


def unmatched_names(connection: Connection, shop_id: int) -> list[Name]:
    """The wordings that no SKU is known for and nobody ignores."""
    return [Name(*row) for row in _rows(connection, NAMES + UNMATCHED, shop_id)]


def names_by_rule(connection: Connection, shop_id: int) -> list[Name]:
    """The wordings that a rule settles: it gives their SKU, or they are ignored."""
    return [Name(*row) for row in _rows(connection, NAMES + BY_RULE, shop_id)]


def resolve(connection: Connection, shop_id: int, name_keys: Iterable[int] | None = None) -> set[int]:
    """Match the sold names with these keys (all without) again; the keys of those whose SKU changed.

    Runs inside the caller's write transaction. Only what is matched or ignored has a row in
    `sold_match`; a wording without one waits.
    """
    now = names(connection, shop_id, name_keys)
    if not now:
        return set()
    known = match_index(connection, shop_id, now)
    changed: list[tuple[Name, MatchResult]] = []
    for name in now:
        result = known.find(name)
        if (result.sku, result.how) != (name.sku, name.how):
            changed.append((name, result))
    _write(connection, shop_id, changed)
    return {name.name_key for name, result in changed if name.sku != result.sku}


def _write(connection: Connection, shop_id: int, changed: list[tuple[Name, MatchResult]]) -> None:
    cursor = connection.connection.driver_connection
    assert cursor is not None
    cursor.executemany(
        "INSERT INTO sold_match (shop_id, name_key, sku, how, matched_at) "
        "VALUES (?, ?, ?, ?, unixepoch()) ON CONFLICT DO UPDATE SET sku = excluded.sku, "
        "how = excluded.how, matched_at = excluded.matched_at",
        [(shop_id, name.name_key, result.sku, result.how) for name, result in changed if result.how],
    )
    cursor.executemany(
        "DELETE FROM sold_match WHERE shop_id = ? AND name_key = ?",
        [(shop_id, name.name_key) for name, result in changed if not result.how],
    )


def rematch(connection: Connection, shop_id: int) -> set[int]:
    """After catalog or rules changed: match all names again, and allocate the orders concerned.

    The keys of the wordings whose SKU changed.
    """
    from shop.stock.order_demand import follow_orders

    assign_listing_skus(connection, shop_id)
    changed = resolve(connection, shop_id)
    if changed:
        follow_orders(connection, shop_id, name_keys=changed)
    return changed


def assign_listing_skus(connection: Connection, shop_id: int) -> None:
    """Set the SKU of every listing: by a rule, else by the code that the platform states."""
    known = match_index(connection, shop_id)
    by_code = {key: set(skus) for key, skus in known.by_code.items()}
    changed = []
    for platform, listing, _, sku, platform_sku in _rows(connection, LISTINGS, shop_id):
        base = platform_sku or sku
        ours = _ours(listing, base, by_code, known.rules)
        wanted = (ours, None if ours == base else base)
        if wanted != (sku, platform_sku):
            changed.append((*wanted, shop_id, platform, listing))
    cursor = connection.connection.driver_connection
    assert cursor is not None
    cursor.executemany(
        "UPDATE listing SET sku = ?, stated_sku = ? WHERE shop_id = ? AND platform = ? AND listing_id = ?",
        changed,
    )
