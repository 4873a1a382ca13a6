"""How pieces perform, as a potter reads it: on the command line and on the Products page."""

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from dashboard.charts import rates
from dashboard.charts.rates import Named
from dashboard.cli import root_command
from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.theme.palette import palette
from dashboard.views.products import kiln_plan, turnover
from dashboard.views.products.parts import PARTS
from shop.connect import connect
from shop.metrics.query import Query
from shop.performance.sales import CUTS
from shop.stats.proportions import Rate
from shop.stats.survival import curve
from tests.support.pages import no_error, open_page, sentence, shown

WINTER = ("--from", "2021-11-01", "--to", "2022-03-15")
LATELY = {"period": "days_90"}


@pytest.mark.parametrize(("language", "group"), [("en", "not matched"), ("zh", "未匹配")])
def test_a_report_by_family_names_what_is_not_matched_yet(
    spring_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, group: Any
) -> None:
    monkeypatch.setenv("KILNBOARD_DB", str(spring_path))
    use_language(language)
    result = CliRunner().invoke(root_command(), ["report", "gmv", "units", "--by", "family", *WINTER])
    assert result.exit_code == 0, result.output
    assert group in result.output


def test_a_report_shows_the_sell_through(spring_shop: Path) -> None:
    use_language("en")
    request = ["report", "sell_through", "stock_cover_days", "--by", "form", *WINTER]
    result = CliRunner().invoke(root_command(), request)
    assert result.exit_code == 0, result.output
    assert "Sell-through" in result.output
    assert "盖碗" in result.output


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_page_opens_on_a_living_studio(spring_shop: Path, part: str, language: str) -> None:
    page = open_page("products", lang=language, look=part, **LATELY)
    assert no_error(page)
    assert not re.search(r"\{\w+[:}]", shown(page))
    assert "performed." not in shown(page)


