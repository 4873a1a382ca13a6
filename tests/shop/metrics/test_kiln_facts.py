"""Yields and lost value, by hand: every rate with what it rests on."""

from datetime import date

import pytest

from shop.db.database import Database
from shop.kiln.board import board, firing_loads, kiln_status
from shop.kiln.firings import Bill, LoadItem, OpeningResult, fire, plan_firing, record_opening
from shop.kiln.production import check_batch, record_step, start_batch
from shop.metrics.query import Query, answer, total
from shop.performance.yields import losses, yields
from tests.support.shops.kilns import HELPER, on, studio

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def two_batches(db: Database) -> Database:
    """Twelve cups by Lin and four plates by Mei, fired together; three cups and one plate lost."""
    studio(db)
    cups = start_batch(db, "CUP", 12, actor=HELPER, on=on(2), maker="Lin").batch.batch_id
    plates = start_batch(db, "PLATE", 4, actor=HELPER, on=on(2), maker="Mei").batch.batch_id
    record_step(db, cups, "greenware", losses={"crack": 2}, actor=HELPER, on=on(4))
    record_step(db, plates, "greenware", actor=HELPER, on=on(4))
    plan_firing(db, "G1", "bisque", on(5), load=[LoadItem(cups), LoadItem(plates)], actor=HELPER)
    record_opening(db, "G1-260305", actor=HELPER, on=on(6), bill=Bill(energy_cents=3_200))
    for batch in (cups, plates):
        record_step(db, batch, "glazed", actor=HELPER, on=on(7))
    load = [LoadItem(cups, 6, "top"), LoadItem(cups, 4, "bottom"), LoadItem(plates, position="bottom")]
    plan_firing(db, "G1", "glaze_fired", on(8), load=load, actor=HELPER)
    lost = [OpeningResult(cups, {"stuck": 1}, position="bottom"), OpeningResult(plates, {"warp": 1})]
    record_opening(db, "G1-260308", lost, actor=HELPER, on=on(9), bill=Bill(energy_cents=6_400))
    check_batch(db, cups, {"prime": 8, "second": 1}, actor=HELPER, on=on(10))
    check_batch(db, plates, {"prime": 2}, losses={"glaze_flaw": 1}, actor=HELPER, on=on(10))
    return db


def cut(db: Database, metric: str, by: str) -> dict[str, float | int | None]:
    table = answer(db, Query((metric,), *MARCH, (by,)))
    return dict(zip(table[by], table[metric], strict=True))


def test_yield_is_good_pieces_over_pieces_started(two_batches: Database):
    result = total(two_batches, Query(("yield", "batch_good", "batch_started"), *MARCH))
    assert result == {"yield": pytest.approx(11 / 16), "batch_good": 11, "batch_started": 16}
    assert cut(two_batches, "yield", "maker") == {"Lin": 0.75, "Mei": 0.5}
    assert cut(two_batches, "yield", "form") == {"cup": 0.75, "plate": 0.5}


def test_each_stage_has_its_own_yield(two_batches: Database):
    result = cut(two_batches, "stage_yield", "stage")
    assert result["greenware"] == pytest.approx(14 / 16)
    assert result["bisque"] == 1.0
    assert result["glaze_fired"] == pytest.approx(12 / 14)
    assert result["checked"] == pytest.approx(11 / 12)


def test_the_bottom_of_the_kiln_is_distinguished_from_its_top(two_batches: Database):
    request = Query(("kiln_in", "kiln_lost"), *MARCH, ("position",), where=(("stage", ("glaze_fired",)),))
    rows = answer(two_batches, request).to_dict("records")
    assert rows == [
        {"position": "bottom", "kiln_in": 8, "kiln_lost": 2},
        {"position": "top", "kiln_in": 6, "kiln_lost": 0},
    ]


