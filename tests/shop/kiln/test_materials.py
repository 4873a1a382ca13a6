"""Materials: the moving average in whole cents, whatever order things are typed in."""

import random
import tempfile
from datetime import date, timedelta
from functools import cache
from itertools import count as counting
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from shop.access.audit import recent
from shop.db.database import Database
from shop.kiln.material_levels import material_levels
from shop.kiln.materials import (
    NotThere,
    UnknownMaterial,
    add_material,
    buy,
    copy_uses,
    count,
    record_movement,
    set_uses,
    undo_movement,
    uses_of,
    waste,
)
from shop.kiln.production import record_step, start_batch
from shop.kiln.unit_of_work import kiln_transaction
from shop.undo.catalog import undo
from tests.support.fresh import new_database
from tests.support.shops.kilns import HELPER, OWNER, on, studio


def state(db: Database, material: str) -> tuple[int, int]:
    with db.read() as connection:
        row = connection.execute(
            text("SELECT on_hand, value_cents FROM material WHERE material_id = :name"), {"name": material}
        ).one()
    return row[0], row[1]


def movements(db: Database, material: str) -> list[tuple[str, int, int]]:
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT reason, amount, value_cents FROM material_movement "
                "WHERE material_id = :name ORDER BY moved_at, move_key"
            ),
            {"name": material},
        ).all()
    return [tuple(row) for row in rows]


@pytest.fixture
def clay(db: Database) -> Database:
    add_material(db, "clay", actor=HELPER, kind="clay", reorder_point=5_000)
    return db


def test_the_price_is_the_average_of_what_is_there(clay: Database):
    buy(clay, "clay", 10_000, 4_000, actor=HELPER, on=on(1))
    buy(clay, "clay", 5_000, 3_500, actor=HELPER, on=on(2))  # 15 kg for 75.00: ¥5 a kilo
    waste(clay, "clay", 3_001, actor=HELPER, on=on(3))
    assert movements(clay, "clay")[-1] == ("wasted", -3_001, -1_501)  # 1500.5 rounded half up
    assert state(clay, "clay") == (11_999, 5_999)


def test_a_purchase_typed_late_counts_from_its_day(clay: Database):
    buy(clay, "clay", 10_000, 4_000, actor=HELPER, on=on(1))
    waste(clay, "clay", 5_000, actor=HELPER, on=on(5))
    assert state(clay, "clay") == (5_000, 2_000)
    buy(clay, "clay", 10_000, 8_000, actor=HELPER, on=on(2))  # from then on ¥6 a kilo
    assert state(clay, "clay") == (15_000, 9_000)


def test_counting_books_the_difference_at_the_average_price(clay: Database):
    buy(clay, "clay", 10_000, 4_000, actor=HELPER, on=on(1))
    assert count(clay, "clay", 9_250, actor=HELPER, on=on(2))
    assert state(clay, "clay") == (9_250, 3_700)
    assert count(clay, "clay", 9_250, actor=HELPER, on=on(2)) == 0  # nothing to book
    count(clay, "clay", 10_000, actor=HELPER, on=on(3))
    assert state(clay, "clay") == (10_000, 4_000)


def test_more_is_not_thrown_away_than_there_is(clay: Database):
    buy(clay, "clay", 1_000, 400, actor=HELPER, on=on(1))
    with pytest.raises(NotThere):
        waste(clay, "clay", 1_001, actor=HELPER)
    with pytest.raises(UnknownMaterial, match="clay"):
        buy(clay, "caly", 1_000, 400, actor=HELPER)


def test_clay_missing_in_the_records_is_booked_in(db: Database):
    studio(db)
    waste(db, "clay", 99_000, actor=HELPER, on=on(1))  # 1 kg left
    batch = start_batch(db, "CUP", 10, actor=HELPER, on=on(2)).batch.batch_id  # takes 3 kg
    assert state(db, "clay") == (0, 0)
    assert movements(db, "clay")[-2:] == [("used", -3_000, -1_200), ("counted", 2_000, 800)]
    assert [item.overuses for item in material_levels(db, on(3)) if item.material_id == "clay"] == [1]
    buy(db, "clay", 5_000, 2_000, actor=HELPER, on=on(2))  # the bag was delivered that morning
    assert state(db, "clay") == (3_000, 1_200)
    assert movements(db, "clay")[-1] == ("used", -3_000, -1_200)
    assert batch


def test_what_a_piece_takes_is_copied_and_changed(db: Database):
    studio(db)
    copy_uses(db, "PLATE", "CUP", actor=HELPER)
    assert [row[4] for row in uses_of(db, "PLATE")] == [300, 50, 1000]
    set_uses(db, "PLATE", {("clay", "greenware"): 0}, actor=HELPER)
    assert [row[0] for row in uses_of(db, "PLATE")] == ["glazed", "packing"]


