"""Which variants an unmatched name might be, ranked by evidence; never applied by themselves.

The evidence: the platform sells both as one product, the code is alike, the title has the variant's words, the price
is near. All evidence but the likeness of codes is computed for the whole catalog together. The codes of
variants are read in the order of what each could reach at most, until no other can be among the most likely.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from shop.core.text import folded
from shop.db.dialect import raw_cursor

LEAST_LIKELY = 0.3  # below that a suggestion only looks like one
LEAST_ALIKE = 0.6  # codes less alike are no evidence
MOST_SUGGESTED = 5
CODE_WEIGHT, TITLE_WEIGHT, PRODUCT_WEIGHT, PRICE_WEIGHT = 0.35, 0.45, 0.5, 0.15
ROUNDED = 0.001  # how much less than its bound a likelihood may be computed
STRONG = {"product": 0.1, "code": 0.2, "title": 0.2, "price": 0.1}
BREAK = "\0"  # between the texts of variants: no text has it
VARIANTS = """
SELECT v.sku, v.price_cents, v.currency, v.product_code, p.title, v.title, v.size, p.form, p.glaze, p.size
FROM variant v LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
WHERE v.shop_id = ? AND NOT v.is_archived
"""
LISTED = "SELECT sku, product_id FROM listing WHERE shop_id = ? AND product_id IS NOT NULL"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SkuSuggestion:
    """One variant that an unmatched name might be, and the evidence.

    `because` lists product (the platform sells both as one product), code, title, price.
    """

    sku: str
    title: str
    likely: float
    because: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """What is known of an unmatched name: its code and title (with the spec), the platform's product, what a piece
    brought (cents of `currency`), and the SKUs that it is one of, if that is known.
    """

    code: str
    title: str
    product_id: str | None
    price_cents: int | None
    currency: str
    candidate_skus: Collection[str]


def suggestions(
    connection: Connection, shop_id: int, names: Sequence[Evidence]
) -> Iterator[tuple[SkuSuggestion, ...]]:
    """The most likely variants in sight for each name, the likeliest first."""
    is_empty = raw_cursor(connection).execute(VARIANTS + " LIMIT 1", (shop_id,)).fetchone() is None
    if is_empty:
        yield from ((),) * len(names)
    elif names:
        catalog = _Catalog(connection, shop_id, set().union(*(words_of(name.title) for name in names)))
        yield from map(catalog.most_likely, names)


class _Catalog:
    """The variants in sight as columns: which have a word or a product, their codes, prices and numbers of words."""

    def __init__(self, connection: Connection, shop_id: int, wanted: set[str]) -> None:
        cursor = raw_cursor(connection)
        self.rows = cursor.execute(VARIANTS, (shop_id,)).fetchall()
        self.place = {row[0]: place for place, row in enumerate(self.rows)}
        self.with_word: defaultdict[str, list[int]] = defaultdict(list)
        sizes = []
        texts = BREAK.join(" ".join(filter(None, row[4:])) for row in self.rows)
        for place, text in enumerate(folded(texts).casefold().split(BREAK)):
            words = _words(text)
            sizes.append(len(words))
            for word in words & wanted:
                self.with_word[word].append(place)
        self.sizes = np.array(sizes, dtype=np.int64)
        self.with_product: defaultdict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(self.rows):
            self.with_product[folded(row[3])].append(place)
        for sku, product in cursor.execute(LISTED, (shop_id,)):
            if sku in self.place:
                self.with_product[folded(product)].append(self.place[sku])
        self.prices = np.array([row[1] or 0 for row in self.rows], dtype=np.float64)
        self.currencies = np.array([row[2] for row in self.rows], dtype=np.str_)
        self.codes = [folded(row[0]).casefold() for row in self.rows]
        characters = np.array(self.codes, dtype=np.str_)
        self.lengths = np.char.str_len(characters)
        self.characters = characters.view(np.uint32).reshape(len(self.codes), -1)

    def most_likely(self, name: Evidence) -> tuple[SkuSuggestion, ...]:
        """The most likely variants of a name: first those that it is one of."""
        words, shared = words_of(name.title), np.zeros(len(self.rows), dtype=np.int64)
        for word in words:
            shared[self.with_word.get(word, [])] += 1
        is_product = np.zeros(len(self.rows), dtype=bool)
        if name.product_id:
            is_product[self.with_product.get(folded(name.product_id), [])] = True
        titles = 0.9 * shared / np.maximum(self.sizes, 1) + 0.1 * shared / max(len(words), 1)
        parts = {
            "product": PRODUCT_WEIGHT * is_product,
            "code": CODE_WEIGHT * self._most_alike(folded(name.code).casefold()),
            "title": TITLE_WEIGHT * titles,
            "price": PRICE_WEIGHT * self._near(name),
        }
        bounds = np.add.reduce(list(parts.values()))
        likely: list[tuple[bool, float, str, SkuSuggestion]] = []
        for place in self._in_order(bounds, name.candidate_skus):
            is_other = self.rows[place][0] not in name.candidate_skus
            least = -likely[MOST_SUGGESTED - 1][1] if len(likely) >= MOST_SUGGESTED else LEAST_LIKELY
            if is_other and bounds[place] < least - ROUNDED:
                break
            item = self._suggestion(place, name, {part: float(parts[part][place]) for part in parts})
            if item.likely >= LEAST_LIKELY or not is_other:
                likely = sorted([*likely, (is_other, -item.likely, item.sku, item)])[:MOST_SUGGESTED]
        return tuple(item for *_, item in likely)

    def _in_order(self, bounds: Floats, first: Collection[str]) -> Iterator[int]:
        """The places of SKUs that come first, then of all others that may be likely, the largest bound first."""
        yield from sorted(self.place[sku] for sku in first if sku in self.place)
        places = np.flatnonzero(bounds >= LEAST_LIKELY - ROUNDED)
        for place in places[np.argsort(-bounds[places], kind="stable")].tolist():
            if self.rows[place][0] not in first:
                yield place

    def _suggestion(self, place: int, name: Evidence, parts: Mapping[str, float]) -> SkuSuggestion:
        sku, _, _, _, product, title, *_ = self.rows[place]
        code = folded(name.code).casefold()
        parts = {**parts, "code": CODE_WEIGHT * _alike(code, self.codes[place]) if parts["code"] else 0.0}
        because = tuple(part for part, value in parts.items() if value >= STRONG[part])
        likely = round(min(sum(parts.values()), 1.0), 3)
        return SkuSuggestion(sku, " ".join(filter(None, (product, title))) or sku, likely, because)

    def _most_alike(self, code: str) -> Floats:
        """How alike a code and each SKU are at most: by their characters in any order."""
        common = np.zeros(len(self.codes), dtype=np.int64)
        for character, count in Counter(code).items():
            common += np.minimum((self.characters == ord(character)).sum(axis=1), count)
        ratio = 2 * common / np.maximum(self.lengths + len(code), 1)
        return np.where(ratio > LEAST_ALIKE, ratio, 0.0)

    def _near(self, name: Evidence) -> Floats:
        """How near the price is to that of each variant in the same currency: 1 for the same, 0 from half of it on."""
        if not name.price_cents:
            return np.zeros(len(self.rows))
        is_comparable = (self.prices != 0) & (self.currencies == name.currency)
        prices = np.where(is_comparable, self.prices, 1.0)
        near: Floats = np.maximum(0.0, 1 - np.abs(name.price_cents - prices) / prices * 2) * is_comparable
        return near


def _alike(code: str, other: str) -> float:
    """How alike two codes are, 0 where that is no evidence."""
    ratio = SequenceMatcher(None, code, other).ratio()
    return ratio if ratio > LEAST_ALIKE else 0.0


WORDS = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]+")


def words_of(title: str) -> set[str]:
    """The words of a title for matching: Latin words, and each pair of Chinese characters."""
    return _words(folded(title).casefold())


def _words(plain: str) -> set[str]:
    return set().union(*map(_of_run, WORDS.findall(plain)))


@lru_cache(maxsize=8192)  # titles of one shop share most of their runs
def _of_run(run: str) -> frozenset[str]:
    if run[0] >= "\u4e00" and len(run) > 1:
        return frozenset(map(str.__add__, run, run[1:]))
    is_word = len(run) > 1 or run.isdigit() or run >= "\u4e00"
    return frozenset((run,) if is_word else ())


def as_json(item: SkuSuggestion) -> dict[str, Any]:
    """A suggestion as `--json` prints it."""
    return {"sku": item.sku, "title": item.title, "likely": item.likely, "because": list(item.because)}
