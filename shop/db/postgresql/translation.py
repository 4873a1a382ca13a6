"""The program's SQL, which is SQLite's, as PostgreSQL has it: a statement is parsed, rewritten and written again.

What differs and how it is met:

- SQLite has no type for truth: a condition that is used as a value is cast to an integer, a value that is used as a
  condition is compared with 0.
- SQLite's own functions are those of the schema `sqlite` (see `functions`); sums of integers stay integers.
- `CROSS JOIN ... ON` and `INDEXED BY` tell SQLite's planner what PostgreSQL's finds out: they go.
- NULL is the smallest value of an order; LIKE knows no case.
- A row without its automatic number gets the greatest one plus 1, as SQLite gives it: numbers have no holes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.dialects.sqlite import SQLite
from sqlalchemy import Boolean, Integer
from sqlmodel import SQLModel

import shop.models  # noqa: F401  (fills the metadata)
from shop.db.postgresql.groups import settle_groups

SAME_FUNCTIONS = {  # of the same name and meaning in both
    "ABS", "COALESCE", "COUNT", "CUME_DIST", "DENSE_RANK", "FIRST_VALUE", "LAG", "LAST_VALUE", "LEAD", "LENGTH",
    "LOWER", "MAX", "MIN", "NTILE", "NULLIF", "PERCENT_RANK", "RANK", "REPLACE", "ROW_NUMBER", "SUM", "TRIM",
    "UPPER", "AVG", "GROUP_CONCAT", "IFNULL", "IIF", "EXISTS",
}  # fmt: skip
QUOTED = r"('(?:[^']|'')*'|\"[^\"]*\")"
HINT = re.compile(QUOTED + r"|\s+(?:INDEXED\s+BY\s+\w+|NOT\s+INDEXED\b|WITHOUT\s+ROWID\b)", re.IGNORECASE)
NUMBERED = re.compile(QUOTED + r"|\?(\d+)")
LIKE_PREFIX = re.compile(r"[^*?\[\]]*\*")
MARK = re.compile("\1(\\w*)\2")
TRUTH = (exp.Predicate, exp.Connector, exp.Not, exp.Escape)


@dataclass(frozen=True)
class Statement:
    """A statement for psycopg.

    `sql` has its marks, `is_named` and `is_numbered` say how its values come, `is_change` whether it changes rows.
    `insert` are the parts of an INSERT of plain values, for many rows at once: see `Insert`.
    """

    sql: str
    is_named: bool
    is_numbered: bool
    is_change: bool
    insert: Insert | None


@dataclass(frozen=True)
class Insert:
    """An INSERT of one row: what its columns take (None: a value of the row, else SQL text), and how it ends.

    `number` is the column that gets its number by itself.
    """

    table: str
    columns: tuple[str, ...]
    values: tuple[str | None, ...]
    rest: str
    number: str | None


class _Parser(SQLite.Parser):
    FUNCTIONS = {name: make for name, make in SQLite.Parser.FUNCTIONS.items() if name in SAME_FUNCTIONS}
    FUNCTION_PARSERS = {
        name: parse for name, parse in SQLite.Parser.FUNCTION_PARSERS.items() if name in ("CAST", "GROUP_CONCAT")
    }
    NO_PAREN_FUNCTION_PARSERS = SQLite.Parser.NO_PAREN_FUNCTION_PARSERS


class _Source(SQLite):
    Parser = _Parser


class _Generator(Postgres.Generator):
    def placeholder_sql(self, expression: exp.Placeholder) -> str:
        return f"\1{expression.this or ''}\2"


class _Target(Postgres):
    Generator = _Generator


@lru_cache(maxsize=4096)
def translate(sql: str) -> Statement:
    """A statement of SQLite as one of PostgreSQL; raises sqlglot.errors.ParseError."""
    plain = HINT.sub(lambda found: found[1] or "", sql)
    numbered = NUMBERED.sub(lambda found: found[1] or f":p{found[2]}", plain)
    root = _rewritten(numbered)
    text = _text(root)
    marks = MARK.findall(text)
    is_change = isinstance(root, exp.Insert | exp.Update | exp.Delete)
    return Statement(
        _marked(text), any(marks), numbered != plain, is_change, _insert(root) if is_change else None
    )


def condition(sql: str) -> str:
    """A condition of SQLite, such as that of a partial index, as one of PostgreSQL."""
    return _text(_rewritten(f"SELECT 1 WHERE {sql}").args["where"].this)


def _rewritten(sql: str) -> exp.Expression:
    ignores = re.match(r"\s*UPDATE\s+OR\s+IGNORE\b", sql, re.IGNORECASE)
    if ignores:
        sql = "UPDATE" + sql[ignores.end() :]
    root: exp.Expression = sqlglot.parse_one(sql, read=_Source)
    if isinstance(root, exp.Command):
        return root
    for node in reversed(list(root.walk(bfs=True))):
        _rewrite(node)
    for node in reversed(list(root.walk(bfs=True))):
        _settle_truth(node)
    for select in list(root.find_all(exp.Select)):
        settle_groups(select)
    if isinstance(root, exp.Insert):
        _rewrite_insert(root)
    if ignores:
        _spare_taken_keys(root)
    return root


def _text(node: exp.Expression) -> str:
    return node.sql(dialect=_Target, identify=True, normalize_functions=False, comments=False)


def _marked(text: str) -> str:
    """Text with the marks of psycopg for values, every other % doubled."""
    return MARK.sub(lambda found: f"%({found[1]})s" if found[1] else "%s", text.replace("%", "%%"))


def _call(name: str, *values: exp.Expression) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(values))


def _rewrite(node: exp.Expression) -> None:
    """Rewrite one node whose children are rewritten already."""
    match node:
        case exp.Anonymous():
            name = node.name.lower()
            if "." not in name:
                node.set("this", f"sqlite.{name}")
        case exp.Sum():
            node.replace(_call("sqlite.sum", node.this))
        case exp.Avg():
            node.set("this", exp.cast(node.this, "DOUBLE"))
        case exp.GroupConcat():
            _rewrite_group_concat(node)
        case exp.Cast():
            kind = node.to.this
            if kind in (exp.DataType.Type.INT, exp.DataType.Type.BIGINT):
                node.replace(_call("sqlite.to_int", node.this))
            elif kind == exp.DataType.Type.FLOAT:
                node.set("to", exp.DataType.build("DOUBLE"))
        case exp.Literal(is_string=False) if not node.name.isdigit():
            node.replace(exp.Cast(this=exp.Literal.number(node.name), to=exp.DataType.build("DOUBLE")))
        case exp.HexString() if not node.name:  # an empty blob, which is greater than every text
            node.replace(exp.Literal.string("\U0010ffff"))
        case exp.Least() | exp.Greatest():
            _rewrite_least(node)
        case exp.Like():
            node.replace(_no_case(node))
        case exp.Glob():
            node.replace(_call("sqlite.glob", node.this, node.expression))
        case exp.Table():
            if node.db == "temp":
                node.set("db", exp.to_identifier("pg_temp"))
        case exp.Join(kind="CROSS") if node.args.get("on"):
            node.set("kind", None)
        case exp.Subquery() if isinstance(node.parent, exp.From | exp.Join) and not node.alias:
            node.set("alias", exp.TableAlias(this=exp.to_identifier("rows_of")))
        case exp.Limit() if isinstance(node.expression, exp.Neg):
            node.pop()
        case exp.ColumnDef() if node.kind is not None and node.kind.this == exp.DataType.Type.TEXT:
            collation = exp.CollateColumnConstraint(this=exp.to_identifier("C", quoted=True))
            node.append("constraints", exp.ColumnConstraint(kind=collation))
        case exp.DataType(this=exp.DataType.Type.INT):
            node.set("this", exp.DataType.Type.BIGINT)
        case exp.Add() | exp.Sub() | exp.Mul() | exp.Div() | exp.Mod():
            for side in (node.this, node.expression):
                if isinstance(side, exp.Anonymous) and side.name == "sqlite.strftime":
                    side.replace(_call("sqlite.to_int", side.copy()))
        case exp.EQ() | exp.In() | exp.NEQ():
            _match_types(node)


def _rewrite_group_concat(node: exp.GroupConcat) -> None:
    inside, order = node.this, None
    if isinstance(inside, exp.Order):
        inside, order = inside.this, inside
    is_distinct = isinstance(inside, exp.Distinct)
    value = exp.cast(inside.expressions[0] if is_distinct else inside, "TEXT")
    value = exp.Distinct(expressions=[value]) if is_distinct else value
    end = node.args.get("separator") or exp.Literal.string(",")
    if order is not None:
        order.set("this", None)
        end = exp.Order(this=end, expressions=order.expressions)
    node.replace(_call("string_agg", value, end))


def _rewrite_least(node: exp.Least | exp.Greatest) -> None:
    """MIN and MAX of several values: NULL where one of them is."""
    values = [node.this, *node.expressions]
    open_values = [value for value in values if not isinstance(value, exp.Literal | exp.Coalesce)]
    if open_values:
        is_null = exp.or_(*(exp.Is(this=value.copy(), expression=exp.Null()) for value in open_values))
        node.replace(exp.Case(ifs=[exp.If(this=is_null, true=exp.Null())], default=node.copy()))


def _no_case(node: exp.Like) -> exp.Expression:
    result = exp.ILike(this=node.this, expression=node.expression)
    if isinstance(node.parent, exp.Escape):
        return result
    return exp.Escape(this=result, expression=exp.Literal.string(""))


@cache
def _whole_numbers() -> frozenset[str]:
    """The names of columns that are whole numbers in every table that has them."""
    numbers: set[str] = set()
    others: set[str] = set()
    for table in SQLModel.metadata.tables.values():
        for column in table.columns:
            kind = getattr(column.type, "impl", column.type)
            (numbers if isinstance(kind, Integer | Boolean) else others).add(column.name)
    return frozenset(numbers - others)


def _match_types(node: exp.Expression) -> None:
    """Let the text that stands for an item of a JSON list be a number where it meets a column of numbers."""
    if isinstance(node, exp.In):
        query = node.args.get("query")
        inner = query.this if isinstance(query, exp.Subquery) else query
        if isinstance(node.this, exp.Column) and isinstance(inner, exp.Select) and _is_item(inner.expressions[0]):
            _cast_item(inner.expressions[0], node.this)
        return
    sides = (node.this, node.expression)
    for item, other in (sides, sides[::-1]):
        if _is_item(item) and isinstance(other, exp.Column):
            _cast_item(item, other)


def _cast_item(item: exp.Expression, other: exp.Column) -> None:
    if other.name in _whole_numbers():
        item.replace(exp.cast(item.copy(), "BIGINT"))


def _is_item(node: exp.Expression) -> bool:
    return isinstance(node, exp.Column) and node.name == "value" and _reads_items(node)


def _reads_items(node: exp.Expression) -> bool:
    """Whether a column `value` is that of json_each and not one of a table."""
    select = node.find_ancestor(exp.Select)
    while select is not None:
        for table in _sources(select):
            if isinstance(table.this, exp.Anonymous) and (not node.table or table.alias == node.table):
                return True
        select = select.find_ancestor(exp.Select)
    return False


def _sources(select: exp.Select) -> Iterator[exp.Table]:
    parts = [select.args.get("from_"), *select.args.get("joins", ())]
    yield from (part.this for part in parts if part is not None and isinstance(part.this, exp.Table))


def _is_condition(node: exp.Expression) -> bool:
    """Whether a truth is asked for where this node stands."""
    parent = node.parent
    match parent:
        case exp.Where() | exp.Having() | exp.Connector() | exp.Not():
            return True
        case exp.Join():
            return node.arg_key == "on"
        case exp.If():
            case_of = parent.parent
            is_choice = isinstance(case_of, exp.Case) and case_of.this is not None
            return node.arg_key == "this" and not is_choice
        case exp.Paren():
            return _is_condition(parent)
    return False


def _is_truth(node: exp.Expression) -> bool:
    while isinstance(node, exp.Paren):
        node = node.this
    return isinstance(node, TRUTH)


def _settle_truth(node: exp.Expression) -> None:
    if isinstance(node, exp.Paren) or not isinstance(node, exp.Condition | exp.Subquery):
        return
    if isinstance(node.parent, exp.Escape) and node.arg_key == "this":
        return
    if isinstance(node.parent, exp.Update | exp.OnConflict):  # SET column = value
        return
    asked = _is_condition(node)
    if isinstance(node, exp.Boolean):
        if not asked:
            node.replace(exp.Literal.number(int(node.this)))
    elif _is_truth(node) and not asked:
        cast = exp.Cast(this=exp.Null(), to=exp.DataType.build("INT"))
        node.replace(cast)
        cast.set("this", node)
    elif asked and not _is_truth(node):
        compared = exp.NEQ(this=exp.Null(), expression=exp.Literal.number(0))
        node.replace(compared)
        compared.set("this", node)


def _target(root: exp.Insert) -> exp.Table:
    table: exp.Table = root.this.this if isinstance(root.this, exp.Schema) else root.this
    return table


def _rewrite_insert(root: exp.Insert) -> None:
    table = _target(root)
    names = [column.name for column in root.this.expressions] if isinstance(root.this, exp.Schema) else []
    kind = root.args.get("alternative")
    if kind:
        root.set("alternative", None)
        keys = _keys(table.name)
        root.set("conflict", _replacing(names, keys) if kind == "REPLACE" else exp.OnConflict(action=exp.var("DO NOTHING")))
    conflict = root.args.get("conflict")
    if conflict is not None:
        conflict.set(
            "conflict_keys",
            [key.this if isinstance(key, exp.Ordered) else key for key in conflict.args.get("conflict_keys") or ()],
        )
        if conflict.expressions and not conflict.args["conflict_keys"]:
            conflict.set("conflict_keys", [exp.column(key) for key in _keys(table.name)])
        _qualify(conflict, table)
    number = _number(table.name)
    if number and names and number not in names:
        _give_numbers(root, table, number)


def _keys(table: str) -> list[str]:
    known = SQLModel.metadata.tables.get(table)
    if known is None:  # a temporary one, whose first column is its key
        return []
    return [column.name for column in known.primary_key.columns]


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
        source.expressions[0].append("expressions", sqlglot.parse_one(f"{last} + 1", read=_Target))
    elif isinstance(source, exp.Select):
        rows = exp.select("*").from_(source.subquery("given"))
        rows = rows.select(sqlglot.parse_one(f"{last} + ROW_NUMBER() OVER ()", read=_Target))
        root.set("expression", rows)
    else:
        return
    root.this.append("expressions", exp.to_identifier(number))


def _insert(root: exp.Expression) -> Insert | None:
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
    return Insert(
        _text(table),
        tuple(given),
        tuple(None if isinstance(value, exp.Placeholder) else _text(value) for value in values),
        "" if conflict is None else _text(conflict),
        number,
    )


def _spare_taken_keys(root: exp.Expression) -> None:
    """UPDATE OR IGNORE: leave a row as it is whose new key another row has."""
    assert isinstance(root, exp.Update)
    table = root.this.name
    new = {item.this.name: item.expression for item in root.expressions}
    same = exp.and_(
        *(
            exp.EQ(this=exp.column(key, table="taken"), expression=new.get(key, exp.column(key, table=table)).copy())
            for key in _keys(table)
        )
    )
    taken = exp.select("1").from_(exp.to_table(table).as_("taken")).where(same)
    root.where(exp.Not(this=exp.Exists(this=taken)), copy=False)
