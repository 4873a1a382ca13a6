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


class _Tables(HTMLParser):
    """The cells of all tables of a document; a table within a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Rows] = []
        self.open: list[Rows] = []
        self.cell: list[list[str] | None] = []
        self.spans: list[int] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        if tag == "table":
            self.tables.append([])
            self.open.append(self.tables[-1])
            self.cell.append(None)
            self.spans.append(1)
        elif tag in ("script", "style"):
            self.silent += 1
        elif not self.open:
            return
        elif tag == "tr":
            self._end_cell()
            self.open[-1].append([])
        elif tag in ("td", "th"):
            self._end_cell()
            if not self.open[-1]:
                self.open[-1].append([])
            self.cell[-1] = []
            span = _number(dict(attrs).get("colspan") or "")
            self.spans[-1] = 1 if span is None else min(span, MAX_SPAN)
        elif tag == "br" and self.cell[-1] is not None:
            self.cell[-1].append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a cell, a row or a table."""
        if tag in ("script", "style"):
            self.silent = max(self.silent - 1, 0)
        elif self.open and tag in ("td", "th", "tr", "table"):
            self._end_cell()
            if tag == "table":
                self.open.pop()
                self.cell.pop()
                self.spans.pop()

    def handle_data(self, data: str) -> None:
        """Text of a cell."""
        if self.open and not self.silent and self.cell[-1] is not None:
            self.cell[-1].append(data)

    def _end_cell(self) -> None:
        text = self.cell[-1]
        if text is None:
            return
        row = self.open[-1][-1]
        row.append("".join(text).replace("\xa0", " ").strip())
        row.extend([""] * (self.spans[-1] - 1))
        self.cell[-1] = None


def _tables_of(text: str, name: str) -> list[tuple[str, Rows]]:
    parser = _Tables()
    parser.feed(text)
    parser.close()
    if parser.open:  # a file that was cut off in the middle of a cell
        parser.handle_endtag("table")
    tables = [rows for rows in parser.tables if any(sum(map(bool, row)) > 1 for row in rows)]
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
        self.text: list[str] | None = None
        self.place = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin a worksheet, a row or a cell; an index leaves rows or cells out."""
        given = {name.rpartition(" ")[2]: value for name, value in attributes.items()}
        index = _number(given.get("Index", ""))
        at = None if index is None else index - 1
        if tag == f"{SPREADSHEET} Worksheet":
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
