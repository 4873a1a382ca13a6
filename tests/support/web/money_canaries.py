"""Twenty amounts of the owner's money that occur nowhere else, and where they show in what a browser is sent."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterable

from shop.db.database import Database
from shop.metrics.rollups import rebuild

COLUMNS = (
    *("unit_cost.material_cents", "unit_cost.kiln_cents", "unit_cost.loss_cents", "unit_cost.packing_cents"),
    *("unit_cost.unit_cents", "batch_cost.material_cents", "batch_cost.kiln_cents", "batch_cost.loss_cents"),
    *("settlement.paid_out_cents", "settlement.platform_fee_cents", "settlement.commission_cents"),
    *("settlement.channel_fee_cents", "settlement.other_fee_cents", "settlement.courier_cents"),
    *("cost_rate.cents", "ad_entry.amount_cents", "material.value_cents", "firing.energy_cents"),
    *("firing.labour_cents", "kiln.wear_cents"),
)
AMOUNTS = {name: 7_131_719 + 613_843 * place for place, name in enumerate(COLUMNS)}  # minor units
SUMS = {
    "unit_cost": sum(AMOUNTS[name] for name in COLUMNS[:4]),
    "firing": AMOUNTS["firing.energy_cents"] + AMOUNTS["firing.labour_cents"],
}
# Shown one by one; of the others one row has the whole amount, so that sums show it.
EACH = ("unit_cost", "cost_rate", "material", "batch_cost", "kiln", "ad_entry")


def plant(db: Database) -> None:
    """Set the costs, payouts, fees and purchase values of a shop to the canaries, so that sums show them too."""
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE firing SET wear_cents = 0")
        connection.exec_driver_sql("UPDATE material SET on_hand = 1000")
        for name, cents in AMOUNTS.items():
            table, column = name.split(".")
            connection.exec_driver_sql(f"UPDATE {table} SET {column} = {cents if table in EACH else 0}")
            if table not in EACH:
                connection.exec_driver_sql(
                    f"UPDATE {table} SET {column} = {cents} WHERE rowid = (SELECT rowid FROM {table} "
                    f"LIMIT 1 OFFSET (SELECT COUNT(*) / 2 FROM {table}))"
                )
        rebuild(connection, 1)


def _signs(cents: int) -> tuple[list[str], list[bytes]]:
    units = cents / 100
    texts = [f"{units:,.2f}", f"{units:.2f}", f"{cents}", f"{units:,.0f}"]
    return texts, [struct.pack("<q", cents), struct.pack("<d", float(cents)), struct.pack("<d", units)]


SIGNS = {name: _signs(cents) for name, cents in {**AMOUNTS, **SUMS}.items()}
ARRAYS = re.compile(rb'"bdata":\s*"([A-Za-z0-9+/=\\]+)"')


def shown(frames: Iterable[bytes]) -> set[str]:
    """The names of the canaries in some frames: as text, in columns of tables (Arrow) and in arrays of charts."""
    data = b"\n".join(frames)
    arrays = [base64.b64decode(item.replace(b"\\", b"")) for item in ARRAYS.findall(data)]
    text, binary = data.decode("utf-8", "ignore"), b"\n".join([data, *arrays])
    return {
        name
        for name, (texts, packed) in SIGNS.items()
        if any(sign in text for sign in texts) or any(sign in binary for sign in packed)
    }
