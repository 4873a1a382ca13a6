"""A group of shops in the browser: each account is sent the shops that it may see, in its role there, and no other."""

import asyncio
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from shop.access.accounts import add_account
from shop.access.roles import MAY, OWNER, Actor
from shop.access.sessions import COOKIE, sign_in
from shop.connect import connect
from shop.group.access import allow
from shop.group.shops import add_shop
from shop.metrics.query import Query, total
from shop.settings import save_settings
from tests.support.pages import bodies, no_error, open_page, shown
from tests.support.servers import opened
from tests.support.web.money_canaries import plant
from tests.support.web.money_canaries import shown as canaries
from tests.support.web.web_session import web_session

PASSWORD = "long enough for a test"
MONTHS = "from=2022-01-01&to=2022-02-28"
MONEY = [("kiln", "part=materials"), ("settings", "section=costs"), ("growth", "part=ladder")]


@dataclass(frozen=True)
class Served:
    address: str
    tokens: dict[str, str]

    def sent(self, name: str, page: str, query: str) -> tuple[str, list[bytes], set[str]]:
        """The problem of a page, its frames, and the pages that the navigation offers."""

        async def work() -> tuple[str, list[bytes], set[str]]:
            async with web_session(self.address, self.tokens[name], "en") as tab:
                shop = next((part for part in query.split("&") if part.startswith("shop=")), "")
                problem = await tab.open("", shop)
                if page in tab.pages:
                    problem = await tab.open(page, query)
                return str(problem or ""), tab.frames, set(tab.pages)

        with ThreadPoolExecutor(1) as thread:  # this one may have the browser's event loop
            return thread.submit(asyncio.run, work()).result()

    def changes(self, name: str, shop: str) -> int:
        request = urllib.request.Request(
            f"{self.address}/changes?since=0&shop={shop}", headers={"Cookie": f"{COOKIE}={self.tokens[name]}"}
        )
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)


