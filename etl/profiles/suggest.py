"""A first profile for a table that no kind knows, from its headers and first rows.

What is certain is written down; what could be read in two ways becomes a question, never a guess: a profile
with an open question is rejected when it is used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from etl.errors import AmbiguousDates, EmptyFile
from etl.files.headers import normal
from etl.profiles.fields import TABLES
from etl.profiles.status_words import STATUS_WORDS
from etl.profiles.synonyms import FIELDS
from etl.tables.amounts import currency_in
from etl.tables.base import Table
from etl.tables.csv_table import CsvTable
from etl.tables.date_order import DateOrder, scan
from etl.tables.open import open_table
from etl.tables.workbook import WorkbookTable

AMOUNTS = {
    "unit_price",
    "list_total",
    "paid",
    "seller_discount",
    "platform_discount",
    "shipping",
    "refund",
    "amount",
    "price",
    "gmv",
}
PLATFORMS = (
    "douyin",
    "kuaishou",
    "tiktok",
    "taobao",
    "tmall",
    "xiaohongshu",
    "wechat",
    "etsy",
    "shopify",
    "own",
)
ZONES = ("Asia/Shanghai", "Europe/London", "Europe/Berlin", "America/New_York", "UTC")
CURRENCIES = ("CNY", "USD", "EUR", "GBP", "MYR", "SGD", "THB", "VND", "IDR", "PHP")
NO_SAMPLES: tuple[str, ...] = ()
MAX_STATUS_WORDS = 30


@dataclass(frozen=True)
class Question:
    """One thing that the table leaves open; `code` is the place in the profile for the answer."""

    code: str
    column: str | None
    samples: tuple[str, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True)
class ProfileDraft:
    """A profile as TOML text, and the questions that must be answered before it can be used."""

    text: str
    questions: tuple[Question, ...]


@dataclass
class _Draft:
    """What the first rows of a table show."""

    table: Table
    header: int
    headers: list[str]
    cells: dict[str, list[str]]
    questions: list[Question] = field(default_factory=list)

    def add_question(
        self, code: str, column: str | None, samples: Iterable[str], choices: Iterable[str]
    ) -> None:
        shown = tuple(dict.fromkeys(samples))[:5]
        self.questions.append(Question(code, column, shown, tuple(choices)))


def suggest(path: Path) -> ProfileDraft:
    """A profile for this table; raises a FileRejected when the file is no table."""
    draft = _draft(open_table(path), path.name)
    kind, result = _best_table(draft)
    columns = _columns(draft, kind, result)
    lines = [f"# A first profile for {path.name}: check each line.", f"table = {_quoted(kind)}", ""]
    lines += _file_section(draft)
    lines += _constants(draft, kind, columns)
    lines += ["[columns]", *(f"{name} = {_quoted(header)}" for name, header in columns.items()), ""]
    lines += _dates(draft, kind, columns)
    lines += _money(draft, columns)
    lines += _status(draft, kind, columns)
    unused = [header for header in draft.headers if header and header not in columns.values()]
    if unused:
        lines += [f"# Not used: {', '.join(unused)}", ""]
    return ProfileDraft("\n".join(lines + _questions(draft)) + "\n", tuple(draft.questions))


# --- the table -----------------------------------------------------------------------------------


def _draft(tables: Sequence[Table], name: str) -> _Draft:
    """The worksheet and the row that look most like a header: many cells, none of them a number."""
    best: tuple[int, Table, int] | None = None
    for table in tables:
        for place, row in enumerate(table.head[:20]):
            words = sum(bool(cell) and not _is_number(cell) for cell in row)
            known = sum(normal(cell) in _KNOWN for cell in row)
            if best is None or words + 3 * known > best[0]:
                best = (words + 3 * known, table, place)
    if best is None:
        raise EmptyFile(file=name)
    _, table, place = best
    headers = list(table.head[place])
    cells = {
        header: [row[at] for row in table.head[place + 1 :] if at < len(row) and row[at]]
        for at, header in enumerate(headers)
        if header
    }
    return _Draft(table, place, headers, cells)


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[-+\d.,:/ ()%]+", cell))


_KNOWN = {normal(word) for words in FIELDS.values() for word in words}


def _candidates(draft: _Draft, fields: Iterable[str]) -> dict[str, list[str]]:
    """For each field the headers that may mean it, in the order of its words."""
    by_name: dict[str, str] = {}
    for header in draft.headers:
        by_name.setdefault(normal(header).replace("_", ""), header)
    result = {}
    for name in fields:
        keys = dict.fromkeys(normal(word).replace("_", "") for word in FIELDS.get(name, ()))
        result[name] = [by_name[key] for key in keys if key in by_name]
    return result


def _best_table(draft: _Draft) -> tuple[str, dict[str, list[str]]]:
    def score(kind: str) -> tuple[float, int]:
        result = _candidates(draft, TABLES[kind].fields)
        groups = TABLES[kind].required
        met = sum(any(result.get(name) for name in group) for group in groups)
        return met / len(groups), len({header for some in result.values() for header in some})

    kind = max(TABLES, key=score)
    return kind, _candidates(draft, TABLES[kind].fields)


def _columns(draft: _Draft, kind: str, result: dict[str, list[str]]) -> dict[str, str]:
    """One header per field; two that may both be the paid amount become a question, so does what is missing."""
    columns: dict[str, str] = {}
    for name, headers in result.items():
        free = [header for header in headers if header not in columns.values()]
        if name in ("paid", "amount") and len(free) > 1:
            samples = [f"{header}: {', '.join(draft.cells[header][:2])}" for header in free]
            draft.add_question(f"columns.{name}", None, samples, free)
        elif free:
            columns[name] = free[0]
    wanted = {question.code for question in draft.questions}
    for group in TABLES[kind].required:
        if not any(name in columns or f"columns.{name}" in wanted for name in group):
            unused = [h for h in draft.headers if h and h not in columns.values()]
            draft.add_question(f"columns.{group[0]}", None, NO_SAMPLES, unused)
    return columns


# --- the sections --------------------------------------------------------------------------------


def _file_section(draft: _Draft) -> list[str]:
    table, lines = draft.table, []
    if isinstance(table, CsvTable):
        lines.append(f"separator = {_quoted('tab' if table.delimiter == chr(9) else table.delimiter)}")
        lines.append(f"encoding = {_quoted(table.encoding)}")
    elif isinstance(table, WorkbookTable) and table.worksheet_name:
        lines.append(f"sheet = {_quoted(table.worksheet_name)}")
    if draft.header:
        lines.append(f"header_row = {draft.header + 1}")
    return ["[file]", *lines, ""]


def _constants(draft: _Draft, kind: str, columns: dict[str, str]) -> list[str]:
    draft.add_question("constants.platform", None, NO_SAMPLES, PLATFORMS)
    lines = ["[constants]", '# platform = "…"']
    if TABLES[kind].has_money and "currency" not in columns:
        named = {currency_in(cell) for cell in _amount_cells(draft, columns)} - {None}
        if len(named) == 1:
            lines.append(f"currency = {_quoted(str(named.pop()))}")
        else:
            samples = list(_amount_cells(draft, columns))[:5]
            draft.add_question("constants.currency", None, samples, CURRENCIES)
            lines.append('# currency = "…"')
    return [*lines, ""]


def _amount_cells(draft: _Draft, columns: dict[str, str]) -> Iterator[str]:
    for name, header in columns.items():
        if name in AMOUNTS:
            yield from draft.cells.get(header, ())


def _dates(draft: _Draft, kind: str, columns: dict[str, str]) -> list[str]:
    times = [columns[name] for name in TABLES[kind].times if name in columns]
    if not times:
        return []
    order, lines = DateOrder(), ["[dates]"]
    places = {header: draft.headers.index(header) for header in times}
    for chunk in scan(draft.table, draft.header, places, times):
        for cells in chunk.columns.values():
            order.see(cells)
    samples = [cell for header in times for cell in draft.cells[header]]
    try:
        lines.append(f"order = {_quoted(order.decide(draft.table.name, None))}")
    except AmbiguousDates:
        draft.add_question("dates.order", times[0], samples, ("dmy", "mdy"))
        lines.append('# order = "dmy"  (or "mdy")')
    draft.add_question("dates.time_zone", times[0], samples[:1], ZONES)
    return [*lines, '# time_zone = "Asia/Shanghai"', ""]


def _money(draft: _Draft, columns: dict[str, str]) -> list[str]:
    cells = list(_amount_cells(draft, columns))
    comma = any(re.search(r",\d{1,2}\D*$", cell) for cell in cells)
    point = any(re.search(r"\.\d{1,2}\D*$", cell) for cell in cells)
    either = any(re.search(r"^\D*\d{1,3}[.,]\d{3}\D*$", cell) for cell in cells)
    if comma and not point:
        return ["[money]", 'decimal = ","', ""]
    if not comma and not point and not either:
        return []
    if point and not comma:
        return ["[money]", 'decimal = "."', ""]
    column = next((h for n, h in columns.items() if n in AMOUNTS), None)
    draft.add_question("money.decimal", column, [c for c in cells if "," in c or "." in c], (".", ","))
    return ["[money]", '# decimal = "."  (or ",")', ""]


def _status(draft: _Draft, kind: str, columns: dict[str, str]) -> list[str]:
    if "status" not in columns:
        return []
    header, words = columns["status"], []
    for chunk in scan(draft.table, draft.header, {header: draft.headers.index(header)}, [header]):
        words += [word for word in chunk.columns[header].unique().to_pylist() if word]
    lines = ["[status]"]
    for word in list(dict.fromkeys(words))[:MAX_STATUS_WORDS]:
        ours = STATUS_WORDS.get(word.lower())
        if ours in TABLES[kind].statuses:
            lines.append(f"{_quoted(word)} = {_quoted(str(ours))}")
        else:
            draft.add_question(f"status.{word}", header, [word], TABLES[kind].statuses)
            lines.append(f'# {_quoted(word)} = "…"')
    return [*lines, ""]


def _questions(draft: _Draft) -> list[str]:
    if not draft.questions:
        return []
    lines = ["# Answer each question at the place that it names, then delete its line here.", "[questions]"]
    for item in draft.questions:
        about = f"column {item.column}: " if item.column else ""
        seen = f"{' | '.join(item.samples)}: " if item.samples else ""
        wanted = f"{about}{seen}{' or '.join(item.choices)}?"
        lines.append(f"{_quoted(item.code)} = {_quoted(wanted)}")
    return lines


def _quoted(text: str) -> str:
    """A TOML string; JSON's way of writing one is TOML's too, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
