"""A sync killed at each named step and at random moments, then run again: as if nothing had happened."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.sync.failpoints import KILLED, NAMES
from sample_data.mock_platforms import Faults, ManualClock, MockPlatforms, Shop, serve
from tests.support.pulls import UNTIL, dump, log_in, started

SHOP = Shop(orders=700, until=UNTIL, days=40)
STEPS = (*NAMES, "rows-put:3", "page-landed:4", "cursor-moved:5", "window-committed:6", "page-fetched:9")
RANDOM = 100


@pytest.fixture(scope="module")
def mock() -> Iterator[MockPlatforms]:
    """The Douyin shop, its clock stopped; tokens end now and then."""
    faults = Faults(expire_tokens_every=11)
    with serve(
        SHOP, platforms=["douyin_shop"], clock=ManualClock(SHOP.moment), rate=100_000.0, faults=faults
    ) as item:
        yield item


def prepared(mock: MockPlatforms, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder.mkdir()
    monkeypatch.setenv("KILNBOARD_CONFIG", str(folder / "config"))
    log_in(mock, "douyin_shop")
    return folder


def finished(mock: MockPlatforms, folder: Path, **more: str) -> tuple[int, bytes]:
    with started(mock, "douyin_shop", folder, **more) as process:
        output, _ = process.communicate(timeout=120)
    return process.returncode, output


@pytest.fixture(scope="module")
def whole(mock: MockPlatforms, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What an uninterrupted sync leaves."""
    with pytest.MonkeyPatch.context() as patch:
        folder = prepared(mock, tmp_path_factory.mktemp("whole") / "one", patch)
        (folder / "shop.db.key").write_text("ab" * 32)  # one key for all: people are hashed alike
        code, output = finished(mock, folder)
        assert code == 0, output
        result = dump(folder / "shop.db")
        assert len(result["order_line"]) > 500 and result["refund"] and result["listing"]
        return result


def again_after(mock: MockPlatforms, folder: Path, whole: dict[str, list[str]]) -> None:
    code, output = finished(mock, folder)
    assert code == 0, output
    result = dump(folder / "shop.db")
    assert [table for table in whole if whole[table] != result[table]] == []


@pytest.mark.parametrize("step", ["rows-put:2", "token-renewed"])
def test_killed_at_a_step_and_run_again(
    step: str,
    mock: MockPlatforms,
    whole: dict[str, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    folder = prepared(mock, tmp_path / "one", monkeypatch)
    (folder / "shop.db.key").write_text("ab" * 32)
    code, output = finished(mock, folder, KILNBOARD_KILL_AT=step)
    assert code == KILLED, output
    again_after(mock, folder, whole)


@pytest.mark.proof
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_every_step_and_run_again(
    step: str,
    mock: MockPlatforms,
    whole: dict[str, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    test_killed_at_a_step_and_run_again(step, mock, whole, tmp_path, monkeypatch)


def killed_at_random(
    mock: MockPlatforms, whole: dict[str, list[str]], folder: Path, longest: float, jitter: float
) -> bool:
    """Kill a sync after a share of the time that it takes, and run it again; whether it hit."""
    (folder / "shop.db.key").write_text("ab" * 32)
    with started(mock, "douyin_shop", folder) as process:
        time.sleep(longest * jitter)
        process.kill()
    again_after(mock, folder, whole)
    return process.returncode != 0


def test_killed_at_a_random_moment_and_run_again(
    mock: MockPlatforms, whole: dict[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = prepared(mock, tmp_path / "one", monkeypatch)
    killed_at_random(mock, whole, folder, 1.5, 0.6)


@pytest.mark.proof
def test_killed_at_a_hundred_random_moments(
    mock: MockPlatforms, whole: dict[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = prepared(mock, tmp_path / "timed", monkeypatch)
    began = time.monotonic()
    assert finished(mock, folder)[0] == 0
    longest, jitter, hits = time.monotonic() - began, random.Random(7), 0
    for number in range(RANDOM):
        folder = prepared(mock, tmp_path / str(number), monkeypatch)
        hits += killed_at_random(mock, whole, folder, longest, 0.15 + 0.85 * jitter.random())
    print(f"{hits} of {RANDOM} syncs were killed while they ran")
    assert hits > RANDOM // 2


def test_two_syncs_at_once_one_works_and_the_other_exits_75(
    mock: MockPlatforms, whole: dict[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = prepared(mock, tmp_path / "one", monkeypatch)
    (folder / "shop.db.key").write_text("ab" * 32)
    with started(mock, "douyin_shop", folder, KILNBOARD_HOLD_AT="page-fetched") as first:
        assert first.stdout is not None and first.stdout.readline() == b"page-fetched\n"
        code, output = finished(mock, folder)
        assert (code, first.poll()) == (75, None), output
        assert "another run" in output.decode()
        assert first.communicate(b"\n", timeout=120)[0] == b"" and first.returncode == 0
    result = dump(folder / "shop.db")
    assert [table for table in whole if whole[table] != result[table]] == []
