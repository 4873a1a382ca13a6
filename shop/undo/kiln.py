"""Undo in the kiln package: batches, firings and typed movements return to their earlier state."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from shop.access.audit import ChangedSince
from shop.access.roles import Actor
from shop.kiln.batch_values import batch_from_dict
from shop.kiln.consumption import Consumption
from shop.kiln.materials import reverse_movement
from shop.kiln.repository import firing_from_dict
from shop.kiln.unit_of_work import KILN_ROWS, unit_of_work_in


def restore(
    connection: Connection, shop_id: int, actor: Actor, rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Restore what `rows` describe (as the unit of work wrote them); returns the undo of this undo.

    Runs inside the caller's transaction. Raises ChangedSince where a batch or firing was changed again,
    and what the commands themselves refuse (AlreadySold where pieces were sold in between).
    """
    work = unit_of_work_in(connection, shop_id, actor)
    for row in reversed(rows):
        kind, name = row["kind"], row["name"]
        if kind == "movement":
            reverse_movement(work, int(name))
            continue
        if work.current(kind, name) != row["after"]:
            raise ChangedSince(what=name)
        before = row["before"]
        if kind == "batch":
            used = {use[0]: Consumption(*use) for use in row["used"]}
            work.put(name, batch_from_dict(before) if before else None, used)
        else:
            work.put_firing(name, firing_from_dict(before) if before else None)
    work.finish()
    changes = work.changes()
    return [{"table": KILN_ROWS, "rows": changes}] if changes else []
