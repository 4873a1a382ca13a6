"""What the commands of the stock share: moments, the form of a bookings' answer, JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import IntervalParam
from dashboard.i18n.messages import t

FROM_NOW = IntervalParam()


def moment(at: datetime) -> str:
    """A moment on this computer's clock: 2026-03-01 15:04."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def on_our_clock(db: Any, at: datetime | None) -> datetime | None:
    """A moment typed on the shop's own clock."""
    from shop.metrics.settings import shop_settings

    if at is None:
        return None
    with db.read() as connection:
        return at.replace(tzinfo=ZoneInfo(shop_settings(connection).time_zone))


def contract(values: Mapping[str, Any], **keys: str) -> dict[str, Any]:
    """Values as `--json` prints them: moments as ISO text in UTC, tuples as lists.

    `keys` are published names that differ from the attribute's: `contract(values, action="verb")`.
    """
    return {keys.get(name, name): _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dict):
        return contract(value)
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def booked(db: Any, sku: str, as_json: bool, **back: Any) -> None:
    """Print a SKU's stock now, and the number that undoes the booking."""
    from shop.stock import levels
    from shop.undo import stock

    number = stock.number_of(db, **back)
    (item,) = levels.stock_levels(db, skus=[sku])
    now = {"on_hand": item.on_hand, "held": item.reserved, "free": item.free, "short": item.short}
    if as_json:
        print_json({"sku": sku, **now, "change": number, **contract(back)})
        return
    click.echo(t("commands.stock.now", sku=sku, **now))
    if number is not None:
        click.echo(t("commands.stock.undo_hint", number=number))
