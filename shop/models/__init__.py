"""The tables, one file per aggregate."""

from sqlmodel import SQLModel

from shop.models.base import default_in_database
from shop.models.catalog import Listing, Product, SoldName, SoldSku, Variant
from shop.models.comments import Comment
from shop.models.orders import CARRIERS, ORDERS, STATUSES, OrderLine, Refund, Settlement
from shop.models.rollups import FactDay, FactSkuDay, FactSkuMonth
from shop.models.streams import (
    FactSession,
    LiveMinute,
    LiveSession,
    ProductStatement,
    Video,
    VideoDay,
)
from shop.models.syncs import (
    Cursor,
    Lease,
    Meta,
    RawPage,
    RejectedAnswer,
    RejectedRecord,
    Shop,
    SourceFile,
    SyncRun,
)

__all__ = [
    "CARRIERS",
    "ORDERS",
    "STATUSES",
    "Comment",
    "Cursor",
    "FactDay",
    "FactSession",
    "FactSkuDay",
    "FactSkuMonth",
    "Lease",
    "Listing",
    "LiveMinute",
    "LiveSession",
    "Meta",
    "OrderLine",
    "Product",
    "ProductStatement",
    "RawPage",
    "Refund",
    "RejectedAnswer",
    "RejectedRecord",
    "Settlement",
    "Shop",
    "SoldName",
    "SoldSku",
    "SourceFile",
    "SyncRun",
    "Variant",
    "Video",
    "VideoDay",
]

default_in_database(SQLModel.metadata)
