"""`kilnboard export`: a table as CSV or XLSX."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.i18n.messages import t


@click.command("export", help=t("commands.export.help"))
@click.argument("table_name", metavar="TABLE")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def export_command(table_name: str, target: Path) -> None:
    """Write one table to CSV or XLSX; cells that a spreadsheet would run are defused."""
    from shop.connect import connect
    from shop.export.tables import EXPORTED, write_table

    if table_name not in EXPORTED:
        known = ", ".join(EXPORTED)
        raise click.UsageError(t("commands.export.unknown", name=table_name, known=known))
    db = connect()
    rows = write_table(db, table_name, target)
    db.close()
    click.echo(t("commands.export.done", rows=rows, target=str(target)))
