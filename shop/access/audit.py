"""The audit log: one row for each action of a person, with what an undo needs to reverse it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from shop.access.roles import Actor
from shop.core.clock import from_seconds, now_seconds
from shop.core.errors import ShopError
from shop.db.database import Database


class ChangedSince(ShopError):
    """A value was changed again since; nothing is undone."""

    message = (
        "Nothing was taken back: {what} was changed again since. Take that later change back first, "
        "or type the value you want."
    )


def log_action(
    connection: Connection,
    actor: Actor,
    action: str,
    subject: str,
    *,
    changes: int = 1,
    undo: Any = None,
    shop_id: int = 1,
) -> int:
    """Write one action inside its own transaction; `undo` (stored as JSON) is what reverses it.

    Returns the audit number, under which the action can be undone.
    """
    row = connection.execute(
        text(
            "INSERT INTO audit (shop_id, done_at, actor, role, verb, subject, changes, undo, origin) "
            "VALUES (:shop, :at, :actor, :role, :action, :subject, :changes, :undo, :origin) "
            "RETURNING audit_id"
        ),
        {
            "shop": shop_id,
            "at": now_seconds(),
            "actor": actor.name,
            "role": actor.role,
            "action": action,
            "subject": subject,
            "changes": changes,
            "undo": None if undo is None else json.dumps(undo, ensure_ascii=False),
            "origin": actor.origin or None,
        },
    )
    return int(row.scalar_one())


def mark_undone(connection: Connection, audit_id: int, actor: Actor) -> None:
    """Record that an action was undone, when and by whom."""
    connection.execute(
        text("UPDATE audit SET undone_at = :at, undone_by = :who WHERE audit_id = :number"),
        {"at": now_seconds(), "who": actor.name, "number": audit_id},
    )


@dataclass(frozen=True)
class AuditEntry:
    """One action in the list of recent changes; `done_at` is UTC."""

    audit_id: int
    done_at: datetime
    actor: str
    action: str
    subject: str
    changes: int
    can_undo: bool
    undone_by: str | None


def recent(
    db: Database, *, actions: Iterable[str] = (), limit: int = 20, shop_id: int = 1
) -> list[AuditEntry]:
    """The last actions, newest first; only `actions` where any are named.

    A name that ends in a dot matches every action that begins with it: "listing.".
    """
    names = tuple(actions)
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT audit_id, done_at, actor, verb, subject, changes, undo IS NOT NULL AS "
                "has_undo, undone_at, undone_by FROM audit WHERE shop_id = :shop "
                "ORDER BY audit_id DESC LIMIT :most"
            ),
            {"shop": shop_id, "most": limit if not names else limit * 20},
        ).all()
    entries = [
        AuditEntry(
            row.audit_id,
            from_seconds(row.done_at),
            row.actor,
            row.verb,
            row.subject,
            row.changes,
            bool(row.has_undo and row.undone_at is None),
            row.undone_by,
        )
        for row in rows
        if not names or any(_matches(row.verb, name) for name in names)
    ]
    return entries[:limit]


def _matches(action: str, name: str) -> bool:
    return action == name or (name.endswith(".") and action.startswith(name))
