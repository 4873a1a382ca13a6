"""Sessions of signed-in browsers: sign-in with throttling, the account of a cookie's token, sign-out, revoking.

A token is 256 random bits; the database has only its SHA-256. A session lasts 90 days, so that a clock that is off
by a month does not sign the studio out.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from shop.access.accounts import account_with_password
from shop.access.audit import log_action
from shop.access.roles import Actor, Role, require, role_named
from shop.access.throttle import count_attempt, forgive_attempt
from shop.core.clock import from_seconds, now_seconds
from shop.core.errors import DatabaseBusy, ShopError
from shop.db.database import Database

LASTS_SECONDS = 90 * 86_400
SEEN_EVERY_SECONDS = 300  # how often the moment of the last use is written
COOKIE = "kilnboard_session"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class WrongSignIn(ShopError):
    """The name or the password is wrong, or the account is blocked."""

    message = "The name or the password is wrong."


class SignedOut(ShopError):
    """The session has ended or was revoked."""

    message = "You are signed out. Sign in again."


@dataclass(frozen=True)
class SessionEntry:
    """One session in the list: of whom, since when, last used when (UTC), from which address and browser."""

    login_id: int
    name: str
    started_at: datetime
    seen_at: datetime
    address: str
    browser: str


def sign_in(db: Database, name: str, password: str, *, address: str, browser: str = "") -> str:
    """Start a session and return its token; raises WrongSignIn, or TooManyAttempts (see `throttle`)."""
    keys = count_attempt(db, name, address)
    account = account_with_password(db, name, password)
    if account is None:
        raise WrongSignIn()
    token = secrets.token_urlsafe(32)
    now = now_seconds()
    with db.write(quiet=True) as connection:
        forgive_attempt(connection, keys)
        connection.execute(text("DELETE FROM login WHERE ends_at < :now"), {"now": now})
        connection.execute(
            text(
                "INSERT INTO login (token_hash, account_id, started_at, seen_at, ends_at, address, browser) "
                "VALUES (:token, :account, :now, :now, :ends, :address, :browser)"
            ),
            {
                "token": _hashed(token),
                "account": account.account_id,
                "now": now,
                "ends": now + LASTS_SECONDS,
                "address": address[:64],
                "browser": browser[:200],
            },
        )
        log_action(
            connection, Actor(account.name, account.role, address[:64]), "account.signed_in", address[:64]
        )
    return token


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("ascii")).hexdigest()


@dataclass(frozen=True)
class Visitor:
    """Who is signed in in a browser; `role` is None for a guest, who may see shops of the group alone."""

    account_id: int
    name: str
    role: Role | None
    address: str


def visitor_of(db: Database, token: str | None) -> Visitor | None:
    """Whose session's token it is, with the role as it is now; None for any other text."""
    if not token or not TOKEN.fullmatch(token):
        return None
    now = now_seconds()
    row = db.row(
        "SELECT l.login_id, l.seen_at, l.address, a.account_id, a.name, a.role, a.is_guest "
        "FROM login l JOIN account a USING (account_id) "
        "WHERE l.token_hash = :token AND l.ends_at > :now AND a.blocked_at IS NULL",
        {"token": _hashed(token), "now": now},
    )
    if row is None:
        return None
    login_id, seen_at, address, account_id, name, role, is_guest = row
    if abs(now - seen_at) > SEEN_EVERY_SECONDS:
        _mark_seen(db, login_id, now)
    return Visitor(account_id, name, None if is_guest else role_named(role), address)


def person_of(db: Database, token: str | None) -> Actor | None:
    """The person of a session's token with the role in this shop as it is now; None for a guest and any other text."""
    visitor = visitor_of(db, token)
    if visitor is None or visitor.role is None:
        return None
    return Actor(visitor.name, visitor.role, visitor.address)


def _mark_seen(db: Database, login_id: int, now: int) -> None:
    try:
        with db.write(quiet=True, wait=False) as connection:
            connection.execute(
                text("UPDATE login SET seen_at = :now WHERE login_id = :id"), {"now": now, "id": login_id}
            )
    except DatabaseBusy:
        return  # an import is writing: the next request notes it


def sign_out(db: Database, token: str | None) -> None:
    """End the session of this token, if there is one."""
    if token and TOKEN.fullmatch(token):
        with db.write(quiet=True) as connection:
            connection.execute(text("DELETE FROM login WHERE token_hash = :token"), {"token": _hashed(token)})


def sessions(db: Database, *, actor: Actor) -> list[SessionEntry]:
    """The sessions that the actor may see, the last used first: the owner everybody's, others their own."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT l.login_id, a.name, l.started_at, l.seen_at, l.address, l.browser FROM login l "
                "JOIN account a USING (account_id) WHERE l.ends_at > :now ORDER BY l.seen_at DESC, l.login_id"
            ),
            {"now": now_seconds()},
        ).all()
    return [
        SessionEntry(
            row.login_id,
            row.name,
            from_seconds(row.started_at),
            from_seconds(row.seen_at),
            row.address,
            row.browser,
        )
        for row in rows
        if actor.may("manage_shop") or row.name == actor.name
    ]


def revoke(db: Database, login_id: int, *, actor: Actor) -> None:
    """End a session: everybody their own, the owner anybody's; raises NotAllowed."""
    with db.write(quiet=True) as connection:
        owner = _owner_of(connection, login_id)
        if owner is None:
            return
        if owner != actor.name:
            require(actor, "manage_shop")
        connection.execute(text("DELETE FROM login WHERE login_id = :id"), {"id": login_id})
        log_action(connection, actor, "account.session_ended", owner)


def _owner_of(connection: Connection, login_id: int) -> str | None:
    sql = "SELECT a.name FROM login l JOIN account a USING (account_id) WHERE l.login_id = :id"
    return connection.execute(text(sql), {"id": login_id}).scalar()