@pytest.mark.parametrize("part", PARTS)
def test_a_shop_without_catalog_and_stock_shows_the_next_step(
    spring_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setenv("KILNBOARD_DB", str(spring_path))
    page = open_page("products", lang="zh", look=part, by="form", **LATELY)
    assert no_error(page)
    message = {
        "sold": "建款",
        "shelf": "盘点一次",
        "waiting": "孤品要有自己的编号",
        "origins": "记录批次",
        "next": "盘点一次",
        "returns": "退款原因",
        "one": "建款",
    }
    assert message[part] in shown(page)


@pytest.mark.parametrize("cut", CUTS)
def test_the_page_can_be_grouped_by_every_dimension(spring_shop: Path, cut: str) -> None:
    page = open_page("products", lang="zh", by=cut, **LATELY)
    assert no_error(page)
    assert sentence(page).startswith("2021年12月16日–2022年3月15日")


def test_half_of_the_numbered_pieces_sell_within_so_many_days(spring_shop: Path) -> None:
    page = open_page("products", lang="en", look="waiting", **LATELY)
    message = re.search(r"within\s+(\d+)\s+days .*?of (\d+), (\d+) are sold and (\d+) wait", shown(page))
    assert message, shown(page)[:2000]
    days, pieces, sold, left = map(int, message.groups())
    assert sold + left == pieces
    assert 0 < days < 150


@pytest.mark.parametrize(("role", "is_shown"), [("owner", True), ("assistant", False)])
def test_the_owner_sees_what_one_more_layer_of_foam_would_cost_and_save(
    spring_shop: Path, monkeypatch: pytest.MonkeyPatch, role: str, is_shown: bool
) -> None:
    monkeypatch.setenv("KILNBOARD_ROLE", role)
    page = open_page("products", lang="zh", look="returns", broken_by="province", **LATELY)
    assert no_error(page)
    assert ("多裹一层泡沫" in shown(page)) == is_shown
    if is_shown:
        before = re.search(r"少碎 50.0%[^。]*", shown(page))
        page.number_input(key="foam-prevented").set_value(100).run()
        after = re.search(r"少碎 100.0%[^。]*", shown(page))
        assert before and after and before[0] != after[0]
        assert "结论" in page.dataframe[-1].value.columns


def test_only_the_owner_may_compare_loads_by_what_they_leave(
    spring_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worths() -> list[str]:
        page = open_page("products", lang="en", look="next", **LATELY)
        assert no_error(page)
        return list(next(box for box in page.selectbox if box.label == "Compared by").options)

    def columns() -> list[str]:
        page = open_page("products", lang="en", look="origins", **LATELY)
        return list(page.dataframe[0].value.columns)

    assert "what they leave" in worths()
    assert "Left before fees" in columns()
    monkeypatch.setenv("KILNBOARD_ROLE", "assistant")
    assert worths() == ["pieces sold", "what they bring in"]
    assert "Left before fees" not in columns()


@pytest.fixture
def own_studio(spring_shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The studio, to write in."""
    copied = shutil.copy(spring_shop, tmp_path / "studio.db")
    monkeypatch.setenv("KILNBOARD_DB", str(copied))
    return Path(copied)


def firings(path: Path) -> list[tuple[str, str]]:
    db = connect(str(path))
    with db.read() as connection:
        rows = connection.execute(
            text("SELECT firing_id, note FROM firing WHERE status = 'planned' AND note IS NOT NULL")
        ).fetchall()
    db.close()
    return [(row[0], row[1]) for row in rows]


def test_a_proposed_load_is_planned_after_a_second_yes_and_can_be_undone(own_studio: Path) -> None:
    before = firings(own_studio)
    page = open_page("products", lang="zh", look="next", **LATELY)
    assert "建议做" in shown(page)
    counts = [box for box in page.number_input if str(box.key).startswith("load-")]
    assert counts and all(box.value > 0 for box in counts)
    for box in counts[1:]:
        box.set_value(0)
    counts[0].set_value(3)
    page.date_input[-1].set_value(date(2031, 5, 1))
    button(page, "排进窑历").click()
    page.run()
    assert "3 件。确定吗" in shown(page)
    assert firings(own_studio) == before  # nothing is written before it is confirmed
    button(page, "确定").click()
    page.run()
    new = [item for item in firings(own_studio) if item not in before]
    assert len(new) == 1
    assert new[0][1].endswith(" 3 件")
    assert new[0][0] in shown(page)
    button(page, "撤销").click()
    page.run()
    assert no_error(page)
    assert firings(own_studio) == before


def test_a_load_that_does_not_fit_is_rejected_with_a_reason(own_studio: Path) -> None:
    page = open_page("products", lang="zh", look="next", **LATELY)
    box = next(box for box in page.number_input if str(box.key).startswith("load-"))
    box.set_value(1_000)
    button(page, "排进窑历").click()
    page.run()
    button(page, "确定").click()
    page.run()
    assert "请减少一些" in shown(page)


def test_of_many_slow_sellers_those_with_most_money_tied_up_are_shown(
    spring_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = open_page("products", lang="en", look="next", **LATELY)
    every = next(table.value for table in whole.dataframe if "Why" in table.value)
    assert len(every) > 2 and "with the most money tied up" not in shown(whole)
    monkeypatch.setattr(kiln_plan, "MOST_SLOW", 2)
    page = open_page("products", lang="en", look="next", **LATELY)
    first = next(table.value for table in page.dataframe if "Why" in table.value)
    assert first.to_dict("list") == every.head(2).to_dict("list")
    assert "The 2 SKUs with the most money tied up; the file below has all." in shown(page)
    period = page.session_state["view"].period
    db = connect(str(spring_shop))
    of_file = kiln_plan._all(db, Query(("gmv",), period.start, period.end), "en")
    db.close()
    assert of_file["why"].tolist() == every["Why"].tolist()


def test_of_many_skus_those_with_most_to_sell_are_shown(
    spring_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def table(page: AppTest) -> Any:
        return next(table.value for table in page.dataframe if "Sell-through" in table.value)

    every = table(open_page("products", lang="en", look="shelf", **LATELY))
    monkeypatch.setattr(turnover, "MOST_SHOWN", 3)
    page = open_page("products", lang="en", look="shelf", **LATELY)
    assert table(page).to_dict("list") == every.head(3).to_dict("list")
    assert f"The 3 SKUs of which there was most to sell, of {len(every)}; the file below" in shown(page)


def button(page: AppTest, label: str) -> Any:
    return next(result for result in page.button if result.label == label)


def test_the_curve_is_drawn_with_its_band_and_a_mark_for_each_unsold_piece() -> None:
    result = curve([(3, True), (5, False), (8, True), (10, False)])
    drawn = rates.survival(
        [Named("all", result)], palette("light"), days="d", unsold="u", band="b", censored="c"
    )
    line = next(trace for trace in drawn.data if trace.name == "all")
    assert (list(line.x), [round(y, 4) for y in line.y]) == ([0, 3, 8, 10], [1.0, 0.75, 0.375, 0.375])
    marks = next(trace for trace in drawn.data if trace.name == "c")
    assert (list(marks.x), list(marks.y)) == ([5, 10], [0.75, 0.375])
    assert sum(trace.name == "b" for trace in drawn.data) == 2
    two = rates.survival(
        [Named("a", result), Named("b2", result)],
        palette("dark"),
        days="d",
        unsold="u",
        band="b",
        censored="c",
    )
    assert not [trace for trace in two.data if trace.name == "b"]


def test_a_rate_is_drawn_with_what_it_rests_on() -> None:
    drawn = rates.rates(["box"], [Rate(3, 40)], palette("light"))
    assert list(drawn.data[0].x) == [3 / 40]
    assert "3/40" in drawn.layout.annotations[0].text


def test_the_command_proposes_and_plans_the_same_load(own_studio: Path) -> None:
    use_language("en")

    def run(*arguments: str) -> Any:
        result = CliRunner().invoke(root_command(), ["kiln", "next", *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    day = ("K1", "--on", "2022-03-15")
    load = json.loads(run(*day, "--json"))
    assert 0 < load["used_cm2"] <= load["room_cm2"]
    assert all(line["pieces"] > 0 for line in load["lines"])
    message = run(*day, "--plan", "2031-05-01")
    assert f"Throw {sum(line['pieces'] for line in load['lines'])} pieces" in message
    assert "days to make" in message
    planned = [note for _, note in firings(own_studio) if note.count(", ") == len(load["lines"]) - 1]
    assert planned
    number = re.search(r"kiln undo (\d+)", message)
    assert number
    CliRunner().invoke(root_command(), ["kiln", "undo", number[1]], catch_exceptions=False)
    assert not [note for _, note in firings(own_studio) if note in planned]
