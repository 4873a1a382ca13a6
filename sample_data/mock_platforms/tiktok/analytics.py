"""The wire shapes of TikTok Shop analytics: videos, live sessions in both shapes, minutes, days."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sample_data.generator.clock import DAY, text_of
from sample_data.mock_platforms.history.figures import day
from sample_data.mock_platforms.history.streams import Session, Streams, Work
from sample_data.mock_platforms.tiktok.orders import amount, money

DELAY = 2 * DAY
OLDER = ("202405", "202409", "202508", "202509")
CREATOR = {
    "author_type": "OFFICIAL_ACCOUNTS",
    "creator_country": "US",
    "open_id": "off1c1al",
    "nick_name": "Kiln Side",
    "user_name": "kilnside",
}


def latest(now: int) -> str:
    """Return the last day with complete figures."""
    return day(now - DELAY)


def rate(part: float, whole: float) -> str:
    """Return a ratio as raw decimal text."""
    return f"{part / whole:.4f}" if whole else "0"


def sessions(streams: Streams, start: str, end: str, now: int) -> list[Session]:
    """Return the sessions that began on days from `start` until before `end` and are known."""
    last = latest(now)
    return [
        session
        for session in streams.sessions
        if start <= day(session.start) < end and day(session.start) <= last
    ]


def session(session: Session, version: str) -> dict[str, Any]:
    """Return a session in the shape of a version: that of 202609, or the older one."""
    views, items, gmv = sum(session.views), sum(session.items), sum(session.gmv)
    orders = sum(session.orders)
    viewers = views * 7 // 10
    head = {
        "id": str(session.number),
        "title": session.title,
        "start_time": str(session.start),
        "end_time": str(session.end),
    }
    if version in OLDER:
        return {
            **head,
            "username": CREATOR["user_name"],
            **_older(session, views, viewers, orders, items, gmv),
        }
    return {**head, "creator": CREATOR, **_newer(session, views, viewers, orders, items, gmv)}


def _older(session: Session, views: int, viewers: int, orders: int, items: int, gmv: int) -> dict[str, Any]:
    return {
        "sales_performance": {
            "gmv": money(gmv),
            "items_sold": items,
            "sku_orders": orders,
            "unit_sold": items,
            "customers": orders,
            "different_products_sold": min(items, 9),
            "created_sku_orders": orders + 1,
            "avg_price": money(gmv // items if items else 0),
            "24h_live_gmv": money(gmv),
        },
        "interaction_performance": {
            "views": views,
            "viewers": viewers,
            "acu": views // 60,
            "pcu": max(session.views),
            "comments": views // 20,
            "shares": views // 90,
            "likes": session.likes,
            "new_followers": viewers // 40,
            "product_impressions": views * 6,
            "product_clicks": views // 2,
            "click_through_rate": rate(views // 2, views * 6),
            "avg_viewing_duration": "68",
        },
    }


def _newer(session: Session, views: int, viewers: int, orders: int, items: int, gmv: int) -> dict[str, Any]:
    return {
        "sales_performance": {
            "live_gmv": money(gmv),
            "live_attributed_gmv": money(gmv),
            "live_indirect_gmv": money(0),
            "live_attributed_items_sold": items,
            "live_attributed_orders": orders,
            "live_attributed_sku_orders": orders,
            "attributed_customers": orders,
            "created_sku_orders": orders + 1,
            "products_sold": min(items, 9),
            "aov": money(gmv // orders if orders else 0),
            "avg_price": money(gmv // items if items else 0),
            "payment_rate": rate(orders, orders + 1),
        },
        "interaction_performance": {
            "comments": views // 20,
            "comment_rate": rate(views // 20, views),
            "likes": session.likes,
            "like_rate": rate(session.likes, views),
            "shares": views // 90,
            "share_rate": rate(views // 90, views),
            "new_followers": viewers // 40,
            "follow_rate": rate(viewers // 40, viewers),
        },
        "traffic": {
            "views": views,
            "viewers": viewers,
            "acu": views // 60,
            "pcu": max(session.views),
            "impressions": views * 9,
            "product_impressions": views * 6,
            "product_clicks": views // 2,
            "ctr": rate(views // 2, views * 6),
            "live_ctr": rate(views // 2, views * 6),
            "ctor": rate(orders, views // 2),
            "ctor_sku_order": rate(orders, views // 2),
            "tap_through_rate": rate(views, views * 9),
            "avg_viewing_duration": 68,
            "avg_viewing_duration_per_viewer": 97,
            "over_1m_views": views // 4,
            "over_1m_live_viewing_rate": rate(views // 4, views),
            "products_added": 24,
            "show_gpm": money(gmv * 1000 // (views * 6) if views else 0),
            "watch_gpm": money(gmv * 1000 // views if views else 0),
        },
    }


def minutes(session: Session, first: int, size: int) -> dict[str, Any]:
    """Return a page of a session's minutes, with the totals of the whole session."""
    whole = {
        "live_title": session.title,
        "start_time": session.start,
        "end_time": session.end,
        "duration": session.end - session.start,
        "gmv": money(sum(session.gmv)),
        "items_sold": sum(session.items),
        "unique_viewers": sum(session.views) * 7 // 10,
        "impressions": sum(session.views) * 9,
    }
    places = range(first, min(first + size, len(session.views)))
    return {"overall": whole, "intervals": [_minute(session, place) for place in places]}


