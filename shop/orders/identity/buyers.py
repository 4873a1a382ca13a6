"""Which buyer of the API the buyer's key of a file stands for, learned from orders that both state.

A file knows its buyers by receiver or user name, an API by the platform's id: one person has two keys. An order
that both state shows which belong together (`buyer_link`): then the orders that only files state are of the API's
buyer too. A file's key that goes with several buyers of the API (a shared address) stands for none of them.

Links follow from the statements of orders alone, so any order of reading gives the same ones, and undoing an import
takes what only it taught. A line that shows a linked buyer has its own statement stored next to it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import compress
from typing import Any

from shop.orders.statements import API, ids_of
from shop.orders.stored_rows import IDS_PER_LOOKUP

LISTED = "(SELECT value FROM json_each(?))"
LINKS = """
SELECT file_key, MIN(buyer_key) FROM buyer_link WHERE shop_id = ? AND platform = ? {}
GROUP BY file_key HAVING MIN(buyer_key) = MAX(buyer_key)
"""
BUYERS_OF_LINES = f"""
SELECT order_id, line_id, source_id, buyer_key FROM order_line
WHERE shop_id = ? AND platform = ? AND order_id IN {LISTED}
"""
BUYERS_OF_STATEMENTS = f"""
SELECT first_key, rest_key, sources, body IS NULL, body ->> 'buyer_key' FROM row_statement
WHERE shop_id = ? AND fact = 'order_line' AND platform = ? AND first_key IN {LISTED}
"""
OF_KEYS = "IN (SELECT CAST(value AS INTEGER) FROM json_each(?3))"
ORDERS_OF_KEYS = f"""
SELECT order_id FROM order_line WHERE shop_id = ?1 AND platform = ?2 AND source_id IS NOT NULL AND buyer_key {OF_KEYS}
UNION SELECT first_key FROM row_statement WHERE shop_id = ?1 AND fact = 'order_line' AND platform = ?2
  AND CAST(body ->> 'buyer_key' AS INTEGER) {OF_KEYS}
