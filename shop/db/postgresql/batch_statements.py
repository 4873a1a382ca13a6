"""One statement in place of many: INSERT ... SELECT and DELETE for many values at once.

PostgreSQL plans a statement each time that it is sent. What `executemany` runs for many days, sessions or wordings is
therefore sent once, with the values as a table that the statement is joined to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlglot import exp

from shop.db.postgresql.languages import text_of
from shop.db.postgresql.translation import NAME, NUMBER, marked, plain_name, rewritten
from shop.db.postgresql.translation_store import translation_of

FROM_ROWS = 8  # below that, the few plans cost less than the translation of another statement
KINDS: dict[type, str] = {str: "TEXT", int: "BIGINT", bool: "BIGINT"}
SOURCE = 'SELECT 1 AS "the source"'


def combine(sql: str, rows: Sequence[Any]) -> tuple[str, dict[str, Any]] | None:
    """The statement for all of these rows of values, and its values; None where it has to run for each of them."""
    if isinstance(rows[0], Mapping):
        columns = {name: [row[name] for row in rows] for name in rows[0]}
    else:
        columns = {
            f"{NUMBER}{place}": list(column) for place, column in enumerate(zip(*rows, strict=True), 1)
        }
    values: dict[str, Any] = {}
    kinds: list[tuple[str, str]] = []
    for name, column in columns.items():
        if len(set(map(type, column))) == 1 and len(set(column)) == 1:
            values[name] = column[0]
            continue
        known = {KINDS.get(type(value)) for value in column if value is not None}
        kind = next(iter(known), None)
        if len(known) != 1 or kind is None:
            return None
        values[name] = [int(value) if isinstance(value, bool) else value for value in column]
        kinds.append((name, kind))
    statement = _of_many(sql, tuple(kinds)) if kinds else None
    return None if statement is None else (statement, values)


@lru_cache(maxsize=512)
def _of_many(sql: str, kinds: tuple[tuple[str, str], ...]) -> str | None:
    """The statement that takes the values of these names from a list of each kind; None where there is none."""
    return translation_of(f"{kinds} {sql}", lambda: _compile(sql, kinds) or "") or None


def _compile(sql: str, kinds: tuple[tuple[str, str], ...]) -> str | None:
    root = rewritten(sql)
    if root.args.get("returning") is not None or root.args.get("with_") is not None:
        return None
    if isinstance(root, exp.Insert) and isinstance(root.expression, exp.Select):
        source = root.expression
        target = root.this.this if isinstance(root.this, exp.Schema) else root.this
    elif isinstance(root, exp.Delete) and root.args.get("where") is not None:
        source, target = root.args["where"].this, root.this
    else:
        return None
    if any(table.name == target.name for table in source.find_all(exp.Table)):
        return None  # what one of them writes, the next one reads
    varying = dict(kinds)
    places = [mark for mark in root.find_all(exp.Placeholder) if plain_name(mark) in varying]
    if any(not _is_inside(mark, source) or mark.find_ancestor(exp.Limit, exp.Offset) for mark in places):
        return None
    given = _given(kinds)
    if isinstance(root, exp.Insert):
        root.set("expression", exp.select(exp.alias_(exp.Literal.number(1), "the source", quoted=True)))
    for mark in places:
        mark.replace(exp.column(f"given {plain_name(mark)}", table="given"))
    if isinstance(root, exp.Delete):
        return marked(f"DELETE FROM {text_of(target)} USING {given} WHERE {text_of(source)}")
    rows = f'SELECT "each".* FROM {given} CROSS JOIN LATERAL ({text_of(source)}) AS "each"'
    return marked(text_of(root).replace(SOURCE, rows))


def _given(kinds: tuple[tuple[str, str], ...]) -> str:
    """The table of the values: one column of each name."""
    lists = ", ".join(f"\1{NAME}{name}\2::{kind}[]" for name, kind in kinds)
    columns = ", ".join(f'"given {name}"' for name, _ in kinds)  # no table has a column of such a name
    return f'UNNEST({lists}) AS "given" ({columns})'


def _is_inside(node: exp.Expr, outer: exp.Expr) -> bool:
    at: exp.Expr | None = node
    while at is not None and at is not outer:
        at = at.parent
    return at is outer
