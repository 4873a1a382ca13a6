"""Words of parcels for page, paper and command: promised moments, wrapping, boxes, couriers."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dashboard.i18n import format, messages
from dashboard.i18n.messages import t
from shop.orders.packing import PackedLine, PackingAdvice

if TYPE_CHECKING:
    from shop.orders.search import OrderSummary

NAMED = 3  # products of an order that are named in lists


def courier(name: str | None) -> str:
    """What a courier is called."""
    if not name:
        return format.UNKNOWN
    return t(f"orders.couriers.{name}") if messages.has(f"orders.couriers.{name}") else name


def contents(order: OrderSummary) -> str:
    """What is in an order, each product once with its pieces, at most three of them."""
    pieces: Counter[str] = Counter()
    for line in order.lines:
        pieces[line.name] += line.quantity
    names = [f"{name} × {count}" for name, count in pieces.items()]
    more = len(names) - NAMED
    return t("orders.and").join(names[:NAMED]) + (t("orders.more_products", count=more) if more > 0 else "")


def promised(moment: datetime | None, zone: ZoneInfo) -> str:
    """Until when the order has to leave, on the shop's clock."""
    if moment is None:
        return t("orders.no_promise")
    at = moment.astimezone(zone)
    return t("orders.promised", on=at.date(), at=at)


def wrap_text(line: PackedLine) -> str:
    """How often a piece is wrapped, and how the catalog wants it packed."""
    text = t(f"orders.packing.{line.size_class}", layers=line.layers)
    return f"{text} · {line.packing}" if line.packing else text


def box_text(advice: PackingAdvice) -> str:
    """The box, its weight and what to watch for."""
    parts = [
        t("orders.packing.box", edge=advice.box_cm) if advice.box_cm else t("orders.packing.no_size"),
        t("orders.packing.double") if advice.is_double else "",
        t("orders.packing.weight", grams=advice.weight_g) if advice.weight_g else "",
    ]
    return " · ".join(filter(None, parts))
