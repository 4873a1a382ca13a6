"""Materials (clay, glazes, boxes): purchases, counts, waste, and the recipe of each SKU.

Amounts are thousandths of a material's unit (grams of a kilo, 1000 for one box). Steps take what they
use by themselves (`material_use`); the recorded amount never goes below zero: a shortfall is booked as
"counted" (rules: "Material" in docs/manual/en/costing-rules.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.kiln.batches import BadDay, BadPieces, require_choice
from shop.kiln.consumption import PACKING
from shop.kiln.moving_average import moment
from shop.kiln.unit_of_work import KILN_ROWS, UnitOfWork, kiln_transaction, unit_of_work_in
from shop.models.kiln import STAGES
from shop.stock.ledger import UnknownSku

KINDS = ("clay", "glaze", "packing", "fuel", "other")
TAKES = (*STAGES, PACKING)


class UnknownMaterial(ShopError):
    """A material was named that there is not."""

    message = "There is no material {material}. Known: {known}."


class NotThere(ShopError):
    """More was to be thrown away than there is."""

    message = "There are only {there} {unit} of {material}, not {asked}."


class NotTyped(ShopError):
    """The movement belongs to a batch, or was undone already."""

    message = "Movement {movement} cannot be taken back: it follows a batch, or was taken back already."


def add_material(
    db: Database,
    material_id: str,
    *,
    actor: Actor,
    name: str | None = None,
    kind: str = "other",
    unit: str = "kg",
    reorder_point: int | None = None,
    reorder_amount: int | None = None,
    supplier: str | None = None,
    lead_days: int | None = None,
    is_food_safe: bool | None = None,
    is_retired: bool = False,
    shop_id: int = 1,
) -> int:
    """Add a material, or change one; amounts are thousandths of the unit."""
    require_choice(kind, KINDS)
    for value in (reorder_point, reorder_amount, lead_days):
        if value is not None and value < 0:
            raise BadPieces(pieces=value)
    values: dict[str, Any] = {
        "name": name or material_id,
        "kind": kind,
        "unit": unit,
        "reorder_point": reorder_point,
        "reorder_amount": reorder_amount,
        "supplier": supplier,
        "lead_days": lead_days,
        "is_food_safe": None if is_food_safe is None else int(is_food_safe),
        "is_retired": int(is_retired),
    }
    with kiln_transaction(db, actor, shop_id=shop_id) as work:
        edits = Edits(work.connection, shop_id)
        key = {"material_id": material_id}
        if edits.read("material", key, ("name",)) is None:
            edits.insert("material", key, {**values, "currency": work.shop.currency})
        else:
            edits.update("material", key, values)
        return log_action(
            work.connection,
            actor,
            "kiln.material",
            material_id,
            changes=max(edits.changes, 1),
            undo=edits.undo or None,
            shop_id=shop_id,
        )


def buy(
    db: Database,
    material_id: str,
    amount: int,
    cents: int,
    *,
    actor: Actor,
    on: date | None = None,
    why: str | None = None,
    shop_id: int = 1,
) -> int:
    """A purchase: so much for so much money in all, delivery included; the movement's number."""
    if amount < 1 or cents < 0:
        raise BadPieces(pieces=min(amount, cents))
    with kiln_transaction(db, actor, shop_id=shop_id) as work:
        return record_movement(work, material_id, "bought", amount, cents=cents, on=on, why=why)


def waste(
    db: Database,
    material_id: str,
    amount: int,
    *,
    actor: Actor,
    on: date | None = None,
    why: str | None = None,
    shop_id: int = 1,
) -> int:
    """Something was thrown away or given away; raises NotThere. The movement's number."""
    if amount < 1:
        raise BadPieces(pieces=amount)
    with kiln_transaction(db, actor, shop_id=shop_id) as work:
        there, unit = _row(work, material_id)
        if amount > there:
            raise NotThere(there=there / 1000, unit=unit, material=material_id, asked=amount / 1000)
        return record_movement(work, material_id, "wasted", -amount, on=on, why=why)


