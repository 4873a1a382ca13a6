"""`kilnboard import`: export files into the shop, with what was read, stored and rejected."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from dashboard.commands.common.output import print_json, terminal, warn_of_old_sqlite
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.errors import error, reason
from shop.core.files import write_whole
from shop.core.text import visible


@click.command("import", help=t("commands.import.help"))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--as", "kind", metavar="KIND", help=t("commands.import.kind"))
@click.option("--profile", type=click.Path(path_type=Path), help=t("commands.import.profile"))
@click.option("--dates", type=click.Choice(("dmy", "mdy")), help=t("commands.import.dates"))
@click.option("--currency", metavar="ISO", help=t("commands.import.currency"))
@click.option("--period", metavar="D..D", help=t("commands.import.period"))
@click.option("--platform", metavar="NAME", help=t("commands.import.platform"))
@click.option("--session", metavar="ID", help=t("commands.import.session"))
@click.option("--decimal", type=click.Choice((",", ".")), help=t("commands.import.decimal"))
@click.option("--password", help=t("commands.import.password"))
@click.option("--status", "status", metavar="WORD=MEANING", multiple=True, help=t("commands.import.status"))
@click.option("--dry-run", is_flag=True, help=t("commands.import.dry_run"))
@click.option("--suggest", is_flag=True, help=t("commands.import.suggest"))
@click.option("--retry", is_flag=True, help=t("commands.import.retry"))
@click.option("--list", "list_them", is_flag=True, help=t("commands.import.list"))
@click.option("--undo", "undo", type=int, metavar="N", help=t("commands.import.undo"))
@click.option("--forget", is_flag=True, help=t("commands.import.forget"))
@click.option("--yes", is_flag=True, help=t("commands.import.yes"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
@click.pass_context
def import_command(
    ctx: click.Context,
    files: tuple[Path, ...],
    kind: str | None,
    profile: Path | None,
    dates: str | None,
    currency: str | None,
    period: str | None,
    platform: str | None,
    session: str | None,
    decimal: str | None,
    password: str | None,
    status: tuple[str, ...],
    dry_run: bool,
    suggest: bool,
    retry: bool,
    list_them: bool,
    undo: int | None,
    forget: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Import files, write a first profile, retry rejected rows, or undo an import."""
    if list_them or undo is not None or forget:
        from dashboard.commands.undo_import import list_imports, undo_imports

        if list_them:
            list_imports(as_json=as_json)
        else:
            ctx.exit(undo_imports(undo, files if forget else (), dry_run=dry_run, yes=yes, as_json=as_json))
        return
    if not files and not retry:
        raise click.UsageError(t("commands.import.nothing"))
    warn_of_old_sqlite()
    if suggest:
        ctx.exit(_suggest(files, as_json=as_json))
    if period:
        from shop.core.periods import parse_period

        parse_period(period)
    settings = {
        "dates": dates,
        "currency": currency,
        "period": period,
        "platform": platform,
        "session": session,
        "decimal": decimal,
    }
    settings = {name: value for name, value in settings.items() if value}
    words = _status_words(status)
    results = _retry(words, quiet=as_json) if retry else []
    for path in files:
        known = _Given(kind, profile, settings, dry_run, password, words)
        results.append(_import_one(path, known, quiet=as_json))
    if as_json:
        print_json({"files": results, **({"dry_run": True} if dry_run else {})})
    elif dry_run:
        click.echo(t("commands.import.was_dry"))
    elif any(item["stored"] for item in results):
        _print_oversold()
    is_whole = not any("error" in item or item["set_aside"] or item.get("refused") for item in results)
    ctx.exit(int(not is_whole))


@dataclass(frozen=True)
class _Given:
    """What was given on the command line for every file."""

    kind: str | None
    profile: Path | None
    settings: dict[str, Any]
    dry_run: bool
    password: str | None
    status_words: dict[str, str]


