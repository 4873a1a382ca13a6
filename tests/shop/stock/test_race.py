"""Many hands reach for the last pieces at once: exactly as many are sold as there were."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shop.db.database import Database
from shop.stock import adjustments
from tests.support.copies import start
from tests.support.fresh import new_database
from tests.support.stock.shop import OWNER, allocations, at, catalog, ledger_is_sound, short, stock

PIECES = 50
# One process. Round by round it opens the given shop, reports that, and begins at a signal: it sells
# by hand, or imports orders of its own, one load each, or both in turn.
WORKER = """
import json, sys
from shop.stock import adjustments
from shop.connect import connect
from shop.stock.ledger import OutOfStock
from shop.access.roles import Actor
from tests.support.stock.shop import line, load
number = int(sys.argv[1])
for told in sys.stdin:
    path, tries, how = json.loads(told)
    db = connect(path)
    print("ready", flush=True)
    sys.stdin.readline()
    sold = 0
    for one in range(tries):
        if how == "orders" or (how == "both" and one % 2):
            load(db, line(f"{number}-{one}", "cup", paid=10 + one, platform=f"p{number % 3}"))
            continue
        try:
            adjustments.sell(db, "cup", actor=Actor(f"hand {number}"))
            sold += 1
        except OutOfStock:
            pass
    db.close()
    print(sold, flush=True)
"""


class Hands:
    """Processes that wait for a sign."""

    def __init__(self, count: int) -> None:
        self.started = [start(WORKER, str(number)) for number in range(count)]

    def all_do(self, report: str) -> list[str]:
        """Send each of them a message, then read each answer."""
        for item in self.started:
            assert item.stdin is not None
            item.stdin.write(f"{report}\n".encode())
            item.stdin.flush()
        return [item.stdout.readline().decode().strip() for item in self.started if item.stdout is not None]

    def race(self, folder: Path, tries: int, how: str) -> None:
        """One round on a shop of its own: all begin together, and what they did is looked at."""
        path = folder / "race.db"
        db = new_database(path)
        catalog(db, cup="stocked")
        adjustments.record(db, "made", "cup", PIECES, actor=OWNER, at=at(0))
        assert set(self.all_do(json.dumps([str(path), tries, how]))) == {"ready"}
        by_hand = sum(map(int, self.all_do("go")))
        check(db, len(self.started), tries, how, by_hand)
        db.close()
        for left in folder.glob("race.db*"):
            left.unlink()


@contextmanager
def hands(count: int) -> Iterator[Hands]:
    result = Hands(count)
    try:
        yield result
    finally:
        for item in result.started:
            with item:
                item.kill()


def check(db: Database, processes: int, tries: int, how: str, by_hand: int) -> None:
    """All pieces are gone, none is sold twice, and every order that got none is known as short."""
    orders = processes * (tries if how == "orders" else tries // 2 if how == "both" else 0)
    served = sum(taken for _, taken, _ in allocations(db).values())
    assert by_hand + served == PIECES
    assert stock(db, "cup") == (0, 0)
    assert len(allocations(db)) == orders
    assert len(short(db)) == orders - served
    assert ledger_is_sound(db)


def test_four_processes_sell_exactly_what_there_is(tmp_path: Path):
    with hands(4) as some:
        some.race(tmp_path, 20, "both")


@pytest.mark.proof
@pytest.mark.parametrize("how", ["hands", "orders", "both"])
def test_sixteen_processes_sell_exactly_fifty_pieces_in_every_round(tmp_path: Path, how: str):
    with hands(16) as all_of_them:
        for _ in range(20):
            all_of_them.race(tmp_path, 20, how)
