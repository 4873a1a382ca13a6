"""The data dictionary: every view and column with unit and meaning, as Markdown in two languages and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shop.access.roles import MAY, ROLES
from shop.open_data.columns import OpenView
from shop.open_data.views import VIEWS

LANGUAGES = ("en", "zh")
HEADINGS = {"en": ("column", "unit", "meaning"), "zh": ("列", "单位", "含义")}
SEEN_BY = {"en": "Seen by: {}.", "zh": "可查看的角色：{}。"}
ROLES_ZH = {"owner": "店主", "assistant": "助理", "packer": "打包员", "creator": "主播"}
UNITS = {
    "text": ("text", "文本"),
    "count": ("whole number", "整数"),
    "number": ("number", "数值"),
    "minor units": ("minor units of the currency", "币种的最小单位（分）"),
    "money": ("units of the currency", "币种的单位（元）"),
    "instant": ("seconds UTC; a timestamp in Parquet", "UTC 秒；Parquet 中为时间戳"),
    "shop time": ("ISO text, the shop's clock", "ISO 文本，店铺时区"),
    "day": ("day, the shop's calendar", "日期（店铺日历）"),
    "flag": ("true or false (1 or 0)", "真或假（1 或 0）"),
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
                {"name": item.name, "unit": UNITS[item.kind][0], "means": item.en, "means_zh": item.zh}
                for item in view.columns
            ],
        }
        for view in VIEWS.values()
    ]


def markdown(languages: Sequence[str] = LANGUAGES) -> str:
    """The dictionary as one table a view, in one language or in several; the first one is that of the headings."""
    return "\n\n".join(_table(view, languages) for view in VIEWS.values())


def _table(view: OpenView, languages: Sequence[str]) -> str:
    first = languages[0]
    headings = [*HEADINGS[first], *(HEADINGS[name][2] for name in languages[1:])]
    unit = LANGUAGES.index(first)
    rows = [
        " | ".join(
            (f"`{item.name}`", UNITS[item.kind][unit], *(getattr(item, language) for language in languages))
        )
        for item in view.columns
    ]
    roles = [ROLES_ZH[role] for role in roles_of(view)] if first == "zh" else roles_of(view)
    seen_by = SEEN_BY[first].format(("、" if first == "zh" else ", ").join(roles))
    return "\n".join(
        (
            f"### {view.name}",
            "",
            " ".join((*(getattr(view, language) for language in languages), seen_by)),
            "",
            f"| {' | '.join(headings)} |",
            "|---" * len(headings) + "|",
            *(f"| {row} |" for row in rows),
        )
    )


def roles_of(view: OpenView) -> list[str]:
    """The roles that may see a view through the program."""
    return [role for role in ROLES if view.access in MAY[role]]
