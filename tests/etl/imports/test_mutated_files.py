"""Exports of every kind, changed in cells, headers, shapes, encodings and order of columns, or damaged.

No change may end in a traceback or hang, and each row is stored, unchanged or rejected with a reason. A change
that does not touch what the records say may change nothing of what is stored; one that spoils a cell may cost
its row alone; the sums of what is stored are those of a slow second reader (`tests/oracles/table_rows.py`)
over the rows that were not rejected.
"""

from __future__ import annotations

import random
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from etl.errors import REASONS, FileRejected
from etl.imports import registry
from etl.imports.importer import import_file
from etl.imports.report import FileReport
from shop.connect import connect
from shop.db.database import Database
from tests.oracles import table_rows
from tests.support.files_by_kind import SAMPLES, Sample
from tests.support.mutations.changes import HARMLESS, SPOILING, Changes, Mutant, Table, written
from tests.support.mutations.damage import DAMAGE, Damage

FACTS = {
    "order_line": ("quantity", "list_cents", "buyer_paid_cents", "shipping_cents"),
    "refund": ("amount_cents",),
    "settlement": ("paid_out_cents",),
    "ad_spend": ("amount_cents",),
    "live_session": ("viewers", "gmv_cents"),
    "video": ("views", "likes"),
    "comment": ("likes",),
    "product_statement": ("gmv_cents", "units"),
    "listing": ("price_cents",),
    "product": (),
}
SEED = 20260129
SECONDS = 60  # of the processor, for one file
FAILED_SEEDS = (  # numbers of the series whose files once failed
    *(2282, 2393, 2763),  # Shopify: the order id of a second line spoilt
    *(9751, 9719, 2578),  # Taobao, Shopify: more was paid than the list price
    7193,  # Shopify: a row with a SKU alone
    13863,  # Shopify: an order's sum, and a word in its place on another row
    20308,  # TikTok: a refund with a minus
    *(61724, 62259),  # a session of 10**30 seconds; Shopify: a date in place of the pieces
    80725,  # Douyin: a withdrawal with something in place of the order
    55895,  # Shopify: a broken letter in a line, and the sum of its order
    40732,  # TikTok: a number of pieces with a minus
    71104,  # Square: a separator inside a name of the header
    11768,  # settlement: the header once more, above the row that explains it
)


def table_of(sample: Sample) -> Table:
    """The rows of a sample, read with the standard library alone."""
    content = sample.path.read_bytes().decode(sample.encoding)
    return [row for row in table_rows.rows_of_text(content, mark_of(sample)) if any(row)]


def mark_of(sample: Sample) -> str:
    return "\t" if sample.encoding == "utf-16" else ";" if sample.own_profile else ","


def opened(empty: Path, folder: Path) -> Database:
    folder.mkdir()
    for ending in ("", ".key"):
        shutil.copy(str(empty) + ending, folder / f"shop.db{ending}")
    return connect(str(folder / "shop.db"))


def facts(db: Database) -> dict[str, tuple[Any, ...]]:
    """How many records each table has, and the sums of their figures."""
    with db.read() as connection:
        return {
            table: tuple(
                connection.execute(
                    text(
                        f"SELECT {', '.join(('count(*)', *(f'sum({name})' for name in names)))} FROM {table}"
                    )
                ).one()
            )
            for table, names in FACTS.items()
        }


def amounts(db: Database, kind: str) -> list[int]:
    """The main amount of each stored record of a kind, in cents."""
    if kind not in table_rows.MAIN:
        return []
    main = table_rows.MAIN[kind]
    with db.read() as connection:
        rows = connection.execute(text(f"SELECT {main.stored} FROM {main.table}"))
        return [int(row[0] or 0) for row in rows]


@dataclass(frozen=True)
class Base:
    """What the untouched file of a sample becomes."""

    report: FileReport
    facts: dict[str, tuple[Any, ...]]
    amounts: list[int]


def settings_of(sample: Sample) -> dict[str, Any]:
    named = {"platform": "douyin"} if sample.name.startswith(("works", "sessions", "comments")) else {}
    return {"saved_at": 1_760_000_000, **named, **sample.settings}