def test_a_changed_list_applies_to_open_batches_only(db: Database):
    studio(db)
    start_batch(db, "CUP", 10, actor=HELPER, on=on(2))
    set_uses(db, "CUP", {("clay", "greenware"): 400}, actor=HELPER)
    assert state(db, "clay") == (96_000, 38_400)
    set_uses(db, "CUP", {("clay", "greenware"): 500}, actor=HELPER, again="new")
    assert state(db, "clay") == (96_000, 38_400)
    start_batch(db, "CUP", 10, actor=HELPER, on=on(3))
    assert state(db, "clay") == (91_000, 36_400)


def test_a_list_typed_wrong_is_undone(db: Database):
    studio(db)
    start_batch(db, "CUP", 10, actor=HELPER, on=on(2))
    set_uses(db, "CUP", {("clay", "greenware"): 4_000}, actor=HELPER)
    assert state(db, "clay") == (60_000, 24_000)
    (done,) = recent(db, actions=["kiln.uses"], limit=1)
    undo(db, done.audit_id, actor=HELPER)
    assert uses_of(db, "CUP")[0][4] == 300
    assert state(db, "clay") == (97_000, 38_800)


def test_what_to_order_next(db: Database):
    studio(db)
    add_material(db, "clay", actor=HELPER, kind="clay", reorder_point=98_000, reorder_amount=50_000)
    start_batch(db, "CUP", 10, actor=HELPER, on=on(2))
    (clay,) = [item for item in material_levels(db, on(3)) if item.material_id == "clay"]
    assert (clay.on_hand, clay.order, clay.cents_a_unit) == (97_000, 50_000, 400)
    assert clay.a_day == pytest.approx(3_000 / 90)
    (glaze,) = [item for item in material_levels(db, on(3)) if item.material_id == "celadon"]
    assert (glaze.order, glaze.days_left) == (0, None)


NUMBERS = counting()

events = st.lists(
    st.one_of(
        st.tuples(st.just("bought"), st.integers(1, 9_000), st.integers(0, 5_000), st.integers(1, 9)),
        st.tuples(st.just("wasted"), st.integers(-900, -1), st.just(0), st.integers(1, 9)),
        st.tuples(st.just("counted"), st.integers(-90, 90), st.just(0), st.integers(1, 9)),
    ),
    min_size=1,
    max_size=8,
)


@cache
def one_database() -> Database:
    """One database for all drawn examples: each has materials of its own."""
    return new_database(Path(tempfile.mkdtemp()) / "shop.db")


@settings(deadline=None, max_examples=15)
@given(events, st.randoms(use_true_random=False))
def test_the_order_of_typing_changes_no_value(drawn: list[tuple[str, int, int, int]], rng: random.Random):
    """Distinct days, so that the order within a day (by key) is the same for both."""
    days = {place: date(2026, 3, 1) + timedelta(days=place) for place in range(len(drawn))}
    db, ends = one_database(), []
    for order in (range(len(drawn)), rng.sample(range(len(drawn)), len(drawn))):
        name = f"clay-{next(NUMBERS)}"
        add_material(db, name, actor=OWNER)
        with kiln_transaction(db, OWNER) as bench:
            for place in order:
                reason, amount, cents, _ = drawn[place]
                if amount:
                    record_movement(bench, name, reason, amount, cents=cents, on=days[place])
                    bench.finish()  # valued after each, as one at a time
        result = movements(db, name)
        assert (sum(row[1] for row in result), sum(row[2] for row in result)) == state(db, name)
        assert min(state(db, name)) >= 0
        ends.append(result)
    assert ends[0] == ends[1]


def test_undoing_a_waste_restores_the_books(clay: Database):
    buy(clay, "clay", 10_000, 4_000, actor=HELPER, on=on(1))
    number = waste(clay, "clay", 3_333, actor=HELPER, on=on(2))
    waste(clay, "clay", 1_000, actor=HELPER, on=on(3))
    undo_movement(clay, number, actor=HELPER)
    assert state(clay, "clay") == (9_000, 3_600)


def test_a_step_takes_its_glaze_on_the_day_it_is_done(db: Database):
    studio(db)
    batch = start_batch(db, "CUP", 10, actor=HELPER, on=on(2)).batch.batch_id
    record_step(db, batch, "greenware", actor=HELPER, on=on(4))
    record_step(db, batch, "bisque", actor=HELPER, on=on(6))
    record_step(db, batch, "glazed", under_way=True, actor=HELPER)
    assert state(db, "celadon") == (10_000, 20_000)
    record_step(db, batch, "glazed", losses={"knocked": 2}, actor=HELPER, on=on(8))
    assert state(db, "celadon") == (9_500, 19_000)  # all ten were dipped
