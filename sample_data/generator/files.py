"""Put tables down as the files a platform hands out: CSV with a byte order mark, GB18030, XLSX."""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.csv as pacsv

BOM = b"\xef\xbb\xbf"


class CsvFile:
    """One export file, written part by part; `rows` counts the data rows so far."""

    def __init__(
        self,
        path: Path,
        headers: Sequence[str],
        *,
        encoding: str = "utf-8-sig",
        second_header: Sequence[str] = (),
    ) -> None:
        self.rows = 0
        self.name = path.name
        self._headers = tuple(headers)
        self._encoding = encoding
        self._sink = path.open("wb")
        self._sink.write(BOM if encoding == "utf-8-sig" else b"")
        self._text(",".join(headers) + "\n")
        if second_header:
            self._text(",".join(second_header) + "\n")

    def write(self, columns: Mapping[str, pa.Array]) -> None:
        """Append rows; a header without a column is left empty."""
        table = in_order(columns, self._headers)
        self.rows += table.num_rows
        if self._encoding == "utf-8-sig":
            pacsv.write_csv(table, self._sink, _options())
            return
        part = io.BytesIO()
        pacsv.write_csv(table, part, _options())
        self._text(part.getvalue().decode())

    def _text(self, text: str) -> None:
        encoding = "utf-8" if self._encoding == "utf-8-sig" else self._encoding
        self._sink.write(text.encode(encoding))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sink.close()


def _options() -> pacsv.WriteOptions:
    return pacsv.WriteOptions(include_header=False, batch_size=16_384)


def in_order(columns: Mapping[str, pa.Array], headers: Sequence[str]) -> pa.Table:
    """Return the columns as a table in the order of the headers, empty where there is none."""
    rows = len(next(iter(columns.values())))
    empty = pa.nulls(rows, pa.string())
    return pa.table([columns.get(header, empty) for header in headers], names=list(headers))


def write_rows(path: Path, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> int:
    """Write a small CSV from rows of values and return how many rows it has."""
    cells = [[str(row[place]) for row in rows] for place in range(len(headers))]
    columns = {header: pa.array(cells[place], pa.string()) for place, header in enumerate(headers)}
    with CsvFile(path, headers) as file:
        file.write(columns)
        return file.rows


class XlsxFile:
    """One export file as a workbook of text cells, as platforms write them; put down at the end."""

    def __init__(self, path: Path, headers: Sequence[str], *, second_header: Sequence[str] = ()) -> None:
        self.rows = 0
        self.name = path.name
        self._path, self._headers, self._second = path, tuple(headers), tuple(second_header)
        self._tables: list[pa.Table] = []

    def write(self, columns: Mapping[str, pa.Array]) -> None:
        """Append rows; a header without a column is left empty."""
        table = in_order(columns, self._headers)
        self.rows += table.num_rows
        self._tables.append(table.cast(pa.schema([(name, pa.string()) for name in self._headers])))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._save()

    def _save(self) -> None:
        import xlsxwriter

        tops = [self._headers, *([self._second] if self._second else [])]
        with xlsxwriter.Workbook(self._path) as book:
            book.set_properties({"created": datetime(2022, 1, 1)})
            worksheet = book.add_worksheet()
            for row, cells in enumerate([*tops, *self._cells()]):
                for place, cell in enumerate(cells):
                    if cell is not None:
                        worksheet.write_string(row, place, cell)

    def _cells(self) -> Iterator[tuple[str | None, ...]]:
        for table in self._tables:
            yield from zip(*(column.to_pylist() for column in table.columns), strict=True)


def export_file(
    path: Path, headers: Sequence[str], *, shape: str = "csv", second_header: Sequence[str] = ()
) -> CsvFile | XlsxFile:
    """Open an export file: "csv", "gb18030" (a CSV in that encoding) or "xlsx"."""
    if shape == "xlsx":
        return XlsxFile(path.with_suffix(".xlsx"), headers, second_header=second_header)
    encoding = "gb18030" if shape == "gb18030" else "utf-8-sig"
    return CsvFile(path, headers, encoding=encoding, second_header=second_header)
