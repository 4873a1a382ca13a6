"""INSERT: what happens to a row that is there already, and numbers that SQLite gives by itself."""

from __future__ import annotations

from dataclasses import dataclass

import sqlglot
from sqlalchemy import UniqueConstraint
from sqlglot import exp
from sqlmodel import SQLModel

import shop.models  # noqa: F401  (fills the metadata)
from shop.db.postgresql.languages import Target, text_of


@dataclass(frozen=True)
class Insert:
    """An INSERT of one row: what its columns take (None: a value of the row, else SQL text), and how it ends.

    It has no `columns` where it names none and takes a value for each. `number` is the column that gets its number by
    itself.
    """

    table: str
    columns: tuple[str, ...]
    values: tuple[str | None, ...]
    rest: str
    number: str | None


def _target(root: exp.Insert) -> exp.Table:
    table: exp.Table = root.this.this if isinstance(root.this, exp.Schema) else root.this
    return table


def rewrite_insert(root: exp.Insert) -> None:
    """Give an INSERT its conflict clause and the numbers that SQLite gives by itself."""
    table = _target(root)
    names = [column.name for column in root.this.expressions] if isinstance(root.this, exp.Schema) else []
    kind = root.args.get("alternative")
    if kind:
        root.set("alternative", None)
        keys = _conflicting(table.name, names)
        root.set(
            "conflict",
            _replacing(names, keys) if kind == "REPLACE" else exp.OnConflict(action=exp.var("DO NOTHING")),
        )
    conflict = root.args.get("conflict")
    if conflict is not None:
        conflict.set(
            "conflict_keys",
            [
                key.this if isinstance(key, exp.Ordered) else key
                for key in conflict.args.get("conflict_keys") or ()
            ],
        )
        if conflict.expressions and not conflict.args["conflict_keys"]:
            conflict.set("conflict_keys", [exp.column(key) for key in _conflicting(table.name, names)])
        _qualify(conflict, table)
    number = _number(table.name)
    if number and names and number not in names:
        _give_numbers(root, table, number)


def keys_of(table: str) -> list[str]:
    """The key of a table; of none that is temporary."""
    known = SQLModel.metadata.tables.get(table)
    if known is None:  # a temporary one, whose first column is its key
        return []
    return [column.name for column in known.primary_key.columns]


def _conflicting(table: str, names: list[str]) -> list[str]:
    """By which columns a row of these columns is there already: the key, else what else is unique and given."""
    known = SQLModel.metadata.tables.get(table)
    keys = keys_of(table)
    if known is None or set(keys) <= set(names):
        return keys
    constraints = [item.columns for item in known.constraints if isinstance(item, UniqueConstraint)]
    indexes = [item.columns for item in known.indexes if item.unique]
    several = ([column.name for column in columns] for columns in (*constraints, *indexes))
    return next((columns for columns in several if set(columns) <= set(names)), keys)


def _replacing(names: list[str], keys: list[str]) -> exp.OnConflict:
    keys = keys or names[:1]
    return exp.OnConflict(
        action=exp.var("DO UPDATE"),
        conflict_keys=[exp.column(key) for key in keys],
        expressions=[
            exp.EQ(this=exp.column(name), expression=exp.column(name, table="excluded"))
            for name in names
            if name not in keys
        ],
    )


def _qualify(conflict: exp.OnConflict, table: exp.Table) -> None:
    """Columns of the stored row are named with their table, as PostgreSQL wants it."""
    parts = [item.expression for item in conflict.expressions]
    if conflict.args.get("where") is not None:
        parts.append(conflict.args["where"])
    for part in parts:
        for column in list(part.find_all(exp.Column)):
            if not column.table and column.find_ancestor(exp.Select) is None:
                column.set("table", exp.to_identifier(table.alias or table.name))


def _number(table: str) -> str | None:
    """The column of a table that gets its number by itself."""
    known = SQLModel.metadata.tables.get(table)
    column = None if known is None else known.autoincrement_column
    return None if column is None else column.name


def _give_numbers(root: exp.Insert, table: exp.Table, number: str) -> None:
    last = f'COALESCE((SELECT MAX("{number}") FROM "{table.name}"), 0)'
    source = root.expression
    if isinstance(source, exp.Values):
        if len(source.expressions) != 1:
            return
        source.expressions[0].append("expressions", sqlglot.parse_one(f"{last} + 1", read=Target))
    elif isinstance(source, exp.Select):
        rows = exp.select("*").from_(source.subquery("given"))
        rows = rows.select(sqlglot.parse_one(f"{last} + ROW_NUMBER() OVER ()", read=Target))
        root.set("expression", rows)
    else:
        return
    root.this.append("expressions", exp.to_identifier(number))


def parts_of(root: exp.Expr) -> Insert | None:
    """The parts of an INSERT of one row of plain values and marks; None where it is another statement."""
    if not isinstance(root, exp.Insert) or not isinstance(root.expression, exp.Values):
        return None
    rows = root.expression.expressions
    if len(rows) != 1 or root.args.get("returning") is not None:
        return None
    table = _target(root)
    given = [column.name for column in root.this.expressions] if isinstance(root.this, exp.Schema) else []
    number = _number(table.name) if given else None
    values = list(rows[0].expressions)
    if number and given[-1] == number and not isinstance(values[-1], exp.Placeholder | exp.Literal):
        given, values = given[:-1], values[:-1]
    else:
        number = None
    plain = (exp.Placeholder, exp.Literal, exp.Null, exp.Neg)
    if not all(isinstance(value, plain) for value in values):
        return None
    conflict = root.args.get("conflict")
    if conflict is not None and conflict.find(exp.Placeholder):
        return None
    if not given and (conflict is not None or not all(isinstance(item, exp.Placeholder) for item in values)):
        return None  # of which columns is not known
    return Insert(
        text_of(table),
        tuple(given),
        tuple(None if isinstance(value, exp.Placeholder) else text_of(value) for value in values),
        "" if conflict is None else text_of(conflict),
        number,
    )
