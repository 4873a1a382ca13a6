"""Orders, what was in them, what was given back and what the platform paid out."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from shop.models.base import Versioned, big, cents, day, instant, key, shop_key

STATUSES = ("unpaid", "paid", "shipped", "delivered", "completed", "cancelled")
CARRIERS = ("live", "video", "product_card", "image_text", "other", "unknown")
SELLERS = ("own", "partner")


class OrderLine(Versioned, table=True):
    """One variant in one order. Money is integer cents of `currency`.

    list = seller discount + platform discount + buyer paid; gmv = platform discount + buyer paid.
    """

    __tablename__ = "order_line"
    __table_args__: ClassVar = (
        Index("order_line_paid_on", "shop_id", "paid_on"),
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
    product_id: str | None = None
    platform_sku: str | None = None
    title: str | None = None
    spec: str | None = None
    quantity: int
    currency: str
    list_cents: int = cents()
    seller_discount_cents: int = cents()
    platform_discount_cents: int = cents()
    buyer_paid_cents: int = cents()
    shipping_cents: int = cents()
    is_gift: bool = False
    carrier: str = "unknown"
    seller: str = "own"
    creator_id: str | None = None
    content_id: str | None = None
    attribution: str = "D"
    buyer_key: int | None = big(default=None)
    province: str | None = None


class Order(SQLModel, table=True):
    """One checkout, folded from its lines: first times, last state, carrier of its first line."""

    __tablename__ = "orders"
    __table_args__: ClassVar = (
        Index("orders_paid_on", "shop_id", "paid_on"),
        {"sqlite_with_rowid": False},
    )

    shop_id: int = shop_key()
    platform: str = key()
    order_id: str = key()
    status: str
    created_at: datetime | None = instant()
    paid_at: datetime | None = instant()
    paid_on: date | None = day()
    currency: str
    lines: int
    shipping_cents: int = cents()
    carrier: str = "unknown"
    seller: str = "own"
    buyer_key: int | None = big(default=None)
    province: str | None = None


class Refund(Versioned, table=True):
    """One case of money given back (or asked back), with its own day; goods apart from shipping.

    Only `status` refunded counts as money. `is_estimate` marks a sum that an order file states
    without its own case; it gives way as soon as a case of the same order is known.
    """

    __tablename__ = "refund"
    __table_args__: ClassVar = (
        Index("refund_order", "shop_id", "platform", "order_id"),
        Index("refund_refunded_on", "shop_id", "refunded_on"),
    )

    shop_id: int = shop_key()
    platform: str = key()
    refund_id: str = key()
    order_id: str
    line_id: str | None = None
    kind: str = "unknown"
    stage: str = "unknown"
    status: str
    reason: str | None = None
    reason_label: str | None = None
    requested_at: datetime | None = instant()
    refunded_at: datetime | None = instant()
    refunded_on: date | None = day()
    amount_cents: int = cents()
    shipping_cents: int = cents()
    currency: str
    is_estimate: bool = Field(default=False)


class Settlement(Versioned, table=True):
    """One line of what the platform paid out for an order line, and the fees that it kept."""

    __tablename__ = "settlement"
    __table_args__: ClassVar = (
        Index("settlement_order", "shop_id", "platform", "order_id"),
        Index("settlement_settled_on", "shop_id", "settled_on"),
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
