"""A role of the server for one shop: it reads its own views, or works in its own tables, and no other."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from etl.imports.importer import import_file
from shop.access.roles import OWNER, Actor, NotAllowed
from shop.connect import connect
from shop.core.errors import ServerForbids, UnknownShop
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.db.urls import with_shop
from shop.group.server_roles import NoServerRoles, grant_server_role, withdraw_server_role
from shop.group.shops import add_shop, database_of, group_shop
from shop.open_data.views import VIEWS
from tests.support.engines.postgres import new_shop, own_data_folder
from tests.support.files_by_kind import SAMPLES
from tests.support.shops.kilns import type_in

pytestmark = pytest.mark.sqlite_file("gives roles of a server to shops in one database")
RELATIONS = (
    "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT LIKE 'pg\\_%' "
    "AND n.nspname <> 'information_schema'"
)
DENIED = psycopg.errors.InsufficientPrivilege
OF_A_VIEW = (psycopg.errors.WrongObjectType, psycopg.errors.ObjectNotInPrerequisiteState)


@pytest.fixture(scope="module")
def home(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The home in the default schema, and two shops with rows in the same database."""
    with own_data_folder(tmp_path_factory.mktemp("data")):
        db = connect(new_shop(server_url, "", "gaoling", "yaoli"))
        for name in ("gaoling", "yaoli"):
            add_shop(db, name, actor=OWNER)
            shop = database_of(db, group_shop(db, name))
            for sample in SAMPLES:
                if sample.name in ("douyin_orders.csv", "settlement.csv"):
                    import_file(shop, sample.path, settings=sample.settings)
            type_in(shop)
        yield db
        db.close()


def url_as(home: Database, role: str) -> str:
    return home.address.replace("//kilnboard@", f"//{role}@")


@contextmanager
def signed_in(home: Database, kind: str) -> Iterator[psycopg.Connection]:
    role, password = grant_server_role(home, "gaoling", kind, actor=OWNER)
    assert len(password) > 20
    with psycopg.connect(url_as(home, role), autocommit=True) as connection:
        yield connection


def relations(home: Database) -> list[tuple[str, str]]:
    """Every table and view in the database, from the catalog, as whoever made them sees it."""
    with psycopg.connect(home.address) as owner:
        return owner.execute(RELATIONS.encode()).fetchall()


def test_no_two_shops_of_a_server_have_one_role() -> None:
    from shop.db.postgresql.roles import KINDS, role_name

    longest = "gaoling-livestream-base-of-jingdezhen-"
    databases = ("county", "county_shop", "county_shop_a", "the_office_of_the_county_for_e_commerce", "县")
    names = ("a", "b", "shop_a", "a_shop_b", f"{longest}1", f"{longest}2", "a_reader")
    triples = [(base, f"shop_{name}", kind) for base in databases for name in names for kind in KINDS]
    roles = {role_name(*triple) for triple in triples}
    assert len(roles) == len(triples) and max(len(role.encode()) for role in roles) <= 63
    assert role_name("county", "shop_gaoling", "reader") == "county_shop_gaoling_reader"


@pytest.mark.parametrize("kind", ["reader", "writer"])
def test_a_role_reads_no_row_of_another_shop_or_of_the_home(home: Database, kind: str) -> None:
    others = [pair for pair in relations(home) if pair[0] != "shop_gaoling"]
    assert len(others) > 200 and {schema for schema, _ in others} == {"public", "shop_yaoli"}
    with signed_in(home, kind) as connection:
        for schema, name in others:
            for statement in ("SELECT * FROM {} LIMIT 1", "SELECT COUNT(*) FROM {}", "COPY {} TO STDOUT"):
                with pytest.raises(DENIED):
                    connection.execute(statement.format(f'"{schema}"."{name}"').encode())
            for statement in ("EXPLAIN ANALYZE SELECT * FROM {}", "DELETE FROM {}", "TRUNCATE {}"):
                with pytest.raises((DENIED, *OF_A_VIEW)):
                    connection.execute(statement.format(f'"{schema}"."{name}"').encode())


