"""Open numbers: every metric by plain SQL over the views gives what the program answers, on SQLite and in DuckDB."""

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.connect import connect
from shop.core.clock import offsets
from shop.db.backup import TargetExists
from shop.db.database import Database, sqlite_driver
from shop.metrics.definitions import METRICS
from shop.metrics.query import Query, total
from shop.metrics.settings import ShopSettings, shop_settings, store_settings
from shop.metrics.sources import gap_days
from shop.open_data.metric_sql import metric_sql
from shop.open_data.parquet import parquet_zip, write_parquet
from shop.open_data.views import VIEWS
from tests.shop.metrics.test_query import refund
from tests.support.odd_inputs.examples import examples
from tests.support.shops.catalogs import sell
from tests.support.shops.generated_shops import build, spec_of
from tests.support.shops.practice_studio import Studio


@dataclass(frozen=True)
class Engines:
    """One shop in the program, read by a plain SQLite client, and as Parquet files in DuckDB."""

    db: Database
    client: sqlite3.Connection
    duck: duckdb.DuckDBPyConnection

    def differences(self, start: date, end: date, *, singly: bool = False) -> list[Any]:
        """The metrics that an engine gives another figure for than the program, which answers all at once or singly."""
        with self.db.read() as connection:
            currency = shop_settings(connection).currency
            has_gap = bool(gap_days(connection, 1, start, end))
        asked = [(name,) for name in METRICS] if singly else [tuple(METRICS)]
        figures = {
            name: value for names in asked for name, value in total(self.db, Query(names, start, end)).items()
        }
        result = []
        for name, wanted in figures.items():
            sql = metric_sql(name)
            values = parameters(sql, start, end, currency)
            rows = (
                self.client.execute(sql, values).fetchone(),
                self.duck.execute(sql, values).fetchone() or (),
            )
            for engine, (figure,) in zip(("sqlite", "duckdb"), rows, strict=True):
                if figure != wanted and not (has_gap and wanted is None and figure == 0):
                    result.append((name, engine, wanted, figure))
        return result


def parameters(sql: str, start: date, end: date, currency: str) -> dict[str, Any]:
    """Values of the parameters that a text has; DuckDB refuses others."""
    known = {"shop": 1, "start": start.isoformat(), "end": end.isoformat(), "currency": currency}
    return {name: known[name] for name in set(re.findall(r"\$(\w+)", sql))}


def in_engines(path: Path, folder: Path) -> Engines:
    db = connect(str(path))
    write_parquet(db, folder)
    duck = duckdb.connect()
    duck.execute(f"SET file_search_path = '{folder}'")  # as if started in the folder
    duck.execute((folder / "duckdb.sql").read_text("utf-8"))
    duck.execute("CREATE SCHEMA loaded")  # each file is read once, not by the question of each metric
    for name in VIEWS:
        duck.execute(f"CREATE TABLE loaded.{name} AS FROM main.{name}")
    duck.execute("SET schema = 'loaded'")
    client = sqlite_driver().connect(f"{path.as_uri()}?mode=ro", uri=True)
    return Engines(db, client, duck)


