"""`kilnboard privacy`: what is stored of whom, for how long, and one buyer by an order number."""

from __future__ import annotations

import json
from pathlib import Path

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import json_option, opened
from dashboard.i18n.messages import t
from dashboard.text.safety.privacy import duration
from dashboard.text.table import table

FOREVER = "forever"
platform_option = click.option("--platform", default="", help=t("commands.privacy.platform"))
yes_option = click.option("--yes", is_flag=True, help=t("commands.privacy.yes"))


@click.group("privacy", help=t("commands.privacy.help"))
def privacy_command() -> None:
    """What is stored of people."""


@privacy_command.command("show", help=t("commands.privacy.show"))
@json_option
def show(as_json: bool) -> None:
    """Every personal column with its number of values."""
    from shop.privacy.inventory import stored_of_people

    with opened() as (db, actor):
        stored = stored_of_people(db, actor=actor)
    if as_json:
        print_json({"stored": [vars(column) for column in stored]})
        return
    rows = [
        [
            t(f"privacy.people.{column.who}"),
            t(f"privacy.items.{column.what}"),
            t(f"privacy.forms.{column.form}"),
            f"{column.table}.{column.column}",
            f"{column.rows:,}",
        ]
        for column in stored
        if column.rows
    ]
    heads = [t(f"privacy.{name}") for name in ("who", "what", "form", "where", "rows")]
    click.echo(table(heads, rows, left=4) if rows else t("privacy.none"))


@privacy_command.command("retention", help=t("commands.privacy.retention"))
@click.argument("kind", required=False)
@click.argument("days", required=False)
@yes_option
@json_option
def retention(kind: str | None, days: str | None, yes: bool, as_json: bool) -> None:
    """The days of each kind, or a new number for one."""
    from shop.privacy.retention import due_after, retention_rules, set_retention

    erased = 0
    with opened() as (db, actor):
        if kind:
            wanted = _days(days)
            due = due_after(db, kind, wanted, actor=actor)
            if due and not yes:
                click.confirm(t("commands.privacy.retention_sure", due=due), abort=True)
            erased = set_retention(db, kind, wanted, actor=actor)
        rules = retention_rules(db, actor=actor)
    if as_json:
        kinds = [{"kind": rule.kind, "days": rule.days, "stored": rule.stored} for rule in rules]
        print_json({"retention": kinds, "erased": erased})
        return
    for rule in rules:
        name = t(f"privacy.retention.{rule.kind}")
        click.echo(
            t("commands.privacy.retention_line", kind=name, days=duration(rule.days), stored=rule.stored)
        )
    if kind:
        click.echo(t("privacy.retention.done", erased=erased))


def _days(value: str | None) -> int | None:
    if value == FOREVER:
        return None
    if value is None or not (value.isascii() and value.isdigit()):
        raise click.UsageError(t("commands.privacy.bad_days"))
    return int(value[:9])


@privacy_command.command("export", help=t("commands.privacy.export"))
@click.argument("order")
@click.argument("target", required=False, type=click.Path(path_type=Path, dir_okay=False))
@platform_option
@click.option("--json", "_as_json", is_flag=True, help=t("commands.options.json"))
def export(order: str, target: Path | None, platform: str, _as_json: bool) -> None:
    """What is stored on the buyer of an order: JSON, to a new file or on the terminal."""
    from shop.privacy.buyer import export_buyer

    with opened() as (db, actor):
        stored = export_buyer(db, order, platform, actor=actor)
    if target is None:
        print_json(stored)
        return
    with target.open("x", encoding="utf-8") as file:
        json.dump(stored, file, ensure_ascii=False, indent=2)
    rows = sum(len(rows) for rows in stored["stored"].values())
    click.echo(t("commands.export.done", rows=rows, target=str(target)))


@privacy_command.command("erase", help=t("commands.privacy.erase"))
@click.argument("order")
@platform_option
@yes_option
@json_option
def erase(order: str, platform: str, yes: bool, as_json: bool) -> None:
    """Unlink the buyer of an order from all their rows."""
    from shop.privacy.buyer import erase_buyer, preview_erasure

    with opened() as (db, actor):
        seen = preview_erasure(db, order, platform, actor=actor)
        if not yes:
            click.confirm(t("commands.privacy.erase_sure", order=order, **vars(seen)), abort=True)
        done = erase_buyer(db, order, platform, actor=actor)
    if as_json:
        print_json({"order": order, "erased": vars(done)})
        return
    click.echo(t("privacy.buyer.erased", order=order, **vars(done)))
