"""TikTok Shop (Partner API): orders, returns, listings and stock, videos by day, sessions by minute.

Money is decimal text in the shop's currency, times are Unix seconds, days are the shop's own. Path, query
and raw body are signed (HMAC-SHA256). Facts: the Partner Center's OpenAPI document as generated into a
public client, and the EcomPHP client's test vector. API versions are settings. Comments are not offered.
An order's line items are single units: those of one SKU are one line, with the key of the order export.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etl import client as web
from etl.client import Answer, Call, Request, code_text
from etl.connector import DAY, Account, Credential, Gap, Keys, Pages, Person, Resource, Window
from etl.errors import NotOffered
from etl.paging import chained
from etl.records import (
    RANK,
    Outcome,
    Record,
    Row,
    Told,
    Unreadable,
    at,
    code_of,
    identifier,
    iso_moment,
    kept,
    latest,
    moment,
    money,
    names,
    needed,
    read_records,
    text,
    whole,
    word,
)  # fmt: skip
from shop.money import split

NAME = "tiktok_shop"
PLATFORM = "tiktok"
HOSTS = {"api": "https://open-api.tiktokglobalshop.com", "auth": "https://auth.tiktok-shops.com"}
RATE = 5.0
SETTINGS = {
    "orders": "202309", "products": "202502", "inventory": "202309", "returns": "202602",
    "videos": "202605", "lives": "202609", "minutes": "202510", "shops": "202309",
}  # fmt: skip
CREDENTIALS = (
    Credential("app_key", secret=False),
    Credential("app_secret"),
    Credential("code", optional=True),
    Credential("refresh_token", optional=True),
    Credential("shop_cipher", optional=True),
)
GAPS = (Gap("comments", ("comments",)), Gap("settlement", ("generic",)))
SIZE = 50
ANALYTICS_SIZE = 100

STATUS = {
    "UNPAID": "unpaid", "ON_HOLD": "paid", "AWAITING_SHIPMENT": "paid", "PARTIALLY_SHIPPING": "paid",
    "AWAITING_COLLECTION": "paid", "IN_TRANSIT": "shipped", "DELIVERED": "delivered",
    "COMPLETED": "completed", "CANCELLED": "cancelled",
}  # fmt: skip
RANKS = {"unpaid": 1, "paid": 2, "shipped": 3, "delivered": 4, "completed": 5, "cancelled": 6}
MONEY_LEFT = ("RETURN_OR_REFUND_REQUEST_COMPLETE", "REPLACEMENT_REQUEST_REFUND_SUCCESS",
              "CANCELLATION_REQUEST_COMPLETE")  # fmt: skip
CLOSED = ("REJECT", "REQUEST_CANCEL", "REPLACEMENT_REQUEST_COMPLETE", "EXCHANGE_REQUEST_COMPLETE")
KINDS = {"REFUND": "refund_only", "RETURN_AND_REFUND": "return_refund", "REPLACEMENT": "exchange"}


# --- the wire -------------------------------------------------------------------------------------


def signature(secret: str, path: str, query: Mapping[str, str], body: str) -> str:
    """The lower-case hex HMAC-SHA256 over path, sorted query and raw body."""
    pairs = "".join(
        name + value
        for name, value in sorted(query.items())
        if name not in ("sign", "access_token")
    )
    plain = f"{secret}{path}{pairs}{body}{secret}".encode()
    return hmac.new(secret.encode(), plain, hashlib.sha256).hexdigest()


def signed(call: Call, keys: Keys, moment: float) -> Request:
    """The request for this moment; token calls are not signed and go to another host."""
    if call.open:
        return Request("GET", "auth", call.path, tuple((call.data or {}).items()))
    query = {"app_key": keys["app_key"], "timestamp": str(int(moment)), **call.query}
    if keys["shop_cipher"] and not call.path.startswith(("/authorization/", "/seller/")):
        query["shop_cipher"] = keys["shop_cipher"]
    body = (
        ""
        if call.data is None
        else json.dumps(call.data, separators=(",", ":"), ensure_ascii=False)
    )
    query["sign"] = signature(keys["app_secret"], call.path, query, body)
    headers = {"x-tts-access-token": keys.access_token, "Content-Type": "application/json"}
    return Request(
        call.verb, call.host, call.path, tuple(query.items()), headers, body.encode() or None
    )  # fmt: skip


TRANSIENT = (36009003, 66007001)
RATES = (36009002, 36009036)  # not in any source: kept beside HTTP 429


def opened(answer: Answer) -> Any:
    """The data where `code` is 0."""
    body = answer.body
    if not isinstance(body, Mapping) or "code" not in body:
        raise web.BadAnswer(platform=NAME, found="no code")
    code = code_of(body, "code")
    if code == 0:
        return body.get("data") or {}
    found, said = code_text(code), str(body.get("message") or "").lower()
    if code in TRANSIENT or "rpc error" in said:
        raise web.PlatformDown(platform=NAME, found=found)
    if code in RATES or "too many" in said:
        raise web.RateLimited(platform=NAME, wait=0)
    if "no schema" in said or "scope" in said:
        raise web.NotPermitted(platform=NAME, found=found)
    if "timestamp" in said:
        raise web.ClockOff(platform=NAME, found=found)
    if "sign" in said or "refresh" in said:
        raise web.NotAuthorised(platform=NAME, found=found)
    if str(code).startswith(("105", "360")):
        raise web.TokenExpired(platform=NAME, found=found)
    raise web.Refused(platform=NAME, found=found)


def _get(account: Account, path: str, **query: str) -> Any:
    return account.call(Call("GET", path, query={n: v for n, v in query.items() if v}))


def _search(account: Account, path: str, query: Mapping[str, str], data: Mapping[str, Any]) -> Any:
    wanted = {name: value for name, value in query.items() if value}
    return account.call(Call("POST", path, query=wanted, data=data))


def first_token(account: Account) -> Keys:
    """The first token from the code of the consent page, with the shop's cipher."""
    keys = account.keys
    if keys["code"]:
        data = {"app_key": keys["app_key"], "app_secret": keys["app_secret"],
                "auth_code": keys["code"], "grant_type": "authorized_code"}  # fmt: skip
        account.keys = _token(account, "/api/v2/token/get", data)
    else:
        account.keys = next_token(account)
    return with_cipher(account)


