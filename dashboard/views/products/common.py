"""What the parts of the Products page share: the choice of a grouping, and the hint for an empty part."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.parcels import courier
from dashboard.text.products import called, cut_title
from dashboard.ui import text, url_state
from shop.performance.sales import CUTS
from shop.stats.proportions import Rate


def chooser(cuts: tuple[str, ...], name: str, now: str | None = None) -> str:
    """The control for the cut of a part."""
    return url_state.choice(
        st.selectbox,
        t("products.by"),
        cuts,
        name,
        cut_title,
        default=cuts[0] if now is None else CUTS[0],
        width=180,
    )


def part_name(cut: str, part: str) -> str:
    """What a part of a cut of breakage is called; couriers have names of their own."""
    return courier(part) if cut == "courier" and part else called(part)


def between(rate: Rate) -> str:
    """The interval of a share in words: 2.1% – 8.4%."""
    if rate.interval is None:
        return format.UNKNOWN
    return " – ".join(format.rate(end) for end in rate.interval)


def nothing(key: str, page: str, icon: str) -> None:
    """What a part shows while there is nothing to show: what is missing, and where it is typed in."""
    with st.container(border=True, key=f"empty-{key}"):
        text.note(t(f"performance.{key}"))
        go(page, t(f"performance.go.{page}"), icon)


def go(page: str, words: str, icon: str) -> None:
    """A way to another page of the shop, as soon as there is one."""
    if Path(__file__).parents[1].joinpath(page, "page.py").exists():
        st.page_link(f"views/{page}/page.py", label=words, icon=f":material/{icon}:")
