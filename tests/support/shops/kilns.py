"""A small studio for the tests of the kiln: two kilns, clay, glaze, boxes, a cup and a plate."""

import tempfile
from datetime import date
from functools import cache
from pathlib import Path

from shop.access.roles import Actor
from shop.catalog.products import ProductFields, VariantFields, add
from shop.db.database import Database
from shop.kiln.firings import (
    Bill,
    LoadItem,
    OpeningResult,
    add_kiln,
    bill_firing,
    plan_firing,
    record_opening,
)
from shop.kiln.materials import add_material, buy, set_uses
from shop.kiln.production import check_batch, record_step, start_batch
from tests.support.fresh import new_database

OWNER = Actor("Lin")
HELPER = Actor("Mei", "assistant")
GUEST = Actor("Bo", "creator")
DAY = date(2026, 3, 1)


def on(day: int) -> date:
    """A day of March 2026."""
    return date(2026, 3, day)


@cache
def _filled() -> bytes:
    """The database file of the studio, typed in once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "studio.db"
        database = new_database(path)
        type_in(database)
        database.close()
        return path.read_bytes()


def studio(db: Database) -> None:
    """Fill an empty database: see `type_in`. The file stays the one that was opened."""
    if not db.is_file:
        type_in(db)
        return
    db.close()
    for end in ("-wal", "-shm"):
        Path(f"{db.path}{end}").unlink(missing_ok=True)
    db.path.write_bytes(_filled())


def type_in(db: Database) -> None:
    """Cup CUP (80 cm2 of kiln area, 300 g clay, 50 g glaze, a box) and plate PLATE (600 cm2)."""
    for code, title, form, area in (("CUP", "青瓷杯", "cup", 80), ("PLATE", "青瓷盘", "plate", 600)):
        add(
            db,
            ProductFields(title, form=form, glaze="celadon", clay="porcelain"),
            [VariantFields(sku=code, price_cents=6800, shelf_cm2=area)],
            actor=OWNER,
            code=code,
        )
    add_kiln(db, "E1", actor=OWNER, shelf_cm2=3360, name="电窑", wear_cents=500)
    add_kiln(db, "G1", actor=OWNER, shelf_cm2=9000, name="气窑", fuel="gas")
    for name, kind, unit in (("clay", "clay", "kg"), ("celadon", "glaze", "kg"), ("box", "packing", "个")):
        add_material(db, name, actor=OWNER, kind=kind, unit=unit)
    buy(db, "clay", 100_000, 40_000, actor=OWNER, on=DAY)  # 100 kg at ¥4
    buy(db, "celadon", 10_000, 20_000, actor=OWNER, on=DAY)  # 10 kg at ¥20
    buy(db, "box", 100_000, 14_500, actor=OWNER, on=DAY)  # 100 at ¥1.45
    for sku, clay, glaze in (("CUP", 300, 50), ("PLATE", 900, 150)):
        uses = {("clay", "greenware"): clay, ("celadon", "glazed"): glaze, ("box", "packing"): 1000}
        set_uses(db, sku, uses, actor=OWNER)


def ten_cups(db: Database, *, bill: bool = True) -> str:
    """The worked example of test_costing.py, as it would be recorded day by day."""
    cups = start_batch(db, "CUP", 10, actor=HELPER, on=on(2), maker="Lin").batch.batch_id
    record_step(db, cups, "greenware", losses={"crack": 1}, actor=HELPER, on=on(5))
    bisque = plan_firing(db, "G1", "bisque", on(7), load=[LoadItem(cups)], actor=HELPER).firing
    record_opening(db, bisque.firing_id, actor=HELPER, on=on(8), bill=Bill(energy_cents=900))
    record_step(db, cups, "glazed", actor=HELPER, on=on(9))
    glaze = plan_firing(
        db, "E1", "glaze_fired", on(10), load=[LoadItem(cups, position="bottom")], actor=HELPER
    ).firing
    record_opening(db, glaze.firing_id, [OpeningResult(cups, {"stuck": 2})], actor=HELPER, on=on(11))
    if bill:
        bill_firing(db, glaze.firing_id, Bill(energy_cents=2200), actor=HELPER)  # + 500 wear
    check_batch(db, cups, {"prime": 5, "second": 2}, actor=HELPER, on=on(12))
    return cups
