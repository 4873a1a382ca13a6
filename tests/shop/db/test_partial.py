"""A temporary folder is the user's own, is gone after its block, and what a killed program left goes first."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shop.db.partial import temporary_folder

HOLD = """
import os, sys
from shop.db.partial import temporary_folder
with temporary_folder("upload") as folder:
    (folder / "orders.csv").write_text("a buyer's name")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)  # found again at the next question
    return tmp_path


def test_a_folder_is_the_users_own_and_goes_with_its_block(place: Path) -> None:
    with temporary_folder("upload") as folder:
        assert folder.parent == place and (os.name != "posix" or folder.stat().st_mode & 0o777 == 0o700)
        (folder / "orders.csv").write_text("a buyer's name")
    with pytest.raises(ZeroDivisionError), temporary_folder("upload"):
        raise ZeroDivisionError
    assert not list(place.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="needs to know whether a process still runs")
def test_what_a_killed_program_left_is_removed_and_what_a_running_one_holds_is_not(place: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        held = Path(other.stdout.readline().strip())
        with temporary_folder("archive"):
            assert (held / "orders.csv").exists()
        other.kill()
        other.wait()
    assert (held / "orders.csv").exists()
    with temporary_folder("archive"):
        assert not held.exists()
