"""Kuaishou shop (快手小店) refund export: one row per case, often a workbook with a password.

Amounts in yuan, goods and postage in one sum; times on the Beijing clock. The money's day is 退款成功时间, else
the time of the last change.
"""

from __future__ import annotations

import numpy as np

from etl.files.base import Parsed
from etl.files.fields import Context, FileField
from etl.files.returns.case_rows import case_batch, worded
from etl.files.rows import Rows
from shop.orders.batch import MISSING

NAME = "kuaishou_aftersale"
PLATFORM = "kuaishou"
VERSION = 1
PRIORITY = 400
ZONE = "Asia/Shanghai"

FIELDS = (
    FileField("refund_id", ("退款单号", "售后单号", "退款编号", "售后编号"), required=True),
    FileField("order_id", ("订单号", "订单编号", "关联订单号"), required=True),
    FileField("kind", ("退款类型", "售后类型", "退款方式", "售后方式"), required=True),
    FileField(
        "amount",
        ("退款金额", "退款金额(元)", "申请退款金额", "申请金额", "退款总金额"),
        required=True,
        money=True,
    ),
    FileField("status", ("退款状态", "售后状态", "售后单状态"), required=True),
    FileField(
        "requested_at",
        ("退款申请时间", "申请时间", "售后申请时间", "退款发起时间", "退款创建时间"),
        required=True,
    ),
    FileField("refunded_at", ("退款成功时间", "退款完成时间", "退款时间", "售后完成时间", "售后完结时间")),
    FileField("changed_at", ("更新时间", "退款更新时间", "售后更新时间")),
    FileField("reason", ("退款原因", "售后原因", "申请原因")),
    FileField("stage", ("发货状态", "收货状态", "订单状态", "售后发货状态")),
)
STATES = (("成功|已退款|完成", "refunded"), ("关闭|拒绝|撤销|取消|驳回", "closed"))
KINDS = (("退货", "return_refund"), ("换货", "exchange"), ("补寄", "resend"), ("退款", "refund_only"))
STAGES = (("未发货|待发货|发货前", "before_ship"), ("已发货|收货|签收|发货后", "after_ship"))


def parse(rows: Rows, context: Context) -> Parsed:
    """The cases of one chunk."""
    requested_at = rows.instant("requested_at", ZONE, required=True)
    refunded_at, changed_at = rows.instant("refunded_at", ZONE), rows.instant("changed_at", ZONE)
    batch = case_batch(
        rows,
        context,
        PLATFORM,
        refund_id=rows.identifier("refund_id"),
        order_id=rows.identifier("order_id"),
        line_id=np.full(len(rows), None, object),
        status=worded(rows, "status", STATES, "asked"),
        kind=worded(rows, "kind", KINDS, "unknown"),
        stage=worded(rows, "stage", STAGES, "unknown"),
        amounts=rows.cents("amount", required=True),
        requested_at=requested_at,
        refunded_at=np.where(refunded_at == MISSING, changed_at, refunded_at),
        changed_at=changed_at,
        currency=np.full(len(rows), "CNY", object),
        name="refunded_at",
    )
    return Parsed(rows, [batch])
