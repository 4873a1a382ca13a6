"""Tables in disguise: HTML, XML 2003 (SpreadsheetML) and web archives (MHTML), often named .xls.

Read with the standard library alone: no entity is expanded, no address is opened.
"""

from __future__ import annotations

import codecs
import email
import email.policy
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.parsers import expat

from etl.errors import DamagedFile, NotATable, TooBig
from etl.tables.text.encoding import detect_encoding
from etl.tables.workbooks.merged import Range, fill_merged, is_repeated

MAX_MARKUP_MB = 256
MAX_SPAN = 1_000
Rows = list[list[str]]
CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.I)
SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


def is_markup(head: bytes) -> bool:
    """Whether a file begins as HTML, XML or a web archive."""
    start = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith(b"<") or (
        start.startswith((b"mime-version:", b"from: ")) and b"multipart" in start
    )


def read_markup(path: Path, name: str, head: bytes) -> Iterator[tuple[str, Rows]]:
    """The tables of a file as (name, rows of text); raises NotATable where there is none."""
    if path.stat().st_size > MAX_MARKUP_MB << 20:
        raise TooBig(file=name, size=path.stat().st_size >> 20, limit=MAX_MARKUP_MB)
    raw = path.read_bytes()
    start = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start.startswith(b"<"):
        yield from _web_archive(path, name, raw)
    elif start.startswith(b"<?xml") and b"<html" not in start:
        yield from _spreadsheet(name, raw)
    else:
        yield from _tables_of(_text(path, name, raw), name)


def _text(path: Path, name: str, raw: bytes, charset: str | None = None) -> str:
    """The text of an HTML document, in the encoding that it names or that it is seen to have."""
    named = CHARSET.search(raw[:4096])
    for encoding in (charset, named[1].decode() if named else None):
        try:
            if encoding:
                return raw.decode({"gb2312": "gb18030", "gbk": "gb18030"}.get(encoding.lower(), encoding))
        except (LookupError, UnicodeDecodeError):
            continue
    encoding, start = detect_encoding(path, name, raw[: 256 << 10], None)
    return raw[start:].decode(encoding, "replace")


# --- HTML ----------------------------------------------------------------------------------------


class _HtmlTable:
    """One table: its rows, the cell that is open, and the cells that stand in further rows (rowspan)."""

    def __init__(self) -> None:
        self.rows: Rows = []
        self.text: list[str] | None = None
        self.width = self.height = 1
        self.from_above: dict[
            int, tuple[str, int]
        ] = {}  # by column: the cell and in how many rows it still stands
        self.for_below: dict[int, tuple[str, int]] = {}

    def begin_row(self) -> None:
        """End the open row and begin another."""
        self.end_row()
        self.rows.append([])

    def begin_cell(self, width: int, height: int) -> None:
        """End the open cell and begin one of so many columns and rows."""
        self.end_cell()
        if not self.rows:
            self.rows.append([])
        self.text, self.width, self.height = [], min(width, MAX_SPAN), min(height, MAX_SPAN)

    def end_cell(self) -> None:
        """Put the open cell into its row."""
        if self.text is None:
            return
        self._fill_from_above()
        content = "".join(self.text).replace("\xa0", " ").strip()
        for cell in (content, *[""] * (self.width - 1)):
            self._put(cell, self.height, cell if is_repeated(cell) else "")
        self.text = None

    def end_row(self) -> None:
        """End the open cell and the open row."""
        self.end_cell()
        if self.rows:
            self._fill_from_above()
            self.from_above, self.for_below = self.for_below, {}

    def _fill_from_above(self) -> None:
        while (place := len(self.rows[-1])) in self.from_above:
            cell, height = self.from_above.pop(place)
            self._put(cell, height, cell)

    def _put(self, cell: str, height: int, below: str) -> None:
        if height > 1:
            self.for_below[len(self.rows[-1])] = below, height - 1
        self.rows[-1].append(cell)


class _Tables(HTMLParser):
    """All tables of a document; a table within a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_HtmlTable] = []
        self.open: list[_HtmlTable] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        if tag == "table":
            self.tables.append(_HtmlTable())
            self.open.append(self.tables[-1])
        elif tag in ("script", "style"):
            self.silent += 1
        elif not self.open:
            return
        elif tag == "tr":
            self.open[-1].begin_row()
        elif tag in ("td", "th"):
            given = dict(attrs)
            width, height = (_number(given.get(name) or "") or 1 for name in ("colspan", "rowspan"))
            self.open[-1].begin_cell(width, height)
        elif tag == "br" and self.open[-1].text is not None:
            self.open[-1].text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a cell, a row or a table."""
        if tag in ("script", "style"):
            self.silent = max(self.silent - 1, 0)
        elif self.open and tag in ("td", "th", "tr"):
            self.open[-1].end_cell()
        elif self.open and tag == "table":
            self.open.pop().end_row()

    def handle_data(self, data: str) -> None:
        """Text of a cell."""
        if self.open and not self.silent and self.open[-1].text is not None:
            self.open[-1].text.append(data)


