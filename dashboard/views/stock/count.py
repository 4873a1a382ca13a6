"""Counting the stock, phone in hand: choose a place, a tap for each line, the differences at the end."""

from __future__ import annotations

from base64 import b64encode
from functools import partial
from html import escape

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.choices import distinct_labels
from dashboard.text.markdown import literal
from dashboard.text.safety.audit import person_name
from dashboard.ui import cache, feedback, text, url_state
from dashboard.ui.frame import changes
from dashboard.views.stock import common
from dashboard.views.stock.count_finish import finish_panel
from dashboard.views.stock.table import ANY, NOWHERE, place_name, place_of
from shop.catalog import photos
from shop.stock import count_page, counts, levels, opening
from shop.stock.count_page import CountLine, CountPage, StockCount
from shop.undo import stock

LINES = 20
BUTTONS = 24  # more places than that are chosen from a list


def count() -> None:
    """The part of the page: the count that goes on, or where to begin one, and the past ones."""
    value = url_state.get("count")
    item = cache.cached(count_page.count_of, int(value)) if value.isdecimal() else None
    if item is not None and item.status == "open":
        _counting(item)
        return
    _begin()
    _past()


# --- begin -----------------------------------------------------------------------------------------


def _begin() -> None:
    for item in cache.cached(count_page.counts):
        with st.container(key=f"touch-open-{item.count_id}"):
            st.button(
                literal(
                    t(
                        "stock.count.go_on",
                        place=_place(item),
                        lines=item.lines,
                        who=person_name(item.started_by),
                        when=common.when(item.started_at),
                    )
                ),
                key=f"go-on-{item.count_id}",
                type="primary",
                icon=":material/play_arrow:",
                on_click=url_state.put,
                args=("count", str(item.count_id)),
            )
    places = cache.cached(levels.places)
    text.heading(t("stock.count.where"))
    text.note(t("stock.count.how"))
    _opening()
    names = [name or NOWHERE for name in places]
    with st.container(horizontal=True, key="touch-places", vertical_alignment="bottom"):
        if len(names) > 1 or names == [NOWHERE]:
            _start(ANY, sum(places.values()))
        if names == [NOWHERE]:
            return
        if len(names) <= BUTTONS:
            for name in names:
                _start(name, places[place_of(name) or ""])
        else:
            chosen = st.selectbox(
                t("stock.place"),
                names,
                format_func=distinct_labels(names, place_name),
                width=220,
                key="count-place",
            )
            _start(chosen, places[place_of(chosen) or ""])


def _start(name: str, skus: int) -> None:
    label = literal(t("stock.count.start", place=_where(name), skus=skus))
    st.button(label, key=f"start-{name}", on_click=_started, args=(place_of(name),))


def _where(name: str) -> str:
    """What is counted: the whole stock, what has no place, or one place."""
    return t("stock.count.all") if name == ANY else place_name(name)


def _place(item: StockCount) -> str:
    return _where(ANY if item.place is None else item.place or NOWHERE)


def _started(place: str | None) -> None:
    number = feedback.act(counts.start, place=place)
    if number is not None:
        url_state.put("count", str(number))
        st.session_state.pop(feedback.DONE, None)


def _opening() -> None:
    """What platforms state as stock, to begin with where nobody counted yet."""
    result = cache.cached(opening.opening_quantities)
    if not result:
        return
    with st.container(border=True, key="touch-stated"):
        text.note(t("stock.count.stated", skus=len(result), pieces=opening.total_pieces(result)))
        st.button(
            t("stock.count.accept"), key="accept-stated", on_click=_accepted, icon=":material/inventory:"
        )


def _accepted() -> None:
    number = feedback.act(opening.accept, opening.opening_quantities(cache.database()))
    if number is not None:
        common.done(t("stock.count.accepted"), count_id=number)


# --- count -----------------------------------------------------------------------------------------


def _counting(item: StockCount) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", key="count-head", vertical_alignment="center"
    ):
        text.heading(t("stock.count.title", place=_place(item)))
        st.button(
            t("stock.count.later"),
            key="count-later",
            type="tertiary",
            on_click=url_state.put,
            args=("count", ""),
        )
    _lines(item)


