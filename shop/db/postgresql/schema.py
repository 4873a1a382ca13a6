"""The tables, indexes and views of a shop in PostgreSQL, by the models."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler, PGTypeCompiler
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from shop import migrations
from shop.db.postgresql.functions import FUNCTIONS
from shop.db.postgresql.translation import condition, translate
from shop.models.triggers import TRIGGERS

TRIGGER = re.compile(
    r"CREATE TRIGGER (?P<name>\w+) AFTER (?P<event>.+?)(?: WHEN (?P<when>.+?))? BEGIN (?P<steps>.+) END",
    re.DOTALL,
)
VIEWS_OF_USERS = """
WITH RECURSIVE dependent (oid) AS (
  SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = ANY (%(names)s)
  UNION
  SELECT r.ev_class FROM dependent d
    JOIN pg_depend p ON p.refobjid = d.oid AND p.refclassid = 'pg_class'::regclass
      AND p.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite r ON r.oid = p.objid)
SELECT format('%%I.%%I', n.nspname, c.relname), pg_get_viewdef(c.oid)
FROM dependent JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'v' AND pg_get_userbyid(c.relowner) = current_user
  AND NOT (n.nspname = current_schema() AND c.relname = ANY (%(names)s))
ORDER BY c.oid
"""


class _Types(PGTypeCompiler):
    """Whole numbers have 64 bits, truth is a number as in SQLite, texts are ordered byte by byte."""

    def visit_INTEGER(self, type_: Any, **kw: Any) -> str:
        return "BIGINT"

    def visit_BIGINT(self, type_: Any, **kw: Any) -> str:
        return "BIGINT"

    def visit_boolean(self, type_: Any, **kw: Any) -> str:
        return "SMALLINT"

    def visit_VARCHAR(self, type_: Any, **kw: Any) -> str:
        return 'TEXT COLLATE "C"'

    def visit_TEXT(self, type_: Any, **kw: Any) -> str:
        return 'TEXT COLLATE "C"'

    def visit_FLOAT(self, type_: Any, **kw: Any) -> str:
        return "DOUBLE PRECISION"


class _Columns(PGDDLCompiler):
    """A number that SQLite gives by itself is given by the statement (see `translation`): here it is a plain column.

    A partial index has its condition, which the models and the migrations state for SQLite.
    """

    def get_column_specification(self, column: Any, **kw: Any) -> str:
        name = self.preparer.format_column(column)
        kind = self.dialect.type_compiler_instance.process(column.type, type_expression=column)
        default = self.get_column_default_string(column)
        parts = (
            name,
            kind,
            f"DEFAULT {default}" if default is not None else "",
            "" if column.nullable else "NOT NULL",
        )
        return " ".join(filter(None, parts))

    def visit_create_index(self, create: CreateIndex, *args: Any, **kw: Any) -> str:
        sql = str(super().visit_create_index(create, *args, **kw))  # type: ignore[no-untyped-call]
        where = create.element.dialect_options["sqlite"]["where"]
        return sql if where is None else f"{sql} WHERE {condition(str(where))}"


class TableDialect(PGDialect_psycopg):
    """PostgreSQL's words for tables, as this program has them, inside a transaction that another one ends."""

    type_compiler_cls = _Types
    ddl_compiler = _Columns
    supports_statement_cache = True

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """What a migration writes as text is SQLite's SQL, as everywhere."""
        word = statement.split(None, 2)[:2]
        if not parameters and word[0].upper() in ("UPDATE", "INSERT", "DELETE"):
            statement = translate(statement.replace("%%", "%")).sql
        elif word == ["CREATE", "TRIGGER"]:
            statement = trigger_statement(statement)
        super().do_execute(  # type: ignore[no-untyped-call]
            cursor, statement, parameters, context
        )

    def do_commit(self, dbapi_connection: Any) -> None:
        """Whoever began the transaction ends it."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Whoever began the transaction ends it."""


registry.register("postgresql.kilnboard", __name__, "TableDialect")


def create_statements() -> Iterator[str]:
    """What makes an empty schema a shop's: tables, indexes and triggers."""
    dialect: Any = TableDialect()  # type: ignore[no-untyped-call]
    for table in SQLModel.metadata.sorted_tables:
        yield str(CreateTable(table).compile(dialect=dialect))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index).compile(dialect=dialect))
    yield from map(trigger_statement, TRIGGERS)


def trigger_statement(sql: str) -> str:
    """A trigger of SQLite for each row as a function of the same name and a trigger that calls it."""
    parts = TRIGGER.fullmatch(sql.strip())
    assert parts is not None, sql
    steps = (translate(step).sql.replace("%%", "%") for step in parts["steps"].split(";") if step.strip())
    when = f" WHEN ({condition(parts['when'])})" if parts["when"] else ""
    result = (
        f"CREATE FUNCTION {parts['name']}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN {'; '.join(steps)}; RETURN NULL; END$$; "
        f"CREATE TRIGGER {parts['name']} AFTER {parts['event']} FOR EACH ROW{when} EXECUTE FUNCTION {parts['name']}()"
    )
    return result.replace('"OLD".', "OLD.").replace('"NEW".', "NEW.")


def function_statements() -> Iterator[str]:
    """What creates or replaces the functions, which all shops of a database use, and notes which ones these are."""
    yield from FUNCTIONS
    yield f"COMMENT ON SCHEMA sqlite IS '{functions_mark()}'"


def functions_mark() -> str:
    """What is stored with the functions to know these again."""
    return mark_of("".join(FUNCTIONS))


def upgrade(raw: psycopg.Connection[Any]) -> None:
    """Bring the tables to the newest step, inside the transaction of a connection."""
    engine = create_engine("postgresql+kilnboard://", creator=lambda: raw, poolclass=StaticPool)
    with engine.connect() as connection:
        migrations.upgrade(connection)


def drop_views(run: Callable[..., Any], names: Iterable[str]) -> dict[str, str]:
    """Drop views of the program; the name and text of the views over them, which are dropped with them.

    Those of another role are not in the result: under this role they would read with its rights.
    """
    of_users = dict(run(VIEWS_OF_USERS, {"names": list(names)}).fetchall())
    for name in names:
        run(f"DROP VIEW IF EXISTS {name} CASCADE")
    return of_users


def restore_views(run: Callable[..., Any], of_users: Mapping[str, str]) -> None:
    """Create dropped views again; one over a column that is no more stays dropped."""
    for name, sql in of_users.items():
        run("SAVEPOINT view_of_user")
        try:
            run(f"CREATE VIEW {name} AS {sql}")
        except psycopg.ProgrammingError:
            run("ROLLBACK TO SAVEPOINT view_of_user")
        run("RELEASE SAVEPOINT view_of_user")


def view_statements(views: Mapping[str, str]) -> dict[str, str]:
    """The statements that create the views, by name."""
    return {name: translate(sql).sql.replace("%%", "%") for name, sql in views.items()}


def mark_of(sql: str) -> str:
    """What is stored with a view to know its text again: PostgreSQL stores its own wording."""
    return hashlib.sha256(sql.encode()).hexdigest()[:32]
