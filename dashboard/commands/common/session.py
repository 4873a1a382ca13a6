"""What is shared by the commands after `kilnboard listing`: the database with who acts, JSON, money."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common.output import print_json
from dashboard.i18n.messages import t

if TYPE_CHECKING:
    from shop.access.roles import Actor
    from shop.db.database import Database

json_option = click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))


@contextmanager
def opened() -> Iterator[tuple[Database, Actor]]:
    """The database, and who acts on it."""
    from dashboard.ui.actor import actor
    from shop.connect import connect

    db = connect()
    try:
        yield db, actor()
    finally:
        db.close()


def require_owner() -> None:
    """Refuse a command that only the owner may run; raises NotAllowed where KILNBOARD_ROLE names another role."""
    from dashboard.ui.actor import actor
    from shop.access.roles import require

    require(actor(), "manage_shop")


def done(key: str, number: int | None, *, as_json: bool = False, **fields: Any) -> None:
    """Report what was done and under which number it is undone."""
    if as_json:
        print_json({"done": key, "undo": number, **fields})
        return
    click.echo(t(f"commands.listing.done.{key}", **fields))
    if number is not None:
        click.echo(t("commands.listing.done.undo", number=number))


def key_of(text: str) -> tuple[str, ...]:
    """The row that a text names: PLATFORM/ID a listing, anything else a SKU or a product's code."""
    platform, _, listing = text.partition("/")
    return (platform, listing) if listing else (text,)


def clock_at(db: Any, on: str | None) -> Any:
    """The day to look from, and whether it still runs."""
    from shop import overview
    from shop.core.errors import BadPeriod

    try:
        options = date.fromisoformat(on) if on else None
    except ValueError as problem:
        raise BadPeriod(text=on) from problem
    return overview.clock(db, datetime.now(UTC), options)


def settings_of(db: Any) -> Any:
    """The time zone and currency of the shop."""
    from shop.metrics.settings import shop_settings

    with db.read() as connection:
        return shop_settings(connection)
