"""Running costs: rates of couriers, packing and work, hours, advertising by hand, and the platforms' fees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.text.choices import distinct_labels
from dashboard.text.metrics import Column
from dashboard.ui import cache, feedback, tables, text
from dashboard.ui.money_field import money_input
from shop.core.periods import Period
from shop.db.database import Database
from shop.metrics.settings import today
from shop.models.costs import RateKind
from shop.performance.one_product import product_titles
from shop.pricing import cost_rates, day_costs, floor_prices
from shop.pricing.cost_rates import DatedRate, RateScope
from shop.profit.fee_estimates import fee_rates

WEEKS = timedelta(weeks=6)
LONGEST = 24.0 * 50  # hours of a day, of fifty people


def state() -> str:
    """How many rates there are, or that there are none."""
    count = len(cache.cached(cost_rates.cost_rates))
    return t("costs.rates_state", count=count) if count else t("costs.no_rates")


def show() -> None:
    """Rates, hours and advertising: each with a form to enter one and the table of what was entered."""
    _rates()
    day = cache.cached(_today)
    period = Period(day - WEEKS, day)
    _labour(period)
    _ads(period)
    _fees()


def _today(db: Database) -> date:
    with db.read() as connection:
        return today(connection)


def scope_name(scope: RateScope) -> str:
    """What a rate is for, in words: courier, Douyin, 新疆, up to 1,000 g."""
    parts = [t(f"costs.kinds.{scope.kind.value}")]
    parts += [platform_name(scope.platform)] if scope.platform else []
    parts += [scope.province] if scope.province else []
    parts += [t("costs.up_to", grams=scope.up_to_g)] if scope.up_to_g else []
    return t("costs.between").join(parts)


def platform_name(name: str) -> str:
    """A platform as it is called; "" is all of them."""
    return catalog.platform(name) if name else t("costs.every_platform")


def _rates() -> None:
    text.heading(t("costs.rates"))
    text.note(t("costs.rates_note"))
    rates = cache.cached(cost_rates.cost_rates)
    with st.form("cost-rate", border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            kind = st.selectbox(
                t("costs.kind"),
                [kind.value for kind in RateKind],
                format_func=lambda name: t(f"costs.kinds.{name}"),
                key="rate-kind",
                width=170,
            )
            cents = money_input(t("costs.amount"), "rate-cents", width=130)
            from_on = st.date_input(t("costs.from_on"), cache.cached(_today), key="rate-from", width=150)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            platform = _platform("rate-platform", any_platform=True)
            province = st.text_input(
                t("costs.province"), key="rate-province", placeholder=t("costs.any"), width=130
            )
            grams = st.number_input(
                t("costs.grams"), 0, 100_000, 0, 100, key="rate-grams", width=150, help=t("costs.grams_tip")
            )
        if st.form_submit_button(t("costs.save"), key="rate-save", type="primary"):
            if cents is None:
                text.note(t("costs.no_amount"))
            else:
                scope = RateScope(RateKind(kind), platform, province, int(grams))
                _act(lambda: feedback.act(cost_rates.set_cost_rate, scope, cents, from_on=from_on))
    if not rates:
        return
    tables.show(
        "rates",
        pd.DataFrame(
            {
                "scope": [scope_name(rate.scope) for rate in rates],
                "cents": pd.array([rate.cents for rate in rates], "Int64"),
                "from_on": [rate.from_on.isoformat() for rate in rates],
            }
        ),
        [
            Column("scope", t("costs.scope")),
            Column("cents", t("costs.amount"), "money"),
            Column("from_on", t("costs.from_on"), "day"),
        ],
    )
    with st.expander(t("costs.remove")), st.form("rate-remove", border=False):
        chosen = st.selectbox(
            t("costs.which"),
            range(len(rates)),
            format_func=distinct_labels(range(len(rates)), lambda place: _rate_name(rates[place])),
            key="rate-which",
        )
        if st.form_submit_button(t("costs.remove_go"), key="rate-remove-go"):
            rate = rates[chosen]
            _act(lambda: feedback.act(cost_rates.set_cost_rate, rate.scope, None, from_on=rate.from_on))


def _rate_name(rate: DatedRate) -> str:
    amount = format.money(rate.cents)
    return t("costs.one_rate", scope=scope_name(rate.scope), amount=amount, day=rate.from_on)


def _labour(period: Period) -> None:
    text.heading(t("costs.labour"))
    text.note(t("costs.labour_note"))
    with st.form("labour", border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            on = st.date_input(t("costs.day"), cache.cached(_today), key="labour-day", width=150)
            hours = st.number_input(t("costs.hours"), 0.0, LONGEST, 0.0, 0.25, key="labour-hours", width=130)
            task = st.text_input(t("costs.task"), key="labour-task", placeholder=t("costs.any"), width=170)
        if st.form_submit_button(t("costs.save"), key="labour-save", type="primary"):
            _act(lambda: feedback.act(day_costs.set_labour, on, round(hours * 60), task=task))
    rows = cache.cached(day_costs.labour_days, period)
    if rows:
        table = pd.DataFrame(
            {
                "day": [row.day.isoformat() for row in rows],
                "hours": [round(row.minutes / 60, 2) for row in rows],
                "task": [row.task for row in rows],
            }
        )
        tables.show(
            "labour",
            table[::-1],
            [
                Column("day", t("costs.day"), "day"),
                Column("hours", t("costs.hours")),
                Column("task", t("costs.task")),
            ],
        )


def _ads(period: Period) -> None:
    text.heading(t("costs.ads"))
    text.note(t("costs.ads_note"))
    titles = cache.cached(product_titles)
    with st.form("ads", border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            on = st.date_input(t("costs.day"), cache.cached(_today), key="ads-day", width=150)
            platform = _platform("ads-platform", any_platform=False)
            cents = money_input(t("costs.amount"), "ads-cents", value=0, width=130)
        product = st.selectbox(
            t("costs.product"),
            ("", *titles),
            format_func=lambda code: f"{titles[code]} ({code})" if code else t("costs.every_product"),
            key="ads-product",
        )
        if st.form_submit_button(t("costs.save"), key="ads-save", type="primary"):
            _act(
                lambda: feedback.act(
                    day_costs.set_advertising, on, platform, cents or 0, product_code=product
                )
            )
    rows = cache.cached(day_costs.ad_days, period)
    if rows:
        table = pd.DataFrame(
            {
                "day": [row.day.isoformat() for row in rows],
                "platform": [platform_name(row.platform) for row in rows],
                "product": [titles.get(row.product_code, row.product_code) for row in rows],
                "cents": pd.array([row.amount_cents for row in rows], "Int64"),
            }
        )
        tables.show(
            "ads",
            table[::-1],
            [
                Column("day", t("costs.day"), "day"),
                Column("platform", t("costs.platform")),
                Column("product", t("costs.product")),
                Column("cents", t("costs.amount"), "money"),
            ],
        )


def _fees() -> None:
    text.heading(t("costs.fees"))
    rates = cache.cached(fee_rates)
    for platform, rate in sorted(rates.items()):
        text.note(
            t(
                f"costs.fee_{'measured' if rate.is_measured else 'entered'}",
                platform=platform_name(platform),
                fee=rate.fee_bp / 10_000,
                commission=rate.commission_bp / 10_000,
            )
        )
    if not rates:
        text.note(t("costs.no_fees"))
    st.page_link("views/kiln/page.py", label=t("costs.fees_go"), query_params={"part": "prices"})


def _platform(key: str, *, any_platform: bool) -> str:
    names = (*([""] if any_platform else ()), *cache.cached(floor_prices.platforms))
    chosen: str = st.selectbox(t("costs.platform"), names, format_func=platform_name, key=key, width=150)
    return chosen


def _act(command: Callable[[], int | None]) -> None:
    """Run a command and report it with its undo."""
    number = command()
    if number is not None:
        feedback.report(t("costs.saved"), number)
    st.rerun()
