"""What a file implies: the currency, from its amounts and its countries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from etl.errors import CurrencyWanted
from etl.tables.amounts import SHARED_SYMBOLS, SYMBOLS, currency_in, mark_in

COUNTRIES = {
    "united states": "USD",
    "united states of america": "USD",
    "us": "USD",
    "usa": "USD",
    "united kingdom": "GBP",
    "uk": "GBP",
    "gb": "GBP",
    "malaysia": "MYR",
    "my": "MYR",
    "singapore": "SGD",
    "sg": "SGD",
    "thailand": "THB",
    "th": "THB",
    "ประเทศไทย": "THB",
    "vietnam": "VND",
    "viet nam": "VND",
    "việt nam": "VND",
    "vn": "VND",
    "philippines": "PHP",
    "ph": "PHP",
    "indonesia": "IDR",
    "id": "IDR",
    "germany": "EUR",
    "deutschland": "EUR",
    "de": "EUR",
    "france": "EUR",
    "fr": "EUR",
    "italy": "EUR",
    "italia": "EUR",
    "it": "EUR",
    "spain": "EUR",
    "españa": "EUR",
    "es": "EUR",
    "ireland": "EUR",
    "ie": "EUR",
    "mexico": "MXN",
    "méxico": "MXN",
    "mx": "MXN",
    "brazil": "BRL",
    "brasil": "BRL",
    "br": "BRL",
    "japan": "JPY",
    "日本": "JPY",
    "jp": "JPY",
    "saudi arabia": "SAR",
    "sa": "SAR",
}
WORDS_PER_CHUNK = 2_000
CODES = frozenset((*SYMBOLS.values(), *(code for codes in SHARED_SYMBOLS.values() for code in codes)))
HEADER_WORD = re.compile(r"(?<![A-Za-z])[A-Z]{2,3}(?![A-Za-z])\$?|[€£₫฿₱₩₹₺₪₴]|(?:[A-Z]{1,2})?\$")
NOT_ZERO = re.compile(r"[1-9]")


class CurrencyHints:
    """The currencies that the cells of a file name, and those that its countries stand for."""

    def __init__(self) -> None:
        self.prefixes: set[str] = set()
        self.by_column: set[str] = set()
        self.by_country: set[str | None] = set()

    def see(self, columns: Mapping[str, pa.StringArray], amounts: Iterable[str]) -> None:
        """Take in the amounts, the currency column and the country column of one chunk."""
        for name in amounts:
            if name in columns:
                result = map(currency_in, _words(columns[name]))
                self.prefixes.update(mark for mark in result if mark)
        if "currency" in columns:
            self.by_column.update(
                word.upper() for word in _words(columns["currency"]) if len(word) == 3 and word.isalpha()
            )
        if "country" in columns:
            countries = [
                word
                for word in _words(columns["country"])
                if not word.endswith(".")  # row 2 of TikTok files explains the column
            ]
            self.by_country.update(COUNTRIES.get(word.lower()) for word in countries)

    def decide(self, file: str, given: str | None) -> str:
        """The one currency: from amounts, column, the user's word, countries that agree.

        Raises CurrencyWanted where nothing names it, or where the file contradicts itself.
        """
        for named in (self.prefixes, self.by_column):
            if len(named) == 1:
                return next(iter(named))
        if given:
            return given.upper()
        countries = {item for item in self.by_country if item}
        if len(countries) == 1 and None not in self.by_country:
            return next(iter(countries))
        result = ", ".join(sorted(self.prefixes | self.by_column | countries)) or "-"
        raise CurrencyWanted(file=file, found=result)


def marked_currency(file: str, headers: Iterable[str], cells: Iterable[str], assumed: str) -> str | None:
    """The currency that the marks in the headers of amounts, else in most of their cells, stand for; None: `assumed`.

    Raises CurrencyWanted where a mark such as $ stands for several, of which `assumed` is none.
    """
    words = [word for header in headers for word in HEADER_WORD.findall(header)]
    marks = {word for word in words if word in SYMBOLS or word in SHARED_SYMBOLS or word in CODES}
    if not marks:
        amounts = [cell for cell in cells if NOT_ZERO.search(cell)]
        marked = [mark for mark in map(mark_in, amounts) if mark]
        marks = set(marked) if len(marked) * 2 > len(amounts) else set()
    possible = [SHARED_SYMBOLS.get(mark, frozenset((SYMBOLS.get(mark, mark),))) for mark in marks]
    if not possible or all(assumed in currencies for currencies in possible):
        return None
    common: frozenset[str] = frozenset.intersection(*possible)
    if len(common) == 1:
        return next(iter(common))
    if common:
        raise CurrencyWanted(file=file, found=", ".join(sorted(marks)))
    return None  # of several currencies: each cell is judged by itself


def _words(cells: pa.StringArray) -> list[str]:
    result: list[str] = pc.unique(cells.drop_null()).slice(0, WORDS_PER_CHUNK).to_pylist()
    return result
