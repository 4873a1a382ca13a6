"""The Douyin shop of a practice studio, month by month: orders, after-sale, settlement, compass."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from sample_data.generator import headers
from sample_data.generator.buyers import is_hidden
from sample_data.generator.clock import DAY, seconds
from sample_data.generator.douyin import edge_cases, settlement
from sample_data.generator.douyin.aftersale import Cases, case_columns, run_cases
from sample_data.generator.douyin.compass import CompassMonth
from sample_data.generator.douyin.discounts import add_money
from sample_data.generator.douyin.order_lines import UNKNOWN, Lines, Span, make_basket, make_lines
from sample_data.generator.douyin.orders import order_columns
from sample_data.generator.expected import Ledger, Refunds, Sales, Truth
from sample_data.generator.files import CsvFile, XlsxFile, export_file, in_order
from sample_data.generator.live_files import order_rates
from sample_data.generator.plan import Plan, Progress
from sample_data.generator.sessions import write_sessions

CURRENCY = "CNY"
PART_LINES = 50_000
NOT_YET_KNOWN = 0.25


def write(folder: Path, plan: Plan, truth: Truth, progress: Progress | None = None) -> None:
    """Write the shop's files and enter every figure in the truth."""
    skus = [variant.sku for variant in plan.catalog.variants]
    ledger = Ledger("douyin", plan.start, plan.days, skus, plan.crowd.size)
    truth.ledgers[CURRENCY] = ledger
    writer = _Writer(folder, plan, truth, ledger, progress)
    for month, first, after in plan.months():
        writer.write_month(month, first, after)
    if not plan.only_orders:
        writer.write_sessions()


def make_span(plan: Plan, span: Span) -> tuple[Lines, Cases]:
    """Return a span's order lines and after-sale cases as they stand at the moment of export."""
    rng = np.random.default_rng([*span.seed, 1])
    rates = order_rates(plan) if plan.presents else {}
    basket = make_basket(span, plan.sessions, 1 / plan.lines_per_order, rng, rates)
    lines = make_lines(span, basket, plan.catalog, plan.crowd, plan.singles, rng)
    add_money(lines, rng)
    lines.paid = np.where(lines.paid > plan.now, 0, lines.paid)
    today = lines.submitted >= plan.now // DAY * DAY
    lines.carrier[today & (rng.random(len(lines)) < NOT_YET_KNOWN)] = UNKNOWN
    lines = lines.where(lines.submitted <= plan.now)
    if plan.adjust:
        plan.adjust(lines)
    return lines, run_cases(lines, plan.now, rng)


def sales_of(lines: Lines, start: int) -> Sales:
    """Return the paid lines as the ledger takes them; days count from the second `start`."""
    paid = lines.where(lines.paid > 0)
    return Sales(
        day=(paid.paid - start) // DAY,
        variant=paid.variant,
        carrier=paid.carrier,
        order=paid.order,
        buyer=paid.buyer,
        leads=paid.place == 0,
        quantity=paid.quantity,
        money={
            "gmv": paid.gmv,
            "buyer_paid": paid.buyer_paid,
            "list_value": paid.list_value,
            "seller_discounts": paid.list_value - paid.gmv,
            "platform_discounts": paid.platform_discounts,
        },
        shipping=paid.shipping,
        named=~is_hidden(paid.buyer),
    )


def refunds_of(lines: Lines, cases: Cases, start: int) -> Refunds:
    """Return the refunded money as the ledger takes it."""
    given = (cases.refunded > 0) & (cases.amount > 0)
    line = cases.line[given]
    return Refunds(
        day=(cases.refunded[given] - start) // DAY,
        order_day=(lines.paid[line] - start) // DAY,
        variant=lines.variant[line],
        carrier=lines.carrier[line],
        amount=cases.amount[given],
        order=lines.order[line],
    )


