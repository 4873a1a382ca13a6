"""Moments that are no local time: with their own offset, or counted in seconds or milliseconds since 1970."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from etl.files.rows import Rows

OFFSET = r"\d\s*(?:[+-]\d\d:?\d\d|Z|UTC)$"
EPOCH = r"^1\d{9}(?:\.\d+)?$|^1\d{12}$|^1\d{15}$"  # 2001 to 2033 in seconds, milliseconds, microseconds


def on_clock(rows: Rows, names: Sequence[str], zone: str) -> None:
    """Rewrite such cells of these columns as local time on the clock of `zone`; others stay."""
    for name in names:
        cells = rows.cells(name)
        if not pc.any(pc.match_substring_regex(cells, f"{OFFSET}|{EPOCH}")).as_py():
            continue
        encoded = cells.dictionary_encode()
        words = [_local(word, zone) for word in encoded.dictionary.to_pylist()]
        rows.replace(name, pa.array(words, pa.string()).take(encoded.indices))


def _local(text: str, zone: str) -> str:
    moment: datetime | None = None
    if re.search(EPOCH, text):
        digits = text.partition(".")[0]
        moment = datetime.fromtimestamp(int(digits[:10]), UTC)
    elif re.search(OFFSET, text):
        try:
            moment = datetime.fromisoformat(re.sub(r"\s+(?=[+-]|Z$|UTC$)", "", text).replace("UTC", "+00:00"))
        except ValueError:
            return text
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}" if moment else text
