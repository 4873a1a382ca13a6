"""Who may see which shop of a group, and as what: an account of the home has a role in each of its shops."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from shop.access.accounts import existing_account
from shop.access.audit import log_action
from shop.access.roles import ROLES, Actor, Role, UnknownRole, require, role_named
from shop.access.sessions import Visitor
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.group.shops import ShopEntry, database_of, group_shop, group_shops

SUMS = "sums"  # the shop's sums next to those of others, and nothing else of it
GRANTS = (*ROLES, SUMS)


class ClosedShop(ShopError):
    """A shop that this person may not see, or that is not there: one message for both."""

    message = "There is no shop “{name}” that you may see. Ask the owner of the group, or choose another one."


class NoShopYet(ShopError):
    """A guest of the group who was given no shop yet."""

    message = "You may see no shop yet. Ask the owner of the group to give you one."


@dataclass(frozen=True)
class ShopAccess:
    """What one account may do in one shop: a role, or SUMS."""

    account: str
    shop: str
    role: str


def accesses(home: Database) -> list[ShopAccess]:
    """Who may see what, by shop and account."""
    with home.read() as connection:
        rows = connection.execute(
            text(
                "SELECT a.name AS account, g.name AS shop, g.role FROM group_access g "
                "JOIN account a USING (account_id) ORDER BY g.name, a.name"
            )
        ).all()
    return [ShopAccess(*row) for row in rows]


def allow(home: Database, account: str, shop: str, role: str, *, actor: Actor) -> None:
    """Let an account see a shop in a role, with SUMS its sums alone, with "" not at all.

    Raises NotAllowed, UnknownAccount, UnknownShop, UnknownRole.
    """
    require(actor, "manage_shop")
    if role and role not in GRANTS:
        raise UnknownRole(role=role, known=", ".join(GRANTS))
    entry = group_shop(home, shop)
    with home.write() as connection:
        number = existing_account(connection, account)
        values = {"account": number, "shop": entry.name, "role": role}
        connection.execute(
            text("DELETE FROM group_access WHERE account_id = :account AND name = :shop"), values
        )
        if role:
            connection.execute(
                text("INSERT INTO group_access (account_id, name, role) VALUES (:account, :shop, :role)"),
                values,
            )
        action = "group.allowed" if role else "group.closed"
        log_action(connection, actor, action, f"{account}: {shop}{f' ({role})' if role else ''}")


def roles_of(home: Database, visitor: Visitor | None, usual: Role) -> dict[str, str]:
    """The listed shops that somebody may see, each with the role or SUMS.

    Without accounts (`visitor` is None) whoever sits at the computer sees all, in the `usual` role.
    """
    if visitor is None:
        return {item.name: usual for item in group_shops(home)}
    with home.read() as connection:
        rows = connection.execute(
            text("SELECT name, role FROM group_access WHERE account_id = :id ORDER BY name"),
            {"id": visitor.account_id},
        ).all()
    return {row.name: row.role for row in rows}


def visible_shops(home: Database, visitor: Visitor | None, usual: Role) -> list[ShopEntry]:
    """The listed shops that somebody may open, by name."""
    roles = roles_of(home, visitor, usual)
    return [item for item in group_shops(home) if roles.get(item.name, SUMS) != SUMS]


@dataclass(frozen=True)
class CurrentShop:
    """A shop that somebody has opened: its name in the list ("" for the home), and its database, read in their role."""

    name: str
    db: Database
    role: Role


def enter(home: Database, name: str, visitor: Visitor | None, usual: Role = "owner") -> CurrentShop:
    """The shop of this name ("" for the home, for a guest their first one), opened in the role that somebody has there.

    `usual` is the role where there are no accounts. Raises ClosedShop, NoShopYet, and what opening a database
    raises.
    """
    if not name:
        role = usual if visitor is None else visitor.role
        if role is not None:
            return CurrentShop("", home.read_as(role), role)
        first = next(iter(visible_shops(home, visitor, usual)), None)
        if first is None:
            raise NoShopYet()
        name = first.name
    row = home.row(
        "SELECT s.name, s.place, s.title, a.role FROM group_shop s "
        "LEFT JOIN group_access a ON a.name = s.name AND a.account_id = :id WHERE s.name = :name",
        {"name": name, "id": visitor.account_id if visitor else 0},
    )
    granted = usual if row and visitor is None else row[3] if row else None
    if row is None or granted is None or granted == SUMS:
        raise ClosedShop(name=name)
    role = role_named(str(granted))
    return CurrentShop(name, database_of(home, ShopEntry(*row[:3])).read_as(role), role)
