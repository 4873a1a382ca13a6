"""Exports of every kind, changed in cells, headers, shapes, encodings and order of columns.

No change may end in a traceback, and each row is stored, unchanged or rejected with a reason. A change that
does not touch what the records say may change nothing of what is stored; one that spoils a single row may
cost that row alone. What a file has is said by the untouched file.
"""

from __future__ import annotations

import csv
import io
import random
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from etl.errors import REASONS, FileRejected
from etl.imports.importer import import_file
from etl.imports.report import FileReport
from shop.connect import connect
from shop.db.database import Database
from tests.support.files_by_kind import SAMPLES, Sample
from tests.support.fresh import new_database

Table = list[list[str]]
FACTS = {
    "order_line": ("quantity", "list_cents", "buyer_paid_cents", "shipping_cents"),
    "refund": ("amount_cents",),
    "settlement": ("paid_out_cents",),
    "live_session": ("viewers", "gmv_cents"),
    "video": ("views", "likes"),
    "comment": ("likes",),
    "product_statement": ("gmv_cents", "units"),
    "listing": ("price_cents",),
    "product": (),
}
RANDOM = 20260129


@dataclass(frozen=True)
class Mutant:
    """One changed file: its bytes, the ending of its name, and how many records the change may cost."""

    change: str
    content: bytes
    suffix: str = ".csv"
    cost: int = 0


def table_of(sample: Sample) -> Table:
    """The rows of a sample, read with the standard library alone."""
    content = sample.path.read_bytes().decode(sample.encoding)
    return [
        row for row in csv.reader(io.StringIO(content, newline=""), delimiter=mark_of(sample)) if any(row)
    ]


def mark_of(sample: Sample) -> str:
    return "\t" if sample.encoding == "utf-16" else ";" if sample.own_profile else ","


