"""`kilnboard import`: export files into the shop, with what was read, stored and rejected."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from dashboard.commands.common.output import print_json, warn_of_old_sqlite
from dashboard.i18n.messages import t
from dashboard.text.errors import error, reason


@click.command("import", help=t("commands.import.help"))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--as", "kind", metavar="KIND", help=t("commands.import.kind"))
@click.option("--profile", type=click.Path(path_type=Path), help=t("commands.import.profile"))
@click.option("--dates", type=click.Choice(("dmy", "mdy")), help=t("commands.import.dates"))
@click.option("--currency", metavar="ISO", help=t("commands.import.currency"))
@click.option("--period", metavar="D..D", help=t("commands.import.period"))
@click.option("--dry-run", is_flag=True, help=t("commands.import.dry_run"))
@click.option("--suggest", is_flag=True, help=t("commands.import.suggest"))
@click.option("--retry", is_flag=True, help=t("commands.import.retry"))
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
    dry_run: bool,
    suggest: bool,
    retry: bool,
    as_json: bool,
) -> None:
    """Import files, write a first profile for an unknown one, or retry what was set aside."""
    if not files and not retry:
        raise click.UsageError(t("commands.import.nothing"))
    warn_of_old_sqlite()
    if suggest:
        ctx.exit(_suggest(files, as_json=as_json))
    if period:
        from shop.core.periods import parse_period

        parse_period(period)
    settings = {"dates": dates, "currency": currency, "period": period}
    settings = {name: value for name, value in settings.items() if value}
    results = _retry(quiet=as_json) if retry else []
    for path in files:
        results.append(_import_one(path, kind, profile, settings, dry_run, quiet=as_json))
    if as_json:
        print_json({"files": results, **({"dry_run": True} if dry_run else {})})
    elif dry_run:
        click.echo(t("commands.import.was_dry"))
    else:
        _print_oversold()
    ctx.exit(int(any("error" in result or result["set_aside"] for result in results)))


def _print_oversold() -> None:
    from dashboard.commands.stock.orders import print_oversold
    from shop.connect import connect

    db = connect()
    print_oversold(db)
    db.close()


def _import_one(
    path: Path,
    kind: str | None,
    profile: Path | None,
    settings: dict[str, Any],
    dry_run: bool,
    *,
    quiet: bool,
) -> dict[str, Any]:
    from etl.errors import FileRejected
    from etl.imports.importer import import_file
    from shop.connect import connect

    chosen: Any = kind
    if profile:
        from etl.profiles import kind as generic
        from etl.profiles import model as profiles

        chosen = generic.kind_of(profiles.load(profile))
    db = connect()
    try:
        with _progress(path, quiet=quiet) as progress:
            report = import_file(db, path, kind=chosen, settings=settings, dry_run=dry_run, progress=progress)
    except FileRejected as problem:
        if not quiet:
            click.echo(f"{path.name}: {error(problem)}", err=True)
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
    }


def _settings(shop: Any) -> dict[str, str]:
    return {"time_zone": shop.time_zone, "currency": shop.currency}


def print_report(report: Any) -> None:
    """Print what came of one file, and why its first rows were set aside."""
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
        self.bar = click.progressbar(length=1000, label=self.path.name, file=sys.stderr)
        self.bar.__enter__()
        return lambda share, _rows: self.bar.update(max(0, int(share * 1000) - self.bar.pos))

    def __exit__(self, *problem: Any) -> None:
        if self.bar is not None:
            self.bar.__exit__(*problem)


def _retry(*, quiet: bool) -> list[dict[str, Any]]:
    from etl.imports.retry import retry
    from shop.connect import connect

    db = connect()
    reports = retry(db)
    db.close()
    for report in reports if not quiet else ():
        print_report(report)
    if not reports and not quiet:
        click.echo(t("commands.import.nothing_waits"))
    return [as_contract(report) for report in reports]


def _suggest(files: Sequence[Path], *, as_json: bool) -> int:
    """Write a first profile beside each unknown table; 1 when something has to be answered."""
    from etl.profiles.suggest import suggest

    options = False
    results = []
    for path in files:
        result = suggest(path)
        target = path.with_suffix(".toml")
        if target.exists():
            target = path.with_suffix(".profile.toml")
        target.write_text(result.text, "utf-8")
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
