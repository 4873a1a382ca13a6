"""What goes wrong after the sale: breakage, returns, refunds that come late, exchanges."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from sample_data.generator.buyers import ADDRESS_MARK, PHONE_START
from sample_data.generator.catalog import Catalog
from sample_data.generator.clock import DAY, HOUR
from sample_data.generator.columns import Ints, Mask, blank, ids, joined, money, pick, same, stamps
from sample_data.generator.douyin.order_lines import Lines

SHARE = 0.088


class Kind(NamedTuple):
    """One way an after-sale case runs, with the words of both exports and its share in percent."""

    share: int
    type: str
    final: str
    pending: str
    refunds: bool
    closes: bool


KINDS = (
    Kind(24, "仅退款", "退款成功", "售后待处理", True, True),
    Kind(4, "仅退款", "同意退款，退款成功", "售后待处理", True, True),
    Kind(34, "退货退款", "退款成功", "待收退货", True, True),
    Kind(18, "仅退款", "退款成功", "售后待处理", True, False),
    Kind(6, "退货退款", "售后已拒绝", "待退货", False, False),
    Kind(7, "退货退款", "售后关闭", "待退货", False, False),
    Kind(4, "换货", "换货成功", "待退货", False, False),
    Kind(3, "补寄", "补寄成功", "售后待处理", False, False),
)
BEFORE_SHIPPING, PARTIAL = (0, 1), 3
NONE = "-"
WORDS = (NONE, *dict.fromkeys([kind.final for kind in KINDS] + [kind.pending for kind in KINDS]))
REASONS = {
    "early": ("不想要了", "拍错/多拍", "地址填错了", "未按约定时间发货", "与商家协商一致退款"),
    "late": (
        "破损",
        "釉色与图片不符",
        "七天无理由退货",
        "尺寸不符",
        "有黑点/针孔",
        "杯口有磕碰",
        "包装破损/盖碗碎了",
        "与描述不符",
    ),
    "swap": ("破损", "少件/漏发", "发错货"),
}
ALL_REASONS = REASONS["early"] + REASONS["late"] + REASONS["swap"]
BUYER_NOTES = ("", "", "收到碎了一个", "颜色和直播间看的不一样", "比想象的小", "盖子合不上", "家里人不喜欢")


@dataclass
class Cases:
    """One entry per after-sale case known at the moment of export; `line` points into its span.

    `refunded` is 0 until the money is refunded; `amount` is the goods' money in fen.
    """

    line: Ints
    kind: Ints
    word: Ints
    applied: Ints
    refunded: Ints
    ended: Ints
    amount: Ints
    shipping: Ints
    reason: Ints

    def __len__(self) -> int:
        return len(self.line)


def run_cases(lines: Lines, now: int, rng: np.random.Generator) -> Cases:
    """Ship every paid line, let some go wrong, and return the cases that exist at `now`."""
    _ship(lines, rng)
    line = np.flatnonzero((lines.paid > 0) & ~lines.trapped & (rng.random(len(lines)) < SHARE))
    shares = np.cumsum([kind.share for kind in KINDS])
    kind = np.searchsorted(shares, rng.random(len(line)) * shares[-1], side="right")
    late = np.isin(kind, BEFORE_SHIPPING, invert=True)
    applied, ended = _moments(lines, line, late, rng)
    lines.shipped[line] = np.where(late, np.minimum(lines.shipped[line], applied - HOUR), 0)
    lines.done[line] = np.where(late, lines.done[line], 0)
    amount, shipping = _amounts(lines, line, kind, rng)
    reason = _reasons(kind, late, rng)
    over = ended <= now
    ended = np.where(over, ended, 0)
    word = np.where(over, _word_codes("final")[kind], _word_codes("pending")[kind])
    refunded = np.where(_pays(kind), ended, 0)
    cases = Cases(line, kind, word, applied, refunded, ended, amount, shipping, reason)
    return _known(cases, lines, now)


def _ship(lines: Lines, rng: np.random.Generator) -> None:
    """Pieces in stock leave within days, pieces produced to order within three weeks."""
    count, paid = len(lines), lines.paid > 0
    to_order = rng.random(count) < 0.08
    wait = np.where(to_order, 6 * DAY + rng.random(count) * 14 * DAY, rng.random(count) * 3 * DAY)
    shipped = lines.paid + 2 * HOUR + wait.astype(np.int64)
    lines.shipped = np.where(paid, shipped, 0)
    lines.done = np.where(paid, shipped + ((4 + 9 * rng.random(count)) * DAY).astype(np.int64), 0)


def _moments(lines: Lines, line: Ints, late: Mask, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return when each case was opened and ended: mostly 2 to 9 days after payment, at most 30."""
    count, paid = len(line), lines.paid[line]
    wait = lines.shipped[line] - paid
    early_at = paid + (rng.random(count) * np.minimum(wait, DAY) * 0.9).astype(np.int64) + 60
    early_end = early_at + (rng.random(count) * DAY).astype(np.int64)
    usual, tail = 2 + 7 * rng.random(count), 9 + 20 * rng.random(count)
    days = np.where(rng.random(count) < 0.86, usual, tail)
    late_end = paid + (days * DAY).astype(np.int64)
    late_at = paid + (days * DAY * (0.5 + 0.4 * rng.random(count))).astype(np.int64)
    return np.where(late, late_at, early_at), np.where(late, late_end, early_end)


