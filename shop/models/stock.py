"""The stock ledger: stock on hand, every change of it, and what each order line took."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from shop.models.base import count, instant, key, shop_key


class StockMovement(SQLModel, table=True):
    """One signed change of one SKU's stock: how much, why, by whom and at which moment; never changed or deleted.

    `on_hand` and `reserved` are signed pieces. `move_key` names what caused it (an order line's state,
    a batch, a count): the same event changes stock once. `undoes` is the movement that this one takes
    back.
    """

    __tablename__ = "stock_movement"
    __table_args__: ClassVar = (
        UniqueConstraint("shop_id", "move_key"),
        # all columns that stock levels are added up from
        Index("stock_movement_sku", "shop_id", "sku", "moved_at", "reason", "on_hand"),
        # all SKUs of a range of days
        Index("stock_movement_time", "shop_id", "moved_at", "sku", "reason", "on_hand"),
        Index("stock_movement_order", "shop_id", "platform", "order_id"),
        CheckConstraint("on_hand <> 0 OR reserved <> 0", name="stock_movement_moves"),
    )

    movement_id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    sku: str
    reason: str
    on_hand: int = 0
    reserved: int = 0
    moved_at: datetime = instant()
    actor: str
    note: str | None = None
    move_key: str
    platform: str | None = None
    order_id: str | None = None
    line_id: str | None = None
    batch_id: str | None = None
    count_id: int | None = None
    hold_id: int | None = None
    undoes: int | None = None


class StockBalance(SQLModel, table=True):
    """One SKU's stock now: the sum of its movements, written by the same transaction.

    What may still be promised is on_hand - reserved; it goes below zero by `presale` at most, which
    only the owner sets. Orders paid before `tracked_from` do not move stock: it was counted later.
    """

    __tablename__ = "stock_balance"
    __table_args__: ClassVar = (
        CheckConstraint("on_hand - reserved >= -presale", name="stock_balance_promised"),
        CheckConstraint("on_hand >= -presale", name="stock_balance_on_hand"),
        CheckConstraint("reserved >= 0 AND presale >= 0", name="stock_balance_signs"),
        {"sqlite_with_rowid": False},
    )

    shop_id: int = shop_key()
    sku: str = key()
    on_hand: int = 0
    reserved: int = 0
    presale: int = 0
    tracked_from: datetime = instant()


class StockAllocation(SQLModel, table=True):
    """What one order line needs of one SKU's stock and what it got; `short` pieces are oversold.

    `wanted` follows the line's state: its quantity while it is paid, nothing once it is cancelled;
    `taken` is what left stock for it, `returned` what came back (or never will).
    wanted = taken + short. Part 0 is the line itself, less the pieces that were `agreed` to be settled
    otherwise; a part above 0 is a sibling piece agreed on in its stead. A line of a set (`set_sku`) has a
    row for each part of the set: 0, 100, 200 ..., with their siblings after them. `counted_out` of the taken
    pieces had left the stock before a count that did not know of the sale: the count recorded them
    missing, so that they do not leave the book a second time.
    """

    __tablename__ = "stock_claim"
    __table_args__: ClassVar = (
        Index("stock_claim_sku", "shop_id", "sku", "paid_at"),
        Index("stock_claim_short", "shop_id", "sku", sqlite_where=text("short > 0")),
        CheckConstraint(
            "taken >= 0 AND short >= 0 AND returned >= 0 AND agreed >= 0 "
            "AND counted_out BETWEEN 0 AND taken AND wanted = taken + short",
            name="stock_claim_signs",
        ),
        {"sqlite_with_rowid": False},
    )

    shop_id: int = shop_key()
    platform: str = key()
    order_id: str = key()
    line_id: str = key()
    part: int = Field(default=0, primary_key=True, sa_column_kwargs={"autoincrement": False})
    sku: str
    wanted: int
    taken: int = 0
    short: int = 0
    returned: int = 0
    agreed: int = 0
    counted_out: int = 0
    paid_at: datetime = instant()
    is_shipped: bool = False
    shipped_at: datetime | None = instant()
    content_id: str | None = None
    settled_at: datetime | None = instant()
    settled_by: str | None = None
    settled_how: str | None = None
    set_sku: str | None = None


class ReturnReceipt(SQLModel, table=True):
    """One case of goods coming back (or one line of it) that somebody dealt with, piece by piece.

    `whole` went back in stock, `broken` did not survive, `missing` never came. A parcel that came
    back without a case of the platform has the refund_id "".
    """

    __tablename__ = "return_receipt"
    __table_args__: ClassVar = (
        CheckConstraint(
            "whole >= 0 AND broken >= 0 AND missing >= 0 AND whole + broken + missing > 0",
            name="return_receipt_pieces",
        ),
    )

    shop_id: int = shop_key()
    platform: str = key()
    order_id: str = key()
    line_id: str = key()
    part: int = Field(default=0, primary_key=True, sa_column_kwargs={"autoincrement": False})
    refund_id: str = key()
    sku: str
    whole: int = 0
    broken: int = 0
    missing: int = 0
    received_at: datetime = instant()
    received_by: str
    note: str | None = None


class StockReservation(SQLModel, table=True):
    """Pieces reserved for somebody, for a live session mostly, until a moment; then free again.

    `kept` of them are reserved now: less once orders of the session took them, none when it ended.
    """

    __tablename__ = "stock_hold"
    __table_args__: ClassVar = (
        Index("stock_hold_open", "shop_id", "sku", "ended_at"),
        CheckConstraint("quantity > 0 AND kept >= 0", name="stock_hold_quantity"),
    )

    hold_id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    sku: str
    quantity: int
    kept: int = 0
    platform: str | None = None
    session_id: str | None = None
    note: str | None = None
    made_at: datetime = instant()
    made_by: str
    expires_at: datetime = instant()
    ended_at: datetime | None = instant()
    outcome: str | None = None


class Stocktake(SQLModel, table=True):
    """One stock count: open until it is finished (differences are booked) or dropped."""

    __tablename__ = "stocktake"

    count_id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    place: str | None = None
    status: str = "open"
    started_at: datetime = instant()
    started_by: str
    finished_at: datetime | None = instant()
    finished_by: str | None = None


class StocktakeLine(SQLModel, table=True):
    """One SKU of one count: what the ledger expected when it was counted, and what was there.

    `seen` is the ledger's last movement at that moment; what is booked later comes on top of the count.
    """

    __tablename__ = "stocktake_line"
    __table_args__: ClassVar = (
        CheckConstraint("counted IS NULL OR counted >= 0", name="stocktake_line_counted"),
        {"sqlite_with_rowid": False},
    )

    count_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sku: str = key()
    expected: int
    seen: int = 0
    counted: int | None = count()
    counted_at: datetime | None = instant()
    counted_by: str | None = None


class StockPush(SQLModel, table=True):
    """The quantity last sent to a platform for one listing, and whether it took it.

    `outcome` is done, failed or unsure (the answer got lost: it is sent again at the next push).
    """

    __tablename__ = "stock_push"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    platform: str = key()
    listing_id: str = key()
    quantity: int
    outcome: str
    pushed_at: datetime = instant()
    error: str | None = None


class PlatformSettings(SQLModel, table=True):
    """Settings of the shop for one platform: safety margin of stock, fees, breakage.

    `push_stock` is the owner's permission to send the platform how many pieces there are.
    Rates are in hundredths of a percent (basis points) of what the buyer pays; money in cents.
    """

    __tablename__ = "platform_terms"
    __table_args__: ClassVar = (
        CheckConstraint(
            "safety_margin >= 0 AND fee_bp BETWEEN 0 AND 10000 "
            "AND commission_bp BETWEEN 0 AND 10000 AND breakage_bp BETWEEN 0 AND 10000",
            name="platform_terms_range",
        ),
    )

    shop_id: int = shop_key()
    platform: str = key()
    safety_margin: int = 0
    push_stock: bool = False
    fee_bp: int = 0
    commission_bp: int = 0
    breakage_bp: int = 0
    shipping_cents: int = 0
