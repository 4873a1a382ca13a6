"""The data dictionary: every view and column with unit and meaning, as Markdown in two languages and as plain data."""

from __future__ import annotations

from typing import Any

from shop.access.roles import MAY, ROLES
from shop.open_data.columns import OpenView
from shop.open_data.views import VIEWS

UNITS = {
    "minor units": "minor units of the currency (分)",
    "money": "units of the currency (元)",
    "instant": "seconds UTC; a timestamp in Parquet",
    "shop time": "ISO text, the shop's clock",
    "day": "day, the shop's calendar",
    "flag": "true or false (1 or 0)",
}


def dictionary() -> list[dict[str, Any]]:
    """Every view: name, what a row is, the roles that may see it, and its columns."""
    return [
        {
            "name": view.name,
            "row": view.en,
            "row_zh": view.zh,
            "roles": roles_of(view),
            "columns": [
                {"name": item.name, "unit": _unit(item.kind), "means": item.en, "means_zh": item.zh}
                for item in view.columns
            ],
        }
        for view in VIEWS.values()
    ]


def markdown() -> str:
    """The dictionary as one table a view."""
    parts = []
    for view in dictionary():
        rows = [f"| `{c['name']}` | {c['unit']} | {c['means']} | {c['means_zh']} |" for c in view["columns"]]
        head = f"### {view['name']}\n\n{view['row']} {view['row_zh']} Seen by: {', '.join(view['roles'])}."
        parts.append("\n".join((head, "", "| column | unit | meaning | 含义 |", "|---|---|---|---|", *rows)))
    return "\n\n".join(parts)


def roles_of(view: OpenView) -> list[str]:
    """The roles that may see a view through the program."""
    return [role for role in ROLES if view.access in MAY[role]]


def _unit(kind: str) -> str:
    return UNITS.get(kind, kind)