"""
TO_LEARN = "buyers_to_learn_"  # and a shop: a row of the table meta that the migration wrote
ORDERS_WITH_STATEMENTS = (
    "SELECT DISTINCT platform, first_key FROM row_statement WHERE shop_id = ? AND fact = 'order_line'"
)
Links = Mapping[int, int]


class BuyerLinks:
    """The links of one shop, and the orders of a load that may teach some or whose lines they change."""

    def __init__(self, cursor: Any, shop_id: int) -> None:
        self.cursor, self.shop_id = cursor, shop_id
        self._changed: dict[str, set[str]] = {}
        self._linked: dict[str, set[str]] = {}
        self._links: dict[str, Links] = {}

    @property
    def has_work(self) -> bool:
        """Whether orders were noted since the last `learn`."""
        return bool(self._changed or self._linked)

    def of(self, platform: str) -> Links:
        """The buyer that each linked key of the files of a platform stands for."""
        if platform not in self._links:
            self._links[platform] = dict(
                self.cursor.execute(LINKS.format(""), (self.shop_id, platform)).fetchall()
            )
        return self._links[platform]

    def note_statements(self, platform: str, orders: Iterable[str]) -> None:
        """Note orders whose statements changed."""
        self._changed.setdefault(platform, set()).update(orders)

    def note_lines(self, platform: str, orders: Sequence[str], buyers: Sequence[int | None]) -> None:
        """Note the orders of lines that were written with keys that are linked."""
        if (links := self.of(platform)) and not links.keys().isdisjoint(buyers):
            named = compress(orders, map(links.__contains__, buyers))
            self._linked.setdefault(platform, set()).update(named)

    def learn(self) -> dict[str, list[str]]:
        """Store what the noted orders teach; the orders whose lines may show another buyer now, by platform."""
        self._note_earlier()
        changed, linked = self._changed, self._linked
        self._changed, self._linked = {}, {}
        for platform, orders in changed.items():
            keys = {key for ids in _parts(orders) for key in self._learn(platform, ids)}
            if keys:
                linked.setdefault(platform, set()).update(self._orders_of(platform, keys))
        return {platform: sorted(orders) for platform, orders in linked.items()}

    def _note_earlier(self) -> None:
        """Note the orders that were stored by a version that learned nothing, once."""
        mark = (f"{TO_LEARN}{self.shop_id}",)
        if self.cursor.execute("SELECT 1 FROM meta WHERE name = ?", mark).fetchone() is None:
            return
        self.cursor.execute("DELETE FROM meta WHERE name = ?", mark)
        for platform, order in self.cursor.execute(ORDERS_WITH_STATEMENTS, (self.shop_id,)).fetchall():
            self.note_statements(platform, [order])

    def _learn(self, platform: str, orders: list[str]) -> set[int]:
        """Store the pairs of these orders; the keys of files whose link changed."""
        place = (self.shop_id, platform, json.dumps(orders))
        where = f"WHERE shop_id = ? AND platform = ? AND order_id IN {LISTED}"
        before = set(
            self.cursor.execute(f"SELECT order_id, file_key, buyer_key FROM buyer_link {where}", place)
        )
        after = self._pairs(place)
        if after == before:
            return set()
        keys = {pair[1] for pair in before ^ after}
        links_before = self._links_of(platform, keys)
        self.cursor.execute(f"DELETE FROM buyer_link {where}", place)
        self.cursor.executemany(
            "INSERT INTO buyer_link (shop_id, platform, order_id, file_key, buyer_key) VALUES (?, ?, ?, ?, ?)",
            [(self.shop_id, platform, *pair) for pair in sorted(after)],
        )
        self._links.pop(platform, None)
        links = self._links_of(platform, keys)
        return {key for key in keys if links.get(key) != links_before.get(key)}

    def _pairs(self, place: tuple[Any, ...]) -> set[tuple[str, int, int]]:
        """What orders teach: order, the key of a file, the API's buyer, where they differ."""
        of_api: dict[str, set[int]] = defaultdict(set)
        of_files: dict[str, set[int]] = defaultdict(set)

        def state(order: str, sources: Collection[int], buyer: int | str | None) -> None:
            if buyer is not None:
                (of_api if API in sources else of_files)[order].add(int(buyer))

        separate: dict[tuple[str, str], set[int]] = {}  # the sources of lines that are their own statement
        seen: set[tuple[str, str]] = set()
        for order, rest, sources, is_line, buyer in self.cursor.execute(BUYERS_OF_STATEMENTS, place):
            line = (order, json.loads(rest)[0])
            seen.add(line)
            if is_line:
                separate[line] = ids_of(sources)
            else:
                state(order, ids_of(sources), buyer)
        for order, number, source, buyer in self.cursor.execute(BUYERS_OF_LINES, place):
            line = (order, number)
            if line in separate or line not in seen:
                state(order, separate.get(line) or {source or API}, buyer)
        return {
            (order, key, min(of_api[order]))
            for order, keys in of_files.items()
            if order in of_api
            for key in keys - of_api[order]
        }

    def _links_of(self, platform: str, keys: set[int]) -> Links:
        of_keys = "AND file_key IN (SELECT CAST(value AS INTEGER) FROM json_each(?))"
        return dict(
            self.cursor.execute(
                LINKS.format(of_keys), (self.shop_id, platform, json.dumps(sorted(keys)))
            ).fetchall()
        )

    def _orders_of(self, platform: str, keys: set[int]) -> set[str]:
        """The orders whose lines or statements have these keys."""
        rows = self.cursor.execute(ORDERS_OF_KEYS, (self.shop_id, platform, json.dumps(sorted(keys))))
        return {row[0] for row in rows}


def _parts(orders: Collection[str]) -> Iterable[list[str]]:
    ids = sorted(orders)
    return (ids[start : start + IDS_PER_LOOKUP] for start in range(0, len(ids), IDS_PER_LOOKUP))
