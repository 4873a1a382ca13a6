"""A shop in which every place that takes text holds a hostile one; the places are read from the models."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import String
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import shop.models  # noqa: F401  (fills the metadata)
from shop.db.database import sqlite_driver


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CODES = _words("""
    after_sale answered_how attribution basis batch_id body campaign_key carrier cause code column comment_id
    content_id courier currency details digest error extras fact field figure firing_id first_key first_month
    form fuel goal_metric grade holder how intents into key kiln_id kind language last_on level line_id
    listing_id mark_id material_id meaning metric month move_key numbers order_id outcome owner_kind
    parent_id part_sku parts password_hash photo_id platform platform_sku points positions private_key
    product_code product_id profile province public_key raw reader reason_label reasons record_id refund_id
    replay_url rest_key role salt sealed_contact seconds_of seen_by seller sentiment session_id set_sku
    settled_how settlement_id sha256 skipped_steps sku source sources spend_currency stage state stated_sku status
    stock_policy subject task time_zone token_hash type undo unit up value verb version video_id waits_for
    wanted_status wants word
""")
"""Columns of codes, keys and lists of ours; every other column of text takes what people type or platforms say."""
TYPED = {("product", "form"), ("refund", "reason_label")}  # though of such a name
OURS = {("stock_movement", "reason"), ("material_movement", "reason")}  # though of no such name


KEYS = _words("""
    batch_id comment_id firing_id kiln_id listing_id material_id order_id part_sku platform_sku product_code
    product_id refund_id session_id set_sku settlement_id sku stated_sku video_id
""")
"""Keys that platforms, files and people name; the same one becomes the same text in every table."""


def hostile_places() -> Iterator[tuple[str, str]]:
    """Table and column of every place that takes text."""
    for table in SQLModel.metadata.tables.values():
        for column in table.columns:
            name = (table.name, column.name)
            is_text = isinstance(column.type, String | AutoString) and not column.primary_key
            if is_text and name not in OURS and (column.name not in CODES or name in TYPED):
                yield name


def make_hostile(path: Path, text_of: Callable[[int], str]) -> dict[tuple[str, str], int]:
    """Replace every text of a shop by the hostile one of its number, equal ones by equal ones; rows by place."""
    changed: dict[tuple[str, str], int] = {}
    with closing(sqlite_driver().connect(str(path))) as connection:
        connection.execute(
            "CREATE TEMP TABLE replacement (old_text TEXT PRIMARY KEY, new_text TEXT NOT NULL)"
        )
        for table, column in hostile_places():
            there = f"FROM {table} WHERE {column} IS NOT NULL"
            texts = connection.execute(f"SELECT DISTINCT {column} {there}").fetchall()
            connection.execute("DELETE FROM replacement")
            connection.executemany(
                "INSERT INTO replacement (old_text, new_text) VALUES (?, ?)",
                [(text, text_of(zlib.crc32(f"{table}.{column}{text}".encode()))) for (text,) in texts],
            )
            done = connection.execute(
                f"UPDATE {table} SET {column} = (SELECT new_text FROM replacement "
                f"WHERE old_text = {table}.{column}) WHERE {column} IS NOT NULL"
            )
            changed[table, column] = done.rowcount
        connection.commit()
    return changed


def make_keys_hostile(path: Path, text: str) -> int:
    """Put a hostile text in front of every key from outside, in all tables that have it; how many rows were changed."""
    changed = 0
    with closing(sqlite_driver().connect(str(path))) as connection:
        for table in SQLModel.metadata.tables.values():
            for column in table.columns:
                if column.name in KEYS and isinstance(column.type, String | AutoString):
                    changed += connection.execute(
                        f"UPDATE {table.name} SET {column.name} = ? || {column.name} WHERE {column.name} <> ''",
                        (text,),
                    ).rowcount
        connection.commit()
    return changed
