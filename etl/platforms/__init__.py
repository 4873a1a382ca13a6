"""The platforms, one package each with a module `connector`; a new platform is one more package here.

`base` defines what a connector has, `records` reads values out of raw records, `paging` reads lists that change
meanwhile. Field names of a platform are in its own package only. Imports `etl.http`, `etl.tables` and `shop`.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import cast

from etl.errors import UnknownPlatform
from etl.platforms.base import Connector


def names() -> Sequence[str]:
    """The connectors' names, in order."""
    return sorted(module.name for module in iter_modules(__path__) if module.ispkg)


def connector(name: str) -> Connector:
    """The connector of this name; raises UnknownPlatform."""
    if name not in names():
        raise UnknownPlatform(name=name, known=", ".join(names()))
    return cast(Connector, import_module(f"{__name__}.{name}.connector"))
