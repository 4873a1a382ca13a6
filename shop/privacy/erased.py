"""What is read again of an erased person stays erased: its substitution before it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

KIND_OF_TABLE = {"order_line": "order", "refund": "order", "comment": "comment"}
FILLED = {"order_line": "buyer_key", "refund": "buyer_key", "comment": "author_key"}


class ErasedRecords:
    """The erased orders and comments of one shop, read once per load through the driver's cursor."""

    def __init__(self, cursor: Any, shop_id: int) -> None:
        self.cursor, self.shop_id = cursor, shop_id

    @cached_property
    def _people(self) -> dict[tuple[str, str, str], int | None]:
        rows = self.cursor.execute(
            "SELECT platform, kind, record_id, person_key FROM erased_record WHERE shop_id = ?",
            (self.shop_id,),
        )
        return {(row[0], row[1], row[2]): row[3] for row in rows}

    def hide(self, table: str, platform: str, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        """Columns (plain lists) of a batch without what leads to an erased person; the same where there is nothing."""
        if table not in FILLED or not self._people:
            return columns
        ids = columns["comment_id" if table == "comment" else "order_id"]
        keys = [(platform, KIND_OF_TABLE[table], one) for one in ids]
        if table == "comment":  # a review of an erased order is erased too, whenever it is read
            orders = columns.get("order_id") or [None] * len(ids)
            keys = [
                key if key in self._people else (platform, "order", order)
                for key, order in zip(keys, orders, strict=True)
            ]
        places = [place for place, key in enumerate(keys) if key in self._people]
        if not places:
            return columns
        changed = dict(columns)
        for name in (FILLED[table], "text", "sealed_contact"):
            if name not in columns:
                continue
            values = list(columns[name])
            for place in places:
                values[place] = self._people[keys[place]] if name == FILLED[table] else _EMPTY[name]
            changed[name] = values
        return changed


_EMPTY = {"text": "", "sealed_contact": None}
