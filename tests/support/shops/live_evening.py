"""One evening with a live session by hand: minutes, orders that name the room, comments, marks."""

from __future__ import annotations

from typing import Any

from shop.access.roles import OWNER
from shop.db.database import Database
from shop.streams.marks import Mark, add_marks
from tests.support.shops.small_shop import at, line, session, store

EVENING = "2026-03-02"
START = at(f"{EVENING} 19:00:00")
SESSION = "7500000000000000001"
SECONDS = 2 * 3600


def clock(second: int) -> str:
    """A second of the session on the shop's clock."""
    second += 19 * 3600
    return f"{EVENING} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def minute(place: int, **figures: Any) -> dict[str, Any]:
    """One minute of the session as its platform gives it."""
    return {
        "session_id": SESSION,
        "minute_at": START + 60 * place,
        "currency": "CNY",
        "updated_at": START,
        "payload_hash": place + 1,
        **figures,
    }


def orders_of(bursts: dict[int, int], every: int = 4) -> list[dict[str, Any]]:
    """Orders of 100.00 that name the room: one each `every` minutes, and more in the minutes of `bursts`."""
    lines = []
    for place in range(SECONDS // 60):
        count = (place % every == 0) + bursts.get(place, 0)
        for number in range(count):
            lines.append(
                line(
                    f"{place:03}-{number}",
                    clock(60 * place + number),
                    10_000,
                    carrier="live",
                    content_id=SESSION,
                    attribution="A",
                    sku="cup" if number else "bowl",
                    title="杯" if number else "碗",
                )
            )
    return lines


def evening(db: Database, *, bursts: dict[int, int] | None = None, **figures: Any) -> None:
    """The session with its orders, viewers and clicks by minute, and three comments."""
    lines = orders_of(bursts or {})
    stated = {"orders": len(lines), "units": len(lines), "gmv_cents": 10_000 * len(lines)}
    minutes = [minute(place, viewers=50, product_clicks=2) for place in range(SECONDS // 60)]
    remarks = [
        {
            "comment_id": str(number),
            "text": text,
            "session_id": SESSION,
            "is_live": True,
            "second": second,
            "written_at": START + second,
            "written_on": EVENING,
            "updated_at": START,
            "payload_hash": 1,
        }
        for number, (second, text) in enumerate(((61, "杯子多大"), (62, "想要"), (3_000, "碗还有吗")))
    ]
    whole = session(SESSION, clock(0), SECONDS, **(stated | figures))
    store(db, lines=lines, sessions=[whole], live_minute=minutes, comment=remarks)


def mark(second: int, kind: str = "show", item: str | None = "cup", **more: Any) -> Mark:
    """A mark of the session."""
    return Mark(kind, START + second, "douyin", SESSION, item, **more)


def marked(db: Database, *marks: Mark) -> None:
    """Store marks."""
    add_marks(db, marks, actor=OWNER)
