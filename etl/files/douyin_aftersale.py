"""Douyin shop (抖店) after-sale export: one row per case of money or goods requested back.

Grain: one case (售后单号). Amounts in yuan, goods without shipping, times on the Beijing
clock. Only a case whose money has left counts as refunded, on the day it left. Notes of the
buyer and the shop, addresses and phone numbers are never read.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from etl.files.base import Parsed
from etl.files.fields import Context, FileField, Values
from etl.files.rows import Rows
from etl.ranks import CASE_RANK
from etl.tables.timestamps import days_of, latest
from shop.orders.batch import MISSING

NAME = "douyin_aftersale"
PLATFORM = "douyin"
VERSION = 1
PRIORITY = 20
ZONE = "Asia/Shanghai"

FIELDS = (
    FileField("refund_id", ("售后单号", "售后编号"), required=True),
    FileField("order_id", ("订单号", "主订单编号"), required=True),
    FileField("line_id", ("商品单号", "子订单编号"), required=True),
    FileField("shipped", ("商品发货状态",)),
    FileField("kind", ("售后类型",), required=True),
    FileField("amount", ("退商品金额（元）", "退商品金额"), required=True, money=True),
    FileField("shipping", ("退运费金额（元）", "退运费金额"), money=True),
    FileField("status", ("售后状态",), required=True),
    FileField("requested_at", ("售后申请时间",), required=True),
    FileField("reason", ("售后原因",)),
    FileField("reason_label", ("售后原因标签",)),
    FileField("returned_at", ("退货发货时间",)),
    FileField("agreed_at", ("同意售后申请时间",)),
    FileField("paid_back_at", ("商家退款时间",)),
    FileField("arrived_at", ("用户到账时间",)),
    FileField("closed_at", ("售后关闭时间",)),
    FileField("ended_at", ("售后完结时间",)),
)
TIMES = ("requested_at", "returned_at", "agreed_at", "paid_back_at", "arrived_at", "closed_at", "ended_at")

REFUNDED = re.compile("退款成功|退款完成|已退款|已全额退款")
CLOSED = re.compile("关闭|拒绝|换货成功|补寄成功|维修成功|取消|撤销")
KINDS = (
    (re.compile("退货"), "return_refund"),
    (re.compile("换货"), "exchange"),
    (re.compile("补寄"), "resend"),
    (re.compile("退款"), "refund_only"),
)


def parse(rows: Rows, context: Context) -> Parsed:
    """The cases of one chunk; a refunded case without any refund time is rejected."""
    times = {name: rows.instant(name, ZONE, required=name == "requested_at") for name in TIMES}
    status = _status(rows)
    money_left = status == "refunded"
    given = _first_known(times["paid_back_at"], times["arrived_at"], times["ended_at"])
    rows.refuse_where(money_left & (given == MISSING), "paid_back_at", "NoRefundTime")
    refunded_at = np.where(money_left, given, MISSING)
    columns: dict[str, Values] = {
        "refund_id": rows.identifier("refund_id"),
        "order_id": rows.identifier("order_id"),
        "line_id": rows.identifier("line_id"),
        "kind": _worded(rows.text("kind"), _kind),
        "stage": _stage(rows),
        "status": status,
        "reason": rows.text("reason"),
        "reason_label": rows.text("reason_label"),
        "requested_at": times["requested_at"],
        "refunded_at": refunded_at,
        "refunded_on": days_of(refunded_at, context.time_zone),
        **_money(rows, status),
        "updated_at": latest(*times.values()),
        "currency": np.full(len(rows), "CNY", object),
    }
    content = [values for name, values in sorted(columns.items()) if name != "refund_id"]
    rank = np.array([CASE_RANK[word] for word in status], np.int64)
    columns["payload_hash"] = rows.version(content, rank)
    return Parsed(rows, [rows.batch("refund", PLATFORM, columns)])


def _status(rows: Rows) -> Values:
    words = rows.text("status", required=True)
    return _worded(words, _state)


def _state(word: str | None) -> str:
    if word and REFUNDED.search(word):
        return "refunded"
    return "closed" if word and CLOSED.search(word) else "asked"


def _kind(word: str | None) -> str:
    return next((ours for pattern, ours in KINDS if word and pattern.search(word)), "unknown")


def _stage(rows: Rows) -> Values:
    """Before or after shipping, from the shipping word, else from the kind of case."""
    shipped = _worded(rows.text("shipped"), _shipping_stage)
    return np.where(shipped != "unknown", shipped, _worded(rows.text("kind"), _shipping_stage))


def _shipping_stage(word: str | None) -> str:
    if word and re.search("未发货|待发货|发货前", word):
        return "before_ship"
    after = word and re.search("已发货|已收货|已签收|部分发货|退货|换货|发货后", word)
    return "after_ship" if after else "unknown"


def _money(rows: Rows, status: Values) -> dict[str, Values]:
    """Goods and shipping in fen; a case that was closed gave nothing back."""
    goods, shipping = rows.cents("amount", required=True), rows.cents("shipping")
    rows.refuse_where(goods < 0, "amount", "Negative")
    rows.refuse_where(shipping < 0, "shipping", "Negative")
    nothing = status == "closed"
    return {"amount_cents": np.where(nothing, 0, goods), "shipping_cents": np.where(nothing, 0, shipping)}


def _worded(words: Values, given: Callable[[str | None], str]) -> Values:
    known = {word: given(word) for word in set(words)}
    return np.array([known[word] for word in words], object)


def _first_known(*moments: Values) -> Values:
    result = moments[0]
    for other in moments[1:]:
        result = np.where(result == MISSING, other, result)
    return result
