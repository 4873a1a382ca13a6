"""One video under two ids: works lists have none of the platform's, its API has.

A list of works names a video by its title and moment of publication, the API by the platform's own id,
which orders name too. The platform's id stands for both, whichever is read first.
"""

from __future__ import annotations

import json
from typing import Any

from shop.orders.batch import IngestBatch

FIND = """
SELECT video_id, title, published_at FROM video WHERE shop_id = :shop AND platform = :platform
  AND source_id IS {} NULL AND published_at IN (SELECT value FROM json_each(:moments))
"""


def under_one_id(cursor: Any, shop_id: int, batch: IngestBatch, *, from_file: bool) -> IngestBatch:
    """The batch with the platform's ids; rows of works lists that it names now go over to its ids."""
    columns = batch.columns
    names = list(zip(columns["title"], columns["published_at"], strict=True))
    place = {"shop": shop_id, "platform": batch.platform}
    moments = json.dumps(sorted({at for _, at in names if at is not None}))
    rows = cursor.execute(FIND.format("" if from_file else "NOT"), {**place, "moments": moments})
    known = {(title, at): video for video, title, at in rows}
    if from_file:
        ids = [known.get(name, video) for name, video in zip(names, columns["video_id"], strict=True)]
        return IngestBatch(batch.table, batch.platform, {**columns, "video_id": ids}, batch.rows)
    for name, video in zip(names, columns["video_id"], strict=True):
        old = known.pop(name, video)
        if old != video:
            _rename(cursor, shop_id, batch.platform, old, video)
    return batch


def _rename(cursor: Any, shop_id: int, platform: str, old: str, new: str) -> None:
    here = (shop_id, platform)
    cursor.execute(
        "UPDATE OR IGNORE video SET video_id = ? WHERE shop_id = ? AND platform = ? AND video_id = ?",
        (new, *here, old),
    )
    cursor.execute(
        "UPDATE OR IGNORE row_statement SET first_key = ? WHERE shop_id = ? AND platform = ? "
        "AND fact = 'video' AND first_key = ?",
        (new, *here, old),
    )
    cursor.execute("DELETE FROM video WHERE shop_id = ? AND platform = ? AND video_id = ?", (*here, old))