def base_of(sample: Sample, empty: Path, folder: Path) -> Base:
    db = opened(empty, folder)
    path = folder / f"{sample.path.stem}.csv"
    path.write_bytes(
        written(table_of(sample), mark_of(sample)).encode("cp1252" if sample.own_profile else "utf-8")
    )
    report = import_file(db, path, kind=sample.kind, settings=settings_of(sample))
    base = Base(report, facts(db), amounts(db, report.kind))
    db.close()
    return base


def check(sample: Sample, mutant: Mutant, empty: Path, folder: Path, base: Base) -> None:
    db = opened(empty, folder)
    path = folder / f"{sample.path.stem}{mutant.suffix}"
    path.write_bytes(mutant.content)
    before = facts(db)
    try:
        report = import_file(db, path, kind=sample.kind, settings=settings_of(sample))
    except FileRejected as refusal:
        assert str(refusal) and facts(db) == before
        assert mutant.cost, f"rejected: {refusal}"
        assert getattr(refusal, "code", "") != "UnreadableFile", f"unforeseen: {refusal}"
    else:
        assert report.read == report.stored + report.unchanged + report.rejected
        assert len(report.reasons) == report.rejected and {r.code for r in report.reasons} <= REASONS.keys()
        if mutant.cost == 0:
            assert (report.read, report.rejected) == (base.report.read, base.report.rejected)
            assert facts(db) == base.facts
        elif mutant.cost > 0:
            assert (report.read, report.rejected - base.report.rejected) in (
                (base.report.read, mutant.cost),
                (base.report.read, 0),
                (base.report.read - mutant.cost, 0),
                (base.report.read + mutant.cost, mutant.cost),  # a row that is else no record
            )
        if report.kind == base.report.kind:
            _check_amounts(sample, mutant, report, base, amounts(db, report.kind))
    finally:
        db.close()
        shutil.rmtree(folder)


def _check_amounts(sample: Sample, mutant: Mutant, report: FileReport, base: Base, stored: list[int]) -> None:
    """The stored amounts against the second reader's, or in a damaged file against the untouched ones."""
    if mutant.spots:
        changed = Counter(stored) - Counter(base.amounts)
        assert changed.total() <= mutant.spots, f"changed without a word: {changed}"
    if mutant.seen is None or mutant.names is None:
        return
    main = table_rows.MAIN.get(report.kind)
    rejected = {reason.row for reason in report.reasons}
    known = [name.strip() for name in mutant.names]
    counted, skippable, sums = 0, 0, [0, 0]  # of all rows, of those that are surely records
    before: set[str] = set()
    orders: dict[str, list[tuple[table_rows.Record, bool]]] = {}
    explained = [row for row in mutant.seen[mutant.first :] if _is_content(row, known)][: sample.top - 1]
    for place, row in enumerate(mutant.seen[mutant.first :], mutant.first):
        cells = [table_rows.plain(cell) for cell in row]
        record = dict(reversed([*zip(known, cells, strict=False)]))  # of two columns of one name the first
        if not _is_content(row, known):
            continue
        if main is not None and place + 1 not in rejected and not main.is_record(record):
            continue
        may_skip = row in explained or any(map(table_rows.TOTAL.fullmatch, cells))
        counted, skippable = counted + 1, skippable + may_skip
        name = record.get(main.once) if main is not None else None
        if main is not None:
            orders.setdefault(record.get(main.order, ""), []).append((record, place + 1 not in rejected))
        if main is None or place + 1 in rejected or name in before:
            continue
        before |= {name} if name else set()
        value = main.of_record(record)
        if value is None and not may_skip and not report.unread and _has_amount(main, mutant):
            raise AssertionError(f"row {place + 1} has no amount and is stored")
        sums = [sums[0] + (value or 0), sums[1] + (0 if may_skip else value or 0)]
    if main is not None:
        more = sum(main.of_order(lines) for lines in orders.values())
        sums = [sums[0] + more, sums[1] + more]
    assert counted - skippable <= report.read <= counted, f"{counted} rows, {report.read} read"
    if main is None or not _has_amount(main, mutant) or report.unchanged != base.report.unchanged:
        return
    if len(stored) == report.stored and report.read in (counted, counted - skippable):
        rounded = (
            counted if mutant.change == "fractions of a cent" else 0
        )  # the list price may follow the paid
        difference = abs(sum(stored) - sums[report.read != counted])
        assert difference <= rounded, f"{sum(stored)} is stored, {sums} are right"


