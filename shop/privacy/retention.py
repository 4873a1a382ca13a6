"""For how many days raw pages, comments and leads are stored, and erasing what is older."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.comments.leads import erase_due, lead_days
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.metrics import settings

KINDS = ("pages", "comments", "leads")
PAGE_DAYS = 30
LONGEST = 3650
LAST_DAY = "last_retention_day"  # its name in the table meta
MOST_DAYS = 7  # that one daily erasure goes on from the one before


class BadRetention(ShopError):
    """A number of days is out of range, or leads are to be stored for good."""

    message = "Choose 1 to {longest} days; only pages and comments can be stored for good."


class UnknownRetention(ShopError):
    """There is no such kind of records."""

    message = "“{name}” is not a kind of record with a number of days. Known: {known}."


@dataclass(frozen=True)
class RetentionRule:
    """One kind: its number of days (None: for good), records stored, and those older than that."""

    kind: str
    days: int | None
    stored: int
    due: int


def days_of(connection: Connection, kind: str, shop_id: int = 1) -> int | None:
    """For how many days records of this kind are stored; None for good."""
    if kind == "leads":
        return lead_days(connection, shop_id)
    row = connection.execute(
        text("SELECT days FROM retention WHERE shop_id = :shop AND kind = :kind"),
        {"shop": shop_id, "kind": kind},
    ).one_or_none()
    if row is None:
        return PAGE_DAYS if kind == "pages" else None
    return None if row.days is None else int(row.days)


def retention_rules(db: Database, *, actor: Actor, shop_id: int = 1) -> list[RetentionRule]:
    """Every kind with its days and how much is older; raises NotAllowed."""
    require(actor, "manage_shop")
    with db.read() as connection:
        return [_rule(connection, kind, days_of(connection, kind, shop_id), shop_id) for kind in KINDS]


def due_after(db: Database, kind: str, days: int | None, *, actor: Actor, shop_id: int = 1) -> int:
    """How many records of a kind a number of days would erase at once; raises NotAllowed, BadRetention."""
    require(actor, "manage_shop")
    _check(kind, days)
    with db.read() as connection:
        return _rule(connection, kind, days, shop_id).due


COUNTS = {
    "pages": "SELECT COUNT(*), SUM(fetched_at < unixepoch(:before)) FROM raw_page WHERE shop_id = :shop",
    "comments": "SELECT COUNT(*), SUM(written_on < :before) FROM comment WHERE shop_id = :shop "
    "AND (text <> '' OR author_key IS NOT NULL) AND NOT is_own",
    "leads": "SELECT COUNT(*), SUM(erase_on < :today OR written_on < :before) FROM comment "
    "LEFT JOIN lead USING (shop_id, platform, comment_id) WHERE shop_id = :shop AND erased_at IS NULL "
    "AND (sealed_contact IS NOT NULL OR kind IS NOT NULL)",
}


def _rule(connection: Connection, kind: str, days: int | None, shop_id: int) -> RetentionRule:
    today = settings.today(connection, shop_id)
    before = today - timedelta(days=days) if days is not None else date.min
    values = {"shop": shop_id, "before": before.isoformat(), "today": today.isoformat()}
    stored, due = connection.execute(text(COUNTS[kind]), values).one()
    return RetentionRule(kind, days, int(stored), int(due or 0))


def _check(kind: str, days: int | None) -> None:
    if kind not in KINDS:
        raise UnknownRetention(name=kind, known=", ".join(KINDS))
    if (days is None and kind == "leads") or (days is not None and not 1 <= days <= LONGEST):
        raise BadRetention(longest=LONGEST)


def set_retention(db: Database, kind: str, days: int | None, *, actor: Actor, shop_id: int = 1) -> int:
    """Store a number of days and erase at once what is older; how many records were erased.

    Raises NotAllowed, BadRetention, UnknownRetention.
    """
    require(actor, "manage_shop")
    _check(kind, days)
    values = {"shop": shop_id, "kind": kind, "days": days}
    with db.erase() as connection:
        if kind == "leads":
            before = lead_days(connection, shop_id)
            connection.execute(
                text(
                    "INSERT INTO comment_settings (shop_id, lead_days) VALUES (:shop, :days) "
                    "ON CONFLICT (shop_id) DO UPDATE SET lead_days = excluded.lead_days"
                ),
                values,
            )
            connection.execute(  # a day that was set by hand moves by as much
                text(
                    "UPDATE lead SET erase_on = date(erase_on, :shift || ' days') "
                    "WHERE shop_id = :shop AND erased_at IS NULL"
                ),
                values | {"shift": (days or 0) - before},
            )
        else:
            connection.execute(
                text(
                    "INSERT INTO retention (shop_id, kind, days) VALUES (:shop, :kind, :days) "
                    "ON CONFLICT (shop_id, kind) DO UPDATE SET days = excluded.days"
                ),
                values,
            )
        erased = apply_retention(connection, (kind,), shop_id, settings.today(connection, shop_id))
        log_action(
            connection,
            actor,
            "privacy.retention",
            f"{kind} {days if days is not None else '∞'}",
            changes=1 + erased,
            shop_id=shop_id,
        )
    return erased


def apply_retention(
    connection: Connection, kinds: Sequence[str] = KINDS, shop_id: int = 1, today: date | None = None
) -> int:
    """Erase what is older than its number of days on a day, inside the caller's transaction; how many records.

    The day is the credible one unless another one is given.
    """
    today, erased = today or credible_day(connection, shop_id), 0
    for kind in kinds:
        days = days_of(connection, kind, shop_id)
        if days is None:
            continue
        before = {"shop": shop_id, "before": (today - timedelta(days=days)).isoformat()}
        if kind == "leads":
            erased += erase_due(connection, today, shop_id)
        elif kind == "pages":
            sql = "DELETE FROM raw_page WHERE shop_id = :shop AND fetched_at < unixepoch(:before)"
            erased += connection.execute(text(sql), before).rowcount
        else:
            erased += erase_comments(connection, "c.written_on < :before AND NOT c.is_own", before)
    return erased


def apply_daily(connection: Connection, shop_id: int = 1) -> int:
    """Erase what is past its time, as every day, and note the day; how many records."""
    today = credible_day(connection, shop_id)
    erased = apply_retention(connection, KINDS, shop_id, today)
    connection.execute(
        text(
            "INSERT INTO meta (name, value) VALUES (:name, :value) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ),
        {"name": LAST_DAY, "value": today.isoformat()},
    )
    return erased


def credible_day(connection: Connection, shop_id: int = 1) -> date:
    """The day of the clock, at most MOST_DAYS after that of the last erasure: a clock that is ahead erases little."""
    today = settings.today(connection, shop_id)
    last = connection.execute(text("SELECT value FROM meta WHERE name = :name"), {"name": LAST_DAY}).scalar()
    if last is None or date.fromisoformat(last) > today:
        return today
    return min(today, date.fromisoformat(last) + timedelta(days=MOST_DAYS))


def erase_comments(connection: Connection, condition: str, values: dict[str, object]) -> int:
    """Erase text, author and contact of comments (`c`) that meet a condition; counts, stars and labels stay."""
    where = f"SELECT c.platform, c.comment_id FROM comment c WHERE c.shop_id = :shop AND {condition}"
    connection.execute(
        text(
            f"UPDATE comment_label SET reasons = '' WHERE shop_id = :shop AND (platform, comment_id) IN ({where})"
        ),
        values,
    )
    return connection.execute(
        text(
            "UPDATE comment SET text = '', author_key = NULL, sealed_contact = NULL WHERE shop_id = :shop "
            f"AND (text <> '' OR author_key IS NOT NULL) AND (platform, comment_id) IN ({where})"
        ),
        values,
    ).rowcount
