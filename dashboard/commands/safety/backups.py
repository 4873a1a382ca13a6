"""`kilnboard backup` and `kilnboard restore`: copies of the database, those that are taken by themselves, the drill."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import json_option, opened, require_owner
from dashboard.i18n.messages import t

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
NEW_FILE = click.Path(path_type=Path, dir_okay=False)


class BackupGroup(click.Group):
    """The commands about backups; a first word that is none of them is the file to write to."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the first word, else `to`."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["to", *args]
        return super().resolve_command(ctx, args)


@click.group("backup", cls=BackupGroup, help=t("commands.backup.help"))
def backup_command() -> None:
    """Backups."""


@backup_command.command("to", help=t("commands.backup.to"))
@click.argument("target", type=NEW_FILE)
def to(target: Path) -> None:
    """Write a copy of the database to a new file."""
    require_owner()
    from shop.db.backup import backup

    with opened() as (db, _):
        backup(db, target)
    click.echo(t("commands.backup.done", target=str(target)))


@backup_command.command("now", help=t("commands.backup.now"))
@json_option
def now(as_json: bool) -> None:
    """Take a backup as the dashboard does."""
    require_owner()
    from shop.backups.automatic import back_up

    with opened() as (db, _):
        taken = back_up(db, "manual")
    if as_json:
        print_json({"backup": str(taken.path), "bytes": taken.bytes})
        return
    click.echo(t("backups.taken", name=str(taken.path)))


@backup_command.command("list", help=t("commands.backup.list"))
@json_option
def list_(as_json: bool) -> None:
    """The backups in the shop's own folder and in the second one."""
    require_owner()
    from dashboard.text.safety.backups import megabytes, moment
    from shop.backups.contents import all_backups

    with opened() as (db, _):
        listed = all_backups(db)
        if as_json:
            keys = ("reason", "bytes", "is_sealed")
            print_json(
                {
                    "backups": [
                        {"path": str(item.path), "taken_at": item.taken_at.isoformat()}
                        | {key: getattr(item, key) for key in keys}
                        for item in listed
                    ]
                }
            )
            return
        for item in listed:
            click.echo(
                t(
                    "commands.backup.line",
                    when=moment(db, item.taken_at),
                    reason=t(f"backups.reasons.{item.reason}"),
                    size=megabytes(item.bytes),
                    name=str(item.path),
                )
            )
    if not listed:
        click.echo(t("backups.none"))


@backup_command.command("drill", help=t("commands.backup.drill"))
@click.argument("source", required=False, type=FILE)
@json_option
@click.pass_context
def drill(ctx: click.Context, source: Path | None, as_json: bool) -> None:
    """Restore a backup for trial; exit code 1 where something differs."""
    require_owner()
    from dashboard.text.safety.backups import drill_lines, moment
    from shop import backup_drill

    with opened() as (db, _):
        report = backup_drill.drill(db.path, source and source.absolute(), _passphrase(source))
        lines = drill_lines(report, moment(db, report.taken_at))
    if as_json:
        checks = [{"name": check.name, "ok": check.ok} | check.details for check in report.checks]
        print_json(
            {
                "ok": report.is_well,
                "backup": report.name,
                "taken_at": report.taken_at.isoformat(),
                "orders": report.summary.orders,
                "checks": checks,
            }
        )
    else:
        click.echo("\n".join(lines))
    ctx.exit(0 if report.is_well else 1)


@backup_command.command("folder", help=t("commands.backup.folder"))
@click.argument("path", required=False)
@click.option("--passphrase", "sealed", is_flag=True, help=t("commands.backup.passphrase"))
def folder(path: str | None, sealed: bool) -> None:
    """The second folder for backups."""
    require_owner()
    from shop.backups.second_folder import backup_settings, choose_second_folder, copy_to_second_folder

    with opened() as (db, actor):
        if path is not None:
            passphrase = ""
            if sealed:
                passphrase = click.prompt(t("backups.passphrase"), hide_input=True, confirmation_prompt=True)
            choose_second_folder(db, "" if path == "none" else path, passphrase, actor=actor)
            count = copy_to_second_folder(db)
            click.echo(
                t("backups.folder.cleared") if path == "none" else t("backups.folder.saved", count=count)
            )
            return
        chosen = backup_settings(db)
    if not chosen.folder:
        click.echo(t("commands.backup.no_folder"))
        return
    click.echo(t(f"backups.folder.{'is_sealed' if chosen.pair else 'is_plain'}", folder=chosen.folder))


def _passphrase(source: Path | None) -> str:
    from shop.backups.sealed import SUFFIX

    if source is None or source.suffix != SUFFIX:
        return ""
    return str(click.prompt(t("backups.passphrase"), hide_input=True))


@click.command("restore", help=t("commands.restore.help"))
@click.argument("source", type=FILE)
@click.option("--yes", is_flag=True, help=t("commands.restore.yes"))
@click.option("--anyway", is_flag=True, help=t("commands.restore.anyway"))
def restore_command(source: Path, yes: bool, anyway: bool) -> None:
    """Put a backup in the place of the database; what was there is stored as a copy."""
    require_owner()
    from shop.backups.contents import opened as decrypted
    from shop.connect import connect
    from shop.db.backup import restore, restore_shop
    from shop.db.database import as_path, default_url
    from shop.db.partial import temporary_folder
    from shop.db.urls import is_server

    url = default_url()
    server = connect(url) if is_server(url) else None
    name = str(as_path(url)) if server is None else server.shown_name
    if (server is not None or as_path(url).exists()) and not yes:
        click.confirm(t("commands.restore.sure", path=name), abort=True)
    with temporary_folder("restore") as temporary:
        file = decrypted(source, temporary, _passphrase(source))
        if server is not None:
            stored = restore_shop(server, file, connect, anyway=anyway)
            server.close()
        else:
            stored = restore(file, as_path(url), connect, anyway=anyway)
    click.echo(t("commands.restore.done", path=name))
    if stored:
        click.echo(t("commands.restore.kept", path=str(stored)))
