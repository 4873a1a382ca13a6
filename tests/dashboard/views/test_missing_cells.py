"""A shop in which optional facts are missing in some rows or in all: nothing breaks, no text reads "nan"."""

import re
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import text

from dashboard.i18n.language import LANGUAGES
from dashboard.text import products
from dashboard.views.data import sync
from dashboard.views.live import sessions as live_list
from dashboard.views.products import turnover
from shop.connect import connect
from shop.metrics.query import Query
from shop.metrics.tables import records
from shop.streams.sessions import sessions
from tests.support.pages import ROOT, SPRING_LINK, no_error, open_page, shown

MISSING = re.compile(r"\b(nan|NaN|NaT|None)\b|<NA>")
UNUSABLE = (
    "{key} IN (SELECT {key} FROM (SELECT {key}, ROW_NUMBER() OVER (ORDER BY {key}) AS place FROM {table}) "
    "WHERE place % 2)"
)
EVERY = {"in some": UNUSABLE, "in all": "1"}


@pytest.fixture(params=EVERY)
def sparse_shop(
    request: pytest.FixtureRequest, spring_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The spring set without the optional facts of its sessions and videos."""
    path = tmp_path / "sparse.db"
    shutil.copy(spring_path, path)
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    db, rows = connect(str(path)), EVERY[request.param]
    with db.write() as connection:
        gone = rows.format(key="session_id", table="live_session")
        connection.execute(text(f"DELETE FROM fact_session WHERE {gone}"))
        for table, key, names in (
            ("live_session", "session_id", ("title", "seconds", "peak_viewers", "gmv_cents")),
            ("video", "video_id", ("title", "seconds", "finish_rate")),
        ):
            unset = ", ".join(f"{name} = NULL" for name in names)
            some = rows.format(key=key, table=table)
            connection.execute(text(f"UPDATE {table} SET {unset} WHERE {some}"))
    db.close()
    return path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["sessions", "videos"])
def test_the_live_page_opens(sparse_shop, kind, language):
    page = open_page("live", kind=kind, lang=language, **SPRING_LINK)
    assert no_error(page)
    assert not MISSING.search(shown(page))


def test_a_session_without_a_basis_has_none_in_words(sparse_shop):
    db = connect(str(sparse_shop))
    table = sessions(db, Query(("sessions",), date(2021, 11, 1), date(2022, 3, 15)))
    db.close()
    bases = [live_list._basis(row) for row in records(table)]
    assert bases
    assert not any(MISSING.search(message) for message in bases)


def test_a_name_with_a_part_missing_is_the_other_part():
    table = pd.DataFrame(
        {"title": ["Bowl", None, "Cup"], "spec": ["Blue", "Red", None], "code": ["a", "b", "c"]}
    )
    assert products.names_of(table) == ["Bowl Blue", "Red", "Cup"]
    assert [turnover._name(*pair) for pair in ((None, "Cup"), ("Red", None), ("Red", "Cup"))] == [
        "Cup",
        "Red",
        "Cup Red",
    ]


def test_a_run_without_an_error_gives_no_reason():
    runs = pd.DataFrame(
        {
            "platform": ["douyin_shop"] * 2,
            "kind": ["orders"] * 2,
            "outcome": ["done", "failed"],
            "error": [None, "LandingFailed"],
        }
    )
    message = sync._runs_table(runs)["outcome"].tolist()
    assert "LandingFailed" in message[1] and not MISSING.search(message[0])


ROWS = re.compile(r'\.itertuples\(\)|\.iterrows\(|\.to_dict\("records"\)')


def test_rows_of_a_table_are_read_in_one_place():
    """Rows by name come from `shop` with None for what is missing, never from pandas itself."""
    result = [
        str(path.relative_to(ROOT))
        for folder in ("dashboard", "etl", "shop")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if ROWS.search(path.read_text(encoding="utf-8"))
    ]
    assert not result
