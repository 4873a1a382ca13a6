"""The views as Parquet files: one folder a view, one file a month, for DuckDB, pandas, Spark and BI tools.

Days are dates, instants are timestamps in UTC, flags are true or false. A folder of months is a Hive partition
(`month=2026-01`); rows without a day are in `month=unknown`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from sqlalchemy import Connection, text

from shop.access.roles import may_read
from shop.db.backup import TargetExists
from shop.db.database import Database
from shop.db.partial import fresh_copy, temporary_folder
from shop.open_data.columns import OpenView, ViewColumn
from shop.open_data.dictionary import markdown
from shop.open_data.views import VIEWS

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_AT_ONCE = 10_000  # what is in memory at a time
NO_MONTH = "unknown"


@dataclass(frozen=True)
class ParquetReport:
    """What was written: the rows of each view, and the views that the role that reads may not see."""

    rows: Mapping[str, int]
    withheld: Sequence[str]


def write_parquet(db: Database, target: Path, *, shop_id: int = 1) -> ParquetReport:
    """Write every view that the role that reads may see into a new folder; all of one state of the database.

    The folder appears when it is complete. Raises TargetExists unless there is nothing or an empty folder.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise TargetExists(path=str(target))
    allowed = [view for view in VIEWS.values() if may_read(db, view.access)]
    with fresh_copy(target) as partial:
        partial.mkdir(parents=True)
        with db.read() as connection:
            rows = {
                item.name: _write_view(connection, item, partial / item.name, shop_id) for item in allowed
            }
        (partial / "duckdb.sql").write_text("".join(map(_duckdb_view, allowed)), "utf-8")
        (partial / "dictionary.md").write_text(markdown() + "\n", "utf-8")
        if target.exists():
            target.rmdir()
        partial.rename(target)
    return ParquetReport(rows, [name for name in VIEWS if name not in rows])


def parquet_zip(db: Database, *, shop_id: int = 1) -> bytes:
    """The same folder as one ZIP file, for a download."""
    with temporary_folder("parquet") as outer:
        folder = outer / "kilnboard"
        write_parquet(db, folder, shop_id=shop_id)
        content = io.BytesIO()
        with ZipFile(content, "w") as archive:  # stored as it is: Parquet files are compressed
            for file in sorted(folder.rglob("*.*")):
                archive.write(file, file.relative_to(folder.parent))
    return content.getvalue()


def _duckdb_view(view: OpenView) -> str:
    """The statement with which DuckDB, started in the folder, knows the files of a view by its name."""
    files = f"read_parquet('{view.name}/**/*.parquet', hive_partitioning = true)"
    return f"CREATE VIEW {view.name} AS SELECT * FROM {files};\n"


def _write_view(connection: Connection, view: OpenView, folder: Path, shop_id: int) -> int:
    condition = "shop_id = :shop" if view.columns[0].name == "shop_id" else "1 = 1"
    values: dict[str, Any] = {"shop": shop_id}
    if view.month_of is None:
        return _write_file(connection, view, condition, values, folder / "all.parquet")
    months = connection.scalars(
        text(f"SELECT DISTINCT substr({view.month_of}, 1, 7) FROM {view.name} WHERE {condition} ORDER BY 1"),
        values,
    ).all()
    count = 0
    for month in months or [None]:
        in_month = f"{view.month_of} BETWEEN :first AND :last" if month else f"{view.month_of} IS NULL"
        days = {"first": f"{month}-01", "last": f"{month}-31"} if month else {}
        file = folder / f"month={month or NO_MONTH}" / "part.parquet"
        count += _write_file(connection, view, f"{condition} AND {in_month}", values | days, file)
    return count


def _write_file(
    connection: Connection, view: OpenView, condition: str, values: Mapping[str, Any], file: Path
) -> int:
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([pa.field(column.name, _type(column)) for column in view.columns])
    file.parent.mkdir(parents=True)
    count = 0
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for rows in _chunks(connection, f"SELECT * FROM {view.name} WHERE {condition}", values):
            cells = zip(*rows, strict=True)
            arrays = [
                pa.array(map(_CONVERTED.get(column.kind, _same), row), _type(column))
                for column, row in zip(view.columns, cells, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(rows)
    return count


def _chunks(connection: Connection, sql: str, values: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    result = connection.execution_options(stream_results=True).execute(text(sql), values)
    yield from result.partitions(ROWS_AT_ONCE)


def _type(column: ViewColumn) -> pa.DataType:
    import pyarrow as pa

    types = {
        "day": pa.date32(),
        "instant": pa.timestamp("s", "UTC"),
        "count": pa.int64(),
        "minor units": pa.int64(),
        "number": pa.float64(),
        "money": pa.float64(),
        "flag": pa.bool_(),
    }
    return types.get(column.kind, pa.string())


def _same(value: Any) -> Any:
    return value


_CONVERTED = {
    "day": lambda value: None if value is None else date.fromisoformat(value),
    "instant": lambda value: None if value is None else datetime.fromtimestamp(value, UTC),
    "flag": lambda value: None if value is None else bool(value),
}
