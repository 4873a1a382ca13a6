"""Every action that the program logs has a name in both languages."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.text.safety.audit import action_name, origin_name, person_name
from shop.access.roles import SYSTEM
from shop.models.catalog import LISTING_STATES
from shop.models.kiln import STAGES
from shop.stock.adjustments import MANUAL_REASONS
from shop.stock.oversold import SETTLEMENTS

ROOT = Path(__file__).parents[3] / "shop"
GROUPED = re.compile(
    r"(?:account|backup|campaign|catalog|comment|contacts|costs|demand|goal|kiln|lead|listing|live|match|parcel|photo|"
    r"piece|privacy|shop|stated_total|stock)\.[a-z_]+"
)
NO_ACTIONS = {
    "account.account_id",
    "shop.comments",
    "shop.db",
    "shop.txt",
}  # a column, a package, names of files


@cache
def logged() -> set[str]:
    """The actions that stand in the source, and those made of a name and a choice."""
    actions = {f"listing.{state}" for state in LISTING_STATES} | {f"kiln.{stage}" for stage in STAGES}
    actions |= {f"settle_{how}" for how in SETTLEMENTS} | set(MANUAL_REASONS)
    for path in [*ROOT.rglob("*.py"), *(ROOT.parent / "dashboard").rglob("*.py")]:
        source = path.read_text("utf-8")
        if not ("log_action" in source or GROUPED.search(source)):
            continue  # parsing takes long
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(text := node.value, str):
                if path.is_relative_to(ROOT) and GROUPED.fullmatch(text) and text not in NO_ACTIONS:
                    actions.add(text)
            elif isinstance(node, ast.Call) and name_of(node.func) == "log_action":
                action = node.args[2]
                if isinstance(action, ast.Constant):
                    actions.add(action.value)
    return actions


def name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_logged_action_has_a_name(language: str):
    use_language(language)
    actions = logged()
    assert len(actions) > 90
    assert [action for action in sorted(actions) if action_name(action) == action] == []


def test_people_and_places_by_name():
    use_language("zh")
    assert [person_name(name) for name in ("root", SYSTEM.name, "小林")] == ["店主", "自动", "小林"]
    assert [origin_name(place) for place in ("127.0.0.1", "terminal", "192.168.1.20", "")] == [
        "本机",
        "命令行",
        "192.168.1.20",
        "",
    ]
