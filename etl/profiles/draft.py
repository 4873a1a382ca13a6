"""A profile in the making: what a table contains, which column may be what, and the profile as text.

A draft's `values` are the profile by place: "columns.paid" is a header, "amounts.paid.includes" a list;
its questions are places whose value is open. `text` writes both as TOML, which `model.read` reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from etl.errors import EmptyFile
from etl.profiles.fields import TABLES
from etl.profiles.patterns import EXCLUDED, NO_AMOUNT, NOT_PERSONAL, PATTERNS, PERSONAL, UNIT, key
from etl.profiles.synonyms import FIELDS
from etl.tables.base import Chunk, Table
from etl.tables.moments import YEARLESS, read_moment
from etl.tables.order_amounts import read_columns
from shop.core.personal import has_contacts, is_personal_header

NONE = "-"  # the answer that no column states it
SAMPLES = 5
MAX_STATUS_WORDS = 60
MONEY = (
    "unit_price",
    "list_total",
    "paid",
    "paid_after_refund",
    "seller_discount",
    "platform_discount",
    "shipping",
    "shipping_discount",
    "tax",
    "refund",
    "amount",
    "price",
    "gmv",
)
TIMES = tuple(dict.fromkeys(name for shape in TABLES.values() for name in shape.times))
COUNTS = ("quantity", "likes", "replies")
NUMBERS = ("id", "no", "nr", "number", "#", "编号", "单号", "单据编号", "序号")


@dataclass(frozen=True)
class Question:
    """One thing that the table leaves open; `code` is the place in the profile for the answer."""

    code: str
    column: str | None
    samples: tuple[str, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True)
class ProfileNotes:
    """The comments in a suggested profile, in the language of whoever reads it."""

    first: str = "A first profile: check each line."
    answer: str = "Answer each question at the place that it names, then delete its line here."
    unused: str = "Not used:"


@dataclass
class Draft:
    """What a table shows, the profile so far by place, and the questions."""

    table: Table
    header: int
    headers: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)

    @cached_property
    def whole(self) -> Chunk:
        """Every column of the whole file, by its header."""
        places: dict[str, int] = {}
        for place, header in enumerate(self.headers):
            if header:
                places.setdefault(header, place)
        return read_columns(self.table, self.header, places)

    def cells(self, header: str) -> pa.StringArray:
        """The filled cells of a column."""
        return self.whole.columns[header].drop_null()

    def samples(self, header: str) -> list[str]:
        """A few different cells of a column; none of one that names people."""
        if is_personal(header) or is_personal_header(header):
            return []
        cells = dict.fromkeys(self.cells(header).slice(0, 200).to_pylist())
        return [cell for cell in cells if not has_contacts(cell)][:SAMPLES]

    def ask(self, code: str, column: str | None, samples: Iterable[str], choices: Iterable[str]) -> None:
        """Leave a place of the profile open."""
        different = tuple(dict.fromkeys(choices))
        self.questions.append(Question(code, column, tuple(samples)[:SAMPLES], different))

    def restarted(self, values: dict[str, Any]) -> Draft:
        """A draft of the same table with other values and no questions yet."""
        draft = Draft(self.table, self.header, self.headers, values)
        draft.__dict__["whole"] = self.whole
        return draft

    @property
    def columns(self) -> dict[str, str]:
        """The header of each field so far."""
        return {n.removeprefix("columns."): v for n, v in self.values.items() if n.startswith("columns.")}

    def unused(self) -> list[str]:
        """The headers that no field has."""
        taken = set(self.columns.values())
        return [header for header in dict.fromkeys(self.headers) if header and header not in taken]

    def fits(self, name: str, header: str) -> bool:
        """Whether the cells of a column can be this field's: amounts are numbers, moments can be read."""
        cells = self.cells(header).slice(0, 200).to_pylist()
        if name == "line_id":  # one of a payment stands on several rows, or on few
            return bool(pc.count_distinct(self.cells(header)).as_py() == len(self.whole))
        if name in MONEY:
            return not NO_AMOUNT.search(key(header)) and _most(map(_is_amount, cells))
        if name in TIMES:
            return _most(
                read_moment(cell, "dmy") or read_moment(cell, "mdy") or YEARLESS.match(cell) for cell in cells
            )
        if name == "order_id":
            return 2 * sum(any(map(str.isdigit, cell)) for cell in cells) > len(cells)
        if name in COUNTS:
            return _most(_is_amount(cell) and len(cell) < 8 for cell in cells)
        return True


def _most(matches: Iterable[Any]) -> bool:
    flags = [bool(item) for item in matches]
    return sum(flags) * 10 >= len(flags) * 9 or len(flags) - 1 == sum(flags) > 1


def _is_amount(cell: str) -> bool:
    digits = sum(character.isdigit() for character in cell)
    return (
        bool(digits)
        and digits < 14
        and sum(character.isalpha() for character in cell) <= 4
        and "/" not in cell
    )


def is_personal(header: str) -> bool:
    """Whether a header speaks of a person's name, telephone or address."""
    name = key(header)
    return bool(PERSONAL.search(name)) and not NOT_PERSONAL.search(name)


