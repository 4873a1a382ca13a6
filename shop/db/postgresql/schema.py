"""The tables, indexes and views of a shop in PostgreSQL, by the models."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from sqlalchemy import Index, create_engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler, PGTypeCompiler
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from shop import migrations
from shop.db.postgresql.functions import FUNCTIONS
from shop.db.postgresql.translation import condition, translate


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
    """A number that SQLite gives by itself is given by the statement (see `translation`): here it is a plain column."""

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


class TableDialect(PGDialect_psycopg):
    """PostgreSQL's words for tables, as this program has them, inside a transaction that another one ends."""

    type_compiler_cls = _Types
    ddl_compiler = _Columns
    supports_statement_cache = True

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """What a migration writes as text is SQLite's SQL, as everywhere."""
        if not parameters and statement.lstrip()[:6].upper() in ("UPDATE", "INSERT", "DELETE"):
            statement = translate(statement.replace("%%", "%")).sql
        super().do_execute(  # type: ignore[no-untyped-call]
            cursor, statement, parameters, context
        )

    def do_commit(self, dbapi_connection: Any) -> None:
        """Whoever began the transaction ends it."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Whoever began the transaction ends it."""


registry.register("postgresql.kilnboard", __name__, "TableDialect")


def create_statements() -> Iterator[str]:
    """What makes an empty schema a shop's: tables and indexes."""
    dialect: Any = TableDialect()  # type: ignore[no-untyped-call]
    for table in SQLModel.metadata.sorted_tables:
        yield str(CreateTable(table).compile(dialect=dialect))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield _index(index, dialect)


def function_statements() -> Iterator[str]:
    """What creates or replaces the functions, which all shops of a database use, and notes which ones these are."""
    yield from FUNCTIONS
    yield f"COMMENT ON SCHEMA sqlite IS '{functions_mark()}'"


def functions_mark() -> str:
    """What is stored with the functions to know these again."""
    return mark_of("".join(FUNCTIONS))


def _index(index: Index, dialect: TableDialect) -> str:
    where = index.dialect_options["sqlite"]["where"]
    sql = str(CreateIndex(index).compile(dialect=dialect))
    return sql if where is None else f"{sql} WHERE {condition(str(where))}"


def upgrade(raw: psycopg.Connection[Any]) -> None:
    """Bring the tables to the newest step, inside the transaction of a connection."""
    engine = create_engine("postgresql+kilnboard://", creator=lambda: raw, poolclass=StaticPool)
    with engine.connect() as connection:
        migrations.upgrade(connection)


def view_statements(views: Mapping[str, str]) -> dict[str, str]:
    """The statements that create the views, by name."""
    return {name: translate(sql).sql.replace("%%", "%") for name, sql in views.items()}


def mark_of(sql: str) -> str:
    """What is stored with a view to know its text again: PostgreSQL stores its own wording."""
    return hashlib.sha256(sql.encode()).hexdigest()[:32]
