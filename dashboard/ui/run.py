"""One run of a page: what is read once for all of it, and its language and currency for files that are built later."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from contextvars import copy_context
from typing import Any, ParamSpec, TypeVar

from streamlit.runtime.scriptrunner import get_script_run_ctx

from shop.db import writes

P = ParamSpec("P")
T = TypeVar("T")


class _Results(threading.local):
    """What the run of this thread has read: Streamlit gives each run a coordinator of its own."""

    def __init__(self) -> None:
        self.run: Any = None
        self.writes = -1
        self.by_key: dict[Hashable, Any] = {}


_results = _Results()


def read_once(key: Hashable, read: Callable[[], T]) -> T:
    """The result of `read`, read once in a run of a page and again after each write of this process.

    Outside of a run it is read each time. Nobody may change it.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return read()
    run, count = context.parallel_coordinator, writes.count()
    if _results.run is not run or _results.writes != count:
        _results.run, _results.writes, _results.by_key = run, count, {}
    results = _results.by_key
    if key not in results:
        results[key] = read()
    stored: T = results[key]
    return stored


def in_this_run(build: Callable[P, bytes], *arguments: P.args, **named: P.kwargs) -> Callable[[], bytes]:
    """What builds a file in the language and the currency of this run, whenever and wherever it is called.

    The file is built when it is clicked: on a thread of the server, outside of the page's run.
    """
    run = copy_context()
    return lambda: run.copy().run(build, *arguments, **named)  # a copy: two clicks may build at the same time
