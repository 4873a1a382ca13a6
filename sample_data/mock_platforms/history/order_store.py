"""One platform's orders and after-sale cases, with what comes in later."""

from copy import copy
from itertools import count
from typing import Any

from sample_data.mock_platforms.history import figures
from sample_data.mock_platforms.history.orders import Order
from sample_data.mock_platforms.history.time_index import TimeIndex


class OrderStore:
    """The orders of one platform; `patterns` are copied for orders that arrive suddenly."""

    def __init__(self, orders: list[Order], now: int, patterns: list[Order]) -> None:
        self.orders = TimeIndex(orders, now)
        self.cases = TimeIndex([case for order in orders for case in order.cases], now)
        self._patterns = patterns
        self._arrived = count(1)

    def at(self, now: int) -> None:
        """Let everything happen that happens up to a moment."""
        self.orders.at(now)
        self.cases.at(now)

    def arrive(self) -> None:
        """Let a new order come in at this moment."""
        number = next(self._arrived)
        if self._patterns:
            pattern = self._patterns[number % len(self._patterns)]
            self.orders.add(_copy_of(pattern, self.orders.now, number))

    def figures(self, now: int) -> dict[str, Any]:
        """Return the shop's figures by day, by SKU and in total at a moment."""
        self.at(now)
        orders = [order for _, order in self.orders.known()]
        return figures.figures(orders, [case for _, case in self.cases.known()], self.orders.now)


def _copy_of(pattern: Order, now: int, number: int) -> Order:
    """Return an order like another one, without its cases, created and paid just now."""
    later = now - (pattern.paid or pattern.created)
    order = copy(pattern)
    order.number = pattern.number + 400_000_000 + number * 1_000_003
    order.created, order.paid = now - 1, now
    order.cases, order._moments = [], None
    order.lines = [copy(line) for line in pattern.lines]
    for place, line in enumerate(order.lines):
        line.number = order.number + place * 1_007
        line.closed = line.gone = 0
        line.shipped = line.shipped + later if line.shipped else 0
        line.done = line.done + later if line.done else 0
    return order
