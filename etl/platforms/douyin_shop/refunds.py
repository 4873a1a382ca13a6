"""After-sale cases of the Douyin shop as refunds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl.platforms.base import Account, Pages, TimeWindow
from etl.platforms.douyin_shop.orders import CLOSED_CASES, SIZE
from etl.platforms.douyin_shop.wire import PLATFORM, post
from etl.platforms.paging import listed, timed
from etl.platforms.records import (
    RANK,
    ParseContext,
    ParseResult,
    Record,
    Unreadable,
    at,
    fen,
    identifier,
    latest,
    moment,
    needed,
    read_records,
    text,
    whole,
)
from etl.ranks import CASE_RANK

CASE_KINDS = {0: "return_refund", 1: "refund_only", 2: "refund_only", 3: "exchange", 7: "resend"}


def fetch_refunds(account: Account, window: TimeWindow) -> Pages:
    """Cases that changed in the window; the update window only works with this order."""

    def read(part: TimeWindow, page: int) -> tuple[list[dict[str, Any]], int]:
        data = post(
            account,
            "afterSale.List",
            page=page,
            size=SIZE,
            order_by=["update_time asc"],
            update_start_time=part.start,
            update_end_time=part.end,
        )
        total = whole(data, "total")
        return listed(data, "items", total=total), total or 0

    return timed(
        read,
        SIZE,
        lambda record: moment(record, "aftersale_info.update_time"),
        lambda record: at(record, "aftersale_info.aftersale_id"),
        window,
    )


def parse_refunds(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One case each, in fen; the list has no moment of the refund: the final one stands for it."""
    return read_records(
        records,
        PLATFORM,
        lambda record: [("refund", _refund(record, context))],
        lambda record: needed(record, "aftersale_info.aftersale_id"),
    )


def _refund(case: Record, context: ParseContext) -> dict[str, Any]:
    info = case.get("aftersale_info") or {}
    kind = whole(info, "aftersale_type")
    status = _refund_state(info, kind)
    updated = moment(info, "update_time")
    ended = moment(info, "aftersale_status_to_final_time") or updated
    if status == "refunded" and ended is None:
        raise Unreadable("aftersale_status_to_final_time", "NoRefundTime")
    refunded_at = ended if status == "refunded" else None
    shipping = fen(info, "refund_post_amount")
    total = fen(info, "refund_amount")
    nothing = status == "closed"
    return {
        "refund_id": needed(info, "aftersale_id"),
        "order_id": needed(case, "order_info.shop_order_id"),
        "line_id": identifier(info, "related_id"),
        "kind": CASE_KINDS.get(kind if kind is not None else -1, "unknown"),
        "stage": {2: "before_ship"}.get(kind if kind is not None else -1, "after_ship"),
        "status": status,
        "reason": text(case, "text_part.reason_text"),
        "reason_label": " ".join(
            name for label in info.get("reason_second_labels") or [] if (name := text(label, "name"))
        )
        or None,
        "requested_at": moment(info, "apply_time", "create_time"),
        "refunded_at": refunded_at,
        "refunded_on": context.day(refunded_at),
        "amount_cents": 0 if nothing else max(total - shipping, 0),
        "shipping_cents": 0 if nothing else shipping,
        "currency": "CNY",
        "updated_at": latest(updated, ended),
        RANK: CASE_RANK[status],
    }


def _refund_state(info: Record, kind: int | None) -> str:
    status, refund = whole(info, "aftersale_status"), whole(info, "refund_status")
    if refund == 3 or (status == 12 and kind in (0, 1, 2, 6)):
        return "refunded"
    return "closed" if refund in (4, 5) or status == 12 or status in CLOSED_CASES else "asked"
