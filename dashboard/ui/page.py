"""What a page of the dashboard declares about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shop.access.roles import Permission


@dataclass(frozen=True)
class PageMeta:
    """The place of a page in the navigation, and the filters above it.

    `icon` is a Material symbol; `order` sorts the pages, the first of which opens by default. Pages
    with `platform_filter` are computed for one platform and currency, those without for the whole shop.
    `needs` is what a role must be allowed for the page to be opened at all; the readers behind it check again.
    """

    section: Literal["sales", "audience", "shop"]
    order: int
    icon: str
    period_filter: bool = False
    platform_filter: bool = False
    needs: Permission = "see_sums"
