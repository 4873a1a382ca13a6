"""TikTok Shop order export (worksheet OrderSKUList): one row per SKU of an order, two known headers.

Grain: one SKU of one order; there is no line id, so the key is order, SKU and occurrence. Amounts
are in the currency that the file names or implies; dates are day first or month first, which the
whole file must show; times are on the shop's clock. `Order Amount`, `Order Refund Amount` and the
shipping fee repeat on every row of an order and count once. The short header has no Paid Time:
there an order counts as paid when it was created, unless it is unpaid, or cancelled with nothing
to refund. The refunded sum has no case of its own: it is an estimate, on the day of the
cancellation, else of the payment.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.couriers import couriers
from etl.files.base import Parsed, Recognised
from etl.files.fields import Context, FileField, Values
from etl.files.orders.status_words import ORDER_WORDS
from etl.files.rows import Rows
from etl.ranks import ORDER_RANK
from etl.tables.amounts import amount
from etl.tables.cells import FINER
from etl.tables.currency_hints import CurrencyHints
from etl.tables.date_order import DateOrder, scan
from etl.tables.hashes import content_hash, payload_hash
from etl.tables.timestamps import days_of, latest
from shop.core.money import minor_digits
from shop.orders.batch import MISSING, IngestBatch

NAME = "tiktok_orders"
PLATFORM = "tiktok"
VERSION = 2
PRIORITY = 40

FIELDS = (
    FileField("order_id", ("Order ID",), required=True),
    FileField("status", ("Order Status",), required=True),
    FileField(
        "return_type", ("Cancelation/Return Type", "Cancellation Return Type", "Cancellation/Return Type")
    ),
    FileField("platform_sku", ("SKU ID",), required=True),
    FileField("seller_sku", ("Seller SKU",)),
    FileField("title", ("Product Name",), required=True),
    FileField("spec", ("Variation",)),
    FileField("quantity", ("Quantity",), required=True),
    FileField("returned", ("Sku Quantity of return", "SKU Quantity Return")),
    FileField("list_value", ("SKU Subtotal Before Discount",), required=True, money=True),
    FileField("platform_discount", ("SKU Platform Discount",), required=True, money=True),
    FileField("seller_discount", ("SKU Seller Discount",), money=True),
    FileField("buyer_paid", ("SKU Subtotal After Discount",), required=True, money=True),
    FileField("taxes", ("Taxes",), money=True),
    FileField("shipping", ("Shipping Fee After Discount",), money=True),
    FileField("order_amount", ("Order Amount",), money=True),
    FileField("refund", ("Order Refund Amount",), money=True),
    FileField("currency", ("Currency",)),
    FileField("gift", ("Is Gift", "Gift", "SKU Type", "是否赠品")),
    FileField("country", ("Country", "Country/Region")),
    FileField("province", ("State", "Province")),
    FileField("created_at", ("Created Time",), required=True),
    FileField("paid_at", ("Paid Time",)),
    FileField("shipped_at", ("Shipped Time",)),
    FileField("delivered_at", ("Delivered Time",)),
    FileField("courier", ("Shipping Provider Name",)),
    FileField("cancelled_at", ("Cancelled Time", "Canceled Time")),
    FileField("buyer", ("Buyer Username",), personal=True),
)
TIMES = ("created_at", "paid_at", "shipped_at", "delivered_at", "cancelled_at")
AMOUNTS = ("list_value", "buyer_paid", "order_amount")

# the status words of the export, in the languages in which sellers see them
STATUS_WORDS = {
    "unpaid": (
        "Unpaid",
        "未付款",
        "待付款",
        "Chưa thanh toán",
        "Belum dibayar",
        "Belum Bayar",
        "ยังไม่ได้ชำระเงิน",
        "ยังไม่ชำระ",
        "No pagado",
        "Sin pagar",
    ),
    "paid": (
        "On hold",
        "On Hold",
        "To ship",
        "To Ship",
        "Awaiting shipment",
        "Awaiting Shipment",
        "Awaiting collection",
        "Awaiting Collection",
        "Partially shipping",
        "待发货",
        "待揽收",
        "待取件",
        "暂缓发货",
        "Chờ vận chuyển",
        "Chờ lấy hàng",
        "Cần gửi",
        "Perlu dikirim",
        "Menunggu pengiriman",
        "Menunggu pengambilan",
        "ที่จะจัดส่ง",
        "รอจัดส่ง",
        "รอการจัดส่ง",
        "Por enviar",
        "Pendiente de envío",
    ),
    "shipped": (
        "Shipped",
        "In transit",
        "In Transit",
        "已发货",
        "运输中",
        "Đã vận chuyển",
        "Đã gửi",
        "Đang vận chuyển",
        "Dikirim",
        "Dalam pengiriman",
        "จัดส่งแล้ว",
        "ระหว่างขนส่ง",
        "กำลังจัดส่ง",
        "Enviado",
        "En tránsito",
    ),
    "delivered": (
        "Delivered",
        "已送达",
        "已妥投",
        "Đã giao",
        "Đã giao hàng",
        "Terkirim",
        "จัดส่งสำเร็จ",
        "ส่งแล้ว",
        "Entregado",
    ),
    "completed": (
        "Completed",
        "已完成",
        "Đã hoàn tất",
        "Đã hoàn thành",
        "Hoàn thành",
        "Selesai",
        "เสร็จสมบูรณ์",
        "เสร็จสิ้น",
        "สำเร็จแล้ว",
        "Completado",
    ),
    "cancelled": (
        "Canceled",
        "Cancelled",
        "已取消",
        "已关闭",
        "Đã hủy",
        "Đã huỷ",
        "Dibatalkan",
        "ยกเลิกแล้ว",
        "Cancelado",
    ),
}
STATUS = {**ORDER_WORDS, **{word: ours for ours, words in STATUS_WORDS.items() for word in words}}


def prepare(recognised: Recognised, context: Context) -> None:
    """Find out the date order and the currency; raises AmbiguousDates or CurrencyWanted."""
    order, hints = DateOrder(), CurrencyHints()
    wanted = (*TIMES, *AMOUNTS, "currency", "country")
    for chunk in scan(recognised.table, recognised.header, recognised.places, wanted):
        for name in TIMES:
            if name in chunk.columns:
                order.see(chunk.columns[name])
        hints.see(chunk.columns, AMOUNTS)
    context.settings["dates"] = order.decide(recognised.table.name, context.settings.get("dates"))
    given = context.settings.get("currency")
    context.settings["currency"] = hints.decide(recognised.table.name, given)


def parse(rows: Rows, context: Context) -> Parsed:
    """Order lines of one chunk, and one estimated refund per order with money to refund."""
    _skip_descriptions(rows)
    status = rows.choice("status", STATUS, missing="unpaid")
    times = _times(rows, context, status)
    currency = str(rows.setting(context, "currency", context.currency))
    order_id, platform_sku = rows.identifier("order_id"), rows.identifier("platform_sku")
    line_id = _line_ids(rows, context, order_id, platform_sku)
    first = _first_of_order(rows, context, order_id)
    columns: dict[str, Values] = {
        "order_id": order_id,
        "line_id": line_id,
        **{name: times[name] for name in ("created_at", "paid_at", "shipped_at")},
        "completed_at": np.where(status == "completed", times["delivered_at"], MISSING),
        "paid_on": days_of(times["paid_at"], context.time_zone),
        "status": status,
        "after_sale": _after_sale(rows),
        **_product(rows, platform_sku),
        **_money(rows, currency, first),
        "currency": np.full(len(rows), currency, object),
        "buyer_key": rows.people(context, "buyer"),
        "province": rows.text("province"),
        "courier": couriers(rows.cells("courier")),
        "updated_at": latest(*times.values()),
    }
    ids = ("order_id", "line_id")
    content = [values for name, values in sorted(columns.items()) if name not in ids]
    rank = np.array([ORDER_RANK[word] for word in status], np.int64)
    columns["payload_hash"] = rows.version(content, rank)
    refunds = _refunds(rows, context, columns, times, currency)
    lines = rows.batch("order_line", PLATFORM, columns)
    return Parsed(rows, [lines, _of_first_rows(rows, refunds)])


def _skip_descriptions(rows: Rows) -> None:
    """Row 2 explains the columns: words where the order id and the quantity should be."""
    order_id, quantity = rows.cells("order_id"), rows.cells("quantity")
    worded = pc.fill_null(pc.match_substring_regex(order_id, r"^\D"), False)
    wordy = pc.fill_null(pc.match_substring_regex(quantity, r"^\D"), True)
    rows.skip_where(np.asarray(pc.and_(worded, wordy)))
    no_id = pc.fill_null(pc.match_substring_regex(order_id, r"^\d+$"), True)
    no_id = ~np.asarray(no_id) & ~np.asarray(
        pc.fill_null(pc.match_substring_regex(order_id, r"^\d[\d.]*[eE.]"), False)
    )
    rows.refuse_where(no_id, "order_id", "BadId")


def _times(rows: Rows, context: Context, status: Values) -> dict[str, Values]:
    order = str(rows.setting(context, "dates", "ymd"))
    zone = context.time_zone
    times = {name: rows.instant(name, zone, required=name == "created_at", order=order) for name in TIMES}
    if not rows.has("paid_at"):
        nothing_back = rows.integers("refund", _any_amount, "BadMoney") == 0
        unpaid = (status == "unpaid") | ((status == "cancelled") & nothing_back)
        times["paid_at"] = np.where(unpaid, MISSING, times["created_at"])
    return times


def _any_amount(cell: str) -> int:
    """1 for an amount above zero in whatever currency, else 0."""
    return int(any(character in "123456789" for character in cell))


def _line_ids(rows: Rows, context: Context, order_id: Values, sku: Values) -> Values:
    """`order/SKU/occurrence`, so that the same SKU on two rows of an order stays two lines."""
    if rows.has("record_key"):
        keys = np.asarray(rows.cells("record_key").to_numpy(zero_copy_only=False))
    else:
        result = context.seen.occurrences(content_hash((order_id, sku)))
        parts = zip(order_id, sku, result.tolist(), strict=True)
        keys = np.array([f"{order}/{code}/{number}" for order, code, number in parts] or [], object)
    rows.extra["record_key"] = keys
    return keys


def _first_of_order(rows: Rows, context: Context, order_id: Values) -> Values:
    """Which rows are the first of their order in the file."""
    if rows.has("first_row"):
        first = np.array([cell == "True" for cell in rows.cells("first_row").to_pylist()], bool)
    else:
        first = context.seen.occurrences(content_hash((order_id,))) == 1
    rows.extra["first_row"] = first.astype(object)
    return first


def _product(rows: Rows, platform_sku: Values) -> dict[str, Values]:
    sku = [own or theirs or "" for own, theirs in zip(rows.text("seller_sku"), platform_sku, strict=True)]
    rows.refuse_long(pa.array(sku, pa.string()), "seller_sku")
    return {
        "sku": np.array(sku or [], object),
        "product_id": np.full(len(rows), None, object),
        "platform_sku": platform_sku,
        "title": rows.text("title"),
        "spec": rows.text("spec"),
    }


def _money(rows: Rows, currency: str, first: Values) -> dict[str, Values]:
    """list = seller + platform + paid: the seller's discount follows from the other three."""
    quantity = rows.whole("quantity", required=True)
    rows.refuse_where((quantity <= 0) & (quantity != MISSING), "quantity", "NotPositive")
    read = _reader(rows, currency)
    listed, paid = read("list_value", required=True), read("buyer_paid", required=True)
    platform = read("platform_discount")
    for name, values in (("list_value", listed), ("buyer_paid", paid)):
        rows.refuse_where(values < 0, name, "Negative")
    platform = np.abs(platform)  # some files write what was taken off with a minus
    seller = listed - platform - paid
    rows.refuse_where(seller < 0, "buyer_paid", "MoreThanList")
    return {
        "quantity": quantity,
        "list_cents": listed,
        "seller_discount_cents": seller,
        "platform_discount_cents": platform,
        "buyer_paid_cents": paid,
        "shipping_cents": np.where(first, read("shipping"), 0),
    }


