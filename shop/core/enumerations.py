"""The enumerations of orders and of the stock ledger, for readers of files and for the tables alike."""

from __future__ import annotations

from enum import StrEnum


def values_of(words: type[StrEnum]) -> tuple[str, ...]:
    """The words of an enumeration in their order, as plain text."""
    return tuple(word.value for word in words)


class OrderStatus(StrEnum):
    """How far an order line has come, in this order; a cancelled one is last: nothing follows it."""

    UNPAID = "unpaid"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class RefundStage(StrEnum):
    """Whether money was refunded before the parcel was sent or after."""

    BEFORE_SHIP = "before_ship"
    AFTER_SHIP = "after_ship"
    UNKNOWN = "unknown"


class Carrier(StrEnum):
    """What brought a sale."""

    LIVE = "live"
    VIDEO = "video"
    PRODUCT_CARD = "product_card"
    IMAGE_TEXT = "image_text"
    OTHER = "other"
    UNKNOWN = "unknown"


class Seller(StrEnum):
    """Who sold: the shop itself, or a partner (a creator)."""

    OWN = "own"
    PARTNER = "partner"


class Attribution(StrEnum):
    """How surely a sale belongs to its content, the surest first."""

    NAMED = "A"  # the platform names the session or the video
    INFERRED = "B"
    BY_TIME = "C"  # the order was placed while the session ran
    NONE = "D"


class StockReason(StrEnum):
    """Why stock changed."""

    PRODUCED = "made"
    SOLD = "sold"
    RETURNED = "returned"
    BROKEN = "broken"
    COUNTED = "counted"
    RESERVED = "reserved"
    RELEASED = "released"


STATUSES = values_of(OrderStatus)
CARRIERS = values_of(Carrier)
SELLERS = values_of(Seller)
REASONS = values_of(StockReason)
