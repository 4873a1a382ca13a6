"""The Douyin shop's order export, in the two header variants seen in public importers."""

import numpy as np
import pyarrow as pa

from sample_data.generator.buyers import personal
from sample_data.generator.catalog import Catalog
from sample_data.generator.clock import DAY
from sample_data.generator.columns import Ints, blank, ids, joined, money, padded, pick, same, stamps, where
from sample_data.generator.douyin.aftersale import WORDS
from sample_data.generator.douyin.order_lines import PARTNERS, Lines

CARRIER_WORDS = ("直播", "短视频", "商品卡", "图文", "其他", "数据将于第二天更新")
STATUSES = ("待支付", "待发货", "已发货", "已完成", "已关闭")
MESSAGES = (
    *[""] * 40,
    "麻烦包装仔细一点，上次碎了",
    "送人的，请放贺卡",
    "想要釉色偏青一点的",
    "尽快发货谢谢",
    "要一对颜色接近的",
    "打电话 19900000001 再送",
    "不要放快递柜",
)
SERVICE_LIMIT, TO_ORDER_LIMIT = 2 * DAY, 21 * DAY
STOCK_LEAVES = 4 * DAY


def statuses(lines: Lines, now: int) -> Ints:
    """Return the index into `STATUSES` that each line has at the moment of export."""
    sent = (lines.shipped > 0) & (lines.shipped <= now)
    finished = (lines.done > 0) & (lines.done <= now)
    paid = np.where(finished, 3, np.where(sent, 2, 1))
    unpaid = np.where(lines.submitted > now - DAY, 0, 4)
    return np.where(lines.paid == 0, unpaid, np.where(lines.closed, 4, paid))


def order_columns(lines: Lines, catalog: Catalog, now: int) -> dict[str, pa.Array]:
    """Return every column that either header variant may need, one row per order line."""
    return {
        **_product_fields(lines, catalog),
        **_money(lines),
        **personal(lines.buyer),
        **_when(lines, now),
        **_attribution(lines),
        **_constant(len(lines)),
    }


def _product_fields(lines: Lines, catalog: Catalog) -> dict[str, pa.Array]:
    spec = pick([variant.spec for variant in catalog.variants], lines.variant)
    price = money(lines.unit_price)
    sku = pick([variant.sku for variant in catalog.variants], lines.variant)
    return {
        "主订单编号": ids(lines.order_id),
        "子订单编号": ids(lines.line_id),
        "选购商品": pick([variant.title for variant in catalog.variants], lines.variant),
        "商品规格": spec,
        "货号": sku,
        "商品数量": pa.array(lines.quantity),
        "商品ID": pick([f"\t{number}" for number in catalog.product_ids], lines.variant),
        "商家编码": sku,
        "商品单价": price,
        "商品金额": price,
    }


def _money(lines: Lines) -> dict[str, pa.Array]:
    seller, platform = money(lines.seller_discount), money(lines.platform_discount)
    talent = money(lines.talent_discount)
    all_three = lines.seller_discount + lines.platform_discount + lines.talent_discount
    none = money(np.zeros(len(lines), dtype=np.int64))
    return {
        "订单应付金额": money(lines.payable),
        "运费": money(lines.shipping),
        "优惠总金额": money(all_three),
        "平台优惠": platform,
        "商家优惠": seller,
        "达人优惠": talent,
        "商家改价": money(lines.price_change),
        "支付优惠": money(lines.pay_discount),
        "红包抵扣": none,
        "平台实际承担优惠金额": platform,
        "商家实际承担优惠金额": seller,
        "达人实际承担优惠金额": talent,
    }


def service_limit(wait: Ints | int) -> Ints:
    """How long after payment an order may leave (seconds), by how long it takes: longer for pieces made to order."""
    return np.where(wait > STOCK_LEAVES, TO_ORDER_LIMIT, SERVICE_LIMIT)


def _when(lines: Lines, now: int) -> dict[str, pa.Array]:
    status = statuses(lines, now)
    promised = np.where(lines.paid > 0, lines.paid + service_limit(lines.shipped - lines.paid), 0)
    shipped = np.where((status >= 2) & (lines.shipped <= now), lines.shipped, 0)
    waybill = where(shipped > 0, joined("SF", padded(lines.line_id // 1009, 13), "-顺丰速运"), "")
    reason = np.where(status == 4, np.where(lines.paid == 0, 1, 2), 0)
    return {
        "订单提交时间": stamps(lines.submitted, empty=None),
        "支付完成时间": stamps(lines.paid),
        "订单完成时间": stamps(np.where(status == 3, lines.done, 0)),
        "承诺发货时间": stamps(promised),
        "发货时间": stamps(shipped),
        "快递信息": waybill,
        "订单状态": pick(STATUSES, status),
        "取消原因": pick(("-", "超时未支付", "用户申请退款"), reason),
        "售后状态": pick(WORDS, lines.aftersale),
        "买家留言": pick(MESSAGES, lines.order_id // 1_000_003 % len(MESSAGES)),
    }


def _attribution(lines: Lines) -> dict[str, pa.Array]:
    partner = lines.partner + 1
    return {
        "达人ID": pick(("-", *(f"\t{number}" for number, _ in PARTNERS)), partner),
        "达人昵称": pick(("-", *(name for _, name in PARTNERS)), partner),
        "流量来源": pick(("小店自卖", "精选联盟"), partner > 0),
        "流量体裁": pick(CARRIER_WORDS, lines.carrier),
    }


def _constant(rows: int) -> dict[str, pa.Array]:
    words = {
        "支付方式": "微信支付",
        "APP渠道": "抖音",
        "订单类型": "普通订单",
        "是否修改过地址": "否",
        "是否安心购": "否",
        "街道": "-",
    }
    return {name: same(word, rows) for name, word in words.items()} | {"商家备注": blank(rows)}
