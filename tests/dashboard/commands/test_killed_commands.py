"""Commands and syncs ended at any moment: the shop is as before or after, and running again finishes it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sample_data.mock_platforms import ManualClock, MockPlatforms, Shop, serve
from shop.connect import connect
from tests.support.copies import start
from tests.support.engines.postgres import new_database, server
from tests.support.engines.redirect import VARIABLE
from tests.support.kills.shops import earlier_steps, shop_at, small_shop
from tests.support.pulls import LEFT_OUT, UNTIL, environment, log_in

DRIVER = "from tests.support.kills import driver; driver.main()"
CARRY = "from shop.connect import connect; connect().close()"  # the shop of KILNBOARD_DB to the server
MOMENT = 1_768_449_600
SKU, KILN = "CUP", "E1"
FAMILIES = {
    "import": ["import", "new.csv", "--json"],
    "undo of an import": ["import", "--undo", "{import}", "--yes"],
    "rebuild": ["rebuild"],
    "backup": ["backup", "copy.db"],
    "backup as by itself": ["backup", "now"],
    "restore": ["restore", "good.db", "--yes", "--anyway"],
    "stock set": ["stock", "set", "CUP", "7", "CUP-S", "3"],
    "stock move": ["stock", "move", "broken", "CUP-S", "1"],
    "count": ["stock", "count", "add", "1", "CUP", "3", "CUP-S", "1"],
    "batch": ["kiln", "batch", "start", SKU, "12", "--id", "K-1"],
    "firing": ["kiln", "firing", "plan", KILN, "bisque", "2026-02-01"],
    "listing": ["listing", "edit", SKU, "price=99"],
    "shop": ["shop", "set", "--time-zone", "Asia/Tokyo"],
}
SYNCED = {
    "sync of orders": ["orders"],
    "sync of refunds": ["orders", "refunds"],
    "sync of listings": ["listings"],
}
PLATFORM = "douyin_shop"
SHOP = Shop(orders=40, until=UNTIL, days=12)
UNCHANGED = ("rebuild", "backup", "backup as by itself")  # they leave the rows as they are
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_shop(tmp_path_factory.mktemp("killed") / "base")


@pytest.fixture(scope="module")
def mock() -> Iterator[MockPlatforms]:
    """The Douyin shop, its clock stopped."""
    with serve(SHOP, platforms=[PLATFORM], clock=ManualClock(SHOP.moment), rate=100_000.0) as item:
        yield item


def family(name: str, base: Path, folder: Path, count: int) -> dict[str, Any]:
    """What the driver needs to know of a command on the small shop, or of opening an older shop."""
    request = {"name": name, "moment": MOMENT, "without": [], "count": count, "base": str(base)}
    if name.startswith("migration"):
        return {**request, "base": str(shop_at(folder / name, name.split()[-1])), "line": ["status"]}
    line = FAMILIES[name]
    if "{import}" in line:
        db = connect(str(base / "shop.db"))
        with db.read() as connection:
            latest = connection.exec_driver_sql("SELECT MAX(source_id) FROM source_file").scalar()
        db.close()
        line = [word.format_map({"import": latest}) for word in line]
    return {**request, "line": line}


def sync_of(name: str, mock: MockPlatforms, base: Path, count: int) -> dict[str, Any]:
    return {
        "name": name,
        "moment": mock.shop.moment,
        "without": [*LEFT_OUT],
        "count": count,
        "base": str(base),
        "line": ["sync", PLATFORM, *SYNCED[name]],
    }


def check(folder: Path, families: list[dict[str, Any]], *, before: str = "pass", **variables: str) -> None:
    """Kill each of these commands as often as it says: what is left is told by the driver."""
    request = {"work": str(folder / "work"), "seed": 1, "families": families}
    with start(f"{before}\n{DRIVER}", environment=variables) as driver:
        output = driver.communicate(json.dumps(request).encode())[0].decode()
    assert driver.returncode == 0, output[-2_000:]
    lines = [json.loads(line) for line in output.splitlines()]
    for item in families:
        (whole,) = [line["whole"] for line in lines if line["family"] == item["name"] and "whole" in line]
        kills = [line for line in lines if line["family"] == item["name"] and "whole" not in line]
        ended = [kill for kill in kills if kill["killed"]]
        print(
            f"{item['name']}: {len(ended)} killed, {len(kills) - len(ended)} too late, {whole['steps']} steps"
        )
        assert whole["code"] == 0 and whole["steps"] > 3, (item["name"], whole)
        assert whole["changed"] or item["name"] in UNCHANGED, (item["name"], whole)
        assert len(ended) == item["count"], (item["name"], kills[:9])
        whole_states = {"before", "after"} | ({"between"} if item["name"] in SYNCED else set())
        bad = [
            kill
            for kill in kills
            if kill["state"] not in whole_states or kill["wrong"] or kill["again"] not in ("", "whole")
        ]
        assert not bad, json.dumps(bad[:5], indent=1)


def synced(
    mock: MockPlatforms, shop: Path, folder: Path, patch: pytest.MonkeyPatch, names: list[str], count: int
) -> None:
    base = Path(shutil.copytree(shop, folder / "base"))
    variables = environment(mock, PLATFORM, base, 100_000.0)
    patch.setenv("KILNBOARD_CONFIG", variables["KILNBOARD_CONFIG"])
    log_in(mock, PLATFORM)
    check(folder, [sync_of(name, mock, base, count) for name in names], **variables)


@forks
def test_commands_ended_at_any_moment_are_done_or_not_begun(base: Path, tmp_path: Path) -> None:
    names = ["import", "restore", "backup"]
    if VARIABLE not in os.environ:  # a database of an earlier version is a file
        names.append("migration from 0010")
    check(tmp_path, [family(name, base, tmp_path, 2) for name in names])


@forks
def test_a_sync_ended_at_any_moment_and_run_again_is_whole(
    mock: MockPlatforms, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced(mock, base, tmp_path, monkeypatch, ["sync of refunds"], 3)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The small shop on a server, where the process that the test starts carries it first."""
    with server() as url:
        from tests.support.engines.on_server import TEMPLATE, variables

        base = small_shop(tmp_path / "base")
        connect(new_database(url, TEMPLATE)).close()
        for name, value in variables(url).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("KILNBOARD_DB", str(base / "shop.db"))
        yield base


