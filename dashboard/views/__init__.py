"""The pages. Each is a package with its `PAGE` (see `dashboard.ui.page`) and a script `page.py`.

A new page is a new package here and its words in `dashboard/words/<language>/<page>.toml`, with at
least `<page>.name`; the navigation finds it by itself. No page imports another page.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from dashboard.ui.page import PageMeta


@cache
def pages() -> dict[str, PageMeta]:
    """Every page by name, in the order of the navigation; nobody may change it."""
    declared = {
        package.name: import_module(f"{__name__}.{package.name}").PAGE for package in iter_modules(__path__)
    }
    return dict(sorted(declared.items(), key=lambda page: page[1].order))
