"""The campaign calendar as an editable table on the growth page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import comparison
from dashboard.text.choices import distinct_labels
from dashboard.text.metrics import Column
from dashboard.ui import cache, feedback, filters, row_list, text
from dashboard.ui.actor import actor
from shop.core.periods import Period
from shop.growth.comparison import campaigns
from shop.growth.comparison.campaigns import Edition
from shop.metrics.tables import records

YEARS_BACK, YEARS_AHEAD = 2, 1
COLUMNS = ("name", "year", "start", "end", "source")


def show(view: filters.View) -> None:
    """The campaigns of last, this and next year; whoever may, edits dates, adds and removes rows."""
    years = range(view.at.on.year - YEARS_BACK, view.at.on.year + YEARS_AHEAD + 1)
    result = cache.cached(campaigns.editions, years)
    feedback.bar()
    text.note(t("campaigns.note"))
    may_edit = actor().may("edit_calendar")
    with st.container(key="narrow-campaigns"):
        row_list.show(table(result), _columns())
        if may_edit:
            _one(result, view.at.on)
    with st.container(key="wide-campaigns"):
        text.note(t("campaigns.note_cells"))
        changes = changed(result, records(_editor(result, view.at.on.year, may_edit=may_edit)))
        if not may_edit or not changes.any:
            return
        text.lines([t("campaigns.changes", set=len(changes.written), removed=len(changes.removed))])
        if st.button(t("campaigns.save"), type="primary", key="campaigns-save"):
            _save(changes)


def _editor(result: tuple[Edition, ...], year: int, *, may_edit: bool) -> pd.DataFrame:
    """The calendar as cells, for wide screens."""
    return st.data_editor(
        table(result),
        key="campaigns",
        hide_index=True,
        num_rows="dynamic" if may_edit else "fixed",
        disabled=["source"] if may_edit else True,
        column_config={
            "name": st.column_config.TextColumn(t("campaigns.name"), required=True),
            "year": st.column_config.NumberColumn(
                t("campaigns.year"), required=True, format="%d", min_value=1903, max_value=2097, default=year
            ),
            "start": st.column_config.DateColumn(
                t("campaigns.start"), required=True, format=format.day_pattern()
            ),
            "end": st.column_config.DateColumn(
                t("campaigns.end"), required=True, format=format.day_pattern()
            ),
            "source": st.column_config.TextColumn(t("campaigns.source")),
        },
    )


def _choice(item: Edition | None) -> str:
    return t("campaigns.new") if item is None else f"{_called(item)} {item.year}"


def _one(result: tuple[Edition, ...], on: date) -> None:
    """One campaign, chosen or new, with plain fields: what a phone shows in place of the cells."""
    chosen: Edition | None = st.selectbox(
        t("campaigns.which"),
        (None, *reversed(result)),
        key="campaign-chosen",
        format_func=distinct_labels((None, *reversed(result)), _choice),
    )
    place = f"{chosen.key}-{chosen.year}" if chosen else "new"
    if chosen is None:
        name = st.text_input(t("campaigns.name"), key="campaign-name", max_chars=60).strip()
    else:
        name = _called(chosen)
    days = st.date_input(
        t("campaigns.days"),
        (chosen.period.start, chosen.period.end) if chosen else (on, on),
        key=f"campaign-days-{place}",
    )
    with st.container(horizontal=True, key="touch-campaign"):
        if (
            len(days) == 2
            and name
            and st.button(t("campaigns.save_one"), type="primary", key="campaign-save")
        ):
            year = chosen.year if chosen else days[0].year
            _save(CampaignChanges([(name, year, Period(*days))], []))
        if chosen and st.button(t("campaigns.remove_one"), key="campaign-remove"):
            _save(CampaignChanges([], [(chosen.key, chosen.year)]))


def table(result: tuple[Edition, ...]) -> pd.DataFrame:
    """The campaigns as rows, the latest first."""
    rows = [
        (_called(item), item.year, item.period.start, item.period.end, _source(item))
        for item in reversed(result)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _columns() -> list[Column]:
    return [
        Column("name", t("campaigns.name")),
        Column("year", t("campaigns.year")),
        Column("start", t("campaigns.start"), "day"),
        Column("end", t("campaigns.end"), "day"),
        Column("source", t("campaigns.source")),
    ]


def _called(item: Edition) -> str:
    return comparison.occasion(item.name)


def _source(item: Edition) -> str:
    if item.is_own:
        return t("commands.campaign.own")
    return t("commands.campaign.estimate" if item.is_estimate else "commands.campaign.known")


class CampaignChanges:
    """What an edited table requests: campaigns to write, and (key, year) to take out."""

    def __init__(self, written: list[tuple[str, int, Period]], removed: list[tuple[str, int]]) -> None:
        self.written, self.removed = written, removed

    @property
    def any(self) -> bool:
        """Whether there is something to save."""
        return bool(self.written or self.removed)


def changed(result: tuple[Edition, ...], rows: list[Any]) -> CampaignChanges:
    """Rows that are new or have other days, and campaigns whose row is gone; unfinished rows wait."""
    before = {(_called(item), item.year): item for item in result}
    places, written = set(), []
    for row in rows:
        name, year, start, end = (row[column] for column in COLUMNS[:4])
        if None in (name, year, start, end):
            continue
        place = (str(name).strip(), int(year))
        places.add(place)
        days = Period(_day(start), max(_day(start), _day(end)))
        if place not in before or before[place].period != days:
            written.append((*place, days))
    removed = [(before[place].key, place[1]) for place in before if place not in places]
    return CampaignChanges(written, removed)


def _day(value: Any) -> date:
    return value if type(value) is date else pd.Timestamp(value).date()


def _save(changes: CampaignChanges) -> None:
    names = {comparison.occasion(name): name for name in campaigns.NAMES.values()}
    written = [(names.get(name, name), year, days) for name, year, days in changes.written]
    number = feedback.act(campaigns.save_calendar, written, changes.removed)
    if number is not None:
        del st.session_state["campaigns"]
        feedback.report(t("campaigns.saved"), number or None)
    st.rerun()
