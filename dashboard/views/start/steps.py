"""What each step of the first hour shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard.i18n.language import LANGUAGES, language
from dashboard.i18n.messages import t
from dashboard.ui import cache, feedback, shop_form, text, upload, url_state
from dashboard.ui.components.field_list import unit_costs
from dashboard.views.start import invite
from shop.catalog import catalog_draft, match_queue
from shop.catalog.catalog_draft import CatalogBuilt
from shop.catalog.match_queue import Unmatched
from shop.first_steps import FirstSteps
from shop.settings import save_preferences
from shop.stock import opening


def _language(steps: FirstSteps) -> None:
    """One button for each language; it becomes that of the shop."""
    with st.container(horizontal=True):
        for code in LANGUAGES:
            st.button(
                t(f"frame.languages.{code}"),
                key=f"language-{code}",
                type="primary" if code == language() else "secondary",
                on_click=_use_language,
                args=(code,),
            )


def _use_language(code: str) -> None:
    if feedback.act(save_preferences, language=code) is not None:
        url_state.put("lang", code)
        url_state.put("lang", code, default=code)
    url_state.put("step", "")


def _data(steps: FirstSteps) -> None:
    """The place to drop files, what came of them, and the way to connect a platform instead."""
    shop_form.first_choice(has_data=bool(steps.imports))
    upload.drop_zone()
    upload.reports()
    if upload.unknown_tables():
        st.page_link("views/data/page.py", label=t("start.map"), icon=":material/table_view:")
    st.page_link(
        "views/settings/page.py",
        label=t("start.connect"),
        icon=":material/link:",
        query_params={"section": "connections"},
    )


def _arrived(steps: FirstSteps) -> None:
    """What is in the shop now, each kind with the page that shows it."""
    if not steps.imports:
        text.note(t("start.nothing_arrived"))
        return
    if steps.first_on and steps.last_on:
        _came("orders", "today", first=steps.first_on, last=steps.last_on)
    for kind, page in (("sessions", "live"), ("videos", "live"), ("comments", "comments")):
        if count := getattr(steps, kind):
            _came(kind, page, count=count)
    if steps.rejected:
        _came("rejected", "data", count=steps.rejected)
    text.note(t("start.undo"))


def _came(kind: str, page: str, **fields: object) -> None:
    label = t(f"start.came.{kind}", **fields)
    st.page_link(f"views/{page}/page.py", label=label, icon=":material/arrow_forward:")


def _catalog(steps: FirstSteps) -> None:
    """One button that makes all proposals, with what it would make."""
    rows = cache.cached(match_queue.unmatched)
    if not rows:
        text.note(t("start.catalog_made" if steps.skus else "start.nothing_sold", skus=steps.skus))
        return
    proposed = catalog_draft.proposals(rows)
    skus = sum(len(group) for group in proposed)
    if proposed:
        text.note(t("start.proposals", products=len(proposed), skus=skus, example=_name(proposed[0][0])))
        st.button(
            t("start.make_catalog", products=len(proposed)),
            key="make-catalog",
            type="primary",
            icon=":material/library_add:",
            on_click=make_catalog,
            args=(rows,),
        )
    if len(rows) > skus:
        text.note(t("start.for_a_person", count=len(rows) - skus))
        st.page_link(
            "views/listings/page.py",
            label=t("start.queue"),
            icon=":material/rule:",
            query_params={"part": "queue"},
        )


def _name(row: Unmatched) -> str:
    return " ".join(filter(None, (row.title or row.code, row.spec)))


def make_catalog(rows: list[Unmatched]) -> None:
    """Make all proposals of the queue, with one undo."""
    done: CatalogBuilt | None = feedback.act(catalog_draft.create_catalog, rows)
    if done is not None:
        feedback.report(t("start.made", products=done.products, skus=done.skus), done.audit_id)


def _count(steps: FirstSteps) -> None:
    """The way to count, and what platforms state as stock, to begin with at a click."""
    if steps.counted:
        text.note(t("start.counted", skus=steps.counted))
    stated = cache.cached(opening.opening_quantities)
    if stated:
        text.note(t("stock.count.stated", skus=len(stated), pieces=opening.total_pieces(stated)))
        st.button(t("start.accept_stock"), key="accept-stock", on_click=_accept, args=(stated,))
    st.page_link(
        "views/stock/page.py",
        label=t("start.count"),
        icon=":material/checklist:",
        query_params={"stock": "count"},
    )


def _accept(stated: tuple[opening.OpeningQuantity, ...]) -> None:
    if feedback.act(opening.accept, stated) is not None:
        feedback.report(t("start.counted", skus=len(stated)))


SHOWN: Mapping[str, Callable[[FirstSteps], None]] = {
    "language": _language,
    "data": _data,
    "arrived": _arrived,
    "catalog": _catalog,
    "count": _count,
    "costs": lambda _: unit_costs.show(),
    "invite": invite.show,
}