def next_token(account: Account) -> Keys:
    """The next token from the refresh token."""
    keys = account.keys
    data = {"app_key": keys["app_key"], "app_secret": keys["app_secret"],
            "refresh_token": keys.refresh_token or keys["refresh_token"],
            "grant_type": "refresh_token"}  # fmt: skip
    return _token(account, "/api/v2/token/refresh", data)


def _token(account: Account, path: str, data: Mapping[str, str]) -> Keys:
    found = account.call(Call("GET", path, data=data, open=True))
    ends = whole(found, "access_token_expire_in") or 0
    ends_at = ends if ends > 10**9 else account.now() + ends  # some answers give a duration
    access = needed(found, "access_token")
    return account.keys.with_token(access, str(found.get("refresh_token") or ""), ends_at)


def with_cipher(account: Account) -> Keys:
    """The keys with the cipher of the token's first shop, which every later call names."""
    if account.keys["shop_cipher"]:
        return account.keys
    data = _get(account, f"/authorization/{account.setting('shops')}/shops")
    shops = data.get("shops") or [{}]
    keys = account.keys
    return keys.with_token(
        keys.access_token,
        keys.refresh_token,
        keys.ends_at,
        shop_cipher=str(shops[0].get("cipher") or ""),
    )


# --- orders ---------------------------------------------------------------------------------------


def fetch_orders(account: Account, window: Window) -> Pages:
    """Orders that changed in the window, oldest change first."""
    path = f"/order/{account.setting('orders')}/orders/search"
    data = {"update_time_ge": window.start, "update_time_lt": window.end}
    return _pages(account, path, data, "orders", "id")


