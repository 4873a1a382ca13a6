"""A boxed set of four cups, whose cups went through two glaze firings and some through a decor firing.

Their kiln fires nothing else, so that every figure of them is worked out by hand in `TRUTH`: twenty-four cups of
14.40 of clay; one cracks, one bursts in the bisque firing (25.00 with wear), 13.20 of glaze; the glaze firing (41.00)
comes out too cold: four go in again, one is lost; one of the four cracks in the second firing (34.00); six get gold,
one of them is lost (15.00). Nineteen are good: 142.60 for all, 7.51 each. One set was sold at a market."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from shop.access.roles import OWNER
from shop.catalog import products
from shop.catalog.products import ProductFields, VariantFields
from shop.db.database import Database
from shop.kiln import curves, firings, materials, production
from shop.kiln.curves import FiringCurve
from shop.kiln.firings import Bill, LoadItem, OpeningResult
from shop.pricing import unit_costs
from shop.stock import adjustments, counts

CUP, BOX, SET, KILN, BATCH, UNFINISHED = "XB", "XB-BOX", "XB-SET4", "T1", "XB-1", "XB-2"
NAMES = {
    "zh": {
        CUP: "茶席小杯",
        BOX: "四只装礼盒",
        SET: "小杯四只礼盒装",
        KILN: "小电窑",
        "clay": "小杯泥",
        "glaze": "小杯釉",
    },
    "en": {
        CUP: "Small tea cup",
        BOX: "Gift box for four",
        SET: "Four small cups, boxed",
        KILN: "Test kiln",
        "clay": "Small cups' clay",
        "glaze": "Small cups' glaze",
    },
}
TRUTH_PEAKS = (1198, 1246)
TRUTH: dict[str, Any] = {
    "losses": {
        "greenware": 60,
        "bisque": 169,
        "glazed": 0,
        "glaze_fired": 415 + 1265,
        "decor_fired": 792,
        "checked": 0,
    },
    "good": (2280, 9279, 2701),  # material, kiln, loss
    "cup_cents": 751,
    "set_cents": 4 * 751 + 650,
    "passes": {"first": (23 + 22 + 6, 22 + 17 + 5), "further": (4, 3)},  # of this batch: pieces in, out
    "stock": {CUP: 14, BOX: 9, SET: 3},
    "waits_again": {UNFINISHED: 3},
}


def enter_sets_and_refires(db: Database, last: date, *, language: str = "zh") -> None:
    """Type in the set, its cups and their firings, the latest on the days before `last`."""
    names = NAMES[language]
    for sku, price in ((CUP, 5_800), (BOX, 1_800), (SET, 25_800)):
        parts = f"{CUP}*4; {BOX}" if sku == SET else None
        fields = VariantFields(sku=sku, price_cents=price, parts=parts)
        if sku == CUP:
            fields = replace(fields, shelf_cm2=40, height_mm=45, width_mm=60, weight_g=70)
        products.add(db, ProductFields(names[sku]), [fields], actor=OWNER, code=sku)
    unit_costs.set_unit_cost(db, BOX, 650, actor=OWNER, on=last - timedelta(days=60))
    firings.add_kiln(db, KILN, name=names[KILN], shelf_cm2=2_400, wear_cents=300, actor=OWNER)
    first = last - timedelta(days=40)
    recipe: dict[tuple[str, str], int] = {}
    for kind, amount, cents, stage, used in (
        ("clay", 20_000, 6_000, "greenware", 200),
        ("glaze", 5_000, 10_000, "glazed", 30),
    ):
        name = f"{CUP}-{kind}"
        materials.add_material(db, name, name=names[kind], kind=kind, actor=OWNER)
        materials.buy(db, name, amount, cents, actor=OWNER, on=first)
        recipe[name, stage] = used
    materials.set_uses(db, CUP, recipe, actor=OWNER)
    _nineteen_cups(db, first)
    _three_wait(db, first + timedelta(days=20))
    counts.set_counts(db, {BOX: 10}, actor=OWNER)
    adjustments.sell(db, SET, actor=OWNER)


def _nineteen_cups(db: Database, first: date) -> None:
    """The batch that `TRUTH` follows to its end."""
    production.start_batch(db, CUP, 24, batch_id=BATCH, on=first, actor=OWNER)
    _step(db, BATCH, "greenware", first, 2, crack=1)
    _fire(db, "bisque", first + timedelta(days=4), 2_200, LoadItem(BATCH), burst=1)
    _step(db, BATCH, "glazed", first, 6)
    cold = _fire(
        db, "glaze_fired", first + timedelta(days=7), 3_800, LoadItem(BATCH), underfired=4, glaze_flaw=1
    )
    again = _fire(db, "glaze_fired", first + timedelta(days=10), 3_100, LoadItem(BATCH), crack=1)
    for firing, peak in zip((cold, again), TRUTH_PEAKS, strict=True):
        curves.set_curve(db, firing, _curve(peak), source=f"{firing}.csv", actor=OWNER)
    _fire(db, "decor_fired", first + timedelta(days=13), 1_200, LoadItem(BATCH, 6), overfired=1)
    production.check_batch(db, BATCH, {"prime": 18, "second": 1}, on=first + timedelta(days=15), actor=OWNER)


def _three_wait(db: Database, first: date) -> None:
    """A batch under way: three of its cups wait to be fired again."""
    production.start_batch(db, CUP, 12, batch_id=UNFINISHED, on=first, actor=OWNER)
    _step(db, UNFINISHED, "greenware", first, 2)
    _fire(db, "bisque", first + timedelta(days=4), 2_200, LoadItem(UNFINISHED))
    _step(db, UNFINISHED, "glazed", first, 6)
    _fire(db, "glaze_fired", first + timedelta(days=8), 3_800, LoadItem(UNFINISHED), underfired=3)


def _step(db: Database, batch: str, stage: str, first: date, days: int, **losses: int) -> None:
    production.record_step(db, batch, stage, losses=losses, on=first + timedelta(days=days), actor=OWNER)


def _fire(db: Database, stage: str, day: date, energy_cents: int, item: LoadItem, **losses: int) -> str:
    """One firing of the small kiln, opened on the next day; its id."""
    planned = firings.plan_firing(db, KILN, stage, day, load=[item], actor=OWNER).firing.firing_id
    firings.fire(db, planned, on=day, actor=OWNER)
    came_out = [OpeningResult(item.batch_id, losses)]
    firings.record_opening(
        db, planned, came_out, on=day + timedelta(days=1), bill=Bill(energy_cents=energy_cents), actor=OWNER
    )
    return planned


def _curve(peak: int) -> FiringCurve:
    """Ten minutes apart: slowly to 600 °C, faster to the peak, half an hour there, and down."""
    knots = ((0, 25), (18_000, 600), (32_400, peak), (34_200, peak), (61_200, 180))
    points = []
    for (start, low), (end, high) in pairwise(knots):
        steps = range(start, end, 600)
        points += [(at, 10 * low + 10 * (high - low) * (at - start) // (end - start)) for at in steps]
    return FiringCurve((*points, (knots[-1][0], 10 * knots[-1][1])))
