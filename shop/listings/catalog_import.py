"""Import of an edited catalog table: what it would add and change, then one action that does it.

A row is one listing with its variant and product; cells of a product or a variant that are
repeated on several rows must agree. A column that is not in the file is left alone; an empty cell
clears the stored value, except where nothing may be missing. No row is deleted by a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.catalog.fields import BY_NAME, CellEmpty, Table, of_table, typed
from shop.catalog.matching import rematch
from shop.catalog.products import UNVERSIONED, UnknownProduct, now
from shop.core.clock import now_seconds
from shop.core.errors import ShopError
from shop.core.text import folded
from shop.db.database import Database
from shop.kiln.batch_costs import recompute_after_edits as follow_costs
from shop.listings import bulk_edit
from shop.listings.bulk_edit import KEYS
from shop.listings.catalog_table import EXTRAS, catalog_table, known_headers
from shop.listings.plan import Cell, CellChange, EditPlan, Key, Rejected
from shop.metrics.settings import shop_settings
from shop.metrics.tables import records
from shop.stock import sets

TABLES: tuple[Table, ...] = get_args(Table)  # in the order in which their rows are added
DEFAULTS: Mapping[str, Any] = {
    "product_archived": 0,
    "stock_policy": "stocked",
    "grade": "prime",
    "is_archived": 0,
    "piece_grade": "unique",
    "status": "draft",
}
MEASURES = ("height_mm", "width_mm", "weight_g")  # a piece has those of its SKU
Place = tuple[Table, Key]
RowCells = dict[str, tuple[int, str | None]]  # field: the first row that has it, and the cell


class NotCatalogTable(ShopError):
    """A file without the columns that name its rows."""

    message = "This is no catalog sheet: it has no column “{wanted}”. Export the catalog to see one."


class RowsDisagree(ShopError):
    """Two rows of a file have different values for the same product or variant."""

    message = "{field}: two rows say different things of {key}: “{first}” and “{second}”."


class ExtrasBroken(ShopError):
    """A cell of extras that is no JSON object any more."""

    message = "“{found}” is not what the export wrote; leave this column as it is."


@dataclass(frozen=True)
class NewRow:
    """One row that a file adds to a table, as it will be stored."""

    table: Table
    key: Key
    values: Mapping[str, Any]


@dataclass(frozen=True)
class CatalogImportPlan:
    """What a catalog file would do: rows added, cells changed, and what is rejected or not understood."""

    added: tuple[NewRow, ...] = ()
    edits: EditPlan = field(default_factory=EditPlan)
    extras: tuple[CellChange, ...] = ()
    rejected: tuple[Rejected[int], ...] = ()
    ignored: tuple[str, ...] = ()
    rows: int = 0

    @property
    def changes(self) -> tuple[CellChange, ...]:
        """All cells that would change."""
        return (*self.edits.changes, *self.extras)

    def count(self, table: Table) -> int:
        """How many rows of a table it adds."""
        return sum(item.table == table for item in self.added)


# --- reading -------------------------------------------------------------------------------------


def columns_of(headers: Sequence[str]) -> tuple[dict[int, str], tuple[str, ...]]:
    """Which field each column is, by its heading in any language; and the headings that are none.

    Raises NotCatalogTable.
    """
    known = {folded(header).casefold(): name for header, name in known_headers().items()}
    columns: dict[int, str] = {}
    ignored = []
    for place, header in enumerate(headers):
        name = known.get(folded(header).casefold())
        if name is not None and name not in columns.values():
            columns[place] = name
        elif header.strip():
            ignored.append(header)
    for wanted in ("sku", "product_code"):
        if wanted not in columns.values():
            raise NotCatalogTable(wanted=BY_NAME[wanted].en)
    return columns, tuple(ignored)


@dataclass
class _CatalogRows:
    """A catalog file as it is read: the cells of each row of each table."""

    cells: dict[Place, RowCells] = field(default_factory=dict)
    parents: dict[Place, str] = field(default_factory=dict)  # a variant's product, a listing's SKU
    rejected: list[Rejected[int]] = field(default_factory=list)
    currency: str = "CNY"  # of the shop, where the file names none

    def take(self, number: int, row: Mapping[str, str | None]) -> None:
        """Take in one row."""
        for table in TABLES:
            key = tuple(folded(row.get(name)) for name in KEYS[table])
            if not all(key) or (table == "piece" and not row.get("piece_number")):
                continue
            parent = row.get("sku" if table == "listing" else "product_code")
            if parent and table != "product":
                self.parents.setdefault((table, key), folded(parent))
            cells_of_row = self.cells.setdefault((table, key), {})
            for name in (*(item.name for item in of_table(table)), f"{table}_extras"):
                if name in row:
                    self._take_cell(number, key, cells_of_row, name, row[name] or None)

    def _take_cell(self, number: int, key: Key, cells_of_row: RowCells, name: str, cell: str | None) -> None:
        _, first = cells_of_row.setdefault(name, (number, cell))
        if first != cell:
            problem = RowsDisagree(field=name, key=" ".join(key), first=first or "–", second=cell or "–")
            self.rejected.append(Rejected(number, problem))


# --- what it would do ----------------------------------------------------------------------------


def plan(
    db: Database,
    headers: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str | None]]],
    *,
    actor: Actor,
    shop_id: int = 1,
) -> CatalogImportPlan:
    """What a catalog file would add and change; rows come with the numbers that a spreadsheet shows.

    Raises NotCatalogTable.
    """
    require(actor, "edit_catalog")
    columns, ignored = columns_of(headers)
    with db.read() as connection:
        read, count = _CatalogRows(currency=shop_settings(connection, shop_id).currency), 0
    for number, line in rows:
        read.take(number, {name: line[place] for place, name in columns.items()})
        count += 1
    stored = _stored(db, shop_id)
    added, extras = _added(read, stored), _extras(read, stored)
    cells = [
        Cell(name, key, cell)
        for (table, key), cells_of_row in read.cells.items()
        if (table, key) in stored
        for name, (_, cell) in cells_of_row.items()
        if _differs(name, cell, stored[table, key])
    ]
    coming = frozenset(row.key[0] for row in added if row.table == "variant" and not row.values["parts"])
    edits = bulk_edit.plan(db, cells, actor=actor, coming=coming, shop_id=shop_id)
    for refusal in edits.rejected:
        table = BY_NAME[refusal.where.field].table
        number = read.cells[table, refusal.where.key][refusal.where.field][0]
        read.rejected.append(Rejected(number, refusal.problem))
    return CatalogImportPlan(
        added, edits, extras, tuple(sorted(read.rejected, key=lambda refusal: refusal.where)), ignored, count
    )


def _stored(db: Database, shop_id: int) -> dict[Place, dict[str, Any]]:
    """The catalog as it stands: the fields of every row of every table."""
    rows: dict[Place, dict[str, Any]] = {}
    for row in records(catalog_table(db, shop_id=shop_id)):
        for table in TABLES:
            if table == "product" and row["product_title"] is None:
                continue  # a variant or a listing whose product or SKU nobody has described
            if table == "variant" and row["currency"] is None:
                continue
            if table == "piece" and row["piece_number"] is None:
                continue
            key = tuple(row[name] for name in KEYS[table])
            if all(key):
                rows.setdefault((table, key), row)
    return rows


def _differs(name: str, cell: str | None, row: Mapping[str, Any]) -> bool:
    """Whether a cell differs from the stored value; one that cannot be read does."""
    what = BY_NAME.get(name)
    if what is None or what.is_key or what.is_read_only or cell == row[name]:
        return False
    try:
        currency = row["listing_currency" if what.table == "listing" else "currency"]
        return bool(typed(what, cell, str(currency or "CNY")) != row[name])
    except ShopError:
        return True


def _added(read: _CatalogRows, stored: Mapping[Place, Any]) -> tuple[NewRow, ...]:
    """The rows that are not there yet; one that cannot be read is rejected."""
    rows: list[NewRow] = []
    known = set(stored)
    for (table, key), cells_of_row in sorted(read.cells.items(), key=lambda item: TABLES.index(item[0][0])):
        if (table, key) in stored:
            continue
        try:
            row = NewRow(table, key, _values(read, table, key, known))
            if table == "variant" and row.values["parts"]:
                _check_parts(read, stored, key[0], row.values["parts"])
            rows.append(row)
            known.add((table, key))
        except ShopError as problem:
            number = min((row for row, _ in cells_of_row.values()), default=0)
            read.rejected.append(Rejected(number, problem))
    return tuple(rows)


def _check_parts(read: _CatalogRows, stored: Mapping[Place, Any], sku: str, text: str) -> None:
    """Raise UnknownPart or NestedSet for parts of a new set, which may stand in the same file."""
    for part in sets.parse_parts(text):
        place: Place = ("variant", (part.sku,))
        if place not in stored and place not in read.cells:
            raise sets.UnknownPart(part=part.sku, sku=sku)
        cell = read.cells.get(place, {}).get("parts", (0, None))[1]
        if part.sku == sku or cell or (place in stored and stored[place]["parts"]):
            raise sets.NestedSet(sku=sku, part=part.sku)


def _values(read: _CatalogRows, table: Table, key: Key, known: set[Place]) -> dict[str, Any]:
    """The columns of a new row, every cell read by its field."""
    cells_of_row = read.cells[table, key]

    def cell(name: str) -> str | None:
        return cells_of_row[name][1] if name in cells_of_row else None

    currency = cell("listing_currency" if table == "listing" else "currency") or read.currency
    values: dict[str, Any] = {}
    for column in of_table(table):
        if column.is_key:
            typed(column, key[KEYS[table].index(column.name)])
        elif cell(column.name) is None and column.name in DEFAULTS:
            values[column.place] = DEFAULTS[column.name]
        elif column.place == "currency":
            values[column.place] = typed(column, currency)
        else:
            values[column.place] = typed(column, cell(column.name), currency)
    parent = read.parents.get((table, key))
    if table in ("variant", "piece"):
        if ("product", (parent or "",)) not in known:
            raise UnknownProduct(code=parent) if parent else CellEmpty(field="product_code")
        values["product_code"] = parent
    if table == "piece":
        of_sku = read.cells.get(("variant", key), {})
        values |= {name: typed(BY_NAME[name], of_sku.get(name, (0, None))[1]) for name in MEASURES}
        return values
    if table == "listing":
        if not parent:
            raise CellEmpty(field="sku")
        values |= {"sku": parent, "state_changed_at": now()}
    return {**values, **UNVERSIONED, "extras": _as_extras(cell(f"{table}_extras"))}


def _extras(read: _CatalogRows, stored: Mapping[Place, Mapping[str, Any]]) -> tuple[CellChange, ...]:
    """Extras whose cell differs from the stored value."""
    changes = []
    for (table, key), cells_of_row in read.cells.items():
        name = f"{table}_extras"
        if (table, key) not in stored or name not in cells_of_row:
            continue
        number, cell = cells_of_row[name]
        before = stored[table, key][name]
        try:
            after = _as_extras(cell)
        except ShopError as problem:
            read.rejected.append(Rejected(number, problem))
            continue
        if after != _as_extras(before):
            changes.append(CellChange(name, key, before, after))
    return tuple(changes)


def _as_extras(cell: str | None) -> str | None:
    if not cell:
        return None
    try:
        value = json.loads(cell)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ExtrasBroken(found=cell[:40])
    return json.dumps(value, ensure_ascii=False)


def apply(db: Database, planned: CatalogImportPlan, *, actor: Actor, shop_id: int = 1) -> int:
    """Do what a catalog file would do, in one transaction; the number under which it is undone.

    Raises ChangedMeanwhile where somebody changed one of its cells after it was looked at.
    """
    require(actor, "edit_catalog")
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        for row in planned.added:
            edits.insert(row.table, _named(row.table, row.key), row.values)
        for row in planned.added:
            if row.table == "variant" and row.values["parts"]:
                sets.define(edits, row.key[0], sets.parse_parts(row.values["parts"]), now_seconds())
        bulk_edit.write(edits, planned.edits)
        for change in planned.extras:
            table = change.field.removesuffix("_extras")
            edits.update(table, _named(table, change.key), {"extras": change.after})
        rematch(connection, shop_id)
        sets.follow_changes(connection, edits.undo, shop_id)
        follow_costs(connection, shop_id, edits.undo)
        return log_action(
            connection,
            actor,
            "listing.import",
            str(planned.rows),
            changes=edits.changes,
            undo=edits.undo,
            shop_id=shop_id,
        )


def _named(table: str, key: Key) -> dict[str, str]:
    return dict(zip(KEYS[table], key, strict=True))


assert all(name.removesuffix("_extras") in TABLES for name in EXTRAS)
