"""The tables, one file per aggregate."""

from sqlmodel import SQLModel

from shop.models.base import default_in_database
from shop.models.catalog import (
    Listing,
    MatchRule,
    Photo,
    Piece,
    Product,
    SoldMatch,
    SoldName,
    SoldSku,
    Variant,
)
from shop.models.comments import Comment
from shop.models.kiln import (
    BatchCost,
    BatchGrade,
    BatchLoss,
    BatchStep,
    Firing,
    Kiln,
    KilnBatch,
    Material,
    MaterialMovement,
    MaterialUse,
    UnitCost,
)
from shop.models.orders import CARRIERS, ORDERS, STATUSES, OrderLine, Refund, Settlement
from shop.models.people import Audit
from shop.models.plans import Alert, Campaign, Goal, Silence, StatedTotal
from shop.models.rollups import FactDay, FactSkuDay, FactSkuMonth
from shop.models.stock import (
    PlatformTerms,
    ReturnReceipt,
    StockBalance,
    StockClaim,
    StockHold,
    StockMovement,
    StockPush,
    Stocktake,
    StocktakeLine,
)
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
    "Alert",
    "Audit",
    "BatchCost",
    "BatchGrade",
    "BatchLoss",
    "BatchStep",
    "Campaign",
    "Comment",
    "Cursor",
    "FactDay",
    "FactSession",
    "FactSkuDay",
    "FactSkuMonth",
    "Firing",
    "Goal",
    "Kiln",
    "KilnBatch",
    "Lease",
    "Listing",
    "LiveMinute",
    "LiveSession",
    "MatchRule",
    "Material",
    "MaterialMovement",
    "MaterialUse",
    "Meta",
    "OrderLine",
    "Photo",
    "Piece",
    "PlatformTerms",
    "Product",
    "ProductStatement",
    "RawPage",
    "Refund",
    "RejectedAnswer",
    "RejectedRecord",
    "ReturnReceipt",
    "Settlement",
    "Shop",
    "Silence",
    "SoldMatch",
    "SoldName",
    "SoldSku",
    "SourceFile",
    "StatedTotal",
    "StockBalance",
    "StockClaim",
    "StockHold",
    "StockMovement",
    "StockPush",
    "Stocktake",
    "StocktakeLine",
    "SyncRun",
    "UnitCost",
    "Variant",
    "Video",
    "VideoDay",
]

default_in_database(SQLModel.metadata)