def _pages(account: Account, path: str, data: Mapping[str, Any], name: str, key: str) -> Pages:
    def read(token: str) -> tuple[list[dict[str, Any]], str, int | None]:
        query = {"page_size": str(SIZE), "page_token": token, "sort_field": "update_time",
                 "sort_order": "ASC"}  # fmt: skip
        found = _search(account, path, query, data)
        return (
            found.get(name) or [],
            str(found.get("next_page_token") or ""),
            whole(found, "total_count"),
        )

    return chained(read, lambda one: one.get(key))


def parse_orders(records: Sequence[Record], told: Told) -> Outcome:
    """One line per SKU of an order: units counted, amounts added; list = seller + platform + paid."""
    return read_records(
        records, PLATFORM, lambda one: _lines(one, told), lambda one: needed(one, "id")
    )


def _lines(order: Record, told: Told) -> Iterator[Row]:
    order_id = needed(order, "id")
    by_sku: dict[str, list[Record]] = defaultdict(list)
    for item in order.get("line_items") or []:
        by_sku[needed(item, "sku_id")].append(item)
    if not by_sku:
        raise Unreadable("line_items", "Missing")
    currency = text(order, "payment.currency") or told.currency
    times = _times(order)
    status = word(order.get("status"), STATUS, "status")
    shipping = money(order, "payment.shipping_fee", currency)
    for sku_id, units in by_sku.items():
        yield (
            "order_line",
            {
                "order_id": order_id,
                "line_id": f"{order_id}/{sku_id}/1",  # the key that the order export's rows get
                **times,
                "paid_on": told.day(times["paid_at"]),
                "status": status,
                "after_sale": None,
                "sku": text(units[0], "seller_sku") or sku_id,
                "product_id": identifier(units[0], "product_id"),
                "platform_sku": sku_id,
                "title": text(units[0], "product_name"),
                "spec": text(units[0], "sku_name"),
                "is_gift": all(bool(unit.get("is_gift")) for unit in units),
                **_money(units, currency),
                "shipping_cents": shipping,
                "currency": currency,
                **_whence(units),
                "buyer_key": order.get("buyer_key"),
                "province": text(order, "state"),
                "updated_at": latest(moment(order, "update_time"), *times.values()),
                RANK: RANKS[status],
            },
        )
        shipping = 0


def _times(order: Record) -> dict[str, int | None]:
    created_at = moment(order, "create_time")
    if created_at is None:
        raise Unreadable("create_time", "Missing")
    delivered = moment(order, "delivery_time")
    done = order.get("status") == "COMPLETED"
    return {
        "created_at": created_at,
        "paid_at": moment(order, "paid_time"),
        "shipped_at": moment(order, "rts_time", "collection_time"),
        "completed_at": (delivered or moment(order, "update_time")) if done else None,
    }


def _money(units: Sequence[Record], currency: str) -> dict[str, int]:
    listed = paid = platform = 0
    for unit in units:
        price = money(unit, "sale_price", currency)
        borne = abs(money(unit, "platform_discount", currency))
        taken = abs(money(unit, "seller_discount", currency))
        original = money(unit, "original_price", currency, missing=price + borne + taken)
        listed, paid, platform = listed + original, paid + price, platform + borne
    seller = listed - paid - platform
    if seller < 0:
        raise Unreadable("sale_price", "MoreThanList", found=str(seller))
    return {
        "quantity": len(units), "list_cents": listed, "seller_discount_cents": seller,
        "platform_discount_cents": platform, "buyer_paid_cents": paid,
    }  # fmt: skip


def _whence(units: Sequence[Record]) -> dict[str, Any]:
    """The room is stated by the platform (grade A); videos are not."""
    room = next((found for unit in units if (found := identifier(unit, "room_id"))), None)
    return {
        "carrier": "live" if room else "unknown", "seller": "own", "creator_id": None,
        "content_id": room, "attribution": "A" if room else "D",
    }  # fmt: skip


# --- returns and cancellations --------------------------------------------------------------------


