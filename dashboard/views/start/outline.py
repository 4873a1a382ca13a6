"""The list of the first steps: what is done, what comes next, and the step that is open."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import cache, feedback, text, url_state
from dashboard.ui.actor import actor
from dashboard.views.start.steps import SHOWN
from shop.access.roles import Actor
from shop.first_steps import STEPS, FirstSteps, first_steps
from shop.settings import save_preferences


def show() -> None:
    """The list of steps; the open one is that of the address, else the next one that is not done."""
    steps = cache.cached(first_steps)
    user = actor()
    if steps.next_step:
        text.sentence(t("start.sentence", done=steps.done, all=len(STEPS)))
    else:
        text.sentence(t("start.finished"))
        st.page_link("views/today/page.py", label=t("start.go"), icon=":material/arrow_forward:")
    feedback.bar()
    url_state.begin("step", steps.next_step or "")
    chosen = url_state.get("step")
    for number, name in enumerate(STEPS, 1):
        _step(number, name, steps, user, is_open=name == chosen)


def _step(number: int, name: str, steps: FirstSteps, user: Actor, *, is_open: bool) -> None:
    is_done = steps.is_done(name)
    with st.container(border=True, key=f"step-{name}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/{'check_circle' if is_done else f'counter_{number}'}:", width="content")
            text.heading(t(f"start.steps.{name}.title"))
            if not is_open:
                st.button(
                    t("start.open"),
                    key=f"open-step-{name}",
                    type="tertiary",
                    on_click=url_state.put,
                    args=("step", name),
                )
        if not is_open:
            return
        text.note(t(f"start.steps.{name}.note"))
        if not user.may("manage_shop"):
            text.note(t("start.owner"))
            return
        SHOWN[name](steps)
        with st.container(horizontal=True):
            is_next = is_done or name == "arrived"
            st.button(
                t("start.next" if is_next else "start.skip"),
                key=f"next-{name}",
                type="primary" if is_next else "tertiary",
                on_click=_pass,
                args=(name, steps),
            )


def _pass(name: str, steps: FirstSteps) -> None:
    """Go on to the next step; one that is not done counts as passed over."""
    if not steps.is_done(name):
        feedback.act(save_preferences, skipped_steps=(*steps.skipped, name))
    url_state.put("step", steps.after(name))
