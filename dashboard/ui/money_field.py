"""A field for an amount in the shop's currency."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import cache
from shop.core.money import minor_digits, minor_per_unit, to_decimal, to_minor_rounded
from shop.db.database import Database
from shop.metrics.settings import shop_settings


def money_input(
    label: str, key: str, *, value: int | None = None, step: float | None = None, width: int = 150
) -> int | None:
    """A field for an amount in the shop's currency; value and result in its minor units."""
    code = currency()
    typed = st.number_input(
        label,
        min_value=0.0,
        value=None if value is None else float(to_decimal(value, code)),
        step=step or 1 / minor_per_unit(code),
        format=f"%.{minor_digits(code)}f",
        key=key,
        width=width,
    )
    return None if typed is None else to_minor_rounded(typed, code)


def currency() -> str:
    """The currency that costs are shown in: the shop's own."""
    result: str = cache.cached(_currency)
    return result


def _currency(db: Database) -> str:
    with db.read() as connection:
        return shop_settings(connection).currency