@pytest.fixture(scope="module")
def served(spring_studio: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A home, a shop with canaries and another one; Mei has the home, Lin the first shop, Bo packs for it."""
    folder = tmp_path_factory.mktemp("group")
    home = connect(str(folder / "home.db"))
    save_settings(home, name="County office", actor=OWNER)
    shutil.copy(spring_studio, folder / "gaoling.db")
    gaoling = connect(str(folder / "gaoling.db"))
    plant(gaoling)
    gaoling.close()
    for name in ("gaoling", "yaoli"):
        add_shop(home, name, str(folder / f"{name}.db"), title=f"Studio {name}", actor=OWNER)
    tokens = {}
    for name, role, is_guest in (
        ("Mei", "owner", False),
        ("Lin", "assistant", True),
        ("Bo", "assistant", False),
    ):
        add_account(home, name, role, PASSWORD, is_guest=is_guest, actor=OWNER)
        tokens[name] = sign_in(home, name, PASSWORD, address="127.0.0.1")
    allow(home, "Lin", "gaoling", "owner", actor=OWNER)
    allow(home, "Lin", "yaoli", "sums", actor=OWNER)
    allow(home, "Bo", "gaoling", "packer", actor=OWNER)
    allow(home, "Bo", "yaoli", "owner", actor=OWNER)
    home.close()
    with opened(folder / "home.db", KILNBOARD_CONFIG=str(folder / "config")) as address:
        yield Served(address, tokens)


def test_the_owner_of_one_shop_sees_that_one_and_all_of_it(served: Served) -> None:
    seen: set[str] = set()
    for page, part in MONEY:
        problem, frames, pages = served.sent("Lin", page, f"{MONTHS}&{part}")
        assert problem == "" and b'data-shop="gaoling"' in b"".join(frames) and page in pages
        assert b"County office" not in b"".join(frames) and b"Studio yaoli" not in b"".join(frames)
        seen |= canaries(frames)
    assert len(seen) >= 3


@pytest.mark.parametrize(("name", "shop"), [("Lin", "yaoli"), ("Mei", "gaoling"), ("Lin", "home")])
def test_a_shop_that_was_not_given_is_not_opened(served: Served, name: str, shop: str) -> None:
    _, frames, pages = served.sent(name, "growth", f"shop={shop}")
    assert pages == set() and b"that you may see" in b"".join(frames)
    assert served.changes(name, shop) == 204


@pytest.mark.parametrize(
    ("name", "page", "query"),
    [("Mei", "start", ""), ("Bo", "orders", "shop=gaoling"), ("Bo", "growth", "shop=gaoling")],
)
def test_an_address_finds_the_first_page_by_its_name_and_one_that_is_closed(
    served: Served, name: str, page: str, query: str
) -> None:
    async def addressed() -> str | None:
        async with web_session(served.address, served.tokens[name], "en") as tab:
            return await tab.open(page, query)

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, addressed()).result() is None


def test_a_role_in_one_shop_is_none_in_another(served: Served) -> None:
    """Bo is the owner of one shop and packs for another one, with the same pages open one after the other."""
    for page, part in MONEY:
        _, frames, pages = served.sent("Bo", page, f"shop=gaoling&{MONTHS}&{part}")
        assert canaries(frames) == set()
        assert "growth" not in pages and "stock" in pages
        _, frames, pages = served.sent("Bo", page, f"shop=yaoli&{part}")
        assert "growth" in pages and b'data-shop="yaoli"' in b"".join(frames)
    _, frames, pages = served.sent("Bo", "growth", "")
    assert b'data-shop=""' in b"".join(frames) and b"Studio gaoling" in b"".join(frames)
    assert served.changes("Bo", "gaoling") == 200


def test_accounts_are_the_homes_whichever_shop_is_open(served: Served) -> None:
    _, frames, _ = served.sent("Lin", "people", "")
    text = b"".join(frames)
    assert b"Lin" in text and b"account-" not in text and b"Mei" not in text
    _, frames, _ = served.sent("Bo", "people", "shop=yaoli")
    assert b"account-" not in b"".join(frames)
    _, frames, _ = served.sent("Mei", "people", "")
    assert b"account-" in b"".join(frames)


def test_without_a_session_nothing_of_a_shop_is_sent(served: Served) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{served.address}/changes?since=0&shop=gaoling")
    with error.value as answer:
        assert answer.code == 401


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "home.db"
    connect(str(path)).close()
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    return path


@pytest.mark.sqlite_file("has a new shop in a file next to the home")
def test_the_owner_adds_a_shop_and_takes_it_off(home: Path) -> None:
    page = open_page("group").run()
    assert no_error(page) and "目前只有一家店" in shown(page)
    page.text_input(key="new-shop-name").set_value("gaoling")
    page.text_input(key="new-shop-title").set_value("Studio Gaoling")
    page.button(key="FormSubmitter:new-shop-添加").click().run()
    assert no_error(page) and home.with_name("gaoling.db").exists()
    assert "并加入列表" in shown(page)
    page.button(key="remove-gaoling").click().run()
    assert no_error(page) and "已移出列表" in shown(page)
    assert home.with_name("gaoling.db").exists()
    page.text_input(key="new-shop-name").set_value("other")
    page.text_input(key="new-shop-place").set_value("/etc/passwd")
    page.button(key="FormSubmitter:new-shop-添加").click().run()
    assert "不是 postgresql:// 地址" in shown(page)


def test_pages_and_keys_are_those_of_the_chosen_shop(home: Path, spring_studio: Path) -> None:
    from etl import credentials, platforms
    from shop.connect import shared

    place = shutil.copy(spring_studio, home.with_name("gaoling.db"))
    db = connect(str(home))
    add_shop(db, "gaoling", str(place), actor=OWNER)
    db.close()
    with credentials.of_shop("gaoling"):
        folder = credentials.folder()
    assert folder.name == "gaoling" and folder.parent.parent == credentials.folder()
    page = open_page("growth", shop="gaoling", **dict(part.split("=") for part in MONTHS.split("&")))
    assert no_error(page) and "¥" in shown(page)
    other = open_page("growth")
    assert no_error(other) and "¥" not in shown(other)
    with credentials.of_shop("gaoling"):
        credentials.save(platforms.connector("douyin_shop"), credentials.Keys({"app_key": "of-gaoling"}))
    assert "of-gaoling" not in str(credentials.known(platforms.connector("douyin_shop")))
    assert (folder / "credentials.toml").exists()
    assert shared(str(home)).version() >= 0


@pytest.mark.sqlite_file("takes a file away or replaces it")
def test_the_link_of_a_shop_that_is_gone_leads_to_the_others(home: Path) -> None:
    db = connect(str(home))
    add_shop(db, "gaoling", actor=OWNER)
    db.close()
    home.with_name("gaoling.db").unlink()
    page = open_start(shop="gaoling")
    assert not page.exception and "kb-step" in "".join(item.proto.body for item in page.get("html"))


def open_start(**link: str):
    from streamlit.testing.v1 import AppTest

    from tests.support.pages import APP

    page = AppTest.from_file(str(APP), default_timeout=120)
    for name, value in link.items():
        page.query_params[name] = value
    return page.run()


LINK = re.compile(r'href="([/?][^"]*)"')
WITH_LINKS = [("today", {}), ("orders", {"orders": "all"}), ("stock", {"stock": "table"}), ("live", {})]


@pytest.mark.parametrize(("page", "part"), WITH_LINKS)
def test_every_link_stays_in_the_shop(
    home: Path, spring_studio: Path, page: str, part: dict[str, str]
) -> None:
    """A link loads the page anew: what it does not name is forgotten."""
    place = shutil.copy(spring_studio, home.with_name("gaoling.db"))
    db = connect(str(home))
    add_shop(db, "gaoling", str(place), actor=OWNER)
    db.close()
    opened_page = open_page(page, lang="en", up="red", currency="USD", shop="gaoling", **part)
    assert no_error(opened_page)
    links = [
        unescape(link) for body in bodies(opened_page) if "kb-step" not in body for link in LINK.findall(body)
    ]
    assert links
    kept = {"shop": "gaoling", "lang": "en", "up": "red", "currency": "USD"}
    assert [link for link in links if not kept.items() <= dict(parse_qsl(urlsplit(link).query)).items()] == []


def test_the_permissions_of_sums_are_nobodys_role() -> None:
    assert "sums" not in MAY and Actor("x", "creator").may("see_sums")


@pytest.mark.sqlite_file("takes a file away or replaces it")
def test_the_shops_stand_side_by_side_and_one_that_is_away_says_so(home: Path, spring_studio: Path) -> None:
    db = connect(str(home))
    for name in ("gaoling", "yaoli", "xianghu"):
        if name == "gaoling":
            shutil.copy(spring_studio, home.with_name("gaoling.db"))
        add_shop(db, name, title=f"Studio {name}", actor=OWNER)
    db.close()
    home.with_name("xianghu.db").unlink()
    page = open_page("group", lang="en", **dict(part.split("=") for part in MONTHS.split("&")))
    assert no_error(page)
    words = " ".join(shown(page).split())
    assert "1 of 3 shops side by side" in words and "In CNY" in words  # one has no sales, one is away
    assert "Studio yaoli : no sales were read yet" in words
    assert "Studio xianghu : The database" in words and "is not there any more" in words
    alone = open_page(
        "growth", lang="en", shop="gaoling", **dict(part.split("=") for part in MONTHS.split("&"))
    )
    gmv = re.search(r"Studio gaoling ¥([\d,.]+)", words)
    assert gmv and total_of(home.with_name("gaoling.db")) == int(gmv[1].replace(",", "").replace(".", ""))
    assert no_error(alone)


def total_of(path: Path) -> int:
    db = connect(str(path))
    found = total(db, Query(("gmv",), date(2022, 1, 1), date(2022, 2, 28)))["gmv"]
    db.close()
    return int(found or 0)


def test_sums_alone_are_compared_and_nothing_of_a_shop_that_is_packed_for(served: Served) -> None:
    _, frames, pages = served.sent("Lin", "group", MONTHS)
    text = b"".join(frames)
    assert "group" in pages and b"Studio gaoling" in text and b"Studio yaoli" in text
    assert canaries(frames) == set() and b"new-shop" not in text
    _, frames, _ = served.sent("Bo", "group", f"shop=gaoling&{MONTHS}")
    assert b"Studio yaoli" in b"".join(frames) and "¥".encode() not in b"".join(frames)
