"""Retries: what is tried again, when, how often, and what no message reveals."""

from collections.abc import Iterator
from email.utils import formatdate
from itertools import pairwise
from typing import Any

import pytest
import requests
import responses

from etl.http.client import ApiRequest, ApiResponse, Client
from etl.http.errors import BadAnswer, BudgetSpent, ClockOff, PlatformDown, RateLimited, Refused, Unsure
from etl.http.rate_limit import Budget
from sample_data.mock_platforms import ManualClock

URL = "https://shop.test"
START = 1_760_000_000.0


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def client(clock: ManualClock, **more: Any) -> Client:
    return Client("shop", {"api": URL}, rate=1000.0, clock=clock, **more)  # type: ignore[arg-type]


def send(item: Client, *, once: bool = False, sent: list[float] | None = None) -> Any:
    def prepare(moment: float) -> ApiRequest:
        if sent is not None:
            sent.append(moment)
        return ApiRequest("GET", "api", "/orders", (("access_token", "s3cret"), ("sign", "5ign")))

    def opened(answer: ApiResponse) -> Any:
        if answer.body.get("late"):
            raise ClockOff(platform="shop", found="1")
        return answer.body

    return item.send(prepare, opened, once=once)


@pytest.mark.parametrize("as_date", [False, True])
def test_no_request_goes_out_before_its_retry_after(web: responses.RequestsMock, as_date: bool):
    clock, sent = ManualClock(START), list[float]()
    wait = formatdate(START + 90, usegmt=True) if as_date else "90"
    web.add("GET", f"{URL}/orders", status=429, headers={"Retry-After": wait})
    web.add("GET", f"{URL}/orders", json={"ok": 1})
    assert send(client(clock), sent=sent) == {"ok": 1}
    assert sent[1] - sent[0] >= 89


@pytest.mark.parametrize(
    "trouble",
    [
        {"status": 500},
        {"status": 503, "body": "<html>"},
        {"body": "<html>login</html>"},
        {"body": '{"ok": '},
        {"body": requests.ConnectionError("https://x?access_token=s3cret")},
        {"body": requests.exceptions.ChunkedEncodingError("cut")},
        {"status": 302},
    ],
)
def test_passing_trouble_is_tried_again(web: responses.RequestsMock, trouble: dict[str, Any]):
    web.add("GET", f"{URL}/orders", **trouble)
    web.add("GET", f"{URL}/orders", json={"ok": 1})
    assert send(client(ManualClock(START))) == {"ok": 1}


def test_waits_grow_and_are_never_alike(web: responses.RequestsMock):
    clock, sent = ManualClock(START), list[float]()
    web.add("GET", f"{URL}/orders", status=500)
    with pytest.raises(PlatformDown):
        send(client(clock, attempts=6, jitter=lambda: 0.5), sent=sent)
    is_open = [round(after - before, 3) for before, after in pairwise(sent)]
    assert is_open == sorted(is_open) and is_open[-1] >= 8 * is_open[0] and len(sent) == 6


def test_a_wait_of_an_hour_ends_the_run_at_once(web: responses.RequestsMock):
    clock = ManualClock(START)
    web.add("GET", f"{URL}/orders", status=429, headers={"Retry-After": "3600"})
    with pytest.raises(RateLimited) as caught:
        send(client(clock))
    assert clock.now() - START < 5 and caught.value.exit_code == 75
    assert "3600" in str(caught.value)


def test_the_rate_limit_is_respected_by_pacing(web: responses.RequestsMock):
    clock, sent = ManualClock(START), list[float]()
    web.add("GET", f"{URL}/orders", json={})
    item = Client("shop", {"api": URL}, rate=5.0, clock=clock)  # type: ignore[arg-type]
    for _ in range(40):
        send(item, sent=sent)
    assert all(sum(start <= at < start + 1 for at in sent) <= 5 for start in sent)


def test_a_spent_budget_has_a_name(web: responses.RequestsMock):
    web.add("GET", f"{URL}/orders", json={})
    item = client(ManualClock(START), budget=Budget(2))
    send(item)
    send(item)
    with pytest.raises(BudgetSpent) as caught:
        send(item)
    assert caught.value.exit_code == 75 and len(web.calls) == 2


def test_a_write_whose_answer_got_lost_is_not_repeated(web: responses.RequestsMock):
    web.add("GET", f"{URL}/orders", body='{"cut":')
    with pytest.raises(Unsure):
        send(client(ManualClock(START)), once=True)
    assert len(web.calls) == 1


def test_a_wrong_clock_is_corrected_once_by_the_answers_date(web: responses.RequestsMock):
    clock, sent = ManualClock(START), list[float]()
    ahead = {"Date": formatdate(START + 7200, usegmt=True)}
    web.add("GET", f"{URL}/orders", json={"late": 1}, headers=ahead)
    web.add("GET", f"{URL}/orders", json={"ok": 1}, headers=ahead)
    assert send(client(clock), sent=sent) == {"ok": 1}
    assert 7190 < sent[1] - sent[0] < 7210


def test_a_clock_that_agrees_is_not_corrected(web: responses.RequestsMock):
    now = {"Date": formatdate(START, usegmt=True)}
    web.add("GET", f"{URL}/orders", json={"late": 1}, headers=now)
    with pytest.raises(ClockOff):
        send(client(ManualClock(START)))


def test_errors_never_show_the_address_with_its_token(
    web: responses.RequestsMock, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(0)
    web.add("GET", f"{URL}/orders", body=requests.ConnectionError(f"{URL}/orders?access_token=s3cret"))
    with pytest.raises(PlatformDown) as caught:
        send(client(ManualClock(START), attempts=2))
    problem: BaseException | None = caught.value
    assert problem is not None and problem.__suppress_context__ and problem.__cause__ is None
    assert "s3cret" not in str(problem) + repr(problem) + caplog.text


def test_an_address_without_tls_is_rejected_unless_it_is_this_machine():
    with pytest.raises(Refused):
        Client("shop", {"api": "http://shop.test"})
    Client("shop", {"api": "http://127.0.0.1:9"}).close()


def test_a_page_in_html_to_the_end_is_a_bad_answer(web: responses.RequestsMock):
    web.add("GET", f"{URL}/orders", body="<html>")
    with pytest.raises(BadAnswer):
        send(client(ManualClock(START), attempts=3))
