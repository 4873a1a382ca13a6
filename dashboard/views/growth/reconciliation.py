"""Reconciliation on the growth page: a platform's total and ours, each residual with its orders."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import metrics, reconciliation
from dashboard.text.choices import distinct_labels
from dashboard.text.metrics import Column
from dashboard.ui import cache, filters, tables, text
from dashboard.ui.actor import actor
from shop.core.errors import ShopError
from shop.metrics.query import unit_of
from shop.reconciliation import reconcile, statements
from shop.reconciliation.definitions import FIGURES
from shop.reconciliation.reconcile import Reconciliation
from shop.reconciliation.residuals import Residual
from shop.reconciliation.statements import Statement

MOST = 60  # reported totals to choose from, the latest first


def show(view: filters.View) -> None:
    """Choose a reported total, see the difference explained; type in another."""
    result = cache.cached(statements.statements)[:MOST]
    shown = [item for item in result if not view.platforms or item.platform in view.platforms]
    if shown:
        item = st.selectbox(t("reconciliation.choose"), shown, format_func=distinct_labels(shown, name))
        reconciled = cache.cached(reconcile.reconcile, item)
        format.use_currency(item.currency)
        _one(reconciled)
        format.use_currency(view.currency)
    else:
        text.note(t("reconciliation.none"))
    if actor().may("set_goals"):
        _type_in(view, shown)


def name(item: Statement) -> str:
    """A reported total by platform, days, figure and source."""
    return t(
        "reconciliation.name",
        platform=reconciliation.platform(item.platform),
        range=item.period,
        metric=metrics.label_of(item.figure),
        source=t(f"reconciliation.sources.{item.source}"),
    )


def _one(result: Reconciliation) -> None:
    text.lines([reconciliation.sentence(result)])
    text.note(reconciliation.definition(result))
    if not result.difference:
        return
    kind = "count" if unit_of(result.statement.figure) == "count" else "money"
    tables.show(
        "causes",
        residual_rows(result),
        [
            Column("cause", t("reconciliation.cause")),
            Column("amount", t("reconciliation.amount"), kind),
            Column("orders", t("reconciliation.orders"), "count"),
        ],
    )
    with_evidence = [item for item in result.residuals if item.orders or item.rows]
    if not with_evidence:
        return
    chosen = st.selectbox(
        t("reconciliation.behind"),
        with_evidence,
        format_func=distinct_labels(with_evidence, reconciliation.residual),
    )
    tables.show(
        "behind",
        orders(chosen),
        [Column("where", t("reconciliation.order")), Column("amount", t("reconciliation.amount"), kind)],
    )


def residual_rows(result: Reconciliation) -> pd.DataFrame:
    """The residuals and the unexplained rest as rows that add up to the difference."""
    rows = [
        (
            reconciliation.residual(item) + ("" if item.is_certain else t("reconcile.probably")),
            item.amount,
            len(item.orders) or None,
        )
        for item in result.residuals
    ]
    if result.unexplained:
        rows.append((t("reconcile.unexplained"), result.unexplained, None))
    names, amounts, counts = zip(*rows, strict=True) if rows else ((), (), ())
    return pd.DataFrame(
        {
            "cause": list(names),
            "amount": pd.array(list(amounts), "Int64"),
            "orders": pd.array(list(counts), "Int64"),
        }
    )


def orders(residual: Residual) -> pd.DataFrame:
    """The orders of a residual, or its rejected rows, as rows."""
    rows: list[tuple[str, int | None]] = [(item.order_id, item.amount) for item in residual.orders]
    rows += [(f"{item.file}:{item.row}", item.amount) for item in residual.rows]
    return pd.DataFrame(
        {"where": [row[0] for row in rows], "amount": pd.array([row[1] for row in rows], "Int64")}
    )


# --- typing a total in -----------------------------------------------------------------------------


def _type_in(view: filters.View, shown: list[Statement]) -> None:
    with st.container(horizontal=True):
        with st.popover(t("reconciliation.add"), icon=":material/edit_note:"):
            _form(view)
        typed = [item for item in shown if item.source == "typed"]
        if typed:
            with st.popover(t("reconciliation.remove"), type="tertiary"):
                item = st.selectbox(
                    t("reconciliation.which"), typed, format_func=distinct_labels(typed, name), key="typed"
                )
                if st.button(t("reconciliation.forget"), type="primary"):
                    statements.delete_statement(
                        cache.database(),
                        item.platform,
                        item.period.start,
                        item.figure,
                        actor=actor(),
                        currency=item.currency,
                    )
                    st.rerun()


def _form(view: filters.View) -> None:
    with st.form("stated", border=False):
        platform = st.selectbox(
            t("frame.platform"), cache.cached(statements.platforms), format_func=reconciliation.platform
        )
        day: date = st.date_input(t("column.day"), view.at.on, max_value=view.at.today)
        figure = st.selectbox(t("outlook.figure"), FIGURES, format_func=metrics.label_of)
        amount = st.number_input(t("reconciliation.stated"), min_value=0.0, step=1.0, value=None)
        if not st.form_submit_button(t("reconciliation.save"), type="primary"):
            return
    if amount is None:
        text.note(t("outlook.no_amount"))
        return
    units = format.minor_units() if unit_of(figure) == "cents" else 1
    try:
        statements.enter_statement(
            cache.database(),
            platform,
            day,
            figure,
            round(amount * units),
            actor=actor(),
            currency=view.currency,
        )
    except ShopError as problem:
        text.error(problem)
        return
    st.rerun()
