"""Labels: choose SKUs, pieces and places, print them; and the label that the camera sees opens its SKU."""

from __future__ import annotations

import streamlit as st
from PIL import Image

from dashboard.i18n.messages import t
from dashboard.reports import labels, pdf
from dashboard.text.choices import distinct_labels
from dashboard.ui import cache, text, url_state
from dashboard.ui.run import in_this_run
from shop.catalog import label_subjects
from shop.catalog.label_codes import LabelSubject, UnknownCode, subject_of
from shop.catalog.label_subjects import LabelEntry
from shop.db.database import Database

KINDS = ("piece", "sku", "place")
ANY = "any"


def print_labels() -> None:
    """The part of the page: what to label, on which paper."""
    entries = cache.cached(label_subjects.label_entries)
    if not entries:
        text.note(t("labels.none"))
        return
    places = tuple(dict.fromkeys(entry.place for entry in entries if entry.place))
    with st.container(horizontal=True, vertical_alignment="bottom", key="touch-labels"):
        kinds = st.segmented_control(
            t("labels.kinds"),
            KINDS,
            key="label-kinds",
            default="piece" if any(entry.kind == "piece" for entry in entries) else "sku",
            format_func=lambda name: t(f"labels.kind.{name}"),
            required=True,
        )
        place = st.selectbox(
            t("labels.place"),
            (ANY, *places),
            key="label-place",
            width=180,
            format_func=lambda name: t("labels.any") if name == ANY else name,
        )
    shown = {entry.of: entry for entry in entries if entry.kind == kinds and place in (ANY, entry.place)}
    chosen = st.multiselect(
        t("labels.choose"),
        tuple(shown),
        default=tuple(shown)[:24],
        key=f"label-subjects-{kinds}-{place}",
        format_func=distinct_labels(shown, lambda of: _named(shown[of])),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        paper = url_state.choice(
            st.selectbox,
            t("labels.paper"),
            tuple(labels.PAPERS),
            "paper",
            lambda name: t(f"labels.papers.{name}"),
            default="a4_24",
            width=220,
        )
        symbol = url_state.choice(
            st.selectbox,
            t("labels.symbol"),
            labels.SYMBOLS,
            "symbol",
            lambda name: t(f"labels.symbols.{name}"),
            width=170,
        )
        across, down = labels.PAPERS[paper].grid
        skip = st.number_input(t("labels.skip"), 0, max(across * down - 1, 1), 0, key="label-skip", width=200)
    text.note(t("labels.note"))
    with st.container(horizontal=True, key="touch-print"):
        for kind in ("html", "pdf") if pdf.browser() else ("html",):
            st.download_button(
                t("labels.print", count=len(chosen), kind=kind.upper()),
                in_this_run(_file, cache.database(), tuple(chosen), paper, symbol, int(skip), kind),
                file_name=f"kilnboard-labels.{kind}",
                mime="text/html" if kind == "html" else "application/pdf",
                key=f"print-{kind}",
                type="primary" if kind == "html" else "secondary",
                icon=":material/print:",
                disabled=not chosen,
                on_click="ignore",
            )


def _named(entry: LabelEntry) -> str:
    return entry.title if entry.kind == "place" else f"{entry.title} ({entry.subject})"


def _file(
    db: Database, subjects: tuple[LabelSubject, ...], paper: str, symbol: str, skip: int, kind: str
) -> bytes:
    printed = [
        labels.PrintedLabel(item.code, item.title, item.detail)
        for item in label_subjects.labels_of(db, subjects)
    ]
    page = labels.html(
        printed, paper, "code128" if symbol == "code128" else "qr", title=t("labels.title"), skip=skip
    )
    return pdf.pdf(page) if kind == "pdf" else page.encode()


def scan() -> None:
    """The part of the page: a photo of a label, or its code typed, opens what it is on."""
    picture = st.camera_input(t("labels.camera"), key="label-camera")
    typed = st.text_input(t("labels.typed"), key="label-typed", max_chars=12)
    codes = [typed] if typed.strip() else labels.read_codes(Image.open(picture)) if picture else []
    if picture and not codes:
        text.note(t("labels.unread"))
    for code in codes:
        try:
            subject = subject_of(cache.database(), code)
        except UnknownCode as problem:
            text.error(problem)
            continue
        _result(code.strip().upper(), subject)


def _result(code: str, subject: LabelSubject) -> None:
    """What the label is on, and the way to it."""
    entries = {entry.of: entry for entry in cache.cached(label_subjects.label_entries)}
    entry = entries.get(subject)
    text.heading(t("labels.read", code=code, name=_named(entry) if entry else subject.subject))
    with st.container(key="touch-scanned"):
        st.button(
            t("labels.open"),
            key=f"open-{code}",
            type="primary",
            icon=":material/open_in_new:",
            on_click=_open,
            args=(subject,),
        )


def _open(subject: LabelSubject) -> None:
    if subject.kind == "place":
        url_state.put("stock", "table")
        url_state.put("place", subject.subject)
    else:
        url_state.put("stock", "one")
        url_state.put("sku", subject.subject)