def count(
    db: Database,
    material_id: str,
    amount: int,
    *,
    actor: Actor,
    on: date | None = None,
    why: str | None = None,
    shop_id: int = 1,
) -> int:
    """Weighed or counted: there is so much at the end of a day; the movement's number, 0 where that
    amount is recorded already.
    """
    if amount < 0:
        raise BadPieces(pieces=amount)
    with kiln_transaction(db, actor, shop_id=shop_id) as work:
        there, _ = _row(work, material_id)
        day = on or work.today
        (later,) = work.cursor.execute(
            "SELECT COALESCE(SUM(amount), 0) FROM material_movement WHERE shop_id = ? "
            "AND material_id = ? AND moved_at > ?",
            (shop_id, material_id, moment(day, "counted", work.shop.time_zone)),
        ).fetchone()
        change = amount - (there - later)
        if change == 0:
            return 0
        return record_movement(work, material_id, "counted", change, on=on, why=why)


def record_movement(
    work: UnitOfWork,
    material_id: str,
    reason: str,
    amount: int,
    *,
    cents: int = 0,
    on: date | None = None,
    why: str | None = None,
) -> int:
    """Record one movement inside a unit of work; its number. Raises UnknownMaterial, BadDay."""
    _row(work, material_id)
    day = on or work.today
    if day > work.today:
        raise BadDay(day=day, first="…", last=work.today)
    at = moment(day, reason, work.shop.time_zone)
    (last,) = work.cursor.execute("SELECT MAX(movement_id) FROM material_movement").fetchone()
    (number,) = work.cursor.execute(
        "INSERT INTO material_movement (shop_id, material_id, reason, amount, value_cents, moved_at, "
        "actor, note, move_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING movement_id",
        (
            work.shop_id,
            material_id,
            reason,
            amount,
            cents,
            at,
            work.actor.name,
            why,
            f"{reason}:{day}:{material_id}:{(last or 0) + 1:09d}",
        ),
    ).fetchone()
    work.value_since({material_id: at})
    undo = [{"table": KILN_ROWS, "rows": [{"kind": "movement", "name": str(number)}]}]
    log_action(work.connection, work.actor, f"kiln.{reason}", material_id, undo=undo, shop_id=work.shop_id)
    return int(number)


def undo_movement(db: Database, movement: int, *, actor: Actor, shop_id: int = 1) -> None:
    """Undo a purchase, count or waste that was entered by mistake; raises NotTyped."""
    with kiln_transaction(db, actor, shop_id=shop_id) as work:
        reverse_movement(work, movement)
        log_action(work.connection, actor, "kiln.take_back", str(movement), shop_id=shop_id)


def reverse_movement(work: UnitOfWork, movement: int) -> None:
    """Reverse an entered movement inside a unit of work; raises NotTyped."""
    row = work.cursor.execute(
        "SELECT material_id, reason, amount, value_cents, moved_at, move_key FROM "
        "material_movement m WHERE shop_id = ? AND movement_id = ? AND batch_id IS NULL "
        "AND undoes IS NULL AND NOT EXISTS (SELECT 1 FROM material_movement u "
        "WHERE u.shop_id = m.shop_id AND u.undoes = m.movement_id)",
        (work.shop_id, movement),
    ).fetchone()
    if row is None:
        raise NotTyped(movement=movement)
    material, reason, amount, cents, at, key = row
    work.cursor.execute(
        "INSERT INTO material_movement (shop_id, material_id, reason, amount, value_cents, moved_at, "
        "actor, move_key, undoes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (work.shop_id, material, reason, -amount, -cents, at, work.actor.name, f"{key}:undone", movement),
    )
    work.value_since({material: at})


def _row(work: UnitOfWork, material_id: str) -> tuple[int, str]:
    """The recorded amount (thousandths) and unit of a material; raises UnknownMaterial."""
    row = work.cursor.execute(
        "SELECT on_hand, unit FROM material WHERE shop_id = ? AND material_id = ?",
        (work.shop_id, material_id),
    ).fetchone()
    if row is None:
        known = work.cursor.execute(
            "SELECT material_id FROM material WHERE shop_id = ? ORDER BY material_id", (work.shop_id,)
        ).fetchall()
        raise UnknownMaterial(material=material_id, known=", ".join(name for (name,) in known) or "–")
    return int(row[0]), str(row[1])


