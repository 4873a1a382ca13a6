"""The list of shops in the frame, for those who may open several: each is a link, so that its pages begin afresh.

Nothing that was typed or chosen on a page of one shop reaches another one.
"""

from __future__ import annotations

from contextlib import suppress
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text.markdown import literal
from dashboard.ui import url_state
from dashboard.ui.actor import current_shop, current_visitor, home_database, usual_role
from dashboard.ui.url_state import SHOP
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.group.access import visible_shops
from shop.group.shops import has_group
from shop.metrics.settings import shop_settings

FEW = 12


def show() -> None:
    """The chosen shop, and behind it the links to the others; nothing where there is one alone."""
    offered = offered_shops()
    if len(offered) < 2:
        return
    with suppress(ShopError):
        now = current_shop().name
        with st.popover(
            literal(offered.get(now, now)), icon=":material/store:", width="stretch", key="shops"
        ):
            _links(offered, now)


def show_ways_out() -> None:
    """The links to all shops of a group, where the one that is chosen cannot be shown."""
    with suppress(ShopError):
        if offered := offered_shops():
            _links(offered, url_state.get(SHOP))


def offered_shops() -> dict[str, str]:
    """What the shops are called that the user may open, by name, the home ("") first; empty without a group."""
    home = home_database()
    if not has_group(home):
        return {}
    visitor = current_visitor()
    entries = visible_shops(home, visitor, usual_role(visitor))
    named = {item.name: item.shown_name for item in entries}
    is_guest = visitor is not None and visitor.role is None
    return named if is_guest else {"": _name_of(home) or t("group.home")} | named


def _name_of(home: Database) -> str:
    with home.read() as connection:
        return shop_settings(connection).name


def _links(offered: dict[str, str], now: str) -> None:
    names = list(offered)
    if len(names) > FEW:
        typed = st.text_input(t("group.find"), key="shops-find").strip().casefold()
        names = [name for name in names if typed in f"{name} {offered[name]}".casefold()][:FEW]
    st.html(
        "".join(
            f'<a class="kb-step" href="/?{urlencode({SHOP: name, "lang": language()})}" target="_self"'
            f"{' aria-current=true' if name == now else ''}>{escape(offered[name])}</a>"
            for name in names
        )
    )
