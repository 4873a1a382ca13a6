"""The part of the Products page that looks ahead: what does not move, and what to throw next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.i18n.language import language, use_language
from dashboard.i18n.messages import t
from dashboard.text import errors, metrics
from dashboard.text.kiln_planning import named, reasons, summary, why
from dashboard.text.markdown import emphasis, literal
from dashboard.text.metrics import Column
from dashboard.text.products import cut_title
from dashboard.ui import actor as people
from dashboard.ui import cache, tables, text, url_state
from dashboard.ui.filters import View
from dashboard.views.products.common import nothing
from shop.access.roles import Actor
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.kiln_planning import proposals
from shop.kiln_planning.proposals import BYS, By, Proposal
from shop.kiln_planning.schedule import PlannedLoad, plan_load
from shop.metrics.query import Query
from shop.performance.turnover import SlowSku, is_tracked, slow_sellers
from shop.undo.catalog import undo

DRYING = timedelta(days=10)  # between throwing and the biscuit firing
MOST_SLOW = 500  # rows
DONE = "load.done"
DRAFT = "load.asked"


def show(view: View) -> None:
    """Slow movers with their reasons, then a proposed kiln load that can be planned at once."""
    query = Query(("gmv",), view.period.start, view.period.end)
    if not cache.cached(is_tracked):
        nothing("no_stock", "stock", "inventory_2")
        return
    load(view)
    _slow(query)


# --- what does not move --------------------------------------------------------------------------


def _slow(query: Query) -> None:
    text.heading(t("performance.slow"))
    result = cache.cached(slow_sellers, query, MOST_SLOW + 1)
    if not result:
        text.note(t("performance.no_slow"))
        return
    if len(result) > MOST_SLOW:
        text.note(t("performance.slow_most", shown=MOST_SLOW))
    tables.show(
        "slow",
        _table(result[:MOST_SLOW]),
        [
            Column("name", cut_title("variant")),
            Column("why", t("performance.why")),
            Column("on_hand", metrics.label_of("on_hand"), "count"),
            Column("tied_up", t("performance.tied_up"), "money", t("performance.tied_up_tip")),
            Column("sku", t("performance.code")),
        ],
        whole=partial(_all, cache.database(), query, language()),
    )


def _all(db: Database, query: Query, of_page: str) -> pd.DataFrame:
    """The table of all slow sellers in the language of the page, whose file is written after it."""
    use_language(of_page)
    return _table(slow_sellers(db, query))


def _table(skus: list[SlowSku]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": [named(item.product, item.spec) for item in skus],
            "why": [reasons(item) for item in skus],
            "on_hand": [item.on_hand for item in skus],
            "tied_up": pd.array([item.tied_up or None for item in skus], "Int64"),
            "sku": [item.sku for item in skus],
        }
    )


# --- what to throw next --------------------------------------------------------------------------


def load(view: View) -> None:
    """The proposed load of one kiln: what, how many, why; changed by hand and planned at a click."""
    text.heading(t("performance.next"))
    kilns = cache.cached(proposals.kilns)
    if not kilns:
        nothing("no_kiln", "kiln", "local_fire_department")
        return
    actor = people.actor()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kiln = url_state.choice(
            st.selectbox, t("performance.kiln"), tuple(kilns), "kiln", kilns.__getitem__, width=180
        )
        worth = _worth(actor)
    result = cache.cached(proposals.propose, kiln, view.at.on, by=worth, actor=actor)
    _after(actor)
    text.lines([summary(result)])
    if result.lines:
        _form(result, actor)
    if result.left:
        with st.expander(t("performance.left", skus=len(result.left))):
            for item in result.left:
                st.text(f"{named(item.product, item.spec)}: {t(f'performance.left_why.{item.why}')}")


def _worth(actor: Actor) -> By:
    """By what loads are ranked; by margin for the owner only."""
    names = tuple(by for by in BYS if by != "margin" or actor.may("see_margins"))
    chosen = url_state.choice(
        st.selectbox,
        t("performance.worth"),
        names,
        "worth",
        lambda name: t(f"performance.worths.{name}"),
        default="takings",
        width=180,
    )
    return next(by for by in BYS if by == chosen)


@dataclass(frozen=True)
class DraftPlan:
    """A plan that was requested, before it is confirmed."""

    kiln: str
    name: str
    pieces: tuple[tuple[str, str, int], ...]
    on: date
    is_thrown: bool

    @property
    def note(self) -> str:
        """What is to be thrown, as the kiln calendar shows it."""
        return t("performance.and").join(
            t("performance.note_line", name=name, pieces=count) for _, name, count in self.pieces
        )


def _form(result: Proposal, actor: Actor) -> None:
    counts: list[tuple[str, str, int]] = []
    with st.form("load", border=True):
        for line in result.lines:
            name = named(line.product, line.spec)
            with st.container(horizontal=True, vertical_alignment="center"):
                with st.container(width="stretch"):
                    text.note(emphasis(name))
                    text.note(why(line))
                count = st.number_input(
                    literal(name),
                    0,
                    1_000,
                    line.pieces,
                    key=f"load-{result.kiln_id}-{line.sku}-{line.pieces}",
                    label_visibility="collapsed",
                    width=128,
                )
            counts.append((line.sku, name, int(count)))
        on = st.date_input(t("performance.fire_on"), date.today() + DRYING, width=180)
        is_thrown = st.checkbox(t("performance.is_thrown"), help=t("performance.is_thrown_tip"))
        if st.form_submit_button(t("performance.plan"), disabled=not actor.may("edit_kiln")):
            wanted = tuple(item for item in counts if item[2])
            st.session_state[DRAFT] = DraftPlan(result.kiln_id, result.kiln, wanted, on, is_thrown)
    _confirm(actor)


def _confirm(actor: Actor) -> None:
    """Show once more what is to be planned; only then is it written."""
    value: DraftPlan | None = st.session_state.get(DRAFT)
    if value is None:
        return
    with st.container(border=True, key="load-confirm"):
        key = "performance.confirm_thrown" if value.is_thrown else "performance.confirm"
        count = sum(item[2] for item in value.pieces)
        text.note(t(key, pieces=count, kiln=value.name, on=value.on))
        with st.container(horizontal=True):
            yes = st.button(t("performance.yes"), key="load-yes", type="primary")
            no = st.button(t("performance.no"), key="load-no")
    if no:
        del st.session_state[DRAFT]
        st.rerun()
    if yes:
        _planned(value, actor)


def _planned(value: DraftPlan, actor: Actor) -> None:
    pieces = {sku: count for sku, _, count in value.pieces}
    del st.session_state[DRAFT]
    try:
        done = plan_load(
            cache.database(),
            value.kiln,
            pieces,
            value.on,
            actor=actor,
            is_thrown=value.is_thrown,
            note=value.note,
        )
    except ShopError as problem:
        text.error(problem)
        return
    st.session_state[DONE] = done
    st.rerun()


def _after(actor: Actor) -> None:
    """What was planned last, with the way to take it back."""
    done: PlannedLoad | None = st.session_state.get(DONE)
    if done is None:
        return
    with st.container(border=True, horizontal=True, key="load-done", vertical_alignment="center"):
        key = "performance.planned_thrown" if done.batches else "performance.planned"
        text.note(t(key, firing=done.firing_id, batches=len(done.batches)))
        if st.button(t("performance.undo"), key="load-undo", icon=":material/undo:"):
            del st.session_state[DONE]
            try:
                undo(cache.database(), done.audit_id, actor=actor)
            except ShopError as problem:
                st.warning(errors.error(problem))
                return
            st.rerun()
