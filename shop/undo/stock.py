"""Undo of stock actions, by audit number.

The ledger is never rewritten: each kind of action has its own reversal (a reversing movement, a released
reservation, a reopened decision), and each reversal checks whether it is still possible.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import text

from shop.access.audit import log_action, mark_undone
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.core.clock import from_seconds
from shop.db.database import Database
from shop.stock import adjustments, counts, oversold, reservations, returns
from shop.undo import catalog
from shop.undo.catalog import AlreadyUndone, NothingToUndo, restore_rows

ACTIONS = (
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
"""The actions that the history of stock shows."""


def undo(db: Database, audit_id: int, *, actor: Actor, shop_id: int = 1) -> None:
    """Undo one stock action.

    Raises NothingToUndo, AlreadyUndone, and what its reversal raises (OutOfStock, UnknownReservation ...).
    """
    with db.read() as connection:
        row = connection.execute(
            text("SELECT undo, undone_at, undone_by FROM audit WHERE audit_id = :number AND shop_id = :shop"),
            {"number": audit_id, "shop": shop_id},
        ).one_or_none()
    if row is None or not row.undo:
        raise NothingToUndo(number=audit_id)
    if row.undone_at is not None:
        raise AlreadyUndone(who=row.undone_by)
    stored = json.loads(row.undo)
    if isinstance(stored, list):  # an edit of places and reorder points only
        catalog.undo(db, audit_id, actor=actor, shop_id=shop_id)
        return
    details = stored.get("stock") if isinstance(stored, dict) else None
    reversal = next((REVERSALS[name] for name in REVERSALS if details and name in details), None)
    if reversal is None:
        raise NothingToUndo(number=audit_id)
    reversal(db, details, actor=actor, shop_id=shop_id)
    # A second attempt before the next transaction is rejected by the reversal itself.
    with db.write() as connection:
        mark_undone(connection, audit_id, actor)


def number_of(db: Database, *, shop_id: int = 1, **details: Any) -> int | None:
    """The audit number of the action that stored these undo details: `number_of(db, movements=[7])`.

    Of a set, the details name its first part, and those of its other parts follow.
    """
    stored = json.dumps({"stock": details}, ensure_ascii=False)
    further = ", " if any(isinstance(value, list) for value in details.values()) else ', "further": '
    with db.read() as connection:
        number = connection.execute(
            text(
                "SELECT audit_id FROM audit WHERE shop_id = :shop AND (undo = :undo "
                "OR substr(undo, 1, length(:begin)) = :begin) ORDER BY audit_id DESC LIMIT 1"
            ),
            {"shop": shop_id, "undo": stored, "begin": stored.rstrip("]}") + further},
        ).scalar()
    return None if number is None else int(number)


# --- the reversal of each kind ---------------------------------------------------------------------


def _movements(db: Database, details: Mapping[str, Any], **who: Any) -> None:
    adjustments.undo(db, details["movements"], **who)


def _stock_edit(db: Database, details: Mapping[str, Any], *, actor: Actor, shop_id: int) -> None:
    """Undo an edit of the stock table in one transaction: its counts, places and reorder points."""
    count_id, rows = details["count_id"], details["catalog"]
    require(actor, "edit_stock")
    with db.write() as connection:
        if rows:
            require(actor, "edit_catalog")
        restore_rows(Edits(connection, shop_id), rows)
        changes = counts.reverse(connection, count_id, actor=actor, shop_id=shop_id)
        log_action(connection, actor, "take_back_count", str(count_id), changes=changes, shop_id=shop_id)


def _count(db: Database, details: Mapping[str, Any], **who: Any) -> None:
    counts.undo(db, details["count_id"], **who)


def _extension(db: Database, details: Mapping[str, Any], **who: Any) -> None:
    reservations.extend(db, details["hold_id"], from_seconds(details["expires_at"]), **who)


def _reservation(db: Database, details: Mapping[str, Any], **who: Any) -> None:
    for number in (details["hold_id"], *details.get("further", ())):
        reservations.release(db, number, **who)


def _receipt(db: Database, details: Mapping[str, Any], **who: Any) -> None:
    platform, order, line, part, case = details["receipt"]
    returns.undo(db, platform, order, line, part=part, refund_id=case, **who)


def _settlement(db: Database, details: Mapping[str, Any], **who: Any) -> None:
    platform, order, line, part = details["settled"]
    oversold.unsettle(db, platform, order, line, part=part, **who)


def _presale(db: Database, details: Mapping[str, Any], **who: Any) -> None:
    adjustments.set_presale(db, details["presale"]["sku"], details["presale"]["before"], **who)


REVERSALS: Mapping[str, Callable[..., None]] = {
    "movements": _movements,
    "catalog": _stock_edit,
    "count_id": _count,
    "expires_at": _extension,
    "hold_id": _reservation,
    "receipt": _receipt,
    "settled": _settlement,
    "presale": _presale,
}
"""By a key of the stored undo details; the first key that is present decides."""
