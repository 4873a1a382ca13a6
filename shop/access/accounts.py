"""Accounts: who may sign in, with which role; passwords as argon2id; the one-time set-up code.

An account exists as soon as the shop is to be reached from another device. Without one, the dashboard answers on
this machine alone and whoever sits at it is the owner.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.roles import Actor, Role, require, role_named
from shop.core.clock import from_seconds, now_seconds
from shop.core.errors import ShopError
from shop.db.database import Database

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200  # characters; a longer text only costs time
LONGEST_NAME = 40
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 and O, 1, I and L
CODE_LENGTH = 10  # 49 bits, and sign-in attempts are throttled
SETUP_CODE = "setup_code"


class WeakPassword(ShopError):
    """A new password is too short, too long, or the name itself."""

    message = (
        "Choose a password of {shortest} to {longest} characters that is not the name "
        "and has more than three different ones."
    )


class BadAccountName(ShopError):
    """A name of an account is empty, too long, or has characters that cannot be seen."""

    message = "Choose a name of 1 to {longest} characters."


class AccountExists(ShopError):
    """The name is taken."""

    message = "There is an account “{name}” already."


class UnknownAccount(ShopError):
    """There is no account of this name."""

    message = "There is no account “{name}”."


class WrongSetupCode(ShopError):
    """The set-up code is wrong or was used."""

    message = (
        "This set-up code is wrong or was used. The terminal that runs `kilnboard open` shows the valid one."
    )


class LastOwner(ShopError):
    """The last owner who can sign in would lose the role."""

    message = "“{name}” is the last owner who can sign in. Make somebody else an owner first."


@dataclass(frozen=True)
class AccountEntry:
    """One account in the list of people; blocked ones cannot sign in, guests only see shops of the group."""

    account_id: int
    name: str
    role: Role
    created_at: datetime
    is_blocked: bool
    is_guest: bool = False


@cache
def hasher() -> PasswordHasher:
    """Argon2id with the second recommended option of RFC 9106: 64 MiB, three passes, four lanes."""
    return PasswordHasher()


def have_accounts(db: Database) -> bool:
    """Whether anybody has an account: from then on everything needs a session."""
    return db.row("SELECT 1 FROM account LIMIT 1") is not None


def _count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT COUNT(*) FROM account")).scalar_one())


def accounts(db: Database) -> list[AccountEntry]:
    """All accounts, by name."""
    with db.read() as connection:
        rows = connection.execute(
            text("SELECT account_id, name, role, created_at, blocked_at, is_guest FROM account ORDER BY name")
        ).all()
    return [
        AccountEntry(
            row.account_id,
            row.name,
            role_named(row.role),
            from_seconds(row.created_at),
            row.blocked_at is not None,
            bool(row.is_guest),
        )
        for row in rows
    ]


def new_setup_code(db: Database, place: str = "terminal") -> str | None:
    """A new one-time code for creating the first owner's account; None where there are accounts.

    Only its hash is stored. A later code replaces an earlier one of the same place (terminal or page).
    """
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    with db.write(quiet=True) as connection:
        if _count(connection):
            return None
        connection.execute(
            text(
                "INSERT INTO meta (name, value) VALUES (:name, :value) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
            ),
            {"name": f"{SETUP_CODE} {place}", "value": _code_hash(code)},
        )
    return f"{code[:5]}-{code[5:]}"


def _code_hash(code: str) -> str:
    bare = "".join(character for character in code.upper() if character.isalnum())
    return hashlib.sha256(bare.encode()).hexdigest()


def set_up(db: Database, code: str, name: str, password: str) -> int:
    """Create the first owner's account with the one-time code; the account's id.

    Raises WrongSetupCode, WeakPassword, BadAccountName.
    """
    name, password_hash = _checked_name(name), _hashed(name, password)
    with db.write() as connection:
        used = connection.execute(
            text("DELETE FROM meta WHERE name LIKE :names AND value = :value"),
            {"names": f"{SETUP_CODE}%", "value": _code_hash(code)},
        )
        if used.rowcount != 1 or _count(connection):
            raise WrongSetupCode()
        _delete_codes(connection)
        return _insert(connection, Actor(name), name, "owner", password_hash)


def add_account(
    db: Database, name: str, role: str, password: str, *, is_guest: bool = False, actor: Actor
) -> int:
    """Create an account, with a role in this shop or as a guest of its group; its id.

    Raises NotAllowed, AccountExists, WeakPassword, BadAccountName, UnknownRole.
    """
    require(actor, "manage_shop")
    known = role_named(role)
    name, password_hash = _checked_name(name), _hashed(name, password)
    with db.write() as connection:
        if not _count(connection) and (known != "owner" or is_guest):
            raise LastOwner(name=name)
        if _account_id(connection, name) is not None:
            raise AccountExists(name=name)
        _delete_codes(connection)
        return _insert(connection, actor, name, known, password_hash, is_guest=is_guest)


def _delete_codes(connection: Connection) -> None:
    connection.execute(text("DELETE FROM meta WHERE name LIKE :names"), {"names": f"{SETUP_CODE}%"})


def _insert(
    connection: Connection, actor: Actor, name: str, role: Role, password_hash: str, *, is_guest: bool = False
) -> int:
    row = connection.execute(
        text(
            "INSERT INTO account (name, role, password_hash, created_at, is_guest) "
            "VALUES (:name, :role, :hash, :at, :guest) RETURNING account_id"
        ),
        {"name": name, "role": role, "hash": password_hash, "at": now_seconds(), "guest": is_guest},
    )
    number = int(row.scalar_one())
    log_action(connection, actor, "account.added", f"{name} ({'guest' if is_guest else role})")
    return number


def set_role(db: Database, name: str, role: str, *, actor: Actor) -> None:
    """Give an account another role, from its next request on; raises NotAllowed, UnknownAccount, LastOwner."""
    require(actor, "manage_shop")
    known = role_named(role)
    with db.write() as connection:
        number = existing_account(connection, name)
        connection.execute(
            text("UPDATE account SET role = :role WHERE account_id = :id"), {"role": known, "id": number}
        )
        _check_an_owner_is_left(connection, name)
        log_action(connection, actor, "account.role", f"{name} ({known})")


def set_guest(db: Database, name: str, is_guest: bool, *, actor: Actor) -> None:
    """Take an account's role in this shop away, or give it back; raises NotAllowed, UnknownAccount, LastOwner."""
    require(actor, "manage_shop")
    with db.write() as connection:
        number = existing_account(connection, name)
        connection.execute(
            text("UPDATE account SET is_guest = :guest WHERE account_id = :id"),
            {"guest": is_guest, "id": number},
        )
        _check_an_owner_is_left(connection, name)
        log_action(connection, actor, "account.guest" if is_guest else "account.member", name)


