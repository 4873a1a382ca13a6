"""The shops of a group: where each of them is."""

from __future__ import annotations

from shop.core.errors import UnknownShop
from shop.db.urls import is_server, shop_name, with_shop


def address_of(home: str, name: str) -> str:
    """The path or URL of the shop of this name, seen from the database at `home`.

    Raises BadShopName; UnknownShop where a file has no such shop.
    """
    if not is_server(home):
        raise UnknownShop(name=name, url=home, known="–")
    return with_shop(home, shop_name(name))
