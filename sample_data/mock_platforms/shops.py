"""The practice studio's shops on each platform, built on first use."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from sample_data.generator.clock import DAY, seconds, unix
from sample_data.generator.plan import Plan
from sample_data.generator.seasonality import spread
from sample_data.mock_platforms.douyin.gateway import DouyinShop
from sample_data.mock_platforms.douyin.open_platform import DouyinOpen
from sample_data.mock_platforms.history import shop as shop_history
from sample_data.mock_platforms.history import tiktok
from sample_data.mock_platforms.history.offers import Offers
from sample_data.mock_platforms.history.order_store import OrderStore
from sample_data.mock_platforms.history.orders import Order
from sample_data.mock_platforms.history.shop import Shop
from sample_data.mock_platforms.history.streams import Streams
from sample_data.mock_platforms.kuaishou.gateway import KuaishouShop
from sample_data.mock_platforms.server.clock import Clock
from sample_data.mock_platforms.server.faults import Faults
from sample_data.mock_platforms.server.platform import Platform, PlatformSettings
from sample_data.mock_platforms.tiktok.gateway import TikTokShop

PLATFORMS = ("douyin_shop", "kuaishou_shop", "tiktok_shop", "douyin_open")
KUAISHOU_SHARE = 0.3
NAMELESS = 8  # one in so many TikTok orders does not name the session in which it was placed
KUAISHOU_IDS = -4_000_000_000_000_000_000


class Shops:
    """The stores behind the platforms, over one practice shop."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    @cached_property
    def goods(self) -> Offers:
        """What is offered everywhere."""
        plan = self.shop.plan
        return Offers(plan.catalog, self.shop.moment - plan.days * DAY)

    @cached_property
    def streams(self) -> Streams:
        """Videos, sessions and comments."""
        return Streams(self.shop)

    @cached_property
    def douyin(self) -> OrderStore:
        """The Douyin shop's orders, those of its export file."""
        orders, ahead = _orders(self.shop, self.shop.plan)
        shop_history.lose_a_line(ahead)
        shop_history.add_gifts(orders, self.shop.moment)
        return self._store(orders, ahead)

    @cached_property
    def kuaishou(self) -> OrderStore:
        """The Kuaishou shop's own orders, of the same catalogue, one item each."""
        plan, lines = self.shop.plan, self.shop.kuaishou_lines
        total = int(plan.counts.sum() * KUAISHOU_SHARE) if lines is None else lines
        counts = spread(total, plan.counts.astype(float))
        own = replace(plan, counts=counts, seed=plan.seed + 100, pieces=0, lines_per_order=1.0)
        orders, ahead = _orders(self.shop, own, KUAISHOU_IDS)
        for order in orders + ahead:
            _in_one_sum(order)
        return self._store(orders, ahead)

    @cached_property
    def tiktok(self) -> OrderStore:
        """The TikTok shop's orders, those of its export file."""
        plan, now = tiktok.tiktok_plan(self.shop), self.shop.moment
        orders = tiktok.tiktok_orders(plan, now)
        # The rest of the last day is there already.
        end = unix(seconds(plan.until) + DAY)
        later = tiktok.tiktok_orders(shop_history.coming(plan), now)
        ahead = [order for order in later if order.created >= end]
        self.streams.sell(orders + ahead)
        for order in orders + ahead:
            session_id = self.streams.session_at(order.created)
            for line in order.lines:
                line.session_id = 0 if order.number // 1_000 % NAMELESS == 0 else session_id
        return OrderStore(orders + ahead, now, [order for order in ahead if order.paid and not order.cases])

    def _store(self, orders: list[Order], ahead: list[Order]) -> OrderStore:
        shop_history.complain_late(orders, self.shop.moment)
        whole = [order for order in ahead if order.paid and all(line.done for line in order.lines)]
        return OrderStore(orders + ahead, self.shop.moment, whole)

    def store(self, platform: str) -> OrderStore:
        """Return a platform's orders."""
        if platform == "kuaishou_shop":
            return self.kuaishou
        return self.tiktok if platform == "tiktok_shop" else self.douyin

    def open(self, name: str, clock: Clock, faults: Faults, rate: float, app: Mapping[str, str]) -> Platform:
        """Return a platform's gateway over its store."""
        setting = PlatformSettings(clock, faults, rate, app)
        if name == "douyin_open":
            return DouyinOpen(setting, self.streams)
        if name == "tiktok_shop":
            return TikTokShop(setting, self.tiktok, self.goods, self.streams)
        kind = KuaishouShop if name == "kuaishou_shop" else DouyinShop
        return kind(setting, self.store(name), self.goods)


def _orders(shop: Shop, plan: Plan, shift: int = 0) -> tuple[list[Order], list[Order]]:
    """Return a shop's orders, and those of the days ahead."""
    orders = shop_history.shop_orders(plan, shop.works, shift=shift)
    ahead = shop_history.shop_orders(shop_history.coming(plan), shop.works, shift=shift)
    return orders, [order for order in ahead if order.created > shop.moment]


def _in_one_sum(order: Order) -> None:
    """Let the shop bear all discounts: Kuaishou reports them in one sum."""
    for line in order.lines:
        line.seller, line.platform, line.talent = line.seller + line.platform + line.talent, 0, 0
