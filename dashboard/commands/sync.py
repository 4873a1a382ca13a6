"""Commands that pull from the platforms: connect and sync; and what `status` says of them."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common.output import print_json
from dashboard.i18n.messages import t
from dashboard.text.errors import error

if TYPE_CHECKING:
    from etl.sync.options import SyncProgress
    from etl.sync.status import PlatformStatus

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
SHORTEST = 60


class Every(click.ParamType[int]):
    """A stretch of time such as 10m, 2h or 90s, in seconds; at least a minute."""

    name = "every"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The stretch in seconds."""
        result = re.fullmatch(r"(\d{1,6})\s*([smhd])", str(value))
        seconds = int(result[1]) * SECONDS[result[2]] if result else 0
        if seconds < SHORTEST:
            self.fail(t("commands.sync.bad_every", found=value), param, ctx)
        return seconds


@click.command("sync", help=t("commands.sync.help"))
@click.argument("platform", required=False)
@click.option("--every", type=Every(), metavar="10m", help=t("commands.sync.every"))
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
    """What the platforms were told of the stock, where there was anything to tell."""
    from dashboard.commands.stock.push import as_contract as contract

    return {"pushes": [contract(item) for item in pushes]} if pushes else {}


def _print_alert(db: Any, *, quiet: bool) -> None:
    """Look at what came in; the one alert of the day, if there is one, is said."""
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
    """What tells how far a sync is: on a terminal one line that is written over, else nothing."""
    return _print_doing if not quiet and sys.stderr.isatty() else lambda doing: None


def _print_doing(doing: SyncProgress) -> None:
    text = t(
        "commands.sync.doing",
        platform=_platform(doing.platform),
        kind=_kind(doing.kind),
        percent=round(doing.done * 100),
        read=doing.read,
        requests=doing.requests,
    )
    end = "\r\x1b[2K" if doing.done >= 1 else ""  # the run's own line follows
    click.echo(f"\r\x1b[2K{text}{end}", nl=False, err=True)


def exit_code(reports: list[Any]) -> int:
    """75 where trying later helps, 1 where something was set aside or refused, else 0."""
    if any(item.error is not None and item.error.exit_code == 75 for item in reports):
        return 75
    return int(any(item.error is not None or item.set_aside for item in reports))


def as_contract(report: Any) -> dict[str, Any]:
    """A run's report as `--json` prints it; the cursor as ISO text in UTC."""
    result = {
        "platform": report.platform,
        "kind": report.kind,
        "requests": report.requests,
        "read": report.read,
        "stored": report.stored,
        "unchanged": report.unchanged,
        "set_aside": report.set_aside,
        "cursor": iso(report.cursor),
    }
    if report.error is not None:
        result |= {"error": error(report.error), "code": report.error.code}
    return result


def iso(moment: int | None) -> str | None:
    """Seconds UTC as ISO text."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def print_report(report: Any) -> None:
    """Print what one run brought."""
    where = {"platform": _platform(report.platform)}
    if report.kind:
        counts = {
            name: getattr(report, name) for name in ("requests", "read", "stored", "unchanged", "set_aside")
        }
        click.echo(t("commands.sync.done", kind=_kind(report.kind), **where, **counts))
    if report.error is not None:
        click.echo(error(report.error), err=True)


def _platform(name: str) -> str:
    return t(f"connectors.{name}")


def _kind(kind: str) -> str:
    return t(f"resources.{kind}")


# --- connect -------------------------------------------------------------------------------------


@click.command("connect", help=t("commands.connect.help"))
@click.argument("platform", required=False)
@click.option("--forget", is_flag=True, help=t("commands.connect.forget"))
@click.pass_context
def connect_command(ctx: click.Context, platform: str | None, forget: bool) -> None:
    """Ask for the keys of a platform, log in, try one call of each resource, and say what works."""
    from etl import platforms

    if platform is None:
        click.echo(t("commands.connect.which"))
        for name in platforms.names():
            click.echo(f"  {name}  {_platform(name)}")
        ctx.exit(2)
    connector = platforms.connector(platform)
    if forget:
        from etl import credentials

        credentials.forget(connector)
        click.echo(t("commands.connect.forgotten", platform=_platform(platform)))
        return
    click.echo(t(f"connect.{platform}.steps"))
    ctx.exit(_log_in(platform, _prompt(connector)))


def _prompt(connector: Any) -> dict[str, str]:
    """What the owner pastes; what the environment or the file holds already is not asked for."""
    from etl import credentials

    known = credentials.known(connector)
    values = {}
    for item in connector.CREDENTIALS:
        if item.name in known:
            click.echo(t("commands.connect.known", name=item.name))
            values[item.name] = known[item.name]
            continue
        key = "optional" if item.optional else "needed"
        label = t(f"connect.{connector.NAME}.{item.name}")
        text = t(f"commands.connect.{key}", label=label)
        default = "" if item.optional else None
        values[item.name] = click.prompt(
            text, hide_input=item.secret and sys.stdin.isatty(), default=default, show_default=False
        )
    return values


def _log_in(platform: str, values: dict[str, str]) -> int:
    from etl.sync.login import connect as log_in
    from shop.connect import connect

    db = connect()
    try:
        tried = log_in(db, platform, values)
    finally:
        db.close()
    for item in tried:
        message = t("commands.connect.works") if item.error is None else error(item.error)
        click.echo(f"  {_kind(item.kind)}: {message}")
    for line in gap_lines(platform):
        click.echo(f"  {line}")
    click.echo(t("commands.connect.next", platform=platform))
    return int(any(item.error is not None for item in tried))


# --- status --------------------------------------------------------------------------------------


def gap_lines(platform: str) -> Iterator[str]:
    """What a platform does not offer, and which export file fills the gap."""
    from etl import platforms

    for gap in platforms.connector(platform).GAPS:
        names = ", ".join(t(f"kinds.{file}") for file in gap.files)
        key = "gap" if gap.files else "gap_open"
        yield t(f"commands.sync.{key}", kind=_kind(gap.kind), files=names)


def status_lines(platforms: Sequence[PlatformStatus]) -> Iterator[str]:
    """What `kilnboard status` says of the platforms: how each stands, what it offers, its gaps."""
    for item in platforms:
        key = "connected" if item.connected else "not_connected"
        yield t(f"commands.sync.{key}", platform=_platform(item.platform), name=item.platform)
        if item.connected:
            yield from ("  " + _outcome(resource) for resource in item.resources)
        else:
            offered = t("commands.sync.between").join(_kind(item.kind) for item in item.resources)
            yield "  " + t("commands.sync.offers", kinds=offered)
        yield from ("  " + line for line in gap_lines(item.platform))


def _outcome(resource: Any) -> str:
    return t(
        f"commands.sync.outcome.{resource.outcome or 'never'}",
        kind=_kind(resource.kind),
        until=iso(resource.read_until) or "–",
        set_aside=resource.set_aside,
        error=resource.error or "",
    )


def status_contract(platforms: Sequence[PlatformStatus]) -> list[dict[str, Any]]:
    """The same as `status --json` prints it."""
    return [
        {
            "platform": item.platform,
            "connected": item.connected,
            "resources": [
                {
                    "kind": r.kind,
                    "read_until": iso(r.read_until),
                    "outcome": r.outcome,
                    "error": r.error,
                    "set_aside": r.set_aside,
                }
                for r in item.resources
            ],
            "not_offered": [{"kind": gap.kind, "files": list(gap.files)} for gap in item.gaps],
        }
        for item in platforms
    ]
