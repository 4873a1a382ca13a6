"""Many hands reach for the last pieces at once: exactly as many are sold as there were."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from stock_shop import OWNER, at, catalog, claims, ledger_is_sound, short, stock

from shop import stock as shelf
from shop.db import Database, connect

HERE = Path(__file__).parent
PIECES = 50
# One process: tries to sell by hand, or imports orders of its own, one load each.
WORKER = """
import json, sys
sys.path.insert(0, {here!r})
from shop import stock as shelf
from shop.db import connect
from shop.ledger import OutOfStock
from shop.people import Actor
from stock_shop import line, load
path, number, tries, how = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
db = connect(path)
print("ready", flush=True)
sys.stdin.readline()
sold = 0
for one in range(tries):
    if how == "orders" or (how == "both" and one % 2):
        load(db, line(f"{{number}}-{{one}}", "cup", paid=10 + one, platform=f"p{{number % 3}}"))
        continue
    try:
        shelf.sell(db, "cup", actor=Actor(f"hand {{number}}"))
        sold += 1
    except OutOfStock:
        pass
print(json.dumps(sold))
"""


def race(folder: Path, processes: int, tries: int, how: str) -> int:
    """Let them all begin together; how many pieces were sold by hand."""
    path = folder / "race.db"
    db = connect(str(path))
    catalog(db, cup="stocked")
    shelf.record(db, "made", "cup", PIECES, actor=OWNER, at=at(0))
    code = WORKER.format(here=str(HERE))
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path), str(number), str(tries), how],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE.parents[1],
        )
        for number in range(processes)
    ]  # fmt: skip
    for one in started:
        assert one.stdout is not None and one.stdout.readline() == "ready\n"
    by_hand = sum(json.loads(one.communicate("\n", timeout=300)[0]) for one in started)
    assert all(one.returncode == 0 for one in started)
    assert ledger_is_sound(db)
    check(db, processes, tries, how, by_hand)
    db.close()
    path.unlink()
    return by_hand


def check(db: Database, processes: int, tries: int, how: str, by_hand: int) -> None:
    """All pieces are gone, none is sold twice, and every order that got none is known as short."""
    orders = processes * (tries if how == "orders" else tries // 2 if how == "both" else 0)
    served = sum(taken for _, taken, _ in claims(db).values())
    assert by_hand + served == PIECES
    assert stock(db, "cup") == (0, 0)
    assert len(claims(db)) == orders
    assert len(short(db)) == orders - served


def test_four_processes_sell_exactly_what_there_is(tmp_path: Path):
    race(tmp_path, 4, 20, "both")


@pytest.mark.proof
@pytest.mark.parametrize("how", ["hands", "orders", "both"])
def test_sixteen_processes_sell_exactly_fifty_pieces_in_every_round(tmp_path: Path, how: str):
    for _ in range(20):
        race(tmp_path, 16, 20, how)
