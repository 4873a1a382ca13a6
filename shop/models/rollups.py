"""The roll-ups that figures are read from: three grains of sales.

Money is integer cents of `currency`. `orders` in the SKU grains counts orders that contain the
SKU, so it does not add up over SKUs; everything else adds up over every column.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlmodel import SQLModel

from shop.models.base import cents, day, key, shop_key


class SalesMeasures(SQLModel):
    """The additive sums that each sales roll-up holds."""

    orders: int = 0
    units: int = 0
    lines: int = 0
    list_cents: int = cents()
    seller_discount_cents: int = cents()
    platform_discount_cents: int = cents()
    buyer_paid_cents: int = cents()
    shipping_cents: int = cents()
    refund_cents: int = cents()
    refund_by_order_cents: int = cents()
    refunded_orders: int = 0


class FactDay(SalesMeasures, table=True):
    """Sales of one shop day x platform x currency x carrier x own or partner."""

    __tablename__ = "fact_day"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    day: date = day(primary_key=True)
    platform: str = key()
    currency: str = key()
    carrier: str = key()
    seller: str = key()


class SkuMeasures(SalesMeasures):
    """The same sums of a SKU, and the orders whose first line it is: those add up to all orders."""

    first_orders: int = 0
    first_refunded_orders: int = 0


class FactSkuDay(SkuMeasures, table=True):
    """Sales of one shop day x platform x currency x carrier x own or partner x SKU."""

    __tablename__ = "fact_sku_day"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    day: date = day(primary_key=True)
    platform: str = key()
    currency: str = key()
    carrier: str = key()
    seller: str = key()
    sku: str = key()


class FactSkuMonth(SkuMeasures, table=True):
    """Sales of one month x platform x currency x carrier x own or partner x SKU."""

    __tablename__ = "fact_sku_month"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    month: date = day(primary_key=True)
    platform: str = key()
    currency: str = key()
    carrier: str = key()
    seller: str = key()
    sku: str = key()
