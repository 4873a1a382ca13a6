"""Gift lines in files: what ships with an order for nothing is no sold piece, in a file as in an API.

A line that credits the shop nothing is a gift where a column of the file marks it (`gift`: 赠品, Free gift,
Yes), where its words do (赠品, free gift), or where its list price is zero and its code or name has a gift
word or the same order has a line with a price. A line that somebody paid for is a sale, whatever its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from etl.files.fields import FileField
from etl.files.rows import Rows
from shop.orders.batch import IngestBatch

FIELD = "gift"  # the field of a kind or profile that marks a line as a gift
GIFT = FileField(FIELD, ("是否赠品", "是否为赠品", "赠品", "赠品标识", "赠品标记", "商品类型", "货品类型"))
MARKED = re.compile(r"赠|贈|gift|hadiah|quà tặng|ของแถม|regalo|^(yes|y|true|1|是)$", re.IGNORECASE)
SURE = re.compile(r"赠品|贈品|赠送|free gift|gift with purchase|quà tặng|ของแถม|hadiah gratis", re.IGNORECASE)
LIKELY = re.compile(
    r"赠|贈|送礼|(?<![a-z])gift(?![a-z])|freebie|(?<![a-z])free(?![a-z])|hadiah|regalo", re.IGNORECASE
)
WORDED = ("title", "spec", "sku")
CHANGED = 1  # another last bit of the version: a line that was stored as sold is stored again as a gift


def mark_gifts(batch: IngestBatch, rows: Rows) -> IngestBatch:
    """The batch with `is_gift`, where it is one of order lines; lines that its reader calls gifts stay gifts."""
    if batch.table != "order_line" or not len(batch):
        return batch
    columns = batch.columns
    stated = np.asarray(columns.get("is_gift", np.zeros(len(batch), bool)), bool)
    listed = np.asarray(columns["list_cents"], np.int64)
    credited = np.asarray(columns["buyer_paid_cents"]) + np.asarray(columns["platform_discount_cents"])
    free = (credited == 0) & ~stated
    if not free.any():
        return batch
    places = np.flatnonzero(free)
    words = [
        " ".join(str(columns[name][place] or "") for name in WORDED if name in columns) for place in places
    ]
    marked = _marked(rows, [batch.rows[place] for place in places.tolist()])
    priced = {columns["order_id"][place] for place in np.flatnonzero(listed > 0)}
    is_gift = np.zeros(len(batch), bool)
    is_gift[places] = [
        is_marked
        or bool(SURE.search(text))
        or (listed[place] == 0 and (bool(LIKELY.search(text)) or columns["order_id"][place] in priced))
        for place, text, is_marked in zip(places, words, marked, strict=True)
    ]
    if not is_gift.any():
        return batch
    version = np.asarray(columns["payload_hash"], np.int64) ^ np.where(is_gift, CHANGED, 0)
    return replace(batch, columns={**columns, "is_gift": is_gift | stated, "payload_hash": version})


def _marked(rows: Rows, numbers: Sequence[Any]) -> list[bool]:
    """Whether the file's own column calls the rows of these numbers gifts."""
    if not rows.has(FIELD):
        return [False] * len(numbers)
    cells = dict(zip(rows.numbers.tolist(), rows.cells(FIELD).to_pylist(), strict=True))
    return [bool(MARKED.search(cells.get(int(number)) or "")) for number in numbers]