def _reader(rows: Rows, currency: str) -> Any:
    convert = partial(amount, currency=currency, decimal=rows.decimal, extra=FINER, rounded=True)
    return partial(rows.rounded_amounts, convert=convert, digits=minor_digits(currency))


def _after_sale(rows: Rows) -> Values:
    returned = rows.whole("returned")
    back = (returned != MISSING) & (returned > 0)
    return np.array(["refunded" if item else None for item in back.tolist()] or [], object)


def _refunds(
    rows: Rows, context: Context, lines: dict[str, Values], times: dict[str, Values], currency: str
) -> dict[str, Values]:
    """The refund of each row's order: goods first, then shipping; sales tax is in no figure."""
    read = _reader(rows, currency)
    back = np.abs(read("refund"))
    total, shipping = read("order_amount", missing=MISSING), read("shipping")
    taxes = np.maximum(read("taxes"), 0)
    goods = np.where(total == MISSING, back, np.minimum(back, np.maximum(total - shipping - taxes, 0)))
    rest = back - goods
    given_at = np.where(times["cancelled_at"] != MISSING, times["cancelled_at"], times["paid_at"])
    given_at = np.where(given_at == MISSING, times["created_at"], given_at)
    cancelled = lines["status"] == "cancelled"
    before = cancelled & (times["shipped_at"] == MISSING) & rows.has("shipped_at")
    columns: dict[str, Values] = {
        "refund_id": lines["order_id"],
        "order_id": lines["order_id"],
        "kind": np.where(before, "refund_only", "unknown").astype(object),
        "stage": np.where(before, "before_ship", "unknown").astype(object),
        "status": np.full(len(rows), "refunded", object),
        "refunded_at": given_at,
        "refunded_on": days_of(given_at, context.time_zone),
        "amount_cents": goods,
        "shipping_cents": np.where(taxes > 0, np.minimum(rest, np.maximum(shipping, 0)), rest),
        "currency": np.full(len(rows), currency, object),
        "is_estimate": np.ones(len(rows), bool),
        "updated_at": lines["updated_at"],
    }
    columns["payload_hash"] = payload_hash(
        [values for name, values in sorted(columns.items())], np.minimum(back, 2**24 - 1)
    )
    return columns


def _of_first_rows(rows: Rows, refunds: dict[str, Values]) -> IngestBatch:
    """One refund per order: of its first row in this chunk that can be read."""
    accepted = np.flatnonzero(rows.accepted() & (refunds["amount_cents"] + refunds["shipping_cents"] > 0))
    _, places = np.unique(refunds["order_id"][accepted].astype(str), return_index=True)
    return rows.batch("refund", PLATFORM, refunds, accepted[np.sort(places)])