def fetch_refunds(account: Account, window: Window) -> Pages:
    """Returns that changed in the window, then cancellations (a resource of its own)."""
    base = f"/return_refund/{account.setting('returns')}"
    data = {"update_time_ge": window.start, "update_time_lt": window.end}
    yield from _pages(account, f"{base}/returns/search", data, "return_orders", "return_id")
    yield from _pages(account, f"{base}/cancellations/search", data, "cancellations", "cancel_id")


def parse_refunds(records: Sequence[Record], told: Told) -> Outcome:
    """One refund per case and SKU; money has left only when a case is complete, on that day."""
    return read_records(records, PLATFORM, lambda one: _refunds(one, told), _case_id)


def _case_id(case: Record) -> str:
    return needed(case, "return_id", "cancel_id")


def _refunds(case: Record, told: Told) -> Iterator[Row]:
    cancelled = "cancel_id" in case
    state = str(case.get("cancel_status" if cancelled else "return_status") or "")
    status = _state(state)
    updated = moment(case, "update_time")
    if status == "refunded" and updated is None:
        raise Unreadable("update_time", "NoRefundTime")
    refunded_at = updated if status == "refunded" else None
    currency = text(case, "refund_amount.currency") or told.currency
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
                "kind": "refund_only"
                if cancelled
                else KINDS.get(str(case.get("return_type")), "unknown"),
                "stage": "before_ship" if cancelled else "after_ship",
                "status": status,
                "reason": text(case, "return_reason_text", "cancel_reason_text", "return_reason"),
                "reason_label": None,
                "requested_at": moment(case, "create_time"),
                "refunded_at": refunded_at,
                "refunded_on": told.day(refunded_at),
                "amount_cents": 0 if nothing else goods,
                "shipping_cents": 0 if nothing else shipping,
                "currency": currency,
                "updated_at": updated or 0,
                RANK: {"asked": 1, "closed": 2, "refunded": 3}[status],
            },
        )


def _state(state: str) -> str:
    if state in MONEY_LEFT:
        return "refunded"
    return "closed" if any(one in state for one in CLOSED) else "asked"


def _parts(case: Record, name: str, currency: str) -> list[tuple[str | None, int, int]]:
    """SKU, goods and shipping of each SKU that the case gives money back for; whole where not told."""
    shipping = money(case, "refund_amount.refund_shipping_fee", currency)
    goods = max(money(case, "refund_amount.refund_total", currency) - shipping, 0)
    by_sku: dict[str, int] = defaultdict(int)
    for item in case.get(name) or []:
        by_sku[needed(item, "sku_id")] += money(
            item, "refund_amount.refund_subtotal", currency
        ) or (
            money(item, "refund_amount.refund_total", currency)
            - money(item, "refund_amount.refund_shipping_fee", currency)
        )
    skus = sorted(by_sku)
    if len(skus) < 2:
        return [(skus[0] if skus else None, goods, shipping)]
    shares = split(goods, [by_sku[sku] for sku in skus])
    return [(sku, share, 0 if number else shipping)
            for number, (sku, share) in enumerate(zip(skus, shares, strict=True))]  # fmt: skip


# --- listings and stock ---------------------------------------------------------------------------


def fetch_listings(account: Account, window: Window) -> Pages:
    """All products with their SKUs."""
    path = f"/product/{account.setting('products')}/products/search"

    def read(token: str) -> tuple[list[dict[str, Any]], str, int | None]:
        query = {"page_size": "100", "page_token": token}
        found = _search(account, path, query, {"status": "ALL"})
        following = str(found.get("next_page_token") or "")
        return found.get("products") or [], following, whole(found, "total_count")

    return chained(read, lambda one: one.get("id"))


LISTED = {"ACTIVATE": "live", "SELLER_DEACTIVATED": "paused", "PLATFORM_DEACTIVATED": "paused",
          "FREEZE": "paused", "DELETED": "retired"}  # fmt: skip


def parse_listings(records: Sequence[Record], told: Told) -> Outcome:
    """One listing per SKU; stock is added up over the warehouses."""
    return read_records(
        records, PLATFORM, lambda one: _listings(one, told), lambda one: needed(one, "id")
    )


