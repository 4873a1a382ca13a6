"""What all rooms' tests share: a fresh database, and the committed spring set imported once."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from chat_robot import Robot, running
from fresh import new_database
from practice_studio import Studio, build_studio, spring_files

from etl.jobs import import_file
from sample_data.practice import plan_shop
from shop.db import Database, connect


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = new_database(tmp_path / "shop.db")
    yield database
    database.close()


@pytest.fixture(scope="session")
def spring_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spring") / "shop.db"
    database = new_database(path)
    for file in spring_files():
        import_file(database, file)
    database.close()
    return path


@pytest.fixture
def spring(spring_path: Path) -> Iterator[Database]:
    """The spring set; read only, for it is shared."""
    database = connect(str(spring_path))
    yield database
    database.close()


@pytest.fixture
def robot() -> Iterator[Robot]:
    """A chat robot on loopback that holds posts to their signature."""
    with running() as found:
        yield found


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    plan = plan_shop(orders=900, until=date(2025, 10, 31), days=150)
    return build_studio(tmp_path_factory.mktemp("studio"), plan)


@pytest.fixture
def workshop_db(studio: Studio) -> Iterator[Database]:
    """A practice shop with kilns, stock and costs; read only, for it is shared (see `studio`)."""
    database = connect(str(studio.path))
    yield database
    database.close()
