"""Douyin shop (抖店) order export: one row per sub-order, two known header layouts.

The facts are in the platform's back office export of 2022 to 2026: amounts in yuan, ids behind a tab,
times on the Beijing clock, personal cells masked or enciphered. Rows may join several sub-orders in
one cell with `;`. The columns can be chosen at the export: without the moment of payment an order counts on the day it
was placed, unless it was closed unshipped and nothing was refunded (never paid); without the unit price the list value
is what was paid and what the discounts were. The file names neither session nor video: attribution is by order time
(grade C).
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.couriers import couriers
from etl.files.base import Parsed, Recognised
from etl.files.fields import Context, FileField, Values
from etl.files.orders.dispatch import promised_at
from etl.files.orders.status_words import ORDER_WORDS
from etl.files.refund_estimates import estimated_refunds
from etl.files.rows import Rows
from etl.ranks import CASE_RANK, ORDER_RANK
from etl.tables.base import Chunk
from etl.tables.cells import to_cents, to_count
from etl.tables.timestamps import days_of, latest
from shop.core.money import split, to_decimal
from shop.orders.batch import MISSING

NAME = "douyin_orders"
PLATFORM = "douyin"
VERSION = 4
PRIORITY = 10
ZONE = "Asia/Shanghai"

PAYMENT = re.compile(r"[付款支].*(?:时间|日期)")  # the moment of payment under another name
PRICE = re.compile(r"单价|商品(?:金额|价格|原价|总价)")
FIELDS = (
    FileField("order_id", ("主订单编号", "订单编号"), required=True),
    FileField("line_id", ("子订单编号",), required=True),
    FileField("title", ("选购商品", "商品名称"), required=True),
    FileField("spec", ("商品规格",)),
    FileField("quantity", ("商品数量",), required=True),
    FileField("product_id", ("商品ID",), required=True, instead=("merchant_code", "article_number")),
    FileField("merchant_code", ("商家编码",)),
    FileField("article_number", ("货号",)),
    FileField(
        "unit", ("商品单价", "商品金额"), required=True, money=True, instead=("shop_borne",), like=PRICE
    ),
    FileField("due", ("订单应付金额",), required=True, money=True),
    FileField("shipping", ("运费",), money=True),
    FileField("discounts", ("优惠总金额",), money=True),
    FileField("platform_discount", ("平台优惠",), money=True),
    FileField("creator_discount", ("达人优惠",), money=True),
    FileField("platform_borne", ("平台实际承担优惠金额",), money=True),
    FileField("shop_borne", ("商家实际承担优惠金额",), money=True),
    FileField("creator_borne", ("达人实际承担优惠金额",), money=True),
    FileField("payment_discount", ("支付优惠",), money=True),
    FileField("price_change", ("商家改价",), money=True),
    FileField("created_at", ("订单提交时间",), required=True),
    FileField("paid_at", ("支付完成时间",), required=True, instead=("created_at",), like=PAYMENT),
    FileField("shipped_at", ("发货时间",)),
    FileField("completed_at", ("订单完成时间",)),
    FileField("promised_at", ("承诺发货时间",)),
    FileField("waybill", ("快递信息",), personal=True),
    FileField("status", ("订单状态",), required=True),
    FileField("after_sale", ("售后状态",)),
    FileField("gift", ("订单类型",)),
    FileField("carrier", ("流量体裁",)),
    FileField("source", ("流量来源",)),
    FileField("channel", ("流量渠道",)),
    FileField("traffic_type", ("流量类型",)),
    FileField("ad_channel", ("广告渠道",)),
    FileField("creator_id", ("达人ID",)),
    FileField("creator", ("达人昵称",)),
    FileField("province", ("省",)),
    FileField("receiver", ("收件人",), personal=True),
    FileField("receiver_phone", ("收件人手机号",), personal=True),
)

STATUS = {
    "待支付": "unpaid",
    "待付款": "unpaid",
    "待确认": "unpaid",
    "已支付": "paid",
    "待发货": "paid",
    "备货中": "paid",
    "部分发货": "paid",
    "已发货": "shipped",
    "待收货": "shipped",
    "已签收": "delivered",
    "已完成": "completed",
    "已关闭": "cancelled",
    "已取消": "cancelled",
}
CARRIER = {
    "直播": "live",
    "直播间": "live",
    "短视频": "video",
    "商品卡": "product_card",
    "图文": "image_text",
    "其他": "other",
    "橱窗": "other",
    "数据将于第二天更新": "unknown",
}
PROVISIONAL = "数据将于第二天更新"
TRAFFIC = ("source", "carrier", "channel", "traffic_type", "ad_channel", "creator")
JOINED = ("line_id", "title", "spec", "quantity", "product_id", "merchant_code", "article_number", "unit")
SHARED_MONEY = (
    "due",
    "shipping",
    "platform_discount",
    "creator_discount",
    "platform_borne",
    "creator_borne",
    "payment_discount",
    "price_change",
)


def parse(rows: Rows, context: Context) -> Parsed:
    """Order lines of one chunk; list = seller discount + platform discount + buyer paid."""
    rows = split_joined(rows)
    times = {
        name: rows.instant(name, ZONE, required=name == "created_at")
        for name in ("created_at", "paid_at", "shipped_at", "completed_at")
    }
    status = rows.choice("status", {**ORDER_WORDS, **STATUS}, missing="unpaid")
    after_sale = rows.translated("after_sale", returned)
    if not rows.has("paid_at"):
        closed = (status == "cancelled") & (after_sale != "refunded") & (times["shipped_at"] == MISSING)
        times["paid_at"] = np.where((status == "unpaid") | closed, MISSING, times["created_at"])
    columns: dict[str, Values] = {
        "order_id": rows.identifier("order_id"),
        "line_id": rows.identifier("line_id"),
        **times,
        "paid_on": days_of(times["paid_at"], context.time_zone),
        "status": status,
        "after_sale": after_sale,
        **_product(rows),
        **_money(rows),
        **_attribution(rows),
        **(words := {f"traffic_{name}": _words(rows, name) for name in TRAFFIC}),
        "buyer_key": rows.people(context, "receiver", "receiver_phone"),
        "province": rows.text("province"),
        "promised_at": promised_at(rows, ZONE, status),
        "courier": couriers(rows.cells("waybill")),
    }
    columns["updated_at"] = latest(*times.values())
    columns["payload_hash"] = _version(rows, columns)
    columns["currency"] = np.full(len(rows), "CNY", object)
    columns["traffic"] = _together([columns.pop(name) for name in words])
    batches = [rows.batch("order_line", PLATFORM, columns)]
    if refunds := estimated_refunds(rows, context, PLATFORM, columns, columns["buyer_paid_cents"]):
        batches.append(refunds)
    return Parsed(rows, batches)


def counts_by_order_day(recognised: Recognised) -> bool:
    """Whether the file lacks the moment of payment."""
    return "paid_at" not in recognised.places


def _product(rows: Rows) -> dict[str, Values]:
    """The SKU is the shop's own code; without one, the platform's product and the chosen form."""
    product, spec, title = rows.cells("product_id"), rows.cells("spec"), rows.cells("title")
    by_platform = pc.if_else(
        pc.is_valid(spec), pc.binary_join_element_wise(product, pc.fill_null(spec, ""), "/"), product
    )
    codes = (rows.cells("merchant_code"), rows.cells("article_number"))
    keys = pc.fill_null(pc.coalesce(*codes, by_platform, title), "")
    rows.refuse_long(keys, "merchant_code")
    sku = keys.dictionary_encode()
    words = np.array([*sku.dictionary.to_pylist(), None], object)
    return {
        "sku": rows.coded(words, np.asarray(sku.indices)),
        "product_id": rows.identifier("product_id", required=False),
        "title": rows.text("title", required=True),
        "spec": rows.text("spec"),
    }


def _money(rows: Rows) -> dict[str, Values]:
    """The money of each line in fen; who bears a discount decides what the shop is credited for."""
    quantity = rows.whole("quantity", required=True)
    rows.refuse_where((quantity <= 0) & (quantity != MISSING), "quantity", "NotPositive")
    has_price = rows.has("unit")
    unit = rows.cents("unit", required=has_price)
    rows.refuse_where(unit < 0, "unit", "Negative")
    due, shipping = rows.cents("due", required=True), rows.cents("shipping")
    payment = rows.cents("payment_discount")
    borne = _borne(rows, "platform_borne", "platform_discount")
    borne += _borne(rows, "creator_borne", "creator_discount")
    buyer_paid = due - shipping - payment
    rows.refuse_where(buyer_paid < 0, "due", "Negative")
    platform = borne + payment
    listed = unit * np.maximum(quantity, 0) if has_price else buyer_paid + platform + rows.cents("shop_borne")
    seller = listed - buyer_paid - platform
    raised = rows.cents("price_change") != 0
    rows.refuse_where((seller < 0) & ~raised, "due", "MoreThanList")
    return {
        "quantity": quantity,
        "list_cents": listed,
        "seller_discount_cents": seller,
        "platform_discount_cents": platform,
        "buyer_paid_cents": buyer_paid,
        "shipping_cents": shipping,
    }


def _borne(rows: Rows, reported: str, planned: str) -> Values:
    """What another than the shop really bears, where given; else the discount as announced."""
    known = rows.cents(reported, missing=int(MISSING))
    return np.where(known == MISSING, rows.cents(planned), known)


def _attribution(rows: Rows) -> dict[str, Values]:
    creator = rows.translated("creator_id", lambda cell: None if cell == "0" else cell)
    carrier = rows.translated("carrier", lambda cell: CARRIER.get(cell, "other"), "unknown")
    allied = rows.translated("source", lambda cell: "联盟" in cell, missing=False).astype(bool)
    return {
        "carrier": carrier,
        "creator_id": creator,
        "seller": np.where(allied | (creator != None), "partner", "own").astype(object),  # noqa: E711
        "attribution": np.where(carrier == "unknown", "D", "A").astype(object),
        "is_provisional": rows.translated("carrier", lambda cell: cell == PROVISIONAL, missing=False).astype(
            bool
        ),
    }


def _words(rows: Rows, name: str) -> Values:
    """What the platform gives as the traffic of each line; what it will only state the next day is unknown."""
    return rows.translated(name, lambda cell: None if cell in (PROVISIONAL, "-") else cell)


def _together(columns: list[Values]) -> Values:
    """The words of each line as one value."""
    joined: Values = np.empty(len(columns[0]), object)
    joined[:] = list(zip(*columns, strict=True))
    return joined


def returned(word: str) -> str:
    """An after-sale word as refunded, requested (still open) or closed."""
    if re.search("退款成功|已退款|已全额退款", word):
        return "refunded"
    return "closed" if re.search("关闭|拒绝|成功|取消|完成", word) else "asked"


DERIVED = {"order_id", "line_id", "paid_on", "attribution"}


def _version(rows: Rows, columns: dict[str, Values]) -> Values:
    """The hash over all content, led by how far the order and its after-sale case have come."""
    status = np.array([ORDER_RANK[word] for word in columns["status"]], np.int64)
    case = rows.translated("after_sale", lambda cell: CASE_RANK[returned(cell)], 0)
    rank = status * len(CASE_RANK) + case.astype(np.int64)
    content = [values for name, values in sorted(columns.items()) if name not in DERIVED]
    return rows.version(content, rank)


# --- several sub-orders in one row ---------------------------------------------------------------


def split_joined(rows: Rows) -> Rows:
    """Rows whose cells join several sub-orders with `;` as one row per sub-order.

    The row's money is split by list value with the largest remainder, so that the parts add up.
    A row whose cells join different numbers of parts is rejected.
    """
    joined = np.asarray(pc.fill_null(pc.match_substring_regex(rows.cells("line_id"), "[;；]"), False))
    if not joined.any():
        return rows
    records = [
        {name: cells[place].as_py() for name, cells in rows.chunk.columns.items()}
        for place in range(len(rows))
    ]
    numbers: list[int] = []
    parts: list[dict[str, Any]] = []
    for place, record in enumerate(records):
        pieces: list[dict[str, Any]] | str = _pieces(record, rows.decimal) if joined[place] else [record]
        if isinstance(pieces, str):
            rows.refuse([place], "line_id", pieces, found=(record["line_id"] or "")[:80])
            pieces = [record]
        numbers += [int(rows.numbers[place])] * len(pieces)
        parts += pieces
    return _rebuilt(rows, parts, numbers)


def _rebuilt(rows: Rows, parts: list[dict[str, Any]], numbers: list[int]) -> Rows:
    columns = {name: pa.array([part[name] for part in parts], pa.string()) for name in rows.chunk.columns}
    split = Rows(
        Chunk(columns, np.array(numbers, np.int64), rows.chunk.bad),
        tuple(rows.fields.values()),
        taught=rows.taught,
        decimal=rows.decimal,
    )
    for place, problem in rows.problems.items():
        row = int(rows.numbers[place])
        split.problems[numbers.index(row)] = problem
    return split


def _pieces(record: dict[str, Any], decimal: str) -> list[dict[str, Any]] | str:
    """The sub-orders that a row joins; the code of a reason where their shares cannot be known."""
    cells = {name: re.split("[;；]", record[name]) for name in JOINED if record.get(name)}
    count = len(cells["line_id"])
    lengths = {len(parts) for parts in cells.values()}
    if not lengths <= {1, count}:
        return "UnevenParts"
    if len(cells.get("quantity", ())) == 1:  # one number for all of them: their pieces together
        if record["quantity"].strip() != str(count):
            return "SharedQuantity"
        cells["quantity"] = ["1"] * count
    if len(cells.get("unit", ())) == 1 and _is_sum(record, cells["quantity"], decimal):
        return "SharedQuantity"
    pieces = [
        {
            **record,
            **{
                name: (parts * count if len(parts) == 1 else parts)[place].strip()
                for name, parts in cells.items()
            },
        }
        for place in range(count)
    ]
    return pieces if _share_money(record, pieces, decimal) else "UnevenParts"


def _is_sum(record: dict[str, Any], quantities: list[str], decimal: str) -> bool:
    """Whether the one price of a joined row is what all its pieces cost together."""
    try:
        pieces = sum(to_count(quantity) for quantity in quantities)
        read = partial(to_cents, decimal=decimal)
        due = read(record["due"]) - read(record.get("shipping") or "0")
        return pieces > 1 and read(record["unit"]) == due + read(record.get("discounts") or "0")
    except (ValueError, KeyError, TypeError):
        return False


def _share_money(record: dict[str, Any], pieces: list[dict[str, Any]], decimal: str) -> bool:
    try:
        weights = [to_cents(p["unit"], decimal) * to_count(p["quantity"]) for p in pieces]
        for name in SHARED_MONEY:
            if record.get(name):
                for piece, part in zip(pieces, split(to_cents(record[name], decimal), weights), strict=True):
                    piece[name] = yuan(part).replace(".", decimal)
    except (ValueError, KeyError, TypeError):
        return False
    return True


def yuan(cents: int) -> str:
    """An amount in fen as the export writes it: 123450 as 1234.50."""
    return str(to_decimal(cents, "CNY"))
