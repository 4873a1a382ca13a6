"""Exchange rates: one typed, many from a file, and the table of what was entered."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.choices import distinct_labels
from dashboard.text.metrics import Column
from dashboard.ui import cache, feedback, tables, text, upload
from dashboard.ui.file_questions import CURRENCIES
from etl.imports.rates_file import RatesReport, import_rates
from shop.access.roles import Actor
from shop.db.database import Database
from shop.metrics.exchange import rates as exchange_rates
from shop.metrics.settings import shop_settings, today

SHOWN = 400


def state() -> str:
    """The day of the latest rate, or that there is none."""
    rates = cache.cached(exchange_rates.day_rates)
    return t("rates.state", day=rates[0].day) if rates else t("rates.none")


def show() -> None:
    """A form for one rate, a place for a file, and the rates."""
    with cache.database().read() as connection:
        own, day = shop_settings(connection).currency, today(connection)
    text.note(t("rates.note"))
    codes = tuple(dict.fromkeys((own, *CURRENCIES)))
    with st.form("rate", border=True), st.container(horizontal=True, vertical_alignment="bottom"):
        on = st.date_input(t("rates.day"), day, key="exchange-day", width=150)
        currency = st.selectbox(
            t("rates.currency"), codes[1:], key="exchange-currency", width=130, accept_new_options=True
        )
        rate = st.text_input(t("rates.rate"), key="exchange-rate", width=130, placeholder="7.1234")
        into = st.selectbox(t("rates.into"), codes, key="exchange-into", width=130, accept_new_options=True)
        if st.form_submit_button(t("rates.save"), key="exchange-save", type="primary") and rate:
            if feedback.act(_put, on, currency, into, rate) is not None:
                feedback.report(t("rates.saved"))
            st.rerun()
    upload.speak(t("data.choose"), t("rates.drop_here"))
    file = st.file_uploader(t("rates.drop"), type=["csv", "xlsx", "xls"], key="exchange-file")
    if file is not None and st.session_state.get("exchange-read") != file.file_id:
        st.session_state["exchange-read"] = file.file_id
        report = feedback.act(_import, file, own)
        if report is not None:
            feedback.report(t("rates.imported", file=file.name, rates=report.stored))
            st.session_state["exchange-unread"] = report
        st.rerun()
    for item in getattr(st.session_state.get("exchange-unread"), "unread", ())[:20]:
        text.note(t("rates.unread", row=item.row, cell=item.cell))
    _table()


def _put(db: Database, day: date, currency: str, into: str, rate: str, *, actor: Actor) -> int:
    return exchange_rates.put_rates(db, [exchange_rates.rate_of(day, currency, into, rate)], actor=actor)


def _import(db: Database, file: Any, into: str, *, actor: Actor) -> RatesReport:
    with upload.on_disk(file) as path:
        return import_rates(db, path, into, actor=actor, name=file.name)


def _table() -> None:
    rates = cache.cached(exchange_rates.day_rates)
    if not rates:
        return
    shown = rates[:SHOWN]
    frame = pd.DataFrame(
        [(rate.day.isoformat(), rate.currency, rate.text, rate.into) for rate in shown],
        columns=["day", "currency", "rate", "into"],
    )
    names = [Column("day", t("rates.day"), "day")]
    names += [Column(name, t(f"rates.{name}")) for name in ("currency", "rate", "into")]
    tables.show("exchange-rates", frame, names)
    with st.expander(t("rates.remove")), st.form("rate-remove", border=False):
        chosen = st.selectbox(
            t("rates.which"),
            range(len(shown)),
            format_func=distinct_labels(
                range(len(shown)),
                lambda place: f"{shown[place].day} {shown[place].currency} {shown[place].text}",
            ),
            key="exchange-which",
        )
        if st.form_submit_button(t("rates.remove"), key="exchange-remove"):
            if feedback.act(_remove, shown[chosen]) is not None:
                feedback.report(t("rates.removed"))
            st.rerun()


def _remove(db: Database, rate: exchange_rates.DayRate, *, actor: Actor) -> bool:
    exchange_rates.remove_rate(db, rate, actor=actor)
    return True
