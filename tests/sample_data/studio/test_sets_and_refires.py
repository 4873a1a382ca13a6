"""The boxed set of the practice shop: its cost, losses, stock and yields are those worked out by hand."""

from datetime import timedelta

import pytest

from sample_data.studio.sets_and_refires import (
    BATCH,
    BOX,
    CUP,
    NAMES,
    SET,
    TRUTH,
    TRUTH_PEAKS,
    UNFINISHED,
    enter_sets_and_refires,
)
from shop.db.database import Database
from shop.kiln.batch_costs import compute_batch_costs
from shop.kiln.curves import losses_by_curve
from shop.kiln.production import batch
from shop.maintenance import costs_are_true
from shop.metrics.query import Query, answer
from shop.metrics.settings import today
from shop.pricing.unit_costs import unit_cost
from shop.stock import consistency, levels


@pytest.mark.parametrize("language", sorted(NAMES))
def test_every_figure_of_the_boxed_set_is_true(db: Database, language: str) -> None:
    with db.read() as connection:
        last = today(connection)
    enter_sets_and_refires(db, last, language=language)
    with db.read() as connection:
        cost = compute_batch_costs(connection.connection.driver_connection, 1, [BATCH])[BATCH]
        rows = connection.exec_driver_sql(
            "SELECT stage, loss_cents FROM batch_cost WHERE batch_id = ?", (BATCH,)
        ).all()
    assert not cost.missing
    assert dict(map(tuple, rows)) == TRUTH["losses"]
    good = cost.flow.good
    assert (good.material, good.kiln, good.loss) == TRUTH["good"] and good.whole == 14_260
    for sku, cents in ((CUP, TRUTH["cup_cents"]), (SET, TRUTH["set_cents"])):
        known = unit_cost(db, sku)
        assert known is not None and (known.unit_cents, known.is_complete) == (cents, True)
    stock = {level.sku: level.on_hand for level in levels.stock_levels(db, skus=[CUP, BOX, SET])}
    assert stock == TRUTH["stock"]
    assert {UNFINISHED: batch(db, UNFINISHED).waits_again("glaze_fired")} == TRUTH["waits_again"]
    start = last - timedelta(days=60)
    fired = (("stage", ("bisque", "glaze_fired", "decor_fired")), ("batch", (BATCH,)))
    passes = answer(db, Query(("kiln_in", "kiln_again", "kiln_out"), start, last, ("firing_pass",), fired))
    assert {
        row.firing_pass: (int(row.kiln_in + row.kiln_again), int(row.kiln_out)) for row in passes.itertuples()
    } == TRUTH["passes"]
    assert sorted(losses_by_curve(db, start, last)["peak"]) == list(TRUTH_PEAKS)
    assert costs_are_true(db) and consistency.count_problems(db) == 0