def _listings(product: Record, told: Told) -> Iterator[Row]:
    status = LISTED.get(str(product.get("status")), "draft")
    for sku in product.get("skus") or []:
        currency = text(sku, "price.currency") or told.currency
        stock = [whole(one, "quantity") or 0 for one in sku.get("inventory") or []]
        off = at(sku, "status_info.status") == "DEACTIVATED"
        price = text(sku, "price.sale_price", "price.tax_exclusive_price")
        yield (
            "listing",
            {
                "listing_id": needed(sku, "id"),
                "sku": text(sku, "seller_sku") or needed(sku, "id"),
                "product_id": needed(product, "id"),
                "title": text(product, "title"),
                "spec": None,
                "status": "paused" if off and status == "live" else status,
                "price_cents": money({"price": price}, "price", currency) if price else None,
                "currency": currency,
                "quantity": sum(stock) if stock else None,
                "updated_at": told.fetched_at,
            },
        )


def set_stock(account: Account, product_id: str, sku_id: str, quantity: int) -> None:
    """Tell the number of pieces of a SKU in its only warehouse; refused where it has several."""
    version = account.setting("inventory")
    search = {"product_ids": [product_id], "sku_ids": [sku_id]}
    held = _search(account, f"/product/{version}/inventory/search", {}, search)
    places = [
        str(place["warehouse_id"]) for product in held.get("inventory") or []
        for sku in product.get("skus") or [] if str(sku.get("id")) == sku_id
        for place in sku.get("warehouse_inventory") or [] if place.get("warehouse_id")
    ]  # fmt: skip
    if len(places) > 1:
        raise NotOffered(platform=NAME, kind="stock of several warehouses")
    stock: dict[str, Any] = {"quantity": quantity}
    if places:
        stock["warehouse_id"] = places[0]
    data = {"skus": [{"id": sku_id, "inventory": [stock]}]}
    _search(account, f"/product/{version}/products/{product_id}/inventory/update", {}, data)


# --- videos by day, sessions by minute ------------------------------------------------------------


def _analytics(
    account: Account, path: str, window: Window, name: str, key: str, **more: str
) -> Pages:
    """Pages of a list of figures for the whole days of the window; days not ready yet give nothing."""

    def read(token: str) -> tuple[list[dict[str, Any]], str, int | None]:
        found = _get(
            account, path, start_date_ge=account.told.day(window.start) or "",
            end_date_lt=account.told.day(window.end) or "", currency="LOCAL",
            page_size=str(ANALYTICS_SIZE), page_token=token, **more,
        )  # fmt: skip
        return (
            found.get(name) or [],
            str(found.get("next_page_token") or ""),
            whole(found, "total_count"),
        )

    return chained(read, lambda one: one.get(key))


def fetch_videos(account: Account, window: Window) -> Pages:
    """The videos' figures of one day each, the day added to every record."""
    path = f"/analytics/{account.setting('videos')}/shop_videos/performance"
    day = account.told.day(window.start)
    for page in _analytics(account, path, window, "videos", "id"):
        yield [{**one, "day": day} for one in page]


def parse_videos(records: Sequence[Record], told: Told) -> Outcome:
    """One video and what one day added to it; lifetime totals are not offered."""
    return read_records(
        records,
        PLATFORM,
        lambda one: _video(one, told),
        lambda one: f"{needed(one, 'id')} {one['day']}",
    )


def _video(video: Record, told: Told) -> Iterator[Row]:
    published = iso_moment(video.get("video_post_time"), told.time_zone)
    currency = text(video, "gmv.currency") or told.currency
    yield (
        "video",
        {
            "video_id": needed(video, "id"),
            "title": text(video, "title"),
            "published_at": published,
            "published_on": told.day(published),
            "seconds": whole(video, "duration"),
            "updated_at": published or 0,
        },
    )
    yield (
        "video_day",
        {
            "video_id": needed(video, "id"),
            "day": str(video["day"]),
            **{name: whole(video, name) for name in ("views", "likes", "comments", "shares")},
            "gmv_cents": _gmv(video, "gmv", currency),
            "orders": whole(video, "sku_orders"),
            "units": whole(video, "items_sold"),
            "product_clicks": whole(video, "product_clicks"),
            "updated_at": told.fetched_at,
        },
    )


