"""A shop in PostgreSQL is the same shop: one story on both engines, every table compared; carried over and back."""

import re
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlmodel import SQLModel

from etl.imports.importer import import_file
from shop.access.roles import Actor
from shop.connect import connect
from shop.core.errors import DatabaseBusy, NotADatabase, OldServer, ReadOnlyServer, UnreachableServer
from shop.db.backup import backup, examine_copy, restore_shop
from shop.db.buyer_key import BuyerKey, key_of, write_key
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.db.moving import FilledTarget, NoShop, carry, move
from shop.maintenance import examine
from shop.metrics.definitions import METRICS
from shop.metrics.query import total
from shop.metrics.request import Query
from shop.models.triggers import TRIGGERS
from shop.open_data.metric_sql import metric_sql
from shop.orders.undo_import import undo
from shop.stock.adjustments import record, sell
from shop.stock.ledger import OutOfStock
from tests.shop.open_data.test_open_numbers import parameters
from tests.shop.orders.test_video_identity import API as VIDEO_API
from tests.shop.orders.test_video_identity import FILE as VIDEO_FILE
from tests.shop.orders.test_video_identity import put
from tests.support.engines.postgres import new_database, new_shop
from tests.support.files_by_kind import SAMPLES
from tests.support.fresh import new_database as new_file
from tests.support.shops.kilns import ten_cups, type_in
from tests.support.shops.practice_studio import Studio

pytestmark = pytest.mark.sqlite_file("compares a file with a server, or moves a shop between them")
OWNER = Actor("Lin")
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
FILES = (
    "douyin_orders.csv",
    "aftersale.csv",
    "settlement.csv",
    "tiktok_24.csv",
    "comments_long.csv",
    "etsy.csv",
)
BY_THE_CLOCK = {"sold_match": "matched_at"}  # what SQLite's own clock writes, which no test can stop

OF_STEP_35 = ("advertiser", "level", "product_id", "session_id", "session_started_at")


@pytest.fixture(scope="module")
def shops(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Database]]:
    """The same story told to a file of SQLite and to a database of PostgreSQL."""
    folder = tmp_path_factory.mktemp("engines")
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(NOW, tick=False):
        patch.setenv("XDG_DATA_HOME", str(folder))  # where the key of a server's shop lies
        patch.setenv("LOCALAPPDATA", str(folder))
        pair = new_file(folder / "shop.db"), connect(new_database(server_url))
        write_key(key_of(pair[1].path), pair[0].secret(), replace=True)
        BuyerKey(pair[1]).bind(pair[0].secret())
        for db in pair:
            tell(db)
        yield pair
    for db in pair:
        db.close()


def tell(db: Database) -> None:
    for sample in SAMPLES:
        if sample.name in FILES:
            import_file(db, sample.path, settings=sample.settings)
    undo(db, 2, actor=OWNER)
    put(db, 3, VIDEO_FILE)
    put(db, None, VIDEO_API)
    type_in(db)
    ten_cups(db)
    sell(db, "CUP", 2, actor=OWNER, key="market")
    record(db, "broken", "CUP", 1, actor=OWNER, key="dropped")
    with pytest.raises(OutOfStock):
        sell(db, "CUP", 3, actor=OWNER)