@dataclass
class _Writer:
    """The shop's folder, plan and books, while its months are being written."""

    folder: Path
    plan: Plan
    truth: Truth
    ledger: Ledger
    progress: Progress | None

    def __post_init__(self) -> None:
        sessions = len(self.plan.sessions.start)
        self._sold = np.zeros(sessions, dtype=np.int64)
        self._orders = np.zeros(sessions, dtype=np.int64)

    def write_month(self, month: str, first: int, after: int) -> None:
        """Write one month's files, a span of days at a time."""
        start = seconds(self.plan.start)
        workbook = CompassMonth(self.plan.catalog, self.plan.crowd.size)
        with _MonthFiles(self.folder, month, self.plan) as out:
            for span in self.plan.spans(first, after):
                lines, cases = make_span(self.plan, span)
                sales, refunds = sales_of(lines, start), refunds_of(lines, cases, start)
                for books in (self.ledger, workbook):
                    books.sell(sales)
                    books.refund(refunds)
                out.write(lines, cases)
                self._count_sessions(lines)
                if self.progress:
                    self.progress(span.first_line + len(lines), int(self.plan.counts.sum()))
        self.truth.files |= out.rows()
        for name, number in out.counts.items():
            self.truth.counts[name] = self.truth.counts.get(name, 0) + number
        if not self.plan.only_orders:
            self._write_tab(workbook, first, after)

    def _count_sessions(self, lines: Lines) -> None:
        here = (lines.session >= 0) & (lines.paid > 0)
        session, size = lines.session[here], len(self._sold)
        sold = np.bincount(session, weights=lines.gmv[here], minlength=size)
        leads = session[lines.place[here] == 0]
        self._sold += sold.astype(np.int64)
        self._orders += np.bincount(leads, minlength=size)

    def _write_tab(self, workbook: CompassMonth, first: int, after: int) -> None:
        days = (self.plan.start + timedelta(days=day) for day in (first, after - 1))
        name = f"商品_{'_'.join(day.isoformat() for day in days)}.csv"
        self.truth.files[name] = workbook.write(self.folder / name)

    def write_sessions(self) -> None:
        """Write the live sessions with what each one sold."""
        name = "douyin_sessions.csv"
        sessions, now = self.plan.sessions, self.plan.now
        rows = write_sessions(
            self.folder / name,
            sessions,
            self._sold,
            self._orders,
            until=now,
            seed=self.plan.seed,
            language=self.plan.language,
        )
        self.truth.files[name] = rows
        self.truth.counts["sessions"] = rows
        for row in range(rows):
            figures = {"gmv": int(self._sold[row]), "orders": int(self._orders[row])}
            self.truth.sessions[str(sessions.number[row])] = figures


class _MonthFiles(ExitStack):
    """The open order, after-sale and settlement files of one month."""

    def __init__(self, folder: Path, month: str, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.counts = {"cases": 0, "settled": 0, "paid_out_cents": 0, "fee_cents": 0}
        self._files: list[CsvFile | XlsxFile] = []
        shape = plan.shapes.get(month, "74")
        self._headers = headers.DOUYIN_ORDERS_75 if shape == "75" else headers.DOUYIN_ORDERS_74
        self._orders = self._open(folder / f"douyin_orders_{month}.csv", self._headers, shape)
        if not plan.only_orders:
            cases = folder / f"douyin_aftersale_{month}.csv"
            payouts = folder / f"douyin_settlement_{month}.csv"
            shape, second = plan.shapes.get("settlement", "csv"), settlement.SECOND_HEADER
            self._cases = self._open(cases, headers.DOUYIN_AFTERSALE)
            self._payouts = self._open(payouts, headers.DOUYIN_SETTLEMENT, shape, second)

    def _open(
        self, path: Path, header: Sequence[str], shape: str = "csv", second: Sequence[str] = ()
    ) -> CsvFile | XlsxFile:
        file = export_file(path, header, shape=shape, second_header=second)
        self.enter_context(file)
        self._files.append(file)
        return file

    def write(self, lines: Lines, cases: Cases) -> None:
        """Append a span's rows to the files."""
        for first in range(0, len(lines), PART_LINES):
            part = lines.where(slice(first, first + PART_LINES))
            columns = order_columns(part, self.plan.catalog, self.plan.now)
            self._orders.write(edge_cases.join_rows(in_order(columns, self._headers), part))
        if not self.plan.only_orders:
            payouts = settlement.settle(lines, cases, self.plan.now)
            self._cases.write(case_columns(cases, lines, self.plan.catalog))
            self._payouts.write(settlement.payout_columns(payouts, lines, self.plan.catalog))
            self._count(cases, payouts)

    def _count(self, cases: Cases, payouts: settlement.Payouts) -> None:
        self.counts["cases"] += len(cases)
        self.counts["settled"] += len(payouts.line)
        self.counts["paid_out_cents"] += int(payouts.paid_out.sum())
        self.counts["fee_cents"] -= int((payouts.fee + payouts.commission).sum())

    def rows(self) -> dict[str, int]:
        """Return how many rows each file has."""
        return {file.name: file.rows for file in self._files}
