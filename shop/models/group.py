"""The group: the shops that one database, the home, lists, and who may see which of them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from shop.models.base import instant, key


class GroupShop(SQLModel, table=True):
    """One shop of the group: one row per short name. `place` is its path or URL, without a password."""

    __tablename__ = "group_shop"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    name: str = key()
    place: str = Field(unique=True)
    title: str = ""
    added_at: datetime = instant()


class GroupAccess(SQLModel, table=True):
    """What an account may do in a shop of the group: one row per account and shop.

    `role` is a role as in `account`, or "sums": the shop's sums next to those of others, and nothing else of it.
    """

    __tablename__ = "group_access"
    __table_args__: ClassVar = (
        CheckConstraint(
            "role IN ('owner', 'assistant', 'packer', 'creator', 'sums')", name="group_access_role"
        ),
        {"sqlite_with_rowid": False},
    )

    account_id: int = Field(primary_key=True, foreign_key="account.account_id", ondelete="CASCADE")
    name: str = Field(primary_key=True, foreign_key="group_shop.name", ondelete="CASCADE")
    role: str
