"""What the owner enters of costs that no platform reports: rates valid from a day, hours worked, advertising."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

from shop.models.base import cents, day, key, shop_key


class RateKind(StrEnum):
    """What a rate is paid for: one parcel to the courier, the packing of one parcel, one hour of work.

    LAYER is paid for nothing yet: what one more layer of foam would cost, per order line (`shop.performance.foam`).
    """

    COURIER = "courier"
    PACKING = "packing"
    WAGE = "wage"
    LAYER = "layer"


class CostRate(SQLModel, table=True):
    """One rate, valid from a day until the next of the same scope; cents of `currency`.

    Scope: platform and province ("" is any), and weight up to `up_to_g` grams (0 is any).
    """

    __tablename__ = "cost_rate"
    __table_args__: ClassVar = (
        CheckConstraint("cents >= 0 AND up_to_g >= 0", name="cost_rate_range"),
        {"sqlite_with_rowid": False},
    )

    shop_id: int = shop_key()
    kind: str = key()
    platform: str = key()
    province: str = key()
    up_to_g: int = key()
    from_on: date = day(primary_key=True)
    cents: int = cents()
    currency: str


class LabourEntry(SQLModel, table=True):
    """Minutes worked on one shop day at one task ("" is any)."""

    __tablename__ = "labour_entry"
    __table_args__: ClassVar = (
        CheckConstraint("minutes > 0", name="labour_entry_minutes"),
        {"sqlite_with_rowid": False},
    )

    shop_id: int = shop_key()
    day: date = day(primary_key=True)
    task: str = key()
    minutes: int


class AdEntry(SQLModel, table=True):
    """Advertising of one shop day on one platform as the owner entered it, for one product ("" is all of them)."""

    __tablename__ = "ad_entry"
    __table_args__: ClassVar = (
        CheckConstraint("amount_cents > 0", name="ad_entry_amount"),
        {"sqlite_with_rowid": False},
    )

    shop_id: int = shop_key()
    platform: str = key()
    day: date = day(primary_key=True)
    product_code: str = key()
    amount_cents: int = cents()
    currency: str
