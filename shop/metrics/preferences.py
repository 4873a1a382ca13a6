"""What a studio chose for its shop besides time zone and currency: language, colours, first day of the week, syncs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from shop.db.database import Database


@dataclass(frozen=True)
class Preferences:
    """The choices of one shop: see `shop.models.Preference` for each field."""

    language: str = ""
    up: str = ""
    week_start: int = 1
    sync_minutes: int = 30
    skipped_steps: tuple[str, ...] = ()


def preferences(connection: Connection, shop_id: int = 1) -> Preferences:
    """The choices of a shop; the defaults where none were stored."""
    row = connection.execute(
        text(
            "SELECT language, up, week_start, sync_minutes, skipped_steps FROM preference WHERE shop_id = :shop"
        ),
        {"shop": shop_id},
    ).one_or_none()
    if row is None:
        return Preferences()
    language, up, week_start, sync_minutes, skipped = row
    return Preferences(language, up, week_start, sync_minutes, tuple(skipped.split()))


def read_preferences(db: Database, shop_id: int = 1) -> Preferences:
    """The same from a database."""
    with db.read() as connection:
        return preferences(connection, shop_id)


def store_preferences(connection: Connection, chosen: Preferences, shop_id: int = 1) -> None:
    """Write the choices of a shop inside the caller's transaction."""
    connection.execute(
        text(
            "INSERT INTO preference (shop_id, language, up, week_start, sync_minutes, skipped_steps) "
            "VALUES (:shop, :language, :up, :week_start, :sync_minutes, :skipped) ON CONFLICT (shop_id) DO UPDATE SET "
            "language = excluded.language, up = excluded.up, week_start = excluded.week_start, "
            "sync_minutes = excluded.sync_minutes, skipped_steps = excluded.skipped_steps"
        ),
        {**vars(chosen), "shop": shop_id, "skipped": " ".join(chosen.skipped_steps)},
    )
