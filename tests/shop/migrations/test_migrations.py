"""Databases of earlier versions open with all their data: released ones, and the last one in development.

`data/unreleased_0010.db` was written by that version (step 0010): orders, refunds, sessions, videos and
comments read from files, a studio with one batch, and at least one row in every table.
"""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlmodel import SQLModel

import shop.models  # noqa: F401
from shop.connect import connect
from shop.core.errors import UnreleasedDatabase
from shop.db.backup import backup, examine_copy, restore
from shop.db.database import Database, open_database, sqlite_driver
from shop.maintenance import costs_are_true, figures_are_true
from shop.metrics.notes import notes
from shop.metrics.query import Query, total
from shop.migrations import FOLDER, HEAD, is_rebuild_needed, upgrade
from shop.models.triggers import TRIGGERS
from shop.open_data.views import VIEWS
from shop.performance.cohorts import gmv_by_buyers
from tests.support.kills.shops import shop_at

OLD = Path(__file__).parent / "data" / "unreleased_0010.db"


# What opening it in this version changes: its step, and the version of the data, for columns were added.
CHANGED = {"alembic_version": [(HEAD,)], "meta": [("data_version", "31")]}


def rows_of(path: Path, like: Path | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, each by its columns in the order of their names.

    With `like`, of the tables and columns that an older database has.
    """
    connection = sqlite_driver().connect(str(path))
    result = {}
    for table, names in columns_of(like or path).items():
        columns = ", ".join(f'"{name}"' for name in names)
        result[table] = sorted(connection.execute(f"SELECT {columns} FROM {table}").fetchall(), key=repr)
    connection.close()
    result["meta"] = [
        row for row in result.get("meta", []) if row[0] != "buyer_key"
    ]  # a backup notes its key
    return result


def columns_of(path: Path) -> dict[str, list[str]]:
    connection = sqlite_driver().connect(str(path))
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    result = {
        table: sorted(row[1] for row in connection.execute(f"PRAGMA table_info({table})")) for table in names
    }
    connection.close()
    return result


def schema_of(path: Path) -> dict[str, Any]:
    """Tables with their columns in order, keys and checks; indexes and views as they were created."""
    connection = sqlite_driver().connect(str(path))
    created = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    result: dict[str, Any] = {}
    for kind, name, table, sql in created:
        if kind == "table":
            checks = sorted(line.strip(" ,)\t") for line in sql.splitlines() if "CHECK" in line)
            columns = connection.execute(f"PRAGMA table_xinfo({name})").fetchall()
            result[name] = (columns, checks, "WITHOUT ROWID" in sql)
        else:
            parts = connection.execute(f"PRAGMA index_xinfo({name})").fetchall() if kind == "index" else ()
            result[name] = (kind, table, " ".join((sql or "").split()), parts)
    connection.close()
    return result


@pytest.mark.sqlite_file("opens files of earlier versions")
def test_migrations_produce_the_schema_of_the_models(db: Database) -> None:
    with db.read() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_numbers_of_unreleased_steps_are_not_used_again() -> None:
    numbers = {path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py")}
    assert numbers.isdisjoint(f"{number:04}" for number in range(4, 11))


@pytest.mark.sqlite_file("opens files of earlier versions")
def test_the_last_database_in_development_opens_with_all_its_data(tmp_path: Path, db: Database) -> None:
    path = tmp_path / "old.db"
    shutil.copyfile(OLD, path)
    before = rows_of(path)
    assert [name for name, rows in before.items() if not rows] == ["stale_day"]
    opened = connect(str(path))
    assert figures_are_true(opened) and costs_are_true(opened)
    opened.close()
    assert rows_of(path, like=OLD) == before | CHANGED
    assert schema_of(path) == schema_of(db.path)


@pytest.mark.sqlite_file("opens files of earlier versions")
def test_a_backup_of_it_can_be_restored(tmp_path: Path) -> None:
    place = tmp_path / "shop.db"
    assert examine_copy(OLD).newest > 0
    assert restore(OLD, place, connect) is None
    opened = connect(str(place))
    backup(opened, tmp_path / "copy.db")
    opened.close()
    assert rows_of(tmp_path / "copy.db", like=OLD) == rows_of(OLD) | CHANGED


@pytest.mark.sqlite_file("opens files of earlier versions")
@pytest.mark.parametrize("step", ["0003", "0009"])
def test_a_schema_between_two_releases_is_rejected(tmp_path: Path, step: str) -> None:
    path = tmp_path / "between.db"
    shutil.copyfile(OLD, path)
    with sqlite_driver().connect(str(path)) as connection:
        connection.execute("DROP TABLE fact_refund")
        connection.execute("UPDATE alembic_version SET version_num = ?", (step,))
    connection.close()
    for open_it in (connect, lambda name: examine_copy(Path(name))):
        with pytest.raises(UnreleasedDatabase, match=step):
            open_it(str(path))


@pytest.mark.sqlite_file("opens files of earlier versions")
def test_the_roll_ups_of_what_a_release_stored_are_computed_at_the_upgrade(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    engine = create_engine(f"sqlite:///{path}", module=sqlite_driver())
    with engine.begin() as connection:
        upgrade(connection, "0002")
        connection.exec_driver_sql(
            "INSERT INTO order_line (shop_id, platform, order_id, line_id, paid_at, paid_on, status, "
            "sku, quantity, currency, list_cents, buyer_paid_cents, buyer_key, updated_at, "
            "payload_hash) VALUES (1, 'douyin', 'A', 'A', 1772420400, '2026-03-02', 'completed', "
            "'cup', 2, 'CNY', 9000, 9000, 7, 1, 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO settlement (shop_id, platform, settlement_id, order_id, line_id, currency, "
            "paid_out_cents, income_cents, platform_fee_cents, updated_at, payload_hash) "
            "VALUES (1, 'douyin', 'p', 'A', 'A', 'CNY', 8550, 9000, 450, 1, 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO fact_day (shop_id, day, platform, currency, carrier, seller, orders, units, "
            "lines, buyer_paid_cents) VALUES (1, '2026-03-02', 'douyin', 'CNY', 'unknown', 'own', 1, "
            "2, 1, 9000)"
        )
    engine.dispose()
    db = connect(str(path))
    march = Query(("platform_fees", "settled_orders"), date(2026, 3, 1), date(2026, 3, 31))
    assert total(db, march) == {"platform_fees": 450, "settled_orders": 1}
    assert gmv_by_buyers(db, march)["new"] == 9_000
    assert figures_are_true(db)
    db.close()


@pytest.mark.sqlite_file("opens files of earlier versions")
def test_a_step_that_keeps_roll_ups_does_not_compute_them_again(spring_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    shutil.copy(spring_path, path)
    connect(str(path)).close()  # a file of SQLite now, wherever the spring set is
    changed = "UPDATE fact_day SET units = units + 1"  # what a computation would mend
    with sqlite_driver().connect(path) as connection:
        connection.execute(changed)
        for name in ("stock_movement_time", "refund_of_goods", "order_line_turned_back"):
            connection.execute(f"DROP INDEX {name}")
        for trigger in TRIGGERS:
            connection.execute(f"DROP TRIGGER {trigger.split()[2]}")
        for name in ("comment_day", "comment_group", "stale_comment_day"):
            connection.execute(f"DROP TABLE {name}")
        connection.execute("UPDATE alembic_version SET version_num = '0041'")
    connection.close()
    db = connect(str(path))
    assert not figures_are_true(db) and db.row("SELECT version_num FROM alembic_version") == (HEAD,)
    db.close()
    assert is_rebuild_needed("0039") and not is_rebuild_needed(HEAD)


@pytest.mark.sqlite_file("opens files of earlier versions")
def test_refunds_that_an_order_file_named_are_estimated_without_reading_it_again(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    engine = create_engine(f"sqlite:///{path}", module=sqlite_driver())
    with engine.begin() as connection:
        upgrade(connection, "0017")
        connection.exec_driver_sql(
            "INSERT INTO source_file (source_id, shop_id, name, kind, reader, sha256, bytes, imported_at, platform, "
            "first_on, last_on, states_refunds, read, stored, unchanged, set_aside) VALUES "
            "(1, 1, 'orders.csv', 'douyin_orders', '1', 'x', 1, 1, 'douyin', "
            "'2026-03-01', '2026-03-31', 1, 2, 2, 0, 0)"
        )
        for line, after_sale in (("A", "refunded"), ("B", None)):
            connection.exec_driver_sql(
                "INSERT INTO order_line (shop_id, platform, order_id, line_id, paid_at, paid_on, status, after_sale, "
                "sku, quantity, currency, list_cents, buyer_paid_cents, source_id, updated_at, payload_hash) VALUES "
                "(1, 'douyin', ?, ?, 1772420400, '2026-03-02', 'cancelled', ?, 'cup', 2, 'CNY', 9000, 9000, 1, 1, 1)",
                (line, line, after_sale),
            )
        connection.exec_driver_sql(
            "INSERT INTO fact_day (shop_id, day, platform, currency, carrier, seller, orders, units, lines, "
            "buyer_paid_cents) VALUES (1, '2026-03-02', 'douyin', 'CNY', 'unknown', 'own', 2, 4, 2, 18000)"
        )
    engine.dispose()
    db = connect(str(path))
    march = Query(("refunds", "returned_units", "net_sales"), date(2026, 3, 1), date(2026, 3, 31))
    assert total(db, march) == {"refunds": 90_00, "returned_units": 2, "net_sales": 90_00}
    assert [(note.code, note.orders) for note in notes(db, march)] == [("refunds_estimated", 1)]
    assert figures_are_true(db)
    db.close()


@pytest.mark.sqlite_file("opens files of earlier versions")
def test_a_database_that_another_program_migrates_meanwhile_is_opened_as_it_is_then(tmp_path: Path) -> None:
    path = shop_at(tmp_path / "old", "0010") / "shop.db"
    times: list[str] = []

    def other_program(_db: Database) -> None:
        connect(str(path)).close()

    views = {name: view.sql for name, view in VIEWS.items()}
    db = open_database(str(path), lambda _: times.append("twice"), other_program, views)
    with db.read() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").all() == [(HEAD,)]
    assert times == [] and figures_are_true(db)
    db.close()
