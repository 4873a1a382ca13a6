"""A phone in another network signs in by the address that is shown; what it does is on the owner's open page at once.

The phone is a browser in a network namespace of its own, joined to this machine by a virtual cable; that needs Linux
and root.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, expect

from dashboard.i18n.format import UNKNOWN
from shop.access.accounts import add_account
from shop.access.roles import OWNER
from shop.access.sessions import COOKIE, sign_in
from shop.db.database import Database
from shop.metrics.settings import today
from shop.stock import levels
from tests.browser.conftest import SWITCHES, executable
from tests.browser.phone import WAIT, WIDTH, count_location
from tests.browser.test_kiln_phone import burning, tap_loss
from tests.browser.test_listings_phone import choose, cup
from tests.support.browsers import settled
from tests.support.fresh import new_database
from tests.support.pictures import picture
from tests.support.remarks.spoken import speak
from tests.support.servers import opened
from tests.support.stock.places import fill

HERE, THERE = "10.213.77.1", "10.213.77.2"
PASSWORD = "a password of the studio"
SHOWN_WITHIN = 5_000  # ms, after the phone has it confirmed


def run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, timeout=30)


def remove_left_networks() -> None:
    """Remove the networks of tests that were killed: of two with one address neither answers."""
    listed = subprocess.run(["ip", "netns"], check=True, capture_output=True, text=True, timeout=30).stdout
    for name in re.findall(r"^kb\d+", listed, re.MULTILINE):
        if not Path(f"/proc/{name.removeprefix('kb')}").exists():
            run("ip", "netns", "del", name)


@pytest.fixture(scope="module")
def network() -> Iterator[str]:
    """The name of a network namespace that reaches this machine by a cable of its own."""
    name = f"kb{os.getpid()}"
    try:
        remove_left_networks()
        run("ip", "netns", "add", name)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("network namespaces cannot be made here (Linux and root are needed)")
    try:
        run("ip", "link", "add", f"{name}a", "type", "veth", "peer", "name", "phone0", "netns", name)
        run("ip", "addr", "add", f"{HERE}/24", "dev", f"{name}a")
        run("ip", "link", "set", f"{name}a", "up")
        inside = ("ip", "-n", name)
        run(*inside, "addr", "add", f"{THERE}/24", "dev", "phone0")
        run(*inside, "link", "set", "lo", "up")
        run(*inside, "link", "set", "phone0", "up")
        run(*inside, "route", "add", "default", "via", HERE)
        yield name
    finally:
        run("ip", "netns", "del", name)


@pytest.fixture
def phone(network: str, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A phone-sized browser in that network."""
    start = tmp_path / "browser"
    start.write_text(f'#!/bin/sh\nexec ip netns exec {network} {executable()} "$@"\n')
    start.chmod(0o755)
    own = browser.browser_type.launch(executable_path=str(start), args=SWITCHES)
    context = own.new_context(viewport={"width": WIDTH, "height": 844}, has_touch=True, is_mobile=True)
    yield context.new_page()
    own.close()


@dataclass(frozen=True)
class Studio:
    """A shop that is shared in the network, with the owner's page and the phone of an assistant on it."""

    db: Database
    address: str
    site: str
    owner: Page
    phone: Page

    def owner_opens(self, page: str) -> None:
        self.owner.goto(f"{self.address}/{page}")
        settled(self.owner)

    def phone_opens(self, page: str) -> None:
        self.phone.goto(f"{self.site}/{page}")
        expect(self.phone.locator("h1.kb-sentence").first).to_be_visible(timeout=WAIT)
        settled(self.phone)


@pytest.fixture
def studio(phone: Page, browser: Browser, tmp_path: Path) -> Iterator[Studio]:
    db = new_database(tmp_path / "shop.db")
    fill(db, 20)
    burning(db)
    with db.read() as connection:
        now = today(connection).isoformat()
    speak(db, ("a", now, "青瓷杯多少钱"), ("b", now, "能进微波炉吗"))
    add_account(db, "掌柜", "owner", PASSWORD, actor=OWNER)
    add_account(db, "小林", "assistant", PASSWORD, actor=OWNER)
    with opened(db.path, KILNBOARD_SHARE="1", KILNBOARD_CONFIG=str(tmp_path / "config")) as address:
        site = f"http://{shown_address()}:{address.rpartition(':')[2]}"
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        token = sign_in(db, "掌柜", PASSWORD, address="127.0.0.1")
        context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        yield Studio(db, address, site, context.new_page(), phone)
        context.close()
    db.close()


