"""People: accounts, their sessions, the audit of every command, and what was erased of buyers or is after some days."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from shop.models.base import big, instant, key, shop_key


class Audit(SQLModel, table=True):
    """One command that was carried out: by whom, when, on what, and what is needed to undo it.

    `undo` (JSON) has the values from before; `undone_at` is when they were restored. `origin` is the network address of
    the browser, "terminal", or nothing where the program acted by itself.
    """

    __tablename__ = "audit"
    __table_args__: ClassVar = (Index("audit_done_at", "shop_id", "done_at"),)

    audit_id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    done_at: datetime = instant()
    actor: str
    role: str
    verb: str
    subject: str
    changes: int = 1
    undo: str | None = Field(default=None, sa_type=Text)
    undone_at: datetime | None = instant()
    undone_by: str | None = None
    origin: str | None = None


class UserAccount(SQLModel, table=True):
    """A person who may sign in: one row per name.

    `password_hash` is argon2id in PHC format; `blocked_at` is when the owner blocked the account. A guest has no role
    in this shop, only in those of its group (see shop.models.group).
    """

    __tablename__ = "account"
    __table_args__: ClassVar = (
        CheckConstraint("role IN ('owner', 'assistant', 'packer', 'creator')", name="account_role"),
    )

    account_id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    role: str
    password_hash: str = Field(sa_type=Text)
    created_at: datetime = instant()
    blocked_at: datetime | None = instant()
    is_guest: bool = False


class Login(SQLModel, table=True):
    """One session of a signed-in browser: one row per session.

    `token_hash` is the SHA-256 of the cookie's token, so that a copy of the database opens no session.
    """

    __tablename__ = "login"
    __table_args__: ClassVar = (Index("login_account", "account_id"),)

    login_id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.account_id", ondelete="CASCADE")
    started_at: datetime = instant()
    seen_at: datetime = instant()
    ends_at: datetime = instant()
    address: str = ""
    browser: str = ""


class SignInFailure(SQLModel, table=True):
    """Wrong sign-ins in a row of one account from one address, or of one address: one row per key.

    `key` is a hash; `blocked_until` is when the next attempt is looked at again.
    """

    __tablename__ = "sign_in_failure"

    key: str = Field(primary_key=True)
    attempts: int = 0
    last_at: datetime = instant()
    blocked_until: datetime = instant()


class ErasedRecord(SQLModel, table=True):
    """One order or comment (`kind`) of a person who was erased: reading it again restores nothing of theirs.

    `person_key` is a random number that took the place of the person's keyed hash, the same in all their rows, so that
    buyers and repeat orders are still counted.
    """

    __tablename__ = "erased_record"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    platform: str = key()
    kind: str = key()
    record_id: str = key()
    person_key: int | None = big(default=None)
    erased_at: datetime = instant()


class Retention(SQLModel, table=True):
    """For how many days records of one kind are stored; without a row the standard number, without `days` for good."""

    __tablename__ = "retention"

    shop_id: int = shop_key()
    kind: str = key()
    days: int | None = None