def _gmv(record: Record, path: str, currency: str) -> int | None:
    stated = at(record, path)
    if stated is None:
        return None
    amount = stated.get("amount") if isinstance(stated, Mapping) else stated
    return money({"amount": amount}, "amount", currency) if amount not in (None, "") else None


def fetch_live(account: Account, window: Window) -> Pages:
    """The live sessions that began in the window, each with its minutes."""
    lives, minutes = account.setting("lives"), account.setting("minutes")
    more = {"account_type": "ALL"} if lives >= "202609" else {}
    path = f"/analytics/{lives}/shop_lives/performance"
    for page in _analytics(account, path, window, "live_stream_sessions", "id", **more):
        yield [{**one, "minutes": _minutes(account, minutes, str(one.get("id")))} for one in page]


def _minutes(account: Account, version: str, session: str) -> list[dict[str, Any]]:
    def read(token: str) -> tuple[list[dict[str, Any]], str, int | None]:
        path = f"/analytics/{version}/shop_lives/{session}/performance_per_minutes"
        found = _get(account, path, currency="LOCAL", page_token=token)
        intervals = at(found, "performance.intervals") or []
        return intervals, str(found.get("next_page_token") or ""), whole(found, "total_count")

    pages = chained(read, lambda one: one.get("start_time"))
    found = {one.get("start_time"): one for page in pages for one in page}
    return [found[start] for start in sorted(found, key=str)]


def parse_live(records: Sequence[Record], told: Told) -> Outcome:
    """One session with its minutes, from the shape of 202509 or of 202609."""
    return read_records(
        records, PLATFORM, lambda one: _live(one, told), lambda one: needed(one, "id")
    )


def _live(live: Record, told: Told) -> Iterator[Row]:
    sold, talk = live.get("sales_performance") or {}, live.get("interaction_performance") or {}
    seen = {
        **talk,
        **(live.get("traffic") or {}),
    }  # 202509 has no `traffic`: its figures stand in talk
    started, ended = moment(live, "start_time"), moment(live, "end_time")
    if started is None:
        raise Unreadable("start_time", "Missing")
    stated = sold.get("live_attributed_gmv") or sold.get("gmv") or {}
    currency = text(stated, "currency") or told.currency
    views, average = whole(seen, "views"), whole(seen, "avg_viewing_duration")
    session = needed(live, "id")
    yield (
        "live_session",
        {
            "session_id": session,
            "account": text(live, "creator.user_name", "username"),
            "title": text(live, "title"),
            "started_at": started,
            "ended_at": ended,
            "started_on": told.day(started),
            "seconds": ended - started if started and ended else None,
            "peak_viewers": whole(seen, "pcu"),
            "average_viewers": whole(seen, "acu"),
            "impressions": whole(seen, "impressions"),
            "views": views,
            "viewers": whole(seen, "viewers"),
            "watch_seconds": views * average if views is not None and average is not None else None,
            "followers_gained": whole(talk, "new_followers"),
            **{name: whole(talk, name) for name in ("comments", "likes", "shares")},
            "product_impressions": whole(seen, "product_impressions"),
            "product_clicks": whole(seen, "product_clicks"),
            "orders_created": whole(sold, "created_sku_orders"),
            "orders": whole(
                sold, "live_attributed_orders", "live_attributed_sku_orders", "sku_orders"
            ),
            "units": whole(sold, "live_attributed_items_sold", "items_sold"),
            "buyers": whole(sold, "attributed_customers", "customers"),
            "gmv_cents": _gmv({"gmv": stated or None}, "gmv", currency),
            "currency": currency,
            "updated_at": told.fetched_at,
        },
    )
    for minute in live.get("minutes") or []:
        yield "live_minute", _minute(session, minute, currency, told)


