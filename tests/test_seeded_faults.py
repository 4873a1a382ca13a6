"""Seeded faults: with one line of one package wrong, the tests named for it fail; without, they pass.

The proof works on a copy of the tree. The ordinary suite only checks that the table is not outdated.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.seeded_faults import FAULTS, Fault

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".hypothesis", "__pycache__", "*_cache", "build", "dist", "*.egg-info"
)
FAILED = 1  # the exit code of pytest where tests failed; other codes mean that none were run


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree without compiled files, so that a changed line is read for certain."""
    target = tmp_path_factory.mktemp("seeded") / "tree"
    shutil.copytree(ROOT, target, ignore=LEFT_OUT)
    return target


def run_tests(tree: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    for compiled in list(
        tree.rglob("__pycache__")
    ):  # its stamp is in whole seconds: too coarse for two faults
        shutil.rmtree(compiled)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-x", "-q", "-p", "no:cacheprovider", *tests],
        cwd=tree,
        env={
            name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")
        },  # a run of its own
        capture_output=True,
        text=True,
        check=False,
    )


def name_of(fault: Fault) -> str:
    return fault.name.replace(" ", "-")


def test_every_seeded_fault_is_one_line_of_its_file() -> None:
    for fault in FAULTS:
        assert (ROOT / fault.file).read_text("utf-8").count(fault.right) == 1, fault.name
        assert fault.right != fault.wrong


def test_every_test_of_a_seeded_fault_exists() -> None:
    for fault in FAULTS:
        for test in fault.tests:
            file, _, function = test.partition("::")
            assert f"def {function}" in (ROOT / file).read_text("utf-8"), (fault.name, test)


def test_every_package_has_a_seeded_fault() -> None:
    packages = {
        f"{package}/{folder.name}"
        for package in ("shop", "etl", "dashboard")
        for folder in (ROOT / package).iterdir()
        if (folder / "__init__.py").exists()
    }
    assert packages - {"/".join(fault.file.split("/")[:2]) for fault in FAULTS} <= set(WITHOUT_FAULT)


WITHOUT_FAULT = {
    "shop/migrations": "compared with the models and with a committed database",
    "shop/models": "declarations only",
}


@pytest.mark.proof
def test_the_tests_pass_without_a_fault(tree: Path) -> None:
    tests = sorted({test for fault in FAULTS for test in fault.tests})
    result = run_tests(tree, *tests)
    assert result.returncode == 0, result.stdout[-2_000:]


@pytest.mark.proof
@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
def test_a_seeded_fault_fails_its_tests(fault: Fault, tree: Path) -> None:
    file = tree / fault.file
    text = file.read_text("utf-8")
    file.write_text(text.replace(fault.right, fault.wrong), "utf-8")
    try:
        result = run_tests(tree, *fault.tests)
    finally:
        file.write_text(text, "utf-8")
    assert result.returncode == FAILED, result.stdout[-2_000:] + result.stderr[-500:]
