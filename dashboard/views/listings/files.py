"""The catalog as a file: out as one table, in from our table or from Shopify's and Etsy's files.

What a file would change is shown before anything is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import catalog, errors
from dashboard.text.imports import file_kind
from dashboard.ui import actor as people
from dashboard.ui import cache, feedback, text, upload
from dashboard.ui.file_questions import CURRENCIES
from etl.catalog import catalog_file, product_export
from etl.imports import importer
from etl.imports.report import FileReport
from shop.core.errors import ShopError
from shop.listings import catalog_import, catalog_table
from shop.listings.catalog_import import CatalogImportPlan
from shop.stock import opening

KINDS = ["csv", "tsv", "txt", "xlsx", "xlsm", "xls"]
MIMES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
ROUND, STOCK_KEY = "catalog-file", "catalog-stated"
SHOWN = 10


def files() -> None:
    """The part of the page: export, import with its preview, opening stock."""
    _opening_stock()
    text.heading(t("listings.files.drop"))
    upload.speak(t("data.choose"), t("data.drop_here"))
    number = st.session_state.setdefault(ROUND, 0)
    file = st.file_uploader(
        t("listings.files.drop"),
        type=KINDS,
        key=f"{ROUND}-{number}",
        help=t("listings.files.drop_help"),
        label_visibility="collapsed",
    )
    text.note(t("listings.files.drop_help"))
    if file is not None:
        _looked_at(file)
    text.heading(t("listings.files.out"))
    text.note(t("listings.files.out_note"))
    _download()


def _download() -> None:
    """Our own table, and the shapes of the platforms' product files; created when they are requested."""
    actor = people.actor()
    with st.container(horizontal=True, key="download-catalog"):
        for kind, mime in MIMES.items():
            write = partial(catalog_table.export_bytes, cache.database(), kind, language(), actor=actor)
            _button(kind, kind.upper(), write, kind, mime)
        for name, export in (("shopify", product_export.as_shopify), ("etsy", product_export.as_etsy)):
            _button(
                name,
                catalog.platform(name),
                partial(export, cache.database(), actor=actor),
                "csv",
                MIMES["csv"],
            )


def _button(name: str, shown: str, write: Callable[[], bytes], ending: str, mime: str) -> None:
    st.download_button(
        t("download", kind=shown),
        write,
        file_name=f"kilnboard-{name}.{ending}",
        mime=mime,
        key=f"catalog-{name}",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
    )


def _looked_at(file: Any) -> None:
    """What a dropped file would do, and the button that does it; looked at once per state."""
    currency = CURRENCIES[0]
    try:
        if _ours(file):
            plan: CatalogImportPlan = _cached(
                (file.file_id, "sheet"),
                file,
                lambda path: catalog_file.plan_import(
                    cache.database(), path, actor=people.actor(), name=file.name
                ),
            )
            _catalog_table(file.name, plan)
            return
        with st.container(border=True, key="touch-platform-file"):
            currency = st.selectbox(t("listings.files.currency"), CURRENCIES, width=140, key="file-currency")
            _platform_file(file, {"saved_at": _saved_at(file), "currency": currency})
    except ShopError as problem:
        text.error(problem)


def _ours(file: Any) -> bool:
    return bool(_cached((file.file_id, "ours"), file, lambda path: catalog_file.is_ours(path, file.name)))


def _saved_at(file: Any) -> int:
    """When a file was dropped: the same on every run of the page."""
    return int(_cached((file.file_id, "at"), file, lambda _: datetime.now(UTC).timestamp(), once=True))


def _cached(key: Any, file: Any, make: Callable[[Path], Any], *, once: bool = False) -> Any:
    """What was determined about a file, until the database changes (`once`: for good)."""
    known = st.session_state.setdefault("catalog-looked", {})
    place = (key, 0 if once else cache.database().version(), language())
    if place not in known:
        with upload.on_disk(file) as path:
            known[place] = make(path)
    return known[place]


