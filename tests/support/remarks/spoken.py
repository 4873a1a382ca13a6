"""Comments written into a shop as a load writes them: labelled, joined, own accounts learned."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shop.db.database import Database
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert


def speak(db: Database, *remarks: tuple[str, str, str], platform: str = "douyin", **more: Any) -> list[str]:
    """Store comments (author, day, text) and give their ids; `more` are further columns, the same for all."""
    with db.write() as connection:
        stored = connection.exec_driver_sql("SELECT COUNT(*) FROM comment").scalar_one()
        ids = [f"c{stored + number}" for number in range(len(remarks))]
        moments = [
            int(datetime.fromisoformat(f"{day} 04:00:00").replace(tzinfo=UTC).timestamp()) + number
            for number, (_, day, _) in enumerate(remarks)
        ]
        columns: dict[str, list[Any]] = {
            "comment_id": ids,
            "author_key": [abs(hash(author)) % 10**12 if author else None for author, _, _ in remarks],
            "text": [text for _, _, text in remarks],
            "written_at": moments,
            "written_on": [day for _, day, _ in remarks],
            "updated_at": moments,
            "payload_hash": list(range(len(remarks))),
            **{name: [value] * len(remarks) for name, value in more.items()},
        }
        load = Upsert(connection, 1)
        load.put(IngestBatch("comment", platform, columns, list(range(len(remarks)))))
        load.finish()
    return ids
