"""Changes of exported tables that leave every record as it is, or spoil cells of it: each gives one file.

Every change knows what an independent reader sees in its file: the rows, the names of the columns in their
order, and where the records begin.
"""

from __future__ import annotations

import csv
import html
import io
import json
import random
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime

from tests.oracles import table_rows

Table = list[list[str]]


@dataclass(frozen=True)
class Mutant:
    """One changed file: its bytes, the ending of its name, and how many records the change may cost.

    `cost` is -1 where it may cost any. `seen` are the rows as an independent reader has them, `names` those of
    the columns, `first` the place of the first row below the header; None where no reader can know.
    `spots` is the number of places that were damaged.
    """

    change: str
    content: bytes
    suffix: str = ".csv"
    cost: int = 0
    seen: Table | None = None
    names: list[str] | None = None
    first: int = 1
    spots: int = 0


def written(rows: Table, delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL, end: str = "\r\n") -> str:
    """The rows as delimited text."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)
    return out.getvalue()


class Changes:
    """The changes of one table.

    `mark` and `encoding` are what its reader was given, None where it finds them.
    """

    def __init__(
        self, rows: Table, rng: random.Random, mark: str | None = None, encoding: str | None = None
    ) -> None:
        self.rows, self.rng, self.mark, self.encoding = rows, rng, mark, encoding

    def csv(
        self,
        change: str,
        rows: Table,
        *,
        mark: str | None = None,
        encoding: str = "utf-8",
        cost: int = 0,
        names: list[str] | None = None,
        first: int = 1,
        quoting: int = csv.QUOTE_MINIMAL,
        end: str = "\r\n",
    ) -> Mutant:
        """A file of delimited text and what the csv module reads in it."""
        mark = self.mark or mark or ","
        text = written(rows, mark, quoting, end)
        seen = table_rows.rows_of_text(text, mark)
        return Mutant(
            change, text.encode(self.encoding or encoding), ".csv", cost, seen, names or self.rows[0], first
        )

    # --- every record stays as it is --------------------------------------------------------------

    def encoded(self) -> Mutant:
        """Another encoding, other ends of lines."""
        rng = self.rng
        encodings = ["utf-8", "utf-8-sig", "utf-16"]
        text = written(self.rows)
        encodings += ["cp1252"] if "£" in text or "é" in text else []
        if sum("一" <= character <= "鿿" for character in text) > 10:
            encodings.append("gb18030")
        encoding = rng.choice(encodings)
        return self.csv(
            f"encoding {encoding}", self.rows, encoding=encoding, end=rng.choice(("\n", "\r\n", "\r"))
        )

    def separator(self) -> Mutant:
        """Another separator, all cells in quotation marks or few."""
        mark = self.rng.choice(",\t;|")
        quoting = self.rng.choice((csv.QUOTE_ALL, csv.QUOTE_MINIMAL))
        return self.csv(f"separator {mark!r}", self.rows, mark=mark, quoting=quoting)

    def columns_shuffled(self) -> Mutant:
        """Another order of columns."""
        order = list(range(len(self.rows[0])))
        self.rng.shuffle(order)
        rows = [[row[place] if place < len(row) else "" for place in order] for row in self.rows]
        return self.csv("order of columns", rows, names=rows[0])

    def blank_cells_beyond(self) -> Mutant:
        """Empty cells behind the last column."""
        extra, wide = self.rng.randrange(1, 4), self.rng.random() < 0.5
        rows = [row + [""] * (extra if place or wide else 0) for place, row in enumerate(self.rows)]
        return self.csv("blank cells beyond the header", rows)

    def trailing_blanks_cut(self) -> Mutant:
        """Rows without the empty cells at their ends."""
        changed = [self.rows[0]]
        for row in self.rows[1:]:
            end = len(row)
            while end > 1 and not row[end - 1].strip():
                end -= 1
            changed.append(row[: self.rng.randrange(end, len(row) + 1)])
        return self.csv("blank cells cut", changed)

    def headers_marked(self) -> Mutant:
        """Stars, blanks and hints on headers."""
        marks = ("*{}", "{} ", "{}\n", "{}（必填）", "{}(required)", "＊{}", "{}【选填】")
        header = [
            self.rng.choice(marks).format(cell) if cell and self.rng.random() < 0.5 else cell
            for cell in self.rows[0]
        ]
        return self.csv("marks on headers", [header, *self.rows[1:]])

    def tabs_and_formulas(self) -> Mutant:
        """Numbers as exports protect them from spreadsheets."""

        def wrap(cell: str) -> str:
            if not cell.strip().isdigit() or self.rng.random() < 0.5:
                return cell
            return self.rng.choice(("{}\t", "\t{}", '="{}"', " {} ", "'{}")).format(cell.strip())

        return self.csv(
            "text marks", [self.rows[0], *[[wrap(cell) for cell in row] for row in self.rows[1:]]]
        )

    def notes_above(self) -> Mutant:
        """Typed lines above the header."""
        notes = [["导出时间：2026-02-01"], [], ["说明", "仅供参考"]][: self.rng.randrange(1, 4)]
        return self.csv("notes above", [*notes, *self.rows], first=len(notes) + 1)

    def header_repeated(self) -> Mutant:
        """The header once more among the rows."""
        place = self.rng.randrange(1, len(self.rows) + 1)
        return self.csv("header repeated", [*self.rows[:place], self.rows[0], *self.rows[place:]])

    def empty_lines(self) -> Mutant:
        """Lines without anything, and at the end."""
        place = self.rng.randrange(1, len(self.rows) + 1)
        blank = ["" for _ in self.rows[0]] if self.rng.random() < 0.5 else []
        return self.csv("empty lines", [*self.rows[:place], blank, *self.rows[place:], blank])

    def totals_below(self) -> Mutant:
        """A row of totals at the end."""
        row = [self.rng.choice(("合计", "总计：", "Total")), *[""] * (len(self.rows[0]) - 1)]
        return self.csv("row of totals", [*self.rows, row])

    def as_html(self) -> Mutant:
        """A page named .xls."""
        body = "".join(
            "<tr>" + "".join(f"<td>{LINE_END.sub('<br>', html.escape(cell))}</td>" for cell in row) + "</tr>"
            for row in self.rows
        )
        page = f'<html><meta charset="utf-8"><table border="1">{body}</table></html>'
        return Mutant("html", page.encode(), ".xls", seen=self.rows, names=self.rows[0])

    def as_json(self) -> Mutant:
        """A list of objects, or one object per line."""
        lines = [
            json.dumps(dict(zip(self.rows[0], row, strict=False)), ensure_ascii=False)
            for row in self.rows[1:]
        ]
        is_list = self.rng.random() < 0.5
        text = f"[{','.join(lines)}]" if is_list else "\n".join(lines)
        return Mutant(
            "json list" if is_list else "json lines",
            text.encode(),
            self.rng.choice((".json", ".jsonl", ".txt")),
            seen=self.rows,
            names=self.rows[0],
        )

    def as_workbook(self) -> Mutant:
        """A workbook: text, numbers, dates as serials and formulas with their results; perhaps another sheet."""
        content = self.workbook(self.rows)
        seen = table_rows.rows_of_workbook(content)
        return Mutant("workbook", content, ".xlsx", seen=seen, names=self.rows[0])

    def workbook(self, rows: Table) -> bytes:
        """The bytes of a workbook of these rows; each number and each date in one way of several."""
        import xlsxwriter

        out, rng = io.BytesIO(), self.rng
        is_typed = rng.random() < 0.7
        with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
            moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
            if rng.random() < 0.3:
                book.add_worksheet("说明")
            worksheet = book.add_worksheet("数据")
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    text = cell.strip()
                    if is_typed and place and NUMBER.fullmatch(text) and not text.startswith("0"):
                        if rng.random() < 0.3:
                            worksheet.write_formula(place, column, f"={text}", None, float(text))
                        else:
                            worksheet.write_number(place, column, float(text))
                    elif is_typed and place and MOMENT.fullmatch(text):
                        worksheet.write_datetime(place, column, datetime.fromisoformat(text), moment)
                    else:
                        worksheet.write_string(place, column, cell)
        return out.getvalue()

    def as_archive(self) -> Mutant:
        """A ZIP archive of the file, with what archives have besides."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            if self.rng.random() < 0.5:
                archive.writestr("__MACOSX/._export.csv", b"\0\5")
                archive.writestr("readme.md", b"read me")
            archive.writestr(
                "folder/export.csv", written(self.rows, self.mark or ",").encode(self.encoding or "utf-8")
            )
        return Mutant("archive", out.getvalue(), ".zip", seen=self.rows, names=self.rows[0])

    # --- cells, headers and rows that may cost records --------------------------------------------

    def spoilt_cell(self) -> Mutant:
        """Something odd in one cell."""
        changed = [row[:] for row in self.rows]
        row = self.rng.randrange(1, len(changed))
        column = self.rng.randrange(len(changed[row]))
        changed[row][column] = self.rng.choice(UNEXPECTED)
        return self.csv(f"cell {row + 1}/{column} {changed[row][column][:40]!r}", changed, cost=-1)

    def spoilt_workbook(self) -> Mutant:
        """Something odd in one cell of a workbook."""
        changed = [row[:] for row in self.rows]
        row = self.rng.randrange(1, len(changed))
        column = self.rng.randrange(len(changed[row]))
        changed[row][column] = self.rng.choice([cell for cell in UNEXPECTED if cell.isprintable()])[:32_000]
        content = self.workbook(changed)
        seen = table_rows.rows_of_workbook(content)
        change = f"cell {row + 1}/{column} {changed[row][column][:40]!r} of a workbook"
        return Mutant(change, content, ".xlsx", -1, seen, self.rows[0])

    def header_lost(self) -> Mutant:
        """One header that is another one, empty or unknown."""
        header = self.rows[0][:]
        header[self.rng.randrange(len(header))] = self.rng.choice(
            ("", "其他", "Order", header[self.rng.randrange(len(header))])
        )
        return self.csv("header changed", [header, *self.rows[1:]], cost=-1, names=header)

    def row_twice(self) -> Mutant:
        """One row twice: once in what is stored, unless the kind numbers equal rows."""
        place = self.rng.randrange(1, len(self.rows))
        return self.csv("row twice", [*self.rows[: place + 1], *self.rows[place:]], cost=-1)

    def finer_amounts(self) -> Mutant:
        """Fractions of a cent behind amounts: rounded half up."""

        def finer(cell: str) -> str:
            return cell + self.rng.choice("0499") if re.fullmatch(r"\d+\.\d\d", cell) else cell

        rows = [self.rows[0], *[[finer(cell) for cell in row] for row in self.rows[1:]]]
        return self.csv("fractions of a cent", rows, cost=-1)


