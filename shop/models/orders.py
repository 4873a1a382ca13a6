"""Orders, their lines, their refunds and what the platform paid out."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from shop.core.enumerations import Attribution, Carrier, RefundStage, Seller
from shop.models.base import Versioned, big, cents, day, instant, key, shop_key


class OrderLine(Versioned, table=True):
    """One variant in one order. Money is integer cents of `currency`.

    list = seller discount + platform discount + buyer paid; gmv = platform discount + buyer paid.
    `promised_at` is when the platform wants it sent, known while it is unsent; `courier` is the company.
    """

    __tablename__ = "order_line"
    __table_args__: ClassVar = (
        # the day's lines for the roll-ups; and all that distinct buyers are counted from
        Index("order_line_paid_on", "shop_id", "paid_on", "currency", "buyer_key"),
        # gifts and cancelled lines: few, and in no roll-up of their own
        Index("order_line_apart", "shop_id", "paid_on", sqlite_where=text("is_gift OR status = 'cancelled'")),
        Index(  # cancelled under way: their goods come back without a case
            "order_line_turned_back",
            "shop_id",
            "platform",
            "order_id",
            "shipped_at",
            "updated_at",
            sqlite_where=text("status = 'cancelled' AND shipped_at IS NOT NULL"),
        ),
        Index("order_line_to_send", "shop_id", "promised_at", sqlite_where=text("status = 'paid'")),
        {"sqlite_with_rowid": False},
    )

    shop_id: int = shop_key()
    platform: str = key()
    order_id: str = key()
    line_id: str = key()
    created_at: datetime | None = instant()
    paid_at: datetime | None = instant()
    paid_on: date | None = day()
    shipped_at: datetime | None = instant()
    completed_at: datetime | None = instant()
    status: str
    after_sale: str | None = None
    sku: str
    name_key: int = big(default=0)
    quantity: int
    currency: str
    list_cents: int = cents()
    seller_discount_cents: int = cents()
    platform_discount_cents: int = cents()
    buyer_paid_cents: int = cents()
    shipping_cents: int = cents()
    is_gift: bool = False
    carrier: str = Carrier.UNKNOWN.value
    seller: str = Seller.OWN.value
    creator_id: str | None = None
    content_id: str | None = None
    attribution: str = Attribution.NONE.value
    buyer_key: int | None = big(default=None)
    province: str | None = None
    promised_at: datetime | None = instant()
    courier: str | None = None
    traffic_key: int = big(default=0)
    is_provisional: bool = False  # the platform states what brought it a day later


class BuyerLink(SQLModel, table=True):
    """One order that a file and the API state: the buyer's key as the file has it, and the API's.

    A file's key with one buyer of the API stands for that buyer in all orders (shop/orders/identity/buyers.py).
    """

    __tablename__ = "buyer_link"
    __table_args__: ClassVar = (
        Index("buyer_link_key", "shop_id", "platform", "file_key"),
        {"sqlite_with_rowid": False},
    )

    shop_id: int = shop_key()
    platform: str = key()
    order_id: str = key()
    file_key: int = big(primary_key=True, sa_column_kwargs={"autoincrement": False})
    buyer_key: int = big()


class OrderTraffic(SQLModel, table=True):
    """Where orders came from in the platform's own words, stored once; order lines refer to it.

    `creator` is the public name of the account that promoted, never a buyer's.
    """

    __tablename__ = "order_traffic"

    shop_id: int = shop_key()
    traffic_key: int = big(primary_key=True)
    source: str | None = None
    form: str | None = None
    channel: str | None = None
    type: str | None = None
    ad_channel: str | None = None
    creator: str | None = None


class Refund(Versioned, table=True):
    """One refund case (or a request for one), with its own day; goods without shipping.

    Only `status` refunded counts as money. `is_estimate` marks a sum that an order file states
    without its own case; it gives way as soon as a case of the same order is known.
    A return that names what came back has `sku`, `quantity` and `buyer_key` (see shop/orders/return_sales.py).
    """

    __tablename__ = "refund"
    __table_args__: ClassVar = (
        Index("refund_order", "shop_id", "platform", "order_id"),
        Index("refund_refunded_on", "shop_id", "refunded_on"),
        Index(
            "refund_without_sale", "shop_id", sqlite_where=text("sku IS NOT NULL AND line_id IS NULL")
        ),  # returns that name what came back, but not of which sale
        Index(  # cases that bring goods back
            "refund_of_goods",
            "shop_id",
            "platform",
            "order_id",
            sqlite_where=text("kind IN ('return_refund', 'exchange') AND status <> 'closed'"),
        ),
    )

    shop_id: int = shop_key()
    platform: str = key()
    refund_id: str = key()
    order_id: str
    line_id: str | None = None
    kind: str = "unknown"
    stage: str = RefundStage.UNKNOWN.value
    status: str
    reason: str | None = None
    reason_label: str | None = None
    requested_at: datetime | None = instant()
    refunded_at: datetime | None = instant()
    refunded_on: date | None = day()
    amount_cents: int = cents()
    shipping_cents: int = cents()
    currency: str
    sku: str | None = None
    quantity: int | None = big(default=None)
    buyer_key: int | None = big(default=None)
    is_estimate: bool = Field(default=False)


class Settlement(Versioned, table=True):
    """One line of what the platform paid out for an order line, and the fees that it deducted.

    `courier_cents` is what it deducted for the courier, where the file states it; it is part of the other fees.
    """

    __tablename__ = "settlement"
    __table_args__: ClassVar = (
        Index("settlement_order", "shop_id", "platform", "order_id"),
        Index("settlement_settled_on", "shop_id", "settled_on"),
        Index("settlement_courier", "shop_id", "currency", sqlite_where=text("courier_cents <> 0")),
    )

    shop_id: int = shop_key()
    platform: str = key()
    settlement_id: str = key()
    order_id: str
    line_id: str | None = None
    kind: str | None = None
    settled_at: datetime | None = instant()
    settled_on: date | None = day()
    currency: str
    paid_out_cents: int = cents()
    income_cents: int = cents()
    buyer_paid_cents: int = cents()
    shipping_cents: int = cents()
    refund_cents: int = cents()
    platform_subsidy_cents: int = cents()
    creator_subsidy_cents: int = cents()
    platform_fee_cents: int = cents()
    commission_cents: int = cents()
    channel_fee_cents: int = cents()
    recruiting_fee_cents: int = cents()
    promotion_fee_cents: int = cents()
    other_fee_cents: int = cents()
    courier_cents: int = cents()
