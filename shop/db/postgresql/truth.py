"""Conditions and values: SQLite has no type for truth, PostgreSQL wants it."""

from __future__ import annotations

from sqlglot import exp

TRUTH = (exp.Predicate, exp.Connector, exp.Not, exp.Escape)


def _is_condition(node: exp.Expr) -> bool:
    """Whether a condition is wanted where this node stands."""
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


def _is_truth(node: exp.Expr) -> bool:
    while isinstance(node, exp.Paren):
        node = node.this
    return isinstance(node, TRUTH)


def settle_truth(node: exp.Expr) -> None:
    """Make a number of a condition that is used as a value, and a condition of a value that is used as one."""
    if isinstance(node, exp.Paren) or not isinstance(node, exp.Condition | exp.Subquery):
        return
    if isinstance(node.parent, exp.Escape) and node.arg_key == "this":
        return
    if isinstance(node.parent, exp.Update | exp.OnConflict):  # SET column = value
        return
    wanted = _is_condition(node)
    if isinstance(node, exp.Boolean):
        if not wanted:
            node.replace(exp.Literal.number(int(node.this)))
    elif _is_truth(node) and not wanted:
        cast = exp.Cast(this=exp.Null(), to=exp.DataType.build("INT"))
        node.replace(cast)
        cast.set("this", node)
    elif wanted and not _is_truth(node):
        tested = exp.NEQ(this=exp.Null(), expression=exp.Literal.number(0))
        node.replace(tested)
        tested.set("this", node)
