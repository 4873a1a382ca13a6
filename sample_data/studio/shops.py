"""The workshops behind the practice shops: of export files, of the first winter, of the mock platforms."""

from __future__ import annotations

from sample_data.generator.clock import DAY, unix
from sample_data.generator.plan import Plan
from sample_data.generator.spring import UNTIL, spring_plan
from sample_data.mock_platforms.shops import Shops
from sample_data.studio.sales import Sale, last_change, sales_of, sales_of_orders
from sample_data.studio.values import Workshop
from sample_data.studio.workshop import make_workshop, midnight

API_DAYS = 90  # how far back the platforms' APIs report changes
PLATFORMS = {"douyin_shop": "douyin", "kuaishou_shop": "kuaishou", "tiktok_shop": "tiktok"}


def of_files(plan: Plan) -> Workshop:
    """Return the workshop behind the export files of a plan."""
    return make_workshop(sales_of(plan), until=plan.until, now=unix(plan.now), seed=plan.seed)


def of_spring() -> Workshop:
    """Return the workshop behind the committed small set."""
    return make_workshop(sales_of(spring_plan()), until=UNTIL, now=midnight(UNTIL) + DAY - 1)


def of_mock_platforms(shops: Shops) -> Workshop:
    """Return the workshop behind the mock platforms, as of their moment of export."""
    now = shops.shop.moment
    reach = now - API_DAYS * DAY
    sales: list[Sale] = []
    for name, platform in PLATFORMS.items():
        orders = shops.store(name).orders.things
        if platform == "kuaishou":  # no file contains the older ones
            orders = [order for order in orders if last_change(order, now) >= reach]
        sales += sales_of_orders(platform, orders, now, reach)
    sales.sort(key=lambda sale: (sale.paid, sale.platform, sale.order_id, sale.line_id))
    return make_workshop(sales, until=shops.shop.last_day, now=now, seed=shops.shop.seed)
