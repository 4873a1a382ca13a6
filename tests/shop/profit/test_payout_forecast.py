"""Payouts to come: by hand on a shop that always waits ten days, and how often the band holds on generated shops."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import root_command
from etl.imports.importer import import_file
from sample_data.generator.practice import plan_shop, write_plan
from shop.access.roles import NotAllowed
from shop.connect import connect
from shop.core.periods import Period
from shop.db.database import Database
from shop.metrics.query import Query
from shop.profit.payout_forecast import payout_forecast
from shop.profit.payout_history import read_payout_history
from tests.support.fresh import new_database
from tests.support.pages import no_error, open_page, shown
from tests.support.shops.practice_studio import Studio, tables
from tests.support.shops.small_shop import line, payout, refund, store

ON = date(2026, 3, 31)


def at(on: date, **more: str) -> Query:
    return Query(("gmv",), on, on, currency="CNY", **more)


def test_a_shop_that_always_waits_ten_days(db: Database) -> None:
    """One order of 100.00 a day, paid out after ten days less 5 %; every tenth is refunded whole on its second day."""
    days = [ON - timedelta(days=back) for back in range(200)]
    back = [day for day in days if day.toordinal() % 10 == 0]
    store(
        db,
        lines=[line(f"O{day}", f"{day} 12:00:00", 10_000, status="completed") for day in days],
        refunds=[
            refund(f"R{day}", f"O{day}", f"{when} 12:00:00", 10_000, line_id=f"O{day}")
            for day in back
            if (when := day + timedelta(days=2)) <= ON
        ],
        payouts=[
            payout(f"S{day}", f"O{day}", f"{when} 12:00:00", 9_500, income_cents=10_000)
            for day in days
            if day not in back and (when := day + timedelta(days=10)) <= ON
        ],
    )
    forecast = payout_forecast(db, at(ON))
    assert sum(day.of_paid == 0 for day in forecast.days[:8]) == 1  # the one that was refunded
    assert [day.of_paid > 0 for day in forecast.days[8:12]] == [True, True, False, False]
    # the day of one order: 95.00, or nothing where it was refunded; one not refunded by its third day surely comes
    assert {day.of_paid for day in forecast.days[:8]} <= {9_500, 0}
    assert 0 < forecast.days[8].of_paid < 9_500  # may still be refunded
    assert forecast.days[20].of_new == pytest.approx(9_500 * 0.9, rel=0.02)
    assert sum(day.cents for day in forecast.days) == pytest.approx(
        sum(week.cents for week in forecast.weeks), abs=50
    )
    assert all(week.low <= week.cents <= week.high for week in forecast.weeks)
    assert forecast.past_errors > 20


def test_without_any_payout_nothing_is_expected_and_others_do_not_see_it(db: Database) -> None:
    store(db, lines=[line("A", "2026-03-02 10:00:00", 9_000)])
    assert payout_forecast(db, at(ON)).days == ()
    with pytest.raises(NotAllowed):
        payout_forecast(replace(db, role="assistant"), at(ON))


def coverage(db: Database, origins: list[date]) -> tuple[int, int]:
    """In how many weeks the band held, of all."""
    held = weeks = 0
    for on in origins:
        forecast = payout_forecast(db, at(on))
        ahead = Period(on - timedelta(days=500), on + timedelta(days=42))
        history = read_payout_history(db, at(on), ahead)
        actual = history.paid_out_after(history.day(on), 42).reshape(6, 7).sum(1)
        for week, cents in zip(forecast.weeks, actual, strict=True):
            held += week.low <= cents <= week.high
            weeks += 1
    return held, weeks


def test_the_band_holds_on_the_practice_shop(workshop_db: Database) -> None:
    """Few weeks of a small shop; the proof below measures three shops."""
    held, weeks = coverage(workshop_db, [date(2025, 9, 19) - timedelta(days=4 * back) for back in range(6)])
    assert weeks == 36 and held >= 27


def test_the_command_prints_its_contract(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KILNBOARD_DB", str(studio.path))
    words = ["payouts", "--on", "2025-09-19", "--json"]
    result = json.loads(CliRunner().invoke(root_command(), words, catch_exceptions=False).output)
    assert (result["on"], result["currency"]) == ("2025-09-19", "CNY")
    assert (len(result["weeks"]), len(result["days"])) == (6, 42)
    week = result["weeks"][0]
    assert (week["start"], week["end"]) == ("2025-09-20", "2025-09-26")
    assert week["expected"] == week["of_paid"] + week["of_new"] > 0
    page = open_page("growth", part="payouts")
    assert no_error(page) and "未来七天大约到账" in " ".join(shown(page).split())


def generated(folder: Path, orders: int, seed: int) -> Path:
    """A practice shop's orders, after-sale cases and settlements."""
    write_plan(
        folder / "exports",
        plan_shop(orders=orders, until=date(2025, 10, 31), seed=seed, platforms=("douyin",)),
    )
    database = new_database(folder / "shop.db")
    for file in tables(folder / "exports"):
        if any(word in file.name for word in ("orders", "aftersale", "settlement")):
            import_file(database, file)
    database.close()
    return folder / "shop.db"


@pytest.mark.proof
@pytest.mark.parametrize(("orders", "seed"), [(2_000, 1), (6_000, 2), (20_000, 3)])
def test_the_weekly_band_holds_nine_times_in_ten(tmp_path: Path, orders: int, seed: int) -> None:
    database = connect(str(generated(tmp_path, orders, seed)))
    try:
        origins = [date(2025, 9, 19) - timedelta(days=5 * back) for back in range(32)]
        held, weeks = coverage(database, origins)
        print(f"{orders} orders, seed {seed}: {held} of {weeks} = {held / weeks:.1%}")
        assert 0.84 <= held / weeks <= 0.96
    finally:
        database.close()
