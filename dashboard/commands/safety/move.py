"""`kilnboard move`: a shop from one database to another, of SQLite or PostgreSQL."""

from __future__ import annotations

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import json_option, require_owner
from dashboard.i18n.messages import t


@click.command("move", help=t("commands.move.help"))
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@json_option
def move_command(source: str, target: str, as_json: bool) -> None:
    """Carry every row and the key."""
    require_owner()
    from shop.connect import connect
    from shop.db.database import as_path
    from shop.db.moving import NoShop, move
    from shop.db.urls import is_server

    if not is_server(source) and not as_path(source).exists():
        raise NoShop(url=source)
    old, new = connect(source), connect(target)
    try:
        rows, name = move(old, new), new.shown_name
    finally:
        old.close()
        new.close()
    if as_json:
        print_json({"rows": rows, "target": name})
        return
    click.echo(t("commands.move.done", rows=f"{rows:,}", target=name))
