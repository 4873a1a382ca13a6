"""Every command with odd arguments: an exit code and words, never a traceback, never a dead program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import root_command
from shop.connect import connect
from tests.support.fresh import empty_shop_file
from tests.support.odd_inputs.command_lines import OddLines, odd_paths, values_in

CODES = {0, 1, 2, 75, 130}


@pytest.fixture
def lines(spring_studio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OddLines:
    for ending in ("", ".key"):
        shutil.copy(str(spring_studio) + ending, tmp_path / f"shop.db{ending}")
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "shop.db"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "odd").mkdir()
    db = connect()
    known = values_in(db)
    db.close()
    return OddLines(known, odd_paths(tmp_path / "odd"))


def run(line: list[str]) -> str | None:
    """What is wrong with the end of this line; None for nothing."""
    before = os.environ["KILNBOARD_DB"]
    result = CliRunner().invoke(root_command(), line, input="", prog_name="kilnboard")
    os.environ["KILNBOARD_DB"] = before
    short = [word[:60] for word in line]
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        frames = [
            f"{Path(f.filename).name}:{f.lineno}"
            for f in traceback.extract_tb(result.exception.__traceback__)
        ][-6:]
        return f"{short}: {type(result.exception).__name__} {str(result.exception)[:200]} at {frames}"
    if result.exit_code not in CODES:
        return f"{short}: ends with {result.exit_code}"
    if result.exit_code and not result.output.strip():
        return f"{short}: ends with {result.exit_code} without a word"
    return None


def failed(lines: OddLines, numbers: range) -> list[str]:
    problems = (run(lines.line(number)) for number in numbers)
    return [problem for problem in problems if problem]


def test_odd_command_lines_end_in_words(lines: OddLines) -> None:
    assert failed(lines, range(len(lines.commands))) == []


@pytest.mark.proof
def test_five_thousand_odd_command_lines_end_in_words(lines: OddLines) -> None:
    assert failed(lines, range(5_000)) == []


def test_a_reader_that_has_seen_enough_ends_a_command_silently(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)  # as `kilnboard status | head` does
    ended = subprocess.run(
        [sys.executable, "-c", "from dashboard.cli import main; main()", "status"],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "KILNBOARD_DB": str(empty_shop_file(tmp_path / "shop.db"))},
    )
    os.close(writing)
    assert (ended.stderr, ended.returncode) == (b"", 1)
