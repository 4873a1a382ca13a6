"""What one run of a page reads once: who visits, which shop, the version of its data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from dashboard.ui.run import read_once
from shop.connect import connect, shared
from shop.db.database import Database
from tests.support.pages import VIEWS, no_error, open_page

MOST_READINGS = 15  # of one run of a page whose figures are stored


@pytest.fixture
def spring(spring_shop: Path) -> Iterator[Database]:
    yield shared(str(spring_shop))


class Readings:
    """How often a connection of a database was taken."""

    def __init__(self, db: Database) -> None:
        self.count = 0
        event.listen(db.engine, "checkout", self._taken)

    def _taken(self, *_: Any) -> None:
        self.count += 1

    def of(self, page: AppTest) -> int:
        """Those of one more run of a page."""
        before = self.count
        assert no_error(page.run())
        return self.count - before


def test_outside_of_a_run_everything_is_read_each_time() -> None:
    read: list[int] = []
    for _ in range(2):
        read_once("key", lambda: read.append(1))
    assert len(read) == 2


def _script() -> None:
    import streamlit as st

    from dashboard.ui.run import read_once
    from shop.connect import shared
    from shop.db.database import bump_version, default_url

    db = shared(default_url())
    seen = [read_once("version", db.version) for _ in range(2)]
    with db.write(quiet=True) as connection:
        bump_version(connection)
    seen.append(read_once("version", db.version))
    with db.write(quiet=True):
        pass
    st.session_state["seen"] = [*seen, read_once("version", db.version), read_once("other", lambda: -1)]


def test_a_run_reads_once_and_again_after_a_write(empty_shop: Path) -> None:
    connect(str(empty_shop)).close()
    page = AppTest.from_function(_script, default_timeout=120).run()
    first, same, written, after_quiet, other = page.session_state["seen"]
    assert (same, written, after_quiet, other) == (first, first + 1, first + 1, -1)


def test_the_next_run_sees_what_another_process_wrote(empty_shop: Path) -> None:
    db = connect(str(empty_shop))

    def show() -> None:
        import streamlit as st

        from dashboard.ui.run import read_once
        from shop.connect import shared
        from shop.db.database import default_url

        st.session_state["seen"] = read_once("version", shared(default_url()).version)

    page = AppTest.from_function(show, default_timeout=120).run()
    before = page.session_state["seen"]
    driver = db.engine.raw_connection()
    driver.driver_connection.execute(  # type: ignore[union-attr]
        "INSERT INTO meta (name, value) VALUES ('data_version', '7') "
        "ON CONFLICT (name) DO UPDATE SET value = '7'"
    )
    driver.close()
    assert before != 7
    assert page.run().session_state["seen"] == 7


def test_a_role_that_changes_holds_from_the_next_run(
    spring: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page("growth")
    assert no_error(page)
    monkeypatch.setenv("KILNBOARD_ROLE", "packer")
    titles = {item["page_name"] for item in page.run()._registered_pages.values()}
    assert "growth" not in " ".join(titles)


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_whose_figures_are_stored_reads_little(view: str, spring: Database) -> None:
    page = open_page(view)
    readings = Readings(spring)
    readings.of(page)
    count = readings.of(page)
    assert 0 < count <= MOST_READINGS, count
