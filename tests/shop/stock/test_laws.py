"""Laws of the stock, whatever is done in whatever order: a machine of all verbs, and one of readings."""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from shop.access.roles import Actor
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.stock import adjustments as shelf
from shop.stock import counts, oversold, reservations, returns
from shop.stock.order_demand import follow_orders
from tests.support.fresh import new_database
from tests.support.stock_shop import START, at, catalog, claims, ledger_is_sound, line, load, refund, stock

OWNER, HELPER = Actor("owner"), Actor("helper", "assistant")
TABLES = (
    "order_line",
    "refund",
    "sold_name",
    "sold_match",
    "sold_sku",
    "fact_day",
    "fact_sku_day",
    "fact_sku_month",
    "stock_movement",
    "stock_balance",
    "stock_claim",
    "stock_hold",
    "stocktake",
    "stocktake_line",
    "return_receipt",
    "audit",
)
SKUS = ("cup", "mug", "jar")
BACK = ("return_refund", "exchange", "resend")


class Clock:
    """The shop's time in a machine: it goes on only when it is told to."""

    now = START


@contextmanager
def fresh() -> Iterator[Database]:
    """An empty shop in memory's folder, where there is one: no disk is waited for."""
    place = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=place) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: Clock.now)
        db = new_database(Path(folder) / "shop.db")
        catalog(db, cup="stocked", mug="stocked", jar="one_of_a_kind")
        yield db
        db.close()


def wipe(db: Database) -> None:
    with db.write() as connection:
        for table in TABLES:
            connection.exec_driver_sql(f"DELETE FROM {table}")
    Clock.now = START


def asked(db: Database) -> dict[tuple[str, str, str], tuple[str, int]]:
    """What each line asks by what is stored of it and its refunds: the rule said once more, by hand."""
    with db.read() as connection:
        run = connection.exec_driver_sql
        tracked = dict(map(tuple, run("SELECT sku, tracked_from FROM stock_balance")))
        matched = dict(map(tuple, run("SELECT name_key, sku FROM sold_match WHERE sku IS NOT NULL")))
        lines = run(
            "SELECT platform, order_id, line_id, name_key, quantity, status, paid_at, shipped_at, "
            "buyer_paid_cents FROM order_line"
        ).all()
        cases = run("SELECT platform, order_id, line_id, kind, stage, status, amount_cents FROM refund").all()
    found = {}
    for platform, order, number, key, pieces, status, paid, shipped, cents in lines:
        sku = matched.get(key)
        if sku not in tracked or paid is None or paid < tracked[sku] or status == "unpaid":
            continue
        is_sent = shipped is not None or status in ("shipped", "delivered", "completed")
        back = [
            case
            for case in cases
            if case[:2] == (platform, order)
            and case[5] == "refunded"
            and case[4] != "after_ship"
            and case[3] not in BACK
            and case[6] > 0
        ]
        own = sum(case[6] for case in back if case[2] == number)
        whole = sum(one[8] for one in lines if one[:2] == (platform, order))
        undone = 0 < cents <= own or 0 < whole <= sum(case[6] for case in back)
        if not is_sent and (status == "cancelled" or undone):
            pieces = 0
        found[platform, order, number] = (sku, pieces)
    return found


def check(db: Database) -> None:
    """Never below zero, balances are sums, every line moved stock exactly as often as it asks."""
    assert ledger_is_sound(db)
    wants = asked(db)
    with db.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT platform, order_id, line_id, part, sku, wanted, taken, returned, agreed FROM stock_claim"
        ).all()
        free = connection.exec_driver_sql(
            "SELECT b.sku FROM stock_balance b JOIN stock_claim c USING (sku) WHERE c.short > 0 "
            "AND b.on_hand - b.reserved + b.presale > 0"
        ).all()
        assert not free, f"pieces lie about while orders wait for them: {free}"
    own = {row[:3]: row for row in rows if row.part == 0}
    for key, (sku, pieces) in wants.items():
        row = own.get(key)
        agreed, back = (row.agreed, row.returned) if row else (0, 0)
        told = (key, sku, pieces, row)
        assert (row.wanted if row else 0) == max(pieces - agreed, back, 0), told
        assert row is None or row.sku == sku or back
    for row in rows:
        if row.part == 0 and tuple(row[:3]) not in wants:
            assert row.wanted == row.returned


