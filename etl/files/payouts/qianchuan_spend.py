"""Ocean Engine 千川 report: what advertising cost per day, by account, plan, product or live session.

Grain: one day and one account, plan, product or session (the whole account where no column names one). A report by
session may give its start in place of a day. Amounts in yuan, times on the Beijing clock.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from etl.files.base import Parsed
from etl.files.fields import Context, FileField
from etl.files.payouts.ad_rows import ad_batch
from etl.files.rows import Rows

NAME = "qianchuan_spend"
PLATFORM = "douyin"
VERSION = 2
PRIORITY = 340
ZONE = "Asia/Shanghai"
STARTED = ("开播时间", "直播开始时间", "直播开播时间")

FIELDS = (
    FileField("day", ("日期", "时间-天", "时间", "统计日期", "数据日期", *STARTED), required=True),
    FileField(
        "spent",
        ("消耗", "消耗(元)", "总消耗", "总消耗(元)", "整体消耗", "整体消耗(元)", "账户消耗", "花费(元)"),
        required=True,
        money=True,
    ),
    FileField("account", ("账户ID", "广告账户ID", "账户名称", "广告主ID")),
    FileField("plan", ("计划ID", "单元ID", "计划名称")),
    FileField("product_id", ("商品ID", "商品id", "推广商品ID")),
    FileField("session_id", ("直播间ID", "直播间id", "直播场次ID")),
    FileField("started_at", STARTED),
    FileField("shown", ("展示次数", "展示数", "曝光次数", "整体展示次数")),
)


def parse(rows: Rows, context: Context) -> Parsed:
    """The spend of one chunk; rows of totals are skipped."""
    total = pc.match_substring_regex(rows.cells("day"), "合计|总计|汇总|全部")
    rows.skip_where(np.asarray(pc.fill_null(total, False)))
    day = rows.instant("day", context.time_zone, required=True)
    started = rows.instant("started_at", ZONE)
    product, session = (rows.identifier(name, required=False) for name in ("product_id", "session_id"))
    names = ("account", "plan", "product_id", "session_id", "started_at")
    parts = [pc.fill_null(rows.cells(name), "") for name in names]
    account = pc.utf8_trim(pc.binary_join_element_wise(*parts, "/"), "/")
    rows.refuse_long(account, "account")
    spent = rows.cents("spent", required=True)
    rows.refuse_where(spent < 0, "spent", "Negative")
    is_given = {name: np.asarray(rows.cells(name).is_valid()) for name in names}
    is_session = is_given["session_id"] | is_given["started_at"]
    level = np.select(
        [is_given["product_id"], is_session, is_given["plan"]], ["product", "session", "plan"], "account"
    )
    batch = ad_batch(
        rows,
        context,
        PLATFORM,
        day,
        np.asarray(account.to_numpy(zero_copy_only=False)),
        spent,
        np.full(len(rows), "CNY", object),
        advertiser=np.asarray(parts[0].to_numpy(zero_copy_only=False)),
        level=level.astype(object),
        product_id=product,
        session_id=session,
        session_started_at=started,
    )
    return Parsed(rows, [batch])