@st.fragment
def _lines(item: StockCount) -> None:
    """All that changes from tap to tap: progress, lines, and how to end."""
    if url_state.get("count") != str(item.count_id):
        st.rerun()  # it was finished or given up: the page around this part has to follow
    changes.show_seen()
    feedback.show_error()
    with st.container(horizontal=True, key="count-find", vertical_alignment="center"):
        wanted = st.text_input(
            t("stock.count.find"),
            key="count-text",
            width=220,
            label_visibility="collapsed",
            placeholder=t("stock.count.find_hint"),
        )
        left = st.toggle(t("stock.count.left"), key="count-only-left")
    page = int(st.session_state.get(_page_key(item), 1))
    lines = cache.cached(
        count_page.count_page, item.count_id, item.place, text=wanted, left=left, number=page, size=LINES
    )
    _progress(lines)
    thumbs = cache.cached(photos.thumbs, tuple(sorted(line.level.sku for line in lines.lines)))
    for line in lines.lines:
        _line(item, line, thumbs.get(line.level.sku))
    if not lines.lines:
        text.note(t("stock.count.nothing_found" if wanted else "stock.count.all_done"))
    pages = -(-lines.shown // LINES)
    if pages > 1:
        st.pagination(
            pages,
            default=min(page, pages),
            key=f"pages-{item.count_id}-{pages}-{page}",
            max_visible_pages=5,
            on_change=_turned,
            args=(item, pages, page),
        )
    finish_panel(item, lines)


def _page_key(item: StockCount) -> str:
    return f"count-page-{item.count_id}"


def _turned(item: StockCount, pages: int, page: int) -> None:
    st.session_state[_page_key(item)] = st.session_state[f"pages-{item.count_id}-{pages}-{page}"]


def _progress(page: CountPage) -> None:
    share = page.done / page.total if page.total else 0.0
    progress = t("stock.count.progress", done=page.done, total=page.total, differ=len(page.differences))
    with st.container(key="count-progress"):
        st.progress(min(share, 1.0), text=progress)


def _line(item: StockCount, line: CountLine, thumb: bytes | None) -> None:
    """One SKU: the recorded quantity, a tap for as expected, a stepper for anything else."""
    sku = line.level.sku
    with st.container(key=f"line-{item.count_id}-{sku}", gap=None):
        st.html(_named(line, thumb))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            key = f"pieces-{item.count_id}-{sku}"
            shown = line.expected if line.counted is None else line.counted
            if st.session_state.get(key) != shown:  # what a quick finger tapped on meanwhile stays
                st.session_state[key] = shown
            st.number_input(
                literal(t("stock.count.pieces", what=line.level.title)),
                key=key,
                width=156,
                min_value=0,
                step=1,
                max_value=counts.MOST_PIECES,
                label_visibility="collapsed",
                on_change=_typed,
                args=(item.count_id, sku, key),
            )
            if line.counted is None:
                message = "stock.count.expected" if line.expected else "stock.count.none_there"
                st.button(
                    t(message, pieces=line.expected),
                    key=f"right-{item.count_id}-{sku}",
                    icon=":material/check:",
                    width="stretch",
                    type="secondary",
                    on_click=_counted,
                    args=(item.count_id, sku, line.expected),
                )
            else:
                st.button(
                    _result(line),
                    key=f"again-{item.count_id}-{sku}",
                    type="tertiary",
                    icon=":material/undo:",
                    width="stretch",
                    help=t("stock.count.again"),
                    on_click=_counted,
                    args=(item.count_id, sku, None),
                )


def _named(line: CountLine, thumb: bytes | None) -> str:
    """What is counted: picture, name, SKU, and what of it waits for a parcel."""
    item = line.level
    state = "todo" if line.counted is None else "differs" if line.difference else "right"
    remarks = [
        item.sku,
        item.place or "",
        t("stock.count.held", pieces=item.reserved) if item.reserved else "",
        t("stock.count.to_send", pieces=line.to_send) if line.to_send else "",
        "" if item.is_counted else t("stock.count.first"),
    ]
    picture = (
        f'<img alt="" src="data:image/jpeg;base64,{b64encode(thumb).decode()}">'
        if thumb
        else '<span class="kb-nophoto"></span>'
    )
    return (
        f'<div class="kb-line kb-{state}">{picture}<div><b>{escape(item.title)}</b>'
        f"<small>{escape(' · '.join(filter(None, remarks)))}</small></div></div>"
    )


def _result(line: CountLine) -> str:
    """What the count of a line came to."""
    if not line.difference:
        return t("stock.count.right")
    key = "stock.count.more" if line.difference > 0 else "stock.count.fewer"
    return t(key, pieces=abs(line.difference))


def _typed(count_id: int, sku: str, key: str) -> None:
    _counted(count_id, sku, int(st.session_state[key] or 0))


def _counted(count_id: int, sku: str, pieces: int | None) -> None:
    feedback.act(counts.count, count_id, {sku: pieces})


# --- past counts -----------------------------------------------------------------------------------


def _past() -> None:
    result = cache.cached(count_page.counts, past=True)
    if not result:
        return
    text.heading(t("stock.count.past"))
    for item in result:
        _past_one(item)


def _past_one(item: StockCount) -> None:
    line = t(
        "stock.count.past_line",
        place=_place(item),
        when=common.when(item.finished_at or item.started_at),
        who=person_name(item.finished_by or ""),
        right=item.lines_right,
        lines=item.lines,
        accuracy=_share(item),
    )
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        key=f"past-{item.count_id}",
        vertical_alignment="center",
    ):
        if item.status == "taken_back":
            text.note(f"{line} · {t('stock.count.was_taken_back')}")
            return
        text.note(line)
        st.button(
            t("stock.count.take_back"),
            key=f"back-{item.count_id}",
            type="tertiary",
            icon=":material/undo:",
            on_click=_undo,
            args=(item.count_id,),
        )


def _share(item: StockCount) -> str:
    return format.rate(item.pieces_right / item.pieces) if item.pieces else format.UNKNOWN


def _undo(count_id: int) -> None:
    number = stock.number_of(cache.database(), count_id=count_id)
    back = partial(common.undo_change, number) if number else None
    if back is not None and feedback.tried(back):
        feedback.report(t("stock.undone"))