def test_lost_value_is_what_had_gone_into_the_lost_pieces(two_batches: Database):
    # kiln area: cups 10 x 80, plates 4 x 600 of 3200 cm2: bisque 800 and 2400, glaze firing 1600 and 4800
    clay_of_two_cups = 2 * 120
    cup_in_the_glaze_firing = 120 + 80 + 100 + 160
    plate_in_the_glaze_firing = 360 + 600 + 300 + 1200
    result = cut(two_batches, "loss_value", "stage")
    assert result["greenware"] == clay_of_two_cups
    assert result["glaze_fired"] == cup_in_the_glaze_firing + plate_in_the_glaze_firing
    assert result["checked"] == plate_in_the_glaze_firing
    by_maker = cut(two_batches, "loss_value", "maker")
    assert by_maker == {"Lin": 240 + 460, "Mei": 2 * 2460}


def test_lost_value_by_position_adds_up_to_the_stage(two_batches: Database):
    where = (("stage", ("glaze_fired",)),)
    table = answer(two_batches, Query(("loss_value",), *MARCH, ("position",), where=where))
    assert dict(zip(table["position"], table["loss_value"], strict=True)) == {"bottom": 460 + 2460, "top": 0}


def test_a_yield_is_given_with_its_base_and_an_interval(two_batches: Database):
    table = yields(two_batches, Query(("gmv",), *MARCH), "stage").set_index("stage")
    assert list(table.index) == ["greenware", "bisque", "glazed", "glaze_fired", "checked"]
    glaze = table.loc["glaze_fired"]
    assert (glaze["pieces_in"], glaze["pieces_out"], glaze["lost"]) == (14, 12, 2)
    assert glaze["low"] == pytest.approx(0.6471, abs=0.0005)  # Wilson, 12 of 14, z = 1.645
    assert glaze["high"] == pytest.approx(0.9515, abs=0.0005)
    places = yields(two_batches, Query(("gmv",), *MARCH), "position", stage="glaze_fired")
    assert places["position"].tolist() == ["bottom", "top"]


def test_losses_by_reason_add_up_to_the_pieces_lost(two_batches: Database):
    table = losses(two_batches, Query(("gmv",), *MARCH))
    assert table.to_dict("records") == [
        {"cause": "crack", "stage": "greenware", "pieces": 2, "loss_value": 240},
        {"cause": "glaze_flaw", "stage": "checked", "pieces": 1, "loss_value": 2460},
        {"cause": "stuck", "stage": "glaze_fired", "pieces": 1, "loss_value": 460},
        {"cause": "warp", "stage": "glaze_fired", "pieces": 1, "loss_value": 2460},
    ]


def test_the_board_shows_the_stage_of_every_piece(db: Database):
    studio(db)
    cups = start_batch(db, "CUP", 12, actor=HELPER, on=on(2), maker="Lin").batch.batch_id
    start_batch(db, "PLATE", 4, actor=HELPER, on=on(3))
    record_step(db, cups, "greenware", losses={"crack": 2}, actor=HELPER, on=on(4))
    plan_firing(db, "G1", "bisque", on(5), load=[LoadItem(cups, 6, "top")], actor=HELPER)
    fire(db, "G1-260305", actor=HELPER, on=on(5))
    result = [(c.sku, c.stage, c.inside, c.queued, c.next_stage, c.firing_id) for c in board(db)]
    assert result == [
        ("PLATE", "greenware", 4, 0, None, None),
        ("CUP", "greenware", 0, 4, "bisque", None),
        ("CUP", "bisque", 6, 0, None, "G1-260305"),
    ]
    now = kiln_status(db)
    assert (now.open_batches, now.open_pieces, now.in_the_kiln) == (2, 14, 6)
    assert now.next_opening is not None and now.next_opening.opens_on == on(6)
    assert now.next_opening.fill == pytest.approx(480 / 9000)


def test_a_kiln_opens_as_many_days_later_as_it_used_to(db: Database):
    studio(db)
    for day in (2, 8, 14):
        cups = start_batch(db, "CUP", 4, actor=HELPER, on=on(1)).batch.batch_id
        record_step(db, cups, "greenware", actor=HELPER, on=on(1))
        plan_firing(db, "G1", "bisque", on(day), load=[LoadItem(cups)], actor=HELPER)
        fire(db, f"G1-2603{day:02d}", actor=HELPER, on=on(day))
        if day < 14:
            record_opening(db, f"G1-2603{day:02d}", actor=HELPER, on=on(day + 3))
    (burning,) = firing_loads(db, on(17), on(17))
    assert burning.opens_on == on(17)
