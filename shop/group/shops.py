"""The shops of a group: a list in the database that is the group's home; each shop is a database of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.connect import connect, shared
from shop.core.clock import now_seconds
from shop.core.errors import MissingDatabase, ShopError, UnknownShop
from shop.db.database import Database, as_path
from shop.db.urls import check_server, is_server, shop_name, with_password_of, with_shop, without_password
from shop.metrics.settings import shop_settings


class ShopExists(ShopError):
    """A shop is in the list already, by its name or by its place."""

    message = "“{name}” is in the list already: {place}."


class FilePlace(ShopError):
    """From a browser a file was named as the place of a shop."""

    message = (
        "“{place}” is not a postgresql:// address. Leave the place empty for a new shop next to this one; a file "
        "elsewhere is added at the command line: kilnboard group add NAME PATH."
    )


class HomeShop(ShopError):
    """The database that has the list was to be put on it."""

    message = "{place} is the group's home, which every list begins with. Name another database."


@dataclass(frozen=True)
class ShopEntry:
    """One shop of the list: its short name, its title for people, and its path or URL without a password."""

    name: str
    place: str
    title: str

    @property
    def shown_name(self) -> str:
        """What people call it."""
        return self.title or self.name


def has_group(home: Database) -> bool:
    """Whether a shop is listed."""
    return home.row("SELECT 1 FROM group_shop LIMIT 1") is not None


def group_shops(home: Database) -> list[ShopEntry]:
    """The shops of the list, by name."""
    with home.read() as connection:
        rows = connection.execute(text("SELECT name, place, title FROM group_shop ORDER BY name")).all()
    return [ShopEntry(*row) for row in rows]


def group_shop(home: Database, name: str) -> ShopEntry:
    """The shop of this name; raises UnknownShop."""
    row = home.row("SELECT name, place, title FROM group_shop WHERE name = :name", {"name": name})
    if row is None:
        known = ", ".join(item.name for item in group_shops(home)) or "–"
        raise UnknownShop(name=name, url=home.shown_name, known=known)
    return ShopEntry(*row)


def database_of(home: Database, entry: ShopEntry) -> Database:
    """The database of a listed shop, opened once per process.

    No file is created where there is none: raises MissingDatabase, UnknownShop, UnreachableServer and what else opening
    it raises.
    """
    url = _url(home, entry.place)
    if not is_server(url) and not as_path(url).exists():
        raise MissingDatabase(path=url)
    return shared(url)


def address_of(home: str, name: str) -> str:
    """The path or URL of the shop of this name: of the group whose home is at a path or URL, else of its server.

    Raises BadShopName, UnknownShop.
    """
    shop_name(name)
    db = connect(home)
    try:
        return _url(db, group_shop(db, name).place)
    except UnknownShop:
        if not is_server(home):
            raise
        return with_shop(home, name)
    finally:
        db.close()


def add_shop(
    home: Database, name: str, place: str = "", *, title: str = "", actor: Actor
) -> tuple[ShopEntry, bool]:
    """Put a shop on the list; also whether it was created, where nothing was at its place.

    Without a place it is next to the home: a schema in the same database, or a file in the same folder. A password in
    a URL is not stored. Whoever adds it and has an account may see it as its owner. Raises NotAllowed, BadShopName,
    BadServerUrl, ShopExists, HomeShop and what opening it raises.
    """
    require(actor, "manage_shop")
    place = _placed(home, shop_name(name), place)
    for item in group_shops(home):
        if name == item.name or place == item.place:
            raise ShopExists(name=item.name, place=item.place)
    title, is_new = _see_to(_url(home, place), title.strip())
    with home.write() as connection:
        connection.execute(
            text("INSERT INTO group_shop (name, place, title, added_at) VALUES (:name, :place, :title, :at)"),
            {"name": name, "place": place, "title": title, "at": now_seconds()},
        )
        connection.execute(
            text(
                "INSERT INTO group_access (account_id, name, role) "
                "SELECT account_id, :shop, 'owner' FROM account WHERE name = :actor"
            ),
            {"shop": name, "actor": actor.name},
        )
        log_action(connection, actor, "group.added", f"{name} ({place})")
    return ShopEntry(name, place, title), is_new


def remove_shop(home: Database, name: str, *, actor: Actor) -> ShopEntry:
    """Take a shop off the list, with who may see it; its database stays as it is. Raises NotAllowed, UnknownShop."""
    require(actor, "manage_shop")
    entry = group_shop(home, name)
    with home.write() as connection:
        for table in ("group_access", "group_shop"):
            connection.execute(text(f"DELETE FROM {table} WHERE name = :name"), {"name": name})
        log_action(connection, actor, "group.removed", f"{name} ({entry.place})")
    return entry


def _placed(home: Database, name: str, place: str) -> str:
    """The place as it is stored."""
    if not place:
        place = with_shop(home.address, name) if not home.is_file else str(home.path.with_name(f"{name}.db"))
    if is_server(place):
        check_server(place)
        place = without_password(place)
    else:
        place = str(as_path(place))
    if place in (without_password(home.address), str(home.path)):
        raise HomeShop(place=place)
    return place


def _url(home: Database, place: str) -> str:
    """The path or URL that opens a place: the home's password counts for all databases of its server."""
    return with_password_of(place, home.address)


def _see_to(url: str, title: str) -> tuple[str, bool]:
    """Open a shop, or create it where there is none; its title, and whether it is new."""
    is_new = not is_server(url) and not Path(url).exists()
    try:
        db = connect(url)
    except UnknownShop:
        db, is_new = connect(url, is_new=True), True
    try:
        with db.read() as connection:
            return title or shop_settings(connection).name, is_new
    finally:
        db.close()
