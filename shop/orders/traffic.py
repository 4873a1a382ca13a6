"""Where orders came from, in the platform's own words: stored once, order lines refer to it."""

from __future__ import annotations

import hashlib
from typing import Any

from shop.orders.batch import IngestBatch

WORDS = ("source", "form", "channel", "type", "ad_channel", "creator")
Traffic = tuple[str | None, ...]  # one value for each of WORDS
ADD = f"""
INSERT INTO order_traffic (shop_id, traffic_key, {", ".join(WORDS)})
VALUES (?, ?, {", ".join("?" for _ in WORDS)}) ON CONFLICT DO NOTHING
"""


def with_traffic(cursor: Any, shop_id: int, batch: IngestBatch) -> IngestBatch:
    """The order lines with `traffic_key` in the place of `traffic` (a Traffic of each line, or None)."""
    columns = dict(batch.columns)
    given: list[Traffic | None] = columns.pop("traffic")
    keys = {words: traffic_key(words) for words in set(given)}
    cursor.executemany(ADD, [(shop_id, key, *words) for words, key in keys.items() if words and key])
    columns["traffic_key"] = [keys[words] for words in given]
    return IngestBatch(batch.table, batch.platform, columns, batch.rows)


def traffic_key(words: Traffic | None) -> int:
    """The key of these words: 63 bits of a hash; 0 where none is known."""
    if words is None or not any(words):
        return 0
    joined = "\x1f".join(word or "" for word in words)
    return int.from_bytes(hashlib.blake2b(joined.encode(), digest_size=8).digest(), "big") >> 1
