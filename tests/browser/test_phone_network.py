"""A phone in another network signs in by the address that is shown, and counts a shelf there.

The phone is a browser in a network namespace of its own, joined to this machine by a virtual cable; that needs Linux
and root.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from shop.access.accounts import add_account
from shop.access.roles import OWNER
from shop.stock import levels
from tests.browser.conftest import SWITCHES, executable
from tests.browser.phone import WAIT, WIDTH, count_location
from tests.support.fresh import new_database
from tests.support.servers import opened
from tests.support.stock.places import fill

HERE, THERE = "10.213.77.1", "10.213.77.2"
PASSWORD = "a password of the studio"


def run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, timeout=30)


@pytest.fixture(scope="module")
def network() -> Iterator[str]:
    """The name of a network namespace that reaches this machine by a cable of its own."""
    name = f"kb{os.getpid()}"
    try:
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


@pytest.mark.proof
@pytest.mark.skipif(shutil.which("ip") is None, reason="no command `ip` on this system")
def test_a_phone_in_another_network_signs_in_and_counts_a_shelf(phone: Page, tmp_path: Path) -> None:
    db = new_database(tmp_path / "shop.db")
    fill(db, 20)
    add_account(db, "掌柜", "owner", PASSWORD, actor=OWNER)
    add_account(db, "小林", "assistant", PASSWORD, actor=OWNER)
    before = {item.sku: item.on_hand or 0 for item in levels.stock_levels(db)}
    with opened(db.path, KILNBOARD_SHARE="1", KILNBOARD_CONFIG=str(tmp_path / "config")) as address:
        port = address.rpartition(":")[2]
        with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
            phone.context.new_page().goto(address)  # loopback is the phone's own
        site = f"http://{shown_address()}:{port}"
        phone.goto(f"{site}/stock?stock=count")
        phone.locator("input[name=user]").fill("小林")
        phone.locator("input[name=password]").fill(PASSWORD)
        phone.keyboard.press("Enter")
        expect(phone.locator("h1.kb-sentence").first).to_be_visible(timeout=WAIT)
        count_location(phone, site)
        after = {item.sku: item.on_hand or 0 for item in levels.stock_levels(db)}
        with db.read() as connection:
            logged = connection.exec_driver_sql(
                "SELECT DISTINCT origin FROM audit WHERE actor = '小林'"
            ).all()
    db.close()
    assert sorted(after[sku] - before[sku] for sku in after if after[sku] != before[sku]) == [-3, 1]
    assert (THERE,) in logged, json.dumps([list(row) for row in logged])


def shown_address() -> str:
    """The first of the addresses that the dashboard shows to be opened by other devices."""
    from dashboard.server.hosts import network_addresses

    addresses = network_addresses()
    if not addresses:
        pytest.skip("this machine has no address in a network")
    return addresses[0]
