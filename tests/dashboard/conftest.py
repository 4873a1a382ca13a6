"""Pages on the spring set and on an empty shop."""

from pathlib import Path

import pytest


@pytest.fixture
def spring_shop(spring_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KILNBOARD_DB", str(spring_path))
    return spring_path


@pytest.fixture
def empty_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "empty.db"))
    return tmp_path / "empty.db"