def _status_words(given: Sequence[str]) -> dict[str, str]:
    """The words of `--status` by what they mean."""
    pairs = [item.rpartition("=") for item in given]
    if any(not (word.strip() and meaning.strip()) for word, _, meaning in pairs):
        raise click.UsageError(t("commands.import.bad_status"))
    return {word.strip(): meaning.strip() for word, _, meaning in pairs}


def _print_oversold() -> None:
    from dashboard.commands.stock.orders import print_oversold
    from shop.connect import connect

    db = connect()
    print_oversold(db)
    db.close()


def _import_one(path: Path, given: _Given, *, quiet: bool) -> dict[str, Any]:
    from etl.errors import FileRejected, LockedFile
    from etl.imports.importer import import_file
    from shop.connect import connect

    chosen: Any = given.kind
    if given.profile:
        from etl.profiles import kind as generic
        from etl.profiles import model as profiles

        chosen = generic.kind_of(profiles.load(given.profile))
    db = connect()

    def read(password: str | None) -> Any:
        with _progress(path, quiet=quiet) as progress:
            return import_file(
                db,
                path,
                kind=chosen,
                settings=given.settings,
                dry_run=given.dry_run,
                progress=progress,
                password=password,
                status_words=given.status_words,
            )

    try:
        try:
            report = read(given.password)
        except LockedFile:
            if given.password or quiet or not sys.stdin.isatty():
                raise
            report = read(click.prompt(t("commands.import.ask_password", file=path.name), hide_input=True))
    except FileRejected as problem:
        if not quiet:
            click.echo(f"{path.name or path}: {error(problem)}", err=True)
        return {
            "file": path.name,
            "kind": None,
            "read": 0,
            "stored": 0,
            "unchanged": 0,
            "set_aside": 0,
            "reasons": [],
            "error": error(problem),
            "code": problem.code,
        }
    finally:
        db.close()
    if not quiet:
        print_report(report)
    return as_contract(report)


def as_contract(report: Any) -> dict[str, Any]:
    """A file's report as `--json` prints it."""
    return {
        "file": report.file,
        "kind": report.kind,
        "read": report.read,
        "stored": report.stored,
        "unchanged": report.unchanged,
        "set_aside": report.rejected,
        "reasons": [
            {"row": r.row, "column": r.column, "reason": reason(r.code, r.details), "code": r.code}
            for r in report.reasons
        ],
        "first_on": report.first_on,
        "last_on": report.last_on,
        "seen_before": report.seen_before,
        **({"shop": _settings(report.shop)} if report.shop else {}),
        "worksheets_left": list(report.worksheets_left),
        **({"by_order_day": True} if report.by_order_day else {}),
        "left_empty": [
            {"column": item.column, "cells": item.cells, "sample": item.sample, "code": item.code}
            for item in report.unread
        ],
        **({"files": [as_contract(part) for part in report.parts]} if report.parts else {}),
        **(
            {"refused": {name: error(problem) for name, problem in report.rejected_files}}
            if report.rejected_files
            else {}
        ),
    }


def _settings(shop: Any) -> dict[str, str]:
    return {"time_zone": shop.time_zone, "currency": shop.currency}


