"""Words that stand for an amount of money in its cell: nothing, no refund, free."""

from __future__ import annotations

NOTHING = frozenset(("无", "-", "--", "—", "/", "暂无", "none", "nil", "n/a", "null", "无数据"))
NO_REFUND = frozenset(
    ("无退款申请", "无退款", "未退款", "未申请退款", "没有退款", "无售后", "no refund", "not refunded")
)
FREE = frozenset(
    ("免费", "包邮", "免运费", "免邮", "赠品", "free", "gratis", "kostenlos", "gratuit", "free shipping")
)


def worded_amount(column: str, cell: str, missing: int) -> int | None:
    """An amount that a word stands for in this column: nothing, no refund, free; None for any other word."""
    word = cell.strip().casefold()
    is_refund = "refund" in column or column in ("amount", "returned")
    if word in NOTHING or (is_refund and word in NO_REFUND):
        return missing
    return 0 if not is_refund and word in FREE else None
