"""Controls whose values are in the URL: an address opens the same view, a wrong one the default."""

import ast
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard import views

PLACES = ("url_state.choice", "url_state.get")


def one_choice() -> None:
    import streamlit as st

    from dashboard.ui import url_state

    value = url_state.choice(st.selectbox, "Part", ("days", "months", "years"), "part", str.title)
    st.text(f"{value} {url_state.page()} {url_state.as_day(url_state.get('on'))}")


def opened(**query: str) -> AppTest:
    page = AppTest.from_function(one_choice, default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def test_an_address_names_option_page_and_day():
    page = opened(part="months", page="3", on="2026-02-28")
    assert page.text[0].value == "months 3 2026-02-28"
    assert page.selectbox[0].value == "months"


def test_a_wrong_address_opens_the_defaults():
    page = opened(part="weeks", page="-1", on="2026-02-30")
    assert page.text[0].value == "days 1 None"


def test_a_choice_changes_the_address_and_the_default_leaves_it():
    page = opened()
    page.selectbox[0].select("years").run()
    assert page.query_params["part"] in ("years", ["years"])
    page.selectbox[0].select("days").run()
    assert "part" not in page.query_params


def test_a_parameter_means_one_thing_on_all_pages():
    """What one page reads as a number or a name is no choice of another: sorting by age opens no order "age"."""
    chosen: dict[str, set[str]] = {}
    read: dict[str, set[str]] = {}
    for path in sorted(Path(views.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in PLACES:
                uses, place = (chosen, 3) if ast.unparse(node.func) == "url_state.choice" else (read, 0)
                name = node.args[place] if len(node.args) > place else None
                if isinstance(name, ast.Constant):
                    uses.setdefault(str(name.value), set()).add(path.parent.name)
    mixed = {name for name in chosen.keys() & read.keys() if read[name] - chosen[name]}
    assert mixed == set()
