"""Any CSV or workbook, read by a column-mapping profile, as one of our own kinds.

A row without a line id is known by its order and its number among the order's rows, sorted by what
nobody edits (the platform's product id, time, price): exact doubles stay separate purchases, and a later
export with a new status, code, title or refund updates the same line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa

from etl.files.base import Parsed, Recognised
from etl.files.fields import Context, Values
from etl.files.headers import normal
from etl.files.rows import Rows
from etl.profiles.cells import Cells, rule_mask
from etl.profiles.fields import AMOUNTS, CLOCK, OF_ORDER, PARTS, TABLES
from etl.profiles.line_money import line_money, refunded_amount
from etl.profiles.model import Meaning, Profile, built_in
from etl.profiles.stream_figures import parse_minutes, parse_settlements, parse_video_days, parse_videos
from etl.profiles.streams import parse_comments, parse_listings, parse_sessions
from etl.profiles.synonyms import FIELDS
from etl.ranks import CASE_RANK, ORDER_RANK
from etl.tables.base import Chunk
from etl.tables.date_order import DateOrder, scan
from etl.tables.order_amounts import Composition, OrderColumns
from etl.tables.timestamps import days_of, latest
from shop.orders.batch import MISSING, IngestBatch


class ProfileKind:
    """A kind built from a profile. `profile_text` is its TOML, None for a built-in one."""

    def __init__(self, profile: Profile, *, own: bool) -> None:
        self.profile = profile
        self.NAME = profile.name
        self.PLATFORM = profile.constants["platform"]
        self.IN_SHOP_CURRENCY = profile.constants.get("currency") == "shop"
        self.VERSION = profile.version
        self.FIELDS = profile.fields
        self.profile_text: str | None = profile.text if own else None
        self.FORBIDDEN = None if own else _unread_headers(profile)
        self.header_row = profile.header_row
        self.skip_rows = profile.skip_rows
        self.worksheet = profile.worksheet
        self.csv_settings = {
            name: value
            for name, value in (("delimiter", profile.separator), ("encoding", profile.encoding))
            if value is not None
        }

    def counts_by_order_day(self, recognised: Recognised) -> bool:
        """Whether a table of orders has no moment of payment; what a built-in profile reads is known to have none."""
        is_of_orders = self.profile.table == "order_line" and self.profile_text is not None
        return is_of_orders and "paid_at" not in recognised.places

    def prepare(self, recognised: Recognised, context: Context) -> None:
        """Determine the order of day and month, and when an offer file was saved.

        Raises AmbiguousDates.
        """
        profile = self.profile
        if profile.table == "listing":  # an offer file has no date of its own
            saved_at = int(recognised.table.path.stat().st_mtime)
            context.settings.setdefault("saved_at", saved_at)
        if profile.table == "order_line" and not profile.one_row_per_order:
            context.settings["order columns"] = self._order_columns(recognised)
        if profile.formats or not TABLES[profile.table].times:
            return
        given = context.settings.get("dates")
        if profile.date_order != "auto":
            given = profile.date_order
        order = DateOrder()
        if given is None:
            for chunk in scan(
                recognised.table, recognised.header, recognised.places, TABLES[profile.table].times
            ):
                for cells in chunk.columns.values():
                    order.see(cells)
        context.settings["dates"] = order.decide(recognised.table.name, given)

    def _order_columns(self, recognised: Recognised) -> OrderColumns:
        """Which columns belong to the order: by the profile's word, and by what the whole file shows."""
        profile, places = self.profile, recognised.places
        per_of = {name: profile.meaning(name).per for name in AMOUNTS if name in places}
        price = per_of.pop("unit_price", None)
        columns = OrderColumns(
            shared=tuple(name for name, per in per_of.items() if per == "order"),
            weights=("unit_price",) if price == "line" else _weights(places, per_of),
            fill_ids=profile.carry_down,
        )
        columns = replace(columns, composed=_composed(profile, columns.weights))
        open_amounts = [name for name, per in per_of.items() if per is None]
        of_order = [name for name in OF_ORDER if name in places]
        of_order += [name + CLOCK for name in of_order if name + CLOCK in places]
        if not (open_amounts or columns.shared or profile.carry_down or _has_blanks(recognised, of_order)):
            return columns
        return columns.noticed(
            recognised.table,
            recognised.header,
            places,
            carried=of_order,
            amounts=open_amounts,
            decimal=profile.decimal,
        )

    def whole_orders(self, chunks: Iterator[Chunk], context: Context) -> Iterator[Chunk]:
        """The chunks with the cells that belong to whole orders carried down and shared."""
        columns = context.settings.get("order columns")
        if columns is None or not (columns.shared or columns.carried or columns.fill_ids):
            return chunks
        constant = self.profile.constants.get("currency")
        currency = context.file_currency if constant == "shop" else constant
        rewritten: Iterator[Chunk] = columns.rewritten(
            chunks, currency=currency, decimal=self.profile.decimal
        )
        return rewritten

    def parse(self, rows: Rows, context: Context) -> Parsed:
        """The rows of one chunk as the profile defines."""
        for rule in self.profile.ignore:
            rows.skip_where(rule_mask(rows, rule))
        order = str(rows.setting(context, "dates", "ymd"))
        cells = Cells(rows, context, self.profile, order)
        for rule in self.profile.rejections:
            cells.reject(rule)
        return PARSERS[self.profile.table](cells)


