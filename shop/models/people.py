"""Who did what: the audit of every command that changes something typed by hand."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from shop.models.base import instant


class Audit(SQLModel, table=True):
    """One command that was carried out: by whom, when, on what, and what is needed to undo it.

    `undo` (JSON) has the values from before; `undone_at` is when they were restored.
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
