"""The shops side by side, each currency in a table of its own; all are read at once, each within its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from dashboard.i18n.messages import t
from dashboard.text import comparison
from dashboard.text import group as wording
from dashboard.ui import cache, text, url_state
from dashboard.ui.actor import current_visitor, usual_role
from dashboard.ui.filters import View
from shop.db.database import Database
from shop.group.comparison import (
    CALENDARS,
    ShopFigures,
    ShopToCompare,
    database_to_compare,
    shop_figures,
    shops_to_compare,
    sums,
)
from shop.group.parallel import ShopAnswer, ask_all

ROUNDED = timedelta(minutes=10)  # a running day is looked at again that often


def offered(home: Database) -> list[ShopToCompare]:
    """The shops that the user may compare."""
    visitor = current_visitor()
    return shops_to_compare(home, visitor, usual_role(visitor))


def show(home: Database, shops: list[ShopToCompare], view: View) -> None:
    """The answer in one sentence, a table for each currency, and the shops without figures."""
    with view.controls:
        calendar = url_state.choice(
            st.selectbox, t("growth.against"), CALENDARS, "calendar", comparison.calendar_name, width=190
        )
    answers = read(home, shops, view, calendar)
    pairs = list(zip(shops, answers, strict=True))
    answered = sum(answer.value is not None and bool(answer.value.rows) for answer in answers)
    text.sentence(t("group.answer", answered=answered, shops=len(shops), range=view.period))
    text.note(t("group.fair"))
    for total in sums(answers):
        text.heading(t("group.in_currency", currency=total.currency))
        with st.container(key=f"group-{total.currency}"):
            text.wide(wording.table(pairs, total), t("group.in_currency", currency=total.currency))
    missing = wording.without_figures(pairs)
    if missing:
        text.heading(t("group.without"))
        text.lines(missing)


def read(
    home: Database, shops: list[ShopToCompare], view: View, calendar: str
) -> list[ShopAnswer[ShopFigures]]:
    """The figures of every shop, each stored until its own data change."""
    now = datetime.now(UTC)
    now -= (now - datetime.min.replace(tzinfo=UTC)) % ROUNDED
    by_name = {shop.entry.name: shop for shop in shops}

    def figures(name: str) -> ShopFigures:
        db = database_to_compare(home, by_name[name])
        return cache.cached_of(db, shop_figures, view.period, calendar, now)

    context = get_script_run_ctx()
    return ask_all(list(by_name), figures, begin=partial(add_script_run_ctx, None, context))
