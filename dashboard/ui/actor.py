"""The current user and their role."""

from __future__ import annotations

import getpass
import os

from shop.access.roles import ROLES, Actor, Role
from shop.core.errors import ShopError

USER, ROLE = "KILNBOARD_USER", "KILNBOARD_ROLE"


class UnknownRole(ShopError):
    """The role is not one of Kilnboard's."""

    message = "There is no role “{role}”. Roles: {known}."


def actor() -> Actor:
    """The current user: KILNBOARD_USER (else the name on this computer) as KILNBOARD_ROLE (else the owner).

    Raises UnknownRole.
    """
    return Actor(os.environ.get(USER) or _login(), role())


def role() -> Role:
    """The role of this run: KILNBOARD_ROLE, else the owner."""
    value = os.environ.get(ROLE) or "owner"
    for known in ROLES:
        if value == known:
            return known
    raise UnknownRole(role=value, known=", ".join(ROLES))


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container without such a user; Windows without a name
        return "owner"
