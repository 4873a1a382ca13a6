"""The growth page: its summary, its parts, a figure opened, a goal set and cleared."""

from datetime import date, timedelta

import pytest
import time_machine

from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.views.growth import campaigns as campaign_view
from dashboard.views.growth.parts import PARTS
from shop.connect import connect
from shop.growth.comparison import campaigns, segments
from shop.growth.forecasting.goals import goals
from tests.support.pages import SPRING_LINK, no_error, open_page, shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens(spring_shop, part, language):
    page = open_page("growth", part=part, lang=language, **SPRING_LINK)
    assert no_error(page)


@pytest.mark.parametrize("cut", segments.CUTS)
def test_the_parts_of_the_change_add_up(spring_shop, cut):
    page = open_page(
        "growth",
        part="split",
        cut=cut,
        metric="gmv",
        **{name: value for name, value in SPRING_LINK.items() if name != "metric"},
    )
    assert no_error(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_names_drivers_effort_and_both_ranges(spring_shop, language):
    report = shown(open_page("growth", lang=language, **SPRING_LINK))
    for text in {
        "zh": ("68.0%", "影响最大的是", "直播 30 场，对比时段 27 场", "2021年11月1日"),
        "en": ("68.0%", "two largest causes", "30 live sessions against 27", "1 Nov"),
    }[language]:
        assert text in report, text


def test_a_figure_opens_with_its_files(spring_shop):
    page = open_page("growth", **SPRING_LINK)
    next(button for button in page.button if button.key == "explain-0-units").click()
    page.run()
    assert no_error(page)
    assert "2,002" in shown(page)
    files = [set(table.value.iloc[:, 0]) for table in page.dataframe]
    assert any("douyin_orders_2022-01.xlsx" in names for names in files)


@pytest.mark.parametrize(
    ("view", "key", "link", "column"),
    [
        ("growth", "ladder", {"part": "ladder"}, "商品原价总额"),
        ("products", "shelf", {"look": "shelf"}, "期初在库"),
        ("kiln", "yields", {"part": "yields"}, "进入件数"),
    ],
)
def test_figures_of_payouts_stock_and_kiln_lead_down_to_their_rows(spring_shop, view, key, link, column):
    page = open_page(view, **SPRING_LINK, **link)
    page.button(key=f"rows-{key}").click().run()
    assert no_error(page)
    (rows,) = [table.value for table in page.dataframe if list(table.value.columns)[-2:] == [column, "打开"]]
    assert len(rows)
    assert column in shown(page)


def test_a_goal_is_set_paced_and_cleared(own_shop):
    page = open_page("growth", part="ahead")
    page.number_input[0].set_value(200_000)
    next(button for button in page.button if button.label == "保存目标").click().run()
    assert no_error(page)
    db = connect(str(own_shop))
    (goal,) = goals(db)
    assert (goal.metric, goal.target) == ("gmv", 20_000_000)
    assert "目标" in shown(page)
    next(button for button in page.button if button.label == "确定取消").click().run()
    assert no_error(page)
    assert goals(db) == ()
    db.close()


def test_an_assistant_sees_no_costs_and_sets_no_goal(spring_shop, monkeypatch):
    monkeypatch.setenv("KILNBOARD_ROLE", "assistant")
    page = open_page("growth", part="ladder", **SPRING_LINK)
    assert "只有店主" in shown(page)
    ahead = open_page("growth", part="ahead", **SPRING_LINK)
    assert not [button for button in ahead.button if button.label == "保存目标"]


def test_a_total_is_typed_in_explained_and_removed(own_shop):
    page = open_page("growth", part="check")
    platform_total = next(item for item in page.number_input if "后台显示" in item.label)
    platform_total.set_value(123.45)
    next(button for button in page.button if button.label == "保存").click().run()
    assert no_error(page)
    assert "¥123.45" in shown(page)
    next(button for button in page.button if button.label == "确定删除").click().run()
    assert no_error(page)
    assert "¥123.45" not in shown(page)


def test_a_campaign_that_is_added_or_removed_can_be_undone_at_once(own_shop):
    page = open_page("growth", part="campaigns")
    page.text_input(key="campaign-name").set_value("开窑节").run()
    page.button(key="campaign-save").click().run()
    assert no_error(page) and "开窑节" in shown(page)
    assert [toast.value for toast in page.toast] == ["大促日历已保存"]
    page.button(key="saved-undo").click().run()
    assert no_error(page) and "开窑节" not in shown(page)
    (chosen,) = [name for name in page.selectbox(key="campaign-chosen").options if name == "618 2022"]
    page.selectbox(key="campaign-chosen").select(chosen).run()
    page.button(key="campaign-remove").click().run()
    assert "618 2022" not in page.selectbox(key="campaign-chosen").options
    page.button(key="saved-undo").click().run()
    assert no_error(page) and "618 2022" in page.selectbox(key="campaign-chosen").options


def test_an_edited_campaign_table_requests_only_its_changes(db):
    use_language("en")
    result = campaigns.editions(db, range(2026, 2027))
    rows = campaign_view.table(result).to_dict("records")
    assert not campaign_view.changed(result, rows).any
    rows[0]["end"] = rows[0]["end"] + timedelta(days=1)
    rows.append(
        {
            "name": "Kiln fair",
            "year": 2026,
            "start": date(2026, 10, 1),
            "end": date(2026, 10, 7),
            "source": None,
        }
    )
    rows.append({"name": "half typed", "year": 2026, "start": None, "end": None, "source": None})
    gone = rows.pop(1)
    request = campaign_view.changed(result, rows)
    assert [item[0] for item in request.written] == [rows[0]["name"], "Kiln fair"]
    assert [year for _, year in request.removed] == [gone["year"]]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (("2022-03-01", "2035-01-01"), (date(2022, 3, 1), date(2022, 3, 20))),  # no day to come
        (("0001-01-01", "9999-12-31"), (date(2002, 3, 5), date(2022, 3, 20))),
        (("2035-01-01", "2036-01-01"), (date(2035, 1, 1), date(2035, 1, 1))),
    ],
)
def test_a_range_ends_today_and_is_no_longer_than_twenty_years(spring_shop, days, expected):
    with time_machine.travel("2022-03-20T12:00:00+08:00", tick=True):
        page = open_page("growth", **{"from": days[0], "to": days[1]})
        assert no_error(page)
    assert page.date_input[0].value == expected
