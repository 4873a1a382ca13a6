"""Pages on the spring set and on an empty shop."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.i18n.language import use_language
from sample_data.studio import shops
from tests.support.fresh import empty_shop_file
from tests.support.shared import built_once
from tests.support.shops.practice_studio import fill_studio, spring_files


@pytest.fixture(scope="session")
def spring_studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The spring set with its workshop: catalog, photos, kilns, stock, costs."""

    def build(folder: Path) -> None:
        fill_studio(folder / "shop.db", shops.of_spring(), spring_files(), pictures=4)

    return built_once(tmp_path_factory, "spring_studio", build) / "shop.db"


@pytest.fixture
def spring_shop(spring_studio: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KILNBOARD_DB", str(spring_studio))
    return spring_studio


@pytest.fixture
def own_shop(spring_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spring set of a test's own, to be written to or deleted."""
    path = tmp_path / "own.db"
    shutil.copy(spring_path, path)
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    return path


@pytest.fixture
def empty_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = empty_shop_file(tmp_path / "empty.db")
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    return path


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Every test begins in the first language, whichever one before it spoke."""
    use_language("zh")
    yield
    use_language("zh")


@pytest.fixture(autouse=True)
def no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds the keys of whoever runs it."""
    monkeypatch.setenv("KILNBOARD_CONFIG", str(tmp_path / "config"))
