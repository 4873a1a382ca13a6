"""What to throw next: a small studio's load, line by line."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import text

from shop.access.roles import Actor, NotAllowed
from shop.db.database import Database
from shop.kiln.repository import UnknownKiln
from shop.kiln_planning.demand import Season, paces, season
from shop.kiln_planning.lead_times import MakingRecord, making_history, under_way
from shop.kiln_planning.proposals import good_share, propose
from shop.kiln_planning.ready_dates import ReadyDate, ready_dates
from shop.kiln_planning.schedule import LoadTooLarge, NothingToThrow, plan_load
from shop.stats.proportions import Rate
from shop.undo.catalog import undo
from tests.support.shops.catalogs import design, match, put, sell
from tests.support.stock.simple import book_stock

ON = date(2026, 3, 31)
OWNER = Actor("Wu")
ASSISTANT = Actor("Lin", "assistant")


def batch(
    db: Database, number: str, sku: str, started: str, done: str | None, thrown: int, good: int = 0
) -> None:
    """A finished batch, or, without the day on which it was done, one that dries."""
    with db.write() as connection:
        put(
            connection,
            "kiln_batch",
            batch_id=number,
            sku=sku,
            pieces=thrown,
            started_on=started,
            status="closed" if done else "open",
        )
        put(
            connection,
            "batch_step",
            batch_id=number,
            stage="checked" if done else "greenware",
            part=1,
            pieces_in=thrown,
            pieces_out=good if done else None,
            done_on=done,
        )
        if good:
            put(connection, "batch_grade", batch_id=number, part=1, grade="prime", sku=sku, pieces=good)


@pytest.fixture
def studio(db: Database) -> Database:
    """Cups sell twice a day, bowls once a week; cups take 20 days and 4 of 5 come out well."""
    design(db, "cup", "cup", form="cup", shelf_cm2=80, price_cents=8_800)
    design(db, "bowl", "bowl", form="bowl", shelf_cm2=200, price_cents=19_900)
    design(db, "jar", "jar", form="jar", price_cents=50_000)
    design(db, "plate", "plate", form="plate", shelf_cm2=300)
    for day in range(56):
        on = (ON - timedelta(days=day)).isoformat()
        sell(db, f"c{day}", f"{on} 10:00:00", 17_600, quantity=2)
        if day % 7 == 0:
            sell(db, f"b{day}", f"{on} 10:00:00", 19_900, sku="B", currency="CNY")
    sell(db, "j", "2026-03-20 10:00:00", 50_000, sku="J")
    sell(db, "p", "2026-03-20 10:00:00", 5_000, sku="P")
    for sold, ours in (("code", "cup"), ("B", "bowl"), ("J", "jar"), ("P", "plate")):
        match(db, {"sku": sold}, ours)
    book_stock(db, "cup", ("2026-01-01", "counted", 150), ("2026-03-30", "sold", -112))
    book_stock(db, "bowl", ("2026-01-01", "counted", 8), ("2026-03-31", "sold", -8))
    book_stock(db, "jar", ("2026-03-01", "counted", 5))
    batch(db, "1", "cup", "2025-12-01", "2025-12-21", 40, 30)
    batch(db, "2", "cup", "2026-01-05", "2026-01-25", 60, 50)
    batch(db, "3", "cup", "2026-03-15", None, 25)
    with db.write() as connection:
        put(connection, "kiln", kiln_id="big", name="大窑", shelf_cm2=12_000)
        put(connection, "kiln", kiln_id="test", name="小电窑", shelf_cm2=700)
    return db


def test_the_pace_counts_days_with_stock_and_distrusts_a_peak(studio: Database) -> None:
    result = paces(studio, ON)
    assert (result["cup"].sold, result["cup"].days, result["cup"].per_day) == (112, 56, 2.0)
    assert result["bowl"].per_day == pytest.approx(1 / 7)
    book_stock(studio, "vase", ("2026-03-29", "made", 6), ("2026-03-29", "sold", -6))
    design(studio, "vase", "vase")
    sell(studio, "v", "2026-03-29 20:00:00", 60_000, sku="V", quantity=6)
    match(studio, {"sku": "V"}, "vase")
    assert paces(studio, ON)["vase"].per_day == pytest.approx(6 / 28)  # one evening, not six a day


def test_batches_teach_days_and_yield(studio: Database) -> None:
    with studio.read() as connection:
        learned = making_history(connection, ON)
        making = under_way(connection, ON)
    assert learned.of("cup", "cup") == MakingRecord(20, Rate(80, 100), "sku")
    assert learned.of("bowl", "bowl") == MakingRecord(20, Rate(80, 100), "studio")
    assert making == {"cup": 25}
    assert good_share(learned.of("cup", "cup"), learned.studio) == Fraction(4, 5)
    assert good_share(MakingRecord(20, Rate(0, 3), "sku"), learned.studio) == Fraction(615, 1000)


def test_a_load_explains_each_piece(studio: Database) -> None:
    load = propose(studio, "big", ON, actor=OWNER)
    lines = {line.sku: line for line in load.lines}
    cup, bowl = lines["cup"], lines["bowl"]
    assert (cup.per_week, cup.on_hand, cup.making, cup.record.days) == (14.0, 38, 25, 20)
    assert cup.expected == pytest.approx(2 * 48)  # 20 days to make + 28 of cover
    # 96 demanded, 38 there, 20 of the 25 will come out well: 38 more, and 4 of 5 thrown are good
    assert 0.8 * cup.pieces == pytest.approx(38, abs=2)
    assert bowl.pieces == 9  # about 6.9 demanded, none there
    assert load.used_cm2 == cup.pieces * 80 + bowl.pieces * 200 <= load.space_cm2
    assert [(left.sku, left.why) for left in load.left] == [
        ("jar", "no_shelf_space"),
        ("plate", "not_counted"),
    ]
    assert load.season == Season(1.0)  # no year before to learn from


def test_a_small_kiln_takes_the_worthier_pieces(studio: Database) -> None:
    by_takings = propose(studio, "test", ON, actor=ASSISTANT)  # 110 fen per cm2 of cups, 99 of bowls
    assert by_takings.used_cm2 <= 700
    assert {line.sku for line in by_takings.lines} == {"cup"}
    with studio.write() as connection:
        for sku, cents in (("cup", 6_800), ("bowl", 5_000)):
            put(connection, "unit_cost", sku=sku, from_on="2026-01-01", unit_cents=cents, currency="CNY")
    by_margin = propose(studio, "test", ON, by="margin", actor=OWNER)
    assert by_margin.lines[0].sku == "bowl"  # 2,000 left of a cup, 14,900 of a bowl
    assert by_margin.lines[0].worth_cents == 14_900
    with pytest.raises(NotAllowed):
        propose(studio, "test", ON, by="margin", actor=ASSISTANT)
    with pytest.raises(UnknownKiln):
        propose(studio, "none", ON, actor=OWNER)


def test_what_is_owed_comes_first(studio: Database) -> None:
    with studio.write() as connection:
        put(
            connection,
            "stock_claim",
            platform="douyin",
            order_id="b0",
            line_id="b0",
            sku="bowl",
            wanted=3,
            taken=0,
            short=3,
            paid_at=1,
        )
    before = propose(studio, "big", ON, actor=OWNER)
    assert {line.sku: line.short for line in before.lines} == {"cup": 0, "bowl": 3}


def test_products_on_order_are_thrown_for_open_orders(studio: Database) -> None:
    design(studio, "set", "set", shelf_cm2=500, stock_policy="made_to_order")
    for number, more in enumerate(
        ({}, {"quantity": 2}, {"status": "shipped", "shipped_at": 1}, {"status": "cancelled"})
    ):
        sell(studio, f"s{number}", "2026-03-20 10:00:00", 90_000, sku="S", **more)
    match(studio, {"sku": "S"}, "set")
    line = next(line for line in propose(studio, "big", ON, actor=OWNER).lines if line.sku == "set")
    assert (line.short, line.expected, line.pieces) == (3, 0.0, 4)  # four thrown give three good ones
    batch(studio, "4", "set", "2026-03-25", None, 4)
    assert "set" not in {line.sku for line in propose(studio, "big", ON, actor=OWNER).lines}


def test_a_quiet_season_lowers_the_plan_and_a_loud_one_is_half_believed(studio: Database) -> None:
    year_ago = ON - timedelta(days=364)
    for day in range(-55, 57):
        on = (year_ago + timedelta(days=day)).isoformat()
        sell(studio, f"old{day}", f"{on} 10:00:00", 100, quantity=4 if day <= 0 else 1)
    assert season(studio, ON, 48) == Season(0.5, pytest.approx(0.25))
    load = propose(studio, "big", ON, actor=OWNER)
    assert {line.sku: line.expected for line in load.lines}["bowl"] == pytest.approx(48 / 7 / 2)


def test_an_empty_shop_gets_an_empty_load(db: Database) -> None:
    with db.write() as connection:
        put(connection, "kiln", kiln_id="big", name="大窑", shelf_cm2=12_000)
    load = propose(db, "big", ON, actor=OWNER)
    assert (load.lines, load.left, load.pieces) == ((), (), 0)


def test_a_load_is_planned_at_once_and_undone_at_once(studio: Database) -> None:
    load = propose(studio, "big", ON, actor=OWNER)
    pieces = {line.sku: line.pieces for line in load.lines}
    day = date(2026, 4, 20)
    planned = plan_load(studio, "big", pieces, day, actor=ASSISTANT, is_thrown=True, note="碗和杯")
    with studio.read() as connection:
        assert under_way(connection, date(2100, 1, 1)) == {"cup": 25 + pieces["cup"], "bowl": pieces["bowl"]}
    assert len(planned.batches) == 2
    undo(studio, planned.audit_id, actor=ASSISTANT)
    with studio.read() as connection:
        assert under_way(connection, date(2100, 1, 1)) == {"cup": 25}
        assert connection.execute(text("SELECT COUNT(*) FROM firing")).scalar() == 0


def test_a_plan_without_batches_waits_in_the_calendar(studio: Database) -> None:
    planned = plan_load(studio, "big", {"cup": 12}, date(2026, 4, 20), actor=OWNER, note="12 cups")
    with studio.read() as connection:
        row = connection.execute(text("SELECT stage, status, note FROM firing")).one()
        assert tuple(row) == ("bisque", "planned", "12 cups")
        assert under_way(connection, ON) == {"cup": 25}
    assert planned.batches == ()


@pytest.mark.parametrize(("pieces", "error"), [({"cup": 0}, NothingToThrow), ({"cup": 151}, LoadTooLarge)])
def test_what_cannot_be_loaded_is_rejected_and_leaves_nothing(
    studio: Database, pieces: dict[str, int], error: type[Exception]
) -> None:
    with pytest.raises(error):
        plan_load(studio, "big", pieces, date(2026, 4, 20), actor=OWNER, is_thrown=True)
    with pytest.raises(NotAllowed):
        plan_load(studio, "big", {"cup": 1}, date(2026, 4, 20), actor=Actor("Mo", "creator"))
    with studio.read() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM firing")).scalar() == 0


def test_when_pieces_that_are_sold_will_be_ready(db: Database) -> None:
    """Ten finished batches took 11 to 20 days; an open one has taken 15 already, with 4 good cups to expect."""
    design(db, "cup", "cup", form="cup")
    design(db, "bowl", "bowl", form="bowl")
    for days in range(11, 21):
        done = date(2026, 1, 1) + timedelta(days=days)
        batch(db, f"b{days}", "cup", "2026-01-01", done.isoformat(), 5, 4)
    batch(db, "open", "cup", "2026-03-16", None, 5)
    with db.read() as connection:
        first, second, third, bowl = ready_dates(
            connection, [("cup", 3), ("cup", 1), ("cup", 1), ("bowl", 1)], ON
        )
    # of the durations over 15 days (16 ... 20) the median is 18, the band 16 to 20
    began = date(2026, 3, 16)
    at = [began + timedelta(days=days) for days in (18, 16, 20)]
    assert first == second == ReadyDate("open", *at, "sku")
    fresh = [ON + timedelta(days=days) for days in (15, 11, 19)]
    assert third == ReadyDate(None, *fresh, "sku")  # 5 x 4/5 good pieces are promised to the first two
    assert bowl == ReadyDate(None, *fresh, "studio")


def test_without_any_finished_batch_a_month_is_assumed(db: Database) -> None:
    design(db, "cup", "cup", form="cup")
    with db.read() as connection:
        (ready,) = ready_dates(connection, [("cup", 1)], ON)
    month = ON + timedelta(days=30)
    assert ready == ReadyDate(None, month, month, month, "none")
