"""The wire shapes of Douyin shop orders and after-sale cases (order.searchList, afterSale.List)."""

from collections.abc import Hashable
from typing import Any

from sample_data.generator.douyin.aftersale import ALL_REASONS, NONE
from sample_data.generator.douyin.order_lines import PARTNERS
from sample_data.generator.douyin.orders import MESSAGES
from sample_data.generator.sessions import ANCHOR
from sample_data.mock_platforms.douyin import presale
from sample_data.mock_platforms.history.buyers import Person, person
from sample_data.mock_platforms.history.orders import (
    CANCELLED,
    COMPLETED,
    PAID,
    SHIPPED,
    UNPAID,
    Case,
    Line,
    Order,
    by,
)

SHOP_ID, SHOP_NAME = 4_463_798, "窑边小陈手作陶瓷"
OWN_AUTHOR = 88_012_345_678
STATUS = {UNPAID: 1, PAID: 2, SHIPPED: 3, CANCELLED: 4, COMPLETED: 5}
STATUS_WORDS = {1: "待确认/待支付", 2: "备货中", 3: "已发货", 4: "已取消", 5: "已完成", 101: "部分发货"}
KIND_TYPES = {"退货退款": 0, "仅退款": 1, "换货": 3, "补寄": 7}
FINAL = {
    "退款成功": 12,
    "同意退款，退款成功": 12,
    "售后已拒绝": 27,
    "售后关闭": 28,
    "换货成功": 14,
    "补寄成功": 12,
}
OPEN = {"售后待处理": 6, "待退货": 7, "待收退货": 11}


def wanted(order: Order, statuses: Hashable, now: int) -> bool:
    """Return whether an order is in one of the statuses requested."""
    return isinstance(statuses, frozenset) and shop_status(order, now) in statuses


def shop_status(order: Order, now: int) -> int:
    """Return the parent order's status: that of its lines, 101 where only some have left."""
    statuses = {order.status(line, now) for line in order.lines_at(now)}
    open_ones = statuses - {CANCELLED}
    if not open_ones:
        return STATUS[CANCELLED]
    if PAID in open_ones and open_ones & {SHIPPED, COMPLETED}:
        return 101
    return STATUS[min(open_ones)]