def _unread_headers(profile: Profile) -> re.Pattern[str]:
    """Headers of what a built-in profile does not read: a table that has one is a richer one, not its own."""
    read = {normal(header) for item in profile.fields for header in item.headers}
    named = {item.name for item in profile.fields}
    words = {
        normal(word)
        for name in TABLES[profile.table].fields
        if name not in named and name not in ("province", "buyer", "currency", "creator_id", "content_id")
        for word in FIELDS.get(name, ())
    }
    return re.compile(rf"^(?:{'|'.join(map(re.escape, sorted(words - read)))})$")


def _lacking(meaning: Meaning) -> tuple[str, ...]:
    """The columns of what an amount has lost: refunds, and what shipping was reduced by."""
    lost = ("refund",) if meaning.refunds == "net" else ()
    return (*lost, "shipping_discount") if "shipping" in meaning.includes else lost


def _weights(places: dict[str, int], per_of: dict[str, str | None]) -> tuple[str, ...]:
    """What the order's amounts are shared by: the list value of each line, else its pieces."""
    if "unit_price" in places:
        return tuple(name for name in ("unit_price", "quantity") if name in places)
    if "list_total" in places and per_of.get("list_total") == "line":
        return ("list_total",)
    return ("quantity",) if "quantity" in places else ()


def _composed(profile: Profile, weights: tuple[str, ...]) -> dict[str, Composition]:
    """What the order's paid sums and list values contain; discounts lessen weights that are list values."""
    discounts = ("seller_discount", "platform_discount") if {"unit_price", "list_total"} & {*weights} else ()
    return {
        name: Composition(
            contains=tuple(PARTS[part] for part in profile.meaning(name).includes),
            lacks=_lacking(profile.meaning(name)),
            discounts=discounts if name == "paid" else (),
        )
        for name in ("paid", "list_total")
    }


def _has_blanks(recognised: Recognised, names: list[str]) -> bool:
    """Whether one of these columns has an empty cell below a filled one in the first rows of the table."""
    rows = recognised.table.head[recognised.header + 1 :]
    for name in names:
        filled = [bool(row[place]) for row in rows if (place := recognised.places[name]) < len(row)]
        if True in filled and False in filled[filled.index(True) :]:
            return True
    return False


def kind_of(profile: Profile) -> ProfileKind:
    """The kind of a user's own profile."""
    return ProfileKind(profile, own=True)


def built_in_kinds() -> dict[str, ProfileKind]:
    """The kinds built from the profiles that come with the program."""
    return {name: ProfileKind(profile, own=False) for name, profile in built_in().items()}


# --- order lines ---------------------------------------------------------------------------------


