"""Who sits before the page or types the command, and in which role."""

from __future__ import annotations

import getpass
import os

from shop.access.roles import ROLES, Actor, Role
from shop.core.errors import ShopError

USER, ROLE = "KILNBOARD_USER", "KILNBOARD_ROLE"


class UnknownRole(ShopError):
    """A role that Kilnboard does not know was asked for."""

    message = "There is no role “{role}”. Roles: {known}."


def actor() -> Actor:
    """Who acts: KILNBOARD_USER (else the name on this computer) as KILNBOARD_ROLE (else the owner).

    Raises UnknownRole.
    """
    return Actor(os.environ.get(USER) or _login(), role())


def role() -> Role:
    """The role of this run; the owner unless KILNBOARD_ROLE says otherwise."""
    asked = os.environ.get(ROLE) or "owner"
    for known in ROLES:
        if asked == known:
            return known
    raise UnknownRole(role=asked, known=", ".join(ROLES))


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container without such a user; Windows without a name
        return "owner"
