"""Words of parcels for page, paper and command: promised moments, wrapping, boxes, couriers."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dashboard.i18n import format, messages
from dashboard.i18n.messages import t
from shop.orders.packing import PackedLine, PackingAdvice


def courier(name: str | None) -> str:
    """What a courier is called."""
    if not name:
        return format.UNKNOWN
    return t(f"orders.couriers.{name}") if messages.has(f"orders.couriers.{name}") else name


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
