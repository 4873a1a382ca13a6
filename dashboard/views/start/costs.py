"""The costs of the pieces that sold most, typed into one table and saved together."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.ui import cache, feedback, text
from shop.core.money import to_decimal, to_minor_rounded
from shop.first_steps import FirstSteps
from shop.metrics.settings import shop_settings
from shop.metrics.tables import cells
from shop.pricing import unit_costs

ROWS = 40


def show(steps: FirstSteps) -> None:
    """A table with one field for each piece; what is typed is saved at a click, with one undo."""
    rows = cache.cached(unit_costs.costs_to_type)[:ROWS]
    if not rows:
        text.note(t("start.no_pieces"))
        return
    db = cache.database()
    with db.read() as connection:
        currency = shop_settings(connection).currency
    format.use_currency(currency)
    table = pd.DataFrame(
        {
            "title": [title for _, title, _ in rows],
            "sku": [sku for sku, _, _ in rows],
            "cost": pd.array(
                [None if cents is None else float(to_decimal(cents, currency)) for _, _, cents in rows],
                "Float64",
            ),
        }
    )
    with st.form("first-costs", border=False):
        edited = st.data_editor(
            table,
            key=f"first-costs-{st.session_state.get('first-costs-saves', 0)}",
            hide_index=True,
            disabled=["title", "sku"],
            height=430 if len(rows) > 10 else "content",
            row_height=44,
            placeholder=format.UNKNOWN,
            column_config={
                "title": st.column_config.TextColumn(t("start.piece"), width=230),
                "sku": st.column_config.TextColumn("SKU", width=130),
                "cost": st.column_config.NumberColumn(
                    t("start.cost", unit=format.symbol().strip()), min_value=0, format="%.2f", width=120
                ),
            },
        )
        if st.form_submit_button(t("start.save_costs"), type="primary"):
            before = {sku: cents for sku, _, cents in rows}
            _save(_changed(before, edited, currency))


def _changed(before: dict[str, int | None], edited: pd.DataFrame, currency: str) -> dict[str, int | None]:
    """The costs that were typed anew, in cents."""
    after = {}
    for sku, cost in zip(cells(edited["sku"]), cells(edited["cost"]), strict=True):
        cents = None if cost is None else to_minor_rounded(float(cost), currency)
        if cents != before[str(sku)]:
            after[str(sku)] = cents
    return after


def _save(costs: dict[str, int | None]) -> None:
    if costs:
        number = feedback.act(unit_costs.set_unit_costs, costs)
        if number is not None:
            feedback.report(t("start.costs_saved", skus=len(costs)), number)
            st.session_state["first-costs-saves"] = st.session_state.get("first-costs-saves", 0) + 1
    st.rerun()
