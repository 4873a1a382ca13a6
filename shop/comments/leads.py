"""Leads: comments of people who order to measure, buy many, visit, look for work, or leave a contact.

A lead is every comment of the audience whose label has one of these intents, or that left a contact. What the
shop notes about it is in `lead`; without a row it is new. After the shop's number of days (180) it is erased.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.comments.search import author_mark
from shop.core.clock import now_seconds
from shop.core.errors import ShopError
from shop.core.personal import MASK
from shop.db.database import Database
from shop.metrics.comment_days.arrays import KIND
from shop.metrics.settings import today
from shop.models.comments import LEAD_KINDS, LEAD_STATES

DAYS = 180
OPEN_STATES = LEAD_STATES[:3]
INTENTS = LEAD_KINDS[:4]
HAS_INTENT = " OR ".join(f"',' || l.intents || ',' LIKE '%,{name},%'" for name in INTENTS)
LEADS = f"""
SELECT c.platform, c.comment_id, c.text, c.written_on, c.author_key, {KIND}, COALESCE(l.intents, ''),
  c.sealed_contact IS NOT NULL, d.kind, COALESCE(d.state, 'new'), d.owner, d.next_step, d.next_on, d.note, d.erase_on,
  d.erased_at IS NOT NULL, c.answered_at IS NOT NULL
FROM comment c LEFT JOIN comment_label l USING (shop_id, platform, comment_id)
LEFT JOIN lead d USING (shop_id, platform, comment_id)
WHERE c.shop_id = :shop AND NOT c.is_own
  AND (d.state IS NOT NULL OR c.sealed_contact IS NOT NULL OR c.text LIKE :mask OR {HAS_INTENT})
ORDER BY c.written_on DESC, c.written_at DESC, c.comment_id
"""


class UnknownLead(ShopError):
    """A lead of a comment that is not there."""

    message = "There is no comment {comment_id} of {platform}."


class UnknownLeadState(ShopError):
    """A state that leads do not have."""

    message = "“{name}” is not a state of a lead. Known: {known}."


@dataclass(frozen=True)
class LeadItem:
    """One lead: what was written, its kinds and its state; `has_contact`: a sealed contact is stored.

    `kind` is the first of `kinds`, or the one set by hand.
    """

    platform: str
    comment_id: str
    text: str
    written_on: date
    author: str
    place: str
    kind: str
    kinds: tuple[str, ...]
    has_contact: bool
    state: str
    owner: str
    next_step: str
    next_on: date | None
    note: str
    erase_on: date
    is_erased: bool
    is_answered: bool

    @property
    def key(self) -> tuple[str, str]:
        """Its platform and comment id."""
        return self.platform, self.comment_id

    @property
    def is_open(self) -> bool:
        """Whether it is neither won nor lost."""
        return self.state in OPEN_STATES


def lead_days(connection: Connection, shop_id: int = 1) -> int:
    """After how many days a lead's contact and notes are erased."""
    sql = text("SELECT lead_days FROM comment_settings WHERE shop_id = :shop")
    return int(connection.execute(sql, {"shop": shop_id}).scalar() or DAYS)


def leads(db: Database, platforms: Sequence[str] = (), shop_id: int = 1) -> list[LeadItem]:
    """Every lead: open ones first, the nearest next step, then those with a contact, then the newest."""
    with db.read() as connection:
        days = timedelta(days=lead_days(connection, shop_id))
        rows = connection.execute(text(LEADS), {"shop": shop_id, "mask": f"%{MASK * 5}%"}).all()
    items = [_item(row, days) for row in rows if row[3] and (not platforms or row[0] in platforms)]
    return sorted(items, key=lambda item: (not item.is_open, item.next_on or date.max, not item.has_contact))


