"""What a file may leave open, whatever its kind: the platform, and the decimal mark of its amounts."""

from __future__ import annotations

from collections.abc import Iterator

from etl.errors import PlatformWanted, UnknownPlatformName
from etl.files.base import Recognised
from etl.files.fields import Context
from etl.files.platform_names import platform_slug, platforms_named, platforms_shown
from etl.profiles.fields import AMOUNTS
from etl.tables.amounts import decimal_mark
from etl.tables.currency_hints import marked_currency
from etl.tables.date_order import scan


def answer(recognised: Recognised, context: Context) -> None:
    """Find out what the file leaves open, into the settings of `context`; raises the open question."""
    if given := context.settings.get("platform"):
        if (slug := platform_slug(str(given))) is None:
            raise UnknownPlatformName(name=given)
        context.settings["platform"] = slug
    elif getattr(recognised.kind, "ASKS_PLATFORM", False):
        context.settings["platform"] = _platform(recognised)
    if getattr(recognised.kind, "IN_SHOP_CURRENCY", False) and "currency" not in recognised.places:
        _note_currency(recognised, context)
    if money := [item.name for item in recognised.kind.FIELDS if item.money]:
        decimal = context.settings.get("decimal") or decimal_mark(
            _amounts(recognised, money), recognised.table.name
        )
        if decimal != ".":
            context.settings["decimal"] = decimal


def _platform(recognised: Recognised) -> str:
    """The one platform that headers show, else the one that the file's name does; raises PlatformWanted."""
    shown = platforms_shown(recognised.table.head[recognised.header])
    named = platforms_named(recognised.table.name)
    agreed = shown & named if shown and named else shown | named
    if len(agreed) == 1:
        return next(iter(agreed))
    raise PlatformWanted(file=recognised.table.name, found=", ".join(sorted(shown | named)) or "–")


def _note_currency(recognised: Recognised, context: Context) -> None:
    """Take the currency that amounts name for that of the file; raises CurrencyWanted."""
    if context.settings.get("currency"):
        return
    head = recognised.table.head
    places = [
        recognised.places[item.name]
        for item in recognised.kind.FIELDS
        if (item.money or item.name in AMOUNTS) and item.name in recognised.places
    ]
    cells = [row[place] for row in head[recognised.header + 1 :] for place in places if place < len(row)]
    headers = [head[recognised.header][place] for place in places]
    named = marked_currency(recognised.table.name, headers, cells, context.currency)
    if named is not None:
        context.settings["currency"] = named


def _amounts(recognised: Recognised, money: list[str]) -> Iterator[str]:
    """The amounts of a file: of its first rows, and of all of it where one of them has a comma."""
    places = {name: recognised.places[name] for name in money if name in recognised.places}
    head = [
        row[place]
        for row in recognised.table.head[recognised.header + 1 :]
        for place in places.values()
        if place < len(row)
    ]
    yield from head
    if any("," in cell for cell in head):
        for chunk in scan(recognised.table, recognised.header, places, places):
            for cells in chunk.columns.values():
                yield from cells.drop_null().unique().to_pylist()
