"""Laws of every kind of export file: nothing twice, nothing lost, nobody exposed."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from etl.errors import REASONS, sentence
from etl.imports import registry
from etl.imports.importer import import_file
from etl.imports.report import FileReport
from etl.tables.open import open_table
from shop.db.database import Database, sqlite_driver
from shop.orders.batch import LONGEST_KEY
from tests.support.files_by_kind import SAMPLES, Sample
from tests.support.fresh import all_rows, new_database

CANARIES = ("王隐私", "13800001111", "隐私路", "canary", "Canary", "88号")


@dataclass(frozen=True)
class Loaded:
    """A shop that has read one file, and what was reported of it."""

    db: Database
    report: FileReport


every = pytest.mark.parametrize("sample", SAMPLES, ids=lambda item: item.name)
OWN = ("source_file", "row_statement", "order_numbers", "alembic_version", "meta")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Sample], Loaded]]:
    """Each sample in a shop of its own, read once; read only, for it is shared."""
    known: dict[str, Loaded] = {}

    def loaded(sample: Sample) -> Loaded:
        if sample.name not in known:
            db = new_database(tmp_path_factory.mktemp("loaded") / "shop.db")
            known[sample.name] = Loaded(db, load(db, sample))
        return known[sample.name]

    yield loaded
    for item in known.values():
        item.db.close()


def load(db: Database, sample: Sample, path: Path | None = None) -> FileReport:
    return import_file(db, path or sample.path, kind=sample.kind, settings=sample.settings)


def dump(db: Database, *, rejects: bool = True) -> dict[str, list[tuple]]:
    """All rows of all tables, without the number of the file that they came from."""
    with sqlite_driver().connect(db.path) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        result = {}
        for name in names:
            if name in OWN or name.startswith("sqlite_") or (name == "rejected_record" and not rejects):
                continue
            columns = [item[0] for item in connection.execute(f"SELECT * FROM {name} LIMIT 0").description]
            accepted = ", ".join(f'"{c}"' for c in columns if c not in ("source_id", "rejected_id"))
            result[name] = sorted(connection.execute(f"SELECT {accepted} FROM {name}").fetchall(), key=repr)
        return result


@every
def test_every_row_is_accounted_for_with_a_reason_that_has_words(loaded, sample):
    report = loaded(sample).report
    assert report.read == report.stored + report.unchanged + report.rejected > 0
    assert len(report.reasons) == report.rejected
    for reason in report.reasons:
        assert reason.code in REASONS
        assert sentence(reason.code, reason.details)


@every
def test_twice_is_once(db, sample, tmp_path):
    load(db, sample)
    before = dump(db)
    again = load(db, sample)
    assert (again.seen_before, again.stored) == (True, 0)
    assert dump(db) == before
    copy = tmp_path / sample.name  # other bytes, the same rows
    ending = "\r\n\r\n".encode(sample.encoding.removesuffix("-sig")).removeprefix(b"\xff\xfe")
    copy.write_bytes(sample.path.read_bytes() + ending)
    third = load(db, sample, copy)
    assert (third.seen_before, third.stored) == (False, 0)
    assert third.read == third.unchanged + third.rejected
    assert {k: v for k, v in dump(db).items() if k != "rejected_record"} == {
        k: v for k, v in before.items() if k != "rejected_record"
    }


def parts(sample: Sample) -> tuple[str, list[str]]:
    """The header lines and the records of a sample, as text."""
    text = sample.path.read_bytes().decode(sample.encoding)
    separator = "\t" if sample.encoding == "utf-16" else ";" if sample.own_profile else ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))

    def written(some: list[list[str]]) -> str:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=separator).writerows(some)
        return out.getvalue()

    return written(rows[: sample.top]), [written([row]) for row in rows[sample.top :]]


def overlap(
    folder: Path, sample: Sample, whole: Database, draw: Callable[[Sequence[int]], int], orders: Sequence[str]
) -> None:
    """Two exports that overlap, read in these orders, are the whole export."""
    header, records = parts(sample)
    ends = boundaries(records)
    begin = draw(ends)  # of the second
    end = draw([e for e in [*ends[1:], len(records)] if e > begin])
    pieces = {"a": records[:end], "b": records[begin:]}
    paths = {}
    for name, piece in pieces.items():
        (folder / name).mkdir()
        paths[name] = folder / name / sample.name
        text = header + "".join(piece)
        paths[name].write_bytes(text.encode(sample.encoding))
    key = Path(str(whole.path) + ".key").read_text()
    for order in orders:
        (folder / f"{order}.db.key").write_text(key)
        db = new_database(folder / f"{order}.db")
        for name in order:
            load(db, sample, paths[name])
        assert dump(db, rejects=False) == dump(whole, rejects=False)
        db.close()


@every
def test_overlapping_exports_the_later_one_first_come_to_the_whole(loaded, tmp_path, sample):
    overlap(tmp_path, sample, loaded(sample).db, Random(sample.name).choice, ["ba"])


@pytest.mark.proof
@every
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_forty_pairs_of_overlapping_exports_in_any_order_come_to_the_whole(
    loaded, tmp_path_factory, sample, data
):
    folder = tmp_path_factory.mktemp("overlap")
    overlap(
        folder, sample, loaded(sample).db, lambda numbers: data.draw(st.sampled_from(numbers)), ["ab", "ba"]
    )


def boundaries(records: list[str]) -> list[int]:
    """Where one may cut without cutting an order (or a product) in two."""
    first = [record.replace('"', "").split(",")[0].split(";")[0] for record in records]
    return [0, *(n for n in range(1, len(records)) if first[n] != first[n - 1])]


@every
def test_nobody_is_exposed(loaded, sample):
    db = loaded(sample).db
    output = all_rows(db)
    stored = b"".join(path.read_bytes() for path in db.path.parent.glob("shop.db*"))
    for canary in CANARIES:
        assert canary not in output
        assert canary.encode() not in stored


@every
def test_no_key_of_a_database_is_longer_than_an_index_takes(db, sample, tmp_path):
    header, records = parts(sample)
    separator = "\t" if sample.encoding == "utf-16" else ";" if sample.own_profile else ","
    cells = next(csv.reader([records[0]], delimiter=separator))
    out = io.StringIO(newline="")
    rows = [[*cells[:place], "7" * 300, *cells[place + 1 :]] for place in range(len(cells))]
    csv.writer(out, delimiter=separator).writerows(rows)
    path = tmp_path / sample.name
    path.write_bytes("".join([header, *records, out.getvalue()]).encode(sample.encoding))
    report = load(db, sample, path)
    assert report.read == report.stored + report.unchanged + report.rejected > len(records)
    assert {(table, column) for table, column, key in _keys(db) if len(key) > LONGEST_KEY} == set()


def _keys(db: Database) -> Iterator[tuple[str, str, str]]:
    """Table, column and content of every text of the database in a column with an index."""
    with sqlite_driver().connect(db.path) as connection:
        for table in SQLModel.metadata.sorted_tables:
            unique = [item for item in table.constraints if isinstance(item, UniqueConstraint)]
            indexed = {
                *table.primary_key.columns,
                *(c for item in (*unique, *table.indexes) for c in item.columns),
            }
            for column in sorted(item.name for item in indexed):
                for (key,) in connection.execute(f'SELECT DISTINCT "{column}" FROM "{table.name}"'):
                    if isinstance(key, str):
                        yield table.name, column, key


@every
def test_the_careful_reader_reads_what_the_fast_one_reads(sample):
    wanted = [sample.kind] if sample.kind else registry.all_kinds()
    tables = open_table(sample.path, **getattr(sample.kind, "csv_settings", {}))
    result = registry.recognise(tables, wanted)
    fast, careful = (
        {
            int(row): tuple(cells[place].as_py() for cells in chunk.columns.values())
            for chunk in result.table.chunks(result.header, result.places, careful=way)
            for place, row in enumerate(chunk.rows)
        }
        for way in (False, True)
    )
    assert fast == careful


def test_every_kind_has_a_sample():
    named = {load_kind(sample) for sample in SAMPLES} | {"douyin_orders"}
    assert named - {"ordini"} == {kind.NAME for kind in registry.all_kinds()}


def load_kind(sample: Sample) -> str:
    if sample.kind:
        return str(sample.kind.NAME)
    return registry.recognise(open_table(sample.path), registry.all_kinds()).kind.NAME
