"""What Streamlit notes of the fields and buttons of pages that a session has left.

It deletes their values; their callbacks, and the rows that these get, stay in memory until the session ends: some
hundred kilobytes each.
"""

from __future__ import annotations

from streamlit.runtime.scriptrunner import get_script_run_ctx


def forget() -> None:
    """Forget all fields and buttons that have no value in this session any more."""
    run = get_script_run_ctx()
    if run is None:
        return
    with run.session_state._lock:
        state = run.session_state._state
        known = state._new_widget_state.widget_metadata
        for name in known.keys() - state._old_state.keys() - state._new_widget_state.states.keys():
            del known[name]
