"""Files of records that are no tables: JSON, JSON lines, and the remarks of a live session as recorders write them.

Each becomes one table. JSON: a row per object, the columns are its keys; values that are no plain ones are left
out. Remarks (danmaku XML, ASS and SRT subtitles): columns `REMARK`, the seconds relative to the beginning of
the recording. A file that was cut off is read as far as it goes; each record that is broken in it is a bad row.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from etl.errors import TooBig
from etl.tables.row_shape import BROKEN_RECORD, MAX_COLUMNS

REMARK = ("remark_second", "remark_at", "remark_user", "remark_text")
MAX_BYTES = 256 << 20
Row = Sequence[str]

XML_BEGIN = re.compile(rb"<d\s[^>]*\bp=|<chatserver>|<BililiveRecorder")
XML_START = re.compile(r"<BililiveRecorderRecordInfo\s[^>]*\bstart_time=\"([^\"]+)\"")
XML_REMARK = re.compile(r"(?=<(?:d|sc)\s)")
XML_PARTS = re.compile(
    r"""<(?:d|sc)((?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(?:/>|>(.*?)</(?:d|sc)\s*>)""", re.DOTALL
)
ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
SRT_TIME = re.compile(r"^\s*(\d+):(\d\d):(\d\d)[,.](\d{1,3})\s*-->", re.MULTILINE)
ASS_TIME = re.compile(r"^(\d+):(\d\d):(\d\d)(?:[.,](\d{1,3}))?$")
ASS_STYLE = re.compile(r"\{[^}]*\}")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
BETWEEN = re.compile(r"[^\s,\[\]]")  # what is not between two objects
SPOKEN = re.compile(r"^\s*([^:：\n]{1,30})[:：]\s*(.+)$", re.DOTALL)


def is_records(head: bytes) -> bool:
    """Whether a file begins as one of records."""
    return _reader(head) is not None


def read_records(path: Path, name: str, head: bytes) -> Iterator[tuple[str, list[Row]]]:
    """The rows of such a file, its column names first, as one worksheet; none where there are none. Raises TooBig."""
    reader = _reader(head)
    if path.stat().st_size > MAX_BYTES:
        raise TooBig(file=name, size=path.stat().st_size >> 20, limit=MAX_BYTES >> 20)
    rows: list[Row] | None = reader(_decoded(path.read_bytes()))
    if rows is not None:
        yield "records", rows


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8-sig", "replace")


def _reader(head: bytes) -> Any:
    start = head[:4096].decode("utf-8", "ignore").lstrip("\ufeff \t\r\n")
    if start.startswith("<") and XML_BEGIN.search(head):
        return _xml
    if start.startswith("[Script Info]") or b"\nDialogue:" in head:
        return _ass
    if re.match(r"\d+\s*\n\s*\d+:\d\d:\d\d[,.]\d{1,3}\s*-->", start.replace("\r", "")):
        return _srt
    if re.match(r"\{\s*\"|\[\s*[{\]]", start):
        return _json
    return None


# --- remarks -------------------------------------------------------------------------------------


def _xml(text: str) -> list[Row]:
    """Bilibili's danmaku XML: `p` begins with the second and has the moment in its fifth part.

    Where it has none, the moment follows from the start that the recorder wrote down.
    """
    rows: list[Row] = [REMARK]
    begin = _start_of_recording(text)
    for piece in XML_REMARK.split(text)[1:]:
        match = XML_PARTS.match(piece)
        if match is None:
            rows.append((BROKEN_RECORD, piece))
            continue
        known = {name: html.unescape(a or b) for name, a, b in ATTRIBUTE.findall(match[1])}
        parts = known.get("p", known.get("ts", "")).split(",")
        moment = parts[4] if len(parts) > 4 and parts[4].isdigit() and int(parts[4]) > 10**9 else ""
        if not moment and begin is not None and NUMBER.fullmatch(parts[0]):
            moment = str(int(begin + float(parts[0])))
        user = known.get("user") or known.get("uid") or (parts[6] if len(parts) > 6 else "")
        rows.append((parts[0], moment, user, html.unescape(match[2] or "").strip()))
    return rows


def _start_of_recording(text: str) -> float | None:
    """The start that BililiveRecorder states, in seconds since 1970; None where there is none."""
    match = XML_START.search(text)
    try:
        return datetime.fromisoformat(match[1]).timestamp() if match else None
    except ValueError:
        return None


def _ass(text: str) -> list[Row]:
    rows: list[Row] = [REMARK]
    names: list[str] = []
    for line in text.splitlines():
        if line.startswith("Format:") and "Text" in line:
            names = [name.strip() for name in line.removeprefix("Format:").split(",")]
        elif line.startswith("Dialogue:") and names:
            cells = [cell.strip() for cell in line.removeprefix("Dialogue:").split(",", len(names) - 1)]
            known = dict(zip(names, cells, strict=False))
            text = ASS_STYLE.sub("", known.get("Text", "")).replace("\\N", " ").strip()
            if text:
                rows.append((_seconds(known.get("Start", "")), "", known.get("Name", ""), text))
    return rows


def _seconds(clock: str) -> str:
    match = ASS_TIME.match(clock)
    if not match:
        return ""
    hours, minutes, seconds, part = match.groups()
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return f"{whole}.{part}" if part else str(whole)


def _srt(text: str) -> list[Row]:
    """Subtitles: the author stands before the first colon, where the line has one."""
    rows: list[Row] = [REMARK]
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        match = SRT_TIME.search(block)
        if match is None:
            continue
        hours, minutes, seconds, part = match.groups()
        text = block[match.end() :].partition("\n")[2].strip()
        spoken = SPOKEN.match(text)
        user, text = (spoken[1].strip(), spoken[2].strip()) if spoken else ("", text)
        if text:
            second = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
            rows.append((f"{second}.{part}", "", user, text))
    return rows


# --- JSON ----------------------------------------------------------------------------------------


def _json(text: str) -> list[Row] | None:
    """The objects of a JSON list, of a list inside an object, or of one object per line."""
    objects = list(_objects(text))
    names = list(dict.fromkeys(name for item in objects if item is not None for name in item))
    if not names:
        return None
    if len(names) > MAX_COLUMNS:  # rejected for its width: each row would have a cell for each name
        return [names]
    rows = (
        (BROKEN_RECORD,) if item is None else [_plain(item.get(name)) for name in names] for item in objects
    )
    return [names, *rows]


def _objects(text: str) -> Iterator[Mapping[str, Any] | None]:
    """The objects of a file; None for each piece that is none, such as a line that was cut off."""
    try:
        whole = json.loads(text)
    except ValueError:
        yield from _objects_so_far(text)
        return
    if isinstance(whole, dict):
        lists = (value for value in whole.values() if isinstance(value, list))
        whole = next((value for value in lists if any(isinstance(item, dict) for item in value)), [whole])
    yield from (_flat(item) if isinstance(item, dict) else None for item in whole)


def _objects_so_far(text: str) -> Iterator[Mapping[str, Any] | None]:
    """One object per line, or the objects of a list that was cut off; after a broken one the next line goes on."""
    decoder, place = json.JSONDecoder(), 0
    while match := BETWEEN.search(text, place):
        place = match.start()
        try:
            item, place = decoder.raw_decode(text, place)
        except ValueError:
            item, place = None, text.find("\n", place)
        yield _flat(item) if isinstance(item, dict) else None
        if place < 0:
            return


def _flat(item: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values of an object, those of objects inside it too where their key is free."""
    flat = {name: value for name, value in item.items() if not isinstance(value, dict | list)}
    for value in item.values():
        if isinstance(value, dict):
            for name, inner in value.items():
                if not isinstance(inner, dict | list):
                    flat.setdefault(name, inner)
    return flat


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value)
