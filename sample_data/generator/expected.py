"""The truth about a practice shop: every figure of what was written, to the last cent.

Days are payment days, except that `refunds` falls on the day of the refund. The file
`truth.json` contains, money in whole cents:

    range       start and until, the first and last day
    CNY, USD    by_day, by_month, by_sku, by_carrier, by_platform and total of all `MEASURES`;
                buyers (by_day, by_month, total, and repeat: with two or more orders);
                refunded_orders (orders with a refund, by payment day); shipping (a total)
    sessions    gmv and orders of each live session, by session id
    counts      sessions, videos, comments (rows), stored_comments (different ones), cases
                (after-sale), settled (rows), paid_out_cents and fee_cents (settlement)
    files       data rows of each file
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from sample_data.generator.columns import Ints, Mask
from sample_data.generator.douyin.order_lines import CARRIERS

MEASURES = (
    "gmv",
    "buyer_paid",
    "list_value",
    "seller_discounts",
    "platform_discounts",
    "refunds",
    "refunds_by_order",
    "net_sales",
    "orders",
    "units",
    "lines",
)
NAME = "truth.json"


class Tally:
    """Sums of all measures under one cut (days, SKUs or carriers): a row per member."""

    def __init__(self, members: int) -> None:
        self.sums = np.zeros((members, len(MEASURES)), dtype=np.int64)

    def add(self, measure: str, members: Ints, values: Ints | None = None) -> None:
        """Add values (or 1 each) to a measure of the members; exact below 2^53 a call."""
        sums = np.bincount(members, weights=values, minlength=len(self.sums))
        self.sums[:, MEASURES.index(measure)] += sums.astype(np.int64)

    def row(self, member: int) -> dict[str, int]:
        """Return one member's figures by name; net sales are GMV less refunds."""
        figures = dict(zip(MEASURES, self.sums[member].tolist(), strict=True))
        return figures | {"net_sales": figures["gmv"] - figures["refunds"]}


@dataclass
class Sales:
    """Paid order lines as the ledger takes them: one entry each; `day` counts from the start."""

    day: Ints
    variant: Ints
    carrier: Ints
    order: Ints
    buyer: Ints
    leads: Ints
    quantity: Ints
    money: dict[str, Ints]
    shipping: Ints
    named: Mask  # whether the file names the buyer: one in ciphertext is not known


@dataclass
class Refunds:
    """Refunded money: one entry per refund, with the day it left and its order's payment day."""

    day: Ints
    order_day: Ints
    variant: Ints
    carrier: Ints
    amount: Ints
    order: Ints


