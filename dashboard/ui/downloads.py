"""Files that are built when they are clicked: on a thread of the server, outside of the page's run."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from typing import ParamSpec

P = ParamSpec("P")


def in_this_run(build: Callable[P, bytes], *arguments: P.args, **named: P.kwargs) -> Callable[[], bytes]:
    """What builds a file in the language and the currency of this run, whenever and wherever it is called."""
    run = copy_context()
    return lambda: run.copy().run(build, *arguments, **named)  # a copy: two clicks may build at the same time