def _minute(session: Session, place: int) -> dict[str, Any]:
    views, items, gmv = session.views[place], session.items[place], session.gmv[place]
    orders = session.orders[place]
    start = session.start + 60 * place
    return {
        "start_time": start,
        "end_time": start + 60,
        "sales": {
            "gmv": money(gmv),
            "items_sold": items,
            "customers": orders,
            "sku_orders": orders,
            "main_orders": orders,
        },
        "traffic": {
            "viewers": views * 9 // 10,
            "views": views,
            "impressions": views * 9,
            "product_impressions": views * 6,
            "product_clicks": views // 2,
            "ctr": rate(views // 2, views * 6),
            "enter_room_rate": rate(views, views * 9),
        },
        "interactions": {
            "new_followers": views // 40,
            "shares": views // 90,
            "comments": views // 20,
            "likes": views * 2,
        },
        "conversion": {
            "created_sku_orders": orders,
            "click_to_order_rate": {"sku_order_ctor": rate(orders, views // 2)},
            "gpm": {
                "watch_gpm": amount(gmv * 1000 // views if views else 0),
                "show_gpm": amount(gmv * 1000 // (views * 6) if views else 0),
            },
        },
    }


def video(work: Work, start: str, end: str, version: str, now: int) -> dict[str, Any] | None:
    """Return a video's figures over days, None if nobody watched it then; the older shape lacks much."""
    last = min(end, day(now - DELAY + DAY))
    ages = range(max(_age(work, start), 0), _ages(work, last, now))
    share = sum(work.by(age + 1) - work.by(age) for age in ages)
    views = int(work.video.views * share / 3)
    if not views:
        return None
    sold = views // 900
    figures: dict[str, Any] = {
        "id": str(work.number),
        "title": work.video.title,
        "username": CREATOR["user_name"],
        "video_post_time": _stamp(work),
        "gmv": money(sold * 2_399),
        "sku_orders": sold,
        "items_sold": sold,
        "views": views,
        "click_through_rate": rate(views // 30, views),
        "products": [],
    }
    if version in OLDER:
        return figures
    return figures | {
        "creator": {**CREATOR, "creator_id": "7000000000000000001"},
        "attributed_gmv": money(sold * 2_399),
        "likes": views // 25,
        "comments": views // 150,
        "shares": views // 220,
        "new_followers": views // 600,
        "product_impressions": views // 3,
        "product_clicks": views // 30,
        "ctor": rate(sold, views // 30),
        "video_finish_rate": rate(3, 10),
        "duration": work.video.length,
        "hash_tags": ["ceramics", "handmade"],
        "advertisable": True,
        "gpm": money(sold * 2_399_000 // views if views else 0),
    }


def _age(work: Work, iso: str) -> int:
    return (date.fromisoformat(iso) - date.fromisoformat(day(work.published))).days


def _ages(work: Work, end: str, now: int) -> int:
    """Return how many days of a video are known that lie before `end`."""
    return min(_age(work, end), (now - DELAY - work.published) // DAY + 1)


def _stamp(work: Work) -> str:
    return text_of(work.video.published)


def shop_days(
    figures: Mapping[str, Mapping[str, int]], start: str, end: str, now: int, whole: bool
) -> list[dict[str, Any]]:
    """Return the shop's own figures by day, or as one interval."""
    last = latest(now)
    days = [iso for iso in sorted(figures) if start <= iso < end and iso <= last]
    if whole:
        return [_interval(start, end, [figures[iso] for iso in days])]
    return [_interval(iso, day_after(iso), [figures[iso]]) for iso in days]


def day_after(iso: str) -> str:
    """Return the next day."""
    return (date.fromisoformat(iso) + timedelta(days=1)).isoformat()


def _interval(start: str, end: str, rows: list[Mapping[str, int]]) -> dict[str, Any]:
    def total(name: str) -> int:
        return sum(row[name] for row in rows)

    orders = total("orders")
    return {
        "start_date": start,
        "end_date": end,
        "sales": {
            "gmv": money(total("gmv")),
            "orders_count": orders,
            "items_sold": total("units"),
            "customers_count": orders,
            "refunds": money(total("refunds")),
            "avg_order_value": money(total("gmv") // orders if orders else 0),
        },
        "traffic": {
            "product_impressions": orders * 190,
            "product_clicks": orders * 21,
            "unique_clicks": orders * 15,
            "avg_page_views": orders * 30,
            "avg_visitors": orders * 19,
            "avg_conversation_rate": "0.0500",
        },
    }
