"""Actors, roles and what each role may do: checked in every command, not by hiding a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shop.core.errors import ShopError

Role = Literal["owner", "assistant", "packer", "creator"]
ROLES: tuple[Role, ...] = ("owner", "assistant", "packer", "creator")
Permission = Literal[
    "edit_catalog",
    "edit_stock",
    "edit_kiln",
    "set_presale",
    "see_margins",
    "set_prices",
    "set_costs",
    "set_goals",
    "edit_calendar",
    "answer",
    "push_stock",
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
        "see_sums",
    }
)
MAY: dict[Role, frozenset[Permission]] = {
    "owner": WORKSHOP
    | {
        "set_presale",
        "see_margins",
        "set_costs",
        "set_goals",
        "edit_calendar",
        "push_stock",
        "read_contacts",
    },
    "assistant": WORKSHOP,
    "packer": frozenset({"send_orders"}),
    "creator": frozenset({"answer", "set_goals", "edit_calendar", "edit_live", "see_sums"}),
}
"""An assistant sees and edits all but margins; a packer sends orders and sees no sums; a creator plans and reads."""


@dataclass(frozen=True)
class Actor:
    """The acting person: the name that ledger and audit store, and the role that decides."""

    name: str
    role: Role = "owner"

    def may(self, what: Permission) -> bool:
        """Whether this role may do it."""
        return what in MAY[self.role]


OWNER = Actor("owner")
SYSTEM = Actor("kilnboard")  # what an import or a sync moves by itself


class NotAllowed(ShopError):
    """An action that this role may not do."""

    message = "{role} may not do this ({what}). Ask the owner, or open Kilnboard as the owner."


def require(actor: Actor, what: Permission) -> None:
    """Refuse what this role may not do; raises NotAllowed."""
    if not actor.may(what):
        raise NotAllowed(role=actor.role, what=what)
