"""Pages on the spring set and on an empty shop."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import words


@pytest.fixture
def spring_shop(spring_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KILNBOARD_DB", str(spring_path))
    return spring_path


@pytest.fixture
def empty_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "empty.db"))
    return tmp_path / "empty.db"


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Every test begins in the first language, whichever one before it spoke."""
    words.use("zh")
    yield
    words.use("zh")


@pytest.fixture(autouse=True)
def no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds the keys of whoever runs it."""
    monkeypatch.setenv("KILNBOARD_CONFIG", str(tmp_path / "config"))
