"""What the Douyin open platform refuses and how it answers."""

from datetime import date
from typing import Any

import pytest
import requests

from sample_data.mock_platforms import ManualClock, MockPlatforms, Shop, serve
from tests.oracles.mock_platforms import expected_store
from tests.support.mock_platform_calls import DAY, Open

UNTIL = date(2025, 10, 31)


@pytest.fixture
def open_platform(mock: MockPlatforms) -> Open:
    return Open(mock, "douyin_open")


LIST = "/api/douyin/v1/video/video_list/"


def test_open_platform_lists_every_video_once(mock: MockPlatforms, open_platform: Open) -> None:
    answer, cursor, more = [], 0, True
    while more:
        data = open_platform.send("GET", LIST, cursor=cursor, count=20)["data"]
        answer += data["list"]
        cursor, more = data["cursor"], data["has_more"]
    videos = expected_store(mock, "douyin_open")["videos"]
    assert sorted(item["item_id"] for item in answer) == sorted(videos)
    for item in answer:
        assert int(item["statistics"]["play_count"]) == videos[item["item_id"]]["views"]
    times = [item["create_time"] for item in answer if not item["is_top"]]
    assert times == sorted(times, reverse=True)
    assert answer[0]["is_top"] and answer[0]["create_time"] < times[-1]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"count": 21}, 2100005), ({"cursor": "x"}, 2100005), ({"open_id": "other"}, 2100005)],
)
def test_open_platform_checks_queries(open_platform: Open, change: dict[str, Any], code: int) -> None:
    answer = open_platform.send("GET", LIST, **{"cursor": 0, "count": 20} | change)
    assert answer["data"]["error_code"] == answer["extra"]["error_code"] == code


def test_open_platform_tokens_and_scopes() -> None:
    shop = Shop(orders=200, until=UNTIL, days=20)
    apps = {"douyin_open": {"scope": "video.list.bind"}}
    with serve(shop, clock=ManualClock(shop.moment), platforms=("douyin_open",), apps=apps) as own:
        caller = Open(own, "douyin_open")
        page = {"cursor": 0, "count": 20}
        item = caller.send("GET", LIST, **page)["data"]["list"][0]["item_id"]
        answer = caller.send("GET", "/item/comment/list/", item_id=item, **page)
        assert answer["data"]["error_code"] == 2190004
        own.advance(days=16)
        assert caller.send("GET", LIST, **page)["data"]["error_code"] == 2190008
        form = {
            "client_key": caller.keys["client_key"],
            "grant_type": "refresh_token",
            "refresh_token": caller.keys["refresh_token"],
        }
        url = caller.url + "/oauth/refresh_token/"
        new = requests.post(url, data=form, timeout=60).json()["data"]
        assert new["refresh_token"] == caller.keys["refresh_token"]
        assert new["refresh_expires_in"] == 14 * DAY
        caller.keys["access_token"] = new["access_token"]
        assert caller.send("GET", LIST, **page)["data"]["error_code"] == 0
        own.advance(days=15)
        late = requests.post(url, data=form, timeout=60).json()
        assert (late["message"], late["data"]["error_code"]) == ("error", 10010)


def test_open_platform_comments_and_replies(mock: MockPlatforms, open_platform: Open) -> None:
    truth, answer = expected_store(mock, "douyin_open"), {}
    for item in truth["videos"]:
        cursor, more = 0, True
        while more:
            page = {"item_id": item, "cursor": cursor, "count": 50}
            data = open_platform.send("GET", "/item/comment/list/", **page)["data"]
            for comment in data["list"]:
                answer[comment["comment_id"]] = comment["content"]
                if comment["reply_comment_total"]:
                    request = {"item_id": item, "comment_id": comment["comment_id"], "cursor": 0}
                    path = "/item/comment/reply/list/"
                    replies = open_platform.send("GET", path, count=20, **request)["data"]["list"]
                    answer |= {reply["comment_id"]: reply["content"] for reply in replies}
            cursor, more = data["cursor"], data["has_more"]
    assert answer == truth["comments"]


# --- the server ----------------------------------------------------------------------------------
