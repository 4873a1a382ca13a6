"""Ocean Engine 千川 daily report: what advertising cost per day, by account or plan where the file has one.

Grain: one day and one account, plan or product (the whole account where no column names one). Amounts in yuan.
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
VERSION = 1
PRIORITY = 340

FIELDS = (
    FileField("day", ("日期", "时间-天", "时间", "统计日期", "数据日期"), required=True),
    FileField(
        "spent",
        ("消耗", "消耗(元)", "总消耗", "总消耗(元)", "整体消耗", "整体消耗(元)", "账户消耗", "花费(元)"),
        required=True,
        money=True,
    ),
    FileField("account", ("账户ID", "广告账户ID", "账户名称", "广告主ID")),
    FileField("plan", ("计划ID", "单元ID", "计划名称")),
    FileField("shown", ("展示次数", "展示数", "曝光次数", "整体展示次数")),
)


def parse(rows: Rows, context: Context) -> Parsed:
    """The spend of one chunk; rows of totals are skipped."""
    total = pc.match_substring_regex(rows.cells("day"), "合计|总计|汇总|全部")
    rows.skip_where(np.asarray(pc.fill_null(total, False)))
    day = rows.instant("day", context.time_zone, required=True)
    parts = [pc.fill_null(rows.cells(name), "") for name in ("account", "plan")]
    account = pc.utf8_trim(pc.binary_join_element_wise(*parts, "/"), "/")
    spent = rows.cents("spent", required=True)
    rows.refuse_where(spent < 0, "spent", "Negative")
    accounts = np.asarray(account.to_numpy(zero_copy_only=False))
    currency = np.full(len(rows), "CNY", object)
    return Parsed(rows, [ad_batch(rows, context, PLATFORM, day, accounts, spent, currency)])
