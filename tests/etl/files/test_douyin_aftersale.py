import pytest

from etl.files.douyin_aftersale import _kind, _shipping_stage, _state


def test_money_counts_on_the_day_it_left_and_only_then(load, rows):
    report = load("aftersale.csv")
    assert (report.read, report.stored, report.rejected) == (7, 5, 2)
    result = rows(
        "SELECT substr(refund_id, -3), status, stage, kind, amount_cents, shipping_cents, "
        "refunded_on, reason FROM refund ORDER BY 1"
    )
    assert result == [
        ("001", "refunded", "before_ship", "refund_only", 8800, 600, "2025-09-30", "不想要了"),
        ("002", "refunded", "after_ship", "return_refund", 128850, 0, "2025-10-05", "破损"),
        ("003", "closed", "after_ship", "exchange", 0, 0, None, "发错货"),
        ("004", "asked", "after_ship", "return_refund", 5000, 0, None, "釉色与图片不符"),
        ("007", "closed", "after_ship", "resend", 0, 0, None, None),
    ]


def test_a_refund_without_a_day_and_an_amount_in_words_are_rejected(load):
    reasons = [(r.row, r.column, r.code) for r in load("aftersale.csv").reasons]
    assert reasons == [(6, "商家退款时间", "NoRefundTime"), (7, "退商品金额（元）", "BadMoney")]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("退款成功", "refunded"),
        ("同意退款，退款成功", "refunded"),
        ("售后关闭", "closed"),
        ("售后已拒绝", "closed"),
        ("换货成功", "closed"),
        ("补寄成功", "closed"),
        ("待退货", "asked"),
        ("售后待处理", "asked"),
        ("待收退货", "asked"),
    ],
)
def test_state_words(word, state):
    assert _state(word) == state


def test_kinds_and_stages():
    assert [_kind(w) for w in ("退货退款", "仅退款", "换货", "补寄", "维修", None)] == [
        "return_refund",
        "refund_only",
        "exchange",
        "resend",
        "unknown",
        "unknown",
    ]
    assert [_shipping_stage(w) for w in ("未发货", "已发货", "未发货仅退款", "-", None)] == [
        "before_ship",
        "after_ship",
        "before_ship",
        "unknown",
        "unknown",
    ]