def set_blocked(db: Database, name: str, is_blocked: bool, *, actor: Actor) -> None:
    """Block an account, which ends its sessions, or let it in again; raises NotAllowed, UnknownAccount, LastOwner."""
    require(actor, "manage_shop")
    with db.write() as connection:
        number = existing_account(connection, name)
        connection.execute(
            text("UPDATE account SET blocked_at = :at WHERE account_id = :id"),
            {"at": now_seconds() if is_blocked else None, "id": number},
        )
        if is_blocked:
            _check_an_owner_is_left(connection, name)
            connection.execute(text("DELETE FROM login WHERE account_id = :id"), {"id": number})
        log_action(connection, actor, "account.blocked" if is_blocked else "account.unblocked", name)


def _check_an_owner_is_left(connection: Connection, name: str) -> None:
    sql = "SELECT COUNT(*) FROM account WHERE role = 'owner' AND blocked_at IS NULL AND is_guest = 0"
    if not connection.execute(text(sql)).scalar_one():
        raise LastOwner(name=name)


def set_password(db: Database, name: str, password: str, *, actor: Actor) -> None:
    """Give an account a new password: everybody their own, the owner anybody's; ends all its sessions.

    Raises NotAllowed, UnknownAccount, WeakPassword.
    """
    if actor.name != name:
        require(actor, "manage_shop")
    password_hash = _hashed(name, password)
    with db.write() as connection:
        number = existing_account(connection, name)
        connection.execute(
            text("UPDATE account SET password_hash = :hash WHERE account_id = :id"),
            {"hash": password_hash, "id": number},
        )
        connection.execute(text("DELETE FROM login WHERE account_id = :id"), {"id": number})
        log_action(connection, actor, "account.password", name)


def _checked_name(name: str) -> str:
    bare = " ".join(name.split())
    if not 1 <= len(bare) <= LONGEST_NAME or not bare.isprintable():
        raise BadAccountName(longest=LONGEST_NAME)
    return bare


def _hashed(name: str, password: str) -> str:
    is_long_enough = SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD
    if not is_long_enough or password.casefold() == name.casefold() or len(set(password)) < 4:
        raise WeakPassword(shortest=SHORTEST_PASSWORD, longest=LONGEST_PASSWORD)
    return hasher().hash(password)


def _account_id(connection: Connection, name: str) -> int | None:
    rows = connection.execute(text("SELECT account_id, name FROM account")).all()
    return next((row.account_id for row in rows if row.name.casefold() == name.casefold()), None)


def existing_account(connection: Connection, name: str) -> int:
    """The id of the account of this name; raises UnknownAccount."""
    number = _account_id(connection, name)
    if number is None:
        raise UnknownAccount(name=name)
    return number


def account_with_password(db: Database, name: str, password: str) -> AccountEntry | None:
    """The account of this name and password that is not blocked, None for any other.

    A name that does not exist costs the same time, so that nobody learns which names exist.
    """
    if len(password) > LONGEST_PASSWORD:
        return None
    with db.read() as connection:
        number = _account_id(connection, " ".join(name.split()))
        stored = connection.execute(
            text("SELECT password_hash FROM account WHERE account_id = :id"), {"id": number}
        ).scalar()
    try:
        hasher().verify(stored or _hash_of_nobody(), password)
    except (VerificationError, InvalidHashError):
        return None
    return next((item for item in accounts(db) if item.account_id == number and not item.is_blocked), None)


@cache
def _hash_of_nobody() -> str:
    return hasher().hash(secrets.token_hex(32))
