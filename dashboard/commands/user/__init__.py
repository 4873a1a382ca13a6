"""`kilnboard user`: accounts from the terminal. Whoever can read the database file is its owner."""

from __future__ import annotations

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import json_option, opened
from dashboard.i18n.messages import t
from dashboard.text.table import table

ROLE_CHOICE = click.Choice(["owner", "assistant", "packer", "creator"])
NEW_CHOICE = click.Choice([*ROLE_CHOICE.choices, "guest"])


@click.group("user", help=t("commands.user.help"))
def user_command() -> None:
    """People who may sign in."""


@user_command.command("list", help=t("commands.user.list"))
@json_option
def list_(as_json: bool) -> None:
    """The accounts."""
    from shop.access.accounts import accounts
    from shop.access.roles import require

    with opened() as (db, actor):
        require(actor, "manage_shop")
        result = accounts(db)
    if as_json:
        people = [
            {
                "name": item.name,
                "role": "guest" if item.is_guest else item.role,
                "blocked": item.is_blocked,
                "since": item.created_at.isoformat(),
            }
            for item in result
        ]
        print_json({"users": people})
        return
    heads = [t("people.name_of"), t("people.role_of"), t("people.state_of")]
    rows = [
        [
            item.name,
            t(f"people.roles.{'guest' if item.is_guest else item.role}"),
            t("people.blocked" if item.is_blocked else "people.may_sign_in"),
        ]
        for item in result
    ]
    click.echo(table(heads, rows, left=3) if rows else t("commands.user.none"))


@user_command.command("add", help=t("commands.user.add"))
@click.argument("name")
@click.option("--role", type=NEW_CHOICE, default="assistant", show_default=True, help=t("commands.user.role"))
@click.password_option(help=t("commands.user.password"), prompt=t("sign_in.password"))
def add(name: str, role: str, password: str) -> None:
    """Create an account."""
    from shop.access.accounts import add_account

    with opened() as (db, actor):
        is_guest = role == "guest"
        add_account(db, name, "assistant" if is_guest else role, password, is_guest=is_guest, actor=actor)
    click.echo(t("commands.user.added", name=name, role=t(f"people.roles.{role}")))


@user_command.command("reset", help=t("commands.user.reset"))
@click.argument("name")
@click.password_option(help=t("commands.user.password"), prompt=t("sign_in.password"))
def reset(name: str, password: str) -> None:
    """Give an account a new password and end its sessions."""
    from shop.access.accounts import set_password

    with opened() as (db, actor):
        set_password(db, name, password, actor=actor)
    click.echo(t("commands.user.was_reset", name=name))


@user_command.command("role", help=t("commands.user.role_help"))
@click.argument("name")
@click.argument("role", type=NEW_CHOICE)
def role_(name: str, role: str) -> None:
    """Give an account another role."""
    from shop.access.accounts import set_guest, set_role

    with opened() as (db, actor):
        if role != "guest":
            set_role(db, name, role, actor=actor)
        set_guest(db, name, role == "guest", actor=actor)
    click.echo(t("commands.user.has_role", name=name, role=t(f"people.roles.{role}")))


@user_command.command("sessions", help=t("commands.user.sessions"))
@click.option("--end", "number", type=int, help=t("commands.user.end"))
def sessions_(number: int | None) -> None:
    """Signed-in browsers; with --end one of them is signed out."""
    from shop.access import sessions

    with opened() as (db, actor):
        if number is not None:
            sessions.revoke(db, number, actor=actor)
        result = sessions.sessions(db, actor=actor)
    heads = [t(f"people.{name}") for name in ("number_of", "name_of", "seen", "address")]
    rows = [
        [str(item.login_id), item.name, item.seen_at.isoformat(" ", "minutes"), item.address]
        for item in result
    ]
    click.echo(table(heads, rows, left=4) if rows else t("people.no_sessions"))


@user_command.command("block", help=t("commands.user.block"))
@click.argument("name")
@click.option("--undo", is_flag=True, help=t("commands.user.unblock"))
def block(name: str, undo: bool) -> None:
    """Block an account, or let it in again."""
    from shop.access.accounts import set_blocked

    with opened() as (db, actor):
        set_blocked(db, name, not undo, actor=actor)
    click.echo(t("commands.user.unblocked" if undo else "commands.user.was_blocked", name=name))
