"""Which fields a profile can fill, by table, and which of them it cannot do without."""

from __future__ import annotations

from dataclasses import dataclass

from shop.core.enumerations import STATUSES


@dataclass(frozen=True)
class TableShape:
    """What a table can take from a profile; of each group in `required` one must be there."""

    fields: tuple[str, ...]
    required: tuple[tuple[str, ...], ...]
    has_money: bool = True
    statuses: tuple[str, ...] = ()
    times: tuple[str, ...] = ()


COUNTS = (
    "peak_viewers",
    "average_viewers",
    "impressions",
    "exposed_viewers",
    "views",
    "viewers",
    "comments",
    "likes",
    "shares",
    "product_viewers",
    "product_impressions",
    "product_clicks",
    "product_clickers",
    "orders_created",
    "orders",
    "units",
    "buyers",
    "club_joined",
    "negative_feedback",
)
VIDEO_COUNTS = ("views", "likes", "comments", "shares", "favorites", "profile_visits")
VIDEO_DAY_COUNTS = (
    *("views", "likes", "comments", "shares", "orders", "units"),
    *("product_clicks", "product_impressions"),
)
MINUTE_COUNTS = (
    *("viewers", "views", "impressions", "product_impressions", "product_clicks", "comments", "likes"),
    *("shares", "orders_created", "orders", "units", "buyers"),
)
PARTS = {  # what an amount column may contain besides goods: the column that has it
    "shipping": "shipping",
    "tax": "tax",
    "gift": "gift_value",
}
AMOUNTS = (  # of an order line, in any of which [amounts.<field>] may state what it means
    "unit_price",
    "list_total",
    "seller_discount",
    "platform_discount",
    "paid",
    "shipping",
    "shipping_discount",
    "tax",
    "gift_value",
    "refund",
    "paid_after_refund",
)
OF_ORDER = (  # fields that belong to an order as a whole where they stand on its first row only
    "created_at",
    "paid_at",
    "shipped_at",
    "completed_at",
    "status",
    "carrier",
    "creator_id",
    "province",
    "currency",
    "buyer",
    "after_sale",
)
CLOCK = "_clock"  # the suffix of a field for the time of day of a moment in two columns
TABLES = {
    "order_line": TableShape(
        (
            "order_id",
            "line_id",
            "sku",
            "product_id",
            "title",
            "spec",
            "quantity",
            "unit_price",
            "list_total",
            "seller_discount",
            "platform_discount",
            "paid",
            "shipping",
            "shipping_discount",
            "tax",
            "gift_value",
            "refund",
            "paid_after_refund",
            "gift",
            "created_at",
            "paid_at",
            "shipped_at",
            "completed_at",
            "status",
            "carrier",
            "creator_id",
            "content_id",
            "province",
            "currency",
            "buyer",
            "after_sale",
            "gift_of",
        ),
        (("order_id",), ("created_at", "paid_at"), ("unit_price", "list_total", "paid")),
        statuses=STATUSES,
        times=("created_at", "paid_at", "shipped_at", "completed_at"),
    ),
    "refund": TableShape(
        (
            "refund_id",
            "order_id",
            "line_id",
            "amount",
            "unit_price",
            "quantity",
            "shipping",
            "requested_at",
            "refunded_at",
            "status",
            "reason",
            "currency",
        ),
        (("order_id",), ("amount", "unit_price"), ("refunded_at", "requested_at")),
        statuses=("asked", "closed", "refunded"),
        times=("requested_at", "refunded_at"),
    ),
    "listing": TableShape(
        (
            "listing_id",
            "product_code",
            "sku",
            "title",
            "spec",
            "spec_2",
            "spec_3",
            "description",
            "family",
            "price",
            "quantity",
            "status",
            "currency",
        ),
        (("title",), ("price",)),
        statuses=("draft", "live", "paused", "retired"),
    ),
    "comment": TableShape(
        (
            "comment_id",
            "parent_id",
            "author_id",
            "nickname",
            "video_id",
            "session_id",
            "text",
            "written_at",
            "likes",
            "replies",
        ),
        (("text",), ("written_at",)),
        has_money=False,
        times=("written_at",),
    ),
    "live_session": TableShape(
        (
            "session_id",
            "account",
            "title",
            "started_at",
            "ended_at",
            "seconds",
            "watch_seconds",
            "followers_gained",
            "gmv",
            "currency",
            *COUNTS,
        ),
        (("started_at",),),
        times=("started_at", "ended_at"),
    ),
    "video": TableShape(
        (
            *("video_id", "title", "creator", "published_at", "seconds", "average_watch_seconds"),
            *("finish_rate", "followers_gained"),
            *VIDEO_COUNTS,
        ),
        (("title", "video_id"), ("published_at",)),
        has_money=False,
        times=("published_at",),
    ),
    "video_day": TableShape(
        (
            *("video_id", "day", "gmv", "attributed_gmv", "finish_rate", "followers_gained", "currency"),
            *VIDEO_DAY_COUNTS,
        ),
        (("video_id",), ("day",)),
        times=("day",),
    ),
    "live_minute": TableShape(
        ("session_id", "minute_at", "followers_gained", "gmv", "currency", *MINUTE_COUNTS),
        (("session_id",), ("minute_at",)),
        times=("minute_at",),
    ),
    "settlement": TableShape(
        (
            *("settlement_id", "order_id", "line_id", "kind", "settled_at", "currency"),
            *("paid_out", "income", "buyer_paid", "shipping", "refund", "platform_subsidy"),
            *("creator_subsidy", "platform_fee", "commission", "channel_fee", "recruiting_fee"),
            *("promotion_fee", "other_fee"),
        ),
        (("settled_at",), ("paid_out",)),
        times=("settled_at",),
    ),
}
SUGGESTED = (
    "order_line",
    "refund",
    "listing",
    "comment",
    "live_session",
)  # by the headers of an unknown table
PERSONAL = ("buyer", "author_id", "nickname", "text")
FREE_TEXT = ("province", "reason", "title", "spec")  # personal where their header is, such as an address
