"""`kilnboard export`: a table as CSV or XLSX, or all documented views as Parquet files."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.i18n.messages import t

PARQUET = "parquet"


@click.command("export", help=t("commands.export.help"))
@click.argument("table_name", metavar="TABLE")
@click.argument("target", type=click.Path(path_type=Path))
def export_command(table_name: str, target: Path) -> None:
    """Write one table to CSV or XLSX; cells that a spreadsheet would run are defused. Or a folder of Parquet files."""
    from shop.connect import connect
    from shop.export.tables import EXPORTED, write_table

    if table_name == PARQUET:
        _write_parquet(target)
        return
    if table_name not in EXPORTED:
        known = ", ".join((*EXPORTED, PARQUET))
        raise click.UsageError(t("commands.export.unknown", name=table_name, known=known))
    db = connect()
    rows = write_table(db, table_name, target)
    db.close()
    click.echo(t("commands.export.done", rows=rows, target=str(target)))


def _write_parquet(target: Path) -> None:
    from shop.connect import connect
    from shop.open_data.parquet import write_parquet

    db = connect()
    report = write_parquet(db, target)
    db.close()
    click.echo(
        t(
            "commands.export.parquet",
            views=len(report.rows),
            rows=sum(report.rows.values()),
            target=str(target),
        )
    )
    if report.withheld:
        click.echo(t("commands.export.withheld", names=", ".join(report.withheld)))
