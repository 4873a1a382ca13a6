"""`kilnboard group`: the shops of a group, and who may see which."""

from __future__ import annotations

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import json_option, opened
from dashboard.i18n.messages import t
from dashboard.text.markdown import plain
from dashboard.text.table import table

GRANTED = click.Choice(["owner", "assistant", "packer", "creator", "sums", "none"])


@click.group("group", help=t("commands.group.help"))
def group_command() -> None:
    """The shops of a group."""


@group_command.command("list", help=t("commands.group.list"))
@json_option
def list_(as_json: bool) -> None:
    """The shops with who may see them."""
    from shop.access.roles import require
    from shop.group.access import accesses
    from shop.group.shops import group_shops

    with opened() as (db, actor):
        require(actor, "manage_shop")
        entries, allowed = group_shops(db), accesses(db)
    people = {
        item.name: {access.account: access.role for access in allowed if access.shop == item.name}
        for item in entries
    }
    if as_json:
        shops = [
            {"name": item.name, "title": item.title, "place": item.place, "people": people[item.name]}
            for item in entries
        ]
        print_json({"shops": shops})
        return
    if not entries:
        click.echo(t("commands.group.none"))
        return
    heads = [t("group.name_of"), t("group.title_of"), t("group.place_of"), t("group.who")]
    rows = [
        [
            item.name,
            item.title or "–",
            item.place,
            ", ".join(f"{name} ({t(f'people.roles.{role}')})" for name, role in people[item.name].items()),
        ]
        for item in entries
    ]
    click.echo(table(heads, rows, left=4))


@group_command.command("add", help=t("commands.group.add"))
@click.argument("name")
@click.argument("place", required=False, default="")
@click.option("--title", default="", metavar="TEXT", help=t("commands.group.title"))
@json_option
def add(name: str, place: str, title: str, as_json: bool) -> None:
    """Put a shop on the list; it is created where it is not there."""
    from shop.group.shops import add_shop

    with opened() as (db, actor):
        entry, is_new = add_shop(db, name, place, title=title, actor=actor)
    if as_json:
        print_json({"shop": entry.name, "place": entry.place, "created": is_new})
        return
    words = t("group.created" if is_new else "group.taken_in", shop=entry.shown_name, place=entry.place)
    click.echo(plain(words))


@group_command.command("remove", help=t("commands.group.remove"))
@click.argument("name")
@click.option("--yes", is_flag=True, help=t("commands.group.yes"))
def remove(name: str, yes: bool) -> None:
    """Take a shop off the list; its data stay."""
    from shop.access.roles import require
    from shop.group.shops import group_shop, remove_shop

    with opened() as (db, actor):
        require(actor, "manage_shop")
        entry = group_shop(db, name)
        if not yes:
            click.confirm(t("commands.group.sure", shop=entry.shown_name, place=entry.place), abort=True)
        remove_shop(db, name, actor=actor)
    click.echo(plain(t("group.removed", shop=entry.shown_name, place=entry.place)))


@group_command.command("allow", help=t("commands.group.allow"))
@click.argument("account")
@click.argument("name")
@click.argument("role", type=GRANTED)
def allow(account: str, name: str, role: str) -> None:
    """Let an account see a shop."""
    from shop.group import access

    granted = "" if role == "none" else role
    with opened() as (db, actor):
        access.allow(db, account, name, granted, actor=actor)
    words = t(f"people.roles.{granted}") if granted else t("group.closed")
    click.echo(t("commands.group.allowed", account=account, shop=name, role=words))


@group_command.command("grant", help=t("commands.group.grant"))
@click.argument("name")
@click.argument("kind", type=click.Choice(["reader", "writer"]))
@click.option("--withdraw", is_flag=True, help=t("commands.group.withdraw"))
@json_option
def grant(name: str, kind: str, withdraw: bool, as_json: bool) -> None:
    """Make a role of the server for one shop, or take it away."""
    from shop.group.server_roles import grant_server_role, withdraw_server_role

    with opened() as (db, actor):
        if withdraw:
            role, password = withdraw_server_role(db, name, kind, actor=actor), ""
        else:
            role, password = grant_server_role(db, name, kind, actor=actor)
    if as_json:
        print_json({"shop": name, "role": role, "password": password or None})
        return
    key = "withdrawn" if withdraw else f"granted_{kind}"
    click.echo(t(f"commands.group.{key}", shop=name, role=role, password=password))


CALENDAR = click.Choice(["previous", "mtd", "year", "weekday", "lunar"])


@group_command.command("report", help=t("commands.group.report"))
@click.option("--from", "start", metavar="D", help=t("commands.report.start"))
@click.option("--to", "end", metavar="D", help=t("commands.report.end"))
@click.option(
    "--against", type=CALENDAR, default="previous", show_default=True, help=t("commands.group.against")
)
@json_option
def report(start: str | None, end: str | None, against: str, as_json: bool) -> None:
    """The shops side by side."""
    from datetime import UTC, datetime

    from dashboard.commands.report import period as days
    from dashboard.text import group as wording
    from shop.access.roles import require
    from shop.core.periods import Period
    from shop.group.comparison import ShopFigures, database_to_compare, shop_figures, shops_to_compare, sums
    from shop.group.parallel import ask_all
    from shop.metrics.settings import shop_settings

    with opened() as (db, actor):
        require(actor, "see_sums")
        with db.read() as connection:
            zone = shop_settings(connection).time_zone
        period, now = Period(*days(start, end, zone)), datetime.now(UTC)
        shops = shops_to_compare(db, None, actor.role)
        by_name = {shop.entry.name: shop for shop in shops}

        def figures(name: str) -> ShopFigures:
            return shop_figures(database_to_compare(db, by_name[name]), period, against, now)

        answers = ask_all(list(by_name), figures)
    pairs = list(zip(shops, answers, strict=True))
    if as_json:
        print_json(wording.contract(pairs, sums(answers), period, against))
        return
    for total in sums(answers):
        click.echo(t("group.in_currency", currency=total.currency))
        heads, lines = wording.lines(pairs, total)
        click.echo(table(heads, lines) + "\n")
    for line in wording.without_figures(pairs):
        click.echo(plain(line))
