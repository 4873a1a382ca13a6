"""The unit cost of a set: the sum of the costs of its parts, stored with the other unit costs.

It is valid from each day on which a part has a new cost or the set has new parts, and known only once all of its
parts have one. It is never entered by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from shop.metrics.settings import shop_settings
from shop.stock import sets

SET = "set"
"""What stands for the batch in the unit cost of a set: it is computed, not entered."""


class _PartCost(NamedTuple):
    """The cost of one piece of a part from a day on (ISO text), in cents."""

    from_on: str
    cents: tuple[int, ...]  # material, kiln, loss, packing, unit
    currency: str
    is_complete: bool


def concerned(connection: Connection, shop_id: int, skus: Iterable[str]) -> set[str]:
    """The sets whose cost follows from that of these SKUs, and these SKUs themselves."""
    wanted = set(skus)
    return wanted | sets.sets_with(connection, wanted, shop_id)


def recompute(connection: Connection, shop_id: int, skus: Iterable[str]) -> None:
    """Recompute the costs of these sets (a SKU that is no set any more has none), inside the caller's transaction."""
    cursor: Any = connection.connection.driver_connection
    wanted = sorted(set(skus))
    if not wanted:
        return
    zone = ZoneInfo(shop_settings(connection, shop_id).time_zone)
    values = (shop_id, json.dumps(wanted))
    cursor.execute(
        f"DELETE FROM unit_cost WHERE shop_id = ? AND batch_id = '{SET}' AND sku IN (SELECT value FROM json_each(?))",
        values,
    )
    versions: dict[tuple[str, int, int | None], list[tuple[str, int]]] = {}
    for sku, start, until, part, pieces in cursor.execute(
        "SELECT set_sku, from_at, until_at, part_sku, pieces FROM set_part WHERE shop_id = ? "
        "AND set_sku IN (SELECT value FROM json_each(?)) ORDER BY set_sku, from_at, place",
        values,
    ).fetchall():
        versions.setdefault((sku, start, until), []).append((part, pieces))
    costs = _costs(cursor, shop_id, {part for parts in versions.values() for part, _ in parts})
    for (sku, start, until), parts in versions.items():
        first = datetime.fromtimestamp(start, zone).date() if start else date.min
        last = date.max if until is None else datetime.fromtimestamp(until, zone).date()
        _write(cursor, shop_id, sku, (first, last), [(costs.get(part, []), pieces) for part, pieces in parts])


def _costs(cursor: Any, shop_id: int, skus: Iterable[str]) -> dict[str, list[_PartCost]]:
    rows = cursor.execute(
        "SELECT sku, from_on, material_cents, kiln_cents, loss_cents, packing_cents, unit_cents, currency, "
        "is_complete FROM unit_cost WHERE shop_id = ? AND sku IN (SELECT value FROM json_each(?)) "
        "ORDER BY sku, from_on",
        (shop_id, json.dumps(sorted(set(skus)))),
    )
    costs: dict[str, list[_PartCost]] = {}
    for sku, from_on, *cents, currency, is_complete in rows.fetchall():
        costs.setdefault(sku, []).append(_PartCost(from_on, tuple(cents), currency, bool(is_complete)))
    return costs


def _write(
    cursor: Any,
    shop_id: int,
    sku: str,
    span: tuple[date, date],
    parts: Sequence[tuple[Sequence[_PartCost], int]],
) -> None:
    """Write the sums of one version of a set: from its first day on, and from each new cost of a part within it."""
    if not all(costs for costs, _ in parts):
        return
    known = max(costs[0].from_on for costs, _ in parts)
    first = max(known, span[0].isoformat())
    days = {first} | {cost.from_on for costs, _ in parts for cost in costs if cost.from_on > first}
    for day in sorted(day for day in days if day <= span[1].isoformat()):
        valid = [([cost for cost in costs if cost.from_on <= day][-1], pieces) for costs, pieces in parts]
        if len({cost.currency for cost, _ in valid}) > 1:
            return
        cents = [sum(cost.cents[place] * pieces for cost, pieces in valid) for place in range(5)]
        cursor.execute(
            "INSERT INTO unit_cost (shop_id, sku, from_on, material_cents, kiln_cents, loss_cents, packing_cents, "
            "unit_cents, currency, is_complete, batch_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET material_cents = excluded.material_cents, kiln_cents = excluded.kiln_cents, "
            "loss_cents = excluded.loss_cents, packing_cents = excluded.packing_cents, "
            "unit_cents = excluded.unit_cents, is_complete = excluded.is_complete, batch_id = excluded.batch_id",
            (
                shop_id,
                sku,
                day,
                *cents,
                valid[0][0].currency,
                all(cost.is_complete for cost, _ in valid),
                SET,
            ),
        )
