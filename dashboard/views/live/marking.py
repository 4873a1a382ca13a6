"""The marking view, for the phone next to the camera: what is shown now by one tap, also while the network is down."""

from __future__ import annotations

from base64 import b64encode
from collections import OrderedDict
from typing import Any

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import errors
from dashboard.text.audience import live as wording
from dashboard.ui import actor, cache, text, url_state
from dashboard.ui.components import mark_pad
from dashboard.ui.filters import View
from dashboard.views.live import common
from shop.access.roles import Actor
from shop.catalog import photos
from shop.core.clock import now_seconds
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.metrics.settings import shop_settings
from shop.streams import marks
from shop.streams.mark_choices import ShowableItem, showable_items
from shop.streams.marks import Mark
from shop.streams.show_list import ranking

PLATFORMS = ("douyin", "kuaishou", "tiktok")
KINDS = ("pin", "explain", "coupon", "lucky_bag", "hide")
ITEMS = "live.pad.items"
RECEIVED, REJECTED = "live.pad.received", "live.pad.refused"
MOST_STORED = 400  # ids of marks whose arrival is confirmed to the phone
WITH_PHOTO = 60


def show(_view: View) -> None:
    """The pad for one platform's session; a mark belongs to the session that runs at its moment."""
    common.hide_filters()
    # Nothing covers the pad: see mark_pad.js.
    st.html("<style>.stDialog { display: none !important; }</style>")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        common.back("sessions")
        platform = platform_choice(PLATFORMS[0])
    st.html(f'<h1 class="kb-sentence kb-pad-title">{t("live.pad.title")}</h1>')
    _pad(platform)
    text.note(t("live.pad.note"))


def platform_choice(usual: str) -> str:
    """The platform whose session a part is about, chosen in a row of buttons."""
    return url_state.choice(
        st.segmented_control,
        t("live.pad.platform"),
        PLATFORMS,
        "at",
        wording.platform,
        default=usual,
        label_visibility="collapsed",
        required=True,
    )


@st.fragment
def _pad(platform: str) -> None:
    """Only this part runs when marks arrive, so that a tap costs little."""
    known = _items(platform)
    data = {
        "now": now_seconds(),
        "zone": known["zone"],
        "platform": platform,
        "session": None,
        "kinds": list(KINDS),
        "items": known["items"],
        "recent": known["recent"],
        "received": list(_received()),
        "refused": list(st.session_state.get(REJECTED, {}).items()),
        "words": _words(),
    }
    mark_pad.show(data, _store)


def _words() -> dict[str, Any]:
    words: dict[str, Any] = {
        name: t(f"live.pad.{name}")
        for name in (
            "search",
            "all_sent",
            "offline",
            "nothing_shown",
            "nothing_hint",
            "undo",
            "undone",
            "unsent",
        )
    }
    words |= {
        "waiting": t("live.pad.waiting", count="%count%"),
        "waiting_offline": t("live.pad.waiting_offline", count="%count%"),
        "shown_since": t("live.pad.shown_since", at="%at%"),
        "show_typed": t("live.pad.show_typed", item="%item%"),
        "free": t("live.pad.free", free="%free%"),
        "views": {name: t(f"live.pad.views.{name}") for name in ("tonight", "recent", "all")},
        "empty": {name: t(f"live.pad.empty.{name}") for name in ("tonight", "recent", "all")},
        "kinds": {name: t(f"live.marks.kinds.{name}") for name in ("show", *KINDS)},
    }
    return words


# --- what can be shown -----------------------------------------------------------------------------


def _items(platform: str) -> dict[str, Any]:
    """The pieces to tap, read once per visit and platform: a mark must not wait for them to be read again."""
    stored = st.session_state.setdefault(ITEMS, {})
    if platform not in stored:
        stored[platform] = cache.cached(_read_items, platform, actor=actor.actor())
    result: dict[str, Any] = stored[platform]
    return result


def _read_items(db: Database, platform: str, *, actor: Actor) -> dict[str, Any]:
    tonight = {item.sku: place for place, item in enumerate(ranking(db, platform, actor=actor), 1)}
    items = showable_items(db)
    items.sort(key=lambda item: tonight.get(item.sku, len(tonight) + 1))
    pictures = photos.thumbs(db, [item.sku for item in items[:WITH_PHOTO]])
    with db.read() as connection:
        zone = shop_settings(connection).time_zone
    return {
        "zone": zone,
        "recent": [item for item, _ in marks.recent_items(db, platform)],
        "items": [_item(item, tonight.get(item.sku), pictures.get(item.sku)) for item in items],
    }


def _item(item: ShowableItem, tonight: int | None, picture: bytes | None) -> dict[str, Any]:
    return {
        "item": item.item,
        "sku": item.sku,
        "title": item.title,
        "free": item.free,
        "tonight": tonight,
        "photo": f"data:image/jpeg;base64,{b64encode(picture).decode()}" if picture else None,
    }


# --- what arrives ----------------------------------------------------------------------------------


def _received() -> OrderedDict[str, None]:
    result: OrderedDict[str, None] = st.session_state.setdefault(RECEIVED, OrderedDict())
    return result


def _store() -> None:
    """Store the marks that arrived, each once, then what was undone; and confirm them to the phone.

    An entry that cannot be stored is confirmed with the reason, so that it does not block the others.
    """
    received = _received()
    for entry in mark_pad.queue():
        name = str(entry.get("id") or "")
        if not name or name in received:
            continue
        try:
            if "undo" in entry:
                marks.undo_mark(cache.database(), str(entry["undo"]), actor=actor.actor())
            else:
                marks.add_marks(cache.database(), [_mark(entry)], actor=actor.actor())
        except ShopError as problem:
            st.session_state.setdefault(REJECTED, {})[name] = errors.error(problem)
        received[name] = None
    while len(received) > MOST_STORED:
        received.popitem(last=False)


def _mark(entry: dict[str, Any]) -> Mark:
    at = entry.get("at")
    return Mark(
        kind=str(entry.get("kind")),
        marked_at=int(at) if isinstance(at, int | float) and at == at else 0,
        platform=str(entry.get("platform")),
        session_id=entry.get("session") or None,
        item=entry.get("item") or None,
        sku=entry.get("sku") or None,
        mark_id=str(entry["id"]),
    )
