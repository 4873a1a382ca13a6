"""The practice studio's shops on each platform, made when first asked for."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sample_data.clock import DAY
from sample_data.standin import world
from sample_data.standin.clock import Clock
from sample_data.standin.douyin_shop import DouyinShop
from sample_data.standin.faults import Faults
from sample_data.standin.goods import Goods
from sample_data.standin.platform import Platform, Setting
from sample_data.standin.store import Store, store_of
from sample_data.standin.world import Shop

PLATFORMS = ("douyin_shop",)
# Per resource: longest window (0: none), largest page, whether a full last page needs one more look.
REACH = {
    ("douyin_shop", "orders"): (0, 100, False),
    ("douyin_shop", "refunds"): (0, 100, False),
    ("kuaishou_shop", "orders"): (7 * DAY, 50, True),
    ("kuaishou_shop", "refunds"): (DAY, 100, True),
    ("tiktok_shop", "orders"): (0, 50, True),
    ("tiktok_shop", "refunds"): (0, 50, True),
}


class Shops:
    """The stores behind the platforms, over one practice shop."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    @cached_property
    def goods(self) -> Goods:
        """What is offered everywhere."""
        plan = self.shop.plan
        return Goods(plan.catalog, self.shop.moment - plan.days * DAY)

    @cached_property
    def douyin(self) -> Store:
        """The Douyin shop's orders."""
        return _store(self.shop, self.shop.plan)

    def store(self, platform: str) -> Store:
        """Return a platform's orders."""
        return {"douyin_shop": lambda: self.douyin}[platform]()

    def open(
        self, name: str, clock: Clock, faults: Faults, rate: float, app: Mapping[str, str]
    ) -> Platform:
        """Return a platform's gateway over its store."""
        setting = Setting(clock, faults, rate, app)
        return DouyinShop(setting, self.store(name), self.goods)

    def truth(self, platform: str, now: int) -> dict[str, Any]:
        """Return what a perfect client has stored at a moment."""
        return self.store(platform).truth(now)

    def ideal(self, platform: str, resource: str, start: int, end: int, now: int) -> int:
        """Return the fewest requests that list all updates of a time."""
        store = self.store(platform)
        store.at(now)
        shelf = store.orders if resource == "orders" else store.cases
        longest, size, one_more = REACH[platform, resource]
        requests = 0
        for first in range(start, end, longest or max(1, end - start)):
            after = min(end, first + (longest or end - start))
            found = len(shelf.between("updated", first, after))
            requests += found // size + 1 if one_more else max(1, -(-found // size))
        return requests


def _store(shop: Shop, plan: world.Plan, shift: int = 0) -> Store:
    orders = world.shop_orders(plan, shop.works, shift=shift)
    ahead = world.shop_orders(world.coming(plan), shop.works, shift=shift)
    world.lose_a_line(ahead)
    return store_of(orders, ahead, shop.moment, world.add_surprises)
