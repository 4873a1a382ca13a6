"""All kinds of export files, and which of them a table is: by its headers, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import cast

from etl import files
from etl.errors import MissingColumns, UnknownKind, UnknownTable
from etl.files.base import Kind, Recognised, missing, places_of
from etl.profiles import model as profiles
from etl.profiles.kind import built_in_kinds, kind_of
from etl.tables.base import Table
from etl.tables.workbook import WorkbookTable

HEADER_ROWS = 20


@cache
def _modules() -> dict[str, Kind]:
    """The modules of `etl/files` and its packages that read a kind of export (they have a PRIORITY), by it."""
    found = walk_packages(files.__path__, f"{files.__name__}.")
    modules = [import_module(module.name) for module in found]
    kinds = sorted(
        (module for module in modules if hasattr(module, "PRIORITY")), key=lambda kind: kind.PRIORITY
    )
    return {kind.NAME: cast(Kind, kind) for kind in kinds}


def kind_named(name: str) -> Kind:
    """The kind of this name, a module or a built-in profile; raises UnknownKind."""
    kinds = {**built_in_kinds(), **_modules()}
    if name not in kinds:
        raise UnknownKind(name=name, known=", ".join((*_modules(), *built_in_kinds())))
    return kinds[name]


def all_kinds() -> list[Kind]:
    """Every kind: the modules of `etl/files` by their PRIORITY, then the built-in profiles.

    Where two fit a table equally well the earlier one is taken.
    """
    return [*_modules().values(), *built_in_kinds().values()]


def _places(kind: Kind, table: Table, header: int) -> dict[str, int]:
    """Where each field of a kind stands; a kind may know its columns by more than their names."""
    knows = getattr(kind, "places", None)
    if knows is None:
        return places_of(kind.FIELDS, table.head[header])
    result: dict[str, int] = knows(table.head[header], table, header)
    return result


def recognise(tables: Sequence[Table], kinds: Sequence[Kind]) -> Recognised:
    """The best fit of a kind to a header row of one of the tables.

    Raises MissingColumns when a kind nearly fits, UnknownTable when none comes close.
    """
    best: tuple[tuple[bool, float, int], Recognised] | None = None
    for table in tables:
        for header in range(len(table.head[:HEADER_ROWS])):
            for kind in kinds:
                if not _may_stand(kind, table, header):
                    continue
                places = _places(kind, table, header)
                required = sum(item.required for item in kind.FIELDS)
                lacking = len(missing(kind, places))
                score = (lacking == 0, 1 - lacking / max(required, 1), len(places))
                if best is None or score > best[0]:
                    best = (score, Recognised(table, kind, header, places))
    if best is None:  # a profile names a sheet or a row that is not there
        raise MissingColumns(file=tables[0].name, kind=kinds[0].NAME, missing=_place_named(kinds[0]))
    (fits, share, _), recognised = best
    if fits:
        return _with_further_worksheets(recognised, tables)
    lacking_names = "、".join(missing(recognised.kind, recognised.places))
    if share >= 0.5 or len(kinds) == 1:
        raise MissingColumns(file=recognised.table.name, kind=recognised.kind.NAME, missing=lacking_names)
    shown = ", ".join(cell for cell in recognised.table.head[0][:5] if cell)[:200]
    raise UnknownTable(
        file=recognised.table.name, headers=shown, closest=recognised.kind.NAME, missing=lacking_names
    )


def _with_further_worksheets(recognised: Recognised, tables: Sequence[Table]) -> Recognised:
    """A workbook's further sheets with the very same headers go on where the first one ends.

    Their rows are numbered on from it.
    """
    first, headers = recognised.table, recognised.table.head[recognised.header]
    if not isinstance(first, WorkbookTable) or getattr(recognised.kind, "sheet", None) is not None:
        return recognised
    further = [
        row
        for table in tables
        if table is not first and len(table.head) > recognised.header
        if isinstance(table, WorkbookTable) and table.head[recognised.header] == headers
        for row in table.cells[recognised.header + 1 :]
    ]
    if not further:
        return recognised
    return replace(recognised, table=replace(first, cells=[*first.cells, *further]))


def _may_stand(kind: Kind, table: Table, header: int) -> bool:
    """Whether a profile that names its sheet and header row means this one."""
    row, worksheet = getattr(kind, "header_row", None), getattr(kind, "sheet", None)
    if row is not None and row != header + 1:
        return False
    if worksheet is not None and isinstance(table, WorkbookTable) and worksheet != table.worksheet_name:
        return False
    return header >= getattr(kind, "skip_rows", 0)


def _place_named(kind: Kind) -> str:
    worksheet, row = getattr(kind, "sheet", None), getattr(kind, "header_row", None)
    return "、".join(f"{what} {name}" for what, name in (("sheet", worksheet), ("row", row)) if name)


def kind_of_source(name: str, profile: str | None) -> Kind:
    """The kind that a stored file was read with: one of ours, or the profile stored with it."""
    return kind_of(profiles.read(profile, name)) if profile else kind_named(name)
