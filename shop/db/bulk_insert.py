"""Writing many rows fast: what many rows share is written once, in the statement itself.

Handing a text over for every row costs more than storing it. Columns with few different words
(platform, currency, status, carrier ...) are therefore written into the statement, one statement per
combination of words, and only the other columns are handed over row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

FEW = 8  # different words that a column may have to be written into the statement
MOST_STATEMENTS = 48  # as a sample of the rows shows them
FROM_ROWS = 2_000  # below that, many statements cost more than they save
SAMPLE = 256


def write(connection: Any, table: str, columns: Mapping[str, Sequence[Any]], rest: str = "") -> None:
    """Write the rows of these columns by a driver's own connection: see `statements`.

    A server gets all values as they are: it takes them by COPY.
    """
    shares = not getattr(connection, "copies_rows", False)
    for sql, rows in statements(table, columns, rest, shares=shares):
        connection.executemany(sql, rows)


def statements(
    table: str, columns: Mapping[str, Sequence[Any]], rest: str = "", *, shares: bool = True
) -> Iterator[tuple[str, Iterator[tuple[Any, ...]]]]:
    """INSERT statements for the rows of these columns, each with the rows to execute it for.

    Columns are equally long lists of None, int, float, bool and str. The rows of one statement share
    their order; `rest` (such as ON CONFLICT …) ends every statement. Without `shares` no word is written into it.
    """
    shared = _shared(columns) if shares else []
    handed = [name for name in columns if name not in shared]
    names = ", ".join((*shared, *handed))
    marks = ["?"] * len(handed)
    for words, places in _combinations([columns[name] for name in shared]):
        values = ", ".join((*map(literal, words), *marks))
        picked: Iterator[Sequence[Any]] = (columns[name] for name in handed)
        if places is not None:
            picked = map(_picker(places), picked)
        yield f"INSERT INTO {table} ({names}) VALUES ({values}) {rest}", zip(*picked, strict=True)


def _picker(places: list[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What takes the values at these places out of a column; itemgetter does so without a loop."""
    if len(places) == 1:
        return lambda column: (column[places[0]],)
    return itemgetter(*places)


def literal(value: Any) -> str:
    """A value as SQL text: a string in quotes with its quotes doubled, as the standard has it."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        quoted = "'" + value.replace("'", "''") + "'"
        return quoted if "\0" not in value else quoted.replace("\0", "' || char(0) || '")
    return repr(int(value))


def _shared(columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """The columns whose words go into the statement, those with the fewest first: few words, few combinations."""
    rows = len(next(iter(columns.values())))
    if rows < FROM_ROWS:
        return []
    candidates: list[tuple[int, str]] = []
    for name, column in columns.items():
        if len(set(column[:: max(rows // SAMPLE, 1)])) > FEW:
            continue
        words = set(column)
        if any(type(word) is float for word in words):
            continue  # SQLite reads a written fraction a last bit off now and then
        if len(words) == 1 or (len(words) <= FEW and not any(type(w) is int for w in words)):
            candidates.append((len(words), name))
    shared: list[str] = []
    combinations: set[tuple[Any, ...]] = {()}
    for _, name in sorted(candidates):
        sample = [columns[other] for other in (*shared, name)]
        combinations = set(zip(*(column[:: max(rows // SAMPLE, 1)] for column in sample), strict=True))
        if len(combinations) > MOST_STATEMENTS:
            break
        shared.append(name)
    return shared[: len(columns) - 1]  # something is left to hand over for each row


def _combinations(shared: Sequence[Sequence[Any]]) -> Iterator[tuple[tuple[Any, ...], list[int] | None]]:
    """Each combination of shared words with the places of its rows; None for all rows.

    The columns with one word come first.
    """
    if not shared:
        yield (), None
        return
    alike = [column[0] for column in shared if column.count(column[0]) == len(column)]
    different = shared[len(alike) :]
    if not different:
        yield tuple(alike), None
        return
    groups: dict[tuple[Any, ...], list[int]] = {}
    for place, words in enumerate(zip(*different, strict=True)):
        groups.setdefault(words, []).append(place)
    for words, places in groups.items():
        yield (*alike, *words), places