def parse_lines(cells: Cells) -> Parsed:
    """Order lines, and refunds: of rows that are returns, of sums given with an order."""
    rows, context = cells.rows, cells.context
    back = _is_return(cells)
    times = {name: cells.instant(name) for name in TABLES["order_line"].times}
    if not rows.has("created_at"):
        times["created_at"] = times["paid_at"]
    rows.refuse_where(times["created_at"] == MISSING, "created_at", "Missing")
    status = _status(cells, times)
    money = line_money(cells, back, status == "cancelled")
    given = money.refunded + money.refunded_shipping
    if not rows.has("paid_at"):  # cancelled and nothing refunded: never paid
        unsent = times["shipped_at"] == MISSING
        never = (status == "unpaid") | ((status == "cancelled") & (given == 0) & ~back & unsent)
        times["paid_at"] = np.where(never, MISSING, times["created_at"])
    columns: dict[str, Values] = {
        "order_id": rows.identifier("order_id"),
        **times,
        "paid_on": days_of(times["paid_at"], context.time_zone),
        "status": status,
        **_described(cells),
        **money.columns,
        "currency": cells.currencies,
        "carrier": cells.choice("carrier", "unknown"),
        "seller": cells.constant("seller", "own"),
        "creator_id": cells.constant("creator_id", None, rows.text("creator_id")),
        "content_id": rows.identifier("content_id", required=False),
        "buyer_key": cells.people("buyer"),
        "province": cells.province(),
        "updated_at": latest(*times.values()),
    }
    if cells.profile.gifts:
        gift = np.zeros(len(rows), bool)
        for rule in cells.profile.gifts:
            gift |= rule_mask(rows, rule)
        columns["is_gift"] = gift
    columns["line_id"] = _line_ids(cells, columns)
    content = [values for name, values in sorted(columns.items()) if name not in ("order_id", "line_id")]
    columns["payload_hash"] = rows.version(content, np.array([ORDER_RANK[word] for word in status], np.int64))
    batches = [rows.batch("order_line", cells.platform, columns, _places(rows, ~back))]
    if back.any():
        goods = money.columns["buyer_paid_cents"]
        batches.append(
            _refunds(cells, columns, _places(rows, back), (goods, np.zeros_like(goods)), estimate=False)
        )
    refunded = _places(rows, ~back & (given > 0))
    if len(refunded):
        sums = (money.refunded, money.refunded_shipping)
        batches.append(_refunds(cells, columns, refunded, sums, estimate=True))
    return Parsed(rows, batches)


def _places(rows: Rows, mask: Values) -> Values:
    return np.flatnonzero(rows.accepted() & mask)


def _is_return(cells: Cells) -> Values:
    """Which rows take goods back, by the profile's rule."""
    rule, rows = cells.profile.returns, cells.rows
    if not rule:
        return np.zeros(len(rows), bool)
    if name := rule.get("negative"):
        return cells.is_negative(name)
    if words := rule.get("words"):
        return cells.is_one_of(rule["column"], words)
    return cells.begins(rule["column"], rule["begins"])


def _status(cells: Cells, times: dict[str, Values]) -> Values:
    rows, profile = cells.rows, cells.profile
    if rows.has("status"):
        return rows.choice("status", profile.status, missing="unpaid")
    if word := profile.constants.get("status"):
        return rows.constant(word)
    if not rows.has("paid_at"):
        return rows.constant("paid")
    return np.where(times["paid_at"] == MISSING, "unpaid", "paid").astype(object)


def _described(cells: Cells) -> dict[str, Values]:
    rows = cells.rows
    title, spec = rows.text("title"), rows.text("spec")
    product_id = rows.identifier("product_id", required=False)
    codes = cells.constant("sku", None, rows.text("sku"))
    if not all(codes):
        merged = [
            s or (f"{p}/{v}" if p and v else p or t or "")
            for s, p, v, t in zip(codes, product_id, spec, title, strict=True)
        ]
        codes = np.array(merged, object)
    rows.refuse_long(pa.array(codes, pa.string()), "sku")
    title = cells.constant("title", None, title)
    return {"sku": codes, "product_id": product_id, "title": title, "spec": spec}


