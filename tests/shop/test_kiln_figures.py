"""Yields and lost value, by hand: every rate with what it rests on."""

from datetime import date

import pytest
from kilns import HELPER, on, studio

from shop.db import Database
from shop.firings import Bill, CameOut, Load, plan_firing, record_opening
from shop.kiln import check_batch, record_step, start_batch
from shop.query import Query, answer, total

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def two_batches(db: Database) -> Database:
    """Twelve cups by Lin and four plates by Mei, fired together; three cups and one plate lost."""
    studio(db)
    cups = start_batch(db, "CUP", 12, actor=HELPER, on=on(2), maker="Lin").batch.batch_id
    plates = start_batch(db, "PLATE", 4, actor=HELPER, on=on(2), maker="Mei").batch.batch_id
    record_step(db, cups, "greenware", losses={"crack": 2}, actor=HELPER, on=on(4))
    record_step(db, plates, "greenware", actor=HELPER, on=on(4))
    plan_firing(db, "G1", "bisque", on(5), load=[Load(cups), Load(plates)], actor=HELPER)
    record_opening(db, "G1-260305", actor=HELPER, on=on(6), bill=Bill(energy_cents=3_200))
    for batch in (cups, plates):
        record_step(db, batch, "glazed", actor=HELPER, on=on(7))
    load = [Load(cups, 6, "top"), Load(cups, 4, "bottom"), Load(plates, position="bottom")]
    plan_firing(db, "G1", "glaze_fired", on(8), load=load, actor=HELPER)
    lost = [CameOut(cups, {"stuck": 1}, position="bottom"), CameOut(plates, {"warp": 1})]
    record_opening(db, "G1-260308", lost, actor=HELPER, on=on(9), bill=Bill(energy_cents=6_400))
    check_batch(db, cups, {"prime": 8, "second": 1}, actor=HELPER, on=on(10))
    check_batch(db, plates, {"prime": 2}, losses={"glaze_flaw": 1}, actor=HELPER, on=on(10))
    return db


def cut(db: Database, metric: str, by: str) -> dict[str, float | int | None]:
    table = answer(db, Query((metric,), *MARCH, (by,)))
    return dict(zip(table[by], table[metric], strict=True))


def test_yield_is_good_pieces_over_pieces_started(two_batches: Database):
    found = total(two_batches, Query(("yield", "batch_good", "batch_started"), *MARCH))
    assert found == {"yield": pytest.approx(11 / 16), "batch_good": 11, "batch_started": 16}
    assert cut(two_batches, "yield", "maker") == {"Lin": 0.75, "Mei": 0.5}
    assert cut(two_batches, "yield", "form") == {"cup": 0.75, "plate": 0.5}


def test_each_stage_has_its_own_yield(two_batches: Database):
    found = cut(two_batches, "stage_yield", "stage")
    assert found["greenware"] == pytest.approx(14 / 16)
    assert found["bisque"] == 1.0
    assert found["glaze_fired"] == pytest.approx(12 / 14)
    assert found["checked"] == pytest.approx(11 / 12)


def test_the_bottom_of_the_kiln_is_told_apart_from_its_top(two_batches: Database):
    asked = Query(("kiln_in", "kiln_lost"), *MARCH, ("position",),
                  where=(("stage", ("glaze_fired",)),))  # fmt: skip
    rows = answer(two_batches, asked).to_dict("records")
    assert rows == [
        {"position": "bottom", "kiln_in": 8, "kiln_lost": 2},
        {"position": "top", "kiln_in": 6, "kiln_lost": 0},
    ]


def test_lost_value_is_what_had_gone_into_the_lost_pieces(two_batches: Database):
    # shelf: cups 10 x 80, plates 4 x 600 of 3200 cm2: bisque 800 and 2400, glaze firing 1600 and 4800
    clay_of_two_cups = 2 * 120
    cup_in_the_glaze_firing = 120 + 80 + 100 + 160
    plate_in_the_glaze_firing = 360 + 600 + 300 + 1200
    found = cut(two_batches, "loss_value", "stage")
    assert found["greenware"] == clay_of_two_cups
    assert found["glaze_fired"] == cup_in_the_glaze_firing + plate_in_the_glaze_firing
    assert found["checked"] == plate_in_the_glaze_firing
    by_maker = cut(two_batches, "loss_value", "maker")
    assert by_maker == {"Lin": 240 + 460, "Mei": 2 * 2460}


def test_lost_value_by_position_adds_up_to_the_stage(two_batches: Database):
    where = (("stage", ("glaze_fired",)),)
    table = answer(two_batches, Query(("loss_value",), *MARCH, ("position",), where=where))
    assert dict(zip(table["position"], table["loss_value"], strict=True)) == {
        "bottom": 460 + 2460, "top": 0
    }  # fmt: skip
