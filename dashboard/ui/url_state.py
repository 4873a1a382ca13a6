"""Controls whose values are stored in the URL, so that a view is a link.

The framework's own binding writes the shown label into the URL, so that a link created in one language
breaks in the other; here the plain value is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard.i18n.language import language
from dashboard.text.choices import distinct_labels

LINKS = "links"
SHOP = "shop"  # a shop of the group
ON_ALL_PAGES = (SHOP, "up", "on", "platform", "currency")  # parameters of every page, next to the language
SEARCHED = 60  # characters of a comment that find it again


def get(name: str, default: str = "") -> str:
    """The value of a parameter: from the URL, else as it was set last in this session."""
    saved: dict[str, str] = st.session_state.setdefault(LINKS, {})
    if name in st.query_params:
        saved[name] = st.query_params[name]
    value = saved.get(name, default)
    if value != default and name not in st.query_params:
        st.query_params[name] = value
    return value


def put(name: str, value: str, default: str = "") -> None:
    """Set a parameter in the URL and for this session; at its default it leaves the URL."""
    saved: dict[str, str] = st.session_state.setdefault(LINKS, {})
    saved.pop(name, None)
    if value == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = saved[name] = value


def href(path: str = "", **link: str) -> str:
    """The address of a page, by default of another view of this page, for a link with a new load.

    It has the parameters of every page (a shop of the group, the language, the platform ...) and those of `link`.
    """
    kept = {name: value for name in ON_ALL_PAGES if (value := get(name))}
    return f"{path}?{urlencode({'lang': language(), **kept, **link})}"


def place_of(kind: str, platform: str, key: str, title: str, day: str) -> tuple[str, dict[str, str]]:
    """The page of an order, session, SKU ... with its parameters; a comment by its text on its day."""
    days = {"period": "free", "from": day, "to": day} if day else {}
    places: dict[str, tuple[str, dict[str, str]]] = {
        "order": ("orders", {"order": key, "of": platform}),
        "session": ("live", {"live": "session", "session": f"{platform}/{key}"}),
        "video": ("live", {"live": "video", "video": f"{platform}/{key}"}),
        "comment": ("comments", {"comments": "all", "q": title[:SEARCHED], **days}),
        "sku": ("stock", {"stock": "one", "sku": key}),
        "sold": ("listings", {"part": "queue"}),
        "batch": ("kiln", {"part": "now"}),
    }
    return places[kind]


def begin(name: str, value: str) -> None:
    """Set a parameter that the URL does not name yet: later runs use the value of the first one."""
    if value and not get(name):
        put(name, value)


def _changed(name: str, default: str) -> None:
    value = st.session_state[_key(name)]
    put(name, default if value is None else str(value), default)


def _key(name: str) -> str:
    return f"link.{name}"


def choice(
    control: Callable[..., Any],
    label: str,
    options: Sequence[str],
    name: str,
    show: Callable[[str], str],
    *,
    default: str | None = None,
    **settings: Any,
) -> str:
    """A select box or segmented control whose choice stands in the URL; the first is the
    default.
    """
    first = options[0] if default is None else default
    result = get(name, first)
    value = result if result in options else first
    st.session_state[_key(name)] = value
    control(
        label,
        options,
        key=_key(name),
        format_func=distinct_labels(options, show),
        on_change=_changed,
        args=(name, first),
        **settings,
    )
    return value


def typed(label: str, name: str, **settings: Any) -> str:
    """A text field whose text stands in the URL."""
    st.session_state[_key(name)] = value = get(name)
    st.text_input(label, key=_key(name), on_change=_changed, args=(name, ""), **settings)
    return value


def turned(label: str, name: str, **settings: Any) -> bool:
    """A switch that stands in the URL as 1 when it is on."""
    value = get(name) == "1"
    st.session_state[_key(name)] = value
    st.toggle(label, key=_key(name), on_change=_turned, args=(name,), **settings)
    return value


def _turned(name: str) -> None:
    put(name, "1" if st.session_state[_key(name)] else "")


def range_of(label: str, names: tuple[str, str], now: tuple[date, date], **settings: Any) -> None:
    """A field of two dates that are in the URL; between the two clicks nothing changes yet."""
    key = _key("-".join(names))
    if len(st.session_state.get(key, ())) != 1:
        st.session_state[key] = now
    st.date_input(label, key=key, on_change=_ranged, args=(key, names), **settings)


def _ranged(key: str, names: tuple[str, str]) -> None:
    days = st.session_state[key]
    if len(days) == 2:
        for name, on in zip(names, days, strict=True):
            put(name, on.isoformat())


def page() -> int:
    """The page of a long list that the URL names, from 1."""
    result = get("page", "1")
    return max(int(result), 1) if result.isdecimal() else 1


def pages(count: int) -> None:
    """The control that turns the pages of a long list."""
    if count < 2:
        return
    now = min(page(), count)
    key = f"page-{now}-{count}"  # another list begins at its first page
    st.pagination(count, default=now, key=key, max_visible_pages=5, on_change=_turned_to, args=(key,))


def _turned_to(key: str) -> None:
    put("page", str(st.session_state[key]), "1")


def as_day(text: str) -> date | None:
    """The day that a parameter names; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
