"""The Data page in words: its sentence and tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import errors
from dashboard.text.imports import file_kind
from dashboard.text.metrics import Column
from shop.coverage import FileCoverage, RejectedRow
from shop.metrics.tables import cells

MANY = 5
SUMS = ("read", "stored", "unchanged", "set_aside")
FOLDED: dict[str, Any] = {
    **dict.fromkeys(("number", "name", "imported"), "first"),
    "kind": lambda kinds: " + ".join(dict.fromkeys(kinds)),
    "first_on": lambda days: min((day for day in days if isinstance(day, str)), default=None),
    "last_on": lambda days: max((day for day in days if isinstance(day, str)), default=None),
    **dict.fromkeys(SUMS, "sum"),
}


def _state(files: pd.DataFrame, runs: pd.DataFrame, missing: int, aside: int) -> str:
    """The key of the sentence on the state of the data."""
    if files.empty:
        return "empty" if runs.empty else "synced"
    if missing and aside:
        return "both"
    if not missing and not aside and files["last_on"].isna().all():  # remarks without a time of day
        return "undated"
    return "missing" if missing else "aside" if aside else "whole"


def sentence(
    files: pd.DataFrame, runs: pd.DataFrame, sources: Sequence[FileCoverage], aside: Sequence[RejectedRow]
) -> str:
    """How much was read, up to which day, and whether anything is missing."""
    missing = sum(period.days for source in sources for period in source.missing)
    return t(
        f"data.sentence.{_state(files, runs, missing, len(aside))}",
        files=len(files),
        rows=int(files["read"].sum()),
        last=max((source.last for source in sources), default=None),
        missing=missing,
        aside=len(aside),
        records=int(runs["stored"].sum()),
        at=runs["started"].max(),
    )


def read_files(table: pd.DataFrame) -> pd.DataFrame:
    """The files that were read, their kinds in words; one read MANY times is one line, at its latest reading."""
    if table.empty:
        return table
    times = table.groupby("name")["number"].transform("size")
    group = table["name"].where(times >= MANY, table["number"].astype(str))
    folded = table.groupby(group, sort=False).agg(FOLDED)
    folded["name"] = [
        t("data.times", file=name, count=count) if count > 1 else name
        for name, count in zip(folded["name"], table.groupby(group, sort=False).size(), strict=True)
    ]
    return folded.assign(kind=[file_kind(name) for name in cells(folded["kind"])])


def aside_table(aside: Sequence[RejectedRow]) -> pd.DataFrame:
    """The rejected rows, each with its reason in words."""
    return pd.DataFrame(
        [(item.file, item.row, item.column, errors.reason(item.code, item.details)) for item in aside],
        columns=["file", "row", "column", "reason"],
    )


def gaps(sources: Sequence[FileCoverage]) -> pd.DataFrame:
    """Per kind of file: its days, its files, and the stretches that no file covers."""
    return pd.DataFrame(
        [
            (
                file_kind(source.kind),
                source.first.isoformat(),
                source.last.isoformat(),
                source.files,
                t("data.gap_between").join(format.span(period) for period in source.missing)
                or format.UNKNOWN,
                source.imported_on.isoformat(),
            )
            for source in sources
        ],
        columns=["kind", "first", "last", "files", "missing", "imported"],
    )


def gap_columns() -> list[Column]:
    """The columns of the coverage table."""
    return [
        Column("kind", t("data.kind")),
        Column("first", t("data.first")),
        Column("last", t("data.last")),
        Column("missing", t("data.missing")),
        Column("files", t("data.count"), "count"),
        Column("imported", t("data.imported")),
    ]


def state_names() -> list[str]:
    """The four states of a day in words."""
    return [t(f"data.state.{name}") for name in ("outside", "missing", "covered_empty", "covered")]


def file_columns() -> list[Column]:
    """The columns of the list of files."""
    return [
        Column("number", t("data.number"), "count"),
        Column("name", t("data.file")),
        Column("kind", t("data.kind")),
        Column("first_on", t("data.first")),
        Column("last_on", t("data.last")),
        Column("read", t("data.read"), "count"),
        Column("stored", t("data.stored"), "count"),
        Column("unchanged", t("data.unchanged"), "count"),
        Column("set_aside", t("data.set_aside"), "count"),
        Column("imported", t("data.imported")),
    ]
