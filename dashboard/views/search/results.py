"""What a search brought, each with the link that opens it."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import has, t, words
from dashboard.text import manual
from dashboard.text.audience.remarks import excerpt
from dashboard.text.markdown import literal
from dashboard.ui import cache, text, url_state
from dashboard.ui.actor import actor
from dashboard.ui.page import PageMeta
from dashboard.views import pages
from shop import search
from shop.search import Match

LONGEST = 60


def show() -> None:
    """The box, and below it what matches, by kind."""
    text.sentence(t("search.sentence"))
    with st.container(key="touch-search"):
        wanted = url_state.typed(
            t("search.box"), "find", placeholder=t("search.hint"), label_visibility="collapsed"
        )
    if search.is_too_short(wanted):
        text.note(t("search.short"))
        return
    pages = _pages(wanted)
    matches = cache.cached(search.search, wanted)
    topics = manual.matching(wanted, language())
    if not (pages or matches or topics):
        text.note(t("search.nothing", wanted=wanted))
    for kind, some in matches.items():
        text.heading(t(f"search.kinds.{kind}"))
        for match in some:
            _link(match)
    if pages:
        text.heading(t("search.kinds.page"))
        for name, icon in pages:
            st.page_link(f"views/{name}/page.py", label=t(f"{name}.name"), icon=f":material/{icon}:")
    if topics:
        text.heading(t("search.kinds.manual"))
        for topic in topics:
            st.page_link(
                "views/manual/page.py",
                label=f"{literal(topic.title)} · {literal(topic.excerpt)}",
                icon=":material/menu_book:",
                query_params={"topic": topic.name},
            )


def _pages(wanted: str) -> list[tuple[str, str]]:
    """The pages with the text in their name or in the words of their parts, with their icons."""
    needle, user = wanted.strip().casefold(), actor()
    result: list[tuple[str, str]] = []
    declared: dict[str, PageMeta] = pages()
    for name, page in declared.items():
        if user.may(page.needs) and any(needle in word.casefold() for word in _words(name)):
            result.append((name, page.icon))
    return result


def _words(name: str) -> list[str]:
    """What a page and its parts are called."""
    parts = (f"{name}.parts.", f"{name}.parts_of.", f"{name}.looks.", f"{name}.sections.")
    return [t(f"{name}.name"), *(word for key, word in words(language()).items() if key.startswith(parts))]


def _link(match: Match) -> None:
    page, query = url_state.place_of(match.kind, match.platform, match.key, match.title, match.day)
    day = format.day(match.day) if match.day else ""
    shown = [match.key if match.kind in ("order", "sku", "sold") else "", excerpt(match.title, LONGEST), day]
    if match.platform and has(f"platform.{match.platform}"):
        shown.insert(1, t(f"platform.{match.platform}"))
    label = " · ".join(literal(part) for part in shown if part)
    st.page_link(f"views/{page}/page.py", label=label, icon=":material/arrow_forward:", query_params=query)
