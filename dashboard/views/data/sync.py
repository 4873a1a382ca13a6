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
from etl import platforms
from etl.http.errors import NotConnected
from etl.sync import engine
from etl.sync.account import connected as connected_platforms
from etl.sync.options import Options, RunReport, SyncProgress
from etl.sync.stock_push import Pushed, push_due
from shop import coverage
from shop.metrics.tables import cells


def runs() -> pd.DataFrame:
    """The latest runs. They are told without a new version of the data, so nothing is kept."""
    return coverage.runs(cache.database())


def section(runs: pd.DataFrame) -> None:
    """What is connected, a button that pulls now, what came of it, and the runs before."""
    connected = connected_platforms()
    text.heading(t("syncing.heading"))
    if not connected:
        text.note(t("syncing.none", others=_names(platforms.names())))
    else:
        text.note(_last_runs(connected, runs))
        if st.button(t("syncing.go"), icon=":material/sync:", key="sync-now"):
            _sync(connected)
        others = [name for name in platforms.names() if name not in connected]
        if others:
            text.note(t("syncing.others", others=_names(others), name=others[0]))
    _reports(st.session_state.get("synced"))
    if not runs.empty:
        tables.show("runs", _told(runs), _columns())


def _names(connectors: Any) -> str:
    return t("commands.sync.between").join(t(f"connectors.{name}") for name in connectors)


def _last_runs(connected: list[str], runs: pd.DataFrame) -> str:
    ended = runs.dropna(subset=["ended"]).groupby("platform")["ended"].max()
    said = [
        t("syncing.last", platform=t(f"connectors.{name}"), at=ended[name])
        if name in ended
        else t("syncing.never", platform=t(f"connectors.{name}"))
        for name in connected
    ]
    return t("syncing.between").join(said)


def _sync(connected: list[str]) -> None:
    """Pull from one platform after another and show how far it is."""
    found: list[RunReport] = []
    told: list[Pushed] = []
    with st.status(t("syncing.running"), expanded=True) as status:
        for name in connected:
            bar = st.progress(0.0, t(f"connectors.{name}"))
            options = Options(progress=_shown_on(bar))
            try:
                found += engine.sync(cache.database(), name, options=options)
            except KeyboardInterrupt as stopped:
                raise stopped.__cause__ or stopped from None
            except NotConnected as problem:  # the keys went away since the page was drawn
                found.append(RunReport(name, "", error=problem))
            else:
                told += push_due(cache.database(), name)
            bar.progress(1.0, t(f"connectors.{name}"))
        status.update(label=t("syncing.done"), state="complete")
    st.session_state["synced"] = tuple(found)
    st.session_state["pushed"] = tuple(told)
    st.rerun()


def _shown_on(bar: Any) -> Callable[[SyncProgress], None]:
    """Tell how far a resource is on a progress bar; leaving the page is like Ctrl-C to the sync."""

    def show(doing: SyncProgress) -> None:
        said = t(
            "commands.sync.doing",
            platform=t(f"connectors.{doing.platform}"),
            kind=t(f"resources.{doing.kind}"),
            percent=round(doing.done * 100),
            read=doing.read,
            requests=doing.requests,
        )
        try:
            bar.progress(min(max(doing.done, 0.0), 1.0), said)
        except (RerunException, StopException) as left:
            raise KeyboardInterrupt from left

    return show


def _reports(found: tuple[RunReport, ...] | None) -> None:
    """What the sync of this session brought, and what went wrong in words."""
    if found == ():
        text.note(t("commands.sync.nothing"))
    elif found:
        st.html(f'<table class="kb-list kb-reports">{"".join(map(_line, found))}</table>')
    if told := st.session_state.get("pushed"):
        done = sum(one.outcome == "done" for one in told)
        text.note(t("syncing.pushed", done=done, left=len(told) - done))


def _line(report: RunReport) -> str:
    name = t(f"connectors.{report.platform}")
    if report.kind:
        name += " " + t(f"resources.{report.kind}")
    name = f"<td>{escape(name)}</td>"
    if report.error is not None:
        return f"<tr>{name}<td class='kb-refused'>{escape(errors.error(report.error))}</td></tr>"
    said = t(
        "syncing.report",
        read=report.read,
        stored=report.stored,
        unchanged=report.unchanged,
        aside=report.set_aside,
        requests=report.requests,
    )
    return f"<tr>{name}<td>{escape(said)}</td></tr>"


def _told(runs: pd.DataFrame) -> pd.DataFrame:
    """The runs with the names and outcomes in words."""
    return runs.assign(
        platform=[t(f"connectors.{name}") for name in cells(runs["platform"])],
        kind=[t(f"resources.{name}") for name in cells(runs["kind"])],
        outcome=[_outcome(*pair) for pair in zip(cells(runs["outcome"]), cells(runs["error"]), strict=True)],
    )


def _outcome(outcome: str, error: str | None) -> str:
    said = t(f"syncing.outcome.{outcome}")
    if error in (None, "Interrupted"):
        return said
    return t("syncing.because", outcome=said, error=error)


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
