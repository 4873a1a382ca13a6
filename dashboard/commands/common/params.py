"""What is typed after `kilnboard kiln`: days, pieces by reason, amounts and money."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

import click

from dashboard.i18n import format
from dashboard.i18n.messages import t
from shop.core.money import to_minor_rounded


class DayParam(click.ParamType[date]):
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


LARGEST = Decimal(10) ** 12  # beyond any amount of money or material of a studio


def _decimal(text: str) -> Decimal:
    """The number of a text; raises InvalidOperation for what is none, or beyond what is counted."""
    result = Decimal(text)
    if not result.is_finite() or abs(result) > LARGEST:
        raise InvalidOperation
    return result


class Number(click.ParamType[int]):
    """A decimal number times `scale`, as a whole number: amounts as thousandths, rates as basis points."""

    def __init__(self, name: str, scale: int) -> None:
        self.name, self.scale = name, scale

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """The whole number of a text."""
        if isinstance(value, int):
            return value
        try:
            return int((_decimal(value) * self.scale).quantize(Decimal(1), ROUND_HALF_UP))
        except InvalidOperation:
            self.fail(t("commands.kiln.bad_number", text=value), param, ctx)


class Money(click.ParamType[Decimal]):
    """An amount in the shop's currency, as it was typed; `minor` converts it once the shop is open."""

    name = "MONEY"

    def convert(self, value: Any, param: Any, ctx: Any) -> Decimal:
        """The amount of a text."""
        try:
            return _decimal(value)
        except InvalidOperation:
            self.fail(t("commands.kiln.bad_number", text=value), param, ctx)


DAY = DayParam()
MONEY = Money()
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


def pieces_by(report: tuple[str, ...]) -> dict[str, int]:
    """Pieces by reason or grade: crack=2 warp=1."""
    result: dict[str, int] = {}
    for text in report:
        name, separator, number = text.partition("=")
        if not separator or not number.isdecimal():
            raise click.UsageError(t("commands.kiln.bad_pieces", text=text))
        result[name] = result.get(name, 0) + int(number)
    return result


def minor(amount: Decimal | None) -> int | None:
    """A typed amount in minor units of the shop's currency; call it inside `opened`."""
    return None if amount is None else to_minor_rounded(amount, format.currency())


@contextmanager
def opened() -> Iterator[tuple[Any, Any]]:
    """The database and the current user; money is typed and written in the shop's currency."""
    from dashboard.ui.actor import actor
    from shop.connect import connect
    from shop.metrics.settings import shop_settings

    db = connect()
    try:
        with db.read() as connection:
            format.use_currency(shop_settings(connection).currency)
        yield db, actor()
    finally:
        db.close()


def done(key: str, audit_id: int | None = None, **fields: Any) -> None:
    """Report what was done, and the number under which it is undone."""
    click.echo(t(f"commands.kiln.{key}", **fields))
    if audit_id is not None:
        click.echo(t("commands.kiln.undo_hint", number=audit_id))


class IntervalParam(click.ParamType[int]):
    """A stretch of time such as 10m, 2h or 90s, in seconds; at least a minute."""

    name = "every"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The stretch in seconds."""
        result = re.fullmatch(r"(\d{1,6})\s*([smhd])", str(value))
        seconds = int(result[1]) * SECONDS[result[2]] if result else 0
        if seconds < SHORTEST:
            self.fail(t("commands.sync.bad_every", found=value), param, ctx)
        return seconds


SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


SHORTEST = 60
