"""A first profile for a table that no kind knows, from its headers and all of its rows.

What is certain is written down; what could be read in two ways becomes a question, never a guess: a profile
with an open question is rejected when it is used. What is written down is a profile that `model.read` accepts
once the questions are answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from etl.errors import AmbiguousDates, NoSuchRecords
from etl.files.orders.status_words import status_of
from etl.profiles.draft import (
    MONEY,
    NONE,
    Draft,
    ProfileNotes,
    Question,
    ask_column,
    candidates,
    draft_of,
    text_of,
    words_of,
)
from etl.profiles.fields import SUGGESTED, TABLES
from etl.profiles.patterns import key
from etl.profiles.suggest_orders import ask_open_fields, suggest_after_sale, suggest_sums
from etl.tables.amounts import currency_in
from etl.tables.csv_table import CsvTable
from etl.tables.date_order import DateOrder
from etl.tables.moments import YEARLESS, read_moment
from etl.tables.open import open_table
from etl.tables.workbook import WorkbookTable
from shop.core.personal import mask_contacts

PLATFORMS = (
    "douyin",
    "kuaishou",
    "tiktok",
    "taobao",
    "tmall",
    "pinduoduo",
    "xiaohongshu",
    "wechat_channels",
    "etsy",
    "shopify",
    "own",
)
ZONES = ("Asia/Shanghai", "Europe/London", "Europe/Berlin", "America/New_York", "UTC")
CURRENCIES = ("CNY", "USD", "EUR", "GBP", "JPY", "MYR", "SGD", "THB", "VND", "IDR", "PHP")
PAYOUT = re.compile(r"结算|动账|入账|提现|payout|settlement|balance|^fees?$|netamount|processingfee")
VIDEO = re.compile(r"完播|播放(量|次数)|completionrate|videoviews|^views$")
SOLD = re.compile(
    r"(date|time)(of)?(sale|sold)$|^(sale|sold)(date|time|on)|^(buyer|买家|买方)|售出(时间|日期)|成交时间"
)
CLOCK = re.compile(r"^\d{1,2}:\d\d(:\d\d)?\s*([ap]\.?m\.?)?$", re.IGNORECASE)


@dataclass(frozen=True)
class ProfileDraft:
    """A profile as TOML text, and the questions that must be answered before it can be used.

    `draft` has both by place, for an editor.
    """

    text: str
    questions: tuple[Question, ...]
    draft: Draft


def recognised_table(path: Path, name: str, *, password: str | None = None) -> Draft:
    """The table of a file and its columns, no field mapped yet; raises a FileRejected when it is no table."""
    draft = draft_of(open_table(path, name=name, password=password), name)
    len(draft.whole)  # read now: the path may go away
    return draft


def suggest(path: Path, *, name: str | None = None, notes: ProfileNotes | None = None) -> ProfileDraft:
    """A profile for this table; raises a FileRejected when the file is no table, or none that we can store."""
    draft = recognised_table(path, name or path.name)
    kind, matches = best_table(draft)
    return complete(draft, kind, matches, notes)


def complete(
    draft: Draft, kind: str, matches: dict[str, list[str]] | None = None, notes: ProfileNotes | None = None
) -> ProfileDraft:
    """The profile of a draft as a table of this kind; columns that the draft already has stay."""
    draft.values["table"] = kind
    draft.questions.clear()
    _file_section(draft)
    draft.ask("constants.platform", None, (), PLATFORMS)
    if matches is not None:
        _columns(draft, kind, matches)
    _required(draft, kind)
    _money(draft)
    _currency(draft, kind)
    _dates(draft, kind)
    if kind == "order_line" and "order_id" in draft.columns:
        suggest_sums(draft, matches or {})
        suggest_after_sale(draft)
        ask_open_fields(draft)
    elif (
        kind == "order_line" and {"paid", "shipping"} <= draft.columns.keys()
    ):  # its arithmetic cannot be tried
        paid = draft.columns["paid"]
        draft.ask("amounts.paid.includes", paid, draft.samples(paid), (NONE, "shipping"))
    _status(draft, kind)
    return _suggestion(draft, notes or ProfileNotes())


def _suggestion(draft: Draft, notes: ProfileNotes) -> ProfileDraft:
    unused = ", ".join(draft.unused())
    text = text_of(draft.values, draft.questions, notes)
    text += f"\n# {notes.unused} {unused}\n" if unused else ""
    return ProfileDraft(text, tuple(draft.questions), draft)


def best_table(draft: Draft) -> tuple[str, dict[str, list[str]]]:
    """The kind of record that the headers contain most of; raises NoSuchRecords for none."""
    matches = {kind: candidates(draft, kind, TABLES[kind].fields) for kind in SUGGESTED}
    of_orders = matches["order_line"]
    sold = bool(of_orders["order_id"] or any(SOLD.search(key(header)) for header in draft.headers)) and any(
        of_orders[name] for name in ("unit_price", "list_total", "paid")
    )

    def score(kind: str) -> tuple[float, int]:
        here = matches[kind]
        groups = TABLES[kind].required
        met = sum(any(here.get(name) for name in group) for group in groups) / len(groups)
        count = len({header for some in here.values() for header in some[:1]})
        if sold and kind in ("listing", "live_session", "comment"):
            met -= 0.5
        if kind == "refund" and not (here["refund_id"] or here["refunded_at"] or here["requested_at"]):
            met -= 0.5
        if kind == "refund" and not here["amount"] and not here["refund_id"]:  # a price alone is of a sale
            met -= 0.5
        if (
            kind == "order_line"
            and matches["refund"]["refund_id"]
            and not here["quantity"]
            and not here["paid"]
        ):
            met -= 0.5
        if kind == "comment" and not here["comment_id"] and not here["nickname"] and not here["author_id"]:
            met -= 0.2
        return met, count

    kind = max(SUGGESTED, key=score)
    keys = [key(header) for header in draft.headers if header]
    is_payout = kind == "order_line" and not of_orders["quantity"] and _other_records(keys)
    if (
        score(kind)[0] < 0.5
        or is_payout
        or (kind != "order_line" and _other_records(keys) and score(kind)[0] < 1)
    ):
        shown = ", ".join(mask_contacts(header) for header in draft.headers if header)[:200]
        raise NoSuchRecords(file=draft.table.name, headers=shown)
    return kind, matches[kind]


def _other_records(keys: list[str]) -> bool:
    """Whether headers are of payouts or of videos, which no profile can store."""
    return any(sum(bool(pattern.search(word)) for word in keys) >= 2 for pattern in (PAYOUT, VIDEO))


def _columns(draft: Draft, kind: str, matches: dict[str, list[str]]) -> None:
    """One header per field; two that may both be the paid amount become a question, unless the sums decide."""
    for name in TABLES[kind].fields:
        headers = [header for header in matches[name] if header not in draft.columns.values()]
        if kind == "refund" and name in ("unit_price", "quantity") and matches["amount"]:
            continue  # the sum is there
        if name in ("paid", "amount") and len(headers) > 1 and not (kind == "order_line" and name == "paid"):
            ask_column(draft, name, headers)
        elif name == "paid" and len(headers) > 1:
            continue  # the arithmetic of the sums may decide
        elif headers:
            draft.values[f"columns.{name}"] = headers[0]
    if kind == "order_line" and "created_at" not in draft.columns and "paid_at" in draft.columns:
        later = [header for header in matches["created_at"] if header not in draft.columns.values()]
        if later:
            draft.values["columns.created_at"] = later[0]


def _required(draft: Draft, kind: str) -> None:
    open_fields = {question.code for question in draft.questions}
    for group in TABLES[kind].required:
        if "paid" in group and kind == "order_line":
            continue  # after the sums were looked at
        if not any(name in draft.columns or f"columns.{name}" in open_fields for name in group):
            filled = [header for header in draft.unused() if len(draft.cells(header))]
            fitting = [header for header in filled if draft.fits(group[0], header)]
            draft.ask(f"columns.{group[0]}", None, (), fitting or filled or draft.unused())


def _file_section(draft: Draft) -> None:
    table, values = draft.table, draft.values
    if isinstance(table, CsvTable):
        values["file.separator"] = "tab" if table.delimiter == "\t" else table.delimiter
        values["file.encoding"] = table.encoding
    elif isinstance(table, WorkbookTable) and table.worksheet_name:
        values["file.sheet"] = table.worksheet_name
    if draft.header:
        values["file.header_row"] = draft.header + 1


def _amount_cells(draft: Draft) -> Iterator[str]:
    for name, header in draft.columns.items():
        if name in MONEY:
            yield from draft.cells(header).slice(0, 2000).to_pylist()


def _currency(draft: Draft, kind: str) -> None:
    if not TABLES[kind].has_money or "currency" in draft.columns:
        return
    cells = list(_amount_cells(draft))
    named = {currency_in(cell) for cell in cells} - {None}
    if not named:  # 商品总价(元), Total (EUR)
        units = (re.search(r"[(（\[]([^)）\]]+)[)）\]]", header) for header in draft.columns.values())
        named = {currency_in(f"1 {unit[1].strip()}") for unit in units if unit} - {None}
    if len(named) == 1:
        draft.values["constants.currency"] = str(named.pop())
    else:
        draft.ask("constants.currency", None, dict.fromkeys(cells[:5]), CURRENCIES)


def _dates(draft: Draft, kind: str) -> None:
    times = [draft.columns[name] for name in TABLES[kind].times if name in draft.columns]
    if not times:
        return
    order = DateOrder()
    for header in times:
        order.see(draft.whole.columns[header])
    samples = [cell for header in times for cell in draft.samples(header)]
    _clocks(draft, kind)
    decided = "dmy"
    try:
        decided = draft.values["dates.order"] = order.decide(draft.table.name, None)
    except AmbiguousDates:
        draft.ask("dates.order", times[0], dict.fromkeys(samples), ("dmy", "mdy"))
    _year(draft, times)
    moments = [read_moment(cell, decided) for cell in samples]
    if not moments or not all(moment is not None and moment.is_utc for moment in moments):
        draft.ask("dates.time_zone", times[0], samples[:1], ZONES)


def _year(draft: Draft, times: list[str]) -> None:
    """Ask the year of dates that write none, the years first that other cells write."""
    cells = [cell for header in times for cell in draft.cells(header).slice(0, 2000).to_pylist()]
    yearless = [cell for cell in cells if YEARLESS.match(cell)]
    if yearless:
        written = sorted({year[0] for cell in cells if (year := re.match(r"20\d\d", cell))}, reverse=True)
        this_year = date.today().year
        draft.ask(
            "dates.year", times[0], yearless, [*written, *map(str, range(this_year, this_year - 3, -1))]
        )


def _clocks(draft: Draft, kind: str) -> None:
    """The time of day of a day in a column of its own."""
    for name in ("created_at", "paid_at", "written_at", "started_at"):
        header = draft.columns.get(name)
        if name not in TABLES[kind].times or header is None or any(":" in c for c in draft.samples(header)):
            continue
        for other in draft.unused():
            clock = draft.samples(other)
            if (
                re.search(r"time|时间|时刻|几点|钟点|clock", key(other))
                and clock
                and all(map(CLOCK.match, clock))
            ):
                draft.values[f"columns.{name}_clock"] = other
                return


def _money(draft: Draft) -> None:
    cells = list(_amount_cells(draft))
    comma = any(re.search(r",\d{1,2}\D*$", cell) for cell in cells)
    point = any(re.search(r"\.\d{1,2}\D*$", cell) for cell in cells)
    either = any(re.search(r"^\D*\d{1,3}[.,]\d{3}\D*$", cell) for cell in cells)
    if comma != point:
        draft.values["money.decimal"] = "," if comma else "."
    elif comma or either:
        column = next((header for name, header in draft.columns.items() if name in MONEY), None)
        draft.ask("money.decimal", column, [c for c in cells if "," in c or "." in c], (".", ","))


def _status(draft: Draft, kind: str) -> None:
    header = draft.columns.get("status")
    if header is None:
        return
    allowed = TABLES[kind].statuses
    if not allowed:
        del draft.values["columns.status"]
        return
    words = words_of(draft, header)
    if not words:  # an empty column would make every order unpaid
        del draft.values["columns.status"]
    for word in words:
        ours = status_of(word, kind)
        if ours in allowed:
            draft.values[f"status.{word}"] = ours
        else:
            draft.ask(f"status.{word}", header, [word], allowed)
