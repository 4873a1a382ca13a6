"""One answer per question: the command, the pages and the morning message compare alike; no base, no percentage."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dashboard.cli import root_command
from dashboard.reports import export
from dashboard.reports.options import ReportOptions
from shop import overview
from shop.connect import connect
from shop.core.periods import Period
from shop.growth.comparison import calendars
from shop.growth.comparison.growth import comparison_of, range_total
from shop.metrics.query import Query, change

NOON = datetime(2022, 2, 21, 4, tzinfo=UTC)


@pytest.fixture
def json_of(spring_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("KILNBOARD_DB", str(spring_path))

    def json_of(*arguments: str) -> Any:
        result = CliRunner().invoke(root_command(), [*arguments, "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    return json_of


@pytest.mark.parametrize("name", ["gmv", "orders", "units", "aov"])
def test_the_month_so_far_is_the_same_in_command_page_report_and_message(
    json_of: Any, spring_path: Path, name: str
) -> None:
    first, last = date(2022, 2, 1), date(2022, 2, 20)
    days = ("--from", first.isoformat(), "--to", last.isoformat(), "--against", "mtd")
    command = json_of("report", name, *days)["total"]
    db = connect(str(spring_path))
    query = Query((name,), first, last)
    page = calendars.compare(db, query, calendars.pair(db, Period(first, last), "mtd"))[name]
    *_, month = overview.spans(db, query, overview.clock(db, NOON, last))
    options = ReportOptions(first.isoformat(), last.isoformat(), "mtd")
    report = export.build_report(db, NOON, options, name).growth_story.result
    db.close()
    answers = [(item.now.total, item.before.total, item.change) for item in (page, report)]
    if name in month.figures:
        message = month.figures[name]
        answers.append((message.now.total, message.before.total, message.change))
    answers.append((command["now"][name], command["before"][name], command["change"][name]))
    assert len(set(answers)) == 1


CENTS = st.integers(-(10**9), 10**9)
DAYS = st.integers(1, 40)


@given(CENTS, st.integers(-(10**9), 0), DAYS, DAYS)
def test_a_base_of_nothing_or_less_has_no_percentage(
    now: int, before: int, days: int, before_days: int
) -> None:
    assert change(now, before) is None
    ranges = (
        Period(date(2026, 3, 1), date(2026, 3, days % 28 + 1)),
        Period(date(2026, 1, 1), date(2026, 1, 28)),
    )
    result = comparison_of(
        "net_sales",
        range_total("net_sales", ranges[0], now, days),
        range_total("net_sales", ranges[1], before, before_days),
    )
    assert (result.change, result.change_total) == (None, None)