orders = st.sampled_from([("douyin", "A"), ("douyin", "B"), ("tiktok", "C")])
statuses = st.sampled_from(["unpaid", "paid", "paid", "shipped", "completed", "cancelled"])
told_lines = st.builds(
    lambda place, number, sku, pieces, status, paid, sent, version: line(
        place[1],
        sku,
        pieces,
        number=number,
        status=status,
        platform=place[0],
        version=version,
        paid=None if status == "unpaid" else paid,
        shipped=paid + sent if sent else None,
    ),
    orders,
    st.sampled_from("12"),
    st.sampled_from([*SKUS, "cup", "stranger"]),
    st.integers(1, 4),
    statuses,
    st.integers(-5, 60),
    st.sampled_from([0, 0, 1, 20]),
    st.integers(1, 9),
)
told_refunds = st.builds(
    lambda place, number, kind, stage, status, cents, version: refund(
        place[1],
        number=number,
        kind=kind,
        stage=stage,
        status=status,
        cents=cents,
        version=version,
        platform=place[0],
    ),
    orders,
    st.sampled_from(["1", "2", None]),
    st.sampled_from(["return_refund", "refund_only", "exchange", "unknown"]),
    st.sampled_from(["before_ship", "after_ship", "unknown"]),
    st.sampled_from(["asked", "refunded", "closed"]),
    st.sampled_from([300, 1000, 2000]),
    st.integers(1, 5),
)
SENT = ("shipped", "completed", "cancelled")
skus, few = st.sampled_from(SKUS), st.integers(1, 4)


