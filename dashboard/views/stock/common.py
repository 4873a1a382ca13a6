"""The stock in words: its sentence, its tiles, names and moments; and what was done, with its undo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import catalog as catalog_words
from dashboard.text.safety.audit import person_name
from dashboard.text.tiles import Tile
from dashboard.ui import actor, cache, feedback, text, url_state
from dashboard.ui.filters import View
from dashboard.ui.run import read_once
from shop.access import audit
from shop.access.audit import AuditEntry
from shop.db.database import Database
from shop.metrics import settings
from shop.metrics.query import Query
from shop.stock import levels
from shop.stock.levels import StockSummary
from shop.undo import stock

COVER_DAYS = 30  # the pace at which pieces last is that of so many days
WITH_TILES = ("todo", "table")


def now() -> datetime:
    """This minute: what is read again within it need not be read again."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


def local(moment: datetime) -> datetime:
    """A moment as the shop's clock shows it."""
    return moment.astimezone(read_once("stock.zone", lambda: ZoneInfo(cache.cached(_zone))))


def _zone(db: Database) -> str:
    with db.read() as connection:
        return settings.shop_settings(connection).time_zone


def when(moment: datetime) -> str:
    """A moment in words; its day without the year."""
    at = local(moment)
    return t("stock.when", on=at.date(), at=at)


def order(platform: str, order_id: str) -> str:
    """An order with its platform."""
    return t("stock.order", platform=catalog_words.platform(platform), order=order_id)


def over(view: View) -> Query:
    """The days at whose pace the pieces on hand last."""
    return Query(("gmv",), view.at.on - timedelta(days=COVER_DAYS - 1), view.at.on)


# --- in one sentence and four tiles ----------------------------------------------------------------


def sentence(summary: StockSummary, returns: int) -> str:
    """How many pieces there are, and the most urgent of what is wrong."""
    fields = {
        "pieces": summary.pieces,
        "skus": summary.skus,
        "short": summary.short,
        "undecided": summary.undecided,
        "low": summary.low,
        "uncounted": summary.uncounted,
        "returns": returns,
    }
    state = (
        "uncounted"
        if not summary.is_counted
        else "short"
        if summary.undecided
        else "low"
        if summary.low
        else "back"
        if returns
        else "fine"
    )
    return t(f"stock.sentence.{state}", **fields)


def tiles(summary: StockSummary) -> list[Tile]:
    """On hand, reserved, sold and not there, low."""
    return [
        Tile(
            t("stock.tiles.pieces"),
            format.count(summary.pieces),
            base=t("stock.tiles.pieces_base", skus=summary.skus),
            tip=t("stock.tiles.pieces_tip"),
        ),
        Tile(
            t("stock.tiles.held"),
            format.count(summary.reserved),
            base=t("stock.tiles.held_base", holds=summary.reservations),
            tip=t("stock.tiles.held_tip"),
        ),
        Tile(
            t("stock.tiles.short"),
            format.count(summary.short),
            base=t("stock.tiles.short_base", undecided=summary.undecided)
            if summary.short
            else t("stock.tiles.short_none"),
            tip=t("stock.tiles.short_tip"),
        ),
        Tile(
            t("stock.tiles.low"),
            format.count(summary.low),
            base=t("stock.tiles.low_base", out=summary.out)
            if summary.with_mark
            else t("stock.tiles.low_unset"),
            tip=t("stock.tiles.low_tip"),
        ),
    ]


def has_tiles(summary: StockSummary, part: str) -> bool:
    """Whether a part has space for the tiles: not while many cells are edited."""
    is_edited = part == "table" and url_state.get("edit") == "1"
    return summary.is_counted and part in WITH_TILES and not is_edited


def first_part(summary: StockSummary, *, is_open: bool) -> str:
    """What the page begins with: what was sold twice, a count that goes on, else the table."""
    if summary.undecided:
        return "todo"
    return "count" if is_open or not summary.is_counted else "table"


def part_name(name: str, summary: StockSummary, returns: int) -> str:
    """What a part is called, with how many things wait in it."""
    waits = {"todo": summary.undecided + returns, "holds": summary.reservations}.get(name, 0)
    return f"{t(f'stock.parts.{name}')} {waits}" if waits else t(f"stock.parts.{name}")


# --- what was done ---------------------------------------------------------------------------------


def done(message: str, **back: Any) -> None:
    """Report what was done, with its undo: `back` is what the command wrote down (movements=[7])."""
    number = stock.number_of(cache.database(), **back) if back else None
    feedback.report(message, None if number is None else partial(undo_change, number))


def undo_change(audit_id: int) -> None:
    """Undo one command of the stock as the current user."""
    stock.undo(cache.database(), audit_id, actor=actor.actor())


def history() -> None:
    """The part of the page: the last commands of the stock, each with its undo."""
    result = cache.cached(audit.recent, actions=stock.ACTIONS, limit=40)
    text.heading(t("stock.history.title"))
    if not result:
        text.note(t("stock.history.none"))
    with st.container(gap="xsmall", key="stock-history"):
        for item in result:
            _done(item)


def _done(item: AuditEntry) -> None:
    with st.container(
        horizontal=True,
        vertical_alignment="center",
        key=f"change-{item.audit_id}",
        horizontal_alignment="distribute",
    ):
        line = t("stock.history.line", who=person_name(item.actor), what=_action(item))
        if item.undone_by:
            line += " · " + t("stock.history.undone", who=person_name(item.undone_by))
        text.note(f"{when(item.done_at)} · {line}")
        if item.can_undo:
            st.button(
                t("stock.undo"),
                key=f"undo-{item.audit_id}",
                type="tertiary",
                icon=":material/undo:",
                on_click=_undo,
                args=(item.audit_id,),
            )


def _action(item: AuditEntry) -> str:
    name = item.action.replace(".", "_")
    return t(f"stock.verbs.{name}", subject=item.subject, changes=item.changes)


def _undo(audit_id: int) -> None:
    if feedback.tried(undo_change, audit_id):
        feedback.report(t("stock.undone"))


def names() -> Mapping[str, str]:
    """Every SKU whose stock is or could be tracked, by what it is called."""
    return {sku: f"{title} ({sku})" for sku, title in cache.cached(levels.titles).items()}
