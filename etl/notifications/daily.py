"""The daily delivery: each address once a shop day, whatever is killed or run twice.

The day is marked as delivered before the message is sent; where it surely did not arrive the mark is taken
back, so that the next round tries again. Where nobody knows, it stays: no group gets it twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from etl.http.errors import PlatformError, Unsure
from etl.notifications import Address, send
from etl.notifications.message import Message
from shop.db.database import Database


@dataclass(frozen=True)
class DeliveryReport:
    """The result of one delivery: nothing wrong, or the error."""

    address: Address
    error: PlatformError | None = None


def is_due(db: Database, address: Address, now: datetime, *, shop_id: int = 1) -> bool:
    """Whether a delivery to this address is due now; `now` is on the shop's own clock."""
    return f"{now:%H:%M}" >= address.at and not _is_marked(db, _mark(address, now, shop_id))


def deliver(
    db: Database, address: Address, now: datetime, message: Callable[[], Message], *, shop_id: int = 1
) -> DeliveryReport | None:
    """Deliver what `message` makes to one address, if it is due and nobody else does; None otherwise."""
    mark = _mark(address, now, shop_id)
    if not is_due(db, address, now, shop_id=shop_id) or not _set_mark(db, mark):
        return None
    try:
        words = message()
    except BaseException:
        _clear_mark(db, mark)
        raise
    try:
        send(address, words)
    except Unsure as problem:
        return DeliveryReport(address, problem)
    except PlatformError as problem:
        _clear_mark(db, mark)
        return DeliveryReport(address, problem)
    return DeliveryReport(address)


def _mark(address: Address, now: datetime, shop_id: int) -> str:
    return f"told {shop_id} {now:%Y-%m-%d} {address.name}"


def _is_marked(db: Database, mark: str) -> bool:
    with db.read() as connection:
        result = connection.execute(text("SELECT 1 FROM meta WHERE name = :mark"), {"mark": mark})
        return result.scalar() is not None


def _set_mark(db: Database, mark: str) -> bool:
    """Set the mark; False where another process was faster. Marks of other days go."""
    before = mark.split(" ")[2]
    with db.write(quiet=True) as connection:
        connection.execute(
            text("DELETE FROM meta WHERE name LIKE 'told %' AND substr(name, 6) NOT LIKE :day"),
            {"day": f"% {before} %"},
        )
        done = connection.execute(
            text("INSERT INTO meta (name, value) VALUES (:mark, '1') ON CONFLICT DO NOTHING"), {"mark": mark}
        )
        return bool(done.rowcount)


def _clear_mark(db: Database, mark: str) -> None:
    with db.write(quiet=True) as connection:
        connection.execute(text("DELETE FROM meta WHERE name = :mark"), {"mark": mark})
