"""Commands that pull from the platforms: connect and sync; and what `status` prints of them."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common.output import iso, platform_name, print_json, resource_name, write_over
from dashboard.commands.common.params import IntervalParam
from dashboard.i18n.messages import t
from dashboard.text.errors import error, of_a_command

if TYPE_CHECKING:
    from etl.sync.options import SyncProgress


@click.command("sync", help=t("commands.sync.help"))
@click.argument("platform", required=False)
@click.option("--every", type=IntervalParam(), metavar="10m", help=t("commands.sync.every"))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help=t("commands.sync.since"))
@click.option("--reparse", is_flag=True, help=t("commands.sync.reparse"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
@click.pass_context
def sync_command(
    ctx: click.Context,
    platform: str | None,
    every: int | None,
    since: datetime | None,
    reparse: bool,
    as_json: bool,
) -> None:
    """Pull what changed; with --every again and again until Ctrl-C."""
    from etl.sync.repeat import repeated
    from shop.connect import connect, shared
    from shop.db.database import default_url

    connect().close()
    signal.signal(signal.SIGTERM, _interrupt)
    again = every if not reparse else None
    moments = iter([since])  # read again from there once, then go on
    code = 0

    def round_once() -> int:
        db = shared(default_url())  # the file of now: it may have been restored since the round before
        return _round(
            db, platform, next(moments, None), reparse=reparse, as_json=as_json, repeats=bool(again)
        )

    try:
        for outcome in repeated(round_once, again or 0, _print_trouble):
            code = outcome
            if again is None:
                break
    except KeyboardInterrupt:
        click.echo(t("commands.sync.interrupted"), err=True)
        code = 130
    finally:
        shared(default_url()).close()
    ctx.exit(code)


def _interrupt(_number: int, _frame: Any) -> None:
    """End on SIGTERM as on Ctrl-C: what was read stays, the lease is given up."""
    raise KeyboardInterrupt


def _print_trouble(problem: Exception) -> None:
    """Report why a round did not take place, with the moment; the next one is tried."""
    refusal = of_a_command(problem)
    moment = datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    click.echo(t("commands.sync.stands_still", moment=moment, why=refusal.words if refusal else ""), err=True)


def _round(
    db: Any, platform: str | None, since: datetime | None, *, reparse: bool, as_json: bool, repeats: bool
) -> int:
    """One round: pull, push, report; its exit code. With `repeats`, messages that are due are sent too."""
    from dashboard.commands.notify import send_due
    from dashboard.commands.stock import orders
    from dashboard.commands.stock import push as stock_push

    reports = _reparsed(db, platform) if reparse else _synced(db, platform, since, as_json)
    pushes = [] if reparse else stock_push.pushed(db, platform, quiet=True)
    if as_json:
        print_json({"runs": [as_contract(item) for item in reports], **_push_contract(pushes)})
    else:
        if not reports:
            click.echo(t("commands.sync.nothing"))
        for item in reports:
            print_report(item)
        for push in pushes:
            stock_push.print_push(push)
        if any(item.stored for item in reports):
            orders.print_oversold(db)
    _print_alert(db, quiet=as_json)
    if repeats:
        send_due(db, quiet=as_json)
    return exit_code(reports) or stock_push.exit_code(pushes)


def _push_contract(pushes: Sequence[Any]) -> dict[str, Any]:
    """The quantities sent to the platforms, where there were any."""
    from dashboard.commands.stock.push import as_contract as contract

    return {"pushes": [contract(item) for item in pushes]} if pushes else {}


def _print_alert(db: Any, *, quiet: bool) -> None:
    """Look at what came in; the one alert of the day, if there is one, is reported."""
    from dashboard.reports.morning import alert_lines, shop_now

    for line in alert_lines(db, shop_now(db)):
        if not quiet:
            click.echo(line)


def _synced(db: Any, platform: str | None, since: datetime | None, quiet: bool) -> list[Any]:
    from etl.sync.engine import sync
    from etl.sync.options import Options

    moment = None if since is None else _midnight(db, since)
    return sync(db, platform, since=moment, options=Options(progress=progress(quiet=quiet)))


def _reparsed(db: Any, platform: str | None) -> list[Any]:
    from etl.sync.reparse import reparse

    return reparse(db, platform)


def _midnight(db: Any, day: datetime) -> int:
    """The moment in which a day of the shop begins."""
    from zoneinfo import ZoneInfo

    from shop.metrics.settings import shop_settings

    with db.read() as connection:
        zone = shop_settings(connection).time_zone
    return int(day.replace(tzinfo=ZoneInfo(zone)).timestamp())


def progress(*, quiet: bool = False) -> Callable[[SyncProgress], None]:
    """The progress of a sync: on a terminal one line that is written over, else nothing."""
    return _print_doing if not quiet and sys.stderr.isatty() else lambda doing: None


def _print_doing(doing: SyncProgress) -> None:
    text = t(
        "commands.sync.doing",
        platform=platform_name(doing.platform),
        kind=resource_name(doing.kind),
        percent=round(doing.done * 100),
        read=doing.read,
        requests=doing.requests,
    )
    write_over(text)
    if doing.done >= 1:
        write_over("")  # the run's own line follows


def exit_code(reports: list[Any]) -> int:
    """75 where trying later helps, 1 where a row or a request was rejected, else 0."""
    if any(item.error is not None and item.error.exit_code == 75 for item in reports):
        return 75
    return int(any(item.error is not None or item.rejected for item in reports))


def as_contract(report: Any) -> dict[str, Any]:
    """A run's report as `--json` prints it; the cursor as ISO text in UTC."""
    result = {
        "platform": report.platform,
        "kind": report.kind,
        "requests": report.requests,
        "read": report.read,
        "stored": report.stored,
        "unchanged": report.unchanged,
        "set_aside": report.rejected,
        "cursor": iso(report.cursor),
    }
    if report.error is not None:
        result |= {"error": error(report.error), "code": report.error.code}
    return result


def print_report(report: Any) -> None:
    """Print what one run brought."""
    where = {"platform": platform_name(report.platform)}
    if report.kind:
        counts = {name: getattr(report, name) for name in ("requests", "read", "stored", "unchanged")}
        click.echo(
            t(
                "commands.sync.done",
                kind=resource_name(report.kind),
                set_aside=report.rejected,
                **where,
                **counts,
            )
        )
    if report.error is not None:
        click.echo(error(report.error), err=True)


# --- status --------------------------------------------------------------------------------------
