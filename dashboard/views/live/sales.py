"""What one session sold and on what grounds: funnel, sums, grades, products, traffic, and advertising."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.audience import live as wording
from dashboard.text.metrics import Column, columns, label_of
from dashboard.ui import actor, cache, feedback, tables, text
from dashboard.views.live.common import SessionView
from shop.core.money import minor_digits, minor_per_unit, to_decimal, to_minor_rounded
from shop.metrics.stream_rollups import Sum
from shop.streams.funnel import Funnel, FunnelStep, funnels
from shop.streams.minutes import session_products
from shop.streams.reviews import save_note
from shop.streams.session import SessionRecord
from shop.streams.session_traffic import WORDS, session_traffic
from shop.streams.spend import session_spend
from shop.streams.sums import SessionSums

LEAST_STEPS = 2


def show(shown: SessionView) -> None:
    """Funnel, sums, products, traffic sources, and what was typed about the session."""
    _funnels(shown)
    _sums(shown.sums)
    _products(shown)
    _traffic(shown)
    sees_costs = actor.actor().may("see_margins")
    if sees_costs:
        _spend(shown)
    _note(shown.session, sees_costs=sees_costs)


# --- the funnel ------------------------------------------------------------------------------------


def _funnels(shown: SessionView) -> None:
    known = [funnel for funnel in funnels(shown.session).values() if len(funnel.steps) >= LEAST_STEPS]
    text.heading(t("live.funnel.title"))
    if not known:
        text.note(t("live.funnel.none"))
        return
    st.html(f'<div class="kb-funnels">{"".join(map(_funnel, known))}</div>')
    text.note(t("live.funnel.note"))


def _funnel(funnel: Funnel) -> str:
    top = max(step.count for step in funnel.steps) or 1
    rows = "".join(_step(step, funnel.basis, top) for step in funnel.steps)
    overall = ""
    if funnel.overall is not None:
        first, last = (t(f"live.funnel.steps.{step.name}") for step in (funnel.steps[0], funnel.steps[-1]))
        overall = (
            f"<p>{escape(t('live.funnel.overall', first=first, last=last, rate=float(funnel.overall)))}</p>"
        )
    return f"<section><h3>{escape(t(f'live.funnel.{funnel.basis}'))}</h3><table>{rows}</table>{overall}</section>"


def _step(step: FunnelStep, basis: str, top: int) -> str:
    rate = ""
    if step.base is not None:
        base = t(f"live.funnel.steps.{step.base}")
        share = None if step.rate is None else float(step.rate)
        rate = t("live.funnel.rate", rate=share, base=base)
    return (
        f'<tr><th scope="row">{escape(t(f"live.funnel.steps.{step.name}"))}</th>'
        f'<td><span class="kb-bar" style="width:{step.count / top:.1%}"></span></td>'
        f"<td>{escape(format.whole(step.count))}</td><td>{escape(rate)}</td></tr>"
    )


# --- the sums --------------------------------------------------------------------------------------


def _sums(sums: SessionSums) -> None:
    """The sums next to each other, never added; the one that figures use is marked."""
    text.heading(t("live.sums.title"))
    known = {"stated": sums.stated, "room": sums.by_room, "time": sums.by_time, "minutes": sums.by_minute}
    rows = [
        (name, item)
        for name, item in known.items()
        if item is not None and (item.orders is not None or item.gmv_cents is not None)
    ]
    if not rows:
        text.note(t("live.sums.none"))
        return
    table = _sum_table([(_sum_name(name, sums.basis), item) for name, item in rows])
    tables.show("session-sums", table, _sum_columns(t("live.sums.name")))
    text.note(t("live.sums.rule"))
    if sums.grades:
        graded = _sum_table([(t(f"live.grades.{grade}"), item) for grade, item in sums.grades.items()])
        text.heading(t("live.sums.grades"))
        tables.show("session-grades", graded, _sum_columns(t("live.sums.grade")))
        text.note(t("live.sums.grades_note"))


def _sum_name(name: str, basis: str | None) -> str:
    written = t("live.basis.minutes") if name == "minutes" else wording.basis(name)
    return t("live.sums.headline", name=written) if name == basis else written


def _sum_table(rows: list[tuple[str, Sum]]) -> pd.DataFrame:
    table = pd.DataFrame(
        [(name, item.orders, item.units, item.gmv_cents) for name, item in rows],
        columns=["name", "orders", "units", "gmv_cents"],
        dtype=object,
    )
    return table.astype(dict.fromkeys(("orders", "units", "gmv_cents"), "Int64"))


def _sum_columns(name: str) -> list[Column]:
    return [
        Column("name", name),
        Column("orders", label_of("session_orders"), "count"),
        Column("units", label_of("units"), "count"),
        Column("gmv_cents", label_of("session_gmv"), "money"),
    ]


# --- products and traffic --------------------------------------------------------------------------


def _products(shown: SessionView) -> None:
    table = cache.cached(session_products, shown.session, shown.sums)
    text.heading(t("live.products.title"))
    if table.empty:
        text.note(t("live.products.none"))
        return
    tables.show(
        "session-products",
        table,
        [
            Column("title", t("live.products.title_of")),
            Column("orders", label_of("orders"), "count"),
            Column("units", label_of("units"), "count"),
            Column("gmv_cents", label_of("gmv"), "money"),
            Column("sku", t("live.products.sku")),
        ],
    )


def _traffic(shown: SessionView) -> None:
    """Only where an order file states it."""
    table = cache.cached(session_traffic, shown.session, shown.sums)
    if table.empty:
        return
    text.heading(t("live.traffic.title"))
    stated = [name for name in WORDS if table[name].fillna("").astype(str).str.strip().ne("").any()]
    tables.show(
        "session-traffic",
        table,
        [
            *(Column(name, t(f"live.traffic.{name}")) for name in stated),
            *columns("orders", "units"),
            Column("gmv_cents", label_of("gmv"), "money"),
        ],
    )


# --- advertising, host, replay ---------------------------------------------------------------------


def _spend(shown: SessionView) -> None:
    """The spend with its return; for the owner."""
    spend = cache.cached(session_spend, shown.session, shown.sums.headline.gmv_cents)
    text.heading(t("live.spend.title"))
    if spend is None:
        text.note(t("live.spend.none"))
    else:
        amount = wording.money_in(spend.amount_cents, spend.currency)
        key = "day_shared" if spend.source == "day" and spend.sessions > 1 else spend.source
        text.note(t(f"live.spend.{key}", amount=amount, sessions=spend.sessions))
        if spend.roi is not None:
            text.note(t("live.spend.roi", roi=float(spend.roi), basis=wording.basis(shown.sums.basis)))


def _note(session: SessionRecord, *, sees_costs: bool) -> None:
    """The form for what only the studio knows; the spend for the owner."""
    title = t("live.note.title" if sees_costs else "live.note.title_without_spend")
    with st.expander(title, icon=":material/edit:"), st.form("session-note", border=False):
        host = st.text_input(t("live.list.host"), value=session.host or "", max_chars=80)
        replay = st.text_input(t("live.note.replay"), value=session.replay_url or "", placeholder="https://")
        spend, code = session.spend_cents, session.spend_currency or session.currency
        if sees_costs:
            typed_spend = st.number_input(
                t("live.note.spend", currency=code),
                min_value=0.0,
                value=None if spend is None else float(to_decimal(spend, code)),
                step=1 / minor_per_unit(code),
                format=f"%.{minor_digits(code)}f",
            )
            spend = None if typed_spend is None else to_minor_rounded(typed_spend, code)
        if st.form_submit_button(t("live.note.save")):
            typed = None if host == (session.account or "") else host
            entry = feedback.act(
                save_note,
                session,
                host=typed,
                replay_url=replay.strip(),
                spend_cents=spend,
                spend_currency=code,
            )
            if entry is not None:
                feedback.report(t("live.note.saved"), entry)
            st.rerun()
