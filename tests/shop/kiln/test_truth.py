"""The practice shop with its workshop: what the program reports equals the generator's own truth."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from sample_data.generator.plan import Plan
from sample_data.generator.practice import plan_shop
from shop.access.roles import OWNER
from shop.connect import connect
from shop.db.database import Database
from shop.metrics.query import Query, answer
from shop.pricing.unit_costs import costs_of
from shop.profit.margins import margins
from shop.stock import ledger
from tests.support.shops.practice_studio import Studio, build_studio

UNTIL = date(2025, 10, 31)


def test_every_batch_cost_is_true_to_the_last_cent(studio: Studio, workshop_db: Database) -> None:
    with workshop_db.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT batch_id, stage, pieces_in, pieces_out, material_cents, kiln_cents, loss_cents "
            "FROM batch_cost"
        )
        report = {(row[0], row[1]): tuple(row[2:]) for row in rows}
    true = {
        (batch, stage): (item.pieces_in, item.pieces_out, item.material, item.kiln, item.loss)
        for batch, cost in studio.truth.costs.batches.items()
        for stage, item in cost.stages.items()
    }
    assert report == true


def test_every_unit_cost_is_true_to_the_last_cent(studio: Studio, workshop_db: Database) -> None:
    with workshop_db.read() as connection:
        report = {
            (item.sku, item.from_on): (
                item.material_cents,
                item.kiln_cents,
                item.loss_cents,
                item.packing_cents,
                item.unit_cents,
                item.is_complete,
            )
            for ones in costs_of(connection).values()
            for item in ones
            if item.batch_id
        }
    true = {
        (sku, item.from_on): (item.material, item.kiln, item.loss, item.packing, item.unit, item.complete)
        for sku, ones in studio.truth.costs.units.items()
        for item in ones
    }
    assert report == true
    assert any(complete for *_, complete in true.values())
    assert not all(complete for *_, complete in true.values()), "one bill has not come yet"


def test_what_the_materials_came_to_is_true(studio: Studio, workshop_db: Database) -> None:
    with workshop_db.read() as connection:
        rows = connection.exec_driver_sql("SELECT material_id, on_hand, value_cents FROM material")
        report = {row[0]: (row[1], row[2]) for row in rows}
    assert report == studio.truth.costs.material_end


def test_stock_and_what_is_oversold_are_true(studio: Studio, workshop_db: Database) -> None:
    with workshop_db.read() as connection:
        on_hand = {sku: item.on_hand for sku, item in ledger.balances(connection).items()}
        rows = connection.exec_driver_sql("SELECT sku, SUM(short) FROM stock_claim GROUP BY sku")
        short = {row[0]: int(row[1]) for row in rows}
    true = studio.truth.left()
    assert {sku: on_hand[sku] - short.get(sku, 0) for sku in on_hand} == true
    assert min(on_hand.values()) >= 0
    assert sum(short.values()) >= 2


STAGE_CUTS = (
    ("stage",),
    ("stage", "form"),
    ("stage", "glaze"),
    ("stage", "kiln"),
    ("kiln", "position"),
    ("stage", "maker"),
    ("stage", "month"),
)


@pytest.mark.parametrize("cuts", STAGE_CUTS)
def test_stage_yields_and_lost_money_are_true(
    studio: Studio, workshop_db: Database, cuts: tuple[str, ...]
) -> None:
    query = Query(
        ("kiln_in", "kiln_out", "stage_yield", "loss_value"),
        studio.plan.since - timedelta(days=10),
        UNTIL,
        by=cuts,
    )
    report = {}
    for row in answer(workshop_db, query).itertuples(index=False):
        key = tuple(
            str(value)[:7] if cut == "month" else value or None for cut, value in zip(cuts, row, strict=False)
        )
        report[key] = tuple(row[len(cuts) :])
    lost = studio.truth.lost_money(*cuts)
    for key, (pieces_in, out) in studio.truth.yields(*cuts).items():
        assert report[key][:3] == (pieces_in, out, out / pieces_in), key
        assert report[key][3] == lost[key], key
    assert sum(row[3] for row in report.values()) == sum(
        cost.loss for cost in studio.truth.costs.batches.values()
    )


@pytest.mark.parametrize("cut", ["form", "glaze", "maker", "product_code", "month"])
def test_whole_yields_are_true(studio: Studio, workshop_db: Database, cut: str) -> None:
    query = Query(
        ("batch_started", "batch_good", "yield"), studio.plan.since - timedelta(days=10), UNTIL, by=(cut,)
    )
    report = {
        str(row[0])[:7] if cut == "month" else row[0]: tuple(row[1:])
        for row in answer(workshop_db, query).itertuples(index=False)
    }
    true = studio.truth.ended(cut)
    assert true
    for name, (pieces, good) in true.items():
        assert report[name] == (pieces, good, good / pieces), name


@pytest.mark.parametrize("days", [(0, 200), (10, 40), (75, 135), (140, 149)])
def test_sell_through_is_true(studio: Studio, workshop_db: Database, days: tuple[int, int]) -> None:
    first = studio.plan.since + timedelta(days=days[0])
    last = min(studio.plan.since + timedelta(days=days[1]), UNTIL)
    metrics = ("stock_start", "stock_received", "stock_sold", "sell_through")
    table = answer(workshop_db, Query(metrics, first, last, by=("variant",)))
    report = {row[0]: tuple(row[1:]) for row in table.itertuples(index=False)}
    oversold = {sku for sku, left in studio.truth.left().items() if left < 0}
    for sku, true in studio.truth.stock(first, last).items():
        if sku in oversold or not (true.to_sell or true.sold):
            continue
        start, received, sold, share = report[sku]
        assert (start, received, sold) == (true.start, true.received, true.sold), sku
        assert share == true.sold / true.to_sell if true.to_sell else share is None


@pytest.mark.parametrize("currency", ["CNY", "USD"])
def test_margins_are_true_to_the_last_cent(studio: Studio, workshop_db: Database, currency: str) -> None:
    first, last = studio.plan.since + timedelta(days=40), UNTIL
    query = Query(("gmv",), first, last, currency=currency)
    table = margins(workshop_db, query, actor=OWNER).set_index("variant")
    true = studio.truth.margins(currency, first, last)
    assert true
    for sku, item in true.items():
        report = table.loc[sku].copy()
        report["margin"] += report["sending"] + report["ads"] + report["labour"]
        names = ("gmv", "refunds_by_order", "fees", "commission", "cost", "margin")
        result = tuple(None if pd.isna(report[name]) else int(report[name]) for name in names)
        assert result == (item.gmv, item.refunds, item.fees, item.commission, item.cost, item.left), sku


def test_time_to_sell_of_unique_pieces_equals_the_truth(studio: Studio, workshop_db: Database) -> None:
    with workshop_db.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT p.sku, p.made_on, MIN(l.paid_on) FROM piece p LEFT JOIN stock_claim c "
            "ON c.sku = p.sku AND c.taken > 0 LEFT JOIN order_line l ON l.order_id = c.order_id "
            "AND l.line_id = c.line_id GROUP BY p.sku"
        )
        report = {row[0]: (row[1], row[2]) for row in rows}
    since = studio.plan.since
    for life in studio.truth.lives():
        if life.sold_on is None or life.sold_on >= since:
            sold_on = life.sold_on.isoformat() if life.sold_on else None
            assert report[life.sku] == (life.ready_on.isoformat(), sold_on)


@pytest.mark.proof
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_larger_studios_are_as_true(tmp_path: Path, seed: int) -> None:
    plan: Plan = plan_shop(orders=6000, until=UNTIL, seed=seed)
    studio = build_studio(tmp_path, plan)
    database = connect(str(studio.path))
    try:
        test_every_batch_cost_is_true_to_the_last_cent(studio, database)
        test_every_unit_cost_is_true_to_the_last_cent(studio, database)
        test_what_the_materials_came_to_is_true(studio, database)
        test_stock_and_what_is_oversold_are_true(studio, database)
        for cuts in STAGE_CUTS:
            test_stage_yields_and_lost_money_are_true(studio, database, cuts)
        for cut in ("form", "glaze", "maker", "product_code", "month"):
            test_whole_yields_are_true(studio, database, cut)
        for days in ((0, 300), (30, 60), (100, 239)):
            test_sell_through_is_true(studio, database, days)
        for currency in ("CNY", "USD"):
            test_margins_are_true_to_the_last_cent(studio, database, currency)
    finally:
        database.close()
