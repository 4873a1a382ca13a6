"""The Live & video page on a week of sessions: list, one session, marks, lifts, review, report; and the marking pad."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from dashboard.i18n.language import use_language
from dashboard.theme import style
from dashboard.views.live.common import FIRST_ROWS, listing
from shop.connect import connect
from shop.core.clock import now_seconds
from shop.streams.attribution import Rules, rules
from shop.streams.marks import Mark, marks
from shop.streams.reviews import Review, review
from shop.streams.session import SessionRecord, find_session
from tests.support.fresh import new_database
from tests.support.page_walk import faults
from tests.support.pages import no_error, open_page, sentence, shown
from tests.support.shared import built_once
from tests.support.shops.live_evenings import WEEK, fill_evenings

HERE = {"from": "2026-03-01", "to": "2026-03-31", "on": "2026-03-25", "lang": "en"}
KEY = f"douyin/{WEEK[0].session_id}"


@pytest.fixture(scope="module")
def evenings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def build(folder: Path) -> None:
        with closing(new_database(folder / "shop.db")) as db:
            fill_evenings(db, WEEK)

    return built_once(tmp_path_factory, "live_evenings", build) / "shop.db"


@pytest.fixture
def shop(evenings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shop that a test may change; the test reads its controls in English, as the page shows them."""
    use_language("en")
    for file in evenings.parent.glob("shop.db*"):
        shutil.copy(file, tmp_path / file.name)
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "shop.db"))
    return tmp_path / "shop.db"


def opened(part: str, **link: str) -> AppTest:
    page = open_page("live", **HERE, live=part, **link)
    assert no_error(page)
    assert not list(faults(page))
    return page


def session_of(path: Path) -> SessionRecord:
    with closing(connect(str(path))) as db:
        return find_session(db, WEEK[0].session_id, "douyin")


def marks_of(path: Path) -> list[Mark]:
    with closing(connect(str(path))) as db:
        return marks(db, session_of(path))


@pytest.mark.parametrize("language", ("zh", "en"))
@pytest.mark.parametrize("tab", ("curve", "sales", "lift", "review"))
def test_every_part_of_a_session_opens_without_a_fault(shop: Path, tab: str, language: str) -> None:
    page = open_page("live", **(HERE | {"lang": language}), live="session", session=KEY, tab=tab)
    assert no_error(page)
    assert not list(faults(page))


def test_the_list_names_basis_and_percentile(shop: Path) -> None:
    page = opened("sessions")
    assert "6 live sessions" in sentence(page)
    assert shown(page).count("orders that name the room") >= 6
    assert "20 Mar 2026 (Fri) 19:00" in shown(page)


def test_a_session_in_another_currency_shows_its_own_sum(shop: Path) -> None:
    with closing(connect(str(shop))) as db, db.write() as connection:
        for table in ("live_session", "session_sum"):
            statement = text(f"UPDATE {table} SET currency = 'USD' WHERE session_id = :session")
            connection.execute(statement, {"session": WEEK[0].session_id})
    assert "$9,332.00" in shown(opened("sessions"))


def test_the_filters_of_the_list_are_a_link(shop: Path) -> None:
    page = opened("sessions", host="阿青", slot="evening", length="to_4h")
    assert "3 sessions." in shown(page)
    assert "No session fits" in shown(opened("sessions", length="over_4h"))


def test_a_long_list_shows_ten_cards_on_a_phone_and_the_others_at_a_tap() -> None:
    """Each list in its own words; the number of cards is that of the style."""
    use_language("en")
    rows = [f"<tr><td>{number}</td></tr>" for number in range(FIRST_ROWS + 3)]
    assert "<label" not in listing("kb-sessions", "", rows[:FIRST_ROWS])
    body = listing("kb-sessions", "", rows)
    assert body.count("<tr>") == len(rows) + 1  # the head
    assert '<label class="kb-rest"><input type="checkbox">3 more rows</label>' in body
    assert f"tr:nth-child(n + {FIRST_ROWS + 1}) {{ display: none; }}" in style()


def test_two_sessions_stand_next_to_each_other(shop: Path) -> None:
    keys = ",".join(f"douyin/{evening.session_id}" for evening in WEEK[:2])
    page = opened("sessions", compare=keys)
    assert any("kb-compare" in element.proto.body for element in page.get("html"))


def test_a_session_states_its_basis_and_what_is_matched(shop: Path) -> None:
    page = opened("session", session=KEY)
    assert "from 40 orders (orders that name the room)" in sentence(page)
    assert "40 of the 40 orders" in shown(page)


