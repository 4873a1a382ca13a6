"""`kilnboard live`: sessions, their figures, minutes, marks, lifts and reviews, for scripts and terminals."""

from __future__ import annotations

from typing import Any

import click

from dashboard.commands.common.output import figure, print_json
from dashboard.commands.common.params import json_option, opened
from dashboard.commands.live import contract
from dashboard.commands.live.edit import mark, review
from dashboard.commands.live.session import range_of, table_rows
from dashboard.i18n import format
from dashboard.i18n.messages import t

LIST = (
    "started",
    "platform",
    "session",
    "host",
    "title",
    "seconds",
    "viewers",
    "session_orders",
    "session_gmv",
)


@click.group("live", help=t("commands.live.help"))
def live_command() -> None:
    """Live sessions."""


@live_command.command("list", help=t("commands.live.list"))
@click.option("--from", "start", metavar="D", help=t("commands.report.start"))
@click.option("--to", "end", metavar="D", help=t("commands.report.end"))
@click.option("--platform", metavar="NAME", help=t("commands.live.platform"))
@json_option
def list_sessions(start: str | None, end: str | None, platform: str | None, as_json: bool) -> None:
    """Print the sessions of a range, the latest first."""
    from shop.streams.sessions import sessions

    with opened() as (db, _):
        query = range_of(db, start, end, platform)
        rows = table_rows(sessions(db, query))
    if as_json:
        print_json({"sessions": rows})
        return
    _print_rows(rows, LIST, {"session_gmv"})


@live_command.command("show", help=t("commands.live.show"))
@click.argument("session")
@click.option("--platform", metavar="NAME", help=t("commands.live.platform"))
@json_option
def show(session: str, platform: str | None, as_json: bool) -> None:
    """Print one session: funnel, sums, grades, products."""
    from shop.streams.session import find_session

    with opened() as (db, _):
        content = contract.session_content(db, find_session(db, session, platform))
    if as_json:
        print_json(content)
        return
    click.echo(f"{content['started']}  {content['platform']}  {content['title'] or content['session']}")
    for name, sums in content["sums"].items():
        if sums is not None:
            star = " *" if name == contract.SUM_OF_BASIS.get(content["basis"] or "") else ""
            gmv = format.exact_in(sums["gmv"], content["currency"])
            orders = "" if sums["orders"] is None else f", {sums['orders']} {t('commands.live.orders')}"
            click.echo(f"{t(f'commands.live.sums.{name}')}: {gmv}{orders}{star}")
    for basis, steps in content["funnel"].items():
        known = [(step["name"], step["count"]) for step in steps]
        if known:
            shown = " > ".join(f"{t(f'commands.live.steps.{name}')} {count:,}" for name, count in known)
            click.echo(f"{t(f'commands.live.basis.{basis}')}: {shown}")
    _print_rows(content["products"], ("sku", "title", "orders", "units", "gmv"), {"gmv"})


@live_command.command("minutes", help=t("commands.live.minutes"))
@click.argument("session")
@click.option("--platform", metavar="NAME", help=t("commands.live.platform"))
@json_option
def minutes(session: str, platform: str | None, as_json: bool) -> None:
    """Print the curve of one session, a row per minute."""
    from shop.streams.minutes import session_minutes
    from shop.streams.session import find_session

    with opened() as (db, _):
        curve = session_minutes(db, find_session(db, session, platform))
    rows = table_rows(curve.table.rename(columns={"gmv_cents": "gmv"}))
    if as_json:
        print_json({"session": session, "sources": curve.sources, "minutes": rows})
        return
    _print_rows(rows, ("minute", "viewers", "comments", "product_clicks", "orders", "gmv"), {"gmv"})


@live_command.command("compare", help=t("commands.live.compare"))
@click.argument("session", nargs=-1, required=True)
@json_option
def compare(session: tuple[str, ...], as_json: bool) -> None:
    """Print two to four sessions next to each other."""
    from shop.streams.session import find_session

    if not 2 <= len(session) <= 4:
        raise click.UsageError(t("commands.live.two_to_four"))
    with opened() as (db, _):
        rows = [contract.figures_content(db, find_session(db, name)) for name in session]
    if as_json:
        print_json({"sessions": rows})
        return
    for name in rows[0]:
        cells = (figure(row[name], "cents") if name.startswith("gmv") else _text(row[name]) for row in rows)
        click.echo("  ".join((f"{name:16}", *(f"{cell:>18}" for cell in cells))))


