"""The cells of a table read by a profile: amounts, moments, constants, people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.files.fields import Context, Values
from etl.files.rows import Rows
from etl.profiles.fields import CLOCK
from etl.profiles.model import Profile, RowRule
from etl.tables.amounts import amount
from etl.tables.base import words_of
from etl.tables.timestamps import to_local, to_utc
from shop.core.enumerations import CARRIERS
from shop.metrics.settings import ShopSettings
from shop.orders.batch import MISSING

_NAMES = (
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 "
    "广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门"
)
PROVINCES = frozenset(_NAMES.split())
ENDINGS = ("壮族自治区", "回族自治区", "维吾尔自治区", "特别行政区", "自治区", "省", "市")


FRACTION = re.compile(r"[.,][0-9]{3,}[^0-9]*$")


class Cells:
    """One chunk with the profile that defines how to read it."""

    def __init__(self, rows: Rows, context: Context, profile: Profile, order: str) -> None:
        self.rows, self.context, self.profile, self.order = rows, context, profile, order
        self.platform = profile.constants["platform"]
        self.zone = profile.time_zone or context.time_zone
        self._written: dict[str, Values] = {}
        self._rounded: set[str] = set()

    @cached_property
    def currencies(self) -> Values:
        """The currency of each row: its own column, else the profile's constant."""
        constant = self.profile.constants.get("currency")
        if constant == "shop":
            constant = str(self.rows.setting(self.context, "currency", self.context.currency))
        if constant is not None and not self.rows.has("currency"):
            return self.rows.constant(constant)
        return self.rows.currencies(constant)

    def amounts(self, name: str, *, required: bool = False, missing: int = 0, extra: int = 0) -> Values:
        """Money in minor units (times 10**extra) of each row's own currency."""
        if not required and not self.rows.has(name):
            return np.full(len(self.rows), missing, np.int64)
        read = partial(amount, decimal=self.profile.decimal, extra=extra, rounded=True)
        self._note_rounding(name, extra)
        return self.rows.amounts(name, self.currencies, read, required=required, missing=missing)

    def _note_rounding(self, name: str, extra: int) -> None:
        """Take note of the fractions that rounding the cells of a column to what is stored takes or adds."""
        if name in self._rounded or not self.rows.has(name):
            return
        self._rounded.add(name)
        words, places = words_of(self.rows.cells(name))
        fine = [place for place, word in enumerate(words) if FRACTION.search(word)]
        if not fine:
            return
        differences = np.zeros(len(places), np.int64)
        for currency in dict.fromkeys(self.currencies.tolist()):
            of_word = np.zeros(len(words) + 1, np.int64)
            for place in fine:
                read = partial(amount, words[place], currency, self.profile.decimal, rounded=True)
                with suppress(ValueError):
                    of_word[place] = read(extra=extra) * 10**6 - read(extra=extra + 6)
            differences = np.where(self.currencies == currency, of_word[places], differences)
        self.rows.roundings.note_by_currency(name, differences, 10 ** (6 + extra), self.currencies)

    def instant(self, name: str) -> Values:
        """A moment in seconds UTC, in the profile's formats and time zone.

        A cell with a day alone is that day in the shop's own calendar, whatever the profile's time zone.
        """
        if not self.rows.has(name):
            self._written[name] = np.full(len(self.rows), MISSING)
            return self._written[name]
        self._join_clock(name)
        moments = self.rows.instant(
            name, self.zone, order=self.order, formats=self.profile.formats, year=self.profile.year
        )
        self._written[name] = moments
        if self.zone == self.context.time_zone:
            return moments
        timeless = pc.invert(pc.match_substring_regex(self.rows.cells(name), r":|^\d{9,}$"))
        local = to_local(moments, self.zone)
        is_day = np.asarray(pc.fill_null(timeless, False)) & (moments != MISSING) & (local % 86400 == 0)
        return np.where(is_day, to_utc(local, self.context.time_zone), moments) if is_day.any() else moments

    def _join_clock(self, name: str) -> None:
        """A day and its time of day in two columns become one cell; a clock in a spreadsheet is a share of a day."""
        if not (self.rows.has(name) and self.rows.has(name + CLOCK)):
            return
        clock = self.rows.cells(name + CLOCK).to_pylist()
        days = self.rows.cells(name).to_pylist()
        both = [
            f"{day} {_time_of_day(at)}" if day and at else day for day, at in zip(days, clock, strict=True)
        ]
        self.rows.replace(name, pa.array(both, pa.string()))

    def written(self, name: str) -> Values:
        """The moments of a column as the keys of rows have them: the same whatever the shop's time zone."""
        moments = self._written[name]
        zone = self.profile.time_zone or ShopSettings.time_zone
        return moments if self.zone == zone else to_utc(to_local(moments, self.zone), zone)

    def constant(self, name: str, default: str | None, in_rows: Values | None = None) -> Values:
        """What the rows state, else what the profile sets for all of them, else a default."""
        value = self.profile.constants.get(name, default)
        if in_rows is None or not self.rows.has(name):
            return self.rows.constant(value)
        if value is None:
            return in_rows
        return np.array([value if item is None else item for item in in_rows] or [], object)

    def choice(self, name: str, default: str) -> Values:
        """A carrier: the row's own word where it is one of ours, else the profile's constant."""
        carriers = self.rows.translated(name, lambda word: word if word in CARRIERS else "other")
        return self.constant(name, default, carriers)

    def people(self, name: str) -> Values:
        """The keyed hash of who a personal column names; 17850.0 is the same person as 17850."""
        if self.rows.has(name):
            plain = pc.replace_substring_regex(self.rows.cells(name), r"^(\d+)\.0$", r"\1")
            self.rows.replace(name, plain)
        keys = self.rows.people(self.context, name)
        self.rows.extra["person_key"] = keys
        return keys

    def province(self) -> Values:
        """The province; of an address cell only a name of a Chinese province is stored."""
        result = self.rows.translated("province", _chinese if self.profile.province == "cn" else _short_name)
        self.rows.extra["province"] = result  # a rejected row stores the province, never the address
        return result

    # --- rules -----------------------------------------------------------------------------------

    def reject(self, rule: RowRule) -> None:
        """Reject the rows that a rule of the profile is about."""
        code = "Negative" if rule.negative else "ByRule"
        self.refuse_cells(rule_mask(self.rows, rule), rule.column, code)

    def refuse_cells(self, mask: Values, name: str, code: str) -> None:
        """Reject rows, each with what stands in its cell."""
        for place in np.flatnonzero(mask):
            cell = (self.rows.cells(name)[int(place)].as_py() or "")[:80]
            self.rows.refuse([int(place)], name, code, found=cell)

    def is_negative(self, name: str) -> Values:
        """Which cells of a column are numbers below zero."""
        return rule_mask(self.rows, RowRule(name, negative=True))

    def is_one_of(self, name: str, words: Sequence[str]) -> Values:
        """Which cells of a column are one of these words."""
        result = pc.is_in(self.rows.cells(name), pa.array(list(words), pa.string()))
        return np.asarray(pc.fill_null(result, False))

    def begins(self, name: str, start: str) -> Values:
        """Which cells of a column begin with this."""
        return rule_mask(self.rows, RowRule(name, begins=start))


