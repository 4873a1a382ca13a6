"""Actors, roles and what each role may do: checked in every command and every reader of money, not by hiding a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from shop.core.errors import ShopError
from shop.db.database import Database

Role = Literal["owner", "assistant", "packer", "creator"]
ROLES: tuple[Role, ...] = ("owner", "assistant", "packer", "creator")
Permission = Literal[
    "edit_catalog",
    "edit_stock",
    "edit_kiln",
    "set_presale",
    "see_stock",
    "see_margins",
    "set_prices",
    "set_costs",
    "set_goals",
    "edit_calendar",
    "answer",
    "push_stock",
    "manage_shop",
    "read_contacts",
    "edit_live",
    "send_orders",
    "see_sums",
]
WORKSHOP: frozenset[Permission] = frozenset(
    {
        "edit_catalog",
        "edit_stock",
        "edit_kiln",
        "set_prices",
        "answer",
        "edit_live",
        "send_orders",
        "see_stock",
        "see_sums",
    }
)
MAY: dict[Role, frozenset[Permission]] = {
    "owner": WORKSHOP
    | {
        "see_margins",
        "set_presale",
        "set_costs",
        "set_goals",
        "edit_calendar",
        "push_stock",
        "manage_shop",
        "read_contacts",
    },
    "assistant": WORKSHOP,
    "packer": frozenset({"send_orders", "see_stock", "edit_stock"}),
    "creator": frozenset({"see_stock", "see_sums", "answer", "set_goals", "edit_calendar", "edit_live"}),
}
"""What each role may do.

`see_sums` are sums of sales; `see_margins` are costs, margins, purchase prices, payouts and fees, which the owner
alone sees; `manage_shop` are accounts, platform keys, backups and settings. A packer works on stock and parcels and
sees no sums; a creator plans and reads.
"""


@dataclass(frozen=True)
class Actor:
    """The acting person: the name that ledger and audit store, the role that decides, and where they act from.

    `origin` is the network address of a browser, or TERMINAL; empty where the program acts by itself.
    """

    name: str
    role: Role = "owner"
    origin: str = field(default="", compare=False)

    def may(self, what: Permission) -> bool:
        """Whether this role may do it."""
        return what in MAY[self.role]


class UnknownRole(ShopError):
    """The role is not one of Kilnboard's."""

    message = "There is no role “{role}”. Roles: {known}."


def role_named(value: str) -> Role:
    """The role of this name; raises UnknownRole."""
    for role in ROLES:
        if value == role:
            return role
    raise UnknownRole(role=value, known=", ".join(ROLES))


TERMINAL = "terminal"
OWNER = Actor("owner")
SYSTEM = Actor("kilnboard")  # what an import or a sync moves by itself


class NotAllowed(ShopError):
    """An action that this role may not do."""

    message = "{role} may not do this ({what}). Ask the owner, or open Kilnboard as the owner."


def require(actor: Actor, what: Permission) -> None:
    """Refuse what this role may not do; raises NotAllowed."""
    if not actor.may(what):
        raise NotAllowed(role=actor.role, what=what)


def may_read(db: Database, what: Permission) -> bool:
    """Whether the role that reads this database may see it; raises UnknownRole."""
    return what in MAY[role_named(db.role)]


def require_reader(db: Database, what: Permission) -> None:
    """Refuse what the role that reads this database may not see; raises NotAllowed or UnknownRole."""
    if not may_read(db, what):
        raise NotAllowed(role=db.role, what=what)
