"""A column-mapping profile: in TOML, which column of any table is what, and how it is written.

`load` reads one and refuses, with the key named, what cannot be followed. The built-in profiles
are in the folder `profiles` next to this file and are recognised by their headers like any kind.

    name, table       order_line, refund, listing, comment, live_session, live_minute, video, video_day, settlement
    [file]            separator, encoding, skip_rows, header_row (1 is the first), `sheet`
    [constants]       platform; currency (or a column; "shop" is the shop's own), carrier, status …
    [columns]         our field = "Header" or ["Header", "Other spelling"]; these must be there
    [optional]        the same for columns that the table may lack
    [dates]           order = dmy, mdy, ymd or auto; or formats = ["%d.%m.%Y"]; time_zone;
                    year = 2026: of dates that write none
                      created_at_clock (and so on) is the time of day of a moment in two columns
    [money]           decimal = "." or ","
    [amounts.paid]    what a sum means: per = "line" or "order" (left out: judged by the whole file),
                      includes = ["shipping", "tax", "gift"], refunds = "gross" or "net";
                      of a unit_price per = "piece" or "line" (a price that is already times the pieces)
    [status]          "Their word" = "our word"
    [returns]         rows that take goods back: column and begins, column and words, or negative
    `[[set_aside]]`   rows to reject: column, and begins, equals, contains, negative or blank
    [[ignore]]        rows that are no records (totals), in the same words
    [[gifts]]         rows that are gifts, in the same words: shipped, but no sold piece
    [[refunded]]      rows refunded wholly, whose table has no sum for it (an estimate)
    [rules]           one_row_per_order = true; carry_down = true: cells, even order ids, that stand on the
                      first row of an order only fill its other rows; province = "cn" allows only names of provinces
    [questions]       open questions of a suggested profile: it is rejected until this is empty
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from etl.errors import BadProfile, FileMissing, OpenQuestion
from etl.files.fields import FileField
from etl.profiles.fields import AMOUNTS, CLOCK, FREE_TEXT, PARTS, PERSONAL, TABLES
from etl.tables.moments import EARLIEST, LATEST
from shop.core.enumerations import CARRIERS, STATUSES
from shop.core.personal import is_personal_header

SECTIONS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "file": {"separator": str, "encoding": str, "skip_rows": int, "header_row": int, "sheet": str},
    "constants": dict.fromkeys(
        ("platform", "currency", "carrier", "seller", "status", "sku", "title", "creator_id"), str
    ),
    "dates": {"order": str, "formats": list, "time_zone": str, "year": (int, str)},
    "money": {"decimal": str},
    "returns": {"column": str, "begins": str, "words": list, "negative": str},
    "rules": {"one_row_per_order": bool, "carry_down": bool, "province": str},
}
MEANING: dict[str, type | tuple[type, ...]] = {"per": str, "includes": (list, str), "refunds": str}
NONE = "-"  # in place of a header: no column states it
RULE_KEYS: dict[str, type | tuple[type, ...]] = {
    "column": str,
    "begins": str,
    "equals": str,
    "contains": str,
    "negative": bool,
    "blank": bool,
    "filled": bool,
}
FREE = ("columns", "optional", "status")
TOP = (
    "name",
    "table",
    "version",
    "questions",
    "set_aside",
    "ignore",
    "gifts",
    "refunded",
    "amounts",
    *FREE,
    *SECTIONS,
)
OUR_WORDS = {
    "carrier": CARRIERS,
    "status": (*STATUSES, "live", "draft", "paused", "retired"),
    "seller": ("own", "partner"),
}


@dataclass(frozen=True)
class RowRule:
    """Which rows a rule is about: those whose column begins with, equals, contains … something."""

    column: str
    begins: str | None = None
    equals: str | None = None
    contains: str | None = None
    negative: bool = False
    blank: bool = False
    filled: bool = False


@dataclass(frozen=True)
class Meaning:
    """What the sums of one amount column are: of the line or the order, with what else, net of refunds."""

    per: str | None = None
    includes: tuple[str, ...] = ()
    refunds: str = "gross"


@dataclass(frozen=True)
class Profile:
    """One profile that can be followed; `text` is the TOML it was read from."""

    name: str
    table: str
    text: str
    version: int
    fields: tuple[FileField, ...]
    constants: Mapping[str, str]
    separator: str | None = None
    encoding: str | None = None
    header_row: int | None = None
    skip_rows: int = 0
    worksheet: str | None = None
    date_order: str = "auto"
    formats: tuple[str, ...] = ()
    year: int | None = None
    time_zone: str | None = None
    decimal: str = "."
    status: Mapping[str, str] = field(default_factory=dict)
    returns: Mapping[str, Any] = field(default_factory=dict)
    rejections: tuple[RowRule, ...] = ()
    ignore: tuple[RowRule, ...] = ()
    gifts: tuple[RowRule, ...] = ()
    refunded: tuple[RowRule, ...] = ()
    amounts: Mapping[str, Meaning] = field(default_factory=dict)
    one_row_per_order: bool = False
    carry_down: bool = False
    province: str | None = None

    def meaning(self, name: str) -> Meaning:
        """What an amount field means: goods of the line before refunds, unless the profile states otherwise."""
        return self.amounts.get(name, PLAIN)


PLAIN = Meaning()


def load(path: Path) -> Profile:
    """The profile in a file; raises BadProfile, OpenQuestion or FileMissing."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadProfile(file=path.name, key="file", found="it is not UTF-8 text") from problem
    except OSError as problem:
        raise FileMissing(file=path.name) from problem
    return read(text, path.name)


