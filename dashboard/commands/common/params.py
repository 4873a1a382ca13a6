"""What is typed after `kilnboard kiln`: days, pieces by cause, amounts and money."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

import click

from dashboard.i18n.messages import t


class Day(click.ParamType[date]):
    """A shop day, 2026-03-01."""

    name = "D"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        """The day of a text."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(t("commands.kiln.bad_day", text=value), param, ctx)


class Number(click.ParamType[int]):
    """A decimal number times `scale`, as a whole number: money as cents, amounts as thousandths."""

    def __init__(self, name: str, scale: int) -> None:
        self.name, self.scale = name, scale

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """The whole number of a text."""
        if isinstance(value, int):
            return value
        try:
            found = Decimal(value) * self.scale
            if not found.is_finite():
                raise InvalidOperation
            return int(found.quantize(Decimal(1), ROUND_HALF_UP))
        except InvalidOperation:
            self.fail(t("commands.kiln.bad_number", text=value), param, ctx)


DAY = Day()
MONEY = Number("MONEY", 100)
AMOUNT = Number("AMOUNT", 1000)
PERCENT = Number("PERCENT", 100)

on_option = click.option("--on", type=DAY, help=t("commands.kiln.on"))
json_option = click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
note_option = click.option("--note", metavar="TEXT", help=t("commands.kiln.note"))


def losses_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--lost crack=2 --lost warp=1."""
    return click.option("--lost", "losses", multiple=True, metavar="CAUSE=N", help=t("commands.kiln.lost"))(
        function
    )


def pieces_by(told: tuple[str, ...]) -> dict[str, int]:
    """Pieces by cause or grade: crack=2 warp=1."""
    found: dict[str, int] = {}
    for text in told:
        name, separator, number = text.partition("=")
        if not separator or not number.isdecimal():
            raise click.UsageError(t("commands.kiln.bad_pieces", text=text))
        found[name] = found.get(name, 0) + int(number)
    return found


@contextmanager
def opened() -> Iterator[tuple[Any, Any]]:
    """The database and who acts."""
    from dashboard.ui.actor import actor
    from shop.connect import connect

    db = connect()
    try:
        yield db, actor()
    finally:
        db.close()


def done(key: str, audit_id: int | None = None, **fields: Any) -> None:
    """Say what was done, and the number under which it is taken back."""
    click.echo(t(f"commands.kiln.{key}", **fields))
    if audit_id is not None:
        click.echo(t("commands.kiln.undo_hint", number=audit_id))
