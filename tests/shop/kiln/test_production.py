"""Production: batches through their stages, firings, stock, materials and costs, by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from shop.access.audit import ChangedSince, recent
from shop.access.change_log import Edits
from shop.access.roles import NotAllowed
from shop.db.database import Database
from shop.kiln import output
from shop.kiln.batch_costs import recompute_after_edits, recompute_batch_costs
from shop.kiln.batches import (
    BadDay,
    GradesDoNotAddUp,
    OnlyWhenFired,
    StageOutOfOrder,
    TooManyLosses,
    TooManyPieces,
)
from shop.kiln.firings import (
    Bill,
    EmptyFiring,
    KilnTaken,
    KilnTooFull,
    LoadItem,
    OpeningResult,
    bill_firing,
    cancel_firing,
    fire,
    plan_firing,
    record_opening,
)
from shop.kiln.materials import NotTyped, buy, undo_movement
from shop.kiln.production import (
    AlreadyInStock,
    batch,
    cancel_batch,
    check_batch,
    close_batch,
    record_step,
    start_batch,
)
from shop.maintenance import costs_are_true
from shop.pricing.unit_costs import unit_cost
from shop.undo.catalog import undo
from tests.support.shops.kilns import DAY, GUEST, HELPER, OWNER, on, studio, ten_cups


@pytest.fixture(autouse=True)
def the_studio(db: Database) -> None:
    studio(db)


def on_hand(db: Database) -> dict[str, int]:
    with db.read() as connection:
        rows = connection.execute(text("SELECT sku, on_hand FROM stock_balance"))
        return {row[0]: row[1] for row in rows}


def materials(db: Database) -> dict[str, tuple[int, int]]:
    with db.read() as connection:
        rows = connection.execute(text("SELECT material_id, on_hand, value_cents FROM material"))
        return {row[0]: (row[1], row[2]) for row in rows}


def test_ten_cups_become_five_cups_and_two_seconds_in_stock(db: Database):
    cups = ten_cups(db)
    assert on_hand(db) == {"CUP": 5, "CUP-S": 2}
    assert batch(db, cups).status == "closed"


def test_a_cup_costs_8_14_and_its_box_1_45(db: Database):
    ten_cups(db)
    cup = unit_cost(db, "CUP", on(12))
    assert cup is not None
    assert (cup.material_cents, cup.kiln_cents, cup.loss_cents) == (220, 400, 194)
    assert (cup.packing_cents, cup.unit_cents, cup.is_complete) == (145, 959, True)
    second = unit_cost(db, "CUP-S", on(30))
    assert second is not None
    assert second.unit_cents == 959  # packed as the cup is
    assert unit_cost(db, "CUP", on(11)) is None


def test_each_stage_records_its_losses(db: Database):
    cups = ten_cups(db)
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT stage, pieces_in, pieces_out, material_cents, kiln_cents, loss_cents "
                "FROM batch_cost WHERE batch_id = :batch"
            ),
            {"batch": cups},
        ).all()
    assert sorted(map(tuple, rows)) == [
        ("bisque", 9, 9, 0, 900, 0),
        ("checked", 7, 7, 0, 0, 0),
        ("glaze_fired", 9, 7, 0, 2700, 1240),
        ("glazed", 9, 9, 900, 0, 0),
        ("greenware", 10, 9, 1200, 0, 120),
    ]


def test_a_cost_without_its_energy_bill_is_marked_until_the_bill_comes(db: Database):
    ten_cups(db, bill=False)
    before = unit_cost(db, "CUP", on(12))
    assert before is not None and not before.is_complete
    bill_firing(db, "E1-260310", Bill(energy_cents=2200), actor=HELPER)
    after = unit_cost(db, "CUP", on(12))
    assert after is not None and after.is_complete and after.unit_cents == 959


def test_the_clay_and_glaze_of_the_batch_are_used_once(db: Database):
    ten_cups(db)
    assert materials(db)["clay"] == (100_000 - 3_000, 40_000 - 1_200)
    assert materials(db)["celadon"] == (10_000 - 450, 20_000 - 900)
    assert materials(db)["box"] == (100_000, 14_500)


def test_a_step_recorded_again_corrects_material_stock_and_cost(db: Database):
    cups = ten_cups(db)
    record_step(db, cups, "checked", part=1, grades={"prime": 6, "second": 1}, actor=HELPER)
    assert on_hand(db) == {"CUP": 6, "CUP-S": 1}
    record_step(db, cups, "glazed", part=1, pieces_in=9, losses={}, on=on(10), actor=HELPER)
    assert materials(db)["celadon"] == (10_000 - 450, 20_000 - 900)


def test_a_check_cannot_be_corrected_once_its_pieces_are_gone(db: Database):
    from shop.stock.adjustments import sell

    cups = ten_cups(db)
    sell(db, "CUP", 4, actor=OWNER)
    with pytest.raises(output.AlreadySold):
        check_batch(db, cups, {"prime": 3, "second": 4}, part=1, actor=HELPER)
    assert on_hand(db) == {"CUP": 1, "CUP-S": 2}  # nothing half done
    check_batch(db, cups, {"prime": 4, "second": 3}, part=1, actor=HELPER)
    assert on_hand(db) == {"CUP": 0, "CUP-S": 3}


def test_unique_pieces_get_a_number_each(db: Database):
    cups = start_batch(db, "CUP", 4, actor=HELPER, on=on(2)).batch.batch_id
    for stage in ("greenware", "bisque", "glazed", "glaze_fired"):
        record_step(db, cups, stage, actor=HELPER, on=on(3))
    check_batch(db, cups, {"prime": 2, "unique": 2}, actor=HELPER, on=on(4))
    assert on_hand(db) == {"CUP": 2, "CUP-P1": 1, "CUP-P2": 1}
    with db.read() as connection:
        rows = connection.execute(text("SELECT batch_id, made_on, grade FROM piece")).all()
    assert set(map(tuple, rows)) == {(cups, "2026-03-04", "unique")}
    check_batch(db, cups, {"prime": 3, "unique": 1}, part=1, actor=HELPER)
    assert on_hand(db) == {"CUP": 3, "CUP-P1": 1, "CUP-P2": 0}
    check_batch(db, cups, {"prime": 1, "unique": 3}, part=1, actor=HELPER)
    assert {sku for sku, pieces in on_hand(db).items() if pieces} == {"CUP", "CUP-P1", "CUP-P3", "CUP-P4"}


def test_a_batch_may_be_split_over_two_firings(db: Database):
    cups = start_batch(db, "CUP", 10, actor=HELPER, on=on(2)).batch.batch_id
    record_step(db, cups, "greenware", actor=HELPER, on=on(4))
    record_step(db, cups, "bisque", actor=HELPER, on=on(5))
    record_step(db, cups, "glazed", actor=HELPER, on=on(6))
    for day, pieces in ((7, 6), (9, None)):
        plan_firing(db, "E1", "glaze_fired", on(day), load=[LoadItem(cups, pieces)], actor=HELPER)
    first = record_opening(db, "E1-260307", [OpeningResult(cups, {"warp": 1})], actor=HELPER, on=on(8))
    assert first.firing.status == "opened"
    result = check_batch(db, cups, {"prime": 5}, actor=HELPER, on=on(8)).batch
    assert (result.status, result.pieces_by_stage()) == ("open", {"glaze_fired": (4, 0)})
    record_opening(db, "E1-260309", actor=HELPER, on=on(10))
    result = check_batch(db, cups, {"prime": 4}, actor=HELPER, on=on(10)).batch
    assert (result.status, result.closed_on, result.good, result.lost) == ("closed", on(10), 9, 1)
    assert on_hand(db) == {"CUP": 9}


def test_a_firing_is_shared_by_all_that_stood_in_it(db: Database):
    cups = start_batch(db, "CUP", 12, actor=HELPER, on=on(2)).batch.batch_id
    plates = start_batch(db, "PLATE", 4, actor=HELPER, on=on(2)).batch.batch_id
    for name in (cups, plates):
        record_step(db, name, "greenware", actor=HELPER, on=on(4))
    plan_firing(db, "E1", "bisque", on(5), load=[LoadItem(cups), LoadItem(plates)], actor=HELPER)
    record_opening(db, "E1-260305", actor=HELPER, on=on(6), bill=Bill(energy_cents=9_500))
    with db.read() as connection:
        rows = connection.execute(
            text("SELECT batch_id, kiln_cents FROM batch_cost WHERE stage = 'bisque'")
        ).all()
    assert dict(map(tuple, rows)) == {plates: 7143, cups: 2857}  # 2400 : 960 of 100.00


def test_pieces_are_conserved(db: Database):
    cups = start_batch(db, "CUP", 10, actor=HELPER, on=on(2)).batch.batch_id
    record_step(db, cups, "greenware", losses={"crack": 3}, actor=HELPER, on=on(4))
    with pytest.raises(TooManyPieces, match="Only 7 pieces"):
        record_step(db, cups, "bisque", pieces_in=8, actor=HELPER, on=on(5))
    record_step(db, cups, "bisque", pieces_in=7, actor=HELPER, on=on(5))
    with pytest.raises(TooManyPieces):
        record_step(db, cups, "greenware", part=1, losses={"crack": 4}, actor=HELPER)


def test_stages_follow_one_another_unless_one_is_left_out(db: Database):
    cups = start_batch(db, "CUP", 4, actor=HELPER, on=on(2)).batch.batch_id
    record_step(db, cups, "greenware", actor=HELPER, on=on(4))
    with pytest.raises(StageOutOfOrder):
        record_step(db, cups, "glazed", actor=HELPER, on=on(5))
    record_step(db, cups, "glazed", leaving_out=True, actor=HELPER, on=on(5))
    result = record_step(db, cups, "glaze_fired", losses={"burst": 1}, actor=HELPER, on=on(6))
    assert result.batch.stages == ("greenware", "glazed", "glaze_fired")


def test_numbers_that_cannot_be_are_rejected(db: Database):
    cups = start_batch(db, "CUP", 4, actor=HELPER, on=on(2)).batch.batch_id
    with pytest.raises(TooManyLosses):
        record_step(db, cups, "greenware", pieces_out=3, losses={"crack": 2}, actor=HELPER, on=on(4))
    with pytest.raises(BadDay):
        record_step(db, cups, "greenware", actor=HELPER, on=on(1))
    with pytest.raises(OnlyWhenFired):
        record_step(db, cups, "greenware", firing_id="E1-260305", actor=HELPER, on=on(4))
    for stage in ("greenware", "bisque", "glazed", "glaze_fired"):
        record_step(db, cups, stage, actor=HELPER, on=on(5))
    with pytest.raises(GradesDoNotAddUp):
        record_step(db, cups, "checked", pieces_out=4, grades={"prime": 3}, actor=HELPER, on=on(5))


def test_a_creator_records_nothing(db: Database):
    with pytest.raises(NotAllowed):
        start_batch(db, "CUP", 4, actor=GUEST)


def test_two_firings_of_a_kiln_on_one_day_need_confirmation(db: Database):
    plan_firing(db, "E1", "bisque", on(5), actor=HELPER)
    with pytest.raises(KilnTaken):
        plan_firing(db, "E1", "glaze_fired", on(5), actor=HELPER)
    second = plan_firing(db, "E1", "glaze_fired", on(5), actor=HELPER, anyway=True).firing
    assert second.firing_id == "E1-260305-2"


def test_a_kiln_is_overfilled_only_with_a_word_about_it(db: Database):
    plates = start_batch(db, "PLATE", 6, actor=HELPER, on=on(2)).batch.batch_id
    record_step(db, plates, "greenware", actor=HELPER, on=on(4))
    with pytest.raises(KilnTooFull, match="107 %"):
        plan_firing(db, "E1", "bisque", on(5), load=[LoadItem(plates)], actor=HELPER)
    plan_firing(db, "E1", "bisque", on(5), load=[LoadItem(plates)], note="stacked", actor=HELPER)


def test_a_firing_called_off_lets_its_load_wait_again(db: Database):
    cups = start_batch(db, "CUP", 4, actor=HELPER, on=on(2)).batch.batch_id
    record_step(db, cups, "greenware", actor=HELPER, on=on(4))
    firing = plan_firing(db, "E1", "bisque", on(5), load=[LoadItem(cups)], actor=HELPER).firing
    fire(db, firing.firing_id, actor=HELPER, on=on(5))
    cancel_firing(db, firing.firing_id, actor=HELPER)
    assert batch(db, cups).pieces_by_stage() == {"greenware": (0, 4)}


def test_pieces_still_in_progress_are_lost_when_the_batch_is_ended(db: Database):
    cups = start_batch(db, "CUP", 10, actor=HELPER, on=on(2)).batch.batch_id
    record_step(db, cups, "greenware", losses={"crack": 1}, actor=HELPER, on=on(4))
    record_step(db, cups, "bisque", pieces_in=6, actor=HELPER, on=on(5))
    result = close_batch(db, cups, reason="knocked", actor=HELPER).batch
    assert (result.status, result.lost, result.open_pieces) == ("closed", 10, 0)
    assert result.at("greenware")[0].losses == (("crack", 1), ("knocked", 3))
    assert result.at("bisque")[0].losses == (("knocked", 6),)


def test_a_cancelled_batch_counts_nowhere_and_gives_its_clay_back(db: Database):
    cups = start_batch(db, "CUP", 10, actor=HELPER, on=on(2)).batch.batch_id
    assert materials(db)["clay"] == (97_000, 38_800)
    cancel_batch(db, cups, actor=HELPER)
    assert materials(db)["clay"] == (100_000, 40_000)
    with pytest.raises(AlreadyInStock):
        cancel_batch(db, ten_cups(db), actor=HELPER)


def test_a_batch_of_the_future_is_rejected(db: Database):
    with pytest.raises(BadDay):
        start_batch(db, "CUP", 4, actor=HELPER, on=DAY + timedelta(days=100_000))


def test_an_opening_is_undone_with_all_that_followed(db: Database):
    cups = ten_cups(db)
    numbers = {done.action: done.audit_id for done in recent(db, actions=["kiln."])}
    with pytest.raises(ChangedSince):
        undo(db, numbers["kiln.open"], actor=HELPER)  # the check came after it
    again = undo(db, numbers["kiln.checked"], actor=HELPER)
    assert on_hand(db) == {"CUP": 0, "CUP-S": 0}
    assert unit_cost(db, "CUP", on(12)) is None
    assert batch(db, cups).pieces_by_stage() == {"glaze_fired": (0, 7)}
    undo(db, again, actor=HELPER)
    assert on_hand(db) == {"CUP": 5, "CUP-S": 2}
    result = unit_cost(db, "CUP", on(12))
    assert result is not None and result.unit_cents == 959


def test_undoing_a_purchase_restores_the_costs(db: Database):
    dear = buy(db, "clay", 100_000, 400_000, actor=HELPER, on=on(1))
    ten_cups(db)
    result = unit_cost(db, "CUP", on(12))
    assert result is not None and result.material_cents > 220
    (number,) = [done.audit_id for done in recent(db, actions=["kiln.bought"], limit=1)]
    undo(db, number, actor=HELPER)
    result = unit_cost(db, "CUP", on(12))
    assert result is not None and result.unit_cents == 959
    assert materials(db)["clay"] == (100_000 - 3_000, 40_000 - 1_200)
    with pytest.raises(NotTyped):
        undo_movement(db, dear, actor=HELPER)


def test_the_kiln_area_typed_later_moves_the_costs(db: Database):
    cups = start_batch(db, "CUP", 12, actor=HELPER, on=on(2)).batch.batch_id
    plates = start_batch(db, "PLATE", 4, actor=HELPER, on=on(2)).batch.batch_id
    for name in (cups, plates):
        record_step(db, name, "greenware", actor=HELPER, on=on(4))
    plan_firing(db, "E1", "bisque", on(5), load=[LoadItem(cups), LoadItem(plates)], actor=HELPER)
    record_opening(db, "E1-260305", actor=HELPER, on=on(6), bill=Bill(energy_cents=9_500))
    with db.write() as connection:
        edits = Edits(connection)
        edits.update("variant", {"sku": "PLATE"}, {"shelf_cm2": 240})
        recompute_after_edits(connection, 1, edits.undo)
    with db.read() as connection:
        sql = "SELECT kiln_cents FROM batch_cost WHERE stage = 'bisque' AND batch_id = :batch"
        assert connection.execute(text(sql), {"batch": cups}).scalar() == 5_000


def test_pieces_that_a_check_does_not_name_wait_for_the_next_one(db: Database):
    cups = start_batch(db, "CUP", 6, actor=HELPER, on=on(2)).batch.batch_id
    for stage in ("greenware", "bisque", "glazed", "glaze_fired"):
        record_step(db, cups, stage, actor=HELPER, on=on(3))
    result = check_batch(db, cups, {"prime": 3}, losses={"glaze_flaw": 1}, actor=HELPER).batch
    assert result.pieces_by_stage() == {"glaze_fired": (0, 2)}
    assert check_batch(db, cups, {"second": 2}, actor=HELPER).batch.status == "closed"
    assert on_hand(db) == {"CUP": 3, "CUP-S": 2}


def test_the_doctor_notices_a_cost_that_is_not_true(db: Database):
    ten_cups(db)
    assert costs_are_true(db)
    with db.write() as connection:
        connection.execute(text("UPDATE unit_cost SET unit_cents = unit_cents + 1"))
    assert not costs_are_true(db)
    with db.write() as connection:
        recompute_batch_costs(connection, 1)
    assert costs_are_true(db)


def test_an_empty_kiln_is_not_lit(db: Database):
    plan_firing(db, "E1", "bisque", on(5), firing_id="EMPTY", actor=HELPER)
    with pytest.raises(EmptyFiring):
        fire(db, "EMPTY", actor=HELPER, on=on(5))
