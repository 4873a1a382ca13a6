"""Taking back what a verb of the stock did, by its number in the list of what was done.

The ledger is never rewritten: each kind of verb has its own way back (a counter-movement, a hold released,
a decision reopened), and each of those ways checks for itself whether it still can.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from shop.access.audit import mark_undone
from shop.access.roles import Actor
from shop.db.database import Database
from shop.listings import stock_edit
from shop.stock import adjustments, counts, oversold, reservations, returns
from shop.undo import catalog
from shop.undo.catalog import AlreadyUndone, NothingToUndo

VERBS = (
    "made",
    "sold",
    "returned",
    "broken",
    "count",
    "set_counts",
    "stock.edit",
    "hold",
    "extend",
    "release",
    "receive_return",
    "settle_sibling",
    "settle_waits",
    "settle_refunded",
    "unsettle",
    "presale",
    "take_back",
    "take_back_count",
    "take_back_return",
    "drop_count",
)
"""What the list of the stock's changes shows."""


def take_back(db: Database, audit_id: int, *, actor: Actor, shop_id: int = 1) -> None:
    """Take back one verb of the stock.

    Raises NothingToUndo, AlreadyUndone, and what its way back raises (OutOfStock, UnknownHold ...).
    """
    with db.read() as connection:
        row = connection.execute(
            text(
                "SELECT verb, undo, undone_at, undone_by FROM audit "
                "WHERE audit_id = :number AND shop_id = :shop"
            ),
            {"number": audit_id, "shop": shop_id},
        ).one_or_none()
    if row is None or not row.undo:
        raise NothingToUndo(number=audit_id)
    if row.undone_at is not None:
        raise AlreadyUndone(who=row.undone_by)
    found = json.loads(row.undo)
    if isinstance(found, list):  # an edit of places and reorder points only
        catalog.undo(db, audit_id, actor=actor, shop_id=shop_id)
        return
    back = found.get("stock") if isinstance(found, dict) else None
    way = next((WAYS[name] for name in WAYS if back and name in back), None)
    if way is None:
        raise NothingToUndo(number=audit_id)
    way(db, back, actor=actor, shop_id=shop_id)
    # A second try before this line was written is refused by the way itself.
    with db.write() as connection:
        mark_undone(connection, audit_id, actor)


def number_of(db: Database, *, shop_id: int = 1, **back: Any) -> int | None:
    """The number of the verb that wrote down this way back: `number_of(db, movements=[7])`."""
    with db.read() as connection:
        found = connection.execute(
            text(
                "SELECT audit_id FROM audit WHERE shop_id = :shop AND undo = :undo "
                "ORDER BY audit_id DESC LIMIT 1"
            ),
            {"shop": shop_id, "undo": json.dumps({"stock": back}, ensure_ascii=False)},
        ).scalar()
    return None if found is None else int(found)


# --- each kind's way back --------------------------------------------------------------------------


def _movements(db: Database, back: Mapping[str, Any], **who: Any) -> None:
    adjustments.take_back(db, back["movements"], **who)


def _edited(db: Database, back: Mapping[str, Any], **who: Any) -> None:
    stock_edit.take_back(db, back["count_id"], back["catalog"], **who)


def _count(db: Database, back: Mapping[str, Any], **who: Any) -> None:
    counts.take_back(db, back["count_id"], **who)


def _extended(db: Database, back: Mapping[str, Any], **who: Any) -> None:
    until = datetime.fromtimestamp(back["expires_at"], UTC)
    reservations.extend(db, back["hold_id"], until, **who)


def _hold(db: Database, back: Mapping[str, Any], **who: Any) -> None:
    reservations.release(db, back["hold_id"], **who)


def _receipt(db: Database, back: Mapping[str, Any], **who: Any) -> None:
    platform, order, line, part, case = back["receipt"]
    returns.take_back(db, platform, order, line, part=part, refund_id=case, **who)


def _settled(db: Database, back: Mapping[str, Any], **who: Any) -> None:
    platform, order, line, _ = back["settled"]
    oversold.unsettle(db, platform, order, line, **who)


def _presale(db: Database, back: Mapping[str, Any], **who: Any) -> None:
    adjustments.set_presale(db, back["presale"]["sku"], back["presale"]["before"], **who)


WAYS: Mapping[str, Callable[..., None]] = {
    "movements": _movements,
    "catalog": _edited,
    "count_id": _count,
    "expires_at": _extended,
    "hold_id": _hold,
    "receipt": _receipt,
    "settled": _settled,
    "presale": _presale,
}
"""By what the verb wrote down; the first that fits counts."""
