"""A sync again and again: what goes wrong in one round is reported, and the next one is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from etl.http.rate_limit import Clock
from shop.core.errors import ShopError

T = TypeVar("T")


def repeated(
    round_once: Callable[[], T],
    every: int,
    on_trouble: Callable[[Exception], None],
    clock: Clock | None = None,
) -> Iterator[T]:
    """The results of the rounds, one each `every` seconds; a round that takes longer is followed at once.

    The first round raises what goes wrong, for the user is there to read it. From then on what the shop or the
    system refuses (a full disk, a locked or missing database, no network) is given to `on_trouble`.
    """
    clock = clock or Clock()
    is_first = True
    while True:
        started = clock.stopwatch()
        try:
            result = round_once()
        except (ShopError, OSError) as problem:
            if is_first:
                raise
            on_trouble(problem)
        else:
            yield result
        is_first = False
        clock.sleep(max(0.0, every - (clock.stopwatch() - started)))
