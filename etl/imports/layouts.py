"""Layouts that a shop has read with a profile of its own, recognised again by their headers.

A layout is the profile that is stored with the files read by it; taking such an import back forgets it.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from etl.errors import FileRejected
from etl.files.base import Recognised
from etl.imports import registry
from etl.profiles import model
from etl.profiles.kind import kind_of
from etl.tables.open import open_table
from shop.core.errors import ShopError


def stored_profiles(connection: Connection, shop_id: int) -> list[tuple[str, str]]:
    """Name and text of the shop's own profiles, the one used last first; of one name the latest."""
    rows = connection.execute(
        text(
            "SELECT kind, profile FROM source_file WHERE shop_id = :shop AND profile IS NOT NULL "
            "ORDER BY source_id DESC"
        ),
        {"shop": shop_id},
    )
    latest: dict[str, str] = {}
    for row in rows:
        latest.setdefault(row.kind, row.profile)
    return list(latest.items())


def recognise_layout(
    profiles: list[tuple[str, str]], path: Path, name: str, password: str | None
) -> Recognised | None:
    """The table as the first of these profiles whose columns are all there reads it; None where none fits."""
    for kind_name, profile in profiles:
        try:
            kind = kind_of(model.read(profile, kind_name))
            tables = open_table(path, name=name, password=password, **kind.csv_settings)
            recognised = registry.recognise(tables, [kind])
        except (FileRejected, ShopError):
            continue
        if all(field.name in recognised.places for field in kind.FIELDS):
            return recognised
    return None
