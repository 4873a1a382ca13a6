"""A video of a works list and of the API is one video, under the platform's id."""

from typing import Any

import pytest

from shop.db.database import Database
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert

AT = 1_760_000_000


def put(db: Database, source: int | None, videos: list[dict[str, Any]]) -> None:
    rows = [
        {"published_at": AT, "payload_hash": number, "updated_at": AT, **item}
        for number, item in enumerate(videos)
    ]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    with db.write() as connection:
        load = Upsert(connection, 1, source_id=source)
        load.put(IngestBatch("video", "douyin", columns, range(len(rows))), snapshot=source is None)
        load.finish()


FILE = [
    {"video_id": "0a1b", "title": "开窑", "views": 90, "finish_rate": 0.2},
    {"video_id": "0c2d", "title": "修坯", "views": 30, "finish_rate": 0.1},
]
API = [{"video_id": "7360", "title": "开窑", "views": 100, "updated_at": AT + 99, "payload_hash": 7}]


@pytest.mark.parametrize("file_first", [True, False])
def test_a_video_from_file_and_api_is_one(db: Database, file_first: bool):
    both = [(3, FILE), (None, API)]
    for source, videos in both if file_first else reversed(both):
        put(db, source, videos)
    put(db, None, API)
    put(db, 3, FILE)
    with db.read() as connection:
        result = connection.exec_driver_sql("SELECT video_id, views FROM video ORDER BY 1")
        assert [tuple(row) for row in result] == [("0c2d", 30), ("7360", 100)]
