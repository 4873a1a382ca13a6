"""Two recordings of the same code are equal, and a difference between two is detected."""

import shutil
from pathlib import Path

import pytest

from tests.support.behaviour.recorder import compare, record

NAMES = ("pages/today/spring/en/opened", "commands/spring/report/2-en-json")


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory, spring_path: Path) -> Path:
    place = tmp_path_factory.mktemp("shops")
    (place / "spring").mkdir()
    for file in spring_path.parent.glob("shop.db*"):
        shutil.copy(file, place / "spring")
    return place


def test_a_page_and_a_command_recorded_twice_are_equal(
    shops: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in NAMES:
        for item in ("old", "new"):
            assert record(shops, tmp_path / item, name, ("spring",)) == 1
    assert compare(tmp_path / "old", tmp_path / "new") == 0
    page, command = ((tmp_path / "new" / f"{name}.txt").read_text("utf-8") for name in NAMES)
    assert "lang=en" in page and "2022-03-15" in page and "¥" in page
    assert command.startswith("$ report --from 2022-01-01") and "exit 0" in command
    changed = tmp_path / "new" / f"{NAMES[1]}.txt"
    changed.write_text(command.replace("exit 0", "exit 1"), "utf-8")
    assert compare(tmp_path / "old", tmp_path / "new", "report") == 1
    message = capsys.readouterr().out
    assert f"-1 +1  {NAMES[1]}.txt" in message and "+exit 1" in message
