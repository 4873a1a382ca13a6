"""The addresses that messages go to: one file that only its owner reads, next to the keys.

`notices.toml` in the configuration folder (mode 0600), one table per address. The password of a mailbox
may stay out of it: KILNBOARD_MAIL_PASSWORD goes before.
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import replace
from pathlib import Path

from etl import credentials
from etl.notifications import MAIL, Address
from shop.core.errors import ShopError


class NoAddress(ShopError):
    """There is no address of this name."""

    message = "There is no address named “{name}”. Known: {known}. Add one: kilnboard notify add"


def place() -> Path:
    """The file of the addresses."""
    return credentials.folder() / "notices.toml"


def all_addresses() -> list[Address]:
    """Every address, by name."""
    password = None if credentials.shop_of_keys() else os.environ.get("KILNBOARD_MAIL_PASSWORD")
    return [
        replace(item, settings={**item.settings, "password": password})
        if password and item.service == MAIL
        else item
        for item in _stored()
    ]


def _stored() -> list[Address]:
    """The addresses as they are in the file."""
    try:
        tables = tomllib.loads(place().read_text("utf-8"))
    except FileNotFoundError:
        return []
    return [_address(name, table) for name, table in sorted(tables.items())]


def _address(name: str, table: dict[str, object]) -> Address:
    settings = {key: str(value) for key, value in table.items()}
    service, at = settings.pop("service"), settings.pop("at", "09:00")
    return Address(name, service, at, settings)


def address(name: str) -> Address:
    """The address of this name; raises NoAddress."""
    known = {item.name: item for item in all_addresses()}
    if name not in known:
        raise NoAddress(name=name, known=", ".join(known) or "–")
    return known[name]


def save(item: Address) -> None:
    """Add an address, or replace it; a password in the environment stays there."""
    _write([*(other for other in _stored() if other.name != item.name), item])


def forget(name: str) -> None:
    """Take an address away; raises NoAddress."""
    gone = address(name)
    _write([other for other in _stored() if other.name != gone.name])


def _write(addresses: list[Address]) -> None:
    """Write the whole file again, at once, readable by its owner alone."""
    lines = []
    for item in sorted(addresses, key=lambda item: item.name):
        table = {"service": item.service, "at": item.at, **item.settings}
        lines.append(f"[{json.dumps(item.name, ensure_ascii=False)}]")
        lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items()]
        lines.append("")
    place().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = place().with_name(f".notices.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    os.replace(temporary, place())