class Shelf(RuleBasedStateMachine):
    """All verbs of the stock and all that imports can bring, in any order."""

    db: Database

    @initialize(there=st.sampled_from([{}, {"cup": 4, "jar": 1}, {"cup": 6, "mug": 2, "jar": 1}]))
    def open_a_shop(self, there: dict[str, int]) -> None:
        wipe(self.db)
        self.read: list[dict[str, Any]] = []
        if there:
            counts.set_counts(self.db, there, actor=OWNER)

    @invariant()
    def the_stock_is_sound(self) -> None:
        check(self.db)

    @rule(seconds=st.integers(1, 60))
    def time_goes_on(self, seconds: int) -> None:
        Clock.now += seconds

    @rule(lines=st.lists(told_lines, min_size=1, max_size=5))
    def import_orders(self, lines: list[dict[str, Any]]) -> None:
        self.read += lines
        load(self.db, *lines)

    @rule(sold=st.tuples(orders, few, st.integers(0, 60)), version=st.integers(1, 9))
    def sell_cups(self, sold: Any, version: int) -> None:
        (platform, order), pieces, paid = sold
        load(self.db, line(order, "cup", pieces, platform=platform, paid=paid, version=version))

    @rule(place=orders, status=statuses, sent=st.integers(1, 80), version=st.integers(5, 12))
    def an_order_goes_on(self, place: Any, status: str, sent: int, version: int) -> None:
        with self.db.read() as connection:
            known = connection.exec_driver_sql(
                "SELECT line_id, n.sku, quantity, paid_at FROM order_line l JOIN sold_name n "
                "USING (name_key) WHERE platform = ? AND order_id = ? AND paid_at IS NOT NULL",
                place,
            ).all()
        lines = [
            line(
                place[1],
                row.sku,
                row.quantity,
                number=row.line_id,
                platform=place[0],
                status=status,
                paid=row.paid_at - START,
                shipped=sent if status in SENT else None,
                version=version,
            )
            for row in known
        ]
        if lines:
            self.read += lines
            load(self.db, *lines)

    @rule(cases=st.lists(told_refunds, min_size=1, max_size=2))
    def import_refunds(self, cases: list[dict[str, Any]]) -> None:
        self.read += cases
        load(self.db, *cases)

    @rule(lines=st.lists(told_lines, min_size=1, max_size=2))
    def pull_whole_orders(self, lines: list[dict[str, Any]]) -> None:
        newest = {(one["order_id"], one["line_id"]): one for one in lines}
        load(self.db, *newest.values(), whole=True)

    @rule(place=st.integers(0, 99))
    def read_an_older_file_again(self, place: int) -> None:
        if self.read:
            load(self.db, self.read[place % len(self.read)])

    @rule(sku=skus, pieces=few, reason=st.sampled_from(shelf.MANUAL_REASONS))
    def book_by_hand(self, sku: str, pieces: int, reason: Any) -> None:
        with contextlib.suppress(ShopError):
            shelf.record(self.db, reason, sku, pieces, actor=HELPER)

    @rule(place=st.integers(0, 99))
    def take_a_movement_back(self, place: int) -> None:
        with self.db.read() as connection:
            last = connection.exec_driver_sql("SELECT COUNT(*), MIN(movement_id) FROM stock_movement").one()
        if last[0]:
            with contextlib.suppress(ShopError):
                shelf.undo(self.db, [last[1] + place % last[0]], actor=HELPER)

    @rule(sku=skus, pieces=st.integers(0, 3))
    def allow_pre_sale(self, sku: str, pieces: int) -> None:
        with contextlib.suppress(ShopError):
            shelf.set_presale(self.db, sku, pieces, actor=OWNER)

    @rule(
        sku=skus, pieces=few, lasts=st.integers(1, 60), platform=st.sampled_from([None, "douyin", "tiktok"])
    )
    def hold(self, sku: str, pieces: int, lasts: int, platform: str | None) -> None:
        with contextlib.suppress(ShopError):
            until = at(Clock.now - START + lasts)
            reservations.reserve(self.db, sku, pieces, until=until, platform=platform, actor=HELPER)

    @rule(place=st.integers(1, 8), lasts=st.integers(0, 60))
    def end_or_extend_a_hold(self, place: int, lasts: int) -> None:
        with contextlib.suppress(ShopError):
            if lasts:
                reservations.extend(self.db, place, at(Clock.now - START + lasts), actor=HELPER)
            else:
                reservations.release(self.db, place, actor=HELPER)

    @rule(counted=st.dictionaries(skus, st.integers(0, 6), min_size=1))
    def set_counts(self, counted: dict[str, int]) -> None:
        with contextlib.suppress(ShopError):
            counts.set_counts(self.db, counted, actor=HELPER)

    @rule(counted=st.dictionaries(skus, st.none() | st.integers(0, 6), min_size=1))
    def count_lines(self, counted: dict[str, int | None]) -> None:
        number = counts.start(self.db, actor=HELPER)
        counts.count(self.db, number, counted, actor=HELPER)

    @rule(how=st.sampled_from(["finish", "finish", "drop"]))
    def end_the_count(self, how: str) -> None:
        number = counts.start(self.db, actor=HELPER)
        with contextlib.suppress(ShopError):
            (counts.finish if how == "finish" else counts.drop)(self.db, number, actor=HELPER)

    @rule(number=st.integers(1, 6))
    def take_a_count_back(self, number: int) -> None:
        with contextlib.suppress(ShopError):
            counts.undo(self.db, number, actor=HELPER)

    @rule(place=st.integers(0, 9), pieces=st.tuples(*[st.integers(0, 2)] * 3))
    def receive_a_return(self, place: int, pieces: tuple[int, int, int]) -> None:
        waiting = returns.expected(self.db)
        if waiting:
            platform, order, number, part, case = waiting[place % len(waiting)].key
            with contextlib.suppress(ShopError):
                returns.receive_return(
                    self.db,
                    platform,
                    order,
                    number,
                    part=part,
                    refund_id=case,
                    whole=pieces[0],
                    broken=pieces[1],
                    missing=pieces[2],
                    actor=HELPER,
                )

    @rule(place=st.integers(0, 9), whole=st.booleans(), version=st.integers(5, 9))
    def a_parcel_comes_back(self, place: int, whole: bool, version: int) -> None:
        with self.db.read() as connection:
            sent = connection.exec_driver_sql(
                "SELECT platform, order_id, line_id, part FROM stock_claim WHERE is_shipped "
                "AND taken > returned ORDER BY 1, 2, 3, 4"
            ).all()
        if sent:
            platform, order, number, part = sent[place % len(sent)]
            load(self.db, refund(order, number=number, platform=platform, version=version))
            with contextlib.suppress(returns.NoSuchReturn):
                returns.receive_return(
                    self.db,
                    platform,
                    order,
                    number,
                    part=part,
                    actor=HELPER,
                    **{"whole" if whole else "broken": 1},
                )

    @rule(place=orders, number=st.sampled_from("12"))
    def take_a_receipt_back(self, place: tuple[str, str], number: str) -> None:
        with contextlib.suppress(ShopError):
            returns.undo(self.db, *place, number, actor=HELPER)

    @rule(place=st.integers(0, 9), how=st.sampled_from(oversold.SETTLEMENTS))
    def settle_what_was_sold_twice(self, place: int, how: Any) -> None:
        found = oversold.oversold(self.db)
        if found:
            one = found[place % len(found)]
            platform, order, number, part = one.key
            sku = one.siblings[0].sku if one.siblings else "mug"
            with contextlib.suppress(ShopError):
                oversold.settle(self.db, platform, order, number, how, part=part, sibling=sku, actor=HELPER)

    @rule(place=orders, number=st.sampled_from("12"))
    def take_a_settlement_back(self, place: tuple[str, str], number: str) -> None:
        with contextlib.suppress(ShopError):
            oversold.unsettle(self.db, *place, number, actor=HELPER)

    @rule(name=st.integers(0, 5), sku=st.sampled_from([None, *SKUS]))
    def match_otherwise(self, name: int, sku: str | None) -> None:
        with self.db.write() as connection:
            run = connection.exec_driver_sql
            keys = [row[0] for row in run("SELECT name_key FROM sold_name ORDER BY name_key")]
            if keys:
                key = keys[name % len(keys)]
                run(
                    "INSERT OR REPLACE INTO sold_match (shop_id, name_key, sku, how) "
                    "VALUES (1, ?, ?, 'rule')",
                    (key, sku),
                )
                follow_orders(connection, name_keys=[key])


