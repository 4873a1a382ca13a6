"""The pieces to show first in the next session, as a table of our own HTML and as a page to print."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.reports.host_card import STYLE
from dashboard.text.audience import live as wording
from shop.streams.show_list import RankedItem


def table(items: Sequence[RankedItem]) -> str:
    """The pieces in order with why, stock, price and floor."""
    heads = "".join(
        f"<th>{escape(t(f'live.next.{name}'))}</th>" for name in ("piece", "free", "price", "floor")
    )
    rows = "".join(_row(place, item) for place, item in enumerate(items, 1))
    return f'<table class="kb-card"><tr>{heads}</tr>{rows}</table>'


def _row(place: int, item: RankedItem) -> str:
    price, floor = (
        wording.money_in(cents, item.currency or format.currency())
        for cents in (item.price_cents, item.floor_cents)
    )
    return (
        f"<tr><td>{place}. {escape(item.title)}<small>{escape(item.sku)} · {escape(reason(item))}</small></td>"
        f"<td>{escape(format.UNKNOWN if item.free is None else format.whole(item.free))}</td>"
        f'<td>{escape(price)}</td><td class="kb-lowest">{escape(floor)}</td></tr>'
    )


def reason(item: RankedItem) -> str:
    """Why a piece is on the list."""
    if item.more is not None:
        return t("live.next.because_more", more=item.more, presentations=item.presentations)
    return t("live.next.because_sold", units=item.units)


def page(items: Sequence[RankedItem], platform: str) -> str:
    """The list as one page of HTML that needs nothing else: to print, or to store on the phone."""
    title = t("live.next.title")
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"<p>{escape(wording.platform(platform))}</p>{table(items)}<p>{escape(t('live.next.note'))}</p></body></html>"
    )
