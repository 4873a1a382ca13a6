"""Commands that leave the database well: rebuild, doctor."""

from __future__ import annotations

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import require_owner
from dashboard.i18n.messages import t


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
