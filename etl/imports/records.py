"""Rows of a chunk that are no records, and cells whose header contains their unit, before a kind parses them.

A header that is repeated in the middle of a table and a totals row are no records in any kind of file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.files.base import FileKind, Recognised, units_of
from etl.tables.base import Chunk

TOTAL = re.compile(
    r"(?:本页|本頁|全部|订单|訂單)?(?:合计|合計|总计|總計|小计|小計|汇总|匯總|总和|總和|共计|共計|总额|總額)(?:金额|金額|数量)?"
    r"|(?:共|总共|總共)\s*\d[\d,]*\s*[条條笔筆单單行个個件]\S{0,6}"
    r"|(?:grand |sub-?|overall )?totals?|sum|summe|gesamt(?:summe)?|totale|total général|totaal|suma|итого",
    re.IGNORECASE,
)
AFTER_TOTAL = re.compile(r"\s*[:：]?\s*(?:[(（].*[)）]|\d[\d,.]*\s*\w{0,6})?")
NUMBER = r"^[-+(]?[\d.,\s]+\)?$"


def records_of(recognised: Recognised, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """The chunks of a table without the rows that are no records, their cells with their headers' units."""
    headers = recognised.table.head[recognised.header]
    units = units_of(recognised.places, headers)
    written = {name: [headers[place]] for name, place in recognised.places.items() if place < len(headers)}
    for item in recognised.kind.FIELDS:
        if item.name in written:
            written[item.name] += item.headers
    for chunk in chunks:
        yield _without(_with_units(chunk, units), recognised.kind, written)


def _with_units(chunk: Chunk, units: Mapping[str, str]) -> Chunk:
    """Plain numbers of these columns followed by the unit of their header: 90 under 时长(分钟) as 90分钟."""
    if not units:
        return chunk
    columns = dict(chunk.columns)
    for name, unit in units.items():
        cells = columns[name]
        mark = unit if not unit.isascii() else f" {unit}"
        is_number = pc.fill_null(pc.match_substring_regex(cells, NUMBER), False)
        columns[name] = pc.if_else(is_number, pc.binary_join_element_wise(cells, mark, ""), cells)
    return replace(chunk, columns=columns)


def _without(chunk: Chunk, kind: FileKind, written: Mapping[str, list[str]]) -> Chunk:
    gone = _headers(chunk, written) | _totals(chunk, kind)
    if not gone.any():
        return chunk
    stored = pa.array(~gone)
    columns = {name: cells.filter(stored) for name, cells in chunk.columns.items()}
    return Chunk(columns, chunk.rows[~gone], chunk.bad)


def _headers(chunk: Chunk, written: Mapping[str, list[str]]) -> np.ndarray:
    """Rows in which at least two cells, and at least half of the filled ones, are their own headers."""
    matches = np.zeros(len(chunk), np.int64)
    names = [name for name in written if name in chunk.columns]
    for number, name in enumerate(names):
        same = pc.is_in(chunk.columns[name], pa.array(written[name], pa.string()))
        matches += np.asarray(pc.fill_null(same, False))
        if number == 5 and not matches.any():
            break
    places = np.flatnonzero(matches >= min(2, len(names)))
    gone = np.zeros(len(chunk), bool)
    for place in places:
        filled = sum(chunk.columns[name][int(place)].is_valid for name in names)
        gone[place] = matches[place] * 2 >= filled
    return gone


def _totals(chunk: Chunk, kind: FileKind) -> np.ndarray:
    """Rows that a word such as 合计 begins, and that lack what a record needs."""
    gone = np.zeros(len(chunk), bool)
    required = [item.name for item in kind.FIELDS if item.required and item.name in chunk.columns]
    lacking = np.zeros(len(chunk), np.int64)
    for name in required:
        lacking += np.asarray(chunk.columns[name].is_null())
    for place in np.flatnonzero(lacking):
        cells = [cells[int(place)].as_py() for cells in chunk.columns.values()]
        if lacking[place] * 2 >= len(required) or len(required) < 4:
            gone[place] = any(cell and is_total(cell) for cell in cells)
        else:
            word = next((cell for cell in cells if cell), None)
            gone[place] = word is not None and is_total(word)
    return gone


def is_total(cell: str) -> bool:
    """Whether a cell is a word for a total, perhaps with the number of rows behind it."""
    if len(cell) > 40 or not (result := TOTAL.match(cell.strip())):
        return False
    return AFTER_TOTAL.fullmatch(cell.strip()[result.end() :]) is not None
