"""The laws of which the ordinary suite tries a few examples, with many."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.odd_inputs.examples import VARIABLE
from tests.support.shared import ROOT

TIMES = 20
FILES = [
    str(path.relative_to(ROOT))
    for path in sorted((ROOT / "tests").rglob("test_*.py"))
    if path != Path(__file__) and "examples(" in path.read_text("utf-8")
]


@pytest.mark.proof
@pytest.mark.parametrize("file", FILES)
def test_the_laws_of_a_file_hold_in_many_examples(file: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-q", f"--basetemp={tmp_path / 'run'}", file],
        cwd=ROOT,
        env={**os.environ, VARIABLE: str(TIMES)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4_000:]
