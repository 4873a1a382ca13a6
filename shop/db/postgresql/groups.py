"""Columns that a grouped SELECT of SQLite names without grouping by them (sqlite.org/lang_select.html, bare columns).

Where there is one MIN or MAX they are those of its row, else those of any row of the group.
"""

from __future__ import annotations

from sqlglot import exp

AGGREGATES = {"sqlite.sum", "sqlite.total", "string_agg", "sqlite.any_value", "array_agg"}


def settle_groups(select: exp.Select) -> None:
    """Give every bare column of a SELECT its row."""
    group = select.args.get("group")
    parts = [*select.expressions]
    if having := select.args.get("having"):
        parts.append(having)
    if order := select.args.get("order"):
        parts.extend(order.expressions)
    aggregates = [
        node for part in parts for node in part.walk() if _is_aggregate(node) and _scope(node) is select
    ]
    if group is None and not aggregates:
        return
    grouped = _grouped(select, group)
    aliases = {item.alias for item in select.expressions if isinstance(item, exp.Alias)}
    bare = [
        node
        for part in parts
        for node in part.find_all(exp.Column)
        if _is_bare(node, select, grouped)
        and not (part not in select.expressions and not node.table and node.name in aliases)
    ]
    if not bare:
        return
    extremes = [node for node in aggregates if isinstance(node, exp.Min | exp.Max)]
    for column in bare:
        value = _value(column.copy(), extremes[0] if len(extremes) == 1 else None)
        column.replace(exp.alias_(value, column.name) if column.parent is select else value)


def _value(column: exp.Expr, extreme: exp.Expr | None) -> exp.Expr:
    if extreme is None:
        return exp.Anonymous(this="sqlite.any_value", expressions=[column])
    order = exp.Ordered(this=extreme.this.copy(), desc=isinstance(extreme, exp.Max), nulls_first=False)
    items = exp.Anonymous(this="array_agg", expressions=[exp.Order(this=column, expressions=[order])])
    return exp.Anonymous(this="sqlite.first_item", expressions=[items])


Grouped = dict[type[exp.Expr], set[str]]


def _grouped(select: exp.Select, group: exp.Group | None) -> Grouped:
    """What a SELECT groups by, as text without tables, by the kind of expression."""
    result: Grouped = {}
    named = {item.alias: item.this for item in select.expressions if isinstance(item, exp.Alias)}
    for item in group.expressions if group is not None else ():
        if isinstance(item, exp.Literal) and not item.is_string:
            chosen = select.expressions[int(item.name) - 1]
            parts = [chosen.this if isinstance(chosen, exp.Alias) else chosen]
        elif isinstance(item, exp.Column) and not item.table and item.name in named:
            parts = [item, named[item.name]]
        else:
            parts = [item]
        for part in parts:
            result.setdefault(type(part), set()).add(_plain(part))
    return result


def _plain(node: exp.Expr) -> str:
    copy = node.copy()
    for column in list(copy.find_all(exp.Column)):
        column.set("table", None)
    return copy.sql()


def _is_aggregate(node: exp.Expr) -> bool:
    known = isinstance(node, exp.AggFunc) or (isinstance(node, exp.Anonymous) and node.name in AGGREGATES)
    if not known:
        return False
    over = node.parent.parent if isinstance(node.parent, exp.Filter) else node.parent
    return not isinstance(over, exp.Window)


def _scope(node: exp.Expr) -> exp.Select | None:
    return node.find_ancestor(exp.Select)


def _is_bare(column: exp.Column, select: exp.Select, grouped: Grouped) -> bool:
    """Whether a column is neither grouped by nor inside an aggregate nor another SELECT's."""
    if isinstance(column.this, exp.Star) or not _is_of(column, select):
        return False
    node: exp.Expr | None = column
    while node is not None and node is not select:
        if type(node) in grouped and _plain(node) in grouped[type(node)]:
            return False
        if _is_aggregate(node) and _scope(node) is select:
            return False
        node = node.parent
    return True


def _is_of(column: exp.Column, select: exp.Select) -> bool:
    """Whether a column is one of this SELECT's tables, wherever inside it stands."""
    if not column.table:
        return _scope(column) is select
    inner = _scope(column)
    while inner is not None and column.table not in _sources(inner):
        inner = _scope(inner) if inner is not select else None
    return inner is select


def _sources(select: exp.Select) -> set[str]:
    parts = (select.args.get("from_"), *select.args.get("joins", ()))
    return {part.alias_or_name for part in parts if part}