Again = Literal["new", "open", "all"]


def set_uses(
    db: Database,
    sku: str,
    uses: Mapping[tuple[str, str], int],
    *,
    actor: Actor,
    again: Again = "open",
    shop_id: int = 1,
) -> int:
    """What one piece of a SKU takes: (material, stage): amount; 0 takes a material off the list.

    Stages are those of a batch, and "packing". Applies to batches from now on, and to what was
    recorded of those that are `open` already ("all": of ended ones too; "new": of none).
    """
    with kiln_transaction(db, actor, shop_id=shop_id) as work:
        edits = Edits(work.connection, shop_id)
        if edits.read("variant", {"sku": sku}, ("sku",)) is None:
            raise UnknownSku(sku=sku)
        for (material, stage), amount in uses.items():
            _row(work, material)
            require_choice(stage, TAKES)
            key = {"sku": sku, "material_id": material, "stage": stage}
            if amount < 0:
                raise BadPieces(pieces=amount)
            if amount == 0:
                edits.delete("material_use", key)
            else:
                edits.put("material_use", key, {"amount": amount})
        number = log_action(
            work.connection,
            actor,
            "kiln.uses",
            sku,
            changes=max(edits.changes, 1),
            undo=edits.undo or None,
            shop_id=shop_id,
        )
        _follow(work, sku, again)
        return number


def copy_uses(
    db: Database, sku: str, of: str, *, actor: Actor, again: Again = "open", shop_id: int = 1
) -> int:
    """Let a SKU take what another one takes (a sibling in another glaze, then changed by hand)."""
    with db.read() as connection:
        cursor: Any = connection.connection.driver_connection
        rows = cursor.execute(
            "SELECT sku, material_id, stage, amount FROM material_use WHERE shop_id = ? AND sku IN (?, ?)",
            (shop_id, sku, of),
        ).fetchall()
    wanted = {(material, stage): 0 for own, material, stage, _ in rows if own == sku}
    wanted |= {(material, stage): amount for own, material, stage, amount in rows if own == of}
    return set_uses(db, sku, wanted, actor=actor, again=again, shop_id=shop_id)


def apply_recipes(connection: Connection, shop_id: int, actor: Actor, skus: Iterable[str]) -> None:
    """Apply the current recipes to the open batches of these SKUs, as after an undo."""
    work = unit_of_work_in(connection, shop_id, actor)
    for sku in sorted(skus):
        _follow(work, sku, "open")
    work.finish()


def _follow(work: UnitOfWork, sku: str, again: Again) -> None:
    """Apply the current recipe of a SKU to its batches and recompute its costs."""
    states = {"new": (), "open": ("open",), "all": ("open", "closed")}[again]
    rows = work.cursor.execute(
        "SELECT batch_id, status FROM kiln_batch WHERE shop_id = ? AND sku = ?", (work.shop_id, sku)
    ).fetchall()
    for batch_id, status in rows:
        if status in states:
            work.apply_recipe(work.batch(batch_id))
    work.skus |= {
        row[0]
        for row in work.cursor.execute(
            "SELECT DISTINCT c.sku FROM unit_cost c JOIN kiln_batch b ON b.shop_id = c.shop_id "
            "AND b.batch_id = c.batch_id WHERE c.shop_id = ? AND (b.sku = ? OR c.sku = ?)",
            (work.shop_id, sku, sku),
        )
    }


def uses_of(db: Database, sku: str, *, shop_id: int = 1) -> list[tuple[str, str, str, str, int]]:
    """What one piece of a SKU takes: (stage, material, its name, unit, amount)."""
    with db.read() as connection:
        cursor: Any = connection.connection.driver_connection
        rows = cursor.execute(
            "SELECT u.stage, u.material_id, m.name, m.unit, u.amount FROM material_use u "
            "JOIN material m ON m.shop_id = u.shop_id AND m.material_id = u.material_id "
            "WHERE u.shop_id = ? AND u.sku = ?",
            (shop_id, sku),
        ).fetchall()
    return sorted(rows, key=lambda row: (TAKES.index(row[0]), row[1]))
