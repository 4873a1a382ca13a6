"""The thing wanted: form, glaze, size, number and price word of a comment with a wish or a question about a thing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from shop.comments.labels.clauses import Clause
from shop.comments.labels.lexicon import lexicon

WANTING = frozenset(
    ("buy", "price", "where_to_buy", "stock", "spec", "custom_order", "lead_wholesale", "lead_workshop")
)
COUNTED = frozenset(("buy", "custom_order", "lead_wholesale", "stock", "price"))
PRICE_WORDS = ("discount", "ask", "high", "low")


@dataclass(frozen=True, slots=True)
class _Bits:
    """The bits that a wish is read by."""

    unbuy: int
    others: int
    high: int
    wish: int
    not_counted: int
    price_noun: int
    low: int
    ask: int
    discount: int
    price_words: tuple[tuple[str, int], ...]


@cache
def _bits() -> _Bits:
    mask = lexicon().mask
    return _Bits(
        unbuy=mask("unbuy"),
        others=mask("others"),
        high=mask("pw_high"),
        wish=mask("buy want"),
        not_counted=mask("pw_ask bought_past"),
        price_noun=mask("pricenoun"),
        low=mask("pw_low"),
        ask=mask("pw_ask"),
        discount=mask("pw_discount"),
        price_words=tuple((word, mask(f"pw_{word}")) for word in PRICE_WORDS),
    )


def wants_of(clauses: Sequence[Clause], intents: Collection[str]) -> dict[str, str | int]:
    """What is wanted, each key only where known; empty without an intent about a thing."""
    if WANTING.isdisjoint(intents):
        return {}
    bits = _bits()
    wants: dict[str, str | int] = {}
    total = 0
    for clause in clauses:
        mask = clause.mask
        total |= mask
        if mask & bits.unbuy or (mask & bits.others and not mask & bits.high):
            continue
        if clause.is_question:
            if mask & bits.low:
                total |= bits.discount
            if mask & bits.price_noun:
                total |= bits.ask
        for kind, value in clause.values:
            wants.setdefault(kind, value)
        if clause.size:
            wants["size"] = clause.size
        if clause.numbers and "number" not in wants and not COUNTED.isdisjoint(intents):
            is_wish = mask & bits.wish and not mask & bits.not_counted
            if (count := next((one for one in clause.numbers if one > 1 or is_wish), 0)) > 0:
                wants["number"] = count
    if "price" in intents and (word := _price_word(total)):
        wants["price_word"] = word
    return wants


def _price_word(mask: int) -> str:
    """The first word of a price whose tag a comment has, "" for none."""
    return next((word for word, bit in _bits().price_words if mask & bit), "")
