"""The two languages as sqlglot has them: SQLite's as the program writes it, and PostgreSQL's as it is sent."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.dialects.sqlite import SQLite
from sqlglot.generators.postgres import PostgresGenerator
from sqlglot.parsers.sqlite import SQLiteParser

SAME_FUNCTIONS = {  # of the same name and meaning in both
    "ABS", "COALESCE", "COUNT", "CUME_DIST", "DENSE_RANK", "FIRST_VALUE", "LAG", "LAST_VALUE", "LEAD", "LENGTH",
    "LOWER", "MAX", "MIN", "NTILE", "NULLIF", "PERCENT_RANK", "RANK", "REPLACE", "ROW_NUMBER", "SUM", "TRIM",
    "UPPER", "AVG", "GROUP_CONCAT", "IFNULL", "IIF", "EXISTS", "FLOOR",
}  # fmt: skip


class _Parser(SQLiteParser):
    FUNCTIONS: ClassVar = {
        name: make for name, make in SQLiteParser.FUNCTIONS.items() if name in SAME_FUNCTIONS
    }
    FUNCTION_PARSERS: ClassVar = {
        name: parse
        for name, parse in SQLiteParser.FUNCTION_PARSERS.items()
        if name in ("CAST", "GROUP_CONCAT")
    }


class Source(SQLite):
    """What the program writes; functions that PostgreSQL has not are left as they are named."""

    Parser = _Parser


class _Generator(PostgresGenerator):
    def placeholder_sql(self, expression: exp.Placeholder) -> str:
        return f"\1{expression.this or ''}\2"


class Target(Postgres):
    """What is sent."""

    Generator = _Generator


def text_of(node: exp.Expr) -> str:
    """SQL of PostgreSQL, its marks as \\1name\\2."""
    return node.sql(dialect=Target, identify=True, normalize_functions=False, comments=False)