def _amounts(lines: Lines, line: Ints, kind: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the goods' money and the shipping to refund in each case, in fen."""
    paid = lines.buyer_paid[line]
    part = paid * (10 + (rng.random(len(line)) * 50).astype(np.int64)) // 100
    pays = _pays(kind)
    amount = np.where(kind == PARTIAL, part, paid)
    shipping = np.where(np.isin(kind, BEFORE_SHIPPING), lines.shipping[line], 0)
    return np.where(pays, amount, 0), np.where(pays, shipping, 0)


def _reasons(kind: Ints, late: Mask, rng: np.random.Generator) -> Ints:
    draws = rng.random(len(kind))
    early, usual, swap = (len(REASONS[name]) for name in ("early", "late", "swap"))
    code = np.where(late, early + (draws * usual).astype(np.int64), (draws * early).astype(np.int64))
    return np.where(kind >= 6, early + usual + (draws * swap).astype(np.int64), code)


def _pays(kind: Ints) -> Mask:
    return np.array([kind.refunds for kind in KINDS])[kind]


def _word_codes(field: str) -> Ints:
    return np.array([WORDS.index(getattr(kind, field)) for kind in KINDS])


def _known(cases: Cases, lines: Lines, now: int) -> Cases:
    """Return the cases known at `now`, and mark their order lines."""
    mask = cases.applied <= now
    known = Cases(*(column[mask] for column in vars(cases).values()))
    lines.aftersale = np.zeros(len(lines), dtype=np.int64)
    lines.aftersale[known.line] = known.word
    closes = np.array([kind.closes for kind in KINDS])[known.kind] & (known.refunded > 0)
    lines.closed[known.line[closes]] = True
    return known


def case_columns(cases: Cases, lines: Lines, catalog: Catalog) -> dict[str, pa.Array]:
    """Return the after-sale export's columns, one row per case."""
    line, rows = cases.line, len(cases)
    variant = lines.variant[line]
    shipped = (lines.shipped[line] > 0) & (lines.shipped[line] <= cases.applied)
    refunded = cases.refunded
    return {
        "售后单号": ids(cases.applied * 80_000_000 + lines.line_id[line] % 80_000_000),
        "订单号": ids(lines.order_id[line]),
        "商品单号": ids(lines.line_id[line]),
        "商品名称": pick([variant.title for variant in catalog.variants], variant),
        "商品ID": pick([f"\t{number}" for number in catalog.product_ids], variant),
        "应付金额（元）": money(lines.payable[line]),
        "商品运费（元）": money(lines.shipping[line]),
        "支付优惠（元）": money(lines.pay_discount[line]),
        "商品税费（元）": money(np.zeros(rows, dtype=np.int64)),
        "商品发货状态": pick(("未发货", "已发货"), shipped),
        "售后类型": pick([kind.type for kind in KINDS], cases.kind),
        "退商品金额（元）": money(cases.amount),
        "退运费金额（元）": money(cases.shipping),
        "退支付优惠（元）": money(np.zeros(rows, dtype=np.int64)),
        "退税费金额（元）": money(np.zeros(rows, dtype=np.int64)),
        "售后状态": pick(WORDS, cases.word),
        "售后申请时间": stamps(cases.applied),
        "退款方式": pick((NONE, "原路退回"), refunded > 0),
        "是否已上传退款凭证": same("否", rows),
        "售后原因": pick(ALL_REASONS, cases.reason),
        "售后原因标签": pick(("", "商品质量问题"), np.isin(cases.reason, (5, 6, 8, 9, 10, 11))),
        "同意售后申请时间": stamps(np.where(refunded > 0, (cases.applied + refunded) // 2, 0)),
        "商家退款时间": stamps(refunded),
        "用户到账时间": stamps(np.where(refunded > 0, refunded + 5, 0)),
        "售后关闭时间": stamps(np.where(refunded > 0, 0, cases.ended)),
        "商家退货地址": joined("江西省景德镇市", ADDRESS_MARK, same("1号", rows)),
        "商家退货联系人姓名": same("陈客0000000", rows),
        "商家退货联系人电话": joined(PHONE_START, same("00000000", rows)),
        "仲裁状态": same(NONE, rows),
        "是否极速退款": same("否", rows),
        "是否拒签后退款": same("否", rows),
        "售后完结时间": stamps(cases.ended),
        "用户售后说明": pick(BUYER_NOTES, lines.line_id[line] // 1_000_003 % len(BUYER_NOTES)),
        "操作人": same("小陈", rows),
        "商家编码": pick([variant.sku for variant in catalog.variants], variant),
        "门店名称": blank(rows),
    }
