"""Bringing files in by hand: a drop zone, progress, a report per file, and the questions of a
file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import errors
from dashboard.text.imports import file_kind
from dashboard.text.markdown import literal
from dashboard.text.metrics import Column
from dashboard.ui import cache, tables, text
from dashboard.ui.file_questions import QUESTIONS, answer_field, statuses
from etl.imports import importer
from etl.imports.archive import unpacked
from etl.imports.report import FileReport, Progress, report_of_archive
from etl.imports.retry import retry
from shop.core.errors import ShopError
from shop.db.partial import temporary_folder

KINDS = ["csv", "tsv", "txt", "xlsx", "xlsm", "xls", "htm", "html", "mht", "zip"]
KINDS += ["xml", "json", "jsonl", "ass", "srt"]  # remarks as recorders write them


@dataclass(frozen=True)
class UploadOutcome:
    """What came of one dropped file: its report, or its error."""

    name: str
    report: FileReport | None = None
    refusal: ShopError | None = None
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def question(self) -> str:
        """What the file leaves open and the user can answer: dates, platform, password …, or nothing."""
        if self.report and self.report.lacks_session:
            return "session"
        problem = self.refusal or (self.open_member[1] if self.open_member else None)
        return QUESTIONS.get(problem.code, "") if problem else ""

    @property
    def open_member(self) -> tuple[str, ShopError] | None:
        """The first file of an archive that leaves something open, and what; None where none does."""
        if self.report is None or Path(self.name).suffix.lower() != ".zip":
            return None
        open_ = (item for item in self.report.rejected_files if item[1].code in QUESTIONS)
        return next(open_, None)

    @property
    def unknown(self) -> list[str]:
        """The tables that a mapping of columns could read: files of an archive by name, "" for the file itself."""
        if self.report is not None:
            return [member for member, problem in self.report.rejected_files if problem.code in MAPPABLE]
        if self.refusal is None or self.refusal.code not in MAPPABLE:
            return []
        return [str(self.refusal.details["file"]).removeprefix(self.name).removeprefix("/")]

    def answered(self, answer: str) -> dict[str, Any]:
        """All answers so far with one to the open question; those about single files of an archive by their names."""
        if self.open_member is None:
            return {**self.answers, self.question: answer}
        members = dict(self.answers.get("members", {}))
        member = self.open_member[0]
        members[member] = {**members.get(member, {}), self.question: answer}
        return {**self.answers, "members": members}


def _outcomes() -> dict[str, UploadOutcome]:
    result: dict[str, UploadOutcome] = st.session_state.setdefault("imported", {})
    return result


def drop_zone() -> None:
    """The place to drop files; each new one is imported at once, one after another."""
    speak(t("data.choose"), t("data.drop_here"))
    dropped = st.file_uploader(
        t("data.drop"), type=KINDS, accept_multiple_files=True, key="dropped", help=t("data.drop_help")
    )
    done = _outcomes()
    new = [file for file in dropped if file.file_id not in done]
    if new:
        with st.status(t("data.importing", files=len(new)), expanded=True) as status:
            bar = st.progress(0.0)
            for place, file in enumerate(new):
                share = place / len(new)
                bar.progress(share, t("data.reading", file=literal(file.name)))
                done[file.file_id] = _import(file, {}, _shown_on(bar, share, file.name))
            status.update(label=t("data.imported_files", files=len(new)), state="complete")
        st.rerun()
    for file in dropped:
        if done[file.file_id].question:
            _question(file, done[file.file_id])


MAPPABLE = ("UnknownTable", "UnlikeAnyTable", "MissingColumns", "ContraryHeader")


@dataclass(frozen=True)
class UnmappedTable:
    """A dropped file, or a `member` of an archive, that no kind knows and that a mapping of columns could read."""

    file: Any
    member: str = ""

    @property
    def file_id(self) -> str:
        """Its key, unique in the session."""
        return f"{self.file.file_id}{self.member}"

    @property
    def name(self) -> str:
        """How it is called; a member of an archive as its import calls it."""
        return f"{self.file.name}/{self.member}" if self.member else str(self.file.name)

    @property
    def password(self) -> str | None:
        """The password that was typed for it."""
        answers = _outcomes()[self.file.file_id].answers
        own: dict[str, str] = answers.get("members", {}).get(self.member, {})
        return own.get("password", answers.get("password"))

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """Its path, for as long as the context lasts."""
        with on_disk(self.file) as path:
            if not self.member:
                yield path
                return
            with unpacked(path, self.file.name, self.password) as (members, _):
                yield next(item.path for item in members if item.name == self.member)

    def store(self, report: FileReport) -> None:
        """Store its report; an archive without a readable file is imported once more."""
        done = _outcomes()
        before = done[self.file.file_id]
        if not self.member:
            done[self.file.file_id] = UploadOutcome(self.file.name, report)
        elif before.report is None:
            done[self.file.file_id] = _import(self.file, before.answers)
        else:
            rest = [item for item in before.report.rejected_files if item[0] != self.member]
            parts = (*before.report.parts, report)
            whole = report_of_archive(self.file.name, parts, rest, before.report.worksheets_left)
            done[self.file.file_id] = replace(before, report=whole)


def unknown_tables() -> list[UnmappedTable]:
    """The tables among the dropped files that no kind knows and that a mapping of columns could read."""
    done = _outcomes()
    dropped = [file for file in st.session_state.get("dropped") or [] if file.file_id in done]
    return [UnmappedTable(file, member) for file in dropped for member in done[file.file_id].unknown]


@contextmanager
def on_disk(file: Any) -> Iterator[Path]:
    """A dropped file in a folder that lasts as long as the context."""
    with temporary_folder("upload") as folder:
        path = folder / f"file{Path(file.name).suffix.lower()}"
        path.write_bytes(file.getbuffer())
        yield path


def speak(choose: str, drop: str) -> None:
    """The words on the places of this page where files are chosen or dropped."""
    style = f'--kb-choose: "{choose}"; --kb-drop: "{drop}"'
    st.html(f"<style>.stApp {{ {style} }}</style>")


def _shown_on(bar: Any, share: float, name: str) -> Progress:
    """Show the rows read so far on a progress bar."""

    def show(_share: float, rows: int) -> None:
        bar.progress(share, t("data.rows_read", file=literal(name), rows=rows))

    return show


def _import(file: Any, answers: dict[str, Any], progress: Progress | None = None) -> UploadOutcome:
    settings = {name: answer for name, answer in answers.items() if name != "password"}
    with on_disk(file) as path:
        try:
            report = importer.import_file(
                cache.database(),
                path,
                name=file.name,
                settings=settings,
                progress=progress,
                password=answers.get("password"),
            )
        except ShopError as refusal:
            return UploadOutcome(file.name, refusal=refusal, answers=answers)
    return UploadOutcome(file.name, report, answers=answers)


def _question(file: Any, outcome: UploadOutcome) -> None:
    """Prompt for what the file leaves open, then import it again with the answer."""
    question = outcome.question
    name = outcome.open_member[0] if outcome.open_member else outcome.name
    with st.form(f"asks-{file.file_id}", border=True):
        text.note(t(f"ask.{question}.question", file=name, **_details(outcome)))
        answer = answer_field(question, f"{file.file_id}-{name}")
        if st.form_submit_button(t("ask.go")) and answer:
            _outcomes()[file.file_id] = _import(file, outcome.answered(answer))
            st.rerun()


def _details(outcome: UploadOutcome) -> dict[str, Any]:
    problem = outcome.refusal or (outcome.open_member[1] if outcome.open_member else None)
    details = dict(problem.details) if problem else {}
    details.pop("file", None)
    return {"sample": "", "samples": "", "found": "", **details}


def reports() -> None:
    """What came of the files dropped in this session, the latest first."""
    result = list(_outcomes().values())[::-1]
    if not result:
        return
    text.heading(t("data.reports"))
    st.html(f'<table class="kb-list kb-reports">{"".join(map(_line, result))}</table>')
    reports = [outcome.report for outcome in result if outcome.report]
    _look_at([part.kind for report in reports for part in report.parts or (report,)])
    for place, outcome in enumerate(result):
        if outcome.report and (shop := outcome.report.shop):
            zone, currency = shop.time_zone, shop.currency
            text.note(t("data.shop.shop_set", file=outcome.name, time_zone=zone, currency=currency))
        if outcome.report:
            _notes(outcome.report)
        if outcome.report and outcome.report.reasons:
            _reasons(f"reasons-{place}", outcome.report)


PAGES_OF = {  # the last word of a kind of file, and the pages that show its rows
    "orders": ("today", "orders"),
    "items": ("today",),
    "aftersale": ("growth",),
    "settlement": ("growth",),
    "sessions": ("live",),
    "works": ("live",),
    "danmaku": ("comments", "live"),
    "comments": ("comments",),
    "listings": ("listings",),
    "products": ("listings",),
}


def _look_at(kinds: Sequence[str]) -> None:
    """Links to the pages that show what came in."""
    wanted = dict.fromkeys(page for kind in kinds for page in PAGES_OF.get(kind.rpartition("_")[2], ()))
    if wanted:
        with st.container(horizontal=True, key="look-at"):
            for page in wanted:
                label = t("data.look_at", page=t(f"{page}.name"))
                st.page_link(f"views/{page}/page.py", label=label, icon=":material/arrow_forward:")


def _notes(report: FileReport) -> None:
    """How its orders are dated, what was rounded and what was not read, also of each file of an archive."""
    for part in report.parts:
        _notes(part)
    if report.by_order_day:
        text.note(t("commands.import.by_order_day", file=report.file))
    if report.worksheets_left:
        text.note(t("commands.import.left", file=report.file, names=format.listed(report.worksheets_left)))
    for name, problem in report.rejected_files:
        text.note(f"{name}: {errors.error(problem)}")
    for item in report.unread:
        sample = item.sample
        text.note(t("commands.import.unread", column=item.column, cells=item.cells, sample=sample))
    if report.rounded:
        by = f"{report.rounded_by:+f}"
        text.note(t("data.rounded", file=report.file, count=report.rounded, by=by))


def _line(outcome: UploadOutcome) -> str:
    name = f"<td title='{escape(outcome.name)}'>{escape(outcome.name)}</td>"
    if outcome.refusal:
        return f"<tr>{name}<td class='kb-refused'>{escape(errors.error(outcome.refusal))}</td></tr>"
    report = outcome.report
    assert report is not None
    key = "data.report_again" if report.seen_before else "data.report"
    days = f"{format.day(report.first_on)} – {format.day(report.last_on)}" if report.first_on else ""
    words_ = t(
        key,
        kind=file_kind(report.kind),
        read=report.read,
        stored=report.stored,
        unchanged=report.unchanged,
        aside=report.rejected,
    )
    return f"<tr>{name}<td>{escape(words_)} <span class='kb-muted'>{escape(days)}</span></td></tr>"


def _reasons(name: str, report: FileReport) -> None:
    text.note(t("data.reasons_of", file=report.file, count=report.rejected))
    table = pd.DataFrame(
        [(item.row, item.column, errors.reason(item.code, item.details)) for item in report.reasons],
        columns=["row", "column", "reason"],
    )
    tables.show(name, table, aside_columns()[1:])


def aside_columns() -> list[Column]:
    """The columns of the table of rejected rows."""
    return [
        Column("file", t("data.file")),
        Column("row", t("data.row"), "count"),
        Column("column", t("data.column")),
        Column("reason", t("data.reason")),
    ]


def retry_button() -> None:
    """What unknown statuses mean, and a button that reads the rejected rows again."""
    statuses()
    text.note(t("data.aside_note"))
    if st.button(t("data.retry"), icon=":material/refresh:"):
        _report_retry(retry(cache.database()))
    if message := st.session_state.pop("retried", ""):
        text.note(message)


def _report_retry(result: Sequence[FileReport]) -> None:
    left = sum(report.rejected for report in result)
    tried = sum(report.read for report in result)
    st.session_state["retried"] = t("data.retried", solved=tried - left, left=left)
    st.rerun()
