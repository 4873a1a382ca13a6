"""Roles of a PostgreSQL server for one shop of a group: the owner of the home makes them and takes them away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.group.shops import database_of, group_shop


class NoServerRoles(ShopError):
    """A shop is not a schema of a server, so that there are no roles for it."""

    message = (
        "“{name}” is not a shop of its own schema in a PostgreSQL database ({place}): whoever may read the file, "
        "or the database, reads it."
    )


def grant_server_role(home: Database, name: str, kind: str, *, actor: Actor) -> tuple[str, str]:
    """Make the role of a kind (reader, writer) for a shop; its name and its new password, which is stored nowhere.

    Raises NotAllowed, UnknownShop, NoServerRoles and what the server refuses.
    """
    from shop.db.postgresql.roles import grant_role  # needs the extra postgres

    role = _on_server(home, name, kind, grant_role, actor)
    with home.write(quiet=True) as connection:
        log_action(connection, actor, "group.role", f"{name}: {role.name}")
    return role.name, role.password


def withdraw_server_role(home: Database, name: str, kind: str, *, actor: Actor) -> str:
    """Take the role of a kind away from a shop; its name. Raises what `grant_server_role` raises."""
    from shop.db.postgresql.roles import withdraw_role

    role: str = _on_server(home, name, kind, withdraw_role, actor)
    with home.write(quiet=True) as connection:
        log_action(connection, actor, "group.no_role", f"{name}: {role}")
    return role


def _on_server(home: Database, name: str, kind: str, do: Callable[..., Any], actor: Actor) -> Any:
    """Call `do` with a connection of the shop's server, its schema and the kind."""
    require(actor, "manage_shop")
    entry = group_shop(home, name)
    db = database_of(home, entry)
    if not db.is_file:
        from shop.db.postgresql.database import ServerDatabase

        if isinstance(db, ServerDatabase) and db.schema:
            with db.administer() as raw:
                return do(raw, db.schema, kind)
    raise NoServerRoles(name=name, place=entry.place)
