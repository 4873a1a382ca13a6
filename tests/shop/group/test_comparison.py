"""Shops side by side: the same days of each, by the days that are known of it, sums by currency."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from shop.access.accounts import add_account
from shop.access.roles import OWNER, NotAllowed
from shop.access.sessions import Visitor
from shop.core.errors import DatabaseBusy, MissingDatabase
from shop.core.periods import Period
from shop.db.database import Database
from shop.group.access import allow
from shop.group.comparison import ShopFigures, database_to_compare, shop_figures, shops_to_compare, sums
from shop.group.parallel import AT_ONCE, ShopAnswer, SlowShop, ask_all
from shop.group.shops import add_shop, database_of, group_shop
from shop.metrics.query import Query, total
from tests.support.fresh import empty_shop_file
from tests.support.shops.days import every_day, sell

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
MAY, APRIL = Period(date(2026, 5, 1), date(2026, 5, 31)), Period(date(2026, 4, 1), date(2026, 4, 30))
PASSWORD = "celadon cups in spring"


@pytest.fixture
def home(db: Database) -> Database:
    """Three shops: one sold 100.00 a day in April and 200.00 in May, one 300.00 from 22 May on, one in dollars."""
    stories: dict[str, Callable[[Database], None]] = {
        "even": lambda shop: sell(shop, dict.fromkeys(every_day(APRIL.start, APRIL.end), 100_00)),
        "late": lambda shop: sell(shop, dict.fromkeys(every_day(date(2026, 5, 22), MAY.end), 300_00)),
        "abroad": lambda shop: sell(
            shop, dict.fromkeys(every_day(MAY.start, MAY.end), 50_00), currency="USD"
        ),
        "empty": lambda shop: None,
    }
    for name, story in stories.items():
        empty_shop_file(db.path.with_name(f"{name}.db"))
        add_shop(db, name, actor=OWNER)
        shop = database_of(db, group_shop(db, name))
        story(shop)
        if name == "even":
            sell(shop, dict.fromkeys(every_day(MAY.start, MAY.end), 200_00), order="m")
    return db


def answers_of(
    home: Database, period: Period = MAY, calendar: str = "previous"
) -> dict[str, ShopAnswer[ShopFigures]]:
    shops = {shop.entry.name: shop for shop in shops_to_compare(home, None, "owner")}
    return {
        answer.name: answer
        for answer in ask_all(
            list(shops),
            lambda name: shop_figures(database_to_compare(home, shops[name]), period, calendar, NOW),
        )
    }


def figures_of(answer: ShopAnswer[ShopFigures]) -> ShopFigures:
    assert answer.value is not None, answer.problem
    return answer.value


def test_a_shop_is_measured_by_the_days_that_are_known_of_it(home: Database) -> None:
    answers = answers_of(home)
    (even,) = figures_of(answers["even"]).rows
    assert even.figures["gmv"].now.total == 31 * 200_00 and even.figures["gmv"].now.per_day == 200_00
    assert even.figures["gmv"].change == pytest.approx(
        1.0
    )  # April's 30 days and 1 unsold one before are 30 known
    late = figures_of(answers["late"])
    assert late.first_sale == date(2026, 5, 22) and late.rows[0].days == (10, 0)
    assert late.rows[0].figures["gmv"].now.per_day == 300_00
    assert late.rows[0].figures["gmv"].change is None
    assert figures_of(answers["empty"]).rows == () and figures_of(answers["empty"]).first_sale is None


def test_days_that_nothing_covers_do_not_count_as_days_without_sales(home: Database) -> None:
    shop = database_of(home, group_shop(home, "even"))
    with shop.write() as connection:  # what a sync has read of May, up to the 21st
        for first, last in ((APRIL.start, date(2026, 5, 21)),):
            since, until = (
                int(datetime(day.year, day.month, day.day, 4, tzinfo=UTC).timestamp())
                for day in (first, last)
            )
            connection.exec_driver_sql(
                "INSERT INTO read_stretch (shop_id, platform, kind, since_at, until_at, has_records) "
                f"VALUES (1, 'douyin_shop', 'orders', {since}, {until}, 1)"
            )
        connection.exec_driver_sql("DELETE FROM order_line WHERE paid_on > '2026-05-21'")
        from shop.metrics.rollups import rebuild

        rebuild(connection, 1)
    figures = figures_of(answers_of(home)["even"])
    # up to four days after the last sale may be quiet ones
    assert figures.missing_days == 6 and figures.rows[0].days[0] == 25
    assert figures.rows[0].figures["gmv"].now.per_day == 21 * 200_00 // 25


def test_currencies_are_not_added_and_sums_are_those_of_the_shops(home: Database) -> None:
    answers = answers_of(home)
    totals = {item.currency: item for item in sums(list(answers.values()))}
    assert {name: item.shops for name, item in totals.items()} == {"CNY": 2, "USD": 1}
    wanted = 0
    for name in ("even", "late"):
        shop = database_of(home, group_shop(home, name))
        wanted += int(total(shop, Query(("gmv",), MAY.start, MAY.end, currency="CNY"))["gmv"] or 0)
    assert totals["CNY"].figures["gmv"] == wanted == 31 * 200_00 + 10 * 300_00
    assert totals["USD"].figures["gmv"] == 31 * 50_00 and totals["CNY"].figures["orders"] == 41


@pytest.mark.sqlite_file("takes a file away or replaces it")
def test_a_shop_that_is_away_is_named_and_the_others_answer(home: Database) -> None:
    Path(group_shop(home, "late").place).unlink()
    answers = answers_of(home)
    assert isinstance(answers["late"].problem, MissingDatabase)
    assert figures_of(answers["even"]).rows and figures_of(answers["abroad"]).rows


def test_only_sums_that_somebody_was_given_are_compared(home: Database) -> None:
    add_account(home, "Mei", "owner", PASSWORD, actor=OWNER)
    add_account(home, "Lin", "assistant", PASSWORD, is_guest=True, actor=OWNER)
    for shop, role in (("even", "owner"), ("late", "sums"), ("abroad", "packer")):
        allow(home, "Lin", shop, role, actor=OWNER)
    shops = shops_to_compare(home, Visitor(2, "Lin", None, ""), "owner")
    assert [(shop.entry.name, shop.role) for shop in shops] == [("even", "owner"), ("late", "creator")]
    with pytest.raises(NotAllowed):
        total(database_to_compare(home, shops[1]), Query(("platform_fees",), MAY.start, MAY.end))
    assert (
        shops_to_compare(home, Visitor(1, "Mei", "owner", ""), "owner") == []
    )  # nothing was read into the home


def test_one_that_does_not_answer_stops_no_other() -> None:
    released = Event()

    def question(name: str) -> str:
        if name.startswith("slow"):
            released.wait(20)
        if name == "busy":
            raise DatabaseBusy()
        return name.upper()

    names = [*(f"slow{number}" for number in range(AT_ONCE + 2)), "busy", *map(str, range(40))]
    answers = {answer.name: answer for answer in ask_all(names, question, seconds=0.3)}
    released.set()
    assert list(answers) == names
    assert all(isinstance(answers[name].problem, SlowShop) for name in names if name.startswith("slow"))
    assert isinstance(answers["busy"].problem, DatabaseBusy) and answers["7"].value == "7"
    assert ask_all([], question) == []


def test_a_fault_of_the_program_is_no_answer() -> None:
    with pytest.raises(ZeroDivisionError):
        ask_all(["a"], lambda _: 1 // 0)


def test_a_server_that_does_not_answer_keeps_no_other_shop_from_being_opened(tmp_path: Path) -> None:
    """`shared` opens one while another one is still waited for."""
    import socket
    from threading import Thread

    from shop.connect import shared
    from shop.core.errors import UnreachableServer

    empty_shop_file(tmp_path / "shop.db")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        url = f"postgresql://me@127.0.0.1:{silent.getsockname()[1]}/shop?connect_timeout=3"
        problems: list[Exception] = []

        def wait() -> None:
            try:
                shared(url)
            except UnreachableServer as problem:
                problems.append(problem)

        thread = Thread(target=wait)
        thread.start()
        time.sleep(0.2)
        shared(str(tmp_path / "shop.db")).close()
        assert thread.is_alive()
        thread.join()
        assert problems


def test_the_earlier_range_is_that_of_the_calendar(home: Database) -> None:
    (row,) = figures_of(answers_of(home, calendar="mtd")["even"]).rows
    assert row.figures["gmv"].before.period == APRIL
    assert row.figures["gmv"].change == pytest.approx(1.0)
    assert Period(MAY.start - timedelta(days=31), APRIL.end).days == 31
