"""`kilnboard status`: what is connected and how far it was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common.output import iso, platform_name, print_json, resource_name
from dashboard.commands.import_ import kind_name as import_kind
from dashboard.i18n.messages import t
from dashboard.text.table import table

if TYPE_CHECKING:
    from etl.sync.status import PlatformStatus


@click.command("status", help=t("commands.status.help"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
def status_command(as_json: bool) -> None:
    """What was read in, over which days, and what waits."""
    from etl.sync.status import platform_statuses as status
    from shop.connect import connect
    from shop.coverage import summary_by_kind

    db = connect()
    result = summary_by_kind(db)
    platforms = status(db)
    db.close()
    if as_json:
        sources = [_source(source) for source in result]
        print_json({"sources": sources, "platforms": status_contract(platforms)})
        return
    click.echo(t("commands.status.database", path=db.shown_name))
    _print_sources(result)
    click.echo("\n" + "\n".join(status_lines(platforms)))


def _print_sources(result: Sequence[Any]) -> None:
    if not result:
        click.echo(t("commands.status.empty"))
        return
    rows = [
        (
            import_kind(s.kind),
            str(s.files),
            f"{s.rows:,}",
            f"{s.rejected:,}",
            str(s.first or "–"),
            str(s.last or "–"),
        )
        for s in result
    ]
    heads = [t(f"commands.status.{name}") for name in ("kind", "files", "rows", "set_aside", "first", "last")]
    click.echo(table(heads, rows))


def _source(source: Any) -> dict[str, Any]:
    days = {
        name: value and value.isoformat()
        for name, value in (("first_on", source.first), ("last_on", source.last))
    }
    return {
        "kind": source.kind,
        "files": source.files,
        "rows": source.rows,
        "set_aside": source.rejected,
        **days,
    }


def gap_lines(platform: str) -> Iterator[str]:
    """What a platform does not offer, and which export file fills the gap."""
    from etl import platforms

    for gap in platforms.connector(platform).GAPS:
        names = ", ".join(t(f"kinds.{file}") for file in gap.files)
        key = "gap" if gap.files else "gap_open"
        yield t(f"commands.sync.{key}", kind=resource_name(gap.kind), files=names)


def status_lines(platforms: Sequence[PlatformStatus]) -> Iterator[str]:
    """What `kilnboard status` prints of the platforms: how each stands, what it offers, its gaps."""
    for item in platforms:
        key = "connected" if item.connected else "not_connected"
        yield t(f"commands.sync.{key}", platform=platform_name(item.platform), name=item.platform)
        if item.connected:
            yield from ("  " + _outcome(resource) for resource in item.resources)
        else:
            offered = t("commands.sync.between").join(resource_name(item.kind) for item in item.resources)
            yield "  " + t("commands.sync.offers", kinds=offered)
        yield from ("  " + line for line in gap_lines(item.platform))


def _outcome(resource: Any) -> str:
    return t(
        f"commands.sync.outcome.{resource.outcome or 'never'}",
        kind=resource_name(resource.kind),
        until=iso(resource.read_until) or "–",
        set_aside=resource.rejected,
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
                    "set_aside": r.rejected,
                }
                for r in item.resources
            ],
            "not_offered": [{"kind": gap.kind, "files": list(gap.files)} for gap in item.gaps],
        }
        for item in platforms
    ]
