"""Refunds of Kuaishou shop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl.platforms.base import Account, Pages, TimeWindow
from etl.platforms.kuaishou_shop.orders import END, case_state
from etl.platforms.kuaishou_shop.wire import PLATFORM, get
from etl.platforms.paging import chained, listed
from etl.platforms.records import (
    RANK,
    ParseContext,
    ParseResult,
    Record,
    Unreadable,
    fen,
    latest,
    moment,
    needed,
    read_records,
    text,
    whole,
)
from etl.ranks import CASE_RANK

REFUNDS = 100


def fetch_refunds(account: Account, window: TimeWindow) -> Pages:
    """Refunds that changed in the window (at most one day)."""

    def read(cursor: str) -> tuple[list[dict[str, Any]], str, int | None]:
        data = get(
            account,
            "open.seller.order.refund.pcursor.list",
            type=9,
            pageSize=REFUNDS,
            currentPage=1,
            sort=2,
            queryType=2,
            beginTime=window.start * 1000,
            endTime=window.end * 1000,
            pcursor=cursor,
        )
        following = str(data.get("pcursor") or END)
        end = 0 if data.get("pcursor") == END else whole(data, "totalSize")
        result = listed(data, "refundOrderInfoList", "dataList", total=end)
        return result, "" if following == END else following, whole(data, "totalSize")

    return chained(read, lambda record: record.get("refundId"))


def parse_refunds(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One case each, in fen; goods and shipping are not separate."""
    return read_records(
        records,
        PLATFORM,
        lambda record: [("refund", _refund(record, context))],
        lambda record: needed(record, "refundId"),
    )


def _refund(case: Record, context: ParseContext) -> dict[str, Any]:
    way, amount, state = (
        whole(case, "handlingWay"),
        fen(case, "refundFee"),
        case_state(whole(case, "status") or 0),
    )
    if state == "refunded" and (way not in (1, 10) or amount <= 0):
        state = "closed"  # an exchange ends with the same status, and no money
    ended, updated = moment(case, "endTime", unit=1000), moment(case, "updateTime", unit=1000)
    refunded_at = (ended or updated) if state == "refunded" else None
    if state == "refunded" and refunded_at is None:
        raise Unreadable("endTime", "NoRefundTime")
    return {
        "refund_id": needed(case, "refundId"),
        "order_id": needed(case, "oid"),
        "line_id": None,
        "kind": {1: "return_refund", 10: "refund_only"}.get(way or 0, "unknown"),
        "stage": {1: "before_ship", 2: "after_ship", 3: "after_ship"}.get(
            whole(case, "receiptStatus") or 0, "unknown"
        ),
        "status": state,
        "reason": text(case, "refundReasonDesc"),
        "reason_label": None,
        "requested_at": moment(case, "submitTime", "createTime", unit=1000),
        "refunded_at": refunded_at,
        "refunded_on": context.day(refunded_at),
        "amount_cents": 0 if state == "closed" else amount,
        "shipping_cents": 0,
        "currency": "CNY",
        "updated_at": latest(updated, ended),
        RANK: CASE_RANK[state],
    }