def _item(row: Any, days: timedelta) -> LeadItem:
    on = date.fromisoformat(row[3])
    intents = row[6].split(",")
    kinds = tuple(name for name in INTENTS if name in intents) or LEAD_KINDS[-1:]
    kinds = (row[8], *(name for name in kinds if name != row[8])) if row[8] else kinds
    return LeadItem(
        platform=row[0],
        comment_id=row[1],
        text=row[2],
        written_on=on,
        author=author_mark(row[4]),
        place=row[5],
        kind=kinds[0],
        kinds=kinds,
        has_contact=bool(row[7]),
        state=row[9],
        owner=row[10] or "",
        next_step=row[11] or "",
        next_on=_day(row[12]),
        note=row[13] or "",
        erase_on=_day(row[14]) or on + days,
        is_erased=bool(row[15]),
        is_answered=bool(row[16]),
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def update_lead(
    db: Database, key: tuple[str, str], changes: Mapping[str, Any], *, actor: Actor, shop_id: int = 1
) -> int:
    """Change state, owner, next_step, next_on, note, kind or erase_on of a lead; the number that undoes it.

    Raises UnknownLead, UnknownLeadState.
    """
    require(actor, "answer")
    for name, known in (("state", LEAD_STATES), ("kind", LEAD_KINDS)):
        if name in changes and changes[name] not in known:
            raise UnknownLeadState(name=changes[name], known=", ".join(known))
    values = {
        name: value.isoformat() if isinstance(value, date) else value or None
        for name, value in changes.items()
    }
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        _ensure(edits, key)
        edits.update("lead", _keyed(key), values | {"updated_at": now_seconds()})
        return log_action(
            connection, actor, "lead.change", key[1], changes=len(values), undo=edits.undo, shop_id=shop_id
        )


def erase_lead(db: Database, key: tuple[str, str], *, actor: Actor, shop_id: int = 1) -> None:
    """Erase contact and notes of a lead for good; the comment and its state stay."""
    require(actor, "answer")
    with db.write() as connection:
        _ensure(Edits(connection, shop_id), key)
        _erase(connection, shop_id, "platform = :platform AND comment_id = :comment_id", _keyed(key))
        log_action(connection, actor, "lead.erase", key[1], shop_id=shop_id)


def erase_due(connection: Connection, today: date, shop_id: int = 1) -> int:
    """Erase the leads whose day has passed, and contacts of comments as old that nobody followed up; how many."""
    count = _erase(connection, shop_id, "erase_on < :today", {"today": today.isoformat()})
    before = today - timedelta(days=lead_days(connection, shop_id))
    return count + int(
        connection.execute(
            text(
                "UPDATE comment SET sealed_contact = NULL WHERE shop_id = :shop AND sealed_contact IS NOT NULL "
                "AND written_on < :before AND NOT EXISTS (SELECT 1 FROM lead d WHERE d.shop_id = comment.shop_id "
                "AND d.platform = comment.platform AND d.comment_id = comment.comment_id AND d.erase_on >= :today)"
            ),
            {"shop": shop_id, "before": before.isoformat(), "today": today.isoformat()},
        ).rowcount
    )


def erase_leads_of(connection: Connection, keys: Sequence[tuple[str, str]], shop_id: int = 1) -> None:
    """Erase contacts and notes of the leads of these comments (platform, id), inside the caller's transaction."""
    for key in keys:
        _erase(connection, shop_id, "platform = :platform AND comment_id = :comment_id", _keyed(key))


def _erase(connection: Connection, shop_id: int, condition: str, values: Mapping[str, Any]) -> int:
    """Erase leads and what the audit log could restore of their notes."""
    where = f"shop_id = :shop AND erased_at IS NULL AND {condition}"
    given = {"shop": shop_id, "now": now_seconds(), **values}
    due = connection.execute(text(f"SELECT platform, comment_id FROM lead WHERE {where}"), given).all()
    for platform, comment_id in due:
        key = {"shop": shop_id, "platform": platform, "comment": comment_id}
        connection.execute(
            text(
                "UPDATE comment SET sealed_contact = NULL "
                "WHERE shop_id = :shop AND platform = :platform AND comment_id = :comment"
            ),
            key,
        )
        connection.execute(
            text(
                "UPDATE audit SET undo = NULL WHERE shop_id = :shop AND verb IN ('lead.change', 'undo') "
                "AND subject = :comment"
            ),
            key,
        )
    connection.execute(
        text(f"UPDATE lead SET erased_at = :now, note = NULL, next_step = NULL WHERE {where}"), given
    )
    return len(due)


def _ensure(edits: Edits, key: tuple[str, str]) -> None:
    """The row of a lead, created from its comment where there is none yet; raises UnknownLead."""
    if edits.read("lead", _keyed(key), ("kind",)) is not None:
        return
    row = edits.connection.execute(
        text(
            "SELECT c.written_on, COALESCE(l.intents, '') FROM comment c LEFT JOIN comment_label l "
            "USING (shop_id, platform, comment_id) "
            "WHERE c.shop_id = :shop AND c.platform = :platform AND c.comment_id = :comment_id"
        ),
        {"shop": edits.shop_id, **_keyed(key)},
    ).one_or_none()
    if row is None:
        raise UnknownLead(**_keyed(key))
    on = date.fromisoformat(row[0]) if row[0] else today(edits.connection, edits.shop_id)
    kind = next((name for name in INTENTS if name in row[1].split(",")), LEAD_KINDS[-1])
    erase_on = on + timedelta(days=lead_days(edits.connection, edits.shop_id))
    edits.insert(
        "lead",
        _keyed(key),
        {"kind": kind, "state": "new", "erase_on": erase_on.isoformat(), "updated_at": now_seconds()},
    )


def _keyed(key: tuple[str, str]) -> dict[str, str]:
    return {"platform": key[0], "comment_id": key[1]}
