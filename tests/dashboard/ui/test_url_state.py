"""Controls whose values are in the URL: an address opens the same view, a wrong one the default."""

from streamlit.testing.v1 import AppTest


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
