"""A process that imports this first stays without pandas.

pyarrow loads pandas with its first array, which takes longer than all that a reader of files needs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import ModuleType


class _WithoutPandas:
    """A finder of modules to which there is no pandas."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> None:
        """None, which leaves a module to the next finder; raises ImportError for pandas."""
        if name == "pandas":
            raise ImportError(name)


sys.meta_path.insert(0, _WithoutPandas())