def test_the_curve_has_every_figure_on_one_time_axis(shop: Path) -> None:
    page = opened("session", session=KEY)
    (figure,) = (json.loads(chart.proto.spec) for chart in page.get("plotly_chart"))
    panels = [trace for trace in figure["data"] if not trace.get("showlegend", True)]
    assert [trace["name"] for trace in panels] == ["Viewers", "Comments", "Product clicks", "Orders", "GMV"]
    assert {trace.get("xaxis", "x") for trace in figure["data"]} == {"x"}
    assert figure["layout"]["hoversubplots"] == "axis"


def test_a_session_on_air_shows_its_pace_and_a_curve_that_grows(shop: Path) -> None:
    """The evening of the fixture began an hour ago and has no end yet."""
    by = now_seconds() - 3600 - session_of(shop).started_at
    values = {"by": by, "session": WEEK[0].session_id}
    with closing(connect(str(shop))) as db, db.write() as connection:
        for table, column in (("live_minute", "minute_at"), ("live_session", "started_at")):
            connection.execute(
                text(f"UPDATE {table} SET {column} = {column} + :by WHERE session_id = :session"), values
            )
        connection.execute(
            text("UPDATE live_session SET ended_at = NULL WHERE session_id = :session"), values
        )
    assert session_of(shop).is_running
    page = opened("session", session=KEY)
    assert page.get("plotly_chart")
    assert "After 60 min" in shown(page)


def test_comments_are_shown_as_written(shop: Path) -> None:
    page = opened("session", session=KEY)
    remarks = "".join(
        element.proto.body for element in page.get("html") if "kb-remarks" in element.proto.body
    )
    assert remarks
    assert "<b>" not in remarks


def test_a_mark_is_removed_and_restored(shop: Path) -> None:
    page = opened("session", session=KEY)
    before = len(marks_of(shop))
    page.button(key="mark-remove").click().run()
    assert len(marks_of(shop)) == before - 1
    assert "Removed" in shown(page)  # a callback speaks the language of the page
    page.button(key="saved-undo").click().run()
    assert len(marks_of(shop)) == before


def test_a_mark_is_added_by_hand(shop: Path) -> None:
    page = opened("session", session=KEY)
    (item,) = (field for field in page.text_input if field.label == "Piece")
    item.set_value("37")
    next(button for button in page.button if button.label == "Add").click().run()
    assert no_error(page)
    assert [mark.item for mark in marks_of(shop)].count("37") == 1


def test_the_funnel_names_each_base(shop: Path) -> None:
    text = shown(opened("session", session=KEY, tab="sales"))
    assert "12.5% of exposed" in text
    assert "50.0% of entered" in text


def test_a_review_is_stored_and_the_next_one_refers_to_it(shop: Path) -> None:
    earlier = f"douyin/{WEEK[1].session_id}"
    page = opened("session", session=earlier, tab="review")
    (action,) = (field for field in page.text_input if field.label.startswith("One action"))
    action.set_value("Show the celadon cup first")
    next(button for button in page.button if button.label == "Save the review").click().run()
    assert no_error(page)
    with closing(connect(str(shop))) as db:
        stored = review(db, find_session(db, WEEK[1].session_id, "douyin"))
    assert isinstance(stored, Review)
    assert stored.action == "Show the celadon cup first"
    assert "Show the celadon cup first" in shown(opened("session", session=KEY, tab="review"))


def test_an_unknown_session_is_an_error_in_words(shop: Path) -> None:
    page = open_page("live", **HERE, live="session", session="douyin/none")
    assert not page.exception
    assert "There is no live session" in shown(page)


def test_marks_of_the_pad_are_stored_once_and_confirmed(shop: Path) -> None:
    page = opened("mark")
    (pad,) = page.get("bidi_component")
    data = json.loads(pad.proto.json)
    assert data["platform"] == "douyin"
    assert {item["sku"] for item in data["items"]} >= {"GP-0001", "TQ-HQ-M"}
    assert data["received"] == []


def test_rules_of_attribution_are_changed_and_undone_on_the_page(shop: Path) -> None:
    page = opened("sessions")
    page.number_input(key="rules-late").set_value(30)
    next(button for button in page.button if button.label == "Save rules").click().run()
    assert no_error(page) and "attributed again" in shown(page)
    with closing(connect(str(shop))) as db:
        assert rules(db).late_seconds == 1800
    page.button(key="saved-undo").click().run()
    with closing(connect(str(shop))) as db:
        assert rules(db).late_seconds == Rules().late_seconds
