"""Laws of stock: whatever is done in whatever order, it stays sound."""

import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from shop.core.errors import ShopError
from shop.db.database import Database
from shop.listings import bulk_edit
from shop.listings.plan import Cell
from shop.stock import adjustments, counts, oversold, reservations, returns
from shop.stock.order_demand import follow_orders
from shop.undo import catalog
from tests.support.stock.laws import (
    SENT,
    SET,
    SKUS,
    Clock,
    check,
    definitions,
    few,
    fresh,
    line_records,
    orders,
    refund_records,
    skus,
    statuses,
    wipe,
)
from tests.support.stock.shop import HELPER, OWNER, START, at, line, load, refund


class StockMachine(RuleBasedStateMachine):
    """All commands on stock and all that imports can bring, in any order."""

    db: Database

    @initialize(there=st.sampled_from([{}, {"cup": 4, "jar": 1}, {"cup": 6, "mug": 2, "jar": 1}]))
    def open_a_shop(self, there: dict[str, int]) -> None:
        wipe(self.db)
        self.read: list[dict[str, Any]] = []
        if there:
            counts.set_counts(self.db, there, actor=OWNER)
            self.define_the_set("cup*2; mug")

    @invariant()
    def the_stock_is_sound(self) -> None:
        check(self.db)

    @rule(seconds=st.integers(1, 60))
    def time_goes_on(self, seconds: int) -> None:
        Clock.now += seconds

    @rule(lines=st.lists(line_records, min_size=1, max_size=5))
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

    @rule(cases=st.lists(refund_records, min_size=1, max_size=2))
    def import_refunds(self, cases: list[dict[str, Any]]) -> None:
        self.read += cases
        load(self.db, *cases)

    @rule(lines=st.lists(line_records, min_size=1, max_size=2))
    def pull_whole_orders(self, lines: list[dict[str, Any]]) -> None:
        newest = {(item["order_id"], item["line_id"]): item for item in lines}
        load(self.db, *newest.values(), whole=True)

    @rule(place=st.integers(0, 99))
    def read_an_older_file_again(self, place: int) -> None:
        if self.read:
            load(self.db, self.read[place % len(self.read)])

    @rule(sku=skus, pieces=few, reason=st.sampled_from(adjustments.MANUAL_REASONS))
    def book_by_hand(self, sku: str, pieces: int, reason: Any) -> None:
        with contextlib.suppress(ShopError):
            adjustments.record(self.db, reason, sku, pieces, actor=HELPER)

    @rule(place=st.integers(0, 99))
    def take_a_movement_back(self, place: int) -> None:
        with self.db.read() as connection:
            last = connection.exec_driver_sql("SELECT COUNT(*), MIN(movement_id) FROM stock_movement").one()
        if last[0]:
            with contextlib.suppress(ShopError):
                adjustments.undo(self.db, [last[1] + place % last[0]], actor=HELPER)

    @rule(sku=skus, pieces=st.integers(0, 3))
    def allow_pre_sale(self, sku: str, pieces: int) -> None:
        with contextlib.suppress(ShopError):
            adjustments.set_presale(self.db, sku, pieces, actor=OWNER)

    @rule(
        sku=skus, pieces=few, lasts=st.integers(1, 60), platform=st.sampled_from([None, "douyin", "tiktok"])
    )
    def reserve(self, sku: str, pieces: int, lasts: int, platform: str | None) -> None:
        with contextlib.suppress(ShopError):
            until = at(Clock.now - START + lasts)
            reservations.reserve(self.db, sku, pieces, until=until, platform=platform, actor=HELPER)

    @rule(place=st.integers(1, 8), lasts=st.integers(0, 60))
    def end_or_extend_a_reservation(self, place: int, lasts: int) -> None:
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
    def undo_a_count(self, number: int) -> None:
        with contextlib.suppress(ShopError):
            counts.undo(self.db, number, actor=HELPER)

    @rule(place=st.integers(0, 9), pieces=st.tuples(*[st.integers(0, 2)] * 3))
    def receive_a_return(self, place: int, pieces: tuple[int, int, int]) -> None:
        expected = returns.expected(self.db)
        if expected:
            platform, order, number, part, case = expected[place % len(expected)].key
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

    @rule(place=orders, number=st.sampled_from("12"), part=st.sampled_from([0, 100, 200]))
    def take_a_receipt_back(self, place: tuple[str, str], number: str, part: int) -> None:
        with contextlib.suppress(ShopError):
            returns.undo(self.db, *place, number, part=part, actor=HELPER)

    @rule(place=st.integers(0, 9), how=st.sampled_from(oversold.SETTLEMENTS))
    def settle_what_was_sold_twice(self, place: int, how: Any) -> None:
        result = oversold.oversold(self.db)
        if result:
            item = result[place % len(result)]
            platform, order, number, part = item.key
            sku = item.siblings[0].sku if item.siblings else "mug"
            with contextlib.suppress(ShopError):
                oversold.settle(self.db, platform, order, number, how, part=part, sibling=sku, actor=HELPER)

    @rule(place=orders, number=st.sampled_from("12"), part=st.sampled_from([0, 100, 200]))
    def take_a_settlement_back(self, place: tuple[str, str], number: str, part: int) -> None:
        with contextlib.suppress(ShopError):
            oversold.unsettle(self.db, *place, number, part=part, actor=HELPER)

    @rule(parts=definitions)
    def define_the_set(self, parts: str | None) -> None:
        planned = bulk_edit.plan(self.db, [Cell("parts", (SET,), parts)], actor=OWNER)
        if planned.changes:
            self.defined = bulk_edit.apply(self.db, planned, actor=OWNER)

    @rule()
    def undo_the_definition(self) -> None:
        if hasattr(self, "defined"):
            with contextlib.suppress(ShopError):
                catalog.undo(self.db, self.defined, actor=OWNER)

    @rule(pieces=few, reason=st.sampled_from(adjustments.MANUAL_REASONS), lasts=st.integers(0, 60))
    def book_or_reserve_a_set(self, pieces: int, reason: Any, lasts: int) -> None:
        with contextlib.suppress(ShopError):
            if lasts:
                until = at(Clock.now - START + lasts)
                reservations.reserve(self.db, SET, pieces, until=until, platform="douyin", actor=HELPER)
            else:
                adjustments.record(self.db, reason, SET, pieces, actor=HELPER)

    @rule(name=st.integers(0, 5), sku=st.sampled_from([None, *SKUS, SET]))
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
        narrative = type("Story", (StockMachine,), {"db": db})
        run_state_machine_as_test(
            narrative,
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
