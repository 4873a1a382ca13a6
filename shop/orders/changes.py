"""Which days and orders a batch changes, so that their figures and their stock can follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

from shop.metrics.rollups import Touched
from shop.orders.batch import IngestBatch
from shop.orders.stored_rows import NAME_KEY, PAID_AT

Put = Callable[[IngestBatch], list[bool]]
NEVER = 2**62


@dataclass(frozen=True)
class ChangeTracker:
    """Notes in `touched` what batches change; `stock_since` (seconds UTC) is when tracking of stock began."""

    touched: Touched
    stock_since: int

    def track(self, batch: IngestBatch, written: list[bool], stored: dict[tuple[Any, ...], Any]) -> None:
        """Note the days and orders whose figures this batch changed."""
        self.touched.has_catalog |= batch.table in ("variant", "listing")
        if batch.table == "order_line":
            self._track_lines(batch, written, stored)
        elif batch.table == "refund":
            self.touched.refund_days.update(selected(batch.columns["refunded_on"], written))
            self.touched.refund_days.update(old[2] for old in stored.values())
            orders = set(selected(batch.columns["order_id"], written))
            orders.update(old[3] for old in stored.values())
            self.touched.refund_orders.setdefault(batch.platform, set()).update(orders)
            self._note_stock(batch.platform, ((order, NEVER) for order in orders))
        elif (affected := self._affected_by(batch.table)) is not None:
            orders = set(selected(batch.columns["order_id"], written))
            orders.update(old[2] for old in stored.values())
            affected.setdefault(batch.platform, set()).update(orders)
        elif batch.table == "live_session":
            self.touched.session_days.update(selected(batch.columns["started_on"], written))
            self.touched.session_days.update(old[2] for old in stored.values())
        elif batch.table == "live_minute":
            sessions = selected(batch.columns["session_id"], written)
            self.touched.minutes.setdefault(batch.platform, set()).update(sessions)
        elif batch.table == "video":
            if "published_on" in batch.columns:
                self.touched.video_days.update(selected(batch.columns["published_on"], written))
            self.touched.video_days.update(old[2] for old in stored.values())

    def _track_lines(
        self, batch: IngestBatch, written: list[bool], stored: dict[tuple[Any, ...], Any]
    ) -> None:
        columns = batch.columns
        self.touched.days.update(selected(columns["paid_on"], written))
        self._note_attributed(columns)
        if self.stock_since < NEVER:
            paid = zip(columns["order_id"], columns["paid_at"], strict=True)
            self._note_stock(batch.platform, selected(list(paid), written))
        unpaid = {
            order for order, day in zip(columns["order_id"], columns["paid_on"], strict=True) if day is None
        }
        if unpaid:  # their refunds, if any, belong to no paid day
            self.touched.refund_orders.setdefault(batch.platform, set()).update(unpaid)
        if stored:  # a changed line may move its order's first line, on whatever day the others are
            changed = set(selected(columns["order_id"], written))
            self.touched.days.update(old[2] for key, old in stored.items() if key[0] in changed)
            known = ((key[0], old[PAID_AT]) for key, old in stored.items() if key[0] in changed)
            self._note_stock(batch.platform, known)
            self._note_wordings(old for key, old in stored.items() if key[0] in changed)

    def _note_attributed(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Note the days of lines that name a content or that are provisional."""
        if self.touched.attributed is not None:
            for name in ("content_id", "is_provisional"):
                marks = [value is not None and value is not False for value in columns.get(name, ())]
                if any(marks):
                    self.touched.attributed.update(compress(columns["paid_on"], marks))

    def track_removed(
        self,
        table: str,
        platform: str,
        gone: Sequence[tuple[Any, ...]],
        stored: Mapping[tuple[Any, ...], Any],
    ) -> None:
        """Note the days and orders of rows that are taken away."""
        if table == "order_line":
            orders = {key[0] for key in gone}
            self.touched.days.update(old[2] for key, old in stored.items() if key[0] in orders)
            self.touched.refund_orders.setdefault(platform, set()).update(orders)
            self._note_stock(platform, [(key[0], stored[key][PAID_AT]) for key in gone])
            self._note_wordings(stored[key] for key in gone)
        elif table == "refund":
            self.touched.refund_days.update(stored[key][2] for key in gone)
            orders = {stored[key][3] for key in gone}
            self.touched.refund_orders.setdefault(platform, set()).update(orders)
            self._note_stock(platform, ((order, NEVER) for order in orders))
        elif (affected := self._affected_by(table)) is not None:
            affected.setdefault(platform, set()).update(stored[key][2] for key in gone)
        elif table == "live_session":
            self.touched.session_days.update(stored[key][2] for key in gone)
        elif table == "live_minute":
            self.touched.minutes.setdefault(platform, set()).update(key[0] for key in gone)
        elif table == "video":
            self.touched.video_days.update(stored[key][2] for key in gone)

    def _affected_by(self, table: str) -> dict[str, set[str]] | None:
        """What rows of orders affect: a settlement the payouts of its orders, a deposit which refunds are of a sale."""
        affected = {"settlement": self.touched.payout_orders, "presale_deposit": self.touched.refund_orders}
        return affected.get(table)

    def _note_wordings(self, lines: Iterable[Sequence[Any]]) -> None:
        """Note the wordings that these lines had: another one may name their SKUs now."""
        for old in lines:
            self.touched.names.setdefault(old[NAME_KEY], "")

    def _note_stock(self, platform: str, paid: Iterable[tuple[str, int | None]]) -> None:
        """Note the orders that were paid since stock is tracked: they may move it."""
        since = self.stock_since
        if since < NEVER:
            orders = {order for order, at in paid if at is not None and at >= since}
            if orders:
                self.touched.stock.setdefault(platform, set()).update(orders)


def selected(values: Sequence[Any], written: list[bool]) -> list[Any]:
    """The values of the records that are written."""
    if all(written):
        return list(values)
    return list(compress(values, written))


def part_of(batch: IngestBatch, wanted: list[bool]) -> IngestBatch:
    """The rows of a batch that are wanted."""
    if all(wanted):
        return batch
    columns = {name: selected(values, wanted) for name, values in batch.columns.items()}
    return IngestBatch(batch.table, batch.platform, columns, selected(batch.rows, wanted))


def in_parts(batch: IngestBatch, is_of_first: list[bool], first: Put, second: Put) -> list[bool]:
    """Hand one part of a batch to `first`, then the others to `second`; what they answer, for each row."""
    if all(is_of_first):
        return first(batch)
    answers = first(part_of(batch, is_of_first))
    result = second(part_of(batch, [not is_first for is_first in is_of_first]))
    for place, answer in zip(compress(range(len(batch)), is_of_first), answers, strict=True):
        result.insert(place, answer)
    return result
