"""Order exports: what the order exports of many back offices have in common.

A format module declares a `OrderFormat` (platform, clock, status words), its FIELDS and, where sums belong to the
order, `OrderColumns`; its `parse` defines what its sums mean and gives `OrderRows.parsed` one `LineSums`.
Fields have the same names in every format:

    order_id, line_id                 without a line id the line is known by its number in the order (#1)
    sku, product_id, title, spec, quantity
    created_at, paid_at, shipped_at, completed_at, cancelled_at, refunded_at
    status, currency, province, buyer (else receiver and receiver_phone)

Amounts are read in minor units of the row's currency, fractions rounded half up. list = seller discount +
platform discount + buyer paid; where more was paid than the list price, the list price follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.couriers import couriers
from etl.errors import AmbiguousDates
from etl.files.base import Parsed, Recognised
from etl.files.fields import Context, Values
from etl.files.orders.dispatch import promised_at
from etl.files.orders.status_words import ORDER_WORDS
from etl.files.rows import Rows
from etl.ranks import CASE_RANK, ORDER_RANK
from etl.tables.amounts import amount
from etl.tables.base import Chunk
from etl.tables.cells import FINER
from etl.tables.date_order import DateOrder, scan
from etl.tables.half_up import half_up
from etl.tables.hashes import content_hash
from etl.tables.order_amounts import OrderColumns
from etl.tables.timestamps import days_of, latest
from shop.orders.batch import MISSING, IngestBatch
from shop.orders.merging import WHOLE_ORDER

ORDER = WHOLE_ORDER  # the line id, and where nothing names it the SKU, of a row that stands for a whole order
MOST_PIECES = 10**6  # of one line
TIMES = ("created_at", "paid_at", "shipped_at", "completed_at", "cancelled_at", "refunded_at")
PROVINCE = r"^(?P<name>(?:北京|天津|上海|重庆)市?|\S{2,7}?(?:省|自治区|特别行政区))(?:[\s,，].*)?$"


@dataclass(frozen=True)
class OrderFormat:
    """How one back office writes orders.

    `statuses` are patterns with our status, the first that matches the cell counts. `zone` is the clock
    of its times and `currency` that of its amounts; None: the shop's, or the file's own column.
    """

    platform: str
    statuses: tuple[tuple[str, str], ...]
    zone: str | None = None
    currency: str | None = None
    dates: str = "ymd"  # the order of days in numbers whose year stands last
    whole_orders: bool = False  # one row is one order with all its lines

    def shared(self, columns: OrderColumns, chunks: Iterator[Chunk], context: Context) -> Iterator[Chunk]:
        """The chunks with the cells of whole orders carried down and shared among their lines."""
        return columns.rewritten(
            chunks,
            currency=self.currency or context.file_currency,
            decimal=context.settings.get("decimal", "."),
        )

    def status_of(self, word: str) -> str | None:
        """Our status of a status word, None for a word that no pattern knows."""
        matched = (ours for pattern, ours in self.statuses if re.search(pattern, word, re.IGNORECASE))
        return next(matched, None)


@dataclass(frozen=True)
class LineSums:
    """The sums of each row in minor units: list value, what was paid for the goods, who else bore what."""

    listed: Values
    paid: Values
    platform: Values
    shipping: Values


@dataclass(frozen=True)
class Back:
    """Money refunded by row, goods and shipping in minor units; `of_order`: the same sum on each row."""

    goods: Values
    shipping: Values
    of_order: bool = False
    before_shipping: Values | None = None


class OrderRows:
    """One chunk of an order export: its columns as values, and what the format makes of them as batches."""

    def __init__(self, rows: Rows, context: Context, format: OrderFormat) -> None:
        self.rows, self.context, self.format = rows, context, format
        self.zone = format.zone or context.time_zone

    @cached_property
    def currencies(self) -> Values:
        """The currency of each row: its own column, else the format's, the user's word, the shop's."""
        setting = self.rows.setting(self.context, "currency", self.context.currency)
        return self.rows.currencies(self.format.currency or str(setting))

    def exact(self, name: str, *, required: bool = False) -> Values:
        """An amount in 1/10**FINER of a minor unit; an empty cell and a word for nothing are 0."""
        read = partial(amount, decimal=self.rows.decimal, extra=FINER, rounded=True)
        return self.rows.amounts(name, self.currencies, read, required=required)

    def money(self, name: str, *, required: bool = False) -> Values:
        """An amount in minor units, rounded half up."""
        return self._rounded(self.exact(name, required=required), name)

    def price(self, name: str, *, required: bool = True) -> Values:
        """The list value of goods in minor units; one below zero rejects its row."""
        listed = self.money(name, required=required)
        self.rows.refuse_where(listed < 0, name, "Negative")
        return listed

    def _rounded(self, exact: Values, name: str) -> Values:
        """Whole minor units, half up; the difference is noted."""
        whole, difference = half_up(exact, 10**FINER)
        self.rows.roundings.note_by_currency(name, difference, 10**FINER, self.currencies)
        return whole

    def given(self, name: str) -> Values:
        """Which rows have something in this column."""
        return np.asarray(self.rows.cells(name).is_valid())

    @cached_property
    def quantity(self) -> Values:
        """The pieces of each row; 1 where the file has no such column."""
        if not self.rows.has("quantity"):
            return np.ones(len(self.rows), np.int64)
        pieces = self.rows.whole("quantity", required=True)
        self.rows.refuse_where((pieces <= 0) & (pieces != MISSING), "quantity", "NotPositive")
        self.rows.refuse_where(pieces > MOST_PIECES, "quantity", "TooMuch")
        return pieces

    def unit_times_quantity(self, name: str) -> Values:
        """List value: unit price times pieces in minor units, rounded half up once per row."""
        unit = self.exact(name, required=True)
        self.rows.refuse_where(unit < 0, name, "Negative")
        pieces = np.clip(self.quantity, 0, MOST_PIECES)
        return self._rounded(np.clip(unit, 0, 10**12) * pieces, name)

    @cached_property
    def times(self) -> dict[str, Values]:
        """The moments of each row in seconds UTC, MISSING where not in the file."""
        rows = self.rows
        return {name: rows.instant(name, self.zone, order=self.dates) for name in TIMES}

    @property
    def dates(self) -> str:
        """The order of day and month: the file's, as `detect_dates` decides it, else the format's."""
        return str(self.rows.setting(self.context, "dates", self.format.dates))

    @cached_property
    def status(self) -> Values:
        """Our status of each row; an unknown word rejects its row."""
        own = {word: ours for pattern, ours in self.format.statuses for word in pattern.split("|")}
        words = {**ORDER_WORDS, **own}
        for word in self.rows.cells("status").unique().drop_null().to_pylist():
            if ours := self.format.status_of(word):
                words[word] = ours
        return self.rows.choice("status", words, required=False, missing="paid")

    def matches(self, name: str, pattern: str) -> Values:
        """Which rows have a cell in which this pattern matches."""
        matched = pc.match_substring_regex(self.rows.cells(name), pattern)
        return np.asarray(pc.fill_null(matched, False))

    def parsed(
        self,
        money: LineSums,
        *,
        back: Back | None = None,
        status: Values | None = None,
        gifts: Values | None = None,
        order_id: Values | None = None,
        line_id: Values | None = None,
    ) -> Parsed:
        """The order lines of this chunk, and a refund estimate where money was refunded."""
        lines = self.lines(money, back, status=status, gifts=gifts, order_id=order_id, line_id=line_id)
        batches = [self.rows.batch("order_line", self.format.platform, lines)]
        if back is not None:
            batches.append(self._refunds(back, lines))
        return Parsed(self.rows, batches)

    def lines(
        self,
        money: LineSums,
        back: Back | None = None,
        *,
        status: Values | None = None,
        gifts: Values | None = None,
        order_id: Values | None = None,
        line_id: Values | None = None,
    ) -> dict[str, Values]:
        """The columns of the order lines."""
        rows, context, times = self.rows, self.context, self.times
        created_at = first_known(times["created_at"], times["paid_at"])
        rows.refuse_where(created_at == MISSING, "created_at", "Missing")
        status = self.status if status is None else status
        platform = np.maximum(money.platform, 0)
        rows.refuse_where(money.paid < 0, "paid", "Negative")
        listed = np.maximum(money.listed, money.paid + platform)
        columns: dict[str, Values] = {
            "order_id": rows.identifier("order_id") if order_id is None else order_id,
            "created_at": created_at,
            **{name: times[name] for name in ("paid_at", "shipped_at", "completed_at")},
            "paid_on": days_of(times["paid_at"], context.time_zone),
            "status": status,
            "after_sale": np.full(len(rows), None, object),
            **self._product(),
            "quantity": self.quantity,
            "list_cents": listed,
            "seller_discount_cents": listed - platform - money.paid,
            "platform_discount_cents": platform,
            "buyer_paid_cents": money.paid,
            "shipping_cents": money.shipping,
            "currency": self.currencies,
            "is_gift": np.zeros(len(rows), bool) if gifts is None else gifts,
            "buyer_key": self._buyers(),
            "province": rows.text("province"),
            "promised_at": promised_at(rows, self.zone, status),
            "courier": couriers(rows.cells("courier")),
            "updated_at": latest(*times.values()),
        }
        is_back = np.zeros(len(rows), bool)
        if back is not None:
            is_back = (back.goods > 0) & (back.goods >= money.paid) & (times["paid_at"] != MISSING)
            columns["after_sale"] = np.array(["refunded" if item else None for item in is_back] or [], object)
        columns["line_id"] = self._line_ids(columns) if line_id is None else line_id
        content = [v for name, v in sorted(columns.items()) if name not in ("order_id", "line_id")]
        rank = np.array([ORDER_RANK[word] for word in status], np.int64) * len(CASE_RANK)
        rank += np.where(is_back, CASE_RANK["refunded"], 0)
        columns["payload_hash"] = rows.version(content, rank)
        return columns

    def _buyers(self) -> Values:
        """Who bought; where the file has no buyer, who receives the parcel, by name and phone."""
        names = ("buyer",) if self.rows.has("buyer") else ("receiver", "receiver_phone")
        keys = self.rows.people(self.context, *names)
        self.rows.extra["person_key"] = keys
        return keys

    def _product(self) -> dict[str, Values]:
        """The SKU is the shop's own code; without one the platform's product and the chosen form."""
        rows = self.rows
        title, spec = rows.text("title"), rows.text("spec")
        product = rows.identifier("product_id", required=False)
        codes = zip(rows.text("sku"), product, spec, title, strict=True)
        sku = [s or (f"{p}/{v}" if p and v else p or t or ORDER) for s, p, v, t in codes]
        rows.refuse_long(pa.array(sku, pa.string()), "sku")
        return {"sku": np.array(sku or [], object), "product_id": product, "title": title, "spec": spec}

    def _line_ids(self, columns: dict[str, Values]) -> Values:
        """The file's own line id; else its number in the order, for people edit titles and codes."""
        rows = self.rows
        if self.format.whole_orders:
            return np.full(len(rows), ORDER, object)
        if rows.has("line_id"):
            return rows.identifier("line_id")
        if rows.has("record_key"):
            keys = np.asarray(rows.cells("record_key").to_numpy(zero_copy_only=False))
        else:
            numbers = self.context.seen.occurrences(content_hash((columns["order_id"],)))
            keys = np.array([f"#{number}" for number in numbers.tolist()] or [], object)
        rows.extra["record_key"] = keys
        return keys

    def _refunds(self, back: Back, lines: dict[str, Values]) -> IngestBatch:
        """An estimate per line, or one per order, on the day of the refund, of the cancellation, of the payment."""
        rows, context, times = self.rows, self.context, self.times
        at = first_known(times["refunded_at"], times["cancelled_at"], times["paid_at"], lines["created_at"])
        order, line = lines["order_id"], lines["line_id"]
        whole = back.of_order or self.format.whole_orders
        early = np.zeros(len(rows), bool) if back.before_shipping is None else back.before_shipping
        columns: dict[str, Values] = {
            "refund_id": order
            if whole
            else np.array([f"{one}/{two}" for one, two in zip(order, line, strict=True)] or [], object),
            "order_id": order,
            "line_id": np.full(len(rows), None, object) if whole else line,
            "kind": np.where(early, "refund_only", "unknown").astype(object),
            "stage": np.where(early, "before_ship", "unknown").astype(object),
            "status": np.full(len(rows), "refunded", object),
            "refunded_at": at,
            "refunded_on": days_of(at, context.time_zone),
            "amount_cents": back.goods,
            "shipping_cents": back.shipping,
            "currency": lines["currency"],
            "is_estimate": np.ones(len(rows), bool),
            "updated_at": lines["updated_at"],
        }
        total = np.minimum(back.goods + back.shipping, 2**24 - 1)
        columns["payload_hash"] = rows.version([v for _, v in sorted(columns.items())], np.maximum(total, 0))
        given = (back.goods + back.shipping > 0) & (times["paid_at"] != MISSING)
        places = np.flatnonzero(rows.accepted() & given)
        if back.of_order:
            _, first = np.unique(order[places].astype(str), return_index=True)
            places = places[np.sort(first)]
        return rows.batch("refund", self.format.platform, columns, places)


