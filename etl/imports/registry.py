"""All kinds of export files, and which of them a table is: its headers, in any order, are the proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from itertools import pairwise
from pkgutil import walk_packages
from typing import Any, cast

from etl import files
from etl.errors import (
    AmbiguousKind,
    ContraryHeader,
    FileRejected,
    MissingColumns,
    SplitHeader,
    UnknownKind,
    UnknownTable,
    UnlikeAnyTable,
)
from etl.files.base import FileKind, KindIndex, Recognised, contrary, missing, places_of
from etl.files.fields import FileField
from etl.files.headers import normal
from etl.files.platform_names import platform_slug
from etl.profiles import model as profiles
from etl.profiles.kind import built_in_kinds, kind_of
from etl.tables.base import Table
from etl.tables.workbook import WorkbookTable
from shop.core.personal import mask_contacts

HEADER_ROWS = 20


@cache
def _modules() -> dict[str, FileKind]:
    """The modules of `etl/files` and its packages that read a kind of export (they have a PRIORITY), by it."""
    matches = walk_packages(files.__path__, f"{files.__name__}.")
    modules = [import_module(module.name) for module in matches]
    kinds = sorted(
        (module for module in modules if hasattr(module, "PRIORITY")), key=lambda kind: kind.PRIORITY
    )
    return {kind.NAME: cast(FileKind, kind) for kind in kinds}


def kind_named(name: str) -> FileKind:
    """The kind of this name, a module or a built-in profile; raises UnknownKind."""
    kinds = {**built_in_kinds(), **_modules()}
    if name not in kinds:
        raise UnknownKind(name=name, known=", ".join((*_modules(), *built_in_kinds())))
    return kinds[name]


def all_kinds(platform: str | None = None) -> list[FileKind]:
    """Every kind: the modules of `etl/files` by their PRIORITY, then the built-in profiles.

    Where the user named a platform, only its own kinds and those that need one.
    """
    kinds = [*_modules().values(), *built_in_kinds().values()]
    if platform is None:
        return kinds
    slug = platform_slug(platform)
    return [kind for kind in kinds if slug == kind.PLATFORM or getattr(kind, "ASKS_PLATFORM", False)]


def _places(
    kind: FileKind, table: Table, header: int, headers: Sequence[str] | None = None
) -> dict[str, int]:
    """Where each field of a kind stands, with other headers than the table's where they are given.

    A kind may know its columns by more than their names.
    """
    headers = table.head[header] if headers is None else headers
    knows = getattr(kind, "places", None)
    if knows is None:
        return places_of(kind.FIELDS, headers)
    result: dict[str, int] = knows(headers, table, header)
    return result


@dataclass(frozen=True)
class _Candidate:
    """A kind at a header row of a table: what lacks, and which header speaks against it (of a near one)."""

    recognised: Recognised
    lacking: Sequence[FileField]
    contrary: str | None

    @property
    def is_proven(self) -> bool:
        return not self.lacking and self.contrary is None

    @property
    def share(self) -> float:
        """Which share of the required headers is there."""
        required = sum(item.required for item in self.recognised.kind.FIELDS)
        return 1 - len(self.lacking) / max(required, 1)

    @property
    def is_near(self) -> bool:
        """Whether a header was renamed rather than the table another: half of the required ones are there, and the
        kind explains more columns than a day and an amount, which every table has.
        """
        columns = sum(map(bool, self.recognised.table.head[self.recognised.header]))
        places = len(self.recognised.places)
        return self.share >= 0.5 and self.contrary is None and (places > 2 or places * 2 >= columns)


def recognise(tables: Sequence[Table], kinds: Sequence[FileKind]) -> Recognised:
    """The kind that a header row of one of the tables proves, the one that explains most of its columns.

    A single kind is one that the user named: nothing speaks against it but what lacks. Raises
    AmbiguousKind where two explain equally many, MissingColumns where one nearly fits, UnknownTable
    where none comes close or a header speaks against those that do.
    """
    index = KindIndex(kinds)
    near = _rows(tables, index.near)
    candidates = [
        _candidate(*row, is_named=len(kinds) == 1) for row in near or _rows(tables, lambda _: kinds)
    ]
    if not candidates:  # a profile names a worksheet or a row that is not there
        raise MissingColumns(
            file=tables[0].name, kind=kinds[0].NAME, missing=_place_named(kinds[0]), looked_for="-"
        )
    proven = [item for item in candidates if item.is_proven]
    if not proven:
        raise _refusal(candidates, tables[0].name, is_named=len(kinds) == 1)
    best = max(proven, key=lambda item: len(item.recognised.places))
    equal = [
        item.recognised.kind.NAME
        for item in proven
        if item.recognised.table is best.recognised.table and item.recognised.header == best.recognised.header
        if len(item.recognised.places) == len(best.recognised.places)
    ]
    if len(equal) > 1:
        raise AmbiguousKind(file=tables[0].name, kinds=" / ".join(equal), first=equal[0])
    _refuse_split_header(best.recognised, kinds)
    return _with_further_worksheets(best.recognised, tables)


def _refuse_split_header(recognised: Recognised, kinds: Sequence[FileKind]) -> None:
    """Refuse a header that is wider than all rows below it, where two cells next to each other are one known name."""
    head, below = recognised.table.head[recognised.header], recognised.table.head[recognised.header + 1 :]
    if not below or len(head) <= max(map(len, below)):
        return
    for place, (first, rest) in enumerate(pairwise(head)):
        name = first + rest
        if not rest and (not first or place + 2 == len(head)):
            continue
        whole = [*head[:place], name, *head[place + 2 :]]
        if (
            _is_name(kinds, name)
            or place in _places(recognised.kind, recognised.table, recognised.header, whole).values()
        ):
            raise SplitHeader(file=recognised.table.name, first=first, rest=rest, header=name)


def _is_name(kinds: Sequence[FileKind], header: str) -> bool:
    return any(places_of(kind.FIELDS, (header,)) for kind in kinds)


def _rows(
    tables: Sequence[Table], kinds_of: Callable[[Sequence[str]], Sequence[FileKind]]
) -> list[tuple[FileKind, Table, int]]:
    """Each header row that may be, with each of the kinds for it that may stand there."""
    return [
        (kind, table, header)
        for table in tables
        for header, headers in enumerate(table.head[:HEADER_ROWS])
        for kind in kinds_of(headers)
        if _may_stand(kind, table, header)
    ]


def _candidate(kind: FileKind, table: Table, header: int, *, is_named: bool) -> _Candidate:
    places = _places(kind, table, header)
    lacking = missing(kind, places, table.head[header])
    is_near = len(lacking) * 2 <= sum(item.required for item in kind.FIELDS)
    against = contrary(kind, table.head[header]) if is_near and not is_named else None
    return _Candidate(Recognised(table, kind, header, places), lacking, against)


NEAREST = 3


def _refusal(candidates: Sequence[_Candidate], file: str, *, is_named: bool) -> FileRejected:
    """What is nearest to an unknown table, what lacks or speaks against it, and how to go on."""
    by_kind: dict[str, _Candidate] = {}
    for item in sorted(candidates, key=lambda item: (-item.share, item.contrary is not None)):
        by_kind.setdefault(item.recognised.kind.NAME, item)
    first, *others = by_kind.values()
    if is_named or first.is_near:
        lacking = "、".join(item.headers[0] for item in first.lacking)
        spellings = "; ".join(" / ".join(item.headers) for item in first.lacking)
        kind = first.recognised.kind.NAME
        return MissingColumns(file=file, kind=kind, missing=lacking, looked_for=spellings)
    head = max(
        first.recognised.table.head, key=lambda row: sum(map(bool, row))
    )  # a title above it is shorter
    headers = ", ".join(mask_contacts(cell) for cell in head[:6] if cell)[:200]
    if first.share == 1 and first.contrary is not None:
        return ContraryHeader(file=file, kind=first.recognised.kind.NAME, header=first.contrary)
    nearest = [
        f"{item.recognised.kind.NAME} (– {'、'.join(field.headers[0] for field in item.lacking[:4])})"
        for item in [first, *others][:NEAREST]
        if item.lacking and item.share > 0
    ]
    if not nearest:
        return UnlikeAnyTable(file=file, headers=headers)
    return UnknownTable(file=file, headers=headers, nearest="; ".join(nearest))


def _with_further_worksheets(recognised: Recognised, tables: Sequence[Table]) -> Recognised:
    """The table with the rows of the workbook's further worksheets that are of the same kind below its own.

    Their columns are brought under the headers of the first worksheet, further columns of theirs behind them.
    Rows are numbered on from it. The names of worksheets with rows that are not read go into `unread`.
    """
    first, kind = recognised.table, recognised.kind
    if not isinstance(first, WorkbookTable):
        return recognised
    headers = list(first.head[recognised.header])
    further: list[list[Any]] = []
    starts: list[int] = []
    unread: list[str] = []
    is_bound = getattr(kind, "worksheet", None) is not None
    for table in tables:
        if table is first or not isinstance(table, WorkbookTable):
            continue
        result = None if is_bound else _same_kind(kind, table)
        if result is None:
            unread.append(table.worksheet_name)
            continue
        places = _brought_under(headers, table.head[result])
        starts.append(len(first.cells) + len(further))
        for row in table.cells[result + 1 :]:
            cells: list[Any] = [None] * len(headers)
            for place, cell in zip(places, row, strict=False):
                cells[place] = cell
            further.append(cells)
    if not further:
        return replace(recognised, unread=tuple(unread))
    head = [list(row) for row in first.head]
    head[recognised.header] = headers
    table = replace(first, head=head, cells=[*first.cells, *further], starts=tuple(starts))
    return Recognised(table, kind, recognised.header, _places(kind, table, recognised.header), tuple(unread))


def _same_kind(kind: FileKind, table: WorkbookTable) -> int | None:
    """The header row of a worksheet that is of this kind."""
    for header in range(len(table.head[:HEADER_ROWS])):
        if not missing(kind, _places(kind, table, header), table.head[header]):
            return header
    return None


def _brought_under(headers: list[str], other: Sequence[str]) -> list[int]:
    """Where each column of another worksheet goes; columns that the first one lacks are added to `headers`."""
    known = {normal(header): place for place, header in reversed(list(enumerate(headers))) if header}
    places = []
    for header in other:
        place = known.get(normal(header)) if header else None
        if place is None or place in places:
            place = len(headers)
            headers.append(header)
        places.append(place)
    return places


def _may_stand(kind: FileKind, table: Table, header: int) -> bool:
    """Whether a profile that names its worksheet and header row means this one."""
    row, worksheet = getattr(kind, "header_row", None), getattr(kind, "worksheet", None)
    if row is not None and row != header + 1:
        return False
    if worksheet is not None and isinstance(table, WorkbookTable) and worksheet != table.worksheet_name:
        return False
    return header >= getattr(kind, "skip_rows", 0)


def _place_named(kind: FileKind) -> str:
    worksheet, row = getattr(kind, "worksheet", None), getattr(kind, "header_row", None)
    return "、".join(f"{what} {name}" for what, name in (("sheet", worksheet), ("row", row)) if name)


def kind_of_source(name: str, profile: str | None) -> FileKind:
    """The kind that a stored file was read with: one of ours, or the profile stored with it."""
    return kind_of(profiles.read(profile, name)) if profile else kind_named(name)
