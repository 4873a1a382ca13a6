"""The audit log as a list that can be searched: by person, action and time, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from shop.access.roles import Actor, require
from shop.core.clock import from_seconds
from shop.db.database import Database

PAGE_ROWS = 50


@dataclass(frozen=True)
class AuditFilter:
    """What to list: of one person, one action, and of a stretch of time (seconds UTC, the end not included)."""

    person: str = ""
    action: str = ""
    since: int = 0
    until: int = 1 << 62


@dataclass(frozen=True)
class AuditLine:
    """One action: who did what to what, in which role, from where, when (UTC), and who undid it when."""

    audit_id: int
    done_at: datetime
    person: str
    role: str
    action: str
    subject: str
    changes: int
    origin: str
    undone_at: datetime | None
    undone_by: str


WHERE = """
WHERE shop_id = :shop AND :person IN ('', actor) AND :action IN ('', verb) AND done_at >= :since AND done_at < :until
"""


def audit_page(
    db: Database, wanted: AuditFilter, page: int = 1, *, actor: Actor, shop_id: int = 1
) -> tuple[list[AuditLine], int]:
    """One page of PAGE_ROWS actions, the newest first, and how many there are in all; raises NotAllowed."""
    require(actor, "manage_shop")
    values = {"shop": shop_id, **vars(wanted)}
    with db.read() as connection:
        total = connection.execute(text(f"SELECT COUNT(*) FROM audit {WHERE}"), values).scalar_one()
        rows = connection.execute(
            text(
                "SELECT audit_id, done_at, actor, role, verb, subject, changes, origin, undone_at, undone_by "
                f"FROM audit {WHERE} ORDER BY audit_id DESC LIMIT :rows OFFSET :start"
            ),
            values | {"rows": PAGE_ROWS, "start": (max(page, 1) - 1) * PAGE_ROWS},
        ).all()
    lines = [
        AuditLine(
            row.audit_id,
            from_seconds(row.done_at),
            row.actor,
            row.role,
            row.verb,
            row.subject,
            row.changes,
            row.origin or "",
            None if row.undone_at is None else from_seconds(row.undone_at),
            row.undone_by or "",
        )
        for row in rows
    ]
    return lines, int(total)


def people_and_actions(db: Database, *, actor: Actor, shop_id: int = 1) -> tuple[list[str], list[str]]:
    """The people and the actions that the log names, for the filters; raises NotAllowed."""
    require(actor, "manage_shop")
    with db.read() as connection:
        names = [
            list(
                connection.scalars(
                    text(f"SELECT DISTINCT {column} FROM audit WHERE shop_id = :shop ORDER BY 1"),
                    {"shop": shop_id},
                )
            )
            for column in ("actor", "verb")
        ]
    return names[0], names[1]