def goods_first(back: Values, goods: Values, shipping: Values) -> tuple[Values, Values]:
    """A sum refunded as goods and shipping: goods up to what they cost, then shipping; the rest is tax."""
    of_goods = np.minimum(back, np.maximum(goods, 0))
    return of_goods, np.minimum(back - of_goods, np.maximum(shipping, 0))


def detect_dates(format: OrderFormat, recognised: Recognised, context: Context) -> None:
    """Find out which way round the days of a file are; the format's own way where they could be either."""
    order = DateOrder()
    for chunk in scan(recognised.table, recognised.header, recognised.places, TIMES):
        for cells in chunk.columns.values():
            order.see(cells)
    try:
        decided = order.decide(recognised.table.name, context.settings.get("dates"))
    except AmbiguousDates:
        decided = format.dates
    context.settings["dates"] = decided if order.sample else format.dates


def province_only(rows: Rows) -> None:
    """Of an address in the column `province` only the name of the province stays."""
    named = pc.extract_regex(rows.cells("province"), PROVINCE)
    rows.replace("province", pc.struct_field(named, "name"))


def first_known(*moments: Values) -> Values:
    """The first moment of each row that is known."""
    result = moments[0]
    for other in moments[1:]:
        result = np.where(result == MISSING, other, result)
    return result


def unpaid_where(rows: OrderRows, unpaid: Values, fallback: Sequence[str] = ()) -> None:
    """Rows of orders that were never paid lose their payment; paid ones without a moment take another's."""
    times = rows.times
    paid = first_known(times["paid_at"], *(times[name] for name in fallback))
    times["paid_at"] = np.where(unpaid, MISSING, paid)
