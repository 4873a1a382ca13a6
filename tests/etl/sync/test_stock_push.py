"""Stock goes to the platform: the number stands there, whatever way the platform takes it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl import platforms
from etl.errors import UnknownListing
from etl.http.errors import Unsure
from etl.sync.failpoints import KILLED, OF_A_PUSH
from etl.sync.options import Options
from etl.sync.stock_push import push_due, push_stock
from sample_data.mock_platforms import Faults
from shop.access.roles import OWNER, Actor, NotAllowed
from shop.db.database import Database
from shop.stock import adjustments, publish, reservations
from shop.stock import counts as stocktakes
from tests.support.copies import start
from tests.support.pulls import SHOPS, at_mock, pull


def listings(db: Database) -> dict[str, int]:
    with db.read() as connection:
        rows = connection.exec_driver_sql("SELECT listing_id, quantity FROM listing")
        return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize("platform", SHOPS)
def test_the_quantity_stands_on_the_platform_afterwards(
    platform: str, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock(platform, tmp_path, monkeypatch, rate=1000.0) as mock:
        how = Options(clock=mock.clock)
        pull(db, mock, platform, kinds=("listings",))
        first, second, *_ = sorted(listings(db))
        for quantity in (17, 3, 0, 3):
            push_stock(db, platform, first, quantity, options=how)
        push_stock(db, platform, second, 5, options=how)
        mock.advance(days=1)
        pull(db, mock, platform, kinds=("listings",))
        result = listings(db)
        assert (result[first], result[second]) == (3, 5)


def test_an_unknown_listing_is_reported(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with at_mock("douyin_shop", tmp_path, monkeypatch) as mock, pytest.raises(UnknownListing):
        push_stock(db, "douyin_shop", "1", 5, options=Options(clock=mock.clock))


def test_a_change_whose_answer_got_lost_is_not_applied_twice(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock("kuaishou_shop", tmp_path, monkeypatch, rate=1000.0) as mock:
        how = Options(clock=mock.clock)
        pull(db, mock, "kuaishou_shop", kinds=("listings",))
        first = min(listings(db))
        mock.set_faults(Faults(seed=3, truncate=0.5))
        for quantity in (40, 12, 31, 8):
            try:
                push_stock(db, "kuaishou_shop", first, quantity, options=how)
            except Unsure:
                push_stock_until_sure(db, first, quantity, how)
            mock.set_faults(Faults())
            mock.advance(days=1)
            pull(db, mock, "kuaishou_shop", kinds=("listings",))
            assert listings(db)[first] == quantity
            mock.set_faults(Faults(seed=quantity, truncate=0.5))


def push_stock_until_sure(db: Database, listing: str, quantity: int, how: Options) -> None:
    for _ in range(20):
        try:
            return push_stock(db, "kuaishou_shop", listing, quantity, options=how)
        except Unsure:
            continue


# --- due stock, pushed in one go ----------------------------------------------------------------


def track_stock(db: Database, counts: dict[str, int]) -> dict[str, str]:
    """Variants for listings with this many pieces each; the listing of every SKU."""
    with db.write() as connection:
        run = connection.exec_driver_sql
        result = {}
        rows = run("SELECT listing_id, sku FROM listing WHERE quantity > 3 ORDER BY listing_id").all()
        for (listing, sku), name in zip(rows, counts, strict=False):
            result[name] = listing
            run(
                "INSERT INTO product (shop_id, product_code, title, updated_at, payload_hash) "
                "VALUES (1, ?, ?, 0, 0) ON CONFLICT DO NOTHING",
                (name, name),
            )
            run(
                "INSERT OR REPLACE INTO variant (shop_id, sku, product_code, currency, stock_policy, "
                "updated_at, payload_hash) VALUES (1, ?, ?, 'CNY', ?, 0, 0)",
                (sku, name, "one_of_a_kind" if name == "jar" else "stocked"),
            )
    skus = {name: sku_of(db, listing) for name, listing in result.items()}
    stocktakes.set_counts(db, {skus[name]: counts[name] for name in result}, actor=OWNER)
    return result


def sku_of(db: Database, listing: str) -> str:
    with db.read() as connection:
        result = connection.exec_driver_sql("SELECT sku FROM listing WHERE listing_id = ?", (listing,))
        return str(result.scalar_one())


def pushed(db: Database) -> dict[str, tuple[int, str]]:
    with db.read() as connection:
        rows = connection.exec_driver_sql("SELECT listing_id, quantity, outcome FROM stock_push")
        return {row[0]: (row[1], row[2]) for row in rows}


@pytest.mark.parametrize("platform", SHOPS)
def test_due_stock_is_pushed_once_and_again_when_it_changes(
    platform: str, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock(platform, tmp_path, monkeypatch, rate=1000.0) as mock:
        how = Options(clock=mock.clock)
        pull(db, mock, platform, kinds=("listings",))
        result = track_stock(db, {"cup": 171, "bowl": 1, "jar": 1})
        name = platforms.connector(platform).PLATFORM
        assert push_due(db, platform, options=how) == []  # the owner has not allowed it
        publish.set_margin(db, name, 2, actor=OWNER)
        publish.allow(db, name, True, actor=OWNER)
        mock.advance(days=1)
        first = push_due(db, platform, options=how)
        assert {item.outcome for item in first} <= {"done"} and first
        assert first[0].due.quantity == 0  # what is sold out goes first
        mock.advance(days=1)
        pull(db, mock, platform, kinds=("listings",))
        state = listings(db)
        assert {part: state[listing] for part, listing in result.items()} == {"cup": 169, "bowl": 0, "jar": 1}
        assert push_due(db, platform, options=how) == []
        adjustments.sell(db, sku_of(db, result["jar"]), actor=OWNER)
        (only,) = push_due(db, platform, options=how)
        assert (only.due.listing_id, only.due.quantity) == (result["jar"], 0)


def test_a_reserved_piece_is_not_offered_anywhere(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock("douyin_shop", tmp_path, monkeypatch, rate=1000.0) as mock:
        how = Options(clock=mock.clock)
        pull(db, mock, "douyin_shop", kinds=("listings",))
        result = track_stock(db, {"jar": 1})
        publish.allow(db, "douyin", True, actor=OWNER)
        push_due(db, "douyin_shop", options=how)
        now = datetime.now(UTC)
        reservations.reserve(db, sku_of(db, result["jar"]), 1, until=now + timedelta(hours=1), actor=OWNER)
        ((listing, quantity),) = [
            (item.listing_id, item.quantity) for item in publish.due(db, now=int(now.timestamp()))
        ]
        assert (listing, quantity) == (result["jar"], 0)
        later = int((now + timedelta(hours=2)).timestamp())
        assert [item.quantity for item in publish.due(db, now=later)] in ([], [1])


@pytest.mark.parametrize("platform", SHOPS)
def test_every_quantity_arrives_whatever_is_lost_on_the_way(
    platform: str, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock(platform, tmp_path, monkeypatch, rate=1000.0) as mock:
        how = Options(clock=mock.clock)
        pull(db, mock, platform, kinds=("listings",))
        counts = {f"piece {number}": 61 + number for number in range(8)}
        result = track_stock(db, counts)
        name = platforms.connector(platform).PLATFORM
        publish.allow(db, name, True, actor=OWNER)
        mock.set_faults(Faults(seed=5, rate_429=0.1, rate_5xx=0.15, drop=0.1, truncate=0.25))
        for _ in range(30):
            if not push_due(db, platform, options=how):
                break
        mock.set_faults(Faults())
        push_due(db, platform, options=how)
        assert {outcome for _, outcome in pushed(db).values()} == {"done"}
        mock.advance(days=1)
        pull(db, mock, platform, kinds=("listings",))
        state = listings(db)
        assert {part: state[listing] for part, listing in result.items()} == counts
        assert publish.due(db) == []


@pytest.mark.parametrize("where", OF_A_PUSH)
def test_an_interrupted_push_is_repeated(
    where: str, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock("kuaishou_shop", tmp_path, monkeypatch, rate=1000.0) as mock:
        how = Options(clock=mock.clock)
        pull(db, mock, "kuaishou_shop", kinds=("listings",))
        result = track_stock(db, {"cup": 77, "bowl": 78})
        publish.allow(db, "kuaishou", True, actor=OWNER)
        killed(db, tmp_path, where)
        assert sorted(outcome for _, outcome in pushed(db).values()) == ["unsure"]
        push_due(db, "kuaishou_shop", options=how)
        mock.advance(days=1)
        pull(db, mock, "kuaishou_shop", kinds=("listings",))
        assert [listings(db)[result[name]] for name in ("cup", "bowl")] == [77, 78]


def killed(db: Database, folder: Path, where: str) -> None:
    """Push in a process of its own that ends at a step, as a power cut would end it."""
    code = (
        "import sys; from etl.sync.stock_push import push_due; from shop.connect import connect\n"
        "push_due(connect(sys.argv[1]), 'kuaishou_shop')"
    )
    with start(code, str(db.path), environment={"KILNBOARD_KILL_AT": where}) as ended:
        assert ended.wait() == KILLED


def test_only_the_owner_allows_it_and_a_margin_is_no_debt(db: Database):
    helper = Actor("小林", "assistant")
    for error in (
        lambda: publish.allow(db, "douyin", True, actor=helper),
        lambda: publish.set_margin(db, "douyin", 1, actor=helper),
    ):
        with pytest.raises(NotAllowed):
            error()
    with pytest.raises(publish.BadMargin):
        publish.set_margin(db, "douyin", -1, actor=OWNER)
