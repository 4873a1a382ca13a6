"""The stock ledger as a fact: what there was to sell in a range, what sold of it, what is left.

    at the start + produced + counted (the difference of a count, a first count too) = to sell
    to sell - sold (less what came back) - broken = on hand at the end

Grain: one SKU whose stock is tracked, over the whole range; days of the shop's own zone.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Subquery, and_, case, func, select

from shop.core.enumerations import StockReason
from shop.db.dialect import constant, parameter
from shop.metrics.settings import shop_settings
from shop.models import StockBalance, StockMovement, Variant
from shop.models.base import table_of

SOLD_LESS_RETURNED = (StockReason.SOLD, StockReason.RETURNED)


def stock_rows() -> Subquery:
    """From what is on hand now, back along the movements since the range began; as `s`."""
    b, m = table_of(StockBalance).alias("b"), table_of(StockMovement).alias("m")
    start, end = parameter("stock_start"), parameter("stock_end")
    zero = constant(0)

    def total(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((and_(*conditions), m.c.on_hand), else_=zero)), zero)

    def for_reasons(*reasons: StockReason) -> ColumnElement[int]:
        return total(m.c.reason.in_([constant(reason) for reason in reasons]), m.c.moved_at < end)

    same = and_(m.c.shop_id == b.c.shop_id, m.c.sku == b.c.sku, m.c.moved_at >= start, m.c.on_hand != zero)
    return (
        select(
            b.c.sku,
            (b.c.on_hand - func.coalesce(func.sum(m.c.on_hand), zero)).label("start"),
            for_reasons(StockReason.PRODUCED).label("made"),
            for_reasons(StockReason.COUNTED).label("counted"),
            (-for_reasons(*SOLD_LESS_RETURNED)).label("sold"),
            (-for_reasons(StockReason.BROKEN)).label("broken"),
            (b.c.on_hand - total(m.c.moved_at >= end)).label("on_hand"),
        )
        .select_from(b.outerjoin(m, same))
        .where(b.c.shop_id == parameter("shop"))
        .group_by(b.c.sku)
        .subquery("s")
    )


def best_sellers(connection: Connection, shop: int, start: date, end: date, most: int) -> list[str]:
    """The SKUs of which most left for buyers in a range, less what came back; read from its movements alone."""
    m = table_of(StockMovement)
    days = moments(start, end, shop_settings(connection, shop).time_zone)
    sold = -func.sum(m.c.on_hand)
    rows = connection.scalars(
        select(m.c.sku)
        .where(
            m.c.shop_id == shop,
            m.c.moved_at >= days["stock_start"],
            m.c.moved_at < days["stock_end"],
            m.c.reason.in_(SOLD_LESS_RETURNED),
        )
        .group_by(m.c.sku)
        .having(sold > 0)
        .order_by(sold.desc(), m.c.sku)
        .limit(most)
    )
    return list(rows)


def largest_stock(
    connection: Connection, shop: int, start: date, end: date, by: Literal["to_sell", "tied_up"]
) -> list[str]:
    """The SKUs in sight, the most pieces to sell in a range first; or those on hand at its end, the dearest first."""
    s, v = stock_rows(), table_of(Variant)
    zero = constant(0)
    to_sell = s.c.start + s.c.made + s.c.counted
    order = {
        "to_sell": (to_sell.desc(),),
        "tied_up": ((s.c.on_hand * func.coalesce(v.c.price_cents, zero)).desc(), s.c.on_hand.desc()),
    }
    days = moments(start, end, shop_settings(connection, shop).time_zone)
    rows = connection.scalars(
        select(s.c.sku)
        .select_from(s.join(v, and_(v.c.shop_id == parameter("shop"), v.c.sku == s.c.sku)))
        .where(v.c.is_archived == zero, *((s.c.on_hand > zero,) if by == "tied_up" else ()))
        .order_by(*order[by], s.c.sku),
        days | {"shop": shop},
    )
    return list(rows)


def moments(start: date, end: date, time_zone: str) -> dict[str, int]:
    """The first second of a range and the first one after it, in UTC, the parameters of `stock_rows`."""
    zone = ZoneInfo(time_zone)
    return {
        "stock_start": int(datetime.combine(start, time(), zone).timestamp()),
        "stock_end": int(datetime.combine(end + timedelta(days=1), time(), zone).timestamp()),
    }
