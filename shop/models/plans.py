"""Plans of the owner: campaigns, goals; totals reported by a platform; alerts."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from shop.models.base import cents, count, day, instant, key, shop_key


class Campaign(SQLModel, table=True):
    """One campaign of one year (618 of 2026), first and last shop day inclusive; an editable table.

    `campaign_key` ties the years together; `is_estimate` marks dates that nobody has announced yet.
    """

    __tablename__ = "campaign"
    __table_args__: ClassVar = (CheckConstraint("end_on >= start_on", name="campaign_days"),)

    shop_id: int = shop_key()
    campaign_key: str = key()
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str
    start_on: date = day()
    end_on: date = day()
    is_estimate: bool = False
    is_removed: bool = False


class Goal(SQLModel, table=True):
    """One goal of one month (its first day) for one metric and currency, in the metric's own unit."""

    __tablename__ = "goal"
    __table_args__: ClassVar = (CheckConstraint("target > 0", name="goal_target"),)

    shop_id: int = shop_key()
    month: date = day(primary_key=True)
    metric: str = key()
    currency: str = key()
    target: int = cents()
    set_at: datetime = instant()
    set_by: str


class ReportedTotal(SQLModel, table=True):
    """What a platform's back office states as its total of one shop day, typed in by hand.

    `figure` names what it calls the sum: gmv, buyer_paid, net_sales or orders.
    """

    __tablename__ = "stated_total"

    shop_id: int = shop_key()
    platform: str = key()
    day: date = day(primary_key=True)
    figure: str = key()
    currency: str = key()
    amount: int = cents()
    orders: int | None = count()
    note: str | None = None
    stated_at: datetime = instant()
    stated_by: str


class Alert(SQLModel, table=True):
    """The one alert of a shop day: kind, figures (JSON) and whether it was sent."""

    __tablename__ = "alert"
    __table_args__: ClassVar = (UniqueConstraint("shop_id", "day"),)

    alert_id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    day: date = day()
    kind: str
    metric: str | None = None
    details: str = Field(default="{}", sa_type=Text)
    made_at: datetime = instant()
    sent_at: datetime | None = instant()
    seen_at: datetime | None = instant()
    seen_by: str | None = None


class Silence(SQLModel, table=True):
    """A kind of alert that is not wanted until a shop day (inclusive)."""

    __tablename__ = "silence"

    shop_id: int = shop_key()
    kind: str = key()
    until_on: date = day()
    made_at: datetime = instant()
    made_by: str