def _catalog_table(name: str, plan: CatalogImportPlan) -> None:
    with st.container(border=True, key="touch-sheet"):
        text.note(t("listings.files.looked", file=name, rows=plan.rows))
        if plan.added:
            text.note(
                t(
                    "listings.files.adds",
                    products=plan.count("product"),
                    variants=plan.count("variant"),
                    listings=plan.count("listing"),
                )
            )
        if plan.changes:
            text.note(t("listings.files.changes", cells=len(plan.changes)))
            for item in plan.changes[:SHOWN]:
                st.text(
                    t(
                        "listings.table.change",
                        what=" ".join(item.key),
                        field=_label(item.field),
                        before=catalog.shown(item.field, item.before, item.currency),
                        after=catalog.shown(item.field, item.after, item.currency),
                    )
                )
        if plan.ignored:
            text.note(t("listings.files.ignored", columns=format.listed(plan.ignored)))
        if plan.rejected:
            text.note(t("listings.files.refused", count=len(plan.rejected)))
            for rejected in plan.rejected[:SHOWN]:
                st.text(
                    t("listings.files.refused_row", row=rejected.where, reason=errors.error(rejected.problem))
                )
        if plan.added or plan.changes:
            st.button(t("listings.files.go"), type="primary", key="sheet-go", on_click=_apply, args=(plan,))
        else:
            text.note(t("listings.files.nothing"))


def _label(name: str) -> str:
    """What a column of the worksheet is called."""
    if name in catalog_table.EXTRAS:
        return catalog_table.extras_label(name, language())
    return catalog.label(name)


def _apply(plan: CatalogImportPlan) -> None:
    audit = feedback.act(catalog_import.apply, plan)
    if audit is not None:
        changes = len(plan.added) + len(plan.changes)
        feedback.report(t("listings.undo.imported", changes=changes), audit)
        st.session_state[ROUND] += 1


def _platform_file(file: Any, settings: dict[str, Any]) -> None:
    """What a platform's product file would bring; Shopify's names no currency."""

    def read(path: Path, *, dry_run: bool) -> FileReport:
        return importer.import_file(
            cache.database(), path, name=file.name, settings=settings, dry_run=dry_run
        )

    report: FileReport = _cached((file.file_id, settings["currency"]), file, partial(read, dry_run=True))
    text.note(
        t(
            "listings.files.platform_file",
            file=file.name,
            kind=file_kind(report.kind),
            read=report.read,
            stored=report.stored,
            aside=report.rejected,
        )
    )
    text.note(t("listings.files.kept"))
    for reason in report.reasons[:SHOWN]:
        st.text(
            t("listings.files.refused_row", row=reason.row, reason=errors.reason(reason.code, reason.details))
        )
    if st.button(t("listings.files.go"), type="primary", key="file-go"):
        with upload.on_disk(file) as path:
            _imported(read(path, dry_run=False))
        st.rerun()


def _imported(report: FileReport) -> None:
    feedback.report(
        t(
            "listings.files.done",
            file=report.file,
            stored=report.stored,
            unchanged=report.unchanged,
            aside=report.rejected,
        )
    )
    st.session_state[ROUND] += 1
    st.session_state[STOCK_KEY] = True


def _opening_stock() -> None:
    """The stock that files state for what nobody has counted: taken only when it is confirmed."""
    rows = cache.cached(opening.opening_quantities)
    if not rows or not st.session_state.get(STOCK_KEY):
        return
    with st.container(border=True, key="touch-opening"):
        text.note(t("listings.files.stock", skus=len(rows), pieces=opening.total_pieces(rows)))
        st.button(t("listings.files.stock_go"), key="opening-go", on_click=_accept, args=(rows,))


def _accept(rows: tuple[opening.OpeningQuantity, ...]) -> None:
    count = feedback.act(opening.accept, rows)
    if count is not None:
        st.session_state.pop(STOCK_KEY, None)
        feedback.report(
            t("listings.undo.stocked", skus=len(rows)),
            partial(opening.undo, cache.database(), count, actor=people.actor()),
        )
