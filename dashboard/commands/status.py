"""`kilnboard status`: what is connected and how far it was read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from dashboard.commands.common.output import print_json, table
from dashboard.commands.import_ import _kind
from dashboard.i18n.messages import t


@click.command("status", help=t("commands.status.help"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
def status_command(as_json: bool) -> None:
    """What was read in, over which days, and what waits."""
    from dashboard.commands import sync
    from etl.sync.status import platform_statuses as status
    from shop.connect import connect
    from shop.coverage import summary_by_kind

    db = connect()
    result = summary_by_kind(db)
    platforms = status(db)
    db.close()
    if as_json:
        sources = [_source(source) for source in result]
        print_json({"sources": sources, "platforms": sync.status_contract(platforms)})
        return
    click.echo(t("commands.status.database", path=str(db.path)))
    _print_sources(result)
    click.echo("\n" + "\n".join(sync.status_lines(platforms)))


def _print_sources(result: Sequence[Any]) -> None:
    if not result:
        click.echo(t("commands.status.empty"))
        return
    rows = [
        (
            _kind(s.kind),
            str(s.files),
            f"{s.rows:,}",
            f"{s.set_aside:,}",
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
        "set_aside": source.set_aside,
        **days,
    }