@pytest.mark.parametrize("kind", ["reader", "writer"])
def test_a_role_gets_to_another_shop_by_no_way_round(home: Database, kind: str) -> None:
    with signed_in(home, kind) as connection:
        connection.execute("SET search_path TO shop_yaoli, public")
        with pytest.raises((DENIED, psycopg.errors.UndefinedTable)):
            connection.execute("SELECT * FROM order_line")
        for statement in (
            "SET ROLE kilnboard",
            "SET SESSION AUTHORIZATION kilnboard",
            "GRANT USAGE ON SCHEMA shop_yaoli TO CURRENT_USER",
            "CREATE SCHEMA shop_mine",
            "CREATE ROLE other",
            "CREATE VIEW shop_gaoling.v_theirs AS SELECT 1",
            "CREATE FUNCTION shop_gaoling.theirs() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "ALTER SCHEMA shop_yaoli OWNER TO CURRENT_USER",
            "SELECT pg_read_file('/etc/hostname')",
            "COPY shop_gaoling.v_order TO PROGRAM 'cat'",
        ):
            with pytest.raises((DENIED, psycopg.errors.UndefinedTable)):
                connection.execute(statement.encode())
        seen = connection.execute(
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema IN ('shop_yaoli', 'public')"
        ).fetchone()
        known = connection.execute(
            "SELECT COUNT(*) FROM pg_stats WHERE schemaname <> 'pg_catalog' AND schemaname IN ('shop_yaoli', 'public')"
        ).fetchone()
        assert seen == known == (0,)
    with psycopg.connect(home.address) as owner:
        as_their_maker = owner.execute(
            "SELECT COUNT(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
            "WHERE p.prosecdef AND n.nspname IN ('sqlite', 'public', 'shop_gaoling', 'shop_yaoli')"
        ).fetchone()
        member_of = owner.execute(
            "SELECT COUNT(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member "
            "WHERE r.rolname LIKE '%gaoling%'"
        ).fetchone()
        assert as_their_maker == member_of == (0,)


def test_a_reader_reads_the_views_of_its_shop_and_no_password(home: Database) -> None:
    with signed_in(home, "reader") as connection:
        for name in VIEWS:
            connection.execute(f"SELECT * FROM {name} LIMIT 1".encode())
        found = connection.execute("SELECT COUNT(*) FROM v_order_line").fetchone()
        assert found is not None and found[0] > 0
        for schema, name in relations(home):
            if schema == "shop_gaoling" and name not in VIEWS:
                with pytest.raises(DENIED):
                    connection.execute(f"SELECT * FROM {name} LIMIT 1".encode())
        for statement in ("DELETE FROM v_order_line", "CREATE TABLE shop_gaoling.mine (x int)"):
            with pytest.raises((DENIED, psycopg.errors.ObjectNotInPrerequisiteState)):
                connection.execute(statement.encode())


def test_a_writer_works_in_its_shop_with_the_whole_program(home: Database) -> None:
    role, _ = grant_server_role(home, "gaoling", "writer", actor=OWNER)
    url = with_shop(url_as(home, role), "gaoling")
    db = connect(url)
    sample = next(item for item in SAMPLES if item.name == "tiktok_24.csv")
    before = db.version()
    import_file(db, sample.path, settings=sample.settings)
    assert db.version() > before
    with pytest.raises(UnknownShop) as error:
        connect(with_shop(url, "yaoli"))
    assert "gaoling" in str(error.value) and "yaoli," not in str(error.value)
    with pytest.raises(ServerForbids), db.write() as connection:
        raw_cursor(connection).execute("SELECT * FROM shop_yaoli.order_line")
    with pytest.raises(ServerForbids):
        connect(with_shop(url, "third"), is_new=True)
    db.close()


def test_rights_come_back_with_views_that_an_upgrade_creates_again(home: Database) -> None:
    with signed_in(home, "reader") as connection:
        with psycopg.connect(home.address, autocommit=True) as owner:
            owner.execute("COMMENT ON VIEW shop_gaoling.v_order IS 'of another version'")
        again = connect(with_shop(home.address, "gaoling"))
        connection.execute("SELECT * FROM v_order LIMIT 1")
        again.close()
        withdraw_server_role(home, "gaoling", "reader", actor=OWNER)
        with psycopg.connect(home.address) as owner:
            left = owner.execute("SELECT COUNT(*) FROM pg_roles WHERE rolname LIKE '%reader'").fetchone()
        assert left == (0,)
        assert withdraw_server_role(home, "gaoling", "reader", actor=OWNER).endswith("shop_gaoling_reader")


def test_only_the_owner_of_the_home_makes_roles_and_a_file_has_none(home: Database, db: Database) -> None:
    with pytest.raises(NotAllowed):
        grant_server_role(home, "gaoling", "reader", actor=Actor("Bo", "assistant"))
    add_shop(db, "gaoling", actor=OWNER)
    with pytest.raises(NoServerRoles):
        grant_server_role(db, "gaoling", "reader", actor=OWNER)
