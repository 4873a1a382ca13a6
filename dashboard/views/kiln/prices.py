"""What a piece costs (the owner), a platform's fees, and the card for the host."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import has, t
from dashboard.reports import host_card
from dashboard.text import errors
from dashboard.text.markdown import literal
from dashboard.text.metrics import Column
from dashboard.ui import actor as people
from dashboard.ui import cache, feedback, tables, text, url_state
from dashboard.ui.components.field_list import unit_costs as typed_costs
from dashboard.ui.money_field import money_input
from dashboard.views.kiln import common
from shop.access.roles import Actor
from shop.pricing import floor_prices, unit_costs
from shop.pricing.host_card import CardLine, card_lines

PARTS = ("material", "kiln", "loss", "packing")
RATES = ("fee", "commission", "breakage")


def part() -> None:
    """The part of the page: the card first, for everybody; costs and rates for the owner."""
    result = cache.cached(floor_prices.offered)
    if not result:
        text.note(t("kiln.prices.none"))
        return
    platform = _platform()
    _card(dict(result), platform)
    if common.is_owner():
        _costs()
        _platform_fees(platform)


def _platform() -> str:
    return url_state.choice(
        st.segmented_control,
        t("kiln.prices.platform"),
        cache.cached(floor_prices.platforms),
        "card_platform",
        platform_name,
        required=True,
    )


def platform_name(name: str) -> str:
    """A platform as it is called."""
    return t(f"platform.{name}") if has(f"platform.{name}") else name


def _card(designs: dict[str, str], platform: str) -> None:
    """The pieces of a session, with the coupon and the commission of it."""
    text.heading(t("kiln.card.title"))
    with st.container(key="touch-card"):
        chosen = st.multiselect(
            t("kiln.prices.pieces"),
            tuple(designs),
            default=tuple(designs)[:6],
            key="card-skus",
            format_func=lambda sku: f"{designs[sku]} · {sku}",
            placeholder=t("kiln.prices.choose"),
        )
        with st.container(horizontal=True):
            coupon = money_input(t("kiln.prices.coupon"), "card-coupon", value=0, step=1.0, width=160)
            commission = st.number_input(
                t("kiln.prices.commission"),
                min_value=0.0,
                max_value=100.0,
                value=None,
                step=1.0,
                key="card-commission",
                width=160,
            )
    if not chosen:
        return
    given = (coupon or 0, None if commission is None else round(commission * 100))
    try:
        lines = cache.cached(_lines, tuple(chosen), platform, *given, actor=people.actor())
    except floor_prices.NoFloor as problem:  # the platform's fees can be corrected further down
        text.note(errors.error(problem))
        return
    with st.container(key="chart-card"):
        text.note(host_card.heading(platform, *given))
        st.html(host_card.table(lines))
        text.note(t("kiln.card.foot"))
        st.download_button(
            t("kiln.prices.print"),
            host_card.page(lines, platform, *given),
            mime="text/html",
            file_name="kilnboard-card.html",
            key="card-print",
            type="tertiary",
            icon=":material/print:",
            on_click="ignore",
        )


def _lines(
    db: Any, skus: tuple[str, ...], platform: str, coupon: int, commission: int | None, *, actor: Actor
) -> list[CardLine]:
    return card_lines(db, skus, platform, coupon, commission, actor=actor)


def _costs() -> None:
    """What every SKU costs now, part by part, and what is still missing."""
    text.heading(t("kiln.prices.costs"))
    table = cache.cached(_cost_table)
    if table.empty:
        text.note(t("kiln.prices.no_costs"))
    else:
        message = table.assign(missing=[common.missing(pairs) for pairs in table["missing"]])
        money = [Column(f"{name}_cents", t(f"kiln.parts.{name}"), "money") for name in PARTS]
        tables.show(
            "costs",
            message,
            [
                Column("title", t("kiln.card.piece")),
                Column("unit_cents", t("kiln.parts.unit"), "money"),
                *money,
                Column("sku", t("kiln.prices.sku")),
                Column("from_on", t("kiln.prices.since"), "day"),
                Column("missing", t("kiln.prices.missing")),
            ],
        )
        text.note(t("kiln.prices.note"))
    with st.expander(t("kiln.prices.by_hand")):
        typed_costs.show()


def _cost_table(db: Any) -> pd.DataFrame:
    """The costs valid now, one row per SKU."""
    result: pd.DataFrame = unit_costs.current_costs(db)
    return result


def _platform_fees(platform: str) -> None:
    """The platform's fees, what breaks on the way, what sending costs."""
    known = cache.cached(floor_prices.platform_rates, platform)
    name = platform_name(platform)
    with (
        st.expander(literal(t("kiln.terms.title", platform=name))),
        st.form(f"terms-{platform}", border=False),
    ):
        with st.container(horizontal=True):
            rates = {
                rate: st.number_input(
                    t(f"kiln.terms.{rate}"),
                    min_value=0.0,
                    max_value=100.0,
                    step=0.5,
                    value=getattr(known, f"{rate}_bp") / 100,
                    width=140,
                    key=f"terms-{platform}-{rate}",
                )
                for rate in RATES
            }
            shipping = money_input(
                t("kiln.terms.shipping"), f"terms-{platform}-shipping", value=known.shipping_cents, width=140
            )
        if st.form_submit_button(t("kiln.prices.save"), key=f"terms-save-{platform}"):
            number = feedback.act(
                floor_prices.set_platform_rates,
                platform,
                shipping_cents=shipping,
                **{f"{rate}_bp": round(value * 100) for rate, value in rates.items()},
            )
            if number is not None:
                feedback.report(t("kiln.terms.saved", platform=name), number)
            st.rerun()
    text.note(t("kiln.terms.note", fee=format.rate(known.fee_bp / 10_000)))