def _tables_of(text: str, name: str) -> list[tuple[str, Rows]]:
    parser = _Tables()
    parser.feed(text)
    parser.close()
    if parser.open:  # a file that was cut off in the middle of a cell
        parser.handle_endtag("table")
    tables = [t.rows for t in parser.tables if any(sum(map(bool, row)) > 1 for row in t.rows)]
    if not tables:
        raise NotATable(file=name, found="a web page (perhaps the login had expired)")
    return [(str(number), rows) for number, rows in enumerate(_joined(tables), 1)]


def _joined(tables: list[Rows]) -> list[Rows]:
    """Tables whose header stands in a table of its own, above the table of its rows."""
    result: list[Rows] = []
    for rows in tables:
        if result and len(result[-1]) == 1 and max(map(len, rows)) == len(result[-1][0]):
            result[-1] += rows
        else:
            result.append(rows)
    return result


# --- XML 2003 ------------------------------------------------------------------------------------


def _number(text: str) -> int | None:
    """The number of cells that an attribute names; None where it names none."""
    return int(text[:9]) if text.isascii() and text.isdigit() else None


class _Spreadsheet:
    """The cells of the worksheets of a SpreadsheetML document."""

    def __init__(self) -> None:
        self.worksheets: list[tuple[str, Rows]] = []
        self.merged: list[Range] = []  # of the last worksheet
        self.text: list[str] | None = None
        self.place = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin a worksheet, a row or a cell; an index leaves rows or cells out."""
        given = {name.rpartition(" ")[2]: value for name, value in attributes.items()}
        index = _number(given.get("Index", ""))
        at = None if index is None else index - 1
        if tag == f"{SPREADSHEET} Worksheet":
            self.end_worksheet()
            self.worksheets.append((given.get("Name", ""), []))
        elif not self.worksheets:
            return
        elif tag == f"{SPREADSHEET} Row":
            rows = self.worksheets[-1][1]
            if at is not None:
                rows.extend([] for _ in range(min(at - len(rows), MAX_SPAN)))
            rows.append([])
            self.place = 0
        elif tag == f"{SPREADSHEET} Cell" and self.worksheets[-1][1]:
            row = self.worksheets[-1][1][-1]
            self.place = self.place if at is None else min(at, MAX_SPAN)
            row.extend([""] * (self.place + 1 - len(row)))
            if down := _number(given.get("MergeDown", "")):
                first = len(self.worksheets[-1][1]) - 1, self.place
                self.merged.append((first, (first[0] + down, self.place)))
            self.place += 1 + min(_number(given.get("MergeAcross", "")) or 0, MAX_SPAN)
        elif tag == f"{SPREADSHEET} Data" and self.worksheets[-1][1] and self.worksheets[-1][1][-1]:
            self.text = []

    def end(self, tag: str) -> None:
        """End the text of a cell."""
        if tag == f"{SPREADSHEET} Data" and self.text is not None:
            text = "".join(self.text)
            if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.0+)?", text):
                text = text[:19].replace("T", " ")
            self.worksheets[-1][1][-1][-1] = text
            self.text = None

    def data(self, text: str) -> None:
        """Text of a cell."""
        if self.text is not None:
            self.text.append(text)

    def end_worksheet(self) -> None:
        """Write the cells that are merged over several rows of the last worksheet into each of them."""
        if self.worksheets:
            fill_merged(self.worksheets[-1][1], self.merged)
        self.merged = []


def _spreadsheet(name: str, raw: bytes) -> list[tuple[str, Rows]]:
    if SPREADSHEET.encode() not in raw[:8192] and SPREADSHEET.encode("utf-16-le") not in raw[:16384]:
        raise NotATable(file=name, found="an XML document")
    book = _Spreadsheet()
    encoding = None
    if re.match(rb"""<\?xml[^>]*encoding=["'](?:gbk|gb2312|gb18030)""", raw[:200], re.I):
        raw, encoding = raw.decode("gb18030", "replace").encode(), "utf-8"
    parser = expat.ParserCreate(encoding, namespace_separator=" ")
    parser.StartElementHandler = book.start
    parser.EndElementHandler = book.end
    parser.CharacterDataHandler = book.data
    parser.StartDoctypeDeclHandler = _refuse_doctype(name)
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as problem:
        place = f"line {problem.lineno}: {expat.errors.messages.get(problem.code, 'not XML')}"
        raise DamagedFile(file=name, found=place) from problem
    book.end_worksheet()
    return [(worksheet, rows) for worksheet, rows in book.worksheets if any(map(any, rows))]


def _refuse_doctype(name: str) -> Callable[..., None]:
    def refuse(*_given: object) -> None:
        raise NotATable(file=name, found="an XML document that defines entities of its own")

    return refuse


# --- web archives --------------------------------------------------------------------------------


def _web_archive(path: Path, name: str, raw: bytes) -> list[tuple[str, Rows]]:
    """The tables of the HTML parts of a web archive."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    tables: list[tuple[str, Rows]] = []
    for part in message.walk():
        if part.get_content_type() != "text/html":
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes) or b"<table" not in payload.lower():
            continue
        charset = part.get_content_charset() or ("utf-8" if _is_utf8(payload) else "gb18030")
        try:
            tables += _tables_of(_text(path, name, payload, charset), name)
        except NotATable:
            continue
    if not tables:
        raise NotATable(file=name, found="a web archive without a table")
    return tables


def _is_utf8(raw: bytes) -> bool:
    try:
        codecs.decode(raw, "utf-8")
    except UnicodeDecodeError:
        return False
    return True