@pytest.fixture(scope="module")
def practice(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Engines:
    return in_engines(studio.path, tmp_path_factory.mktemp("open") / "practice")


STARTS = st.dates(date(2025, 4, 25), date(2025, 11, 10))


def test_every_metric_of_the_practice_shop(practice: Engines) -> None:
    assert practice.differences(date(2025, 5, 1), date(2025, 12, 31)) == []


@settings(max_examples=examples(2))
@given(start=STARTS, days=st.integers(0, 60))
def test_random_ranges(practice: Engines, start: date, days: int) -> None:
    assert practice.differences(start, start + timedelta(days=days)) == []


def odd_shop(seed: int, folder: Path) -> list[Any]:
    """A shop with several currencies, negative and huge amounts, missing columns, another time zone."""
    spec = spec_of(seed, date(2026, 3, 1) + timedelta(days=seed % 200))
    odd = in_engines(build(spec, folder / f"{seed}.db"), folder / f"{seed}")
    whole = (spec.today - timedelta(days=spec.days + 400), spec.today + timedelta(days=100))
    half = spec.today - timedelta(days=spec.days // 2)
    result = [*odd.differences(*whole, singly=True), *odd.differences(half, half + timedelta(days=9))]
    odd.db.close()
    return result


def test_every_metric_of_the_spring_files_and_an_odd_shop(spring_path: Path, tmp_path: Path) -> None:
    spring = in_engines(spring_path, tmp_path / "spring")
    assert spring.differences(date(2021, 11, 1), date(2022, 3, 31)) == []
    assert odd_shop(9, tmp_path) == []


@pytest.mark.proof
def test_every_metric_of_many_odd_shops(tmp_path: Path) -> None:
    assert [(seed, found) for seed in range(100, 180) if (found := odd_shop(seed, tmp_path))] == []


def rows(db: Database, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite_driver().connect(str(db.path))) as client:  # as a BI tool: no functions of ours
        return [tuple(row) for row in client.execute(sql)]


def test_amounts_in_units_and_times_on_the_shop_clock(db: Database) -> None:
    with db.write() as connection:
        store_settings(connection, ShopSettings(1, "", "America/New_York", "USD"))
    turn = int(pd.Timestamp("2026-03-08 07:00", tz="UTC").timestamp())  # the clock goes forward in New York
    sell(db, "1", "2026-03-08 10:00:00", 12_850, currency="USD", paid_at=turn - 1)
    sell(db, "2", "2026-03-08 10:00:00", 1_200, currency="JPY", paid_at=turn)
    sell(db, "3", "2026-03-08 10:00:00", 1_234, currency="KWD", paid_at=turn + 1, is_gift=True)
    assert rows(db, "SELECT order_id, gmv_cents, gmv, paid_time, is_sold FROM v_order_line ORDER BY 1") == [
        ("1", 12_850, 128.5, "2026-03-08T01:59:59", 1),
        ("2", 1_200, 1_200.0, "2026-03-08T03:00:00", 1),
        ("3", 1_234, 1.234, "2026-03-08T03:00:01", 0),
    ]
    assert rows(db, "SELECT order_id, gmv, lines FROM v_order WHERE order_id = '1'") == [("1", 128.5, 1)]


def test_a_clock_has_every_change_of_its_zone() -> None:
    assert list(offsets("Asia/Kathmandu")) == [(0, 19_800), (504_901_800, 20_700)]
    new_york = [seconds for moment, seconds in offsets("America/New_York") if moment > 1_700_000_000]
    assert set(new_york) == {-18_000, -14_400} and len(new_york) > 100


def test_an_estimate_that_a_case_replaces_does_not_count(db: Database) -> None:
    sell(db, "1", "2026-01-05 10:00:00", 9_000)
    refund(db, "guess", "1", "2026-01-20 12:00:00", 9_000, is_estimate=True)
    refund(db, "case", "1", "2026-01-21 12:00:00", 4_000)
    counted = rows(db, "SELECT refund_id, counts, order_paid_on, amount FROM v_refund ORDER BY 1")
    assert counted == [("case", 1, "2026-01-05", 40.0), ("guess", 0, "2026-01-05", 90.0)]


def test_views_follow_the_program_and_those_of_a_user_stay(db: Database) -> None:
    with db.write() as connection:
        connection.exec_driver_sql("DROP VIEW v_day")
        connection.exec_driver_sql("CREATE VIEW v_day AS SELECT 1 AS old")
        connection.exec_driver_sql("CREATE VIEW mine AS SELECT COUNT(*) AS lines FROM v_order_line")
    version = db.version()
    again = connect(str(db.path))
    assert rows(again, "SELECT * FROM v_day") == [] and rows(again, "SELECT * FROM mine") == [(0,)]
    assert again.version() == version
    again.close()


PERSONAL = {"sealed_contact", "note", "actor", "made_by", "received_by", "host", "name", "owner"}


def test_no_view_has_a_person(practice: Engines) -> None:
    for view in VIEWS.values():
        names = [
            item[0] for item in practice.client.execute(f"SELECT * FROM {view.name} LIMIT 1").description
        ]
        assert names == [column.name for column in view.columns]
        assert not PERSONAL & set(names)


def test_no_comment_can_be_joined_to_a_buyer(practice: Engines) -> None:
    """Who wrote is stored as the same number as who bought; outside they are shown in groups of five or more alone."""
    stored = [
        f"SELECT {key} FROM {table} WHERE {key} IS NOT NULL"
        for table, key in (("comment", "author_key"), ("order_line", "buyer_key"))
    ]
    people = {row[0] for row in practice.client.execute(" UNION ".join(stored))}
    assert len(people) > 100
    columns_of_people = set()
    for view in VIEWS.values():
        for row in practice.client.execute(f"SELECT * FROM {view.name}"):
            found = zip(view.columns, row, strict=True)
            columns_of_people |= {(view.name, column.name) for column, value in found if value in people}
    assert columns_of_people == {("v_order_line", "buyer_key"), ("v_order", "buyer_key")}
    writers = practice.client.execute("SELECT COUNT(DISTINCT author_key) FROM comment WHERE NOT is_own")
    numbers = practice.client.execute("SELECT COUNT(DISTINCT author), MAX(author) FROM v_author")
    assert numbers.fetchone() == (*writers.fetchone(),) * 2


def test_pandas_reads_a_folder_of_months(practice: Engines, tmp_path: Path) -> None:
    assert (tmp_path / "empty").mkdir() is None
    report = write_parquet(practice.db, tmp_path / "empty")
    lines = pd.read_parquet(tmp_path / "empty" / "v_order_line")
    assert len(lines) == report.rows["v_order_line"] > 900 and not report.withheld
    months = lines["paid_on"].dropna().map(lambda day: day.isoformat()[:7])
    assert (months == lines.loc[months.index, "month"].astype(str)).all()
    assert lines["is_first"].dtype == bool and str(lines["paid_at"].dtype).endswith("UTC]")
    with pytest.raises(TargetExists):
        write_parquet(practice.db, tmp_path / "empty")


def test_a_role_gets_what_it_may_see(practice: Engines, tmp_path: Path) -> None:
    packer = write_parquet(practice.db.read_as("packer"), tmp_path / "packer")
    assert set(packer.rows) == {"v_calendar", "v_variant", "v_stock", "v_stock_movement"}
    owners = {name for name, view in VIEWS.items() if view.access == "see_margins"}
    assert set(write_parquet(practice.db.read_as("assistant"), tmp_path / "assistant").withheld) == owners
    assert parquet_zip(practice.db.read_as("packer"))[:2] == b"PK"
