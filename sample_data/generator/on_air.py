"""The live session that goes on at the moment of export: the files of each stretch of it, as platforms write them.

Remarks and presentations are those of `live_files`; the shown piece is what sells. Equal arguments give equal files.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from sample_data.generator import files
from sample_data.generator.clock import MINUTE, beijing_text
from sample_data.generator.columns import Floats
from sample_data.generator.douyin.exports import make_span
from sample_data.generator.douyin.orders import SERVICE_LIMIT
from sample_data.generator.english.studio import in_english
from sample_data.generator.headers import DOUYIN_SESSIONS
from sample_data.generator.live_files import MARK_HEADERS, LiveEvening, evening_of, mark_rows
from sample_data.generator.plan import Plan
from sample_data.generator.sessions import ANCHOR, TITLES

STEP = 20  # seconds: each brings an order or none
BUYS, BUYS_BEFORE = 0.12, 0.03  # after and before the moment of export
FIRST_BUY = 6  # steps until the first one
MOST_ORDERS = 60
PAYS_AFTER = 9  # seconds
MINUTE_HEADERS = ("直播间ID", "分钟", "在线人数", "进入人次", "商品点击")
REMARK_HEADERS = ("时间", "用户昵称", "弹幕内容")
ORDER_HEADERS = (
    *("主订单编号", "子订单编号", "选购商品", "商品规格", "商品数量", "商品ID", "商家编码", "商品单价"),
    *("订单应付金额", "运费", "优惠总金额", "平台优惠", "达人优惠", "商家改价", "支付优惠", "订单提交时间"),
    *("支付完成时间", "订单完成时间", "承诺发货时间", "发货时间", "订单状态", "售后状态", "流量体裁", "省"),
)
PROVINCES = ("江西", "浙江", "广东", "上海", "四川", "北京", "山东")
ORDER_IDS = 5_900_000_000_000_000_517


@dataclass(frozen=True)
class OnAir:
    """The session of a plan that goes on at its moment of export; moments are wall-clock seconds of the studio."""

    plan: Plan

    @cached_property
    def evening(self) -> LiveEvening:
        """The whole session: its remarks and presentations, those to come too."""
        return evening_of(self.plan, len(self.plan.sessions.start) - 1)

    def write(self, folder: Path, since: int, until: int) -> dict[str, Path]:
        """Write what came in from one moment until before another: sessions, minutes, remarks, marks, orders.

        Of the orders few come in before the moment of export: the others are in the shop's own files. Without a row no
        file is written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        first, after = since - self.evening.start, until - self.evening.start
        remarks = [
            (beijing_text(self.evening.start + second), f"u{author}", words)
            for second, author, words in self.evening.remarks
            if first <= second < after
        ]
        shown = [item for item in self.evening.presentations if first <= item.second < after]
        tables: dict[str, tuple[tuple[str, ...], list[tuple[object, ...]]]] = {
            "sessions": ((*DOUYIN_SESSIONS, "直播间成交订单数"), [self._session(until)]),
            "minutes": (MINUTE_HEADERS, self._minutes(first // MINUTE, after // MINUTE)),
            "remarks": (REMARK_HEADERS, list(remarks)),
            "marks": (MARK_HEADERS, list(mark_rows(self.evening, shown))),
            "orders": (ORDER_HEADERS, [self._order(*bought) for bought in self._bought(since, until)]),
        }
        written = {name: folder / f"on_air_{name}.csv" for name, (_, rows) in tables.items() if rows}
        for name, path in written.items():
            files.write_rows(path, *tables[name])
        return written

    def _session(self, until: int) -> tuple[object, ...]:
        """The session as the platform lists it at a moment: without an end while it goes on."""
        is_over = until >= self.evening.end
        end = min(until, self.evening.end)
        minutes = (end - self.evening.start) // MINUTE
        joined = sum(self._joined(minute) for minute in range(minutes))
        viewers = joined * 7 // 10
        orders, cents = self._sold(end)
        online = [self._online(minute) for minute in range(minutes)] or [0]
        return (
            ANCHOR,
            f"\t{self.evening.number}",
            in_english(TITLES[0]) if self.plan.language == "en" else TITLES[0],
            beijing_text(self.evening.start),
            beijing_text(self.evening.end) if is_over else "-",
            f"{end - self.evening.start}秒" if is_over else "-",
            max(online),
            sum(online) // len(online),
            viewers * 6,
            viewers,
            joined,
            viewers // 50,
            "68秒",
            viewers // 20,
            joined * 2,
            joined // 90,
            viewers // 8,
            f"{cents // 100}.{cents % 100:02d}",
            orders,
        )

    def _sold(self, until: int) -> tuple[int, int]:
        """Orders and fen of the session so far: those of the shop's own files, and those since."""
        (span,) = list(self.plan.spans(self.plan.days - 1, self.plan.days))
        lines, _ = make_span(self.plan, span)
        own = lines.where((lines.session == len(self.plan.sessions.start) - 1) & (lines.paid > 0))
        since = self._bought(self.evening.start, until)
        later = sum(int(self.plan.catalog.prices[place]) for _, place in since)
        return len(np.unique(own.order)) + len(since), int(own.gmv.sum()) + later

    def _minutes(self, first: int, after: int) -> list[tuple[object, ...]]:
        number, start = self.evening.number, self.evening.start
        return [
            (
                f"\t{number}",
                beijing_text(start + minute * MINUTE),
                self._online(minute),
                self._joined(minute),
                self._joined(minute) // 2,
            )
            for minute in range(first, after)
        ]

    def _online(self, minute: int) -> int:
        """How many people watch at a minute: more and more in the first half hour."""
        return int(40 + 90 * (1 - np.exp(-minute / 14)) + self._draws(minute)[0] * 24)

    def _joined(self, minute: int) -> int:
        """How many people come in within a minute."""
        return int(9 + self._draws(minute)[1] * 14)

    def _draws(self, minute: int) -> Floats:
        return np.random.default_rng([self.plan.seed, 91, minute]).random(2)

    def _bought(self, since: int, until: int) -> list[tuple[int, int]]:
        """When somebody bought which variant; each step has its own draws, so that stretches add up to the whole."""
        start, end = self.evening.start, min(until, self.evening.end)
        moments = np.arange(start, end, STEP)
        share = np.where(moments < self.plan.now, BUYS_BEFORE, BUYS)
        buys = np.random.default_rng([self.plan.seed, 92]).random(len(moments)) < share
        buys[:FIRST_BUY] = np.arange(len(buys[:FIRST_BUY])) == FIRST_BUY - 1
        bought = moments[buys][:MOST_ORDERS].tolist()
        return [(at, self._variant(at)) for at in bought if at >= since]

    def _variant(self, at: int) -> int:
        """What is bought at a moment: mostly the piece that is shown, never one that exists once."""
        rng, catalog = np.random.default_rng([self.plan.seed, 93, at - self.evening.start]), self.plan.catalog
        shown = [item.sku for item in self.evening.presentations if self.evening.start + item.second <= at]
        skus = [variant.sku for variant in catalog.variants[: catalog.family_size]]
        if shown and shown[-1] in skus and rng.random() < 0.7:
            return skus.index(shown[-1])
        return int(np.searchsorted(catalog.demand, rng.random(), side="right")) % len(skus)

    def _order(self, at: int, place: int) -> tuple[object, ...]:
        catalog, order = self.plan.catalog, ORDER_IDS + at * 1_000
        variant, cents = catalog.variants[place], int(catalog.prices[place])
        price = f"{cents // 100}.{cents % 100:02d}"
        return (
            *(f"\t{order}", f"\t{order + 1}", variant.title, variant.spec, 1),
            *(f"\t{catalog.product_ids[place]}", variant.sku, price, price, *("0.00",) * 6),
            *(beijing_text(at), beijing_text(at + PAYS_AFTER), "-"),
            *(beijing_text(at + PAYS_AFTER + SERVICE_LIMIT), "-"),
            *("待发货", "-", "直播", PROVINCES[order // 1_000 % len(PROVINCES)]),
        )
