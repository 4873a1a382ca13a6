"""Commands that leave the database well: rebuild, doctor."""

from __future__ import annotations

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import opened, require_owner
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
@click.option("--accept-key", "accepts_key", is_flag=True, help=t("commands.doctor.accept_key"))
@click.option("--salvage", "salvages", is_flag=True, help=t("commands.doctor.salvage"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
@click.pass_context
def doctor_command(ctx: click.Context, accepts_key: bool, salvages: bool, as_json: bool) -> None:
    """Examine the database and the program, or save what can be read of a damaged one."""
    if salvages:
        _salvage(as_json=as_json)
        return
    if accepts_key:
        _accept_key(as_json=as_json)
        return
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


def _accept_key(*, as_json: bool) -> None:
    from shop.db.buyer_key import key_of
    from shop.maintenance import accept_key

    with opened() as (db, actor):
        accept_key(db, actor=actor)
        place = str(key_of(db.path))
    if as_json:
        print_json({"key": place})
        return
    click.echo(t("commands.doctor.accepted", file=place))


def _salvage(*, as_json: bool) -> None:
    require_owner()
    from dashboard.text.safety.salvage import salvage_lines
    from dashboard.ui.actor import actor
    from shop.db.database import as_path, default_url
    from shop.salvage import salvage

    result = salvage(as_path(default_url()), actor=actor())
    if as_json:
        print_json({"backup": str(result.path), "damaged": [vars(loss) for loss in result.losses]})
        return
    click.echo("\n".join(salvage_lines(result)))
    click.echo(t("commands.doctor.restore", path=str(result.path)))
