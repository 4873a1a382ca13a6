"""What a section of the Settings page declares about itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from shop.access.roles import Permission

Group = Literal["shop", "platforms", "people", "safety", "program"]
GROUPS: tuple[Group, ...] = ("shop", "platforms", "people", "safety", "program")


def _no_state() -> str:
    return ""


@dataclass(frozen=True)
class Section:
    """One section: its words are `settings.sections.<name>.title` and `.note`, `icon` is a Material symbol.

    `show` draws it; `state` is its present state in a few words, for the list. A section with a `page` is only a link
    to that page with the parameters of `link`. `needs` is what a role must be allowed to see it; the actions check
    again.
    """

    name: str
    group: Group
    icon: str
    show: Callable[[], None] | None = None
    state: Callable[[], str] = _no_state
    page: str = ""
    link: dict[str, str] = field(default_factory=dict)
    needs: Permission = "manage_shop"
