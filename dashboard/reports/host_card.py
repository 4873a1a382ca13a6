"""The card that a live host has next to the camera: every piece with the price it never goes below.

On the page, as a page to print, and as text; the cost itself stands on none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard.i18n import format, messages
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.theme.palette import LIGHT
from shop.pricing.floor_prices import FloorPrice
from shop.pricing.host_card import CardLine

STYLE = f"""
body {{ font-family: system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; margin: 1.5rem auto;
  max-width: 46rem; padding: 0 1rem; color: {LIGHT.ink}; background: {LIGHT.surface}; }}
h1 {{ font-size: 1.3rem; margin: 0 0 .2rem; }} p {{ color: {LIGHT.muted}; margin: .2rem 0 1rem; }}
table {{ width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th {{ text-align: right; font-weight: 500; font-size: .85rem; color: {LIGHT.muted}; }}
th:first-child, td:first-child {{ text-align: left; }}
td {{ text-align: right; padding: .55rem 0; border-top: 1px solid {LIGHT.line}; }}
td.kb-lowest {{ font-size: 1.35rem; font-weight: 650; white-space: nowrap; }}
small {{ display: block; color: {LIGHT.muted}; }} .kb-below {{ color: {LIGHT.red}; }}
@media print {{ body {{ margin: 0; }} }}
"""


def heading(platform: str, coupon: int, commission: int | None) -> str:
    """The platform with the coupon and the commission that the card is for."""
    name = t(f"platform.{platform}") if messages.has(f"platform.{platform}") else platform
    offer = t("kiln.card.coupon", coupon=coupon) if coupon else ""
    if commission is not None:
        offer += t("kiln.card.commission", commission=format.rate(commission / 10_000))
    return t("kiln.card.session", platform=name, terms=offer)


def floor(result: FloorPrice) -> str:
    """A floor price, marked where the true one may be higher."""
    if result.floor_cents is None:
        return format.UNKNOWN
    mark = "" if result.is_complete else t("kiln.card.partly")
    return mark + format.exact(result.floor_cents)


def table(lines: Sequence[CardLine]) -> str:
    """The pieces of a session as a table of our own HTML."""
    heads = "".join(
        f"<th>{escape(t(f'kiln.card.{name}'))}</th>" for name in ("piece", "price", "floor", "lowest")
    )
    return f'<table class="kb-card"><tr>{heads}</tr>{"".join(map(_row, lines))}</table>'


def _row(line: CardLine) -> str:
    warning = f'<small class="kb-below">{escape(t("kiln.card.below"))}</small>' if line.is_below else ""
    if line.lowest.floor_cents is None:
        warning = f"<small>{escape(t('kiln.card.unknown'))}</small>"
    return (
        f"<tr><td>{escape(line.title)}<small>{escape(line.sku)}</small>{warning}</td>"
        f"<td>{escape(format.exact(line.price_cents))}</td><td>{escape(floor(line.floor))}</td>"
        f'<td class="kb-lowest">{escape(floor(line.lowest))}</td></tr>'
    )


def page(lines: Sequence[CardLine], platform: str, coupon: int, commission: int | None) -> str:
    """The card as one page of HTML that needs nothing else: to print, or to send to a phone."""
    title = t("kiln.card.title")
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"<p>{escape(heading(platform, coupon, commission))}</p>{table(lines)}"
        f"<p>{escape(t('kiln.card.foot'))}</p></body></html>"
    )


def plain(lines: Sequence[CardLine], platform: str, coupon: int, commission: int | None) -> str:
    """The card as text for a terminal."""
    from dashboard.text.table import table as as_text

    heads = [t(f"kiln.card.{name}") for name in ("piece", "price", "floor", "lowest")]
    rows = [
        [f"{item.title} {item.sku}", format.exact(item.price_cents), floor(item.floor), floor(item.lowest)]
        for item in lines
    ]
    return f"{heading(platform, coupon, commission)}\n{as_text(heads, rows)}\n{t('kiln.card.foot')}"
