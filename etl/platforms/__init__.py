"""The platforms, one file each; a new platform is one more file here and its samples."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import cast

from etl.errors import UnknownPlatform
from etl.platforms.base import Connector


def names() -> Sequence[str]:
    """The connectors' names, in order."""
    return sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))


def connector(name: str) -> Connector:
    """The connector of this name; raises UnknownPlatform."""
    if name not in names():
        raise UnknownPlatform(name=name, known=", ".join(names()))
    return cast(Connector, import_module(f"{__name__}.{name}"))