def order(order: Order, now: int, updated: int) -> dict[str, Any]:
    """Return one shop order with its SKU orders."""
    who, lines = person(order.buyer), order.lines_at(now)
    status = shop_status(order, now)
    receiver = _receiver(who)
    skus = [_sku_order(order, line, now, updated, receiver) for line in lines]
    shared = _amounts(lines[0])
    if len(skus) > 1:
        shared = {name: sum(sku[name] for sku in skus) for name in shared}
    return {
        "order_id": str(order.number),
        "order_level": 2,
        "shop_id": SHOP_ID,
        "shop_name": SHOP_NAME,
        "open_id": "",
        "order_status": status,
        "order_status_desc": STATUS_WORDS[status],
        "main_status": status,
        "main_status_desc": STATUS_WORDS[status],
        **_times(order, lines, now, updated),
        **shared,
        "buyer_words": MESSAGES[order.number // 1_000_003 % len(MESSAGES)],
        "seller_words": "",
        "seller_remark_stars": 0,
        "cancel_reason": "" if status != 4 else "用户申请退款" if order.paid else "超时未支付",
        "doudian_open_id": who.open_id("douyin"),
        "user_nick_name": who.name,
        "user_icon": f"https://p3.example/{who.phone}.jpg",
        **receiver,
        "logistics_info": _logistics(order, lines, now),
        "sku_order_list": skus,
        "order_phase_list": [
            phase
            for line in lines
            for phase in presale.phases(order, line, _amounts(line)["pay_amount"], now)
        ],
        "promise_info": '{"latest_ship_time":1}',
        "shop_order_tag_ui": [],
        "user_tag_ui": [],
        "address_tag_ui": [],
        **_kinds(),
    }


def _kinds() -> dict[str, Any]:
    return {
        "order_type": 0,
        "order_type_desc": "普通订单",
        "trade_type": 0,
        "trade_type_desc": "普通",
        "biz": 2,
        "biz_desc": "小店",
        "b_type": 2,
        "b_type_desc": "抖音",
        "sub_b_type": 3,
        "sub_b_type_desc": "直播间",
        "pay_type": 1,
        "pay_type_desc": "微信支付",
    }


def _receiver(who: Person) -> dict[str, Any]:
    """Return the receiver in plain words, as ciphertext and masked: all of it must be dropped."""
    place = {
        "province": {"name": who.province, "id": "44"},
        "city": {"name": who.city, "id": "440300"},
        "town": {"name": who.district, "id": "440305"},
        "street": {"name": "", "id": ""},
    }
    return {
        "post_receiver": who.name,
        "post_tel": who.phone,
        "encrypt_post_receiver": who.secret_name,
        "encrypt_post_tel": who.secret_phone,
        "post_addr": {**place, "detail": who.street, "encrypt_detail": who.secret_street},
        "mask_post_receiver": who.name,
        "mask_post_tel": who.phone,
        "mask_post_addr": {**place, "detail": who.street},
    }


def _times(order: Order, lines: list[Line], now: int, updated: int) -> dict[str, int]:
    shipped = max((_known(line.shipped, now) for line in lines), default=0)
    closed = all(order.status(line, now) == COMPLETED for line in lines)
    return {
        "create_time": order.created,
        "update_time": updated,
        "pay_time": _known(order.paid, now),
        "ship_time": shipped,
        "finish_time": max(line.done for line in lines) if closed else 0,
        "exp_ship_time": order.promised if by(order.paid, now) else 0,
        "order_expire_time": 1_800,
        "appointment_ship_time": 0,
    }


def _known(moment: int, now: int) -> int:
    return moment if by(moment, now) else 0


def _amounts(line: Line) -> dict[str, int]:
    """Return the amounts that SKU orders and their parent share, in fen."""
    promotion = line.seller + line.platform + line.talent
    return {
        "order_amount": line.list_value + line.shipping,
        "pay_amount": line.payable,
        "post_amount": line.shipping,
        "post_origin_amount": line.shipping,
        "post_promotion_amount": 0,
        "post_insurance_amount": 0,
        "modify_amount": -line.change,
        "modify_post_amount": 0,
        "promotion_amount": promotion,
        "promotion_shop_amount": line.seller,
        "promotion_platform_amount": line.platform,
        "promotion_talent_amount": line.talent,
        "total_promotion_amount": promotion,
        "promotion_pay_amount": line.channel,
        "promotion_redpack_amount": 0,
        "promotion_redpack_platform_amount": 0,
        "promotion_redpack_talent_amount": 0,
        "shop_cost_amount": line.seller,
        "platform_cost_amount": line.platform + line.talent,
        "only_platform_cost_amount": line.platform,
        "author_cost_amount": line.talent,
        "packing_amount": 0,
        "tax_amount": 0,
    }


def _sku_order(order: Order, line: Line, now: int, updated: int, receiver: dict[str, Any]) -> dict[str, Any]:
    status = STATUS[order.status(line, now)]
    return {
        "order_id": str(line.number),
        "parent_order_id": str(order.number),
        "order_level": 3,
        "order_status": status,
        "order_status_desc": STATUS_WORDS[status],
        "main_status": status,
        **_times(order, [line], now, updated),
        **_amounts(line),
        "product_id": line.product,
        "product_id_str": str(line.product),
        "product_name": line.variant.title,
        "product_pic": "https://p9.example/pot.jpeg",
        "sku_id": sku_id(line.variant.sku, line.product),
        "code": line.variant.sku,
        "out_sku_id": 0,
        "out_product_id": 0,
        "spec": [{"name": "规格", "value": line.variant.spec}],
        "item_num": line.quantity,
        "goods_price": line.price,
        "origin_amount": line.price,
        "sum_amount": line.list_value,
        "goods_type": 0,
        "pre_sale_type": int(presale.is_presale(line)),
        "first_cid": 20_117,
        "given_product_type": "FREE" if line.gift else "MASTER",
        "master_sku_order_id_list": [str(order.number)] if line.gift else [],
        "is_comment": int(status == 5 and line.number % 3 == 0),
        "confirm_receipt_time": line.done if status == 5 else 0,
        "logistics_receipt_time": 0,
        "after_sale_info": _after_sale(order, line, now),
        **_attribution(line),
        "inventory_list": [],
        "receive_type": 1,
        **{
            name: receiver[name]
            for name in ("encrypt_post_receiver", "encrypt_post_tel", "post_addr", "mask_post_receiver")
        },
        **_kinds(),
    }


def sku_id(sku: str, product: int) -> int:
    """Return the platform's id of a SKU."""
    return 1_700_000_000_000_000_000 + product % 10**12 * 1_000 + sum(sku.encode()) % 997


def _attribution(line: Line) -> dict[str, Any]:
    """Return through which content and whose mouth a line came."""
    partner = line.partner >= 0
    author, name = PARTNERS[line.partner] if partner else (str(OWN_AUTHOR), ANCHOR)
    return {
        "c_biz": 2 if partner else 8,
        "c_biz_desc": "精选联盟" if partner else "小店自卖",
        "theme_type": "1" if line.session_id else "0",
        "theme_type_desc": "直播间" if line.session_id else "其他",
        "author_id": int(author),
        "author_name": name,
        "room_id": line.session_id,
        "room_id_str": str(line.session_id),
        "video_id": str(line.video) if line.video else "",
        "content_id": str(line.session_id or line.video or ""),
        "ad_env_type": "",
        "origin_id": "0",
        "cid": 0,
        "page_id": 0,
        "app_id": 1_128,
        "send_pay": 4,
    }


def _after_sale(order: Order, line: Line, now: int) -> dict[str, int]:
    for case in order.cases:
        if case.line is line and case.created <= now:
            return {
                "after_sale_status": case_status(case, now),
                "after_sale_type": _type(case),
                "refund_status": _refund_status(case, now),
            }
    return {"after_sale_status": 0, "after_sale_type": 0, "refund_status": 0}


def _logistics(order: Order, lines: list[Line], now: int) -> list[dict[str, Any]]:
    sent = [line for line in lines if by(line.shipped, now)]
    return [
        {
            "tracking_no": f"SF{line.number // 1009:013d}",
            "company": "shunfeng",
            "company_name": "顺丰速运",
            "ship_time": line.shipped,
            "delivery_id": str(line.number),
            "product_info": [
                {
                    "product_id": line.product,
                    "sku_id": 0,
                    "product_count": line.quantity,
                    "sku_order_id": str(line.number),
                }
            ],
        }
        for line in sent
    ]


def case_status(case: Case, now: int) -> int:
    """Return a case's `aftersale_status` at a moment."""
    return FINAL[case.how.final] if by(case.ended, now) else OPEN[case.how.pending]


def _type(case: Case) -> int:
    kind = KIND_TYPES[case.how.type]
    return 2 if kind == 1 and not by(case.line.shipped, case.created) else kind


def _refund_status(case: Case, now: int) -> int:
    if not by(case.ended, now):
        return 1
    return 3 if case.how.refunds else 4


def case(case: Case, now: int, updated: int) -> dict[str, Any]:
    """Return one after-sale case; `refund_amount` includes the shipping, as documented."""
    line, over = case.line, by(case.ended, now)
    who, status = person(case.order.buyer), case_status(case, now)
    words = case.how.final if over else case.how.pending
    return {
        "aftersale_info": {
            "aftersale_id": str(case.number),
            "related_id": str(line.number),
            "aftersale_type": _type(case),
            "aftersale_status": status,
            "refund_status": _refund_status(case, now),
            "refund_amount": case.amount + case.shipping,
            "refund_post_amount": case.shipping,
            "refund_tax_amount": 0,
            "return_promotion_amount": 0,
            "apply_time": case.created,
            "create_time": case.created,
            "update_time": updated,
            "status_deadline": 0 if over else case.created + 2 * 86_400,
            "aftersale_status_to_final_time": case.ended if over else 0,
            "aftersale_num": line.quantity,
            "got_pkg": int(by(line.shipped, case.created)),
            "part_type": 0,
            "aftersale_refund_type": 0,
            "refund_type": 0,
            "arbitrate_status": 0,
            "remark": f"已致电{who.phone}",
            "reason_second_labels": [{"code": case.reason, "name": ALL_REASONS[case.reason]}],
            "return_logistics_code": "",
            "auto_audit_bits": [],
        },
        "order_info": {"shop_order_id": str(case.order.number), "related_order_info": [_related(case)]},
        "text_part": {
            "aftersale_status_text": words,
            "aftersale_type_text": case.how.type,
            "aftersale_refund_type_text": "原路退款",
            "reason_text": ALL_REASONS[case.reason],
            "bad_item_text": NONE,
            "arbitrate_status_text": "",
        },
        "seller_logs": [],
    }


def _related(case: Case) -> dict[str, Any]:
    line = case.line
    return {
        "sku_order_id": str(line.number),
        "product_id": line.product,
        "product_name": line.variant.title,
        "item_num": line.quantity,
        "price": line.price,
        "pay_amount": line.payable,
        "post_amount": line.shipping,
        "aftersale_pay_amount": case.amount + case.shipping,
        "aftersale_post_amount": case.shipping,
        "aftersale_item_num": line.quantity,
        "create_time": case.order.created,
        "order_status": STATUS[SHIPPED] if line.shipped else STATUS[PAID],
        "sku_spec": [{"name": "规格", "value": line.variant.spec}],
        "shop_sku_code": line.variant.sku,
    }


def detail(case: Case, now: int) -> dict[str, Any]:
    """Return the answer of `afterSale.Detail`: ids as numbers, the amount really refunded."""
    given = by(case.refunded, now)
    total = case.amount + case.shipping
    return {
        "process_info": {
            "after_sale_info": {
                "after_sale_id": case.number,
                "after_sale_type": _type(case),
                "after_sale_status": case_status(case, now),
                "refund_status": _refund_status(case, now),
                "refund_total_amount": total,
                "refund_post_amount": case.shipping,
                "real_refund_amount": total if given else 0,
                "refund_time": case.refunded if given else 0,
                "apply_time": case.created,
            }
        },
        "order_info": {"shop_order_id": case.order.number},
    }
