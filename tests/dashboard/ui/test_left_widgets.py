"""What a session holds is that of the pages it shows, however many it has opened."""

from tests.support.pages import no_error, open_page


def test_of_the_fields_of_a_page_that_was_left_nothing_stays(spring_shop: object) -> None:
    page = open_page("orders")
    assert no_error(page)
    state = page.session_state._state._state  # type: ignore[union-attr]
    noted = state._new_widget_state.widget_metadata
    of_orders = set(noted)
    page.switch_page("views/manual/page.py").run()
    assert no_error(page)
    left = of_orders - state._old_state.keys() - state._new_widget_state.states.keys()
    assert left
    page.run()
    assert left.isdisjoint(noted)
    assert {name for name in state._old_state if name.startswith("$$ID")} <= noted.keys()
