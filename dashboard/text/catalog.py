"""Words of the catalog for page and command: platforms, states, fields, findings, what was done."""

from __future__ import annotations

from typing import Any

from dashboard.i18n import format, messages
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from shop.access.audit import AuditEntry
from shop.catalog.fields import BY_NAME, word
from shop.listings.readiness import Finding

USUAL = ("douyin", "kuaishou", "tiktok", "xiaohongshu", "taobao", "etsy", "shopify")
COMMANDS = ("catalog.", "listing.", "match.", "photo.", "piece.", "undo")


def platform(name: str) -> str:
    """What a platform is called; one that is not known goes by its own name."""
    return t(f"platform.{name}") if messages.has(f"platform.{name}") else name


def state(name: str) -> str:
    """What a state is called."""
    return word(name, language())


def label(name: str) -> str:
    """What a field of the catalog is called."""
    return BY_NAME[name].label(language())


def shown(name: str, value: Any, currency: str = "") -> str:
    """A stored value of a field as people read it."""
    if value is None or value == "":
        return format.UNKNOWN
    kind = BY_NAME[name].kind if name in BY_NAME else "text"
    if kind == "money":
        return money(value, currency)
    if kind == "truth":
        return word("yes" if value else "no", language())
    return word(str(value), language()) if kind == "choice" else str(value)[:60]


def money(cents: int, currency: str) -> str:
    """An amount to the last cent in its own currency."""
    before = format.currency()
    format.use_currency(currency or before)
    try:
        return format.exact(cents)
    finally:
        format.use_currency(before)


def finding(item: Finding, currency: str = "") -> str:
    """What a check reports, and what to do next."""
    details = dict(item.details)
    before = format.currency()
    format.use_currency(str(details.get("currency") or currency or before))
    try:
        if "platforms" in details:
            details["platforms"] = format.listed(map(platform, str(details["platforms"]).split(", ")))
        return t(f"listings.found.{item.code}", **details)
    finally:
        format.use_currency(before)


def command(item: AuditEntry) -> str:
    """What was done, in words."""
    name = item.action.replace(".", "_")
    if not messages.has(f"listings.verbs.{name}"):
        return f"{item.action} {item.subject}"
    return t(f"listings.verbs.{name}", subject=item.subject, changes=item.changes)
