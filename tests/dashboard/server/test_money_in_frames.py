"""What each role is sent over the web socket: not one of twenty amounts of the owner's money, by no page or part."""

import asyncio
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard.views import pages
from shop.access.accounts import add_account
from shop.access.roles import OWNER, ROLES, Actor, Role
from shop.access.sessions import sign_in
from shop.connect import connect
from tests.support.servers import opened
from tests.support.web.money_canaries import AMOUNTS, plant, shown
from tests.support.web.page_parts import links_of
from tests.support.web.web_session import web_session

PASSWORD = "long enough for a test"
MONTHS = "from=2022-01-01&to=2022-02-28"
OTHERS: tuple[Role, ...] = ("assistant", "packer", "creator")


@pytest.fixture(scope="module")
def served(
    spring_studio: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a shop with the canaries, and a session's token for each role."""
    folder = tmp_path_factory.mktemp("frames")
    shutil.copy(spring_studio, folder / "shop.db")
    db = connect(str(folder / "shop.db"))
    plant(db)
    tokens = {}
    for role in ROLES:
        add_account(db, role, role, PASSWORD, actor=OWNER)
        tokens[role] = sign_in(db, role, PASSWORD, address="127.0.0.1")
    db.close()
    with opened(folder / "shop.db", KILNBOARD_CONFIG=str(folder / "config")) as address:
        yield address, tokens


async def leaks(address: str, token: str, role: Role, language: str, names: list[str]) -> dict[str, set[str]]:
    """The canaries that a role is sent, by page and part."""
    result: dict[str, set[str]] = {}
    async with web_session(address, token, language) as tab:
        assert await tab.open() is None
        offered = set(tab.pages)
        for name in names:
            if not Actor("x", role).may(pages()[name].needs):
                assert name not in offered
                continue
            for link in links_of(name):
                problem = await tab.open(name if name in offered else "", f"{MONTHS}&{link}")
                assert problem is None, (role, name, link, problem)
                result[f"{name}?{link}"] = shown(tab.frames)
    return {place: names for place, names in result.items() if names}


WITH_MONEY = ["kiln", "settings"]  # where the owner sees most of it


def check(
    served: tuple[str, dict[str, str]], language: str, places: dict[Role, list[str]], owner: list[str]
) -> None:
    address, tokens = served
    with ThreadPoolExecutor(1) as thread:  # this one may have the browser's event loop

        def leaked(role: Role, places: list[str]) -> dict[str, set[str]]:
            work = leaks(address, tokens[role], role, language, places)
            return thread.submit(asyncio.run, work).result()

        for role, names in places.items():
            assert leaked(role, names) == {}
        seen = set().union(*leaked("owner", owner).values())
    assert len(seen & set(AMOUNTS)) >= 7, seen  # the test can find them


def test_no_other_role_is_sent_money_of_the_owner(served: tuple[str, dict[str, str]]) -> None:
    places: dict[Role, list[str]] = dict.fromkeys(OTHERS, WITH_MONEY)
    check(served, "zh", places | {"creator": ["growth", "products", *WITH_MONEY]}, WITH_MONEY)


@pytest.mark.proof
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_or_part_sends_it(served: tuple[str, dict[str, str]], language: str) -> None:
    check(served, language, {role: list(pages()) for role in OTHERS}, ["growth", "products", *WITH_MONEY])