def read(text: str, file: str) -> Profile:
    """The profile in a TOML text; raises BadProfile or OpenQuestion, naming the key."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise BadProfile(file=file, key="TOML", found=str(problem)) from problem
    return _Reader(raw, text, file).profile()


@cache
def built_in() -> dict[str, Profile]:
    """The profiles that come with the program, by name."""
    folder = files("etl.profiles").joinpath("built_in")
    result = {}
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.name.endswith(".toml"):
            profile = read(item.read_text("utf-8"), item.name)
            result[profile.name] = profile
    return result


class _Reader:
    """Reads a parsed TOML, and rejects by name what is wrong with it."""

    def __init__(self, raw: dict[str, Any], text: str, file: str) -> None:
        self.raw, self.text, self.file = raw, text, file

    def fail(self, key: str, result: str) -> BadProfile:
        return BadProfile(file=self.file, key=key, found=result)

    def profile(self) -> Profile:
        self._known(self.raw, TOP, "")
        for key, question in self._section("questions").items():
            raise OpenQuestion(file=self.file, key=key, found=str(question))
        table = self.raw.get("table")
        if table not in TABLES:
            raise self.fail("table", f"it must be one of {', '.join(TABLES)}")
        dates, rules, file = (self._checked(name) for name in ("dates", "rules", "file"))
        profile = Profile(
            name=self._name(),
            table=table,
            text=self.text,
            version=self._version(),
            fields=self._fields(table),
            constants=self._constants(table),
            separator=self._separator(file),
            encoding=file.get("encoding"),
            header_row=file.get("header_row"),
            skip_rows=file.get("skip_rows", 0),
            worksheet=file.get("sheet"),
            date_order=self._one_of(dates, "order", ("auto", "dmy", "mdy", "ymd"), "dates") or "auto",
            formats=tuple(map(str, dates.get("formats", ()))),
            year=self._year(dates.get("year")),
            time_zone=self._zone(dates.get("time_zone")),
            decimal=self._one_of(self._checked("money"), "decimal", (".", ","), "money") or ".",
            status=self._status(table),
            returns=self._checked("returns"),
            rejections=self._rules("set_aside"),
            ignore=self._rules("ignore"),
            gifts=self._rules("gifts"),
            refunded=self._rules("refunded"),
            amounts=self._amounts(),
            carry_down=rules.get("carry_down", False),
            one_row_per_order=rules.get("one_row_per_order", False),
            province=self._one_of(rules, "province", ("cn",), "rules"),
        )
        self._whole(profile)
        return profile

    def _known(self, section: Mapping[str, Any], keys: Any, place: str) -> None:
        for key in section:
            if key not in keys:
                known = ", ".join(keys)
                raise self.fail(f"{place}.{key}".strip("."), f"there is no such key; known: {known}")

    def _section(self, name: str) -> dict[str, Any]:
        section = self.raw.get(name, {})
        if not isinstance(section, dict):
            raise self.fail(name, "it must be a section")
        return section

    def _checked(self, name: str) -> dict[str, Any]:
        section = self._section(name)
        self._typed(section, SECTIONS[name], name)
        return section

    def _typed(self, section: Mapping[str, Any], types: Mapping[str, Any], place: str) -> None:
        self._known(section, types, place)
        for key, value in section.items():
            if not isinstance(value, types[key]) or (isinstance(value, bool) and types[key] is int):
                name = getattr(types[key], "__name__", "list or text")
                raise self.fail(f"{place}.{key}", f"“{value}” is no {name}")

    def _name(self) -> str:
        name = self.raw.get("name", Path(self.file).stem)
        if not isinstance(name, str) or not name.strip():
            raise self.fail("name", "it must be a word")
        return name

    def _year(self, value: int | str | None) -> int | None:
        """The year of dates that write none; an answer that was typed is text."""
        if value is None:
            return None
        if not str(value).isdigit() or not EARLIEST <= int(value) <= LATEST:
            raise self.fail("dates.year", f"“{value}” is no year from {EARLIEST} to {LATEST}")
        return int(value)

    def _version(self) -> int:
        """Part of what a file was read with: another text of a profile reads the file again."""
        return int.from_bytes(hashlib.blake2b(self.text.encode(), digest_size=4).digest(), "big")

    def _fields(self, table: str) -> tuple[FileField, ...]:
        shape = TABLES[table]
        result = []
        for section, required in (("columns", True), ("optional", False)):
            for name, headers in self._section(section).items():
                clock = name.removesuffix(CLOCK) in shape.times and name.endswith(CLOCK)
                if name not in shape.fields and not clock:
                    known = ", ".join(shape.fields)
                    raise self.fail(f"{section}.{name}", f"no such field; known: {known}")
                if headers == NONE:
                    continue
                words = [headers] if isinstance(headers, str) else headers
                if not words or not all(isinstance(word, str) and word for word in words):
                    raise self.fail(f"{section}.{name}", "it must name a column header, or several")
                personal = name in PERSONAL or (name in FREE_TEXT and any(map(is_personal_header, words)))
                result.append(FileField(name, tuple(words), required=required, personal=personal))
        names = [item.name for item in result]
        for wanted in shape.required:
            if not any(name in names for name in wanted):
                raise self.fail(f"columns.{wanted[0]}", f"one of {', '.join(wanted)} must be there")
        return tuple(result)

    def _amounts(self) -> dict[str, Meaning]:
        mapped = {*self._section("columns"), *self._section("optional")}
        result = {}
        for name, meaning in self._section("amounts").items():
            place = f"amounts.{name}"
            if name not in AMOUNTS or name not in mapped:
                known = ", ".join(item for item in AMOUNTS if item in mapped)
                raise self.fail(place, f"it is no amount in [columns]; there are: {known}")
            if not isinstance(meaning, dict):
                raise self.fail(place, "it must be a section")
            self._typed(meaning, MEANING, place)
            self._one_of(
                meaning, "per", ("piece", "line") if name == "unit_price" else ("line", "order"), place
            )
            self._one_of(meaning, "refunds", ("gross", "net"), place)
            includes = meaning.get("includes", [])
            if isinstance(includes, str):
                includes = [part for part in includes.replace(",", " ").split() if part != NONE]
            for part in includes:
                if part not in PARTS:
                    raise self.fail(f"{place}.includes", f"“{part}” is none of {', '.join(PARTS)}")
            result[name] = Meaning(meaning.get("per"), tuple(includes), meaning.get("refunds", "gross"))
        return result

    def _constants(self, table: str) -> dict[str, str]:
        constants: dict[str, str] = self._checked("constants")
        if not constants.get("platform"):
            raise self.fail("constants.platform", "say on which platform this was sold or said")
        named = {*self._section("columns"), *self._section("optional")}
        if TABLES[table].has_money and not ("currency" in constants or "currency" in named):
            raise self.fail("constants.currency", "say in which currency the amounts are")
        for key, words in OUR_WORDS.items():
            self._one_of(constants, key, words, "constants")
        return constants

    def _one_of(self, section: Mapping[str, Any], key: str, words: Any, place: str) -> Any:
        value = section.get(key)
        if value is not None and value not in words:
            raise self.fail(f"{place}.{key}", f"“{value}” is none of {', '.join(words)}")
        return value

    def _separator(self, file: Mapping[str, Any]) -> str | None:
        separator: str | None = {"tab": "\t", "\\t": "\t"}.get(
            file.get("separator", ""), file.get("separator")
        )
        if separator is not None and len(separator) != 1:
            raise self.fail("file.separator", "it must be one character, or the word tab")
        return separator

    def _zone(self, name: str | None) -> str | None:
        try:
            return ZoneInfo(name).key if name else None
        except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
            raise self.fail("dates.time_zone", f"there is no time zone “{name}”") from problem

    def _status(self, table: str) -> dict[str, str]:
        words: dict[str, str] = self._section("status")
        allowed = TABLES[table].statuses
        for word, ours in words.items():
            if ours not in allowed:
                raise self.fail(f"status.{word}", f"“{ours}” is none of {', '.join(allowed)}")
        return words

    def _rules(self, name: str) -> tuple[RowRule, ...]:
        rules = self.raw.get(name, [])
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            raise self.fail(name, f"write it as [[{name}]]")
        result = []
        for rule in rules:
            self._typed(rule, RULE_KEYS, name)
            if "column" not in rule or len(rule) != 2:
                raise self.fail(name, "it needs a column and one of begins, equals, contains …")
            result.append(RowRule(**rule))
        return tuple(result)

    def _whole(self, profile: Profile) -> None:
        """Check that sections speak of fields that are mapped."""
        names = {item.name for item in profile.fields}
        if profile.returns and len(profile.returns.keys() & {"begins", "words", "negative"}) != 1:
            raise self.fail("returns", "say one of begins, words or negative")
        wanted = [(rule.column, "set_aside.column") for rule in profile.rejections]
        wanted += [(rule.column, "ignore.column") for rule in profile.ignore]
        wanted += [(rule.column, "gifts.column") for rule in profile.gifts]
        wanted += [(rule.column, "refunded.column") for rule in profile.refunded]
        if "column" in profile.returns:
            wanted.append((profile.returns["column"], "returns.column"))
        elif profile.returns.keys() & {"begins", "words"}:
            raise self.fail("returns.column", "say which column it is about")
        for name, place in wanted:
            if name not in names:
                raise self.fail(place, f"“{name}” is no field in [columns]")
        if "status" in names and not self._has_status_section():
            raise self.fail("status", "say what each status word means: [status]")

    def _has_status_section(self) -> bool:
        """An empty [status] is of a table whose status cells are all empty."""
        return "status" in self.raw
