"""What is stored under the keys of a batch, before the batch is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shop.orders.batch import IngestBatch

CELL_KEYS = {
    "order_line": ("order_id", "line_id"),
    "refund": ("refund_id",),
    "settlement": ("settlement_id",),
    "live_session": ("session_id",),
    "live_minute": ("session_id", "minute_at"),
    "video": ("video_id",),
    "video_day": ("video_id", "day"),
    "product_statement": ("product_id", "first_on", "last_on", "carrier"),
    "comment": ("comment_id",),
    "ad_spend": ("day", "account"),
    "presale_deposit": ("order_id", "line_id"),
    "product": ("product_code",),
    "variant": ("sku",),
    "listing": ("listing_id",),
}
WITHOUT_PLATFORM = {"product", "variant"}
TRACKED = {  # what the figures need to know of a row before and after a change
    "order_line": ("paid_on", "source_id", "paid_at", "name_key"),
    "refund": ("refunded_on", "order_id", "source_id"),
    "live_session": ("started_on", "source_id"),
    "settlement": ("order_id", "source_id"),
    "live_minute": ("source_id",),
    "video": ("published_on", "source_id"),
    "video_day": ("source_id",),
    "product_statement": ("source_id",),
    "comment": ("source_id",),
    "presale_deposit": ("order_id", "source_id"),
    "ad_spend": ("source_id",),
}
SOURCE = {table: 2 + columns.index("source_id") for table, columns in TRACKED.items()}  # its place there
PAID_AT, NAME_KEY = 4, 5  # their places in what is looked up of an order line
IDS_PER_LOOKUP = 20_000


@dataclass(frozen=True)
class ReadMode:
    """How a batch is to be read; see `Upsert.put` in upsert.py."""

    whole_orders: bool = False
    snapshot: bool = False
    again: bool = False


def forget_inferred(cursor: Any, shop_id: int, batch: IngestBatch) -> None:
    """Delete what is inferred of sessions that a batch states: an end that follows from orders is no statement."""
    if batch.table == "live_session":
        cursor.executemany(
            "DELETE FROM live_session WHERE shop_id = ? AND platform = ? AND session_id = ? AND is_inferred",
            [(shop_id, batch.platform, session) for session in batch.columns["session_id"]],
        )


class StoredRows:
    """The stored rows of one shop; keys outside the range of a table's keys are not looked up."""

    def __init__(self, cursor: Any, shop_id: int) -> None:
        self.cursor = cursor
        self.shop_id = shop_id
        self._ranges: dict[tuple[str, str], tuple[str, str] | None] = {}

    def forget_range(self, table: str, platform: str) -> None:
        """Read the range of a table's keys again at the next look-up."""
        self._ranges.pop((table, platform), None)

    def lookup(self, batch: IngestBatch, keys: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], Any]:
        """What is stored under these keys: (updated_at, payload_hash, tracked columns)."""
        low, high = self._stored_range(batch.table, batch.platform)
        wanted = {key[0] for key in keys if low <= key[0] <= high} if high else set()
        stored = self.rows(batch.table, batch.platform, wanted)
        self._widen(batch, keys)
        return stored

    def rows(self, table: str, platform: str, first_keys: Iterable[str]) -> dict[tuple[Any, ...], Any]:
        """What is stored of all rows whose keys begin so, as in `lookup`."""
        names = CELL_KEYS[table]
        tracked = TRACKED.get(table, ())
        where = "" if table in WITHOUT_PLATFORM else "AND platform = :platform "
        sql = (
            f"SELECT {', '.join((*names, 'updated_at', 'payload_hash', *tracked))} "
            f"FROM {table} WHERE shop_id = :shop {where}"
            f"AND {names[0]} IN (SELECT value FROM json_each(:ids))"
        )
        stored: dict[tuple[Any, ...], Any] = {}
        ids = sorted(first_keys)
        for start in range(0, len(ids), IDS_PER_LOOKUP):
            values = {
                "shop": self.shop_id,
                "platform": platform,
                "ids": json.dumps(ids[start : start + IDS_PER_LOOKUP]),
            }
            for row in self.cursor.execute(sql, values):
                stored[row[: len(names)]] = row[len(names) :]
        return stored

    def _stored_range(self, table: str, platform: str) -> tuple[str, str]:
        """The least and greatest first key stored, ("", "") when the table is empty."""
        place = (table, platform)
        if place not in self._ranges:
            name = CELL_KEYS[table][0]
            where = "" if table in WITHOUT_PLATFORM else "AND platform = ?2"
            sql = f"SELECT MIN({name}), MAX({name}) FROM {table} WHERE shop_id = ?1 {where}"
            values = (self.shop_id,) if table in WITHOUT_PLATFORM else (self.shop_id, platform)
            row = self.cursor.execute(sql, values).fetchone()
            self._ranges[place] = row if row[0] is not None else None
        return self._ranges[place] or ("", "")

    def _widen(self, batch: IngestBatch, keys: list[tuple[Any, ...]]) -> None:
        first = [key[0] for key in keys]
        low, high = self._ranges[batch.table, batch.platform] or (first[0], first[0])
        self._ranges[batch.table, batch.platform] = (min(low, *first), max(high, *first))


def repeats(keys: Sequence[tuple[Any, ...]]) -> list[bool]:
    """Of each key whether the same one stands before it."""
    if len(set(keys)) == len(keys):
        return [False] * len(keys)
    seen: set[tuple[Any, ...]] = set()
    is_again = []
    for key in keys:
        is_again.append(key in seen)
        seen.add(key)
    return is_again


def newest(
    batch: IngestBatch, keys: list[tuple[Any, ...]], stored: dict[tuple[Any, ...], Any], reading: ReadMode
) -> list[bool]:
    """Which records are newer than what is stored and than their doubles in this batch."""
    best: dict[tuple[Any, ...], int] = {}
    versions = list(zip(batch.columns["updated_at"], batch.columns["payload_hash"], strict=True))
    for place, (key, version) in enumerate(zip(keys, versions, strict=True)):
        known = stored.get(key)
        if known is not None and not is_newer(version, known, reading):
            continue
        if key not in best or version > versions[best[key]]:
            best[key] = place
    winners = set(best.values())
    return [place in winners for place in range(len(keys))]


def is_newer(version: tuple[int, int], known: Sequence[Any], reading: ReadMode) -> bool:
    """Whether a version (update time, hash) replaces a known one."""
    updated_at, content = int(known[0]), int(known[1])
    if reading.snapshot or reading.again:
        return version[0] >= updated_at and version[1] != content
    return version > (updated_at, content)