def written(rows: Table, delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL, end: str = "\r\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)
    return out.getvalue()


# --- changes that leave every record as it is ----------------------------------------------------


def as_encoded(rows: Table, rng: random.Random) -> Mutant:
    encoding = rng.choice(("utf-8", "utf-8-sig", "utf-16", "gb18030"))
    text = written(rows, end=rng.choice(("\n", "\r\n")))
    has_chinese = sum("一" <= letter <= "鿿" for letter in text) > 10
    if encoding == "gb18030" and not has_chinese:
        encoding = "utf-8"
    return Mutant(f"encoding {encoding}", text.encode(encoding))


def with_separator(rows: Table, rng: random.Random) -> Mutant:
    mark = rng.choice(",\t;|")
    return Mutant(
        f"separator {mark!r}", written(rows, mark, rng.choice((csv.QUOTE_ALL, csv.QUOTE_MINIMAL))).encode()
    )


def columns_shuffled(rows: Table, rng: random.Random) -> Mutant:
    order = list(range(len(rows[0])))
    rng.shuffle(order)
    return Mutant("order of columns", written([[row[place] for place in order] for row in rows]).encode())


def blank_cells_beyond(rows: Table, rng: random.Random) -> Mutant:
    extra = rng.randrange(1, 4)
    wide = rng.random() < 0.5
    changed = [row + [""] * (extra if number or wide else 0) for number, row in enumerate(rows)]
    return Mutant("blank cells beyond the header", written(changed).encode())


def trailing_blanks_cut(rows: Table, rng: random.Random) -> Mutant:
    changed = [rows[0]]
    for row in rows[1:]:
        end = len(row)
        while end > 1 and not row[end - 1].strip():
            end -= 1
        changed.append(row[: rng.randrange(end, len(row) + 1)])
    return Mutant("blank cells cut", written(changed).encode())


def headers_marked(rows: Table, rng: random.Random) -> Mutant:
    marks = ("*{}", "{} ", "{}\n", "{}（必填）", "{}(required)", "＊{}", "{}【选填】")
    header = [rng.choice(marks).format(cell) if cell and rng.random() < 0.5 else cell for cell in rows[0]]
    return Mutant("marks on headers", written([header, *rows[1:]]).encode())


def tabs_and_formulas(rows: Table, rng: random.Random) -> Mutant:
    def wrap(cell: str) -> str:
        if not cell.strip().isdigit() or rng.random() < 0.5:
            return cell
        return rng.choice(("{}\t", "\t{}", '="{}"', " {} ")).format(cell.strip())

    return Mutant("text marks", written([rows[0], *[[wrap(c) for c in row] for row in rows[1:]]]).encode())


def notes_above(rows: Table, rng: random.Random) -> Mutant:
    notes = [["导出时间：2026-02-01"], [], ["说明", "仅供参考"]][: rng.randrange(1, 4)]
    return Mutant("notes above", written([*notes, *rows]).encode())


def header_repeated(rows: Table, rng: random.Random) -> Mutant:
    place = rng.randrange(1, len(rows) + 1)
    return Mutant("header repeated", written([*rows[:place], rows[0], *rows[place:]]).encode())


def empty_lines(rows: Table, rng: random.Random) -> Mutant:
    place = rng.randrange(1, len(rows) + 1)
    blank = ["" for _ in rows[0]] if rng.random() < 0.5 else []
    return Mutant("empty lines", written([*rows[:place], blank, *rows[place:], blank]).encode())


def as_html(rows: Table, rng: random.Random) -> Mutant:
    import html

    body = (
        "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        .replace("\r\n", "<br>")
        .replace("\n", "<br>")
    )
    text = f'<html><meta charset="utf-8"><table border="1">{body}</table></html>'
    return Mutant("html", text.encode(), ".xls")


def as_workbook(rows: Table, rng: random.Random) -> Mutant:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for number in range(rng.randrange(1, 3)):
            sheet = book.add_worksheet()
            for place, row in enumerate(rows if not number else []):
                for column, cell in enumerate(row):
                    sheet.write_string(place, column, cell)
    return Mutant("workbook", out.getvalue(), ".xlsx")


def as_archive(rows: Table, rng: random.Random) -> Mutant:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export.csv", written(rows).encode())
    return Mutant("archive", out.getvalue(), ".zip")


# --- changes that may cost rows ------------------------------------------------------------------


def broken_letter(rows: Table, rng: random.Random) -> Mutant:
    lines = [written([row]).encode() for row in rows]
    places = [place for place, line in enumerate(lines) if place and not line.isascii()]
    if not places:
        return as_encoded(rows, rng)
    place = rng.choice(places)
    line = lines[place]
    at = next(n for n, byte in enumerate(line) if byte >= 0xE0)
    lines[place] = line[:at] + b"\xff" + line[at + 3 :]
    return Mutant("broken letter", b"".join(lines), cost=1)


def spoilt_cell(rows: Table, rng: random.Random) -> Mutant:
    changed = [row[:] for row in rows]
    row = rng.randrange(1, len(rows))
    column = rng.randrange(len(changed[row]))
    changed[row][column] = rng.choice(ODD)
    return Mutant(f"cell {column} {changed[row][column]!r}", written(changed).encode(), cost=-1)


def odd_bytes(rows: Table, rng: random.Random) -> Mutant:
    raw = bytearray(written(rows).encode())
    for _ in range(rng.randrange(1, 9)):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    return Mutant("odd bytes", bytes(raw), rng.choice((".csv", ".xls", ".xlsx", ".zip")), cost=-1)


def stray_quote(rows: Table, rng: random.Random) -> Mutant:
    text = written(rows)
    place = rng.randrange(len(text))
    return Mutant("stray quote", (text[:place] + '"' + text[place:]).encode(), cost=-1)


def stray_separator(rows: Table, rng: random.Random) -> Mutant:
    text = written(rows)
    place = rng.randrange(len(text))
    return Mutant("stray separator", (text[:place] + rng.choice(",;\t\n") + text[place:]).encode(), cost=-1)


def cut_off(rows: Table, rng: random.Random) -> Mutant:
    raw = written(rows).encode()
    return Mutant("cut off", raw[: rng.randrange(1, len(raw))], cost=-1)


def header_lost(rows: Table, rng: random.Random) -> Mutant:
    header = rows[0][:]
    header[rng.randrange(len(header))] = rng.choice(("", "其他", "Order", header[rng.randrange(len(header))]))
    return Mutant("header changed", written([header, *rows[1:]]).encode(), cost=-1)


ODD = (
    *(
        "",
        "-",
        "无",
        "免费",
        "free",
        "NaN",
        "inf",
        "1e400",
        "１２",
        "-5",
        "1,5",
        "1.234,50",
        "9" * 30,
        "合计",
        "total",
    ),
    *(
        "12万",
        "1.5小时",
        "2026-02-30 10:00:00",
        "31/12/2025",
        "0000-00-00",
        "=1+1",
        "6.9E+18",
        "#####",
        "\ud83d",
    ),
    *('a"b', "line\nbreak", "\0", "�", "很长" * 5000, "''", '=""', "(5)", "50%", "🔥", "true"),
)
HARMLESS = (
    as_encoded,
    with_separator,
    columns_shuffled,
    blank_cells_beyond,
    trailing_blanks_cut,
    headers_marked,
)
HARMLESS += (tabs_and_formulas, notes_above, header_repeated, empty_lines, as_html, as_workbook, as_archive)
COSTLY = (broken_letter, spoilt_cell, odd_bytes, stray_quote, stray_separator, cut_off, header_lost)
CHANGES: tuple[Callable[[Table, random.Random], Mutant], ...] = (*HARMLESS, *COSTLY, spoilt_cell, spoilt_cell)


# --- the law -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "shop.db"
    database = new_database(path)
    database.secret()
    database.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


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


def settings_of(sample: Sample) -> dict[str, Any]:
    named = {"platform": "douyin"} if sample.name.startswith(("works", "sessions", "comments")) else {}
    return {"saved_at": 1_760_000_000, **named, **sample.settings}


def check(
    sample: Sample, mutant: Mutant, empty: Path, folder: Path, base: tuple[FileReport, dict[str, Any]]
) -> None:
    db = opened(empty, folder)
    path = folder / f"{sample.path.stem}{mutant.suffix}"
    path.write_bytes(mutant.content)
    before = facts(db)
    try:
        report = import_file(db, path, kind=sample.kind, settings=settings_of(sample))
    except FileRejected as refusal:
        assert str(refusal) and facts(db) == before
        assert mutant.cost, f"{mutant.change}: {refusal}"
    else:
        assert report.read == report.stored + report.unchanged + report.rejected
        assert len(report.reasons) == report.rejected and {r.code for r in report.reasons} <= REASONS.keys()
        untouched, sums = base
        if mutant.cost == 0:
            known = [(r.column, r.code) for r in untouched.reasons]
            assert [
                (r.column, r.code) for r in report.reasons
            ] == known or report.rejected == untouched.rejected
            assert (report.read, facts(db)) == (untouched.read, sums), mutant.change
        elif mutant.cost > 0:
            assert (report.read, report.rejected - untouched.rejected) in (
                (untouched.read, mutant.cost),
                (untouched.read, 0),
                (untouched.read - mutant.cost, 0),
            ), mutant.change
    finally:
        db.close()
        shutil.rmtree(folder)


def mutants(count: int) -> Iterator[tuple[Sample, Mutant]]:
    rng = random.Random(RANDOM)
    tables = [(sample, table_of(sample)) for sample in SAMPLES if sample.encoding != "cp1252"]
    for number in range(count):
        sample, rows = tables[number % len(tables)]
        change = rng.choice(CHANGES)
        if change in (with_separator, as_archive) and (
            sample.own_profile or (change is as_archive and sample.top > 1)
        ):
            change = columns_shuffled if sample.top == 1 else as_encoded
        try:
            yield sample, change(rows, rng)
        except UnicodeEncodeError:
            continue


def run(count: int, empty: Path, folder: Path) -> None:
    bases: dict[str, tuple[FileReport, dict[str, Any]]] = {}
    for number, (sample, mutant) in enumerate(mutants(count)):
        if sample.name not in bases:
            db = opened(empty, folder / f"base {sample.name}")
            path = folder / f"{sample.path.stem}.csv"
            path.write_bytes(written(table_of(sample), mark_of(sample)).encode())
            report = import_file(db, path, kind=sample.kind, settings=settings_of(sample))
            bases[sample.name] = (report, facts(db))
            db.close()
        try:
            check(sample, mutant, empty, folder / str(number), bases[sample.name])
        except Exception as problem:
            raise AssertionError(f"{number}: {sample.name}, {mutant.change}") from problem


def test_mutated_files_are_stored_or_rejected_with_a_reason(empty: Path, tmp_path: Path) -> None:
    run(150, empty, tmp_path)


@pytest.mark.proof
def test_ten_thousand_mutated_files(empty: Path, tmp_path: Path) -> None:
    run(10_000, empty, tmp_path)
