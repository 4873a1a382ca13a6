"""Kiln commands: each is a transaction of its own when called, or a step of a larger unit of work."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from shop.access.roles import Actor
from shop.db.database import Database
from shop.kiln.unit_of_work import UnitOfWork, kiln_transaction

P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C")


class Command(Generic[P, T, C]):
    """A change of the kiln, written once for a unit of work.

    `command(db, ..., actor=actor, shop_id=1)` requires the permission, commits, and returns `change(result,
    audit number)`; the number undoes it. `command.within(work, ...)` makes the change in a unit of work that
    the caller ends, writes no audit row and returns the result itself. Parameters, results and errors are
    those of the decorated function.
    """

    def __init__(
        self,
        function: Callable[Concatenate[UnitOfWork, P], T],
        action: str,
        subject: str,
        change: Callable[[T, int], C],
    ) -> None:
        """`action` names it in the audit log (fields are arguments), `subject` an attribute of the result."""
        self._function, self._action, self._subject, self._change = function, action, subject, change
        self._signature = inspect.signature(function)
        functools.update_wrapper(self, function)

    def __call__(self, db: Database, *arguments: Any, actor: Actor, shop_id: int = 1, **options: Any) -> C:
        """Run it in a transaction of its own; raises NotAllowed."""
        with kiln_transaction(db, actor, shop_id=shop_id) as work:
            given = self._signature.bind(work, *arguments, **options).arguments
            result = self._function(work, *arguments, **options)
            number = work.note(self._action.format(**given), getattr(result, self._subject))
            return self._change(result, number)

    def within(self, work: UnitOfWork, *arguments: P.args, **options: P.kwargs) -> T:
        """Run it inside a unit of work that the caller ends."""
        return self._function(work, *arguments, **options)
