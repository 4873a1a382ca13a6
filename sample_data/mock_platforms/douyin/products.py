"""The wire shapes of Douyin shop products and SKUs (platforms: product.listV2, sku.list)."""

from typing import Any

from sample_data.generator.catalog import Variant
from sample_data.mock_platforms.douyin.orders import sku_id
from sample_data.mock_platforms.history.offers import Offers
from sample_data.mock_platforms.server.faults import RequestFaults

CATEGORY = {
    "first_cid": 20_117,
    "first_cname": "餐具/茶具",
    "second_cid": 20_231,
    "second_cname": "茶具",
    "third_cid": 0,
    "third_cname": "",
    "fourth_cid": 0,
    "fourth_cname": "",
}


def products(goods: Offers, first: int, size: int, request_faults: RequestFaults) -> dict[str, Any]:
    """Return a page of products; prices and stock stand at the SKUs alone."""
    ids = goods.products
    page = ids[first : first + size]
    return {
        "data": [_product(goods, product_id) for product_id in page],
        "total": len(ids),
        "page": first // size + 1,
        "size": len(page),
        "cursor_id": str(first + len(page)),
    }


def _product(goods: Offers, product: int) -> dict[str, Any]:
    variants = goods.by_product[product]
    return {
        "product_id": product,
        "name": variants[0].title,
        "status": 0,
        "check_status": 3,
        "img": "https://p9.example/pot.jpeg",
        "product_type": 0,
        "spec_id": product % 10**9,
        "create_time": goods.since,
        "update_time": goods.since,
        "out_product_id": 0,
        "outer_product_id": "",
        "category_detail": CATEGORY,
        "sell_num": product % 997,
        "market_price": 0,
        "discount_price": 0,
        "is_package_product": False,
        "description": "",
    }


def skus(goods: Offers, product: int) -> list[dict[str, Any]]:
    """Return the SKUs of a product."""
    return [_sku(goods, product, variant) for variant in goods.by_product.get(product, [])]


def _sku(goods: Offers, product: int, variant: Variant) -> dict[str, Any]:
    stock = goods.stock["douyin_shop"][variant.sku]
    return {
        "id": sku_id(variant.sku, product),
        "product_id": product,
        "product_id_str": str(product),
        "spec_detail_name1": variant.spec,
        "spec_detail_name2": "",
        "spec_detail_name3": "",
        "sell_properties": [{"value_spec_detail_id": product % 10**9, "value_name": variant.spec}],
        "price": variant.price,
        "code": variant.sku,
        "out_sku_id": 0,
        "sku_type": 0,
        "stock_num": stock,
        "prehold_stock_num": 0,
        "stock_map": {},
        "normal_stock_num": stock,
        "channel_stock_num": 0,
        "prom_stock_num": 0,
        "create_time": goods.since,
    }


def sku_of(goods: Offers, body: dict[str, Any]) -> str | None:
    """Return the SKU that a stock call names by `sku_id` or `code`."""
    product = int(body.get("product_id") or 0)
    for variant in goods.by_product.get(product, []):
        if body.get("code") == variant.sku or str(body.get("sku_id")) == str(sku_id(variant.sku, product)):
            return variant.sku
    return None
