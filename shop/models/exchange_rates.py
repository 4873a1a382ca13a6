"""Exchange rates that the shop enters, for sums shown in another currency than they were earned in."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field, SQLModel

from shop.models.base import day, key, shop_key


class ExchangeRate(SQLModel, table=True):
    """What 1 unit of `currency` was worth on a day, in billionths of a unit of `into`."""

    __tablename__ = "exchange_rate"
    __table_args__: ClassVar = (
        CheckConstraint("billionths > 0", name="exchange_rate_range"),
        {"sqlite_with_rowid": False},
    )

    shop_id: int = shop_key()
    currency: str = key()
    into: str = key()
    day: date = day(primary_key=True)
    billionths: int = Field(sa_type=BigInteger)