def rows_of(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables."""
    result = {}
    with db.read() as connection:
        cursor = raw_cursor(connection)
        for table in SQLModel.metadata.sorted_tables:
            names = [
                f'"{column.name}"' for column in table.columns if column.name != BY_THE_CLOCK.get(table.name)
            ]
            rows = cursor.execute(f"SELECT {', '.join(names)} FROM {table.name}").fetchall()
            result[table.name] = sorted(map(tuple, rows), key=repr)
    return result


def test_the_same_story_leaves_the_same_rows_and_figures(shops: tuple[Database, Database]) -> None:
    file, served = map(rows_of, shops)
    assert sum(map(len, file.values())) > 150 and len(file["stock_movement"]) > 2
    assert {name: rows for name, rows in file.items() if served[name] != rows} == {}
    period = date(2025, 1, 1), date(2026, 12, 31)
    answers = [{name: total(db, Query((name,), *period))[name] for name in METRICS} for db in shops]
    assert answers[0] == answers[1] and sum(value is not None for value in answers[0].values()) > 20


def test_the_views_say_the_same_on_both(shops: tuple[Database, Database]) -> None:
    from shop.open_data.views import VIEWS

    for name in VIEWS:
        contents = []
        for db in shops:
            with db.read() as connection:
                contents.append(
                    sorted(map(repr, map(tuple, raw_cursor(connection).execute(f"SELECT * FROM {name}"))))
                )
        assert contents[0] == contents[1], name


def test_the_plain_sql_of_every_metric_gives_what_the_program_answers(
    server_url: str, studio: Studio
) -> None:
    import psycopg

    url = new_shop(server_url)
    file, served = connect(str(studio.path)), connect(url)
    carry(file, served)
    start, end = date(2025, 5, 1), date(2025, 12, 31)
    wanted = total(served, Query(tuple(METRICS), start, end))
    assert wanted == total(file, Query(tuple(METRICS), start, end))
    found = {}
    with psycopg.connect(url) as client:  # as a BI tool has it
        for name in METRICS:
            sql = metric_sql(name)
            plain = re.sub(r"\$(\w+)", r"%(\1)s", sql.replace("%", "%%"))
            (found[name],) = (
                client.execute(plain.encode(), parameters(sql, start, end, "CNY")).fetchone() or ()
            )
    assert found == wanted
    file.close()
    served.close()


def test_doctor_finds_a_served_shop_well(shops: tuple[Database, Database]) -> None:
    assert [check.name for check in examine(shops[1]) if not check.ok] in ([], ["set_aside"])


def test_a_shop_is_carried_over_and_back(
    shops: tuple[Database, Database], server_url: str, tmp_path: Path
) -> None:
    before = rows_of(shops[0])
    served, back = connect(new_shop(server_url)), connect(str(tmp_path / "back.db"))
    with pytest.raises(NoShop):
        move(back, served)
    rows = sum(len(before[name]) for name, table in SQLModel.metadata.tables.items() if not table.info)
    assert move(shops[0], served) == move(served, back) == rows
    assert rows_of(served) == before == rows_of(back)
    assert key_of(back.path).read_bytes() == key_of(shops[0].path).read_bytes()
    with pytest.raises(FilledTarget):
        move(shops[0], served)
    served.close()
    back.close()


def test_what_is_imported_while_a_move_begins_is_never_replaced(server_url: str, tmp_path: Path) -> None:
    source = new_file(tmp_path / "source.db")
    import_file(source, SAMPLES[1].path)
    for target in (new_file(tmp_path / "target.db"), connect(new_shop(server_url))):

        class SlowShop(Database):
            """A shop whose key is read while another program imports into the target."""

            def secret(self, target: Database = target) -> bytes:
                import_file(target, SAMPLES[0].path)
                return super().secret()

        with pytest.raises(FilledTarget):
            move(SlowShop(source.path, source.engine, source.role, source.identity), target)
        assert target.row("SELECT COUNT(*), MAX(kind) FROM source_file") == (1, "douyin_orders")
        target.close()
    source.close()


def test_a_backup_is_a_file_that_can_be_restored(shops: tuple[Database, Database], tmp_path: Path) -> None:
    db = shops[1]
    before = rows_of(db)
    backup(db, tmp_path / "copy.db")
    assert examine_copy(tmp_path / "copy.db").data_version == db.version()
    sell(db, "CUP", 1, actor=OWNER)
    assert rows_of(db) != before
    copy = restore_shop(db, tmp_path / "copy.db", connect, anyway=True)
    assert rows_of(db) == before and copy is not None and copy.exists()


def test_one_writer_at_a_time_and_readers_see_what_was_there(shops: tuple[Database, Database]) -> None:
    db = shops[1]
    with db.read() as reader, db.write(quiet=True) as writer:
        seen = raw_cursor(reader).execute("SELECT COUNT(*) FROM meta").fetchone()
        raw_cursor(writer).execute("INSERT INTO meta (name, value) VALUES (?, ?)", ("probe", "1"))
        with pytest.raises(DatabaseBusy), db.write(wait=False):
            pass
        assert raw_cursor(reader).execute("SELECT COUNT(*) FROM meta").fetchone() == seen
        raw_cursor(writer).execute("DELETE FROM meta WHERE name = 'probe'")


def test_an_older_shop_on_a_server_is_migrated(server_url: str) -> None:
    url = new_shop(server_url)
    db = connect(url)
    with db.write() as connection:
        before = raw_cursor(connection).raw.execute(INDEXES).fetchall()
        for statement in (
            "DROP VIEW IF EXISTS v_payout CASCADE",
            "DROP TABLE buyer_link, fact_split_order, fact_payout_delay, stale_payout_day, read_stretch, "
            "group_shop, group_access, comment_day, comment_group, stale_comment_day CASCADE",
            *(f"DROP FUNCTION {trigger.split()[2]} CASCADE" for trigger in TRIGGERS),
            "ALTER TABLE account DROP COLUMN is_guest CASCADE",
            "ALTER TABLE settlement DROP COLUMN courier_cents CASCADE",
            *(f"ALTER TABLE ad_spend DROP COLUMN {name} CASCADE" for name in OF_STEP_35),
            "DROP INDEX sold_name_sku",
            "DROP INDEX stock_movement_time",
            "DROP INDEX refund_of_goods",
            "DROP INDEX order_line_turned_back",
            "UPDATE alembic_version SET version_num = '0033'",
        ):
            raw_cursor(connection).raw.execute(statement)
    db.close()
    again = connect(url)
    with again.read() as connection:
        assert raw_cursor(connection).execute("SELECT COUNT(courier_cents) FROM settlement").fetchone() == (
            0,
        )
        assert raw_cursor(connection).raw.execute(INDEXES).fetchall() == before
    again.close()


INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexname"


def test_views_of_a_user_stay_when_those_of_the_program_are_created_again(server_url: str) -> None:
    import psycopg

    url = new_shop(server_url)
    with psycopg.connect(url, autocommit=True) as client:
        client.execute("CREATE VIEW mine AS SELECT COUNT(*) AS lines FROM v_order_line")
        client.execute("CREATE SCHEMA bi")
        client.execute("CREATE VIEW bi.more AS SELECT lines + 1 AS more FROM mine")
        client.execute("CREATE VIEW old AS SELECT was FROM (SELECT 1 AS was) s, v_order")
        client.execute("COMMENT ON VIEW v_order IS 'of another version'")
        connect(url).close()
        assert client.execute("SELECT lines, more FROM mine, bi.more").fetchone() == (0, 1)
        assert client.execute("SELECT was FROM old").fetchall() == []


def test_a_server_that_is_not_there_and_a_database_of_others_are_refused(server_url: str) -> None:
    with pytest.raises(UnreachableServer) as error:
        connect("postgresql://me:secret@127.0.0.1:1/shop")
    assert "secret" not in str(error.value) and "postgresql://me@127.0.0.1" in str(error.value)
    import psycopg

    url = new_database(server_url)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE diary (day text)")
    with pytest.raises(NotADatabase):
        connect(url)


def test_a_server_that_takes_no_changes_says_so(server_url: str) -> None:
    url = new_shop(server_url)
    sign = "&" if "?" in url else "?"
    db = connect(f"{url}{sign}options=-c%20default_transaction_read_only%3Don")
    with pytest.raises(ReadOnlyServer) as refusal:
        import_file(db, SAMPLES[0].path)
    assert "folder" not in str(refusal.value)
    db.close()


def test_a_server_that_is_too_old_is_named() -> None:
    pytest.importorskip("psycopg")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=answer_as_version_14, args=(listener,))
        thread.start()
        with pytest.raises(OldServer) as refusal:
            connect(f"postgresql://lin:secret@127.0.0.1:{port}/shop?sslmode=disable&gssencmode=disable")
        thread.join()
    assert "PostgreSQL 14" in str(refusal.value) and "secret" not in str(refusal.value)


def answer_as_version_14(listener: socket.socket) -> None:
    """Let one client in, as a server of version 14 does: https://www.postgresql.org/docs/current/protocol.html."""
    settings = {"server_version": "14.19", "client_encoding": "UTF8", "standard_conforming_strings": "on"}
    messages = [(b"R", bytes(4))]
    messages += [(b"S", f"{name}\0{value}\0".encode()) for name, value in settings.items()]
    messages += [(b"K", bytes(8)), (b"Z", b"I")]
    with listener.accept()[0] as client:
        client.recv(4_096)
        client.sendall(b"".join(kind + (len(body) + 4).to_bytes(4, "big") + body for kind, body in messages))
        client.recv(4_096)
