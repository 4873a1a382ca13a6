"""Exchange rates from a table: a day, a currency and what 1 unit of it was worth, each row one rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from etl.errors import FileRejected
from etl.files.headers import normal
from etl.tables.moments import read_moment
from etl.tables.open import open_table
from shop.access.roles import Actor
from shop.db.database import Database
from shop.metrics.exchange.rates import BadExchangeRate, DayRate, put_rates, rate_of

HEADERS = {
    "day": ("日期", "date", "day"),
    "currency": ("币种", "货币", "currency", "currency code", "from"),
    "rate": ("汇率", "中间价", "折算价", "rate", "exchange rate", "value"),
    "into": ("目标货币", "兑", "into", "to", "base", "base currency"),
}
FIELDS = {normal(word): name for name, words in HEADERS.items() for word in words}


class NoExchangeRates(FileRejected):
    """A table that lacks one of the columns of exchange rates."""

    message = "{file} has no exchange rates. Expected the columns: date, currency, rate."


@dataclass(frozen=True)
class UnreadRate:
    """A row that is no rate: its number, the column, and what stands there."""

    row: int
    column: str
    cell: str


@dataclass(frozen=True)
class RatesReport:
    """What came of a file: rows read = stored + unread."""

    read: int
    stored: int
    unread: tuple[UnreadRate, ...]


def import_rates(
    db: Database, path: Path, into: str, *, actor: Actor, name: str | None = None
) -> RatesReport:
    """Read the rates of a file, in the currency of its own column or else `into`.

    Raises NoExchangeRates, NotAllowed.
    """
    shown = name or path.name
    rates: list[DayRate] = []
    unread: list[UnreadRate] = []
    table = open_table(path, name=shown)[0]
    places: dict[str, int] = {}
    for number, row in enumerate(table.raw_rows(), 1):
        cells = [(cell or "").strip() for cell in row]
        if not places:
            matched = {FIELDS[key]: at for at, cell in enumerate(cells) if (key := normal(cell)) in FIELDS}
            places = matched if {"day", "currency", "rate"} <= matched.keys() else {}
        elif any(cells):
            result = _rate(
                number, {field: cells[at] for field, at in places.items() if at < len(cells)}, into
            )
            if isinstance(result, DayRate):
                rates.append(result)
            else:
                unread.append(result)
    if not places:
        raise NoExchangeRates(file=shown)
    return RatesReport(len(rates) + len(unread), put_rates(db, rates, actor=actor), tuple(unread))


def _rate(row: int, cells: dict[str, str], into: str) -> DayRate | UnreadRate:
    moment = read_moment(cells.get("day", ""), "ymd")
    if moment is None:
        return UnreadRate(row, "day", cells.get("day", "")[:80])
    day = datetime.fromtimestamp(moment.seconds, UTC).date()
    try:
        return rate_of(day, cells.get("currency", ""), cells.get("into") or into, cells.get("rate", ""))
    except BadExchangeRate:
        return UnreadRate(row, "rate", cells.get("rate", "")[:80])