@forks
@pytest.mark.sqlite_file("starts a server of its own")
def test_an_import_on_a_server_ended_at_any_moment(served: Path, tmp_path: Path) -> None:
    check(tmp_path, [family("import", served, tmp_path, 2)], before=CARRY)


@forks
@pytest.mark.proof
@pytest.mark.sqlite_file("starts a server of its own")
def test_an_import_and_a_sync_on_a_server_ended_at_a_hundred_moments(
    mock: MockPlatforms, served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = environment(mock, PLATFORM, served, 100_000.0)
    monkeypatch.setenv("KILNBOARD_CONFIG", given["KILNBOARD_CONFIG"])
    log_in(mock, PLATFORM)
    families = [family("import", served, tmp_path, 100), sync_of("sync of refunds", mock, served, 100)]
    check(tmp_path, families, before=CARRY, **given)


@forks
@pytest.mark.proof
@pytest.mark.parametrize("name", FAMILIES)
def test_each_command_ended_at_five_hundred_moments(name: str, base: Path, tmp_path: Path) -> None:
    check(tmp_path, [family(name, base, tmp_path, 500)])


@forks
@pytest.mark.proof
@pytest.mark.parametrize("name", SYNCED)
def test_each_sync_ended_at_five_hundred_moments(
    name: str, mock: MockPlatforms, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced(mock, base, tmp_path, monkeypatch, [name], 500)


@forks
@pytest.mark.proof
@pytest.mark.sqlite_file("opens files of earlier versions")
def test_migrations_from_every_step_ended_at_five_hundred_moments(base: Path, tmp_path: Path) -> None:
    steps = earlier_steps()
    each = -(-500 // len(steps))
    check(tmp_path, [family(f"migration from {step}", base, tmp_path, each) for step in steps])