LINE_END = re.compile("\r?\n")
NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,2})?")
MOMENT = re.compile(r"20\d\d-(?:0[13-9]|1[0-2])-\d\d \d\d:\d\d:\d\d")
UNEXPECTED = (
    *("", "-", "无", "免费", "free", "NaN", "inf", "1e400", "１２", "-5", "1,5", "1.234,50", "9" * 30),
    *("合计", "total", "12万", "1.5小时", "2026-02-30 10:00:00", "31/12/2025", "0000-00-00", "=1+1"),
    *("6.9E+18", "#####", "\ud83d", 'a"b', "line\nbreak", "\0", "�", "很长" * 5000, "''", '=""', "(5)"),
    *("50%", "🔥", "true", "1/0", "0.005", "1_000", "٣", "½", "-", "9999999999999", "+5", "5-", "1 234.50"),
    *("2026-01-10T20:00:00+25:00", "99999999999999999999", "1900-01-00", "45999.5", "\x1b[31m", "../../x"),
)
HARMLESS = (
    *("encoded", "separator", "columns_shuffled", "blank_cells_beyond", "trailing_blanks_cut"),
    *("headers_marked", "tabs_and_formulas", "notes_above", "header_repeated", "empty_lines", "totals_below"),
    *("as_html", "as_json", "as_workbook", "as_archive"),
)
SPOILING = ("spoilt_cell", "spoilt_workbook", "header_lost", "row_twice", "finer_amounts")
