"""Two hundred damaged files, a thousand as a proof: each is rejected by name or accounted for row by row."""

import io
import random
import shutil
import struct
import zipfile
from collections.abc import Callable, Iterator
from copy import copy
from functools import cache
from pathlib import Path

import pytest

from etl.errors import REASONS, FileRejected
from etl.imports.importer import import_file
from shop.connect import connect
from shop.db.buyer_key import key_of
from shop.db.database import sqlite_driver
from tests.support.files_by_kind import DATA, SAMPLES, Sample
from tests.support.fresh import all_rows, new_database

Damage = Callable[[bytes, random.Random], bytes]
Content = bytes | Callable[[], bytes]  # of a file; a function where it is large


def cut(raw: bytes, jitter: random.Random) -> bytes:
    return raw[: jitter.randrange(1, len(raw))]


def cut_in_front(raw: bytes, jitter: random.Random) -> bytes:
    return raw[jitter.randrange(1, len(raw) // 2) :]


def flipped_bytes(raw: bytes, jitter: random.Random) -> bytes:
    result = bytearray(raw)
    for _ in range(20):
        result[jitter.randrange(len(result))] = jitter.randrange(256)
    return bytes(result)


def lost_block(raw: bytes, jitter: random.Random) -> bytes:
    start = jitter.randrange(len(raw) // 2)
    return raw[:start] + raw[start + len(raw) // 5 :]


def open_quote(raw: bytes, jitter: random.Random) -> bytes:
    place = raw.index(b"\n") + 1
    return raw[:place] + b'"' + raw[place:]


def late_bad_bytes(raw: bytes, jitter: random.Random) -> bytes:
    return raw[:-30] + b"\xff\xfe\xfa" + raw[-30:]


def lone_surrogate(raw: bytes, jitter: random.Random) -> bytes:
    place = jitter.randrange(len(raw) // 2, len(raw))
    return raw[:place] + b"\xed\xa0\x80" + raw[place:]


def nul_bytes_late(raw: bytes, jitter: random.Random) -> bytes:
    return raw[:-20] + b"\0\0\0" + raw[-20:]


def huge_cell(raw: bytes, jitter: random.Random, size: int = 300_000) -> bytes:
    """A cell larger than those that a reader of CSV takes by itself."""
    place = raw.index(b"\n") + 1
    return raw[:place] + b"x" * size + raw[place:]


def two_boms(raw: bytes, jitter: random.Random) -> bytes:
    return b"\xef\xbb\xbf" * 2 + raw.removeprefix(b"\xef\xbb\xbf")


def carriage_returns(raw: bytes, jitter: random.Random) -> bytes:
    return raw.replace(b"\r\n", b"\r")


BYTES: tuple[Damage, ...] = (
    cut,
    cut_in_front,
    flipped_bytes,
    lost_block,
    open_quote,
    late_bad_bytes,
    lone_surrogate,
    nul_bytes_late,
    huge_cell,
    two_boms,
    carriage_returns,
)


def lines_of(sample: Sample) -> list[str]:
    return sample.path.read_bytes().decode(sample.encoding).splitlines()


def text(lines: list[str], encoding: str = "utf-8") -> bytes:
    return ("\n".join(lines) + "\n").encode(encoding, "replace")


def mark_of(sample: Sample) -> str:
    return "\t" if sample.encoding == "utf-16" else ";" if sample.own_profile else ","


def rewritten(sample: Sample, jitter: random.Random) -> Iterator[tuple[str, bytes]]:
    """The table itself changed: columns gone, swapped, doubled; written as something else."""
    lines, mark = lines_of(sample), mark_of(sample)
    head, body = lines[0], lines[1:]
    names = head.split(mark)
    yield "header only", text([head])
    yield "wrong encoding", "\n".join(lines).encode("shift_jis", "replace")
    yield "latin over chinese", "\n".join(lines).encode("utf-8").decode("latin-1").encode("utf-8")
    yield "UTF-16 without mark", "\n".join(lines).encode("utf-16-le")
    yield "UTF-16 big end, cut", "\n".join(lines).encode("utf-16")[:-3]
    yield "wrong separator", text([line.replace(mark, "\x1f") for line in lines])
    yield ("half the columns", text([mark.join(line.split(mark)[: len(names) // 2]) for line in lines]))
    swapped = names[:]
    jitter.shuffle(swapped)
    yield "swapped headers", text([mark.join(swapped), *body])
    yield "doubled headers", text([mark.join([names[0]] * len(names)), *body])
    yield "headers twice", text([head + mark + head, *[line + mark + line for line in body]])
    yield "rows too long", text([head, *[line + mark + "more" for line in body]])
    yield "rows too short", text([head, *[mark.join(line.split(mark)[:-2]) for line in body]])
    yield "10,000 columns", text([mark.join([head, *(f"c{n}" for n in range(10_000))]), *body])
    yield "empty lines", text([head, "", "", *body, "", mark * (len(names) - 1), ""])
    yield "preamble", text(["A report", "", *lines])
    yield "numbers everywhere", text([head, *[mark.join(["7"] * len(names)) for _ in body]])
    yield "huge numbers", text([head, *[mark.join(["9" * 30] * len(names)) for _ in body]])
    outlier = [mark.join(jitter.choice(DAMAGED) for _ in names) for _ in range(40)]
    yield "odd numbers", text([head, *outlier])


DAMAGED = (
    "NaN",
    "inf",
    "-Infinity",
    "1e400",
    "1E+18",
    "-0",
    "1_000",
    "٣",
    "½",
    "1:2:3:4",
    ":",
    "99:99:99",
    "0000-00-00 00:00:00",
    "2026-02-30 10:00:00",
    "9999-12-31 23:59:59",
    "0001-01-01",
    "24:00",
    "1.2.3",
    "--",
    "%",
    "万",
    "-5",
    "９",
    "99999999999999999999",
    "1,2,3",
    "(5)",
    "€",
    "\ufdd0",
    "🔥",
    "'",
    '=""',
    "1秒秒",
    "12万亿",
    "2026-01-31T10:00:00Z",
    "31/12/2025",
    "1e-9",
)


DAMAGED_ALL_WAYS = 2  # samples
EACH = 12  # of the others every twelfth way, another for each


def damaged(sample: Sample) -> Iterator[tuple[str, bytes]]:
    """A sample damaged in every way, with the name of the way."""
    jitter = random.Random(sample.name)
    raw = sample.path.read_bytes()
    for damage in BYTES:
        yield damage.__name__, damage(raw, jitter)
    yield from rewritten(sample, jitter)


def others(sample: Sample) -> Iterator[tuple[str, Content]]:
    """Files that are not a damaged table of text, with their names."""
    jitter = random.Random(20260131)
    yield sample.name, huge_cell(sample.path.read_bytes(), jitter, 3_000_000)
    yield from workbooks((DATA / "tiktok.xlsx").read_bytes(), jitter)
    yield from other_things()


def workbooks(book: bytes, jitter: random.Random) -> Iterator[tuple[str, Content]]:
    for number in range(12):
        yield f"cut {number}.xlsx", cut(book, jitter)
        yield f"flipped {number}.xlsx", flipped_bytes(book, jitter)
    yield "bomb.xlsx", bomb
    yield "lying.xlsx", lambda: lying(bomb())
    yield "locked.xlsx", locked(book)
    yield "no sheets.xlsx", zipped({"xl/workbook.xml": b"<workbook/>"})
    yield "something else.xlsx", zipped({"readme.txt": b"hello"})
    yield "old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)
    yield "numeric ids.xlsx", numeric_ids()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@cache
def bomb() -> bytes:
    """A workbook that unpacks to 1.2 GB: twelve entries of its directory for one member of zeroes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        name = "xl/worksheets/sheet0.xml"
        archive.writestr(name, bytes(100 << 20))
        for number in range(1, 12):
            entry = copy(archive.getinfo(name))
            entry.filename = f"xl/worksheets/sheet{number}.xml"
            archive.filelist.append(entry)
    return out.getvalue()


def lying(raw: bytes) -> bytes:
    """The bomb with every declared size in the directory set to 1 KB."""
    result, place = bytearray(raw), 0
    while (place := raw.find(b"PK\1\2", place)) >= 0:
        result[place + 24 : place + 28] = struct.pack("<I", 1024)
        place += 4
    return bytes(result)


def locked(raw: bytes) -> bytes:
    result, place = bytearray(raw), 0
    while (place := raw.find(b"PK\1\2", place)) >= 0:
        result[place + 8] |= 1
        place += 4
    return bytes(result)


def numeric_ids() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    header = lines_of(SAMPLES[0])[0].split(",")
    with xlsxwriter.Workbook(out) as book:
        worksheet = book.add_worksheet()
        worksheet.write_row(0, 0, header)
        for row in range(1, 6):
            worksheet.write_row(row, 0, [6917926768823640000 + row] * len(header))
    return out.getvalue()


def other_things() -> Iterator[tuple[str, bytes]]:
    yield "paper.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
    yield "login.xls", b"<!DOCTYPE html><html><body>Sign in</body></html>"
    yield "empty.csv", b""
    yield "blank.csv", b"\xef\xbb\xbf\r\n\r\n ,,,\r\n"
    yield "nul.csv", bytes(4096)
    yield "noise.csv", random.Random(1).randbytes(20_000)
    yield "answer.csv", b'{"code": 10000, "data": []}'
    yield "picture.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(100)
    yield "one cell.csv", b"x"
    yield "quotes.csv", b'"' * 4097
    yield "commas.csv", b"," * 200_000
    yield "lines.csv", b"a\n" * 50_000


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The file of an empty shop, and all its rows."""
    path = tmp_path_factory.mktemp("empty") / "shop.db"
    database = new_database(path)
    database.secret()
    rows = all_rows(database)
    database.close()
    with sqlite_driver().connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path, rows


def check(
    case: str, content: Content, name: str, sample: Sample, empty: tuple[Path, str], folder: Path
) -> None:
    """Import a file of this name and content into an empty shop."""
    shop, before = empty
    folder.mkdir()
    path = folder / name
    path.write_bytes(content() if callable(content) else content)
    shutil.copy(shop, folder / "kiln.db")
    shutil.copy(key_of(shop), key_of(folder / "kiln.db"))
    db = connect(str(folder / "kiln.db"))
    try:
        report = import_file(db, path, kind=sample.kind, settings=sample.settings)
    except FileRejected as refusal:
        assert str(refusal), case
        assert all_rows(db) == before, case
    else:
        assert report.read == report.stored + report.unchanged + report.rejected, case
        assert len(report.reasons) == report.rejected, case
        assert all(reason.code in REASONS for reason in report.reasons), case
    finally:
        db.close()


@pytest.mark.parametrize("number", range(len(SAMPLES)), ids=[sample.name for sample in SAMPLES])
def test_a_damaged_file_is_rejected_or_accounted_for(
    number: int, empty: tuple[Path, str], tmp_path: Path
) -> None:
    sample, each = SAMPLES[number], 1 if number < DAMAGED_ALL_WAYS else EACH
    for place, (way, content) in enumerate(damaged(sample)):
        if place % each == number % each:
            check(way, content, sample.name, sample, empty, tmp_path / str(place))


def test_a_file_that_is_no_table_is_rejected_or_accounted_for(
    empty: tuple[Path, str], tmp_path: Path
) -> None:
    sample = SAMPLES[2]
    for place, (name, content) in enumerate(others(sample)):
        check(name, content, name, sample, empty, tmp_path / str(place))


@pytest.mark.proof
@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_a_file_damaged_in_every_way(sample: Sample, empty: tuple[Path, str], tmp_path: Path) -> None:
    for place, (way, content) in enumerate(damaged(sample)):
        check(way, content, sample.name, sample, empty, tmp_path / str(place))