class Ledger:
    """All figures of one platform in one currency."""

    def __init__(self, platform: str, start: date, days: int, skus: list[str], people: int) -> None:
        self.platform, self.start, self.days, self.skus = platform, start, days, skus
        self.by_day, self.by_sku = Tally(days), Tally(len(skus))
        self.by_carrier = Tally(len(CARRIERS))
        self.day_buyers = np.zeros(days, dtype=np.int64)
        self.refunded_orders = np.zeros(days, dtype=np.int64)
        self.month_buyers: dict[str, int] = {}
        self.orders_of = np.zeros(people, dtype=np.int64)
        self.shipping = 0
        self._month = ""
        self._seen = np.zeros(people, dtype=bool)

    def sell(self, sales: Sales) -> None:
        """Count paid lines; a call covers whole orders of whole days of one month."""
        cuts = ((self.by_day, sales.day), (self.by_sku, sales.variant), (self.by_carrier, sales.carrier))
        for tally, members in cuts:
            for name, values in sales.money.items():
                tally.add(name, members, values)
            tally.add("units", members, sales.quantity)
            tally.add("lines", members)
        self.by_day.add("orders", sales.day[sales.leads])
        for tally, count, members in (
            (self.by_carrier, len(CARRIERS), sales.carrier),
            (self.by_sku, len(self.skus), sales.variant),
        ):
            tally.add("orders", np.unique(sales.order * count + members) % count)
        self.shipping += int(sales.shipping.sum())
        self._buyers(sales)

    def _buyers(self, sales: Sales) -> None:
        if not len(sales.day):
            return
        people = len(self.orders_of)
        pairs = np.unique((sales.day * people + sales.buyer)[sales.named])
        self.day_buyers += np.bincount(pairs // people, minlength=self.days)
        self.orders_of += np.bincount(sales.buyer[sales.leads & sales.named], minlength=people)
        month = f"{self.start + timedelta(days=int(sales.day[0])):%Y-%m}"
        if month != self._month:
            self._month = month
            self._seen[:] = False
        self._seen[sales.buyer[sales.named]] = True
        self.month_buyers[month] = int(self._seen.sum())

    def refund(self, refunds: Refunds) -> None:
        """Count refunded money, on both its days; a call covers all refunds of its orders."""
        self.by_day.add("refunds", refunds.day, refunds.amount)
        self.by_day.add("refunds_by_order", refunds.order_day, refunds.amount)
        for measure in ("refunds", "refunds_by_order"):
            self.by_sku.add(measure, refunds.variant, refunds.amount)
            self.by_carrier.add(measure, refunds.carrier, refunds.amount)
        _, first = np.unique(refunds.order, return_index=True)
        self.refunded_orders += np.bincount(refunds.order_day[first], minlength=self.days)

    def as_json(self) -> dict[str, Any]:
        """Return the figures cut by day, month, SKU, carrier and platform, and their total."""
        dates = [self.start + timedelta(days=number) for number in range(self.days)]
        month = np.unique([f"{day:%Y-%m}" for day in dates], return_inverse=True)
        by_month = _folded(self.by_day, month[1])
        total = _folded(self.by_day, np.zeros(self.days, dtype=np.int64)).row(0)
        months = [str(name) for name in month[0]]
        refunded = np.bincount(month[1], weights=self.refunded_orders).astype(int).tolist()
        days = [day.isoformat() for day in dates]
        return {
            "by_day": {day: self.by_day.row(place) for place, day in enumerate(days)},
            "by_month": {name: by_month.row(place) for place, name in enumerate(months)},
            "by_sku": {
                sku: self.by_sku.row(place)
                for place, sku in enumerate(self.skus)
                if self.by_sku.sums[place].any()
            },
            "by_carrier": {name: self.by_carrier.row(n) for n, name in enumerate(CARRIERS)},
            "by_platform": {self.platform: total},
            "total": total,
            "buyers": {
                "by_day": dict(zip(days, self.day_buyers.tolist(), strict=True)),
                "by_month": {name: self.month_buyers.get(name, 0) for name in months},
                "total": int((self.orders_of > 0).sum()),
                "repeat": int((self.orders_of > 1).sum()),
            },
            "refunded_orders": {
                "by_day": dict(zip(days, self.refunded_orders.tolist(), strict=True)),
                "by_month": dict(zip(months, refunded, strict=True)),
                "total": int(self.refunded_orders.sum()),
            },
            "shipping": self.shipping,
        }


def _folded(tally: Tally, group: Ints) -> Tally:
    folded = Tally(int(group.max()) + 1)
    np.add.at(folded.sums, group, tally.sums)
    return folded


@dataclass
class Truth:
    """What a practice shop's files contain: ledgers by currency, figures by session, rows by file."""

    start: date
    until: date
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    sessions: dict[str, dict[str, int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values; money in whole cents, days as ISO text."""
        about = {"start": self.start.isoformat(), "until": self.until.isoformat()}
        figures = {currency: ledger.as_json() for currency, ledger in self.ledgers.items()}
        rest = {"sessions": self.sessions, "counts": self.counts, "files": self.files}
        return {"range": about, **figures, **rest}

    def write(self, folder: Path) -> None:
        """Write the truth next to the files."""
        text = "\n".join(_in_lines(self.as_json(), depth=3)) + "\n"
        (folder / NAME).write_text(text, encoding="utf-8", newline="\n")


def _in_lines(value: Any, depth: int) -> Iterator[str]:
    """Yield JSON text with one member a line down to a depth, so that changes can be read."""
    if not isinstance(value, dict) or depth == 0:
        yield json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return
    yield "{"
    for place, (name, member) in enumerate(value.items(), start=1):
        first, *rest = _in_lines(member, depth - 1)
        lines = [f"{json.dumps(name, ensure_ascii=False)}:{first}", *rest]
        lines[-1] += "," if place < len(value) else ""
        yield from lines
    yield "}"


def read_truth(folder: Path) -> dict[str, Any]:
    """Return the content of `truth.json` in a folder."""
    truth: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
    return truth
