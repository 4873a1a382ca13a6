"""Text on a page: sentence, headings, notes, errors, and the empty page. All of it is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from html import escape

import streamlit as st
from streamlit.runtime import exists as is_served

from dashboard.i18n.messages import t
from dashboard.text import errors
from dashboard.text.markdown import strong
from dashboard.ui import url_state
from dashboard.ui.actor import actor, current_shop
from shop.access.roles import Role, UnknownRole
from shop.core.errors import LostShop, ShopError

RETRY_SECONDS = 5
CLOSED_ICON = ":material/lock:"


def sentence(text: str) -> None:
    """The first line of a page: its answer in one sentence."""
    st.html(f'<h1 class="kb-sentence">{strong(text)}</h1>')


def heading(text: str) -> None:
    """The heading of a part of the page."""
    st.html(f'<h2 class="kb-heading">{escape(text)}</h2>')


def note(text: str) -> None:
    """A line of explanation in grey."""
    st.html(f'<p class="kb-note">{strong(text)}</p>')


def page_summary(answer: str, reason: str, more: Sequence[str], quiet: Sequence[str]) -> None:
    """The answer of a page with one reason; further sentences and notes behind "more". On a phone above the filters."""
    sentences = "".join(f"<p>{strong(text)}</p>" for text in more if text != reason)
    notes = "".join(f'<p class="kb-note">{strong(text)}</p>' for text in quiet if text)
    st.html(
        f'<div class="kb-story"><h1 class="kb-sentence">{strong(answer)}</h1>'
        f'<div class="kb-lines">{f"<p>{strong(reason)}</p>" if reason else ""}</div>'
        f"<details><summary>{escape(t('summary.more'))}</summary>"
        f'<div class="kb-lines">{sentences}</div>{notes}</details></div>'
    )


def lines(sentences: Sequence[str]) -> None:
    """Further sentences, each on its own line."""
    st.html(f'<div class="kb-lines">{"".join(f"<p>{strong(sentence)}</p>" for sentence in sentences)}</div>')


def wide(html: str, label: str) -> None:
    """HTML that may be wider than the page and scrolls sideways, by keyboard too; `label` names it."""
    st.html(f'<div class="kb-wide" role="region" tabindex="0" aria-label="{escape(label)}">{html}</div>')


def error(problem: ShopError) -> None:
    """The message of an error in a box."""
    with st.container(border=True, key="empty-error"):
        note(errors.error(problem))


def unavailable(problem: ShopError) -> None:
    """The message of a shop that cannot be read; the page comes back by itself once it can."""
    error(problem)
    if isinstance(problem, UnknownRole):
        note(t("frame.unknown_role"))
    if isinstance(problem, LostShop):
        link = f'<a class="kb-step" href="/lost_shop" target="_self">{escape(t("backups.lost.see"))}</a>'
        st.html(link)

    @st.fragment(run_every=RETRY_SECONDS)
    def wait() -> None:
        with suppress(ShopError):
            current_shop().db.version()
            st.rerun()

    if is_served():
        wait()


def signed_out() -> None:
    """The message of a browser whose session has ended, with the link to sign in again."""
    with st.container(border=True, key="signed-out", horizontal_alignment="center"):
        sentence(t("sign_in.ended.title"))
        st.html(f'<a class="kb-step" href="/sign-in" target="_self">{escape(t("sign_in.ended.go"))}</a>')


def closed(page: str, role: Role) -> None:
    """The message on a page that is not for the role of the current user, with the way to the first page."""
    with st.container(border=True, key="closed-page"):
        sentence(t("frame.closed.title", page=page, role=t(f"people.roles.{role}")))
        note(t("frame.closed.note"))
        address = escape(url_state.href("/"))
        st.html(f'<a class="kb-step" href="{address}" target="_self">{escape(t("frame.first_page"))}</a>')


STEP_OF = {
    "kiln": "catalog",
    "listings": "catalog",
    "stock": "catalog",
}  # the step that fills a page; else the data


def empty(page: str, icon: str) -> None:
    """The page while there are no data: what is missing, and the step of the first hour that fills it.

    `icon` is a Material symbol.
    """
    with st.container(border=True, key=f"empty-{page}", horizontal_alignment="center"):
        st.markdown(f":material/{icon}:", width="content")
        sentence(t(f"{page}.empty"))
        step = STEP_OF.get(page, "data")
        note(t(f"empty.{page}"))
        if actor().may("manage_shop"):
            st.page_link(
                "views/start/page.py",
                label=t(f"start.steps.{step}.title"),
                icon=":material/flag_circle:",
                query_params={"step": step},
            )
        elif step == "data" and actor().may("see_sums"):
            st.page_link("views/data/page.py", label=t("empty.go"), icon=":material/upload_file:")
