"""Commands that leave the database well: backup, restore, rebuild, doctor."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import require_owner
from dashboard.i18n.messages import t


@click.command("backup", help=t("commands.backup.help"))
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def backup_command(target: Path) -> None:
    """Write a copy of the database to a new file."""
    require_owner()
    from shop.connect import connect
    from shop.db.backup import backup

    db = connect()
    backup(db, target)
    db.close()
    click.echo(t("commands.backup.done", target=str(target)))


@click.command("restore", help=t("commands.restore.help"))
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help=t("commands.restore.yes"))
@click.option("--anyway", is_flag=True, help=t("commands.restore.anyway"))
def restore_command(source: Path, yes: bool, anyway: bool) -> None:
    """Put a backup in the place of the database; what was there is stored next to it."""
    require_owner()
    from shop.connect import connect
    from shop.db.backup import restore
    from shop.db.database import as_path, default_url

    place = as_path(default_url())
    if place.exists() and not yes:
        click.confirm(t("commands.restore.sure", path=str(place)), abort=True)
    stored = restore(source, place, connect, anyway=anyway)
    click.echo(t("commands.restore.done", path=str(place)))
    if stored:
        click.echo(t("commands.restore.kept", path=str(stored)))


@click.command("rebuild", help=t("commands.rebuild.help"))
def rebuild_command() -> None:
    """Recompute all roll-ups from the lines."""
    require_owner()
    from shop.connect import connect
    from shop.kiln.batch_costs import recompute_batch_costs
    from shop.metrics.rollups import rebuild

    db = connect()
    with db.write() as connection:
        rebuild(connection, 1)
        recompute_batch_costs(connection, 1)
    db.close()
    click.echo(t("commands.rebuild.done"))


@click.command("doctor", help=t("commands.doctor.help"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
@click.pass_context
def doctor_command(ctx: click.Context, as_json: bool) -> None:
    """Examine the database and the program."""
    from shop.connect import connect
    from shop.maintenance import examine

    db = connect()
    checks = [
        {
            "name": check.name,
            "ok": check.ok,
            "says": t(f"doctor.{check.name}.{check.verdict}", **check.details),
        }
        for check in examine(db)
    ]
    db.close()
    well = all(check["ok"] for check in checks)
    if as_json:
        print_json({"ok": well, "checks": checks})
    else:
        for check in checks:
            click.echo(f"{'✓' if check['ok'] else '✗'} {check['says']}")
    ctx.exit(0 if well else 1)
