"""A setting of one run of a page or command: its language, its currency."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar


def nothing_saved() -> str | None:
    """No value of an earlier run."""
    return None


class RunSetting:
    """A text that is set once in a run and read by everything after it.

    `saved` reads the value of the last whole run of the same session: a callback, or a part of a page that runs alone,
    starts before or without the code that sets it.
    """

    def __init__(self, name: str, default: str) -> None:
        self._value: ContextVar[str | None] = ContextVar(name, default=None)
        self._default = default
        self.saved: Callable[[], str | None] = nothing_saved

    def get(self) -> str:
        """The value of this run, else that of the session's last whole run, else the default."""
        return self._value.get() or self.saved() or self._default

    def set(self, value: str) -> None:
        """Use this value from here on, in this run."""
        self._value.set(value)
