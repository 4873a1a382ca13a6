"""Our own catalog table as a file: CSV or workbook, every cell as it was written.

Unlike the platforms' exports, nothing is trimmed or taken for empty here: what left with
`kilnboard listing export` comes back as it was. One leading apostrophe, which prevents a spreadsheet from
running a cell, is taken away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from etl.tables.base import Table
from etl.tables.open import open_table
from shop.access.roles import Actor
from shop.db.database import Database
from shop.listings.catalog_import import CatalogImportPlan, NotCatalogTable, columns_of, plan

Row = tuple[int, Sequence[str | None]]


def is_ours(path: Path, name: str | None = None) -> bool:
    """Whether a file is a catalog table of ours, by its headings; raises a FileRejected."""
    try:
        columns_of(_records(open_table(path, name=name)[0])[0])
    except NotCatalogTable:
        return False
    return True


def plan_import(
    db: Database, path: Path, *, actor: Actor, name: str | None = None, shop_id: int = 1
) -> CatalogImportPlan:
    """What a catalog table would add and change; raises NotCatalogTable or a FileRejected."""
    headers, rows = _records(open_table(path, name=name)[0])
    return plan(db, headers, rows, actor=actor, shop_id=shop_id)


def _records(table: Table) -> tuple[list[str], Iterator[Row]]:
    lines = table.raw_rows()
    first = next(lines, [])
    headers = [plain(cell) or "" for cell in first]
    width = len(headers)
    rows = (
        (number, [plain(cell) for cell in (*line, *([None] * width))[:width]])
        for number, line in enumerate(lines, 2)
        if any(line)
    )
    return headers, rows


def plain(cell: str | None) -> str | None:
    """A cell without the apostrophe that prevents it from being run."""
    return None if cell is None else cell.removeprefix("\ufeff").removeprefix("'")
