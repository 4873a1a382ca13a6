"""The practice shop's waterfall equals the generator's own truth, to the last minor unit, in any range."""

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from sample_data.generator.practice import plan_shop
from shop.access.roles import OWNER
from shop.connect import connect
from shop.db.database import Database
from shop.metrics.query import Query
from shop.profit.gross_to_net import waterfall
from shop.profit.margins import margins
from tests.oracles.gross_to_net import WaterfallTruth
from tests.support.shops.practice_studio import Studio, build_studio

GOODS = ("material", "kiln", "loss", "packing", "other_cost")
STEPS = (
    "list_value",
    "gmv",
    "refunds",
    "void_discounts",
    "platform_fees",
    "commission",
    "shipping_paid",
    "courier",
    "parcel_packing",
    "ads",
    "labour",
)


def check(studio: Studio, db: Database, ranges: int, seed: int) -> None:
    truth, rng = WaterfallTruth(studio.truth), Random(seed)
    days = studio.truth.days()
    for _ in range(ranges):
        first = rng.choice(days) - timedelta(days=rng.randrange(0, 20))
        last = first + timedelta(days=int(rng.expovariate(1 / 30)))
        result = waterfall(db, Query(("gmv",), first, last, currency="CNY"), OWNER)
        true = truth.steps(first, last)
        report = {step.name: step.cents or 0 for step in result.steps}
        for name in STEPS:
            assert report.get(name, 0) == true[name], (name, first, last)
        assert sum(report.get(name, 0) for name in GOODS) == true["goods"], (first, last)
        if result.step("left").cents is not None:
            assert report["left"] == true["left"], (first, last)


def test_every_step_is_true_in_any_range(studio: Studio, workshop_db: Database) -> None:
    check(studio, workshop_db, 12, 1)


def test_margins_add_up_to_the_waterfall(studio: Studio, workshop_db: Database) -> None:
    days = studio.truth.days()
    for first, last in ((days[3], days[60]), (days[40], days[-1])):
        query = Query(("gmv",), first, last, currency="CNY")
        table = margins(workshop_db, query, actor=OWNER)
        steps = {step.name: step.cents or 0 for step in waterfall(workshop_db, query, OWNER).steps}
        sending = steps["courier"] + steps["parcel_packing"] + steps.get("shipping_paid", 0)
        for column, cents in (
            ("fees", steps["platform_fees"] + steps["other_fees"]),
            ("commission", steps["commission"]),
            ("sending", sending),
            ("ads", steps["ads"]),
            ("labour", steps["labour"]),
        ):
            assert table[column].sum() == -cents, column


@pytest.mark.proof
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_larger_studios_are_true_in_two_hundred_ranges(tmp_path: Path, seed: int) -> None:
    studio = build_studio(tmp_path, plan_shop(orders=6000, until=date(2025, 10, 31), seed=seed))
    database = connect(str(studio.path))
    try:
        check(studio, database, 200, seed)
    finally:
        database.close()