def _is_content(row: list[str], names: list[str]) -> bool:
    """Whether a row is neither empty nor the header once more."""
    cells = [table_rows.plain(cell) for cell in row]
    return any(cells) and sum(map(str.__eq__, cells, names)) * 2 <= len(names)


def _has_amount(main: table_rows.Amount, mutant: Mutant) -> bool:
    """Whether the table has the columns of the main amount, by their names."""
    has_columns = not main.needs or any(name in (mutant.names or ()) for name in main.needs)
    return has_columns and mutant.change != "header changed"


def series(numbers: range, seed: int = SEED) -> Iterator[tuple[int, Sample, Mutant]]:
    """Changed files in a fixed order: each kind in turn, its change by chance."""
    tables = [(sample, table_of(sample)) for sample in SAMPLES]
    for number in numbers:
        yield mutant_of(number, tables[number % len(tables)], seed)


def mutant_of(number: int, table: tuple[Sample, Table], seed: int = SEED) -> tuple[int, Sample, Mutant]:
    """The changed file of this number."""
    sample, rows = table
    rng = random.Random(seed * 1_000_003 + number)
    given = (";", sample.encoding) if sample.own_profile else (None, None)
    name = rng.choice((*HARMLESS, *SPOILING, *SPOILING, "spoilt_cell", *DAMAGE))
    kind = Damage if name in DAMAGE else Changes
    if sample.own_profile and name in ("encoded", "separator", "broken_letter"):
        name, kind = "columns_shuffled", Changes
    rows = [row for place, row in enumerate(rows) if place == 0 or place >= sample.top or name != "as_json"]
    try:
        mutant = getattr(kind(rows, rng, *given), name)()
    except UnicodeEncodeError:  # a lone surrogate has no bytes
        mutant = Changes(rows, rng, *given).columns_shuffled()
    return number, sample, mutant


class Hung(Exception):
    """A file took more of the processor than any may."""


def _exceed_time(*_given: object) -> None:
    raise Hung


def run(mutants: Iterator[tuple[int, Sample, Mutant]], empty: Path, folder: Path) -> list[str]:
    """Import each file into an empty shop; what failed, in words."""
    bases: dict[str, Base] = {}
    failed = []
    before = signal.signal(signal.SIGVTALRM, _exceed_time)
    try:
        for number, sample, mutant in mutants:
            if sample.name not in bases:
                bases[sample.name] = base_of(sample, empty, folder / f"base {sample.name}")
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
            try:
                check(sample, mutant, empty, folder / str(number), bases[sample.name])
            except Exception as problem:
                failed.append(f"{number}: {sample.name}, {mutant.change}: {type(problem).__name__} {problem}")
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        signal.signal(signal.SIGVTALRM, before)
    return failed


def test_every_kind_has_a_file_to_change(empty: Path, tmp_path: Path) -> None:
    kinds = {
        base_of(sample, empty, tmp_path / str(number)).report.kind for number, sample in enumerate(SAMPLES)
    }
    assert {kind.NAME for kind in registry.all_kinds()} <= kinds


def test_mutated_files_are_stored_or_rejected_with_a_reason(empty: Path, tmp_path: Path) -> None:
    assert run(series(range(30)), empty, tmp_path) == []


def test_files_that_once_failed(empty: Path, tmp_path: Path) -> None:
    tables = [(sample, table_of(sample)) for sample in SAMPLES]
    mutants = (mutant_of(number, tables[number % len(tables)]) for number in FAILED_SEEDS)
    assert run(mutants, empty, tmp_path) == []


@pytest.mark.proof
@pytest.mark.parametrize("thousand", range(100))
def test_a_hundred_thousand_mutated_files(thousand: int, empty: Path, tmp_path: Path) -> None:
    numbers = range(thousand * 1_000, (thousand + 1) * 1_000)
    assert run(series(numbers), empty, tmp_path) == []
