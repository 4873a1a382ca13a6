"""Live sessions, videos and their days, and product figures as a platform states them."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import SQLModel

from shop.models.base import Versioned, cents, count, day, instant, key, shop_key


class LiveSession(Versioned, table=True):
    """One broadcast, with its figures as the platform counts them; missing is unknown.

    `is_inferred`: no source states it, orders name it; it starts with the first of them.
    """

    __tablename__ = "live_session"
    __table_args__: ClassVar = (
        Index("live_session_started_on", "shop_id", "started_on"),
        Index("live_session_started_at", "shop_id", "platform", "started_at"),
    )

    shop_id: int = shop_key()
    platform: str = key()
    session_id: str = key()
    account: str | None = None
    title: str | None = None
    started_at: datetime | None = instant()
    ended_at: datetime | None = instant()
    started_on: date | None = day()
    seconds: int | None = count()
    peak_viewers: int | None = count()
    average_viewers: int | None = count()
    impressions: int | None = count()
    exposed_viewers: int | None = count()
    views: int | None = count()
    viewers: int | None = count()
    watch_seconds: int | None = count()
    followers_gained: int | None = count()
    comments: int | None = count()
    likes: int | None = count()
    shares: int | None = count()
    product_viewers: int | None = count()
    product_impressions: int | None = count()
    product_clicks: int | None = count()
    product_clickers: int | None = count()
    orders_created: int | None = count()
    orders: int | None = count()
    units: int | None = count()
    buyers: int | None = count()
    gmv_cents: int | None = count()
    currency: str
    average_watch_seconds: int | None = count()
    views_over_minute: int | None = count()
    club_joined: int | None = count()
    negative_feedback: int | None = count()
    is_inferred: bool = False


class LiveMinute(Versioned, table=True):
    """One minute of one live session (`minute_at` is its beginning), as the platform counts it."""

    __tablename__ = "live_minute"

    shop_id: int = shop_key()
    platform: str = key()
    session_id: str = key()
    minute_at: datetime = instant(primary_key=True)
    viewers: int | None = count()
    views: int | None = count()
    impressions: int | None = count()
    product_impressions: int | None = count()
    product_clicks: int | None = count()
    comments: int | None = count()
    likes: int | None = count()
    shares: int | None = count()
    followers_gained: int | None = count()
    orders_created: int | None = count()
    orders: int | None = count()
    units: int | None = count()
    buyers: int | None = count()
    gmv_cents: int | None = count()
    currency: str


class Video(Versioned, table=True):
    """One published short video with its lifetime totals at the latest reading."""

    __tablename__ = "video"
    __table_args__: ClassVar = (
        Index("video_published_on", "shop_id", "published_on"),
        Index("video_published_at", "shop_id", "platform", "published_at"),
    )

    shop_id: int = shop_key()
    platform: str = key()
    video_id: str = key()
    title: str | None = None
    form: str | None = None
    state: str | None = None
    published_at: datetime | None = instant()
    published_on: date | None = day()
    seconds: int | None = count()
    views: int | None = count()
    likes: int | None = count()
    comments: int | None = count()
    shares: int | None = count()
    favorites: int | None = count()
    profile_visits: int | None = count()
    followers_gained: int | None = count()
    average_watch_seconds: float | None = None
    finish_rate: float | None = None
    finish_5s_rate: float | None = None
    cover_click_rate: float | None = None
    bounce_2s_rate: float | None = None
    creator: str | None = None


class VideoDay(Versioned, table=True):
    """One video on one day: what was added that day, where the platform gives it."""

    __tablename__ = "video_day"

    shop_id: int = shop_key()
    platform: str = key()
    video_id: str = key()
    day: date = day(primary_key=True)
    views: int | None = count()
    likes: int | None = count()
    comments: int | None = count()
    shares: int | None = count()
    gmv_cents: int | None = count()
    orders: int | None = count()
    units: int | None = count()
    product_clicks: int | None = count()
    attributed_gmv_cents: int | None = count()
    followers_gained: int | None = count()
    product_impressions: int | None = count()
    finish_rate: float | None = None
    currency: str | None = None


class ProductStatement(Versioned, table=True):
    """One product over one reported period and carrier ('all' for the whole), as a platform states it."""

    __tablename__ = "product_statement"

    shop_id: int = shop_key()
    platform: str = key()
    product_id: str = key()
    first_on: date = day(primary_key=True)
    last_on: date = day(primary_key=True)
    carrier: str = key()
    title: str | None = None
    currency: str
    gmv_cents: int | None = count()
    orders: int | None = count()
    units: int | None = count()
    buyers: int | None = count()
    impressions: int | None = count()
    exposed_viewers: int | None = count()
    product_clicks: int | None = count()
    product_clickers: int | None = count()
    refund_cents: int | None = count()
    refund_orders: int | None = count()
    refund_units: int | None = count()
    reviews: int | None = count()
    good_reviews: int | None = count()
    bad_reviews: int | None = count()


class AdSpend(Versioned, table=True):
    """What advertising cost on one day, cents of `currency`; grain: day and account, plan, product or live session.

    `account` is the key of all of these, `advertiser` the account that paid ("" where the file names none). `level` is
    account, plan, product or session: the same money may be stored at several (`shop.metrics.ad_costs`).
    """

    __tablename__ = "ad_spend"

    shop_id: int = shop_key()
    platform: str = key()
    day: date = day(primary_key=True)
    account: str = key()
    amount_cents: int = cents()
    currency: str
    advertiser: str = ""
    level: str = "account"
    product_id: str | None = None
    session_id: str | None = None
    session_started_at: datetime | None = instant()


class AttributedSums(SQLModel):
    """What belongs to one content: orders (each at its first line of the day), pieces, cents of GMV."""

    orders: int
    units: int
    gmv_cents: int = cents()


class FactStream(AttributedSums, table=True):
    """Sales of one shop day x platform x currency x carrier x seller x content, by the grade of attribution.

    `kind` is session, video, or "" where the content is unknown. Each line counts in one row, so that the rows of
    any range add up to the shop's totals. `provisional_cents`: what the platform will still restate.
    """

    __tablename__ = "fact_stream"
    __table_args__: ClassVar = (
        Index("fact_stream_content", "shop_id", "platform", "kind", "content_id"),
        {"sqlite_with_rowid": False},
    )

    shop_id: int = shop_key()
    day: date = day(primary_key=True)
    platform: str = key()
    currency: str = key()
    carrier: str = key()
    seller: str = key()
    kind: str = key()
    content_id: str = key()
    attribution: str = key()
    provisional_cents: int = cents()


class FactSession(AttributedSums, table=True):
    """One live session with the orders that belong to it, by grade of attribution."""

    __tablename__ = "fact_session"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    platform: str = key()
    session_id: str = key()
    currency: str = key()
    attribution: str = key()


class FactVideo(AttributedSums, table=True):
    """One video with the orders that belong to it, by grade of attribution."""

    __tablename__ = "fact_video"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    platform: str = key()
    video_id: str = key()
    currency: str = key()
    attribution: str = key()


class SessionSum(SQLModel, table=True):
    """One of up to three sums of one live session, which are never mixed: stated, by room, by time.

    `is_headline` marks the one that figures use (the rule: shop/metrics/stream_rollups.py).
    """

    __tablename__ = "session_sum"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    platform: str = key()
    session_id: str = key()
    currency: str = key()
    basis: str = key()
    orders: int | None = count()
    units: int | None = count()
    gmv_cents: int | None = count()
    is_headline: bool = False
