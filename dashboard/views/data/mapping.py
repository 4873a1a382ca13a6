"""The mapping editor: which column of an unknown table is what, with a preview before anything is stored."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import has, t
from dashboard.text import errors
from dashboard.text.choices import distinct_labels
from dashboard.text.markdown import literal
from dashboard.text.metrics import Column
from dashboard.ui import cache, tables, text, upload
from dashboard.ui.file_questions import platform_name
from dashboard.ui.upload import UnmappedTable
from etl.imports import importer
from etl.imports.preview import Preview, preview
from etl.profiles import model
from etl.profiles.draft import NONE, Draft, Question, candidates, text_of
from etl.profiles.fields import TABLES
from etl.profiles.kind import kind_of
from etl.profiles.suggest import best_table, complete, recognised_table
from shop.core.errors import ShopError
from shop.metrics.settings import shop_settings

FIRST_ROWS = 10
MAIN = {  # the fields that are always shown; the others stand below
    "order_line": [
        "order_id",
        "sku",
        "title",
        "quantity",
        "unit_price",
        "list_total",
        "paid",
        "shipping",
        "refund",
        "created_at",
        "paid_at",
        "status",
    ],
    "refund": ["order_id", "amount", "refunded_at", "requested_at", "status"],
    "listing": ["title", "sku", "spec", "price", "quantity", "status"],
    "comment": ["text", "written_at", "comment_id", "author_id", "nickname", "likes"],
    "live_session": ["started_at", "ended_at", "account", "title", "views", "viewers", "gmv"],
    "video": ["title", "published_at", "video_id", "views", "likes", "comments", "shares"],
    "video_day": ["video_id", "day", "views", "likes", "orders", "gmv"],
    "live_minute": ["session_id", "minute_at", "viewers", "comments", "product_clicks", "orders", "gmv"],
    "settlement": ["order_id", "settled_at", "paid_out", "platform_fee", "commission"],
}
SHOWN = {
    "order_line": [
        "order_id",
        "sku",
        "title",
        "quantity",
        "list_cents",
        "buyer_paid_cents",
        "shipping_cents",
        "status",
        "paid_on",
    ],
    "refund": ["order_id", "amount_cents", "refunded_on", "status"],
    "listing": ["sku", "title", "spec", "price_cents", "quantity", "status"],
    "product": ["product_code", "title", "family"],
    "comment": ["written_on", "text", "likes"],
    "live_session": ["started_on", "account", "title", "views", "viewers"],
    "video": ["published_on", "title", "views", "likes", "comments"],
    "video_day": ["day", "video_id", "views", "orders", "gmv_cents"],
    "live_minute": ["session_id", "minute_at", "viewers", "orders", "gmv_cents"],
    "settlement": ["settled_on", "order_id", "paid_out_cents", "platform_fee_cents", "commission_cents"],
}
ZONES = [
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Singapore",
    "Asia/Kuala_Lumpur",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Rome",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "Australia/Sydney",
    "UTC",
]


def editors() -> None:
    """An editor for each dropped table that no kind knows."""
    for file in upload.unknown_tables():
        with st.container(border=True, key=f"mapping-{file.file_id}"):
            _editor(file)


def _editor(file: UnmappedTable) -> None:
    text.heading(t("mapping.heading", file=file.name))
    with file.on_disk() as path:
        try:
            start = _start(file, path)
        except ShopError as problem:
            text.note(errors.error(problem))
            return
        text.note(t("mapping.note"))
        _first_rows(file, start)
        kind, columns, undecided = _columns(file, start)
        answered = _answers(file, start, kind, columns, undecided)
        if answered is None:
            return
        _preview_and_import(file, path, answered)


def _start(file: UnmappedTable, path: Path) -> Draft:
    """A dropped table, read once a session."""
    known: dict[str, Draft] = st.session_state.setdefault("mapping-drafts", {})
    if file.file_id not in known:
        known[file.file_id] = recognised_table(path, file.name, password=file.password)
    return known[file.file_id]


def _first_rows(file: UnmappedTable, start: Draft) -> None:
    rows = {name: cells.slice(0, FIRST_ROWS).to_pylist() for name, cells in start.whole.columns.items()}
    with st.expander(t("mapping.first_rows", count=min(len(start.whole), FIRST_ROWS)), expanded=True):
        st.dataframe(
            pd.DataFrame(rows).fillna(""), hide_index=True, key=f"rows-{file.file_id}", height="content"
        )


def _columns(file: UnmappedTable, start: Draft) -> tuple[str, dict[str, str], list[str]]:
    """The kind of record, the header of each field as the select boxes say, and fields that several headers fit."""
    try:
        guessed, _ = best_table(start)
    except ShopError:
        guessed = "order_line"
    kinds = list(TABLES)
    kind = st.selectbox(
        t("mapping.table"),
        kinds,
        index=kinds.index(guessed),
        key=f"table-{file.file_id}",
        format_func=lambda name: t(f"mapping.tables.{name}"),
    )
    draft = complete(start.restarted({}), kind, candidates(start, kind, TABLES[kind].fields)).draft
    suggested = draft.columns
    headers = [NONE, *dict.fromkeys(header for header in start.headers if header)]
    names = [
        *MAIN[kind],
        *(name for name in suggested if name not in MAIN[kind] and name in TABLES[kind].fields),
    ]
    others = [name for name in TABLES[kind].fields if name not in names]
    text.note(t("mapping.fields"))
    columns = _boxes(file, kind, names, headers, suggested)
    with st.expander(t("mapping.more")):
        columns |= _boxes(file, kind, others, headers, suggested)
    clocks = {name: header for name, header in suggested.items() if name.endswith("_clock")}
    chosen = {name: header for name, header in {**columns, **clocks}.items() if header != NONE}
    open_ = [q.code.removeprefix("columns.") for q in draft.questions if NONE not in q.choices]
    return kind, chosen, [name for name in open_ if name in columns and name not in chosen]


def _boxes(
    file: UnmappedTable, kind: str, names: list[str], headers: list[str], suggested: dict[str, str]
) -> dict[str, str]:
    result = {}
    with st.container(horizontal=True, gap="small"):
        for name in names:
            result[name] = st.selectbox(
                t(f"mapping.field.{name}"),
                headers,
                index=headers.index(suggested.get(name, NONE)),
                key=f"column-{file.file_id}-{kind}-{name}",
                format_func=lambda header: t("mapping.no_column") if header == NONE else header,
                width=260,
            )
    return result


def _answers(
    file: UnmappedTable, start: Draft, kind: str, columns: dict[str, str], undecided: list[str]
) -> dict[str, Any] | None:
    """The values of the profile with the answers to its questions; None while one is open."""
    draft = complete(start.restarted({f"columns.{n}": h for n, h in columns.items()}), kind, None).draft
    values = dict(draft.values)
    required = [q for q in draft.questions if q.code.startswith("columns.") and NONE not in q.choices]
    missing = dict.fromkeys([*(q.code.removeprefix("columns.") for q in required), *undecided])
    for name in missing:
        text.note(t("mapping.needed", field=t(f"mapping.field.{name}")))
    questions = [q for q in draft.questions if not q.code.startswith("columns.")]
    if questions:
        text.note(t("mapping.questions"))
    is_open = bool(missing)
    for question in questions:
        answer = _answer(file, question)
        is_open |= answer is None
        values[question.code] = answer
    if is_open:
        text.note(t("mapping.open"))
        return None
    values["name"] = f"{values['constants.platform']} {_stem(file.name)}"
    return values


def _stem(name: str) -> str:
    stem = "".join(sign for sign in Path(name).stem if not sign.isdigit()).strip(" -_()（）.")
    return stem or Path(name).stem


# Questions whose answer can be typed.
FREE = ("constants.platform", "constants.currency", "dates.time_zone", "dates.year")


def _answer(file: UnmappedTable, question: Question) -> str | None:
    section, _, rest = question.code.partition(".")
    place = question.code if has(f"mapping.ask.{question.code}") else section
    if section == "amounts":
        place = f"amounts.{rest.partition('.')[2]}"
    label = t(
        f"mapping.ask.{place}",
        column=literal(question.column or ""),
        samples=literal(t("mapping.between").join(question.samples[:3])),
        word=literal(rest),
    )
    choices = list(dict.fromkeys([*question.choices, *(ZONES if question.code == "dates.time_zone" else ())]))
    chosen: str | None = st.selectbox(
        label,
        choices,
        index=None,
        key=f"answer-{file.file_id}-{question.code}",
        placeholder=t("mapping.choose"),
        format_func=distinct_labels(choices, lambda choice: _choice(section, rest, choice)),
        accept_new_options=question.code in FREE,
    )
    return chosen


def _choice(section: str, rest: str, choice: str) -> str:
    if section == "status":
        return t(f"ask.status.meaning.{choice}")
    if section == "constants" and rest == "platform":
        return platform_name(choice)
    if section == "amounts":
        parts = choice.split(", ")
        return t("mapping.between").join(
            t(f"mapping.choice.{'none' if part == NONE else part}") for part in parts
        )
    return t(f"ask.dates.{choice}") if has(f"ask.dates.{choice}") else choice


def _preview_and_import(file: UnmappedTable, path: Path, values: dict[str, Any]) -> None:
    try:
        profile = model.read(text_of(values, ()), file.name)
        result = _previewed(file, path, profile)
    except ShopError as problem:
        text.note(errors.error(problem))
        return
    _show(file, profile.table, result)
    if st.button(
        t("mapping.import", count=result.read - len(result.reasons)), type="primary", key=f"go-{file.file_id}"
    ):
        try:
            report = importer.import_file(
                cache.database(), path, name=file.name, kind=kind_of(profile), password=file.password
            )
        except ShopError as problem:
            text.note(errors.error(problem))
            return
        file.store(report)
        st.rerun()


def _previewed(file: UnmappedTable, path: Path, profile: model.Profile) -> Preview:
    """The preview of a file by a profile, cached by the text of the profile."""
    known: dict[str, tuple[str, Preview]] = st.session_state.setdefault("mapping-previews", {})
    if known.get(file.file_id, ("",))[0] != profile.text:
        with cache.database().read() as connection:
            settings = shop_settings(connection)
        known[file.file_id] = (
            profile.text,
            preview(path, profile, settings, name=file.name, password=file.password),
        )
    return known[file.file_id][1]


def _show(file: UnmappedTable, table: str, result: Preview) -> None:
    """The totals, the first records and the rejected rows of a preview."""
    text.heading(t("mapping.preview"))
    if table == "order_line":
        words = t(
            "mapping.totals",
            orders=result.orders,
            pieces=result.pieces,
            money=_money(result.paid),
            refunds=_money(result.refunded),
            shipping=_money(result.shipping),
            unpaid=result.unpaid,
        )
    else:
        words = t("mapping.records", count=result.read - len(result.reasons))
    text.note(words)
    if result.records:
        kind = result.records[0]["table"]
        names = [name for name in SHOWN.get(kind, ()) if name in result.records[0]]
        shown = pd.DataFrame([_worded(record, names) for record in result.records])
        tables.show(f"preview-{file.file_id}", shown, [_column(name) for name in names])
    if result.reasons:
        text.note(t("mapping.aside", count=len(result.reasons)))
        rows = [(r.row, r.column, errors.reason(r.code, r.details)) for r in result.reasons[:FIRST_ROWS]]
        frame = pd.DataFrame(rows, columns=["row", "column", "reason"])
        tables.show(f"preview-aside-{file.file_id}", frame, upload.aside_columns()[1:])


def _worded(record: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The cells of a record: money in its own currency, status in words."""
    result = {name: record[name] for name in names}
    for name, value in result.items():
        if name.endswith("_cents") and value is not None:
            result[name] = format.exact_in(value, record["currency"])
        elif name == "status" and has(f"ask.status.meaning.{value}"):
            result[name] = t(f"ask.status.meaning.{value}")
    return result


def _column(name: str) -> Column:
    if name in ("quantity", "likes", "views", "viewers"):
        return Column(name, t(f"mapping.field.{name}"), "count")
    named = has(f"mapping.column.{name}")
    return Column(name, t(f"mapping.column.{name}") if named else t(f"mapping.field.{name}"))


def _money(totals: Counter[str]) -> str:
    known = [format.exact_in(cents, currency) for currency, cents in sorted(totals.items())]
    return t("mapping.between").join(known) or "0"
