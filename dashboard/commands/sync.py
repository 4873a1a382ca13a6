"""Commands that pull from the platforms: connect and sync; and what `status` prints of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common.output import iso, platform_name, print_json, resource_name
from dashboard.commands.common.params import IntervalParam
from dashboard.i18n.messages import t
from dashboard.text.errors import error

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
    from dashboard.commands.notify import send_due
    from dashboard.commands.stock import orders
    from dashboard.commands.stock import push as stock_push
    from shop.connect import connect

    db = connect()
    code = 0
    try:
        while True:
            started = time.monotonic()
            reports = _reparsed(db, platform) if reparse else _synced(db, platform, since, as_json)
            pushes = [] if reparse else stock_push.pushed(db, platform, quiet=True)
            code = exit_code(reports) or stock_push.exit_code(pushes)
            if as_json:
                print_json({"runs": [as_contract(item) for item in reports], **_push_contract(pushes)})
            elif not reports:
                click.echo(t("commands.sync.nothing"))
            for item in reports if not as_json else ():
                print_report(item)
            for push in pushes if not as_json else ():
                stock_push.print_push(push)
            if not as_json:
                orders.print_oversold(db)
            _print_alert(db, quiet=as_json)
            if not every or reparse:
                break
            send_due(db, quiet=as_json)
            since = None  # read again once, then go on
            time.sleep(max(0.0, every - (time.monotonic() - started)))
    except KeyboardInterrupt:
        click.echo(t("commands.sync.interrupted"), err=True)
        code = 130
    finally:
        db.close()
    ctx.exit(code)


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
    end = "\r\x1b[2K" if doing.done >= 1 else ""  # the run's own line follows
    click.echo(f"\r\x1b[2K{text}{end}", nl=False, err=True)


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
