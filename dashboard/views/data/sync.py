"""Pulling from the platforms on the Data page: what is connected, what each run brought, sync now."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, StopException

from dashboard.i18n.messages import t
from dashboard.text import errors
from dashboard.text.metrics import Column
from dashboard.ui import cache, tables, text
from dashboard.ui.actor import actor
from etl import platforms
from etl.http.errors import NotConnected
from etl.sync import engine
from etl.sync.account import connected as connected_platforms
from etl.sync.options import Options, RunReport, SyncProgress
from etl.sync.stock_push import Pushed, push_due
from shop import coverage
from shop.maintenance import MOST_CLOCK_MINUTES, clock_difference
from shop.metrics.tables import cells


def runs() -> pd.DataFrame:
    """The latest runs. Read without the cache: they change without a new version of the data."""
    return coverage.runs(cache.database())


def section(runs: pd.DataFrame) -> None:
    """What is connected, a button that pulls now, what came of it, and the runs before."""
    connected = connected_platforms()
    text.heading(t("syncing.heading"))
    if not connected:
        text.note(t("syncing.none", others=_names(platforms.names())))
        _link(t("start.connect"))
    else:
        text.note(_last_runs(connected, runs))
        minutes = round(abs(clock_difference(cache.database())) / 60)
        if minutes > MOST_CLOCK_MINUTES:
            st.warning(t("doctor.clock.ill", minutes=minutes), icon=":material/schedule:")
        if st.button(t("syncing.go"), icon=":material/sync:", key="sync-now"):
            _sync(connected)
        others = [name for name in platforms.names() if name not in connected]
        if others:
            _link(t("syncing.others", others=_names(others)))
    _reports(st.session_state.get("synced"))
    if not runs.empty:
        tables.show("runs", _runs_table(runs), _columns())


def _link(label: str) -> None:
    if actor().may("manage_shop"):
        link = {"section": "connections"}
        st.page_link("views/settings/page.py", label=label, icon=":material/link:", query_params=link)


def _names(connectors: Any) -> str:
    return t("commands.sync.between").join(t(f"connectors.{name}") for name in connectors)


def _last_runs(connected: list[str], runs: pd.DataFrame) -> str:
    ended = runs.dropna(subset=["ended"]).groupby("platform")["ended"].max()
    message = [
        t("syncing.last", platform=t(f"connectors.{name}"), at=ended[name])
        if name in ended
        else t("syncing.never", platform=t(f"connectors.{name}"))
        for name in connected
    ]
    return t("syncing.between").join(message)


def _sync(connected: list[str]) -> None:
    """Pull from one platform after another and show how far it is."""
    result: list[RunReport] = []
    pushed: list[Pushed] = []
    with st.status(t("syncing.running"), expanded=True) as status:
        for name in connected:
            bar = st.progress(0.0, t(f"connectors.{name}"))
            options = Options(progress=_shown_on(bar))
            try:
                result += engine.sync(cache.database(), name, options=options)
            except KeyboardInterrupt as stopped:
                raise stopped.__cause__ or stopped from None
            except NotConnected as problem:  # the keys went away since the page was drawn
                result.append(RunReport(name, "", error=problem))
            else:
                pushed += push_due(cache.database(), name)
            bar.progress(1.0, t(f"connectors.{name}"))
        status.update(label=t("syncing.done"), state="complete")
    st.session_state["synced"] = tuple(result)
    st.session_state["pushed"] = tuple(pushed)
    st.rerun()


def _shown_on(bar: Any) -> Callable[[SyncProgress], None]:
    """Show the progress of a resource on a bar; leaving the page is like Ctrl-C to the sync."""

    def show(doing: SyncProgress) -> None:
        message = t(
            "commands.sync.doing",
            platform=t(f"connectors.{doing.platform}"),
            kind=t(f"resources.{doing.kind}"),
            percent=round(doing.done * 100),
            read=doing.read,
            requests=doing.requests,
        )
        try:
            bar.progress(min(max(doing.done, 0.0), 1.0), message)
        except (RerunException, StopException) as left:
            raise KeyboardInterrupt from left

    return show


def _reports(result: tuple[RunReport, ...] | None) -> None:
    """What the sync of this session brought, and what went wrong in words."""
    if result == ():
        text.note(t("commands.sync.nothing"))
    elif result:
        st.html(f'<table class="kb-list kb-reports">{"".join(map(_line, result))}</table>')
    if pushed := st.session_state.get("pushed"):
        done = sum(item.outcome == "done" for item in pushed)
        text.note(t("syncing.pushed", done=done, left=len(pushed) - done))


def _line(report: RunReport) -> str:
    name = t(f"connectors.{report.platform}")
    if report.kind:
        name += " " + t(f"resources.{report.kind}")
    name = f"<td>{escape(name)}</td>"
    if report.error is not None:
        return f"<tr>{name}<td class='kb-refused'>{escape(errors.error(report.error))}</td></tr>"
    message = t(
        "syncing.report",
        read=report.read,
        stored=report.stored,
        unchanged=report.unchanged,
        aside=report.rejected,
        requests=report.requests,
    )
    return f"<tr>{name}<td>{escape(message)}</td></tr>"


def _runs_table(runs: pd.DataFrame) -> pd.DataFrame:
    """The runs with the names and outcomes in words."""
    return runs.assign(
        platform=[t(f"connectors.{name}") for name in cells(runs["platform"])],
        kind=[t(f"resources.{name}") for name in cells(runs["kind"])],
        outcome=[
            _outcome(*run)
            for run in zip(cells(runs["platform"]), cells(runs["outcome"]), cells(runs["error"]), strict=True)
        ],
    )


def _outcome(platform: str, outcome: str, error: str | None) -> str:
    message = t(f"syncing.outcome.{outcome}")
    if error in (None, "Interrupted"):
        return message
    return t("syncing.because", outcome=message, error=errors.stored_error(error, {"platform": platform}))


def _columns() -> list[Column]:
    counts = ("read", "stored", "unchanged", "set_aside")
    return [
        Column("started", t("syncing.started"), "moment"),
        Column("platform", t("syncing.platform")),
        Column("kind", t("syncing.kind")),
        *(Column(name, t(f"data.{name}"), "count") for name in counts),
        Column("requests", t("syncing.requests"), "count"),
        Column("outcome", t("syncing.ended")),
    ]
