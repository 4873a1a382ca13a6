"""Throttling of sign-ins: wrong attempts count, and each further one doubles the wait before the next is looked at.

An attempt is counted before the password is checked and uncounted when it was right, so that parallel attempts gain
nothing.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.roles import Actor
from shop.core.clock import now_seconds
from shop.core.errors import ShopError
from shop.db.database import Database

FREE_ATTEMPTS = {"pair": 5, "address": 20, "account": 50}
FIRST_WAIT_SECONDS = 15
LONGEST_WAIT_SECONDS = 900
FORGOTTEN_AFTER_SECONDS = 86_400


class TooManyAttempts(ShopError):
    """Too many wrong attempts: this one was not looked at."""

    message = "Too many wrong attempts. Try again in {seconds} seconds."


def count_attempt(db: Database, name: str, address: str) -> list[str]:
    """Count an attempt against the account at the address, the address, and the account; the keys it counts under.

    The count of the account alone does not block an address from which the account signed in before: a stranger
    locks nobody out. Raises TooManyAttempts.
    """
    now = now_seconds()
    with db.write(quiet=True) as connection:
        keys = _keys(connection, name, address)
        until = max(_blocked_until(connection, key) for _, key in keys)
        if now < until <= now + LONGEST_WAIT_SECONDS:  # a block further off is of a clock that was wrong
            raise TooManyAttempts(seconds=until - now)
        connection.execute(
            text("DELETE FROM sign_in_failure WHERE last_at NOT BETWEEN :old AND :now"),
            {"old": now - FORGOTTEN_AFTER_SECONDS, "now": now + LONGEST_WAIT_SECONDS},
        )
        for kind, key in keys:
            attempts = _count(connection, kind, key, now)
            if kind == "pair" and attempts == FREE_ATTEMPTS[kind]:
                log_action(connection, Actor(name[:40]), "account.wrong_sign_ins", address[:64])
    return [key for _, key in keys]


def forgive_attempt(connection: Connection, keys: list[str]) -> None:
    """Uncount a right attempt: the account at this address starts again, the other counts lose one."""
    connection.execute(text("DELETE FROM sign_in_failure WHERE key = :key"), {"key": keys[0]})
    for key in keys[1:]:
        connection.execute(
            text("UPDATE sign_in_failure SET attempts = attempts - 1, blocked_until = 0 WHERE key = :key"),
            {"key": key},
        )


def wait_seconds(kind: str, attempts: int) -> int:
    """How long the next attempt waits: nothing for the free ones, then doubling up to a quarter of an hour."""
    over = attempts - FREE_ATTEMPTS[kind]
    return 0 if over < 0 else min(FIRST_WAIT_SECONDS * 2 ** min(over, 10), LONGEST_WAIT_SECONDS)


def _keys(connection: Connection, name: str, address: str) -> list[tuple[str, str]]:
    who = " ".join(name.split()).casefold()
    kinds = [("pair", f"{who}\n{address}"), ("address", address)]
    rows = connection.execute(
        text("SELECT a.name FROM login l JOIN account a USING (account_id) WHERE l.address = :address"),
        {"address": address[:64]},
    ).all()
    if who not in {row.name.casefold() for row in rows}:
        kinds.append(("account", who))
    return [(kind, hashlib.sha256(f"{kind}\n{text_}".encode()).hexdigest()) for kind, text_ in kinds]


def _blocked_until(connection: Connection, key: str) -> int:
    sql = "SELECT blocked_until FROM sign_in_failure WHERE key = :key"
    return int(connection.execute(text(sql), {"key": key}).scalar() or 0)


def _count(connection: Connection, kind: str, key: str, now: int) -> int:
    counted = connection.execute(
        text(
            "INSERT INTO sign_in_failure (key, attempts, last_at, blocked_until) VALUES (:key, 1, :now, 0) "
            "ON CONFLICT (key) DO UPDATE SET attempts = attempts + 1, last_at = excluded.last_at "
            "RETURNING attempts"
        ),
        {"key": key, "now": now},
    )
    attempts = int(counted.scalar_one())
    connection.execute(
        text("UPDATE sign_in_failure SET blocked_until = :until WHERE key = :key"),
        {"key": key, "until": now + wait_seconds(kind, attempts)},
    )
    return attempts
