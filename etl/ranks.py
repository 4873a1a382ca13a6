"""How far an order or an after-sale case has come: of two versions of the same time the later status wins."""

from __future__ import annotations

from shop.core.enumerations import STATUSES

ORDER_RANK = {status: rank for rank, status in enumerate(STATUSES, 1)}
CASE_RANK = {None: 0, "asked": 1, "closed": 2, "refunded": 3}  # None: an order without an after-sale case


def order_rank(status: str, case: str | None) -> int:
    """The rank of an order line by its status first and its after-sale case second."""
    return ORDER_RANK[status] * len(CASE_RANK) + CASE_RANK[case]
