"""The catalog in words: its sentence, its tiles, names of platforms and states, what a check reports."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.catalog import COMMANDS, command, finding, label, platform, shown
from dashboard.text.markdown import literal
from dashboard.text.metrics import Column
from dashboard.text.safety.audit import person_name
from dashboard.text.tiles import Tile
from dashboard.ui import cache, feedback, tables, text
from shop.access import audit
from shop.access.audit import AuditEntry
from shop.listings import details
from shop.listings.catalog_table import CatalogSummary
from shop.listings.details import ToDo
from shop.listings.readiness import Finding
from shop.metrics import settings
from shop.undo import catalog

WITH_TILES = ("table", "queue")


def sentence(summary: CatalogSummary, unmatched: int, to_do: Sequence[ToDo]) -> str:
    """The state of the catalog in one sentence: what waits, or what is to be done."""
    fields = {
        "products": summary.products,
        "variants": summary.variants,
        "live": summary.live,
        "waiting": unmatched,
        "to_do": len(to_do),
    }
    if unmatched:
        return t("listings.sentence_waiting", **fields)
    return t("listings.sentence_to_do" if to_do else "listings.sentence", **fields)


def tiles(summary: CatalogSummary, unmatched: int, to_do: Sequence[ToDo]) -> list[Tile]:
    """What is live, what is lacking, what waits."""
    of_variants = t("listings.tiles.of_variants", variants=summary.variants)
    result = [
        Tile(
            t("listings.tiles.live"),
            format.count(summary.live),
            base=t("listings.tiles.live_base", drafts=summary.drafts, paused=summary.paused),
            tip=t("listings.tiles.live_tip"),
        ),
        Tile(
            t("listings.tiles.photo"),
            format.count(summary.without_photo),
            base=of_variants,
            tip=t("listings.tiles.photo_tip"),
        ),
        Tile(
            t("listings.tiles.measures"),
            format.count(summary.without_measures),
            base=of_variants,
            tip=t("listings.tiles.measures_tip"),
        ),
        Tile(
            t("listings.tiles.waiting"),
            format.count(unmatched),
            base=t("listings.tiles.waiting_base"),
            tip=t("listings.tiles.waiting_tip"),
        ),
    ]
    if to_do:
        result.append(
            Tile(
                t("listings.tiles.todo"),
                format.count(len(to_do)),
                base=t("listings.tiles.todo_base"),
                tip=t("listings.tiles.todo_tip"),
            )
        )
    return result


def first_part(summary: CatalogSummary, unmatched: int) -> str:
    """What the page begins with: what waits, else the table, else the form for the first piece."""
    return "queue" if unmatched else "table" if summary.variants else "new"


def findings(result: Sequence[Finding], currency: str = "", *, key: str = "") -> None:
    """What a check reports, as a list."""
    for title, blocks in (("listings.one.blocks", True), ("listings.one.advises", False)):
        some = [item for item in result if item.blocks == blocks]
        if some:
            text.note(t(title))
            with st.container(key=f"findings-{blocks}-{key}", gap=None):
                for item in some:
                    icon = "error" if blocks else "info"
                    st.markdown(f":material/{icon}: {literal(finding(item, currency))}")


# --- what was done -------------------------------------------------------------------------------


def history() -> None:
    """The last changes, each with its undo."""
    result = cache.cached(audit.recent, actions=COMMANDS, limit=30)
    text.heading(t("listings.history.title"))
    if not result:
        text.note(t("listings.history.none"))
    with cache.database().read() as connection:
        zone = ZoneInfo(settings.shop_settings(connection).time_zone)
    for item in result:
        _change(item, zone)


def _change(item: AuditEntry, zone: ZoneInfo) -> None:
    at = item.done_at.astimezone(zone)
    what = command(item)
    with st.container(
        horizontal=True,
        vertical_alignment="center",
        key=f"change-{item.audit_id}",
        horizontal_alignment="distribute",
    ):
        line = t("listings.history.line", who=person_name(item.actor), what=what)
        if item.undone_by:
            line += " · " + t("listings.history.undone", who=person_name(item.undone_by))
        text.note(f"{t('listings.history.when', on=at.date(), at=at)} · {line}")
        if item.can_undo:
            st.button(
                t("listings.undo.button"),
                key=f"undo-{item.audit_id}",
                type="tertiary",
                icon=":material/undo:",
                on_click=_undo,
                args=(item.audit_id,),
            )


def _undo(audit_id: int) -> None:
    if feedback.act(catalog.undo, audit_id) is not None:
        feedback.report(t("listings.undo.undone"))


# --- what is still to be done on the platforms -----------------------------------------------------


def saved(cells: int) -> str:
    """That changes were saved here, and how many the platforms do not have yet."""
    message = t("listings.undo.saved", cells=cells)
    remaining = len(cache.cached(details.to_do))
    return f"{message} {t('listings.undo.not_there_yet', count=remaining)}" if remaining else message


def to_do_table(result: Sequence[ToDo]) -> None:
    """What was changed here and still has to be changed on the platforms by hand."""
    table = pd.DataFrame(
        [
            (
                platform(item.platform),
                item.title,
                label(item.field),
                shown(item.field, item.current, item.currency),
                shown(item.field, item.wanted, item.currency),
            )
            for item in result
        ],
        columns=["platform", "title", "what", "now", "wanted"],
    )
    text.heading(t("listings.table.to_do"))
    tables.show(
        "to-do",
        table,
        [
            Column("platform", t("listings.table.to_do_platform")),
            Column("title", label("listing_title")),
            Column("what", t("listings.table.to_do_what")),
            Column("now", t("listings.table.to_do_now")),
            Column("wanted", t("listings.table.to_do_wanted")),
        ],
    )
