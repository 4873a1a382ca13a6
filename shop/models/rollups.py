"""The roll-ups that figures are read from: three grains of sales, payouts, hours and buyers.

Money is integer cents of `currency`. `orders` in the SKU grains counts orders that contain the
SKU, so it does not add up over SKUs; everything else adds up over every column.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlmodel import Field, SQLModel

from shop.models.base import big, cents, day, key, shop_key


class SalesMeasures(SQLModel):
    """The additive sums of each sales roll-up."""

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
    returned_units: int = 0


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


class FactSplitOrder(SQLModel, table=True):
    """One paid order x a carrier, seller or currency of its lines that is not that of its first line.

    `fact_day` counts an order where its first line is; here is where else it has lines on the same shop day, so that
    under any filter each order counts once. `paid_at` is in seconds UTC, `refunded` 1 where money was refunded.
    """

    __tablename__ = "fact_split_order"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    day: date = day(primary_key=True)
    platform: str = key()
    order_id: str = key()
    currency: str = key()
    carrier: str = key()
    seller: str = key()
    first_currency: str
    first_carrier: str
    first_seller: str
    paid_at: int = big()
    refunded: int = 0


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


class FactPayout(SQLModel, table=True):
    """What was paid out for the orders paid on one shop day x platform x currency x carrier x own.

    Settled lines are those that any payout names, with their gmv and refunds; income is goods only,
    without shipping: income = paid out - shipping + all fees. A void order was refunded in full before
    any payout; what remains of its gmv are discounts that others would have borne.
    """

    __tablename__ = "fact_payout"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    day: date = day(primary_key=True)
    platform: str = key()
    currency: str = key()
    carrier: str = key()
    seller: str = key()
    settled_lines: int = 0
    settled_orders: int = 0
    settled_cents: int = cents()
    settled_refund_cents: int = cents()
    income_cents: int = cents()
    platform_fee_cents: int = cents()
    commission_cents: int = cents()
    other_fee_cents: int = cents()
    void_orders: int = 0
    void_cents: int = cents()


class FactPayoutDelay(SQLModel, table=True):
    """Lines of one shop day of payment x platform x currency x own or partner x the day of their first payout x the day
    on which they were refunded whole before one ('' where neither has come).

    `gmv_squares` and `paid_out_squares` are the sums of the lines' squares (each of at most 300,000,000), which measure
    how much the lines vary.
    """

    __tablename__ = "fact_payout_delay"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    day: date = day(primary_key=True)
    platform: str = key()
    currency: str = key()
    seller: str = key()
    settled_on: str = key()
    void_on: str = key()
    lines: int = 0
    gmv_cents: int = cents()
    gmv_squares: int = cents()
    paid_out_cents: int = cents()
    paid_out_squares: int = cents()


class FactRefund(SQLModel, table=True):
    """Refunds of one shop day for the orders paid on another x platform x currency x carrier
    x own or partner (of the order's first line) x whether it was before anything was sent.

    `orders` counts an order on the first of its refunds alone, `cancelled_orders` on the first of those
    before sending; `squares` are the amounts (each at most 300,000,000) squared, which measure how much they vary.
    """

    __tablename__ = "fact_refund"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    refunded_on: date = day(primary_key=True)
    paid_on: date = day(primary_key=True)
    platform: str = key()
    currency: str = key()
    carrier: str = key()
    seller: str = key()
    is_cancelled: bool = Field(primary_key=True)
    refund_cents: int = cents()
    orders: int = 0
    cancelled_orders: int = 0
    squares: int = cents()


class FactHour(SQLModel, table=True):
    """Sales of one shop day x hour of payment (0 to 23, the shop's clock) x platform x currency."""

    __tablename__ = "fact_hour"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    day: date = day(primary_key=True)
    hour: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    platform: str = key()
    currency: str = key()
    orders: int = 0
    units: int = 0
    gmv_cents: int = cents()


class FactPlace(SQLModel, table=True):
    """Paid order lines of one shop day x platform x currency x province ('' where unknown)."""

    __tablename__ = "fact_place"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    day: date = day(primary_key=True)
    platform: str = key()
    currency: str = key()
    province: str = key()
    lines: int = 0


class BuyerFirst(SQLModel, table=True):
    """One buyer (keyed hash) with the shop day of the first paid line ever."""

    __tablename__ = "buyer_first"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    buyer_key: int = big(primary_key=True, sa_column_kwargs={"autoincrement": False})
    first_on: date = day()


class FactBuyerDay(SQLModel, table=True):
    """Sales of one shop day x platform x currency x the first day of its buyers ('' for unknown)."""

    __tablename__ = "fact_buyer_day"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    day: date = day(primary_key=True)
    platform: str = key()
    currency: str = key()
    first_on: str = key()
    orders: int = 0
    units: int = 0
    gmv_cents: int = cents()


class FactCohort(SQLModel, table=True):
    """Buyers of one month x platform x currency x the month of their first purchase (2026-01)."""

    __tablename__ = "fact_cohort"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    month: str = key()
    platform: str = key()
    currency: str = key()
    first_month: str = key()
    buyers: int = 0


class StaleDay(SQLModel, table=True):
    """One shop day whose deferred roll-ups (hours, buyers, cohorts) are computed again at the next query."""

    __tablename__ = "stale_day"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    day: date = day(primary_key=True)


class StalePayoutDay(SQLModel, table=True):
    """One shop day whose deferred roll-up of payouts is computed again at the next query."""

    __tablename__ = "stale_payout_day"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    day: date = day(primary_key=True)
