"""The pages say the same of a shop in PostgreSQL as of the same shop in a file."""

from collections.abc import Iterator

import pytest

from shop.connect import connect
from shop.db.database import Database
from shop.db.moving import move
from tests.support.engines.postgres import new_shop, own_data_folder
from tests.support.pages import VIEWS, no_error, open_page, shown
from tests.support.shops.practice_studio import Studio

FEW = ("today", "growth", "stock")  # in the ordinary suite; the proof opens all
BY_PLACE = {"settings"}  # names the folder of the backups


@pytest.fixture(scope="module")
def pair(
    studio: Studio, server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, Database]]:
    with own_data_folder(tmp_path_factory.mktemp("served")):
        file, served = connect(str(studio.path)), connect(new_shop(server_url))
        move(file, served)
        yield file, served
        file.close()
        served.close()


def words(db: Database, view: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("KILNBOARD_DB", db.address)
    page = open_page(view, lang="zh").run()
    assert no_error(page)
    return shown(page)


@pytest.mark.parametrize(
    "view", [view if view in FEW else pytest.param(view, marks=pytest.mark.proof) for view in VIEWS]
)
def test_a_page_says_the_same(
    pair: tuple[Database, Database], view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_file, on_server = (words(db, view, monkeypatch) for db in pair)
    assert in_file == on_server or view in BY_PLACE


def test_files_next_to_the_key_of_a_served_shop_are_no_other_shops(
    pair: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    pair[1].path.with_name("statements.db").touch()  # as that of the translated statements
    monkeypatch.setenv("KILNBOARD_DB", pair[1].address)
    page = open_page("growth", part="week", lang="en")
    assert no_error(page) and "Weekly sheet" in shown(page)
    assert "week-more" not in [item.key for item in page.multiselect]
