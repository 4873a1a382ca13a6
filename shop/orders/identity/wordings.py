"""The wording under which lines were sold, stored once in a table of its own (`sold_name`)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shop.orders.batch import IngestBatch
from shop.orders.merging import WORDING


@dataclass
class SoldNames:
    """The wordings of one shop's lines; `latest` notes the last day each was sold under (name_key: day)."""

    cursor: Any
    shop_id: int
    latest: dict[int, str]
    _keys: dict[tuple[str | None, ...], int] = field(default_factory=dict)

    def replaced(self, batch: IngestBatch) -> IngestBatch:
        """Order lines with a key in the place of their wording."""
        gone = [None] * len(batch)
        columns = dict(batch.columns)
        parts = [columns["sku"], *(columns.pop(name, gone) for name in WORDING)]
        names = list(zip(*parts, strict=True))
        for name in set(names).difference(self._keys):
            self._keys[name] = _key_of(name)
            self.cursor.execute(
                "INSERT INTO sold_name (shop_id, name_key, sku, product_id, platform_sku, title, "
                "spec) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (self.shop_id, self._keys[name], *name),
            )
        columns["name_key"] = [self._keys[name] for name in names]
        self._note_days(columns["name_key"], columns["paid_on"])
        return IngestBatch(batch.table, batch.platform, columns, batch.rows)

    def _note_days(self, names: Sequence[int], days: Sequence[str | None]) -> None:
        """Note the days of records that are not newer too."""
        self.latest |= dict.fromkeys(set(names).difference(self.latest), "")
        for name, day in zip(names, days, strict=True):
            if day is not None and day > self.latest[name]:
                self.latest[name] = day


def _key_of(name: tuple[str | None, ...]) -> int:
    joined = "\x1f".join("" if part is None else part for part in name)
    return int.from_bytes(hashlib.blake2b(joined.encode(), digest_size=8).digest(), "big") >> 1
