"""The practice shop's waterfall equals the generator's own truth, to the last minor unit, in any range."""

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from sqlalchemy import text

from etl.imports.importer import import_file
from sample_data.generator.practice import plan_shop, write_plan
from sample_data.studio.shops import of_files
from shop.access.roles import OWNER
from shop.connect import connect
from shop.db.database import Database
from shop.metrics.query import Query
from shop.profit.gross_to_net import Waterfall, waterfall
from shop.profit.margins import margins
from tests.oracles.gross_to_net import WaterfallTruth
from tests.oracles.studio import StudioTruth
from tests.support.shops.practice_studio import Studio, build_studio, fill_studio, tables

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


def test_the_margins_of_one_design_are_those_of_its_skus_among_all(
    studio: Studio, workshop_db: Database
) -> None:
    days = studio.truth.days()
    query = Query(("gmv",), days[3], days[-1], currency="CNY")
    every = margins(workshop_db, query, actor=OWNER).set_index("variant")
    with workshop_db.read() as connection:
        designs = connection.execute(text("SELECT product_code, sku FROM variant ORDER BY sku")).fetchall()
    sold = [design for design, sku in designs if sku in every.index and every.loc[sku, "fees"]]
    assert len(set(sold)) > 3
    for design in Random(2).sample(sorted(set(sold)), 4):
        of_design = replace(query, where=(("product_code", (design,)),))
        table = margins(workshop_db, of_design, actor=OWNER).set_index("variant")
        pd.testing.assert_frame_equal(table, every.loc[table.index])


def test_estimates_become_facts_and_settled_ranges_stay(tmp_path: Path) -> None:
    plan = plan_shop(orders=200, until=date(2025, 10, 31), seed=4)
    workshop = of_files(plan)
    write_plan(tmp_path / "exports", plan)
    read = ("orders", "aftersale", "settlement")
    files = [file for file in tables(tmp_path / "exports") if any(word in file.name for word in read)]
    late = [file for file in files if "settlement" in file.name][-3:]
    fill_studio(tmp_path / "shop.db", workshop, [file for file in files if file not in late])
    first = StudioTruth(workshop).days()[0]
    weeks = [
        (first + timedelta(days=7 * place), first + timedelta(days=7 * place + 6)) for place in range(44)
    ]
    with closing(connect(str(tmp_path / "shop.db"))) as db:
        before = [waterfall(db, Query(("gmv",), *week, currency="CNY"), OWNER) for week in weeks]
        for file in late:
            import_file(db, file)
        after = [waterfall(db, Query(("gmv",), *week, currency="CNY"), OWNER) for week in weeks]
    pairs = list(zip(before, after, strict=True))
    closed = [(old, new) for old, new in pairs if not old.unsettled.count]
    settled = [(old, new) for old, new in pairs if old.unsettled.count and not new.unsettled.count]
    assert len(closed) > 20
    assert settled
    assert all(old.steps == new.steps for old, new in closed)
    assert all(fee_estimate(old) and not fee_estimate(new) for old, new in settled)


def fee_estimate(result: Waterfall) -> int:
    """How much of a waterfall's platform fees and commission is estimated, in cents."""
    return sum(step.estimate for step in result.steps if step.name in ("platform_fees", "commission"))


@pytest.mark.proof
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_larger_studios_are_true_in_two_hundred_ranges(tmp_path: Path, seed: int) -> None:
    studio = build_studio(tmp_path, plan_shop(orders=6000, until=date(2025, 10, 31), seed=seed))
    database = connect(str(studio.path))
    try:
        check(studio, database, 200, seed)
    finally:
        database.close()
