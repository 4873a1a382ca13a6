"""A sync killed at each named step, then run again: as if nothing had happened.

At any other moment: `tests/dashboard/commands/test_killed_commands.py`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.sync.failpoints import KILLED, NAMES
from sample_data.mock_platforms import Faults, ManualClock, MockPlatforms, Shop, serve
from tests.support.pulls import UNTIL, dump, log_in, started

SHOP = Shop(orders=700, until=UNTIL, days=40)
STEPS = (*NAMES, "rows-put:3", "page-landed:3", "cursor-moved:2", "window-committed:3", "page-fetched:9")


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
        output, _ = process.communicate(timeout=600)
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
        assert first.communicate(b"\n", timeout=600)[0] == b"" and first.returncode == 0
    result = dump(folder / "shop.db")
    assert [table for table in whole if whole[table] != result[table]] == []
