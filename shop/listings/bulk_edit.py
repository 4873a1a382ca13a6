"""Bulk edit of catalog and listings: what would change is shown first, then written in one transaction.

`plan` reads every typed cell by the rules of its field: what would change, and what is rejected with its
reason. `apply` writes a plan, all of it or nothing, as one action with one undo; it refuses where somebody
else changed one of its cells meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.catalog.fields import BY_NAME, CatalogField, CellNotTyped, typed
from shop.catalog.matching import rematch
from shop.catalog.products import refuse_unknown
from shop.core.clock import now_seconds
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.kiln.batch_costs import recompute_after_edits as follow_costs
from shop.listings.errors import NoSuchListing
from shop.listings.listings import is_from_platform, refuse_wrong_step, step
from shop.listings.plan import Cell, CellChange, EditPlan, Key, Rejected
from shop.listings.readiness import NotReady, Readiness
from shop.listings.readiness import check as readiness
from shop.stock import sets

KEYS: Mapping[str, tuple[str, ...]] = {
    "product": ("product_code",),
    "variant": ("sku",),
    "piece": ("sku",),
    "listing": ("platform", "listing_id"),
}
WISHES = {"listing_price": "wanted_price_cents", "listing_title": "wanted_title"}
TYPED = (*WISHES, "wanted_price", "wanted_title", "status")  # of a listing that a platform states
MIRRORED = ("height_mm", "width_mm", "weight_g", "grade")  # a piece and its SKU have the same values


class ChangedMeanwhile(ShopError):
    """Somebody changed one of these cells after the changes were looked at."""

    message = "Nothing was saved: {what} was changed by somebody else just now. Look again."


class CellReadOnly(ShopError):
    """What the platform states of a listing follows the platform."""

    message = "{field} is what the platform states. Change it there; the next sync brings it here."


def plan(
    db: Database,
    cells: Iterable[Cell],
    *,
    actor: Actor,
    coming: frozenset[str] = frozenset(),
    shop_id: int = 1,
) -> EditPlan:
    """What these cells would change; of two cells in one place the later one counts.

    `coming` are single SKUs that are added with the changes, so that they can be parts of a set.
    """
    require(actor, "edit_catalog")
    latest = {(cell.field, cell.key): cell for cell in cells}
    ready = {
        cell.key: _readiness(db, cell.key, shop_id)
        for cell in latest.values()
        if cell.field == "status" and _is_live(cell.value)
    }
    changes: list[CellChange] = []
    rejected: list[Rejected[Cell]] = []
    with db.read() as connection:
        edits = Edits(connection, shop_id)
        for cell in latest.values():
            try:
                change = _change(edits, cell, ready, coming)
            except ShopError as problem:
                rejected.append(Rejected(cell, problem))
                continue
            if change is not None:
                changes.append(change)
    return EditPlan(tuple(changes), tuple(rejected), {k: v for k, v in ready.items() if v is not None})


def _is_live(value: Any) -> bool:
    try:
        return bool(typed(BY_NAME["status"], value) == "live")
    except ShopError:
        return False


def _readiness(db: Database, key: Key, shop_id: int) -> Readiness | None:
    try:
        return readiness(db, *key, shop_id=shop_id)
    except NoSuchListing:
        return None


def _change(
    edits: Edits, cell: Cell, ready: Mapping[Key, Readiness | None], coming: frozenset[str]
) -> CellChange | None:
    """The change that a cell makes, None where the value is stored already."""
    column = BY_NAME[cell.field]
    if column.is_key or column.is_read_only:
        raise CellNotTyped(field=cell.field)
    row = _row(edits, column, cell.key)
    if column.table == "listing" and is_from_platform(row["updated_at"]) and column.name not in TYPED:
        raise CellReadOnly(field=cell.field)
    currency = str(row.get("currency") or "")
    before = _shown(column, row)
    after = before if cell.value == before else typed(column, cell.value, currency or "CNY")
    if after == before:
        return None
    if cell.field == "status":
        refuse_wrong_step(cell.key[-1], before, after)
        readiness_of_row = ready.get(cell.key)
        if after == "live" and before == "draft" and readiness_of_row is not None and readiness_of_row.blocks:
            missing = ", ".join(finding.code for finding in readiness_of_row.blocks)
            raise NotReady(listing=cell.key[-1], missing=missing)
    if cell.field == "seconds_of" and after:
        refuse_unknown(edits.connection, edits.shop_id, after)
    if cell.field == "parts" and after:
        sets.check_parts(edits.connection, cell.key[0], sets.parse_parts(after), edits.shop_id, coming)
    return CellChange(cell.field, cell.key, before, after, currency if column.kind == "money" else "")


def _row(edits: Edits, column: CatalogField, key: Key) -> dict[str, Any]:
    names = KEYS[column.table]
    wanted = [column.place]
    if column.table in ("variant", "listing"):
        wanted.append("currency")
    if column.table == "listing":
        wanted += ["updated_at", *WISHES.values()]
    row = edits.read(column.table, dict(zip(names, key, strict=True)), wanted)
    if row is None:
        raise _no_such(column, key)
    return row


def _no_such(column: CatalogField, key: Key) -> ShopError:
    from shop.catalog.products import UnknownProduct
    from shop.stock.ledger import UnknownSku

    if column.table == "product":
        return UnknownProduct(code=key[0])
    if column.table == "listing":
        return NoSuchListing(platform=key[0], listing=key[1])
    return UnknownSku(sku=key[0])


def _shown(column: CatalogField, row: Mapping[str, Any]) -> Any:
    """What the table shows in a cell: of a platform's listing the wanted value, where there is one."""
    wish = WISHES.get(column.name)
    if wish and is_from_platform(row["updated_at"]) and row[wish] is not None:
        return row[wish]
    return row[column.place]


