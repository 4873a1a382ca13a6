"""What a perfect client of the mock platforms has stored, and how few requests it needs."""

from collections.abc import Iterable
from typing import Any

from sample_data.generator.clock import DAY, unix
from sample_data.mock_platforms import MockPlatforms
from sample_data.mock_platforms.history.figures import figures
from sample_data.mock_platforms.history.orders import (
    CANCELLED,
    COMPLETED,
    PAID,
    SHIPPED,
    UNPAID,
    Case,
    Line,
    Order,
    by,
)
from sample_data.mock_platforms.history.streams import Streams

STATUSES = {
    UNPAID: "unpaid",
    PAID: "paid",
    SHIPPED: "shipped",
    COMPLETED: "completed",
    CANCELLED: "cancelled",
}
# Longest window (0: none), largest page, whether a full last page needs one more request.
LIMITS = {
    ("douyin_shop", "orders"): (0, 100, False),
    ("douyin_shop", "refunds"): (0, 100, False),
    ("kuaishou_shop", "orders"): (7 * DAY, 50, True),
    ("kuaishou_shop", "refunds"): (DAY, 100, True),
    ("tiktok_shop", "orders"): (0, 50, True),
    ("tiktok_shop", "refunds"): (0, 50, True),
}


def expected_store(mock: MockPlatforms, platform: str) -> dict[str, Any]:
    """Orders and refunds by id and figures by day and SKU as of now; for the open platform its streams."""
    with mock.lock:
        now = mock.platforms[platform].now
        if platform == "douyin_open":
            return _streams(mock.shops.streams, now)
        store = mock.shops.store(platform)
        store.at(now)
        known = list(store.orders.known())
        updated = {order.number: store.orders.updated(place) for place, order in known}
        orders = [order for _, order in known]
        cases = [case for _, case in store.cases.known()]
        return _stored(orders, cases, store.orders.now, updated)


def fewest_requests(mock: MockPlatforms, platform: str, resource: str, start: int, end: int) -> int:
    """How few requests list what was updated from `start` until before `end` (Unix seconds).

    `resource` is "orders" or "refunds"; largest pages and longest windows, no faults.
    """
    with mock.lock:
        store = mock.shops.store(platform)
        store.at(mock.platforms[platform].now)
        index = store.orders if resource == "orders" else store.cases
        longest, size, one_more = LIMITS[platform, resource]
        requests = 0
        for first in range(start, end, longest or max(1, end - start)):
            rows = len(index.between("updated", first, min(end, first + (longest or end - start))))
            requests += rows // size + 1 if one_more else max(1, -(-rows // size))
        return requests


def _stored(orders: list[Order], cases: Iterable[Case], now: int, updated: dict[int, int]) -> dict[str, Any]:
    cases = list(cases)
    return {
        "orders": {str(order.number): _order(order, now, updated[order.number]) for order in orders},
        "refunds": {str(case.number): _refund(case, now) for case in cases},
        **figures(orders, cases, now),
    }


def _order(order: Order, now: int, updated: int) -> dict[str, Any]:
    return {
        "created_at": order.created,
        "paid_at": order.paid if by(order.paid, now) else 0,
        "updated_at": updated,
        "lines": {str(line.number): _line(order, line, now) for line in order.lines_at(now)},
    }


def _line(order: Order, line: Line, now: int) -> dict[str, Any]:
    return {
        "sku": line.variant.sku,
        "quantity": line.quantity,
        "status": STATUSES[order.status(line, now)],
        "list_cents": line.list_value,
        "seller_discount_cents": line.list_value - line.gmv,
        "platform_discount_cents": line.gmv - line.buyer_paid,
        "buyer_paid_cents": line.buyer_paid,
        "shipping_cents": line.shipping,
        "is_gift": line.gift,
    }


def _refund(case: Case, now: int) -> dict[str, Any]:
    given = by(case.refunded, now)
    return {
        "order_id": str(case.order.number),
        "line_id": str(case.line.number),
        "refunded_at": case.refunded if given else 0,
        "amount_cents": case.amount if given else 0,
        "shipping_cents": case.shipping if given else 0,
    }


def _streams(streams: Streams, now: int) -> dict[str, Any]:
    """The videos by item id with their counts, and comments by id."""
    works = [work for work in streams.works if work.published <= now]
    return {
        "videos": {
            work.item: {
                "video_id": str(work.number),
                "title": work.video.title,
                "views": work.video.views,
                "likes": work.likes,
                "comments": work.comments,
                "shares": work.shares,
            }
            for work in works
        },
        "comments": {
            str(comment.number): comment.text
            for work in works
            for comment in streams.comments_by_item[work.item]
            if unix(comment.at) <= now
        },
    }
