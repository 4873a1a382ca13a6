"""`kilnboard live mark` and `kilnboard live review`: what people enter about a session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import json_option, opened
from dashboard.commands.live import contract
from dashboard.i18n.messages import t


@click.command("mark", help=t("commands.live.mark.help"))
@click.argument("session")
@click.argument("kind", required=False)
@click.option("--platform", metavar="NAME", help=t("commands.live.platform"))
@click.option("--at", metavar="TIME", help=t("commands.live.mark.at"))
@click.option("--item", metavar="TEXT", help=t("commands.live.mark.item"))
@click.option("--note", metavar="TEXT", help=t("commands.live.mark.note"))
@click.option("--id", "mark_id", metavar="ID", help=t("commands.live.mark.id"))
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=t("commands.live.mark.file"),
)
@click.option("--undo", metavar="ID", help=t("commands.live.mark.undo"))
@json_option
def mark(
    session: str,
    kind: str | None,
    platform: str | None,
    at: str | None,
    item: str | None,
    note: str | None,
    mark_id: str | None,
    path: Path | None,
    undo: str | None,
    as_json: bool,
) -> None:
    """Mark a moment of a session, read marks from a file, take one back; without a kind print the marks."""
    from etl.imports.marks_file import import_marks
    from shop.streams.marks import Mark, add_marks, undo_mark
    from shop.streams.session import find_session

    unread: tuple[Any, ...] = ()
    with opened() as (db, actor):
        live = find_session(db, session, platform)
        content: dict[str, Any] = {"session": live.session_id, "platform": live.platform}
        if undo:
            undo_mark(db, undo, actor=actor)
            content["undone"] = undo
        elif path is not None:
            report = import_marks(db, live, path, actor=actor)
            unread = report.unread
            content |= {"new": report.added.new, "known": report.added.known}
            content["unread"] = [
                {"row": line.row, "column": line.column, "found": line.cell} for line in unread
            ]
        elif kind is not None:
            typed = Mark(kind, moment_of(live, at), live.platform, live.session_id, item, note=note)
            typed = replace(typed, mark_id=mark_id) if mark_id else typed
            added = add_marks(db, [typed], actor=actor)
            content |= {"mark": typed.mark_id, "new": added.new, "known": added.known}
        content["marks"] = _marks(db, live)
    if as_json:
        print_json(content)
    else:
        for row in content["marks"]:
            click.echo(f"{row['at']}  {row['kind']}  {row['item'] or ''}  {row['mark']}")
        for line in content.get("unread", ()):
            click.echo(t("commands.live.mark.unread", **line), err=True)
    if unread:
        raise click.exceptions.Exit(1)


def moment_of(live: Any, text: str | None) -> int:
    """The moment (seconds UTC) that --at names: now, a clock time of the session, or a place after its start."""
    from etl.imports.marks_file import moment_in
    from shop.core.clock import now_seconds

    if text is None:
        return now_seconds()
    moment = moment_in(text, live)
    if moment is None:
        raise click.UsageError(t("commands.live.mark.bad_time", text=text))
    return moment


def _marks(db: Any, live: Any) -> list[dict[str, Any]]:
    from shop.streams.marks import marks

    return [
        {
            "mark": one.mark_id,
            "at": f"{live.local(one.marked_at):%Y-%m-%d %H:%M:%S}",
            "second": one.marked_at - live.started_at,
            "kind": one.kind,
            "item": one.item,
            "sku": one.sku,
            "note": one.note,
            "source": one.source,
        }
        for one in marks(db, live)
    ]


@click.command("review", help=t("commands.live.review.help"))
@click.argument("session")
@click.option("--platform", metavar="NAME", help=t("commands.live.platform"))
@click.option("--goal", metavar="orders=N|gmv=AMOUNT", help=t("commands.live.review.goal"))
@click.option("--notes", metavar="TEXT", help=t("commands.live.review.notes"))
@click.option("--action", metavar="TEXT", help=t("commands.live.review.action"))
@click.option(
    "--last", type=click.Choice(("done", "partly", "not_done")), help=t("commands.live.review.last")
)
@click.option("--host", metavar="NAME", help=t("commands.live.review.host"))
@click.option("--replay", metavar="URL", help=t("commands.live.review.replay"))
@click.option("--spend", metavar="AMOUNT", help=t("commands.live.review.spend"))
@click.option("--currency", metavar="ISO", help=t("commands.report.currency"))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=t("commands.live.review.out"))
@click.option("--force", is_flag=True, help=t("commands.report.force"))
@json_option
def review(
    session: str,
    platform: str | None,
    goal: str | None,
    notes: str | None,
    action: str | None,
    last: str | None,
    host: str | None,
    replay: str | None,
    spend: str | None,
    currency: str | None,
    out: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Print the review of a session; with options, store them first; with --out write the report too."""
    from dashboard.commands.common.output import refuse_existing
    from dashboard.reports.session_report import KINDS, as_file
    from shop.core.files import write_whole
    from shop.streams.reviews import review as typed_review
    from shop.streams.reviews import save_note, save_review
    from shop.streams.session import find_session

    kind = out.suffix.lower().removeprefix(".") if out else ""
    if out is not None:
        if kind not in KINDS:
            raise click.UsageError(t("commands.live.review.bad_file", path=out, kinds=", ".join(KINDS)))
        refuse_existing(out, force)
    with opened() as (db, actor):
        live = find_session(db, session, platform)
        metric, target = goal_of(goal, live.currency)
        given: dict[str, Any] = {
            "goal_metric": metric,
            "goal_target": target,
            "notes": notes,
            "action": action,
            "last_action": last,
        }
        given = {name: value for name, value in given.items() if value is not None}
        if given:
            save_review(db, live, replace(typed_review(db, live), **given), actor=actor)
        if host is not None or replay is not None or spend is not None:
            code = currency or live.spend_currency or live.currency
            save_note(
                db,
                live,
                actor=actor,
                host=live.host if host is None and live.host != live.account else host,
                replay_url=live.replay_url if replay is None else replay,
                spend_cents=live.spend_cents if spend is None else amount_in(spend, code),
                spend_currency=code,
            )
            live = find_session(db, session, live.platform)
        content = contract.review_content(db, live)
        if out is not None:
            write_whole(out, as_file(db, live, kind))
    if as_json:
        print_json(content)
        return
    for name in ("title", "started", "goal", "notes", "action"):
        if content[name]:
            click.echo(f"{t(f'commands.live.review.words.{name}')}: {content[name]}")
    for fact in content["facts"]:
        click.echo("  ".join(f"{name}={value}" for name, value in fact.items()))
    if out is not None:
        click.echo(t("commands.report.written", path=out))


def goal_of(text: str | None, currency: str) -> tuple[str | None, int | None]:
    """The metric and target of --goal."""
    if text is None:
        return None, None
    name, _, value = text.partition("=")
    if name not in ("orders", "gmv") or not value:
        raise click.UsageError(t("commands.live.review.bad_goal", text=text))
    return name, amount_in(value, currency) if name == "gmv" else _count(value)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise click.UsageError(t("commands.goal.bad_amount", text=text))
    return int(text)


def amount_in(text: str, currency: str) -> int:
    """A typed amount in minor units of a currency."""
    from dashboard.commands.growth.goal import amount_of

    return amount_of(text, "cents", currency)
