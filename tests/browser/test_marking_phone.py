"""Marking a live session on a phone: one tap marks a piece; marks made while the network is down all arrive, once."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from shop.connect import connect
from shop.streams.marks import Mark, marks
from shop.streams.session import find_session
from tests.browser.conftest import Serve
from tests.browser.network_cut import NetworkCut
from tests.browser.phone import WAIT, Finger
from tests.support.browsers import settled
from tests.support.fresh import new_database
from tests.support.servers import free_port
from tests.support.shops.live_evenings import PIECES, Evening, fill_evenings

CUT_SECONDS = 60
MARKS_IN_CUT = 30
LOGGED = 10  # marks that the pad lists


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    """A session that is on air now, without marks."""
    started = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=20)
    result = Evening(started, minutes=90, comments=30, orders=8, with_marks=False)
    with closing(new_database(tmp_path / "shop.db")) as db:
        fill_evenings(db, [result])
    return result


@pytest.fixture
def network(evening: Evening, tmp_path: Path, serve: Serve) -> Iterator[NetworkCut]:
    with serve(tmp_path / "shop.db") as site, free_port() as port, NetworkCut(site, port) as result:
        yield result


@pytest.fixture
def phone(pocket: BrowserContext) -> Iterator[BrowserContext]:
    kept = pocket.pages
    yield pocket
    pocket.set_offline(False)
    for page in pocket.pages:
        if page not in kept:
            page.evaluate("localStorage.clear()")  # the marks of the pad
            page.close()


def opened(phone: BrowserContext, site: str, script: str = "") -> Page:
    page = phone.new_page()
    page.add_init_script(script)
    page.goto(f"{site}/live?live=mark&lang=en")
    expect(page.locator('[data-part="views"] button')).to_have_count(3, timeout=WAIT)
    settled(page)
    return page


def stored(path: Path, evening: Evening, *, with_undone: bool = False) -> list[Mark]:
    with closing(connect(str(path))) as db:
        return marks(db, find_session(db, evening.session_id, "douyin"), with_undone=with_undone)


def wait_until_sent(page: Page, marks: int, *, undone: int = 0, seconds: float = 60) -> None:
    """Wait until so many marks are in the log, so many of them undone, and all are sent."""
    log = page.locator('[data-part="log"]')
    expect(log.locator("li")).to_have_count(min(marks, LOGGED), timeout=WAIT)
    expect(log.locator('li[data-state="undone"]')).to_have_count(undone, timeout=WAIT)
    expect(page.locator('[data-part="status"][data-state="sent"]')).to_be_visible(timeout=seconds * 1000)


def test_a_mark_takes_two_taps_at_most_can_be_undone_or_be_of_a_typed_number(
    phone: BrowserContext, network: NetworkCut, evening: Evening, tmp_path: Path
) -> None:
    page = opened(phone, network.address)
    finger = Finger(page)
    finger.tap(page.get_by_role("button", name="All", exact=True))
    finger.tap(page.locator('[data-part="items"] button').filter(has_text=PIECES[1][1]))
    assert finger.taps == 2
    wait_until_sent(page, 1)
    (mark,) = stored(tmp_path / "shop.db", evening)
    assert (mark.kind, mark.item, mark.sku, mark.platform) == ("show", "GP-0031", "GP-0031", "douyin")
    assert abs(mark.marked_at - datetime.now(UTC).timestamp()) < 60
    finger.tap(page.get_by_role("button", name="Pinned"))
    wait_until_sent(page, 2)
    # both may have been tapped within one second, in which they have no order
    assert sorted((mark.kind, mark.item) for mark in stored(tmp_path / "shop.db", evening)) == [
        ("pin", "GP-0031"),
        ("show", "GP-0031"),
    ]
    finger.tap(page.locator('[data-part="log"] button').first)
    wait_until_sent(page, 2, undone=1)
    assert [mark.kind for mark in stored(tmp_path / "shop.db", evening)] == ["show"]
    assert len(stored(tmp_path / "shop.db", evening, with_undone=True)) == 2
    page.locator('[data-part="search"]').fill("37")  # in no catalog
    finger.tap(page.get_by_role("button", name="Show “37”"))
    wait_until_sent(page, 3, undone=1)
    assert sorted((mark.kind, mark.item) for mark in stored(tmp_path / "shop.db", evening)) == [
        ("show", "37"),
        ("show", "GP-0031"),
    ]


def marks_set_without_a_network(
    page: Page, phone: BrowserContext, network: NetworkCut, count: int, seconds: float
) -> None:
    """Cut the network, make marks evenly over some seconds, and restore it."""
    finger = Finger(page)
    Finger(page).tap(page.get_by_role("button", name="All", exact=True))
    phone.set_offline(True)
    network.cut()
    start = monotonic()
    items = page.locator('[data-part="items"] button')
    for number in range(count):
        finger.tap(items.nth(number % len(PIECES)))
        page.wait_for_timeout(max(start + (number + 1) * seconds / count - monotonic(), 0) * 1000)
    expect(page.locator('[data-part="status"]')).to_have_attribute("data-waiting", str(count))
    network.restore()
    phone.set_offline(False)


def check_arrived(path: Path, evening: Evening, count: int) -> None:
    arrived = stored(path, evening)
    assert len(arrived) == len({mark.mark_id for mark in arrived}) == count
    expected = [sorted_items()[place % len(PIECES)] for place in range(count)]
    assert sorted(mark.item or "" for mark in arrived) == sorted(expected)


def sorted_items() -> list[str]:
    return [sku for sku, _, _ in sorted(PIECES, key=lambda piece: piece[1])]


def test_marks_set_without_a_network_arrive_once_and_outlive_their_page(
    phone: BrowserContext, network: NetworkCut, evening: Evening, tmp_path: Path
) -> None:
    page = opened(phone, network.address)
    marks_set_without_a_network(page, phone, network, 6, 2)
    wait_until_sent(page, 6)
    check_arrived(tmp_path / "shop.db", evening, 6)
    network.cut()
    for place in range(6, 9):
        Finger(page).tap(page.locator('[data-part="items"] button').nth(place % len(PIECES)))
    page.close()
    network.restore()
    wait_until_sent(opened(phone, network.address), 9)
    check_arrived(tmp_path / "shop.db", evening, 9)


@pytest.mark.proof
def test_thirty_marks_of_a_minute_without_network_arrive_once(
    phone: BrowserContext, network: NetworkCut, evening: Evening, tmp_path: Path
) -> None:
    page = opened(phone, network.address)
    marks_set_without_a_network(page, phone, network, MARKS_IN_CUT, CUT_SECONDS)
    wait_until_sent(page, MARKS_IN_CUT, seconds=120)
    check_arrived(tmp_path / "shop.db", evening, MARKS_IN_CUT)


@pytest.mark.proof
def test_each_mark_is_confirmed_by_the_answer_to_its_own_sending(
    phone: BrowserContext, network: NetworkCut, evening: Evening, tmp_path: Path
) -> None:
    """Ten marks on a pad whose timer never sends again; prints the median from a tap to its confirmation."""
    page = opened(phone, network.address, "window.setInterval = () => 0")
    page.get_by_role("button", name="All", exact=True).tap()
    taken = []
    for number in range(10):
        start = monotonic()
        page.locator('[data-part="items"] button').nth(number % len(PIECES)).tap()
        wait_until_sent(page, number + 1)
        taken.append(monotonic() - start)
    print(f"{sorted(taken)[len(taken) // 2]:.2f} s")
    assert len(stored(tmp_path / "shop.db", evening)) == 10
