"""Deposits of pre-sale orders (定金预售): one order with two payments."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index

from shop.models.base import Versioned, count, day, instant, key, shop_key


class PresaleDeposit(Versioned, table=True):
    """The paid deposit of one order line, cents of `currency`; grain: one order line.

    `deposit_cents` and `balance_cents` (what is still to be paid) are None where the source does not state them. The
    order line itself is unpaid until the balance is paid: only then it counts as a sale (docs/manual/en/presale.md).
    """

    __tablename__ = "presale_deposit"
    __table_args__: ClassVar = (
        Index("presale_deposit_paid_on", "shop_id", "paid_on"),
        {"sqlite_with_rowid": False},
    )

    shop_id: int = shop_key()
    platform: str = key()
    order_id: str = key()
    line_id: str = key()
    paid_at: datetime | None = instant()
    paid_on: date | None = day()
    deposit_cents: int | None = count()
    balance_cents: int | None = count()
    balance_due_at: datetime | None = instant()
    currency: str
