"""The tables, indexes and views of a shop in PostgreSQL, made from the models."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, LargeBinary, Table, types
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler, PGDialect, PGTypeCompiler
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from shop.db.postgresql.functions import FUNCTIONS
from shop.db.postgresql.translation import condition, translate


class _Types(PGTypeCompiler):
    """Whole numbers have 64 bits, truth is a number as in SQLite, texts are compared byte by byte."""

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
        parts = (name, kind, f"DEFAULT {default}" if default is not None else "", "" if column.nullable else "NOT NULL")
        return " ".join(filter(None, parts))


class Dialect(PGDialect):
    """PostgreSQL's words for tables, as this program has them."""

    type_compiler_cls = _Types
    ddl_compiler = _Columns
    supports_statement_cache = True


def create_statements() -> Iterator[str]:
    """What makes an empty database a shop's: functions, tables, indexes."""
    yield from FUNCTIONS
    dialect = Dialect()
    for table in SQLModel.metadata.sorted_tables:
        yield str(CreateTable(table).compile(dialect=dialect))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield _index(index, dialect)


def _index(index: Index, dialect: Dialect) -> str:
    where = index.dialect_options["sqlite"]["where"]
    sql = str(CreateIndex(index).compile(dialect=dialect))
    return sql if where is None else f"{sql} WHERE {condition(str(where))}"


def view_statements(views: Mapping[str, str]) -> dict[str, str]:
    """The statements that create the views, by name."""
    return {name: translate(sql).sql.replace("%%", "%") for name, sql in views.items()}


def mark_of(sql: str) -> str:
    """What is stored beside a view to know its text again: PostgreSQL keeps its own wording."""
    return hashlib.sha256(sql.encode()).hexdigest()[:32]