def rule_mask(rows: Rows, rule: RowRule) -> Values:
    """Which rows a rule of a profile is about."""
    cells = rows.cells(rule.column)
    if rule.blank or rule.filled:
        return np.asarray(cells.is_null() if rule.blank else cells.is_valid())
    if rule.begins is not None:
        result = pc.starts_with(cells, rule.begins)
    elif rule.equals is not None:
        result = pc.equal(cells, rule.equals)
    elif rule.contains is not None:
        result = pc.match_substring(cells, rule.contains)
    else:
        result = pc.match_substring_regex(cells, r"^(-|\()[^A-Za-z]*\d.*$|^[^\d]{0,4}-\d")
    return np.asarray(pc.fill_null(result, False))


def _time_of_day(cell: str) -> str:
    """A time of day as text; a bare number below 1 is a share of a day."""
    if not re.fullmatch(r"0?\.\d+", cell):
        return cell
    seconds = round(float(cell) * 86400) % 86400
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _chinese(word: str) -> str | None:
    """The cell where it is the name of a province and nothing more."""
    plain = next((word.removesuffix(end) for end in ENDINGS if word.endswith(end)), word)
    return word if plain in PROVINCES else None


def _short_name(word: str) -> str | None:
    return word if len(word) <= 40 and not any(character.isdigit() for character in word) else None