def _line_ids(cells: Cells, columns: dict[str, Values]) -> Values:
    rows = cells.rows
    if rows.has("line_id"):
        return rows.identifier("line_id")
    if cells.profile.one_row_per_order:
        return columns["order_id"]
    price = cells.amounts("unit_price", extra=2) if rows.has("unit_price") else columns["list_cents"]
    created_at = cells.written("created_at" if rows.has("created_at") else "paid_at")
    return rows.line_numbers(cells.context, columns["order_id"], columns["product_id"], created_at, price)


def _refunds(
    cells: Cells, lines: dict[str, Values], places: Values, sums: tuple[Values, Values], *, estimate: bool
) -> IngestBatch:
    """A refund for the row at each place: of goods returned that day, or of the sums (goods, shipping) with it."""
    rows, size = cells.rows, len(places)
    lines = {name: rows.taken(values, places) for name, values in lines.items()}
    amount, shipping = (values[places] for values in sums)
    at = np.where(lines["paid_at"] == MISSING, lines["created_at"], lines["paid_at"])
    order, line = lines["order_id"], lines["line_id"]
    ids = (
        order
        if cells.profile.one_row_per_order
        else np.array([f"{item}/{two}" for item, two in zip(order, line, strict=True)] or [], object)
    )
    columns: dict[str, Values] = {
        "refund_id": ids,
        "order_id": order,
        "line_id": line if estimate else np.full(size, None, object),
        "status": np.full(size, "refunded", object),
        "refunded_at": at,
        "refunded_on": days_of(at, cells.context.time_zone),
        "amount_cents": amount,
        "shipping_cents": shipping,
        "currency": lines["currency"],
        "is_estimate": np.full(size, estimate),
        "updated_at": lines["updated_at"],
    }
    if not estimate:  # goods came back: of which sale is looked up when they are stored
        columns |= {
            "kind": np.full(size, "return_refund", object),
            "sku": lines["sku"],
            "quantity": lines["quantity"],
            "buyer_key": lines["buyer_key"],
        }
    rank = np.minimum(amount + (not estimate), 2**24 - 1)
    columns["payload_hash"] = rows.version([v for _, v in sorted(columns.items())], rank)
    return IngestBatch("refund", cells.platform, columns, rows.numbers[places])


# --- refunds -------------------------------------------------------------------------------------


def parse_refunds(cells: Cells) -> Parsed:
    """Refunds; without a status column every row is a refund."""
    rows = cells.rows
    times = {name: cells.instant(name) for name in TABLES["refund"].times}
    status = np.full(len(rows), "refunded", object)
    if rows.has("status"):
        status = rows.choice("status", cells.profile.status, missing="asked")
    given = times["refunded_at"] if rows.has("refunded_at") else times["requested_at"]
    refunded = status == "refunded"
    rows.refuse_where(refunded & (given == MISSING), "refunded_at", "NoRefundTime")
    given = np.where(refunded, given, MISSING)
    columns: dict[str, Values] = {
        "order_id": rows.identifier("order_id"),
        "line_id": rows.identifier("line_id", required=False),
        "status": status,
        "reason": rows.text("reason"),
        "requested_at": times["requested_at"],
        "refunded_at": given,
        "refunded_on": days_of(given, cells.context.time_zone),
        "amount_cents": refunded_amount(cells),
        "shipping_cents": np.abs(cells.amounts("shipping")),
        "currency": cells.currencies,
        "updated_at": latest(*times.values()),
    }
    identity = (columns["order_id"], columns["line_id"], times["requested_at"], columns["amount_cents"])
    columns["refund_id"] = (
        rows.identifier("refund_id") if rows.has("refund_id") else rows.keys(cells.context, *identity)
    )
    content = [values for name, values in sorted(columns.items()) if name != "refund_id"]
    rank = np.array([CASE_RANK[word] for word in status], np.int64)
    columns["payload_hash"] = rows.version(content, rank)
    return Parsed(rows, [rows.batch("refund", cells.platform, columns)])


PARSERS: dict[str, Callable[[Cells], Parsed]] = {
    "order_line": parse_lines,
    "refund": parse_refunds,
    "listing": parse_listings,
    "comment": parse_comments,
    "live_session": parse_sessions,
    "video": parse_videos,
    "video_day": parse_video_days,
    "live_minute": parse_minutes,
    "settlement": parse_settlements,
}
