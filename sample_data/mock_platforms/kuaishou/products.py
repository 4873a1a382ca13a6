"""The wire shapes of Kuaishou shop items, SKUs and reviews (open.item.list.get and its kin)."""

from typing import Any

from sample_data.generator.comments import SAYINGS
from sample_data.mock_platforms.history.buyers import person
from sample_data.mock_platforms.history.offers import Offers
from sample_data.mock_platforms.history.orders import COMPLETED, Line, Order
from sample_data.mock_platforms.kuaishou.orders import item_id, ms, sku_id

WORDS = (*SAYINGS["praise"], *SAYINGS["complaint"])


def _lines(goods: Offers, product: int) -> list[Line]:
    return [Line(0, variant, product, 1, variant.price) for variant in goods.by_product[product]]


def items(goods: Offers, page: int, size: int) -> dict[str, Any]:
    """Return a page of items."""
    ids = goods.products
    chunk = ids[(page - 1) * size : page * size]
    return {
        "totalItemCount": len(ids),
        "currentPageItemCount": len(chunk),
        "currentPageNumber": page,
        "totalPage": -(-len(ids) // size),
        "items": [_item(goods, product) for product in chunk],
    }


def _item(goods: Offers, product: int) -> dict[str, Any]:
    lines = _lines(goods, product)
    return {
        "kwaiItemId": item_id(lines[0]),
        "relItemId": 0,
        "title": lines[0].variant.title,
        "price": min(line.price for line in lines),
        "mainImageUrl": "https://p1.example/pot.jpg",
        "itemStatus": 1,
        "auditStatus": 2,
        "onOfflineStatus": 1,
        "stock": sum(goods.stock["kuaishou_shop"][line.variant.sku] for line in lines),
        "volume": product % 997,
        "categoryName": "茶具",
    }


def find(goods: Offers, item: int) -> list[Line]:
    """Return the SKUs of an item as lines, none if there is no such item."""
    for product in goods.products:
        lines = _lines(goods, product)
        if item_id(lines[0]) == item:
            return lines
    return []


def skus(goods: Offers, item: int) -> list[dict[str, Any]]:
    """Return the SKUs of an item."""
    return [
        {
            "kwaiItemId": item,
            "kwaiSkuId": sku_id(line),
            "skuId": sku_id(line),
            "relSkuId": 0,
            "specification": line.variant.spec,
            "skuNick": line.variant.sku,
            "skuSalePrice": line.price,
            "skuStock": goods.stock["kuaishou_shop"][line.variant.sku],
            "skuStatus": 1,
        }
        for line in find(goods, item)
    ]


def review(order: Order) -> dict[str, Any] | None:
    """Return the review of an order whose buyer wrote one, else None."""
    line, who = order.lines[0], person(order.buyer)
    if order.number // 1_000_003 % 8 or order.status(line, line.done) != COMPLETED:
        return None
    number = order.number // 8_000_024
    words = WORDS[number % len(WORDS)].format(form="杯子", glaze="青瓷", n=3)
    bad = number % len(WORDS) >= len(SAYINGS["praise"])
    stars = 1 + number % 2 if bad else 4 + number % 2
    return {
        "commentId": order.number + 77,
        "itemId": item_id(line),
        "itemSkuId": sku_id(line),
        "orderId": order.number,
        "content": words,
        "qualityScore": stars,
        "serviceScore": stars,
        "logisticsScore": 5,
        "creditScore": stars,
        "createTime": ms(line.done + 3_600),
        "replied": int(number % 3 == 0),
        "anonymous": number % 2,
        "imageUrl": [],
        "buyerNick": who.name,
        "buyerOpenId": who.open_id("kuaishou"),
    }