def draft_of(tables: Iterable[Table], name: str) -> Draft:
    """The worksheet and the row that look most like a header: known words, many cells, no number among them."""
    best: tuple[int, Table, int] | None = None
    for table in tables:
        for place, row in enumerate(table.head[:20]):
            words = sum(bool(cell) and not any(map(str.isdigit, cell[:1])) and len(cell) < 60 for cell in row)
            known = sum(key(cell) in _KNOWN for cell in row if cell)
            if best is None or words + 3 * known > best[0]:
                best = (words + 3 * known, table, place)
    if best is None:
        raise EmptyFile(file=name)
    _, table, place = best
    return Draft(table, place, list(table.head[place]))


_KNOWN = {key(word) for words in FIELDS.values() for word in words}


def candidates(draft: Draft, kind: str, fields: Iterable[str]) -> dict[str, list[str]]:
    """For each field the headers that may mean it, best first: known words, then patterns; cells must fit."""
    by_key: dict[str, str] = {}
    for header in sorted(filter(None, draft.headers), key=lambda header: bool(UNIT.search(header))):
        by_key.setdefault(key(header), header)  # "Quantity" before "Quantity (- Refund)"
    result: dict[str, list[str]] = {name: [] for name in fields}
    for name, matches in result.items():
        words = dict.fromkeys(key(word) for word in FIELDS.get(name, ()))
        matches += [by_key[word] for word in words if word in by_key]
    for name, pattern in PATTERNS.get(kind, ()):
        barred = EXCLUDED.get(name) if kind != "refund" else None  # there a returned quantity is the quantity
        for word, header in by_key.items():
            if pattern.search(word) and not (barred and barred.search(word)) and not is_personal(header):
                result[name].append(header)
    fitting = {
        name: sorted(
            (header for header in dict.fromkeys(matches) if draft.fits(name, header)),
            key=lambda header: not len(draft.cells(header)),
        )
        for name, matches in result.items()
    }
    if kind == "order_line" and not fitting["order_id"]:  # a till's transaction, or a number without a name
        plain = [header for word, header in by_key.items() if word in NUMBERS]
        fitting["order_id"] = [header for header in (*result["line_id"], *plain) if len(draft.cells(header))]
    return fitting


def ask_column(draft: Draft, name: str, headers: list[str]) -> None:
    """Ask which of some columns a field is, each shown with its first cells."""
    samples = [f"{header}: {', '.join(draft.samples(header)[:2])}" for header in headers]
    draft.ask(f"columns.{name}", None, samples, headers)


def words_of(draft: Draft, header: str) -> list[str]:
    """The different words of a column, the first ones of many."""
    words: list[Any] = pc.unique(draft.cells(header)).to_pylist()
    return [str(word) for word in words[:MAX_STATUS_WORDS]]


# --- the text ------------------------------------------------------------------------------------

TABLES_FIRST = ("file", "constants", "columns", "dates", "money", "status")


def text_of(
    values: Mapping[str, Any], questions: Iterable[Question], notes: ProfileNotes | None = None
) -> str:
    """The profile as TOML; open questions are in [questions], which blocks it until they are gone."""
    notes = notes or ProfileNotes(first="")
    sections: dict[str, dict[str, Any]] = {name: {} for name in TABLES_FIRST}
    top: dict[str, Any] = {}
    rules: dict[str, list[dict[str, Any]]] = {}
    for place, value in values.items():
        section, _, name = place.partition(".")
        if section == "amounts":
            field_, _, name = name.partition(".")
            section = f"amounts.{field_}"
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rules[place] = value
        elif name:
            sections.setdefault(section, {})[name] = value
        else:
            top[place] = value
    if "columns.status" not in values:
        sections.pop("status", None)
    lines = [f"# {notes.first}"] if notes.first else []
    lines += [f"{name} = {_toml(value)}" for name, value in top.items()]
    for section, entries in sections.items():
        open_ = [q for q in questions if q.code.startswith(f"{section}.") and q.code not in values]
        if entries or open_ or section == "status":
            lines += ["", f"[{section}]", *(f"{_name(n)} = {_toml(v)}" for n, v in entries.items())]
            lines += [f'# {_name(q.code[len(section) + 1 :])} = "…"' for q in open_]
    for name, items in rules.items():
        for item in items:
            lines += ["", f"[[{name}]]", *(f"{_name(n)} = {_toml(v)}" for n, v in item.items())]
    wording = [q for q in questions if q.code not in values]
    if wording:
        lines += ["", f"# {notes.answer}", "[questions]"]
        lines += [f"{_toml(item.code)} = {_toml(_question_lines(item))}" for item in wording]
    return "\n".join(lines) + "\n"


def _question_lines(item: Question) -> str:
    about = f"{item.column}: " if item.column else ""
    seen = f"{' | '.join(item.samples)}: " if item.samples else ""
    free = " / …" if item.code == "constants.platform" else ""
    return f"{about}{seen}{' / '.join(item.choices)}{free}?"


def _name(name: str) -> str:
    return name if name.isascii() and name.replace("_", "a").isalnum() else _toml(name)


def _toml(value: Any) -> str:
    """A TOML value; JSON's way of writing a text is TOML's too, but for the delete character."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
