"""What is stored of whom: the personal columns of the models, counted in the shop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import SQLModel

import shop.models  # noqa: F401  (fills the metadata)
from shop.access.roles import Actor, require
from shop.db.database import Database

WHO = ("buyers", "writers", "partners", "team")
FORMS = ("hash", "number", "coarse", "masked", "sealed", "plain")
"""How it is stored: a keyed hash, a number of the platform, a region, text without contacts, sealed, as it is."""


@dataclass(frozen=True)
class PersonalColumn:
    """The meaning of one column: of whom (WHO), what, in which form (FORMS)."""

    who: str
    what: str
    form: str


BUYER_HASH = PersonalColumn("buyers", "person", "hash")
ORDER = PersonalColumn("buyers", "order", "number")
NAME = PersonalColumn("team", "name", "plain")
NOTE = PersonalColumn("team", "note", "plain")
CREATOR = PersonalColumn("partners", "creator", "plain")

COLUMNS: dict[str, PersonalColumn] = {
    "buyer_key": BUYER_HASH,
    "file_key": BUYER_HASH,
    "person_key": PersonalColumn("buyers", "erased", "hash"),
    "order_id": ORDER,
    "numbers": ORDER,
    "record_id": ORDER,
    "province": PersonalColumn("buyers", "province", "coarse"),
    "reason": PersonalColumn("buyers", "reason", "masked"),
    "details": PersonalColumn("buyers", "rejected", "masked"),
    "raw": PersonalColumn("buyers", "rejected", "masked"),
    "body": PersonalColumn("buyers", "answers", "masked"),
    "author_key": PersonalColumn("writers", "person", "hash"),
    "authors": PersonalColumn("writers", "person", "hash"),
    "text": PersonalColumn("writers", "text", "masked"),
    "texts": PersonalColumn("writers", "text", "masked"),
    "sealed_contact": PersonalColumn("writers", "contact", "sealed"),
    "creator": CREATOR,
    "creator_id": CREATOR,
    "host": PersonalColumn("partners", "host", "plain"),
    "account": PersonalColumn("partners", "account", "plain"),
    "advertiser": PersonalColumn("partners", "account", "plain"),
    "supplier": PersonalColumn("partners", "supplier", "plain"),
    "address": PersonalColumn("team", "address", "plain"),
    "origin": PersonalColumn("team", "address", "plain"),
    "browser": PersonalColumn("team", "browser", "plain"),
    "password_hash": PersonalColumn("team", "password", "hash"),
    "undo": PersonalColumn("team", "changes", "plain"),
    "note": NOTE,
    "notes": NOTE,
    "action": NOTE,
    "next_step": NOTE,
    "actor": NAME,
    "maker": NAME,
    "owner": NAME,
}
"""By the name of the column, which means the same in every table but those of EXCEPTIONS."""

EXCEPTIONS: dict[tuple[str, str], PersonalColumn | None] = {
    ("account", "name"): NAME,
    ("own_author", "name"): PersonalColumn("partners", "account", "plain"),
    ("stock_movement", "reason"): None,
    ("material_movement", "reason"): None,
    ("photo", "owner"): None,
    ("alert", "details"): None,
    ("cost_rate", "province"): None,
}


def personal_columns() -> Iterator[tuple[str, str, PersonalColumn]]:
    """Table, column and meaning of every personal column of the models."""
    for table in sorted(SQLModel.metadata.tables.values(), key=lambda table: table.name):
        for column in table.columns:
            known = COLUMNS.get(column.name) or (NAME if column.name.endswith("_by") else None)
            meaning = EXCEPTIONS.get((table.name, column.name), known)
            if meaning is not None:
                yield table.name, column.name, meaning


@dataclass(frozen=True)
class StoredColumn:
    """One personal column of the shop: its rows with a value."""

    table: str
    column: str
    who: str
    what: str
    form: str
    rows: int


def stored_of_people(db: Database, *, actor: Actor) -> list[StoredColumn]:
    """Every personal column with the number of its values, by person and kind; raises NotAllowed."""
    require(actor, "manage_shop")
    tables: dict[str, list[tuple[str, PersonalColumn]]] = {}
    for table, column, meaning in personal_columns():
        tables.setdefault(table, []).append((column, meaning))
    result = []
    with db.read() as connection:
        for table, columns in tables.items():
            counts = ", ".join(f"COUNT(NULLIF(NULLIF({column}, ''), '{{}}'))" for column, _ in columns)
            row = connection.execute(text(f"SELECT {counts} FROM {table}")).one()
            result += [
                StoredColumn(table, column, meaning.who, meaning.what, meaning.form, int(rows))
                for (column, meaning), rows in zip(columns, row, strict=True)
            ]
    return sorted(result, key=lambda item: (WHO.index(item.who), item.what, item.table, item.column))
