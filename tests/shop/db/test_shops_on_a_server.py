"""Several shops in one database of a server: each is a schema of its own, chosen by the URL."""

import threading
from collections.abc import Iterator

import pytest

from etl.imports.importer import import_file
from shop.access.roles import Actor
from shop.connect import connect
from shop.core.errors import BadShopName, DatabaseBusy, UnknownShop
from shop.db.backup import backup, restore_shop
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.db.moving import move
from shop.db.postgresql import pools
from shop.db.postgresql.database import nominal_path
from shop.db.urls import shop_of, with_shop, without_password
from shop.maintenance import examine
from shop.orders.undo_import import undo
from tests.shop.db.test_postgresql import rows_of
from tests.support.engines.postgres import new_shop, own_data_folder
from tests.support.files_by_kind import SAMPLES
from tests.support.fresh import new_database as new_file

pytestmark = pytest.mark.sqlite_file("has several shops in one database of a server")
OWNER = Actor("Lin")


@pytest.fixture(autouse=True, scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with own_data_folder(tmp_path_factory.mktemp("data")):
        yield


@pytest.fixture
def pair(server_url: str) -> Iterator[tuple[Database, Database]]:
    """Two new shops in one database."""
    names = ("gaoling", "yaoli-2")
    url = new_shop(server_url, *names)
    shops = tuple(connect(with_shop(url, name)) for name in names)
    yield shops[0], shops[1]
    for db in shops:
        db.close()


def load(db: Database, *names: str) -> None:
    for sample in SAMPLES:
        if sample.name in names:
            import_file(db, sample.path, settings=sample.settings)


def count(db: Database, table: str) -> int:
    row = db.row(f"SELECT COUNT(*) FROM {table}")
    assert row is not None
    return int(row[0])


def test_each_shop_has_its_own_rows_version_and_files(pair: tuple[Database, Database]) -> None:
    gaoling, yaoli = pair
    before = yaoli.version()
    load(gaoling, "douyin_orders.csv", "settlement.csv")
    assert count(gaoling, "order_line") > 0 == count(yaoli, "order_line")
    assert gaoling.version() > before == yaoli.version()
    load(yaoli, "tiktok_24.csv")
    platforms = [db.row("SELECT MIN(platform), MAX(platform) FROM order_line") for db in pair]
    assert platforms == [("douyin", "douyin"), ("tiktok", "tiktok")]
    assert gaoling.path != yaoli.path and gaoling.path.parent == yaoli.path.parent
    assert gaoling.secret() != yaoli.secret()
    assert undo(gaoling, 1, actor=OWNER) and count(yaoli, "order_line") > 0
    for db in pair:
        assert [check.name for check in examine(db) if not check.ok] in ([], ["set_aside"])


def test_each_shop_has_its_own_writer(pair: tuple[Database, Database]) -> None:
    gaoling, yaoli = pair
    with gaoling.write(), yaoli.write(wait=False), pytest.raises(DatabaseBusy), gaoling.write(wait=False):
        pass


def test_shops_share_connections_and_never_each_others_rows(pair: tuple[Database, Database]) -> None:
    gaoling, yaoli = pair
    load(gaoling, "douyin_orders.csv")
    load(yaoli, "tiktok_24.csv")
    wanted = {db.address: count(db, "order_line") for db in pair}
    wrong: list[str] = []

    def ask(db: Database) -> None:
        for _ in range(30):
            with db.read() as connection:
                found = raw_cursor(connection).execute("SELECT COUNT(*) FROM order_line").fetchone()[0]
            if found != wanted[db.address] or count(db, "order_line") != wanted[db.address]:
                wrong.append(db.address)

    threads = [threading.Thread(target=ask, args=(db,)) for db in (*pair, *pair)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [] and gaoling.engine.pool is yaoli.engine.pool
    assert len([key for key in pools._engines if key[1] == with_shop(gaoling.address, "")]) == 1


def test_a_backup_and_a_move_are_of_one_shop(pair: tuple[Database, Database], tmp_path) -> None:
    gaoling, yaoli = pair
    load(gaoling, "douyin_orders.csv")
    load(yaoli, "tiktok_24.csv")
    backup(gaoling, tmp_path / "copy.db")
    before, others = rows_of(gaoling), rows_of(yaoli)
    undo(gaoling, 1, actor=OWNER)
    restore_shop(gaoling, tmp_path / "copy.db", connect, anyway=True)
    assert rows_of(gaoling) == before and rows_of(yaoli) == others
    file, third = (new_file(tmp_path / "file.db"), connect(with_shop(gaoling.address, "third"), is_new=True))
    assert move(gaoling, file) == move(file, third) > 0
    assert rows_of(third) == before and rows_of(yaoli) == others
    with gaoling.erase() as connection:
        raw_cursor(connection).execute("DELETE FROM order_line")
    assert count(third, "order_line") > 0 == count(gaoling, "order_line")
    file.close()
    third.close()


def test_a_wrong_name_is_refused_and_creates_nothing(pair: tuple[Database, Database]) -> None:
    with pytest.raises(UnknownShop) as error:
        connect(with_shop(pair[0].address, "gaolin"))
    assert "gaoling, yaoli-2" in str(error.value)
    with pytest.raises(UnknownShop):
        connect(with_shop(pair[0].address, "gaolin"))
    for name in ("Gaoling", 'a"b', "a b", "高岭", "-a", "x" * 41, "a;drop"):
        with pytest.raises(BadShopName):
            connect(with_shop(pair[0].address, name), is_new=True)


def test_addresses() -> None:
    url = "postgresql://lin:secret@db.example/county?sslmode=require"
    assert shop_of(url) == "" and shop_of(with_shop(url, "gaoling")) == "gaoling"
    assert with_shop(with_shop(url, "gaoling"), "") == url
    shown = without_password(with_shop(f"{url}&password=secret", "gaoling"))
    assert shown == "postgresql://lin@db.example/county?sslmode=require&shop=gaoling"
    paths = {
        nominal_path(place)
        for place in (
            url,
            with_shop(url, "a"),
            with_shop(url, "b"),
            with_shop(f"{url}&host=/one", "a"),
            with_shop(f"{url}&host=/two", "a"),
        )
    }
    assert len(paths) == 5 and not any("secret" in str(path) for path in paths)