@live_command.command("lift", help=t("commands.live.lift"))
@click.argument("session")
@click.option("--platform", metavar="NAME", help=t("commands.live.platform"))
@click.option(
    "--by",
    type=click.Choice(("orders", "product_clicks", "comments")),
    default="orders",
    help=t("commands.live.by"),
)
@click.option("--suggest", is_flag=True, help=t("commands.live.suggest"))
@json_option
def lift(session: str, platform: str | None, by: Any, suggest: bool, as_json: bool) -> None:
    """Print what each presentation brought against the session's own baseline."""
    from shop.streams.session import find_session

    with opened() as (db, _):
        content = contract.lifts_content(db, find_session(db, session, platform), by, suggest=suggest)
    if as_json:
        print_json(content)
        return
    for row in content["presentations"]:
        verdict = t(f"commands.live.verdict.{row['verdict']}")
        lift_of = (
            "" if row["lift"] is None else f"{row['lift']:+.0%} ({row['low']:+.0%} … {row['high']:+.0%})"
        )
        click.echo(f"{row['at']}  {row['item'] or row['kind']}  {row['orders']}  {lift_of}  {verdict}")
    for row in content.get("suggested", ()):
        click.echo(f"{row['at']}  {t('commands.live.suggested')}")
    if not content["presentations"]:
        click.echo(t("commands.live.no_marks"))


live_command.add_command(mark)
live_command.add_command(review)


@click.group("video", help=t("commands.live.video.help"))
def video_command() -> None:
    """Videos."""


@video_command.command("list", help=t("commands.live.video.list"))
@click.option("--from", "start", metavar="D", help=t("commands.report.start"))
@click.option("--to", "end", metavar="D", help=t("commands.report.end"))
@click.option("--platform", metavar="NAME", help=t("commands.live.platform"))
@json_option
def list_videos(start: str | None, end: str | None, platform: str | None, as_json: bool) -> None:
    """Print the videos that were published in a range, the latest first."""
    from shop.streams.sessions import videos
    from shop.streams.videos import same_clips

    with opened() as (db, _):
        table = videos(db, range_of(db, start, end, platform))
        table["clip"] = same_clips(table)
        rows = table_rows(table)
    if as_json:
        print_json({"videos": rows})
        return
    names = (
        "published",
        "platform",
        "video",
        "title",
        "views",
        "likes",
        "comments",
        "orders",
        "gmv",
        "own_gmv",
    )
    _print_rows(rows, names, {"gmv", "own_gmv"})


@video_command.command("show", help=t("commands.live.video.show"))
@click.argument("video")
@click.option("--platform", metavar="NAME", help=t("commands.live.platform"))
@json_option
def show_video(video: str, platform: str | None, as_json: bool) -> None:
    """Print one video: totals, sales by grade, its days."""
    from shop.streams.videos import find_video

    with opened() as (db, _):
        content = contract.video_content(db, find_video(db, video, platform))
    if as_json:
        print_json(content)
        return
    click.echo(f"{content['published'] or ''}  {content['platform']}  {content['title'] or content['video']}")
    for name, value in content["figures"].items():
        if value is not None:
            click.echo(f"{name}: {_text(value)}")
    for grade, sums in content["grades"].items():
        gmv = format.exact_in(sums["gmv"], content["currency"])
        click.echo(f"{grade}: {gmv}, {sums['orders']} {t('commands.live.orders')}")


def _print_rows(rows: list[dict[str, Any]], names: tuple[str, ...], money: set[str]) -> None:
    for row in rows:
        cells = (figure(row[name], "cents") if name in money else _text(row.get(name)) for name in names)
        click.echo("  ".join(cells))


def _text(value: Any) -> str:
    return (
        ""
        if value is None
        else f"{value:,}"
        if isinstance(value, int) and not isinstance(value, bool)
        else str(value)
    )
