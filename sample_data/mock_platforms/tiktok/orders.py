"""The wire shapes of TikTok Shop orders, returns, cancellations and products.

Money is decimal text, times are Unix seconds, ids are text; each line item is one piece.
"""

from collections.abc import Hashable
from typing import Any

from sample_data.generator.douyin.aftersale import ALL_REASONS
from sample_data.mock_platforms.history.buyers import person
from sample_data.mock_platforms.history.offers import Offers
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
from sample_data.mock_platforms.history.tiktok import CANCELLED as CANCELLATION
from sample_data.mock_platforms.history.tiktok import PART, PRODUCT_IDS, SKU_IDS

CURRENCY = "USD"
STATUS = {
    UNPAID: "UNPAID",
    PAID: "AWAITING_SHIPMENT",
    SHIPPED: "IN_TRANSIT",
    COMPLETED: "COMPLETED",
    CANCELLED: "CANCELLED",
}
WAREHOUSE = "7068517275539719942"
PRODUCT_STATUS = (
    "ALL",
    "DRAFT",
    "PENDING",
    "FAILED",
    "ACTIVATE",
    "SELLER_DEACTIVATED",
    "PLATFORM_DEACTIVATED",
    "FREEZE",
    "DELETED",
)


def amount(cents: int) -> str:
    """Return cents as decimal text."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def money(cents: int) -> dict[str, str]:
    """Return an amount with its currency."""
    return {"amount": amount(cents), "currency": CURRENCY}


def shares(total: int, pieces: int) -> list[int]:
    """Split cents over pieces so that they add up; the first ones bear what is left over."""
    whole, rest = divmod(total, pieces)
    return [whole + (place < rest) for place in range(pieces)]


def product_id(line: Line) -> str:
    """Return the platform's id of a line's product."""
    return str(PRODUCT_IDS + line.variant.design * 1_000_003)


def unit_id(line: Line, piece: int) -> str:
    """Return the id of one piece of a line."""
    return f"{line.number}{piece}"


def wanted(order: Order, status: Hashable, now: int) -> bool:
    """Return whether an order has the status requested."""
    return STATUS[order.status(order.lines[0], now)] == status


def order(order: Order, now: int, updated: int) -> dict[str, Any]:
    """Return one order."""
    lines, who = order.lines_at(now), person(order.buyer)
    status = order.status(lines[0], now)
    listed = sum(line.list_value for line in lines)
    seller, platform = sum(line.seller for line in lines), sum(line.platform for line in lines)
    shipping = sum(line.shipping for line in lines)
    fields: dict[str, Any] = {
        "id": str(order.number),
        "status": STATUS[status],
        "order_type": "NORMAL",
        "create_time": order.created,
        "update_time": updated,
        "user_id": who.open_id("tiktok"),
        "buyer_email": f"{who.username}@scs.example",
        "buyer_nickname": who.username,
        "buyer_message": f"call {who.phone}" if order.number % 7 == 0 else "",
        "seller_note": "",
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "shipping_type": "SELLER",
        "shipping_provider": "Yanwen",
        "payment_method_name": "Credit/Debit Card",
        "warehouse_id": WAREHOUSE,
        "is_sample_order": False,
        "is_on_hold_order": False,
        "is_buyer_request_cancel": False,
        "payment": {
            "currency": CURRENCY,
            "sub_total": amount(listed - seller - platform),
            "shipping_fee": amount(shipping),
            "seller_discount": amount(seller),
            "platform_discount": amount(platform),
            "payment_platform_discount": "0.00",
            "total_amount": amount(listed - seller - platform + shipping),
            "original_total_product_price": amount(listed),
            "original_shipping_fee": amount(shipping),
            "shipping_fee_seller_discount": "0.00",
            "shipping_fee_platform_discount": "0.00",
            "tax": "0.00",
        },
        "recipient_address": {
            "name": who.name,
            "phone_number": f"(+1){who.phone}",
            "region_code": "US",
            "postal_code": "97201",
            "full_address": f"{who.us_street}, {who.state}",
            "address_line1": who.us_street,
            "address_detail": who.us_street,
            "district_info": [{"address_level_name": "State", "address_name": who.state}],
        },
        "line_items": [item for line in lines for item in _items(order, line, now)],
    }
    for name, moment in (
        ("paid_time", order.paid),
        ("delivery_time", lines[0].done),
        ("cancel_time", order.cancelled or order.lapses),
    ):
        if by(moment, now):
            fields[name] = moment
    if status == CANCELLED:
        fields["cancel_reason"] = "Changed my mind" if order.paid else "Customer overdue to pay"
        fields["cancellation_initiator"] = "BUYER" if order.paid else "SYSTEM"
    if by(lines[0].shipped, now):
        fields["tracking_number"] = f"YW{order.number % 10**12:012d}"
    return fields


def _items(order: Order, line: Line, now: int) -> list[dict[str, Any]]:
    seller, platform = shares(line.seller, line.quantity), shares(line.platform, line.quantity)
    status = STATUS[order.status(line, now)]
    return [
        {
            "id": unit_id(line, piece),
            "sku_id": str(line.product),
            "seller_sku": line.variant.sku,
            "sku_name": line.variant.spec_en,
            "product_id": product_id(line),
            "product_name": line.variant.title_en,
            "display_status": status,
            "package_status": "TO_FULFILL",
            "currency": CURRENCY,
            "original_price": amount(line.price),
            "sale_price": amount(line.price - seller[piece] - platform[piece]),
            "seller_discount": amount(seller[piece]),
            "platform_discount": amount(platform[piece]),
            "is_gift": False,
            "sku_type": "NORMAL",
            **({"room_id": str(line.session_id)} if line.session_id else {}),
        }
        for piece in range(line.quantity)
    ]


def _refund(cents: int) -> dict[str, str]:
    text = amount(cents)
    return {
        "currency": CURRENCY,
        "refund_total": text,
        "refund_subtotal": text,
        "refund_shipping_fee": "0.00",
        "refund_tax": "0.00",
    }


def is_cancellation(case: Case, kind: Hashable, now: int) -> bool:
    """Return whether a case belongs to a list: that of cancellations or that of returns."""
    return (case.kind == CANCELLATION) == (kind == "cancellations")


def case(case: Case, now: int, updated: int) -> dict[str, Any]:
    """Return one return or cancellation; money has left when it is complete."""
    return _cancellation(case, now, updated) if case.kind == CANCELLATION else _return(case, now, updated)


def _lines(case: Case, name: str) -> list[dict[str, Any]]:
    line = case.line
    return [
        {
            f"{name}_line_item_id": f"{case.number}{piece}",
            "order_line_item_id": unit_id(line, piece),
            "sku_id": str(line.product),
            "sku_name": line.variant.spec_en,
            "product_name": line.variant.title_en,
            "seller_sku": line.variant.sku,
            "refund_amount": _refund(cents),
        }
        for piece, cents in enumerate(shares(case.amount, line.quantity))
    ]


def _return(case: Case, now: int, updated: int) -> dict[str, Any]:
    over = by(case.ended, now)
    status = "COMPLETE" if over else "PENDING"
    return {
        "order_id": str(case.order.number),
        "return_id": str(case.number),
        "return_type": "REFUND" if case.kind == PART else "RETURN_AND_REFUND",
        "return_status": f"RETURN_OR_REFUND_REQUEST_{status}",
        "role": "BUYER",
        "return_reason": "ecom_order_delivered_refund_reason_damaged",
        "return_reason_text": ALL_REASONS[case.reason],
        "return_tracking_number": "",
        "create_time": case.created,
        "update_time": updated,
        "return_line_items": _lines(case, "return"),
        "refund_amount": _refund(case.amount),
        "is_quick_refund": False,
        # No documented field: what platforms add one day must not get in either.
        "buyer_note": f"{person(case.order.buyer).username} {person(case.order.buyer).phone}",
    }


def _cancellation(case: Case, now: int, updated: int) -> dict[str, Any]:
    over = by(case.ended, now)
    return {
        "order_id": str(case.order.number),
        "cancel_id": str(case.number),
        "cancel_type": "BUYER_CANCEL",
        "cancel_status": f"CANCELLATION_REQUEST_{'COMPLETE' if over else 'PENDING'}",
        "role": "BUYER",
        "cancel_reason": "ecom_order_to_ship_canceled_reason_no_longer_needed",
        "cancel_reason_text": "Changed my mind",
        "create_time": case.created,
        "update_time": updated,
        "cancel_line_items": _lines(case, "cancel"),
        "refund_amount": _refund(case.amount),
        "should_replenish_stock": True,
    }


def products(goods: Offers) -> list[dict[str, Any]]:
    """Return all products with SKUs, prices and stock."""
    products: dict[int, dict[str, Any]] = {}
    for place, variant in enumerate(goods.catalog.variants[: goods.catalog.family_size]):
        product = products.setdefault(
            variant.design,
            {
                "id": str(PRODUCT_IDS + variant.design * 1_000_003),
                "title": variant.title_en,
                "status": "ACTIVATE",
                "skus": [],
                "sales_regions": ["US"],
                "create_time": goods.since,
                "update_time": goods.since,
            },
        )
        price = amount(variant.price_usd)
        product["skus"].append(
            {
                "id": str(SKU_IDS + place * 1_000_003),
                "seller_sku": variant.sku,
                "price": {"currency": CURRENCY, "tax_exclusive_price": price, "sale_price": price},
                "list_price": money(variant.price_usd),
                "inventory": [
                    {"warehouse_id": WAREHOUSE, "quantity": goods.stock["tiktok_shop"][variant.sku]}
                ],
                "status_info": {"status": "NORMAL"},
            }
        )
    return list(products.values())