def machine(examples: int, steps: int) -> None:
    with fresh() as db:
        story = type("Story", (Shelf,), {"db": db})
        run_state_machine_as_test(
            story,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


def test_whatever_is_done_the_stock_is_sound():
    machine(12, 25)


@pytest.mark.proof
def test_whatever_is_done_the_stock_is_sound_at_full_size():
    machine(2_000, 40)


# --- the order of reading ------------------------------------------------------------------------

stories = st.lists(st.one_of(told_lines, told_lines, told_refunds), min_size=1, max_size=9)


def outcome(db: Database, records: list[dict[str, Any]], there: int, held: int) -> tuple[Any, ...]:
    wipe(db)
    counts.set_counts(db, {"cup": there, "mug": 2, "jar": 1}, actor=OWNER)
    if held:
        reservations.reserve(db, "cup", held, until=at(1000), platform="douyin", actor=OWNER)
    for record in records:
        load(db, record)
    with db.read() as connection:
        kept = connection.exec_driver_sql("SELECT SUM(kept) FROM stock_hold").scalar()
    assert ledger_is_sound(db)
    return claims(db), [stock(db, sku) for sku in SKUS], kept


def served_by_hand(db: Database, there: dict[str, int]) -> dict[tuple[str, str], int]:
    """Who gets how many without holds: sent first, then paid first; said once more, by hand."""
    with db.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT platform, order_id, line_id, paid_at, shipped_at IS NULL AND status NOT IN "
            "('shipped', 'delivered', 'completed') AS waits FROM order_line"
        ).all()
    rank = {tuple(row[:3]): (row.waits, row.paid_at) for row in rows}
    wants = asked(db)
    found = {}
    for key in sorted(wants, key=lambda key: (rank[key], key)):
        sku, pieces = wants[key]
        found[key[1:]] = min(pieces, there[sku])
        there[sku] -= found[key[1:]]
    return {key: pieces for key, pieces in found.items() if pieces}


@pytest.fixture(scope="module")
def shared() -> Iterator[Database]:
    with fresh() as db:
        yield db


def check_readings(db: Database, told: list[Any], there: int, held: int, random: Any) -> None:
    first = outcome(db, told, there, min(held, there))
    if not held:
        by_hand = served_by_hand(db, {"cup": there, "mug": 2, "jar": 1})
        assert {key: one[1] for key, one in first[0].items() if one[1]} == by_hand
    again = told * 2
    random.shuffle(again)
    assert outcome(db, again, there, min(held, there)) == first


readings = given(stories, st.integers(0, 6), st.sampled_from([0, 0, 2]), st.randoms())


@settings(max_examples=40, deadline=None)
@readings
def test_the_outcome_is_the_same_in_whatever_order_orders_are_read(
    shared: Database, told: list[Any], there: int, held: int, random: Any
):
    check_readings(shared, told, there, held, random)


@pytest.mark.proof
@settings(max_examples=3_000, deadline=None)
@readings
def test_the_outcome_is_the_same_in_whatever_order_at_full_size(
    shared: Database, told: list[Any], there: int, held: int, random: Any
):
    check_readings(shared, told, there, held, random)