@pytest.mark.proof
@pytest.mark.skipif(shutil.which("ip") is None, reason="no command `ip` on this system")
def test_what_a_phone_in_another_network_does_is_on_the_owners_open_page(
    studio: Studio, tmp_path: Path
) -> None:
    db, phone, owner = studio.db, studio.phone, studio.owner
    other = phone.context.new_page()
    with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
        other.goto(studio.address)  # loopback is the phone's own
    other.close()  # a page behind another is drawn once a second
    phone.bring_to_front()
    phone.goto(f"{studio.site}/listings?part=new")
    phone.locator("input[name=user]").fill("小林")
    phone.locator("input[name=password]").fill(PASSWORD)
    phone.keyboard.press("Enter")
    expect(phone.locator("h1.kb-sentence").first).to_be_visible(timeout=WAIT)

    studio.owner_opens("stock?stock=table")
    photo = tmp_path / "cup.jpg"
    photo.write_bytes(picture((1200, 900)))
    cup(phone, photo, "4", "138")
    choose(phone, "器型", "主人杯")
    choose(phone, "釉色", "影青")
    phone.get_by_role("button", name="保存", exact=True).click()
    expect(phone.get_by_text("K0001 已保存").first).to_be_visible(timeout=WAIT)
    expect(row(owner, "K0001")).to_have_text("4", timeout=SHOWN_WITHIN)

    before = stock(db)
    count_location(phone, studio.site)
    assert phone.locator(".kb-news").count() == 0  # what one counts oneself is no news
    after = stock(db)
    changed = {sku: pieces for sku, pieces in after.items() if pieces != before[sku]}
    assert sorted(pieces - before[sku] for sku, pieces in changed.items()) == [-3, 1]
    for sku, pieces in changed.items():
        expect(row(owner, sku)).to_have_text(str(pieces), timeout=SHOWN_WITHIN)

    studio.owner_opens("kiln")
    expect(owner.get_by_role("button", name="记录开窑")).to_be_visible()
    studio.phone_opens("kiln")
    phone.get_by_role("button", name="记录开窑").tap()
    tap_loss(phone, "茶杯", "粘板", "粘板")
    phone.get_by_role("button", name="保存：完好 28/30 件").tap()
    expect(phone.get_by_text("已开窑：完好 28 件，损耗 2 件").first).to_be_visible(timeout=WAIT)
    expect(owner.get_by_role("button", name="记录开窑")).to_have_count(0, timeout=SHOWN_WITHIN)

    studio.owner_opens("comments?comments=queue")
    expect(owner.get_by_text("2 个不同的问题等你回复")).to_be_visible()
    studio.phone_opens("comments?comments=queue")
    phone.get_by_role("button", name="已回复").first.tap()
    expect(phone.get_by_text("1 条提问标为已回复").first).to_be_visible(timeout=WAIT)
    expect(owner.get_by_text("1 个不同的问题等你回复")).to_be_visible(timeout=SHOWN_WITHIN)

    studio.owner_opens("stock?stock=table")
    studio.phone_opens("stock?stock=table")
    figures = [page.locator("td.kb-on_hand").all_text_contents() for page in (owner, phone)]
    assert figures[0] == figures[1]
    assert sorted(int(text) for text in figures[0] if text != UNKNOWN) == sorted(stock(db).values())
    with db.read() as connection:
        origins = connection.exec_driver_sql("SELECT DISTINCT origin FROM audit WHERE actor = '小林'").all()
    assert (THERE,) in origins


def row(page: Page, sku: str) -> Locator:
    """How many pieces of a SKU the stock table shows."""
    return page.locator("tr", has_text=sku).locator("td.kb-on_hand")


def stock(db: Database) -> dict[str, int]:
    """Pieces on hand by SKU, of those that were ever counted."""
    return {item.sku: item.on_hand for item in levels.stock_levels(db) if item.on_hand is not None}


def shown_address() -> str:
    """The first of the addresses that the dashboard shows to be opened by other devices."""
    from dashboard.server.hosts import network_addresses

    addresses = network_addresses()
    if not addresses:
        pytest.skip("this machine has no address in a network")
    return addresses[0]
