"""The program's SQL, which is SQLite's, as PostgreSQL has it: a statement is parsed, rewritten and written again.

What differs and how it is met:

- SQLite has no type for truth: a condition that is used as a value is cast to an integer, a value that is used as a
  condition is tested for not being 0.
- SQLite's own functions are those of the schema `sqlite` (see `functions`); sums of integers stay integers.
- `CROSS JOIN ... ON` and `INDEXED BY` are for SQLite's planner alone: they are left out.
- NULL is the smallest value of an order; LIKE knows no case.
- A row without its automatic number gets the greatest one plus 1, as SQLite gives it: numbers have no holes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache, lru_cache

import sqlglot
from sqlalchemy import Boolean, Integer
from sqlglot import exp
from sqlmodel import SQLModel

import shop.models  # noqa: F401  (fills the metadata)
from shop.db.postgresql.groups import settle_groups
from shop.db.postgresql.inserts import Insert, keys_of, parts_of, rewrite_insert
from shop.db.postgresql.languages import Source, text_of
from shop.db.postgresql.translation_store import translation_of
from shop.db.postgresql.truth import settle_truth

QUOTED = r"('(?:[^']|'')*'|\"[^\"]*\")"
HINT = re.compile(QUOTED + r"|\s+(?:INDEXED\s+BY\s+\w+|NOT\s+INDEXED\b|WITHOUT\s+ROWID\b)", re.IGNORECASE)
OUR_MARK = re.compile(QUOTED + r"|\?(\d*)|(?<![\w:])[:$]([A-Za-z_]\w*)")
NOTHING = "SELECT 1 FROM (SELECT 1) WHERE 1 <> 1"  # SQLAlchemy's empty list
MARK = re.compile("\1(\\w*)\2")
NUMBER = "p"  # what a mark with a number begins with
NAME = "n_"  # what a mark with a name begins with while it is parsed: the name may be a keyword


@dataclass(frozen=True)
class TranslatedSql:
    """A statement for psycopg.

    `sql` has its marks, `is_numbered` is true where they have numbers, `is_change` where it changes rows.
    `insert` are the parts of an INSERT of plain values, for many rows at once: see `Insert`.
    """

    sql: str
    is_numbered: bool
    is_change: bool
    insert: Insert | None

    def as_text(self) -> str:
        """The statement as text that `of_text` reads."""
        return json.dumps(asdict(self))

    @classmethod
    def of_text(cls, text: str) -> TranslatedSql:
        """The statement that a text has."""
        parts = json.loads(text)
        if insert := parts["insert"]:
            columns, values = tuple(insert["columns"]), tuple(insert["values"])
            parts["insert"] = Insert(insert["table"], columns, values, insert["rest"], insert["number"])
        return cls(**parts)


@lru_cache(maxsize=4096)
def translate(sql: str) -> TranslatedSql:
    """A statement of SQLite as one of PostgreSQL; raises sqlglot.errors.ParseError."""
    return TranslatedSql.of_text(translation_of(sql, lambda: _translated(sql).as_text()))


def _translated(sql: str) -> TranslatedSql:
    root = rewritten(sql)
    text = text_of(root)
    numbers = [mark for mark in MARK.findall(text) if not mark.startswith(NAME)]
    is_numbered = numbers != [f"{NUMBER}{place}" for place in range(1, len(numbers) + 1)]
    if not is_numbered:
        text = MARK.sub(lambda match: match[0] if match[1].startswith(NAME) else "\1\2", text)
    is_change = isinstance(root, exp.Insert | exp.Update | exp.Delete)
    insert = parts_of(root) if is_change and not is_numbered else None
    return TranslatedSql(marked(text), is_numbered, is_change, insert)


def rewritten(sql: str) -> exp.Expr:
    """A statement of SQLite parsed and rewritten, with a number in each mark that has no name."""
    largest = 0

    def named(match: re.Match[str]) -> str:
        nonlocal largest
        if match[1] is not None:
            return match[0]
        if match[3]:
            return f":{NAME}{match[3]}"
        number = int(match[2] or largest + 1)
        largest = max(largest, number)
        return f":{NUMBER}{number}"

    return _rewritten(OUR_MARK.sub(named, HINT.sub(lambda match: match[1] or "", sql)))


def plain_name(mark: exp.Placeholder) -> str:
    """The name of a mark in the values that it stands for."""
    return str(mark.this or "").removeprefix(NAME)


def condition(sql: str) -> str:
    """A condition of SQLite, such as that of a partial index, as one of PostgreSQL."""
    return text_of(_rewritten(f"SELECT 1 WHERE {sql}").args["where"].this)


def _rewritten(sql: str) -> exp.Expr:
    ignores = re.match(r"\s*UPDATE\s+OR\s+IGNORE\b", sql, re.IGNORECASE)
    if ignores:
        sql = "UPDATE" + sql[ignores.end() :]
    root: exp.Expr = sqlglot.parse_one(sql, read=Source)
    if isinstance(root, exp.Command):
        return root
    for node in reversed(list(root.walk(bfs=True))):
        _rewrite(node)
    for node in reversed(list(root.walk(bfs=True))):
        settle_truth(node)
    for place, rows in enumerate(root.find_all(exp.Subquery)):
        if isinstance(rows.parent, exp.From | exp.Join) and not rows.alias:
            rows.set("alias", exp.TableAlias(this=exp.to_identifier(f"rows_{place}")))
    for select in list(root.find_all(exp.Select)):
        settle_groups(select)
    if isinstance(root, exp.Insert):
        rewrite_insert(root)
    if ignores:
        _spare_taken_keys(root)
    return root


def marked(text: str) -> str:
    """Text with the marks of psycopg for values, every other % doubled."""
    return MARK.sub(
        lambda match: f"%({match[1].removeprefix(NAME)})s" if match[1] else "%s", text.replace("%", "%%")
    )


def _call(name: str, *values: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(values))


def _rewrite(node: exp.Expr) -> None:
    """Rewrite one node whose children are rewritten already."""
    _rewrite_function(node)
    _rewrite_value(node)
    _rewrite_part(node)


def _rewrite_function(node: exp.Expr) -> None:
    """Functions and casts."""
    match node:
        case exp.Anonymous():
            name = node.name.lower()
            if name == "json_set":
                _rewrite_json_set(node)
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
                node.replace(_part(node.this) or _call("sqlite.to_int", node.this))
            elif kind == exp.DataType.Type.FLOAT:
                node.set("to", exp.DataType.build("DOUBLE"))
        case exp.JSONExtract() | exp.JSONExtractScalar():
            _rewrite_json_item(node)
        case exp.Least() | exp.Greatest():
            _rewrite_least(node)


def _part(node: exp.Expr) -> exp.Expr | None:
    """The rounded part of an amount, ROUND(amount * part / whole), of whole numbers; None where it is none."""
    match node:
        case exp.Anonymous(
            this="sqlite.round", args={"expressions": [exp.Div(this=exp.Mul() as product) as ratio]}
        ):
            values = (product.this, product.expression, ratio.expression)
            return _call("sqlite.part", *(exp.cast(value.copy(), "BIGINT") for value in values))
    return None


def _rewrite_value(node: exp.Expr) -> None:
    """Literals, columns and operators."""
    match node:
        case exp.Literal(is_string=False) if not node.name.isdigit():
            node.replace(exp.Cast(this=exp.Literal.number(node.name), to=exp.DataType.build("DOUBLE")))
        case exp.Column() if node.name == "rowid":
            node.replace(_call("sqlite.rowid", exp.column("ctid", table=node.table or None)))
        case exp.HexString() if not node.name:  # an empty blob, which is greater than every text
            node.replace(exp.Literal.string("\U0010ffff"))
        case exp.Like():
            node.replace(_no_case(node))
        case exp.Glob():
            node.replace(_call("sqlite.glob", node.this, node.expression))
        case exp.Add() | exp.Sub() | exp.Mul() | exp.Div() | exp.Mod():
            for part in (node.this, node.expression):
                if isinstance(part, exp.Anonymous) and part.name == "sqlite.strftime":
                    part.replace(_call("sqlite.to_int", part.copy()))
        case exp.Nullif(this=exp.Column() as column, expression=exp.Literal(is_string=True) as text):
            if column.name in _whole_numbers() and not text.name.isdigit():
                node.replace(column)  # no number equals such a text
        case exp.EQ() | exp.In() | exp.NEQ():
            _match_types(node)


def _rewrite_part(node: exp.Expr) -> None:
    """Tables, joins, limits and the declarations of columns."""
    match node:
        case exp.Table():
            if node.db == "temp":
                node.set("db", exp.to_identifier("pg_temp"))
        case exp.Join(kind="CROSS") if node.args.get("on"):
            node.set("kind", None)
        case exp.Limit() if isinstance(node.expression, exp.Neg):
            _isolate_subquery(node)
        case exp.ColumnDef() if node.kind is not None and node.kind.this == exp.DataType.Type.TEXT:
            collation = exp.CollateColumnConstraint(this=exp.to_identifier("C", quoted=True))
            node.append("constraints", exp.ColumnConstraint(kind=collation))
        case exp.DataType(this=exp.DataType.Type.INT):
            node.set("this", exp.DataType.Type.BIGINT)


def _isolate_subquery(limit: exp.Limit) -> None:
    """LIMIT -1 prevents that a subquery is merged into its query and computed twice: so does OFFSET 0."""
    select = limit.parent
    limit.pop()
    if select is not None and not select.args.get("offset"):
        select.set("offset", exp.Offset(expression=exp.Literal.number(0)))


def _rewrite_json_item(node: exp.JSONExtract | exp.JSONExtractScalar) -> None:
    part = list(node.expression.expressions)[-1]
    place = str(part.this)
    is_number = isinstance(part, exp.JSONPathSubscript)
    key = exp.Literal.number(place) if is_number else exp.Literal.string(place)
    node.replace(_call("sqlite.json_item", node.this, key))


def _rewrite_json_set(node: exp.Anonymous) -> None:
    """The values as JSON: numbers where columns of that name are numbers."""
    for path, value in zip(node.expressions[1::2], node.expressions[2::2], strict=True):
        kind = "BIGINT" if path.name.removeprefix("$.") in _whole_numbers() else "TEXT"
        value.replace(exp.cast(_call("to_jsonb", exp.cast(value.copy(), kind)), "TEXT"))


def _rewrite_group_concat(node: exp.GroupConcat) -> None:
    inside, order = node.this, None
    if isinstance(inside, exp.Order):
        inside, order = inside.this, inside
    is_distinct = isinstance(inside, exp.Distinct)
    value: exp.Expr = exp.cast(inside.expressions[0] if is_distinct else inside, "TEXT")
    if is_distinct:
        value = exp.Distinct(expressions=[value])
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


def _no_case(node: exp.Like) -> exp.Expr:
    result = exp.ILike(this=node.this, expression=node.expression, negate=node.args.get("negate"))
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


def _match_types(node: exp.Expr) -> None:
    """Let the text that stands for an item of a JSON list be a number where it meets a column of numbers."""
    if isinstance(node, exp.In):
        query = node.args.get("query")
        inner = query.this if isinstance(query, exp.Subquery) else query
        if isinstance(inner, exp.Select) and inner.sql() == NOTHING:
            node.replace(exp.false())
            return
        if (
            isinstance(node.this, exp.Column)
            and isinstance(inner, exp.Select)
            and _is_item(inner.expressions[0])
        ):
            _cast_item(inner.expressions[0], node.this)
        return
    pair = (node.this, node.expression)
    for item, other in (pair, pair[::-1]):
        if isinstance(item, exp.Anonymous) and item.name in ("sqlite.json_item", "sqlite.json_extract"):
            other.replace(exp.cast(other.copy(), "TEXT"))
            return
        if _is_item(item) and isinstance(other, exp.Column):
            _cast_item(item, other)


def _cast_item(item: exp.Expr, other: exp.Column) -> None:
    if other.name in _whole_numbers():
        item.replace(exp.cast(item.copy(), "BIGINT"))


def _is_item(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column) and node.name == "value" and _reads_items(node)


def _reads_items(node: exp.Column) -> bool:
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


def _spare_taken_keys(root: exp.Expr) -> None:
    """UPDATE OR IGNORE: leave a row as it is whose new key another row has."""
    assert isinstance(root, exp.Update)
    table = root.this.name
    new = {item.this.name: item.expression for item in root.expressions}
    keys = keys_of(table)
    if not new.keys() & set(keys):
        return
    same = exp.and_(
        *(
            exp.EQ(
                this=exp.column(key, table="taken"),
                expression=new.get(key, exp.column(key, table=table)).copy(),
            )
            for key in keys
        )
    )
    taken = exp.select("1").from_(exp.to_table(table).as_("taken")).where(same)
    root.where(exp.Not(this=exp.Exists(this=taken)), copy=False)
