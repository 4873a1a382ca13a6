"""Comments: who waits for an answer, what people want, who may become a customer, what everybody talks about."""

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import cache, feedback, filters, text, url_state
from dashboard.views.comments import PAGE, everything, leads, queue, settings, wishes, words
from shop.comments import search, unanswered

PARTS = {
    "queue": queue.show,
    "demand": wishes.show,
    "leads": leads.show,
    "words": words.show,
    "all": everything.show,
    "settings": settings.show,
}

view = filters.view()
if not cache.cached(search.languages):
    text.empty("comments", PAGE.icon)
    st.stop()

open_count = cache.cached(unanswered.open_questions, view.at.today, view.platforms)
text.sentence(queue.sentence(open_count))
feedback.bar()
with st.container(key="parts"):
    part = url_state.choice(
        st.segmented_control,
        t("comments.part"),
        tuple(PARTS),
        "comments",
        lambda name: t(f"comments.parts.{name}"),
        label_visibility="collapsed",
        required=True,
    )
PARTS[part](view)
