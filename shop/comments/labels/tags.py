"""The tags of phrases as bits, by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from shop.comments.labels.lexicon import lexicon


@dataclass(frozen=True, slots=True)
class Tags:
    """The bits that reading a clause needs."""

    delim: int
    mark: int
    contrast: int
    concede: int
    contrast_weak: int
    overall: int
    neg: int
    up: int
    down: int
    q: int
    en: int
    qstart: int
    qinv: int
    qpart: int
    qfinal: int
    anota: int
    wonder: int
    ask: int
    soft: int
    rhet: int
    filler: int
    praise: int
    thanks: int
    pw_ask: int
    pw_discount: int
    neg_weak: int
    others: int
    ours: int
    defect: int
    after: int
    buy: int
    unbuy: int
    noun: int
    form: int
    number: int
    many: int
    spec: int
    topics: int
    dropped: int
    pw_low: int
    pw_high: int
    modal: int
    offtopic: int
    price: int
    orq: int
    choice: int
    have: int
    has_measure: int
    ship: int
    money: int
    craft: int
    measured: int
    bought_past: int
    stock: int
    workshop: int
    job: int
    where: int
    custom: int
    ironic: int
    sought: int


@cache
def tags() -> Tags:
    """The bits by name, from the phrases as read."""
    words = lexicon()
    combined = {
        "topics": "price where stock spec ship custom after craft wholesale job workshop glaze form size offtopic",
        "measured": "spec ship craft stock after job workshop wholesale where",
        "sought": "want lookfor",
        "dropped": "praise praise_weak pos buy defect pw_low",
    }
    return Tags(**{name: words.mask(combined.get(name, name)) for name in Tags.__dataclass_fields__})
