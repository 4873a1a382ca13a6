"""`kilnboard listing`: what the Listings page does, for scripts."""

from __future__ import annotations

import os

import click

from dashboard.commands.listing.add import add_command
from dashboard.commands.listing.edit import archive_command, delete_command, edit_command, undo_command
from dashboard.commands.listing.files import export_command, import_command
from dashboard.commands.listing.match import match_group
from dashboard.commands.listing.photo import photo_group
from dashboard.commands.listing.show import list_command, show_command
from dashboard.commands.listing.state import (
    check_command,
    link_command,
    offer_command,
    state_command,
    todo_command,
)
from dashboard.i18n.messages import t


@click.group("listing", help=t("commands.listing.help"))
@click.option("--as", "name", metavar="NAME", help=t("commands.listing.as_"))
def listing_command(name: str | None) -> None:
    """Products, variants, pieces and listings."""
    if name:
        from dashboard.ui.actor import USER

        os.environ[USER] = name


for command in (
    list_command,
    show_command,
    add_command,
    edit_command,
    archive_command,
    delete_command,
    undo_command,
    state_command,
    check_command,
    offer_command,
    link_command,
    todo_command,
    photo_group,
    match_group,
    import_command,
    export_command,
):
    listing_command.add_command(command)
