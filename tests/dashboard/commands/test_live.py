"""`kilnboard live` and `kilnboard video`: what they print, and the contract of --json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dashboard.cli import root_command
from dashboard.i18n.language import use_language
from tests.support.fresh import new_database
from tests.support.shops.live_evening import EVENING, SESSION, clock, evening
from tests.support.shops.small_shop import at, line, session, store

BURST = {40: 8, 41: 7, 42: 9, 43: 8, 44: 6}


def ran(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(root_command(), words)
    assert result.exit_code == code, result.output + str(result.exception)
    return result.output


def printed(*words: str) -> Any:
    return json.loads(ran(*words, "--json"))


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "shop.db"))
    monkeypatch.delenv("KILNBOARD_ROLE", raising=False)
    use_language("en")
    db = new_database(tmp_path / "shop.db")
    evening(
        db, bursts=BURST, exposed_viewers=6_000, viewers=1_200, product_clickers=96, buyers=6, title="开窑"
    )
    video = {
        "video_id": "v1",
        "title": "开窑 #陶瓷",
        "published_at": at(f"{EVENING} 12:00:00"),
        "published_on": EVENING,
        "updated_at": 1,
        "payload_hash": 1,
    }
    day = {"video_id": "v1", "day": EVENING, "views": 900, "gmv_cents": 100, "orders": 1}
    store(
        db,
        lines=[line("v", clock(-3_600), 4_000, carrier="video", content_id="v1", attribution="A")],
        sessions=[session("next", "2026-03-04 19:00:00", 3_600, orders=5, units=5, gmv_cents=60_000)],
        video=[video],
        video_day=[day | {"updated_at": 1, "payload_hash": 1}],
    )
    db.close()
    yield


def test_list_names_every_session_with_its_basis() -> None:
    rows = printed("live", "list")["sessions"]
    assert [(row["session"], row["basis"], row["session_gmv"]) for row in rows] == [
        ("next", "stated", 60_000),
        (SESSION, "room", 680_000),
    ]
    assert rows[1]["slot"] == "evening" and rows[1]["matched_orders"] == rows[1]["stated_orders"] == 68
    assert SESSION in ran("live", "list") and printed("live", "list", "--platform", "tiktok") == {
        "sessions": []
    }


def test_show_has_funnel_sums_basis_grades_minutes_and_products() -> None:
    content = printed("live", "show", SESSION)
    assert content["sums"] == {
        "stated": {"orders": 68, "units": 68, "gmv": 680_000},
        "by_room": {"orders": 68, "units": 68, "gmv": 680_000},
        "by_time": {"orders": 68, "units": 68, "gmv": 680_000},
    }
    assert (content["basis"], content["grades"]) == ("room", {"A": content["sums"]["by_room"]})
    assert content["minutes"] == 120 and content["matched"] == {"orders": 68, "stated": 68}
    assert [step["count"] for step in content["funnel"]["people"]] == [6_000, 1_200, 96, 6]
    assert {row["sku"]: row["units"] for row in content["products"]} == {"cup": 35, "bowl": 33}
    assert "Orders that name the session: ¥6,800" in ran("live", "show", SESSION)


def test_minutes_and_compare_print_one_row_each() -> None:
    content = printed("live", "minutes", SESSION)
    assert len(content["minutes"]) == 120 and content["minutes"][40]["orders"] == 9
    rows = printed("live", "compare", SESSION, "next")["sessions"]
    assert [(row["orders"], row["gmv"], row["gmv_per_hour"]) for row in rows] == [
        (68, 680_000, 340_000),
        (5, 60_000, 60_000),
    ]
    ran("live", "compare", SESSION, code=2)


def test_marks_are_typed_read_from_a_file_and_undone(tmp_path: Path) -> None:
    content = printed("live", "mark", SESSION, "show", "--at", "19:40:00", "--item", "cup", "--id", "m1")
    assert (content["new"], content["marks"][0]["second"]) == (1, 2_400)
    assert printed("live", "mark", SESSION, "show", "--at", "19:40:00", "--id", "m1")["known"] == 1
    file = tmp_path / "pins.csv"
    file.write_text("时间,动作,商品\n20:30:00,置顶,碗\n25:00,置顶,碗\n99:99:99,置顶,碗\n", "utf-8")
    result = CliRunner().invoke(root_command(), ["live", "mark", SESSION, "--file", str(file), "--json"])
    assert result.exit_code == 1 and json.loads(result.stdout)["new"] == 2
    assert json.loads(result.stdout)["unread"] == [{"row": 4, "column": "at", "found": "99:99:99"}]
    ran("live", "mark", SESSION, "--undo", "m1")
    assert [row["item"] for row in printed("live", "mark", SESSION)["marks"]] == ["碗", "碗"]
    assert "no moment" in ran("live", "mark", SESSION, "show", "--at", "yesterday", code=2)


def test_lift_lists_presentations_with_interval_and_verdict() -> None:
    assert printed("live", "lift", SESSION)["presentations"] == []
    offered = printed("live", "lift", SESSION, "--suggest")["suggested"]
    assert [row["second"] for row in offered] == [2_400]
    ran("live", "mark", SESSION, "show", "--at", "0:40:00", "--item", "cup")
    (row,) = printed("live", "lift", SESSION)["presentations"]
    assert (row["orders"], row["gmv"], row["item"], row["verdict"]) == (40, 400_000, "cup", "more")
    assert row["low"] < row["lift"] < row["high"] and row["expected"] < 5
    assert "sold more" in ran("live", "lift", SESSION)


def test_a_review_is_typed_and_the_next_session_shows_its_action() -> None:
    content = printed("live", "review", SESSION, "--goal", "gmv=6000", "--action", "讲杯子", "--spend", "340")
    assert (content["goal"], content["action"]) == ({"metric": "gmv", "target": 600_000}, "讲杯子")
    assert printed("live", "show", SESSION)["spend"] == {
        "amount": 34_000,
        "currency": "CNY",
        "source": "typed",
        "roi": 20.0,
    }
    following = printed("live", "review", "next", "--last", "done")["last_action"]
    assert (following["session"], following["outcome"]) == (SESSION, "done")
    assert following["changes"]["orders"] == [68, 5]
    ran("live", "review", SESSION, "--goal", "joy=1", code=2)


def test_the_report_of_a_session_is_written_as_a_file(tmp_path: Path) -> None:
    for kind, start in (("html", b"<!doctype html>"), ("png", b"\x89PNG")):
        target = tmp_path / f"evening.{kind}"
        assert str(target) in ran("live", "review", SESSION, "--out", str(target))
        assert target.read_bytes().startswith(start)
    ran("live", "review", SESSION, "--out", str(target), code=2)  # it is there already
    ran("live", "review", SESSION, "--out", str(target), "--force")
    assert ".docx" in ran("live", "review", SESSION, "--out", str(tmp_path / "evening.docx"), code=2)


def test_videos_show_what_they_sold() -> None:
    (row,) = printed("video", "list")["videos"]
    assert (row["views"], row["gmv"], row["own_gmv"], row["own_orders"]) == (900, 100, 4_000, 1)
    content = printed("video", "show", "v1")
    assert content["grades"] == {"A": {"orders": 1, "units": 1, "gmv": 4_000}}
    assert content["stated"] == {"orders": 1, "units": None, "gmv": 100}
    assert content["sessions"] == [SESSION] and content["days"][0]["age"] == 0
    assert "A: ¥40.00" in ran("video", "show", "v1")


def test_an_unknown_id_is_reported_in_words() -> None:
    assert "no live session 42" in ran("live", "show", "42", code=2)
    assert "no video 42" in ran("video", "show", "42", code=2)