def _minute(session: str, minute: Record, currency: str, told: Told) -> dict[str, Any]:
    sold, seen = minute.get("sales") or {}, minute.get("traffic") or {}
    talk = minute.get("interactions") or {}
    begins = moment(minute, "start_time")
    if begins is None:
        raise Unreadable("start_time", "Missing")
    return {
        "session_id": session,
        "minute_at": begins,
        **{name: whole(seen, name) for name in
           ("viewers", "views", "impressions", "product_impressions", "product_clicks")},
        **{name: whole(talk, name) for name in ("comments", "likes", "shares")},
        "followers_gained": whole(talk, "new_followers"),
        "orders_created": whole(minute, "conversion.created_sku_orders"),
        "orders": whole(sold, "main_orders", "sku_orders"),
        "units": whole(sold, "items_sold"),
        "buyers": whole(sold, "customers"),
        "gmv_cents": _gmv(sold, "gmv", currency),
        "currency": currency,
        "updated_at": told.fetched_at,
    }  # fmt: skip


# --- personal data --------------------------------------------------------------------------------

KEPT = names("""
    id create_time update_time paid_time rts_time collection_time delivery_time cancel_time status
    fulfillment_type order_type is_sample_order payment currency sub_total shipping_fee
    seller_discount platform_discount payment_platform_discount total_amount
    original_total_product_price original_shipping_fee shipping_fee_seller_discount
    shipping_fee_platform_discount tax line_items sku_id display_status product_name seller_sku
    sku_name product_id sale_price original_price is_gift room_id product_listing_type order_id
    return_id return_type return_status role return_reason return_reason_text refund_amount
    refund_total refund_subtotal refund_shipping_fee refund_tax return_line_items
    return_line_item_id order_line_item_id cancel_id cancel_type cancel_status cancel_reason
    cancel_reason_text cancel_line_items cancel_line_item_id title skus price tax_exclusive_price
    inventory warehouse_id quantity status_info deactivation_source list_price amount day
    video_post_time duration gmv attributed_gmv views likes comments shares sku_orders items_sold
    product_clicks product_impressions new_followers video_finish_rate creator user_name
    start_time end_time sales_performance interaction_performance traffic live_attributed_gmv
    live_gmv live_attributed_items_sold live_attributed_orders live_attributed_sku_orders
    created_sku_orders attributed_customers customers pcu acu impressions viewers
    avg_viewing_duration avg_viewing_duration_per_viewer minutes sales interactions conversion
    main_orders over_1m_views
""")


def strip_personal(raw: Record, person: Person) -> dict[str, Any]:
    """Only fields that are known to be harmless; the buyer as a keyed hash, of the address the state."""
    stripped: dict[str, Any] = kept(raw, KEPT)
    buyer = text(raw, "user_id")
    if buyer:
        stripped["buyer_key"] = person(buyer)
    districts = at(raw, "recipient_address.district_info") or []
    state = next((text(one, "address_name") for one in districts
                  if str(one.get("address_level_name", "")).lower() in ("state", "province")), None)  # fmt: skip
    if state:
        stripped["state"] = state
    return stripped


RESOURCES = (
    Resource("orders", fetch_orders, parse_orders, window=90 * DAY, look_back=3 * DAY,
             history=5 * 365 * DAY, stored="orders"),
    Resource("refunds", fetch_refunds, parse_refunds, window=30 * DAY, look_back=90 * DAY,
             history=5 * 365 * DAY),
    Resource("listings", fetch_listings, parse_listings, rest=6 * 3600, stored="snapshot"),
    Resource("videos", fetch_videos, parse_videos, window=DAY, look_back=4 * DAY, rest=6 * 3600,
             stored="snapshot", whole_days=True),
    Resource("live", fetch_live, parse_live, window=30 * DAY, look_back=4 * DAY, rest=3600,
             stored="snapshot", whole_days=True),
)  # fmt: skip