# --- writing -------------------------------------------------------------------------------------


def apply(
    db: Database, planned: EditPlan, *, actor: Actor, action: str = "listing.edit", shop_id: int = 1
) -> int:
    """Write a plan in one transaction; the number under which it is undone.

    Raises ChangedMeanwhile, WrongStep, NotReady, NotAllowed.
    """
    require(actor, "edit_catalog")
    if any(BY_NAME[change.field].kind == "money" for change in planned.changes):
        require(actor, "set_prices")
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        write(edits, planned)
        rematch(connection, shop_id)
        sets.follow_changes(connection, edits.undo, shop_id)
        follow_costs(connection, shop_id, edits.undo)
        return log_action(
            connection,
            actor,
            action,
            subject(planned.changes),
            changes=len(planned.changes),
            undo=edits.undo,
            shop_id=shop_id,
        )


def write(edits: Edits, planned: EditPlan) -> None:
    """Write a plan's changes inside the caller's transaction."""
    by_row: defaultdict[tuple[str, Key], list[CellChange]] = defaultdict(list)
    for change in planned.changes:
        column = BY_NAME[change.field]
        if _shown(column, _row(edits, column, change.key)) != change.before:
            raise ChangedMeanwhile(what=" ".join(change.key))
        if change.field == "status":
            platform, listing = change.key
            step(edits, platform, listing, change.after, planned.ready.get(change.key))
        else:
            by_row[column.table, change.key].append(change)
    for (table, key), changes in by_row.items():
        _write_row(edits, table, dict(zip(KEYS[table], key, strict=True)), changes)


def _write_row(edits: Edits, table: str, key: Mapping[str, str], changes: Sequence[CellChange]) -> None:
    values = {BY_NAME[change.field].place: change.after for change in changes}
    if table in ("product", "variant"):
        values["source_id"] = None  # typed by hand from now on: an import only fills its gaps
    if table == "listing":
        row = edits.read("listing", key, ("updated_at", *values)) or {}
        if is_from_platform(row["updated_at"]):
            values = {_wish(change): _remaining_wish(change, row) for change in changes}
    edits.update(table, key, values)
    if table == "variant" and "parts" in values:
        parts = sets.parse_parts(values["parts"]) if values["parts"] else ()
        sets.define(edits, key["sku"], parts, now_seconds())
    mirrored = {name: value for name, value in values.items() if name in MIRRORED}
    if table == "variant" and mirrored:
        edits.update("piece", key, mirrored)
    elif table == "piece" and "grade" in values:
        edits.update("variant", key, {"grade": values["grade"]})


def _wish(change: CellChange) -> str:
    """The column of the wanted value, for a listing that a platform states."""
    return WISHES.get(change.field, BY_NAME[change.field].place)


def _remaining_wish(change: CellChange, row: Mapping[str, Any]) -> Any:
    """The wish; none where the platform states just that already."""
    is_done = change.field in WISHES and change.after == row[BY_NAME[change.field].place]
    return None if is_done else change.after


def subject(changes: Sequence[CellChange]) -> str:
    """What was edited, in a few names."""
    names = list(dict.fromkeys(change.key[-1] for change in changes))
    return ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")
