"""Returns and cancellations of TikTok Shop as refunds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from etl.platforms.base import Account, Pages, TimeWindow
from etl.platforms.records import (
    RANK,
    ParseContext,
    ParseResult,
    Record,
    Row,
    Unreadable,
    moment,
    money,
    needed,
    read_records,
    text,
)
from etl.platforms.tiktok_shop.orders import search_pages
from etl.platforms.tiktok_shop.wire import PLATFORM
from etl.ranks import CASE_RANK
from shop.core.money import split

MONEY_LEFT = (
    "RETURN_OR_REFUND_REQUEST_COMPLETE",
    "REPLACEMENT_REQUEST_REFUND_SUCCESS",
    "CANCELLATION_REQUEST_COMPLETE",
)


CLOSED = ("REJECT", "REQUEST_CANCEL", "REPLACEMENT_REQUEST_COMPLETE", "EXCHANGE_REQUEST_COMPLETE")


KINDS = {"REFUND": "refund_only", "RETURN_AND_REFUND": "return_refund", "REPLACEMENT": "exchange"}


def fetch_refunds(account: Account, window: TimeWindow) -> Pages:
    """Returns that changed in the window, then cancellations (a resource of its own)."""
    base = f"/return_refund/{account.setting('returns')}"
    data = {"update_time_ge": window.start, "update_time_lt": window.end}
    yield from search_pages(account, f"{base}/returns/search", data, "return_orders", "return_id")
    yield from search_pages(account, f"{base}/cancellations/search", data, "cancellations", "cancel_id")


def parse_refunds(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One refund per case and SKU; money has left only when a case is complete, on that day."""
    return read_records(records, PLATFORM, lambda record: _refunds(record, context), _case_id)


def _case_id(case: Record) -> str:
    return needed(case, "return_id", "cancel_id")


def _refunds(case: Record, context: ParseContext) -> Iterator[Row]:
    cancelled = "cancel_id" in case
    state = str(case.get("cancel_status" if cancelled else "return_status") or "")
    status = _state(state)
    updated = moment(case, "update_time")
    if status == "refunded" and updated is None:
        raise Unreadable("update_time", "NoRefundTime")
    refunded_at = updated if status == "refunded" else None
    currency = text(case, "refund_amount.currency") or context.currency
    order_id, case_id = needed(case, "order_id"), _case_id(case)
    parts = _parts(case, "cancel_line_items" if cancelled else "return_line_items", currency)
    for number, (sku, goods, shipping) in enumerate(parts):
        nothing = status == "closed"
        yield (
            "refund",
            {
                "refund_id": case_id if number == 0 else f"{case_id}/{sku}",
                "order_id": order_id,
                "line_id": f"{order_id}/{sku}/1" if sku else None,
                "kind": "refund_only" if cancelled else KINDS.get(str(case.get("return_type")), "unknown"),
                "stage": "before_ship" if cancelled else "after_ship",
                "status": status,
                "reason": text(case, "return_reason_text", "cancel_reason_text", "return_reason"),
                "reason_label": None,
                "requested_at": moment(case, "create_time"),
                "refunded_at": refunded_at,
                "refunded_on": context.day(refunded_at),
                "amount_cents": 0 if nothing else goods,
                "shipping_cents": 0 if nothing else shipping,
                "currency": currency,
                "updated_at": updated or 0,
                RANK: CASE_RANK[status],
            },
        )


def _state(state: str) -> str:
    if state in MONEY_LEFT:
        return "refunded"
    return "closed" if any(record in state for record in CLOSED) else "asked"


def _parts(case: Record, name: str, currency: str) -> list[tuple[str | None, int, int]]:
    """SKU, goods and shipping of each SKU that the case gives money back for; whole where not given."""
    shipping = money(case, "refund_amount.refund_shipping_fee", currency)
    goods = max(money(case, "refund_amount.refund_total", currency) - shipping, 0)
    by_sku: dict[str, int] = defaultdict(int)
    for item in case.get(name) or []:
        by_sku[needed(item, "sku_id")] += money(item, "refund_amount.refund_subtotal", currency) or (
            money(item, "refund_amount.refund_total", currency)
            - money(item, "refund_amount.refund_shipping_fee", currency)
        )
    skus = sorted(by_sku)
    if len(skus) < 2:
        return [(skus[0] if skus else None, goods, shipping)]
    shares = split(goods, [by_sku[sku] for sku in skus])
    return [
        (sku, share, 0 if number else shipping)
        for number, (sku, share) in enumerate(zip(skus, shares, strict=True))
    ]
