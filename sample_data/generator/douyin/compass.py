"""The Compass product report: one row per design and period, cut by live, video and product card."""

from pathlib import Path

import numpy as np

from sample_data.generator import files
from sample_data.generator.catalog import Catalog
from sample_data.generator.columns import Ints
from sample_data.generator.douyin.order_lines import CARD, LIVE, VIDEO
from sample_data.generator.expected import Refunds, Sales
from sample_data.generator.headers import DOUYIN_COMPASS_PRODUCTS

SCOPES = (("", None), ("直播间", LIVE), ("短视频", VIDEO), ("商品卡", CARD))
SOLD = ("成交金额", "成交订单数", "成交件数", "成交人数")
BACK = ("退款金额", "退款订单数", "退款人数")


class CompassMonth:
    """The report of one month: sales by payment day, refunds by the payment day of their order."""

    def __init__(self, catalog: Catalog, people: int) -> None:
        self.catalog, self.people = catalog, people
        designs = int(catalog.designs.max()) + 1
        self._sums = {
            scope + name: np.zeros(designs, dtype=np.int64) for scope, _ in SCOPES for name in (*SOLD, *BACK)
        }
        self._buyers: dict[str, list[Ints]] = {scope: [] for scope, _ in SCOPES}

    def sell(self, sales: Sales) -> None:
        """Count paid lines of the month."""
        for scope, carrier in SCOPES:
            here = np.ones(len(sales.day), bool) if carrier is None else sales.carrier == carrier
            design = self.catalog.designs[sales.variant[here]]
            self._add(scope + "成交金额", design, sales.money["gmv"][here])
            self._add(scope + "成交件数", design, sales.quantity[here])
            self._add(scope + "成交订单数", self._distinct(design, sales.order[here]))
            self._buyers[scope].append(np.unique(design * self.people + sales.buyer[here]))

    def refund(self, refunds: Refunds) -> None:
        """Count refunds of the month's orders."""
        for scope, carrier in SCOPES:
            here = np.ones(len(refunds.day), bool) if carrier is None else refunds.carrier == carrier
            design = self.catalog.designs[refunds.variant[here]]
            orders = self._distinct(design, refunds.order[here])
            self._add(scope + "退款金额", design, refunds.amount[here])
            self._add(scope + "退款订单数", orders)
            self._add(scope + "退款人数", orders)

    def _add(self, name: str, design: Ints, values: Ints | None = None) -> None:
        sums = np.bincount(design, weights=values, minlength=len(self._sums[name]))
        self._sums[name] += sums.astype(np.int64)

    def _distinct(self, design: Ints, order: Ints) -> Ints:
        designs = len(self._sums["成交金额"])
        return np.unique(order * designs + design) % designs

    def write(self, path: Path) -> int:
        """Write the designs that sold, dearest first as the platform sorts, and return the rows."""
        for scope, codes in self._buyers.items():
            together = np.unique(np.concatenate(codes)) if codes else np.zeros(0, dtype=np.int64)
            self._add(scope + "成交人数", together // self.people)
        sold = self._sums["成交金额"]
        order = np.argsort(-sold, kind="stable")
        rows = [self._row(int(design)) for design in order if self._sums["成交件数"][design]]
        return files.write_rows(path, DOUYIN_COMPASS_PRODUCTS, rows)

    def _row(self, design: int) -> list[object]:
        variant = self.catalog.variants[int(np.flatnonzero(self.catalog.designs == design)[0])]
        product_id = self.catalog.product_ids[self.catalog.designs == design][0]
        cells = self._cells(design)
        cells |= {"商品标题": variant.title, "商品编号": f"\t{product_id}"}
        return [cells.get(header, "-") for header in DOUYIN_COMPASS_PRODUCTS]

    def _cells(self, design: int) -> dict[str, object]:
        cells: dict[str, object] = {}
        for scope, _ in SCOPES:
            figures = {name: int(self._sums[scope + name][design]) for name in (*SOLD, *BACK)}
            clicks = figures["成交人数"] * (12 + design % 9) + design % 7
            seen = clicks * (8 + design % 5)
            shown = {name: _yuan(n) if "金额" in name else n for name, n in figures.items()}
            cells |= {scope + name: value for name, value in shown.items()}
            middle = "商品" if scope and scope != "商品卡" else ""
            cells |= {f"{scope}{middle}曝光人数": seen, f"{scope}{middle}点击人数": clicks}
            cells[f"{scope}曝光-点击转化率"] = _percent(clicks, seen)
            cells[f"{scope}曝光-支付转化率"] = _percent(figures["成交人数"], seen)
            cells[f"{scope}点击-支付转化率"] = _percent(figures["成交人数"], clicks)
            cells[f"{scope}退款率"] = _percent(figures["退款订单数"], figures["成交订单数"])
        times = {"曝光次数": "曝光人数", "点击次数": "点击人数"}
        return cells | {name: int(str(cells[people])) * 2 for name, people in times.items()}


def _yuan(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}%" if whole else "-"
