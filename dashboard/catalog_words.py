"""Words of the catalog for page and command: platforms, states, fields, findings, what was done."""

from __future__ import annotations

from typing import Any

from dashboard import figures, words
from dashboard.words import t
from shop.catalog_fields import BY_NAME, word
from shop.going_live import Finding
from shop.undo import Done

USUAL = ("douyin", "kuaishou", "tiktok", "xiaohongshu", "taobao", "etsy", "shopify")
VERBS = ("catalog.", "listing.", "match.", "photo.", "piece.", "undo")


def platform(name: str) -> str:
    """What a platform is called; one that is not known goes by its own name."""
    return t(f"platform.{name}") if words.has(f"platform.{name}") else name


def state(name: str) -> str:
    """What a state is called."""
    return word(name, words.language())


def label(name: str) -> str:
    """What a field of the catalog is called."""
    return BY_NAME[name].label(words.language())


def shown(name: str, value: Any, currency: str = "") -> str:
    """A stored value of a field as people read it."""
    if value is None or value == "":
        return figures.UNKNOWN
    kind = BY_NAME[name].kind if name in BY_NAME else "text"
    if kind == "money":
        return money(value, currency)
    if kind == "truth":
        return word("yes" if value else "no", words.language())
    return word(str(value), words.language()) if kind == "choice" else str(value)[:60]


def money(cents: int, currency: str) -> str:
    """An amount to the last cent in its own currency."""
    before = figures.currency()
    figures.use_currency(currency or before)
    try:
        return figures.exact(cents)
    finally:
        figures.use_currency(before)


def finding(one: Finding, currency: str = "") -> str:
    """What a check found, and what to do next."""
    details = dict(one.details)
    before = figures.currency()
    figures.use_currency(str(details.get("currency") or currency or before))
    try:
        if "platforms" in details:
            details["platforms"] = "、".join(map(platform, str(details["platforms"]).split(", ")))
        return t(f"listings.found.{one.code}", **details)
    finally:
        figures.use_currency(before)


def verb(one: Done) -> str:
    """What was done, in words."""
    name = one.verb.replace(".", "_")
    if not words.has(f"listings.verbs.{name}"):
        return f"{one.verb} {one.subject}"
    return t(f"listings.verbs.{name}", subject=one.subject, changes=one.changes)
