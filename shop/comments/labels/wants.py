"""The thing wanted: form, glaze, size, number and price word of a comment with a wish or a question about a thing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

from shop.comments.labels.clauses import Clause
from shop.comments.labels.lexicon import lexicon
from shop.comments.labels.numbers import MEASURE

WANTING = frozenset(
    ("buy", "price", "where_to_buy", "stock", "spec", "custom_order", "lead_wholesale", "lead_workshop")
)
COUNTED = frozenset(("buy", "custom_order", "lead_wholesale", "stock", "price"))
UNITS = {
    "毫升": "ml",
    "‹ml›": "ml",
    "厘米": "cm",
    "公分": "cm",
    "‹cm›": "cm",
    "英寸": "in",
    "‹inch›": "in",
    "‹inches›": "in",
    "寸": "寸",
    "升": "l",
    "‹l›": "l",
    "‹oz›": "oz",
}
PRICE_WORDS = ("discount", "ask", "high", "low")


@cache
def _bits() -> dict[str, int]:
    words = lexicon()
    names = (
        "unbuy",
        "bought_past",
        "buy",
        "want",
        "custom",
        "others",
        "pw_ask",
        "pw_high",
        "pw_low",
        "pw_discount",
        "price",
        "have",
        "pricenoun",
    )
    return {name: words.bit(name) for name in names}


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
        if mask & bits["unbuy"] or mask & bits["others"]:
            continue
        if clause.is_question and mask & bits["pw_low"]:
            total |= bits["pw_discount"]
        if clause.is_question and mask & bits["pricenoun"]:
            total |= bits["pw_ask"]
        for kind, value in clause.values:
            wants.setdefault(kind, value)
        if clause.has_digits and (measure := MEASURE.search(clause.text)):
            wants["size"] = f"{measure[1]}{UNITS[measure[2]]}"
        if clause.numbers and "number" not in wants and not COUNTED.isdisjoint(intents):
            for count in clause.numbers:
                if count > 1 or (
                    mask & (bits["buy"] | bits["want"]) and not mask & (bits["pw_ask"] | bits["bought_past"])
                ):
                    wants["number"] = count
                    break
    if "price" in intents:
        for word in PRICE_WORDS:
            if total & bits[f"pw_{word}"]:
                wants["price_word"] = word
                break
    return wants