def print_report(report: Any) -> None:
    """Print what came of one file (of each file of an archive), and why its first rows were rejected."""
    for part in report.parts:
        print_report(part)
    for name, problem in report.rejected_files:
        click.echo(f"{name}: {error(problem)}", err=True)
    if report.lacks_session:
        click.echo(t("commands.import.lacks_session", file=report.file))
    if report.by_order_day:
        click.echo(t("commands.import.by_order_day", file=report.file))
    if report.worksheets_left:
        names = format.listed(report.worksheets_left)
        click.echo(t("commands.import.left", file=report.file, names=names))
    if report.parts:
        return
    key = "seen" if report.seen_before else "done"
    click.echo(
        t(
            f"commands.import.{key}",
            file=report.file,
            kind=kind_name(report.kind),
            read=report.read,
            stored=report.stored,
            unchanged=report.unchanged,
            set_aside=report.rejected,
        )
    )
    if report.shop:
        click.echo("  " + t("commands.import.shop_set", **_settings(report.shop)))
    if report.rounded:
        click.echo("  " + t("commands.import.rounded", count=report.rounded, by=f"{report.rounded_by:+f}"))
    for result in report.reasons[:10]:
        column = result.column or "–"
        click.echo(
            "  "
            + t(
                "commands.import.row",
                row=result.row,
                column=column,
                reason=reason(result.code, result.details),
            )
        )
    for item in report.unread:
        message = t("commands.import.unread", column=item.column, cells=item.cells, sample=item.sample)
        click.echo(f"  {message}")
    if report.rejected > 10:
        click.echo("  " + t("commands.import.more", count=report.rejected - 10))


def kind_name(kind: str) -> str:
    """The name of a kind of file; a user's own profile goes by its own name."""
    from dashboard.i18n import messages

    return t(f"kinds.{kind}") if messages.has(f"kinds.{kind}") else kind


class _progress:
    """A progress bar on a terminal for a large file; silence otherwise."""

    def __init__(self, path: Path, *, quiet: bool) -> None:
        large = path.is_file() and path.stat().st_size > 4 << 20
        self.shown = large and not quiet and sys.stderr.isatty()
        self.bar: Any = None
        self.path = path

    def __enter__(self) -> Any:
        if not self.shown:
            return None
        self.bar = click.progressbar(length=1000, label=visible(self.path.name), file=terminal(sys.stderr))
        self.bar.__enter__()
        return lambda share, _rows: self.bar.update(max(0, int(share * 1000) - self.bar.pos))

    def __exit__(self, *problem: Any) -> None:
        if self.bar is not None:
            self.bar.__exit__(*problem)


def _retry(words: dict[str, str], *, quiet: bool) -> list[dict[str, Any]]:
    from etl.imports.retry import retry
    from etl.imports.status_words import teach_unknown
    from shop.connect import connect

    db = connect()
    teach_unknown(db, words)
    reports = retry(db)
    db.close()
    for report in reports if not quiet else ():
        print_report(report)
    if not reports and not quiet:
        click.echo(t("commands.import.nothing_waits"))
    return [as_contract(report) for report in reports]


OWN_QUESTIONS = ("platform", "currency", "time_zone")  # of the constants and dates


def _suggest(files: Sequence[Path], *, as_json: bool) -> int:
    """Write a first profile next to each unknown table; 1 when something has to be answered."""
    from etl.profiles.draft import ProfileNotes
    from etl.profiles.suggest import suggest

    notes = ProfileNotes(
        t("commands.import.notes.first"), t("commands.import.notes.answer"), t("commands.import.notes.unused")
    )
    options = False
    results = []
    for path in files:
        result = suggest(path, notes=notes)
        target = path.with_suffix(".toml")
        if target.exists():
            target = path.with_suffix(".profile.toml")
        write_whole(target, result.text.encode())
        options |= bool(result.questions)
        results.append(
            {
                "file": path.name,
                "profile": str(target),
                "questions": [
                    {
                        "code": q.code,
                        "column": q.column,
                        "samples": list(q.samples),
                        "choices": list(q.choices),
                    }
                    for q in result.questions
                ],
            }
        )
        if not as_json:
            click.echo(t("commands.import.suggested", file=path.name, profile=str(target)))
            for q in result.questions:
                subject, _, part = q.code.partition(".")
                subject = part if part in OWN_QUESTIONS else subject
                click.echo(
                    "  "
                    + t(
                        f"questions.{subject}",
                        place=q.code,
                        part=part,
                        column=q.column or "–",
                        samples=", ".join(q.samples[:3]) or "–",
                        choices=" / ".join(q.choices),
                    )
                )
    if as_json:
        print_json({"profiles": results})
    return int(options)
