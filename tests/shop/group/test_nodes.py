"""A group spread over three servers: one shop's page asks one of them, a server that is off takes its shops alone."""

import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier

import pytest

from shop.access.roles import OWNER
from shop.connect import connect
from shop.core.errors import UnreachableServer
from shop.core.periods import Period
from shop.db.database import Database
from shop.db.urls import with_shop
from shop.group.comparison import ShopFigures, database_to_compare, shop_figures, shops_to_compare, sums
from shop.group.parallel import ShopAnswer, ask_all
from shop.group.shops import add_shop, database_of, group_shop
from tests.support.engines.nodes import Node, nodes
from tests.support.engines.postgres import own_data_folder
from tests.support.fresh import new_database
from tests.support.pages import VIEWS, no_error, open_page, shown
from tests.support.shops.days import every_day, sell

pytestmark = pytest.mark.sqlite_file("spreads shops over several servers")
PAGES = [name for name in VIEWS if name != "group"]
NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
NAMES = ("gaoling", "yaoli", "xianghu", "hutian")


def node_of(name: str, servers: list[Node]) -> Node:
    """The server of a shop, by a hash of its name."""
    return servers[zlib.crc32(name.encode()) % len(servers)]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[Node]]]:
    """A home in a file, and four shops over three servers; a fourth server has all of them."""
    folder = tmp_path_factory.mktemp("county")
    with own_data_folder(folder), nodes(4) as servers:
        home = new_database(folder / "home.db")
        for place, name in enumerate(NAMES, 1):
            add_shop(home, name, with_shop(node_of(name, servers[:3]).url, name), actor=OWNER)
            for db in (
                database_of(home, group_shop(home, name)),
                connect(with_shop(servers[3].url, name), is_new=True),
            ):
                sell(db, {day: place * 1000_01 + day.day for day in every_day(date(2026, 4, 1), MAY.end)})
        home.close()
        yield folder / "home.db", servers


def answers_of(home: Database) -> dict[str, ShopAnswer[ShopFigures]]:
    shops = {shop.entry.name: shop for shop in shops_to_compare(home, None, "owner")}

    def figures(name: str) -> ShopFigures:
        return shop_figures(database_to_compare(home, shops[name]), MAY, "mtd", NOW)

    return {answer.name: answer for answer in ask_all(list(shops), figures)}


def test_the_hash_uses_all_three_servers(county: tuple[Path, list[Node]]) -> None:
    assert {node_of(name, county[1][:3]).port for name in NAMES} == {node.port for node in county[1][:3]}


def test_figures_are_those_of_one_server_to_the_last_cent(county: tuple[Path, list[Node]]) -> None:
    path, servers = county
    home = connect(str(path))
    answers = answers_of(home)
    for name in NAMES:
        alone = connect(with_shop(servers[3].url, name))
        assert answers[name].value == shop_figures(alone, MAY, "mtd", NOW)
        alone.close()
    wanted = sum(
        place * 1000_01 + day.day
        for place in range(1, len(NAMES) + 1)
        for day in every_day(MAY.start, MAY.end)
    )
    (total,) = sums(list(answers.values()))
    assert (total.shops, total.figures["gmv"]) == (len(NAMES), wanted)
    home.close()


@pytest.mark.parametrize(
    "page", [item if item == "growth" else pytest.param(item, marks=pytest.mark.proof) for item in PAGES]
)
def test_a_page_of_one_shop_asks_its_server_and_no_other(
    county: tuple[Path, list[Node]], page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, servers = county
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    link = {"from": "2026-05-01", "to": "2026-05-31", "on": "2026-05-31", "lang": "en"}
    for name in NAMES[:3]:
        before = [node.asked() for node in servers[:3]]
        assert no_error(open_page(page, shop=name, **link))
        touched = [node for node, count in zip(servers, before, strict=False) if node.asked() > count]
        assert touched == [node_of(name, servers[:3])], name


def test_the_group_asks_all_servers_at_once(county: tuple[Path, list[Node]]) -> None:
    home = connect(str(county[0]))
    shops = {shop.entry.name: shop for shop in shops_to_compare(home, None, "owner")}
    together = Barrier(len(NAMES))  # passed only while all of them are asked

    def figures(name: str) -> ShopFigures:
        db = database_to_compare(home, shops[name])
        with db.read():
            together.wait(60)
        return shop_figures(db, MAY, "mtd", NOW)

    before = [node.asked() for node in county[1][:3]]
    assert all(answer.value is not None for answer in ask_all(list(shops), figures, seconds=60))
    assert all(node.asked() > count for node, count in zip(county[1], before, strict=False))
    home.close()


def test_a_server_that_is_off_takes_its_own_shops_alone(
    county: tuple[Path, list[Node]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, servers = county
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    home = connect(str(path))
    whole = answers_of(home)
    off = node_of("gaoling", servers[:3])
    gone = {name for name in NAMES if node_of(name, servers[:3]) == off}
    off.stop()
    try:
        answers = answers_of(home)
        for name in NAMES:
            if name in gone:
                assert isinstance(answers[name].problem, UnreachableServer), name
            else:
                assert answers[name].value == whole[name].value
        link = {"from": "2026-05-01", "to": "2026-05-31", "lang": "en"}
        words = " ".join(shown(open_page("group", **link)).split())
        assert f"{len(NAMES) - len(gone)} of {len(NAMES)} shops side by side" in words
        assert f"127.0.0.1:{off.port}" in words and "cannot be reached" in words
        there = next(name for name in NAMES if name not in gone)
        assert no_error(open_page("growth", shop=there, on="2026-05-31"))
    finally:
        off.start()
    assert answers_of(home)["gaoling"].value == whole["gaoling"].value
    home.close()
