"""Kiln production as facts: every stage of every batch, and every batch that has come to its end.

Grain of `stage_rows`: one part of one stage, on the day it was done, with the cents that had gone into
the pieces lost in it: the stage's loss (`batch_cost`) split over its parts by lost pieces, rounded along
the running sum in the order of the parts. Pieces in are those that came out or were lost; those that came out
unfinished and go into the kiln again are in `again`. Grain of `batch_rows`: one ended batch, on the day it ended.
Cancelled batches are in neither.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Label, Subquery, and_, case, func, select

from shop.db.dialect import constant
from shop.models import BatchCost, BatchStep, Firing, KilnBatch, Product, Variant
from shop.models.base import table_of
from shop.models.kiln import BatchStage, BatchStatus

PRODUCTION_DIMENSIONS = (
    "variant",
    "product_code",
    "family",
    "form",
    "glaze",
    "size",
    "clay",
    "maker",
    "batch",
)
FIRED = ("stage", "kiln", "firing", "position", "firing_pass")

BATCH = table_of(KilnBatch).alias("b")
STEP = table_of(BatchStep).alias("s")
VARIANT = table_of(Variant).alias("v")
PRODUCT = table_of(Product).alias("p")
EMPTY, ZERO = constant(""), constant(0)


def _shapes() -> list[Label[Any]]:
    """The product and the clay of a batch, as dimensions."""
    b, v, p = BATCH.c, VARIANT.c, PRODUCT.c
    return [
        b.sku.label("variant"),
        func.coalesce(v.product_code, EMPTY).label("product_code"),
        *(func.coalesce(p[name], EMPTY).label(name) for name in ("family", "form", "glaze")),
        func.coalesce(v.size, p.size, EMPTY).label("size"),
        func.coalesce(b.clay, p.clay, EMPTY).label("clay"),
    ]


def _with_catalog(rows: FromClause) -> FromClause:
    b, v, p = BATCH.c, VARIANT.c, PRODUCT.c
    return rows.outerjoin(VARIANT, and_(v.shop_id == b.shop_id, v.sku == b.sku)).outerjoin(
        PRODUCT, and_(p.shop_id == v.shop_id, p.product_code == v.product_code)
    )


def stage_rows() -> Subquery:
    """One row per part of a stage that is done, of every shop; see the grain above."""
    s, b = STEP.c, BATCH.c
    firing, cost = table_of(Firing).alias("f"), table_of(BatchCost).alias("c")
    begun: ColumnElement[int] = s.pieces_in - s.pieces_again
    lost: ColumnElement[int] = begun - s.pieces_out
    same_batch = and_(
        b.shop_id == s.shop_id, b.batch_id == s.batch_id, b.status != constant(BatchStatus.CANCELLED)
    )
    rows: FromClause = (
        STEP.join(BATCH, same_batch)
        .outerjoin(firing, and_(firing.c.shop_id == s.shop_id, firing.c.firing_id == s.firing_id))
        .outerjoin(
            cost, and_(cost.c.shop_id == s.shop_id, cost.c.batch_id == s.batch_id, cost.c.stage == s.stage)
        )
    )
    stage = (s.shop_id, s.batch_id, s.stage)
    parts = (
        select(
            s.shop_id,
            s.done_on.label("day"),
            s.batch_id.label("batch"),
            s.stage,
            s.part,
            begun.label("pieces_in"),
            s.pieces_out,
            s.pieces_again.label("again"),
            case((s.pass_number > constant(1), constant("further")), else_=constant("first")).label(
                "firing_pass"
            ),
            func.coalesce(firing.c.kiln_id, EMPTY).label("kiln"),
            func.coalesce(s.firing_id, EMPTY).label("firing"),
            func.coalesce(s.position, EMPTY).label("position"),
            func.coalesce(s.maker, b.maker, EMPTY).label("maker"),
            *_shapes(),
            lost.label("lost"),
            func.coalesce(cost.c.loss_cents, ZERO).label("loss"),
            func.sum(lost).over(partition_by=stage).label("all_lost"),
            func.sum(lost).over(partition_by=stage, order_by=s.part).label("lost_so_far"),
        )
        .select_from(_with_catalog(rows))
        .where(s.pieces_out.is_not(None))
        .subquery("parts")
    )
    c = parts.c
    share = c.loss * c.lost_so_far // c.all_lost - c.loss * (c.lost_so_far - c.lost) // c.all_lost
    others = [column for column in c if column.name not in ("loss", "all_lost", "lost_so_far")]
    return select(*others, case((c.all_lost > ZERO, share), else_=ZERO).label("loss")).subquery("k")


def batch_rows() -> Subquery:
    """One row per batch that has ended, of every shop, with its good pieces."""
    s, b = STEP.c, BATCH.c
    good = (
        select(func.sum(s.pieces_out))
        .where(s.shop_id == b.shop_id, s.batch_id == b.batch_id, s.stage == constant(BatchStage.CHECKED))
        .correlate(BATCH)
        .scalar_subquery()
    )
    return (
        select(
            b.shop_id,
            b.closed_on.label("day"),
            b.batch_id.label("batch"),
            func.coalesce(b.maker, EMPTY).label("maker"),
            *_shapes(),
            b.pieces,
            func.coalesce(good, ZERO).label("good"),
        )
        .select_from(_with_catalog(BATCH))
        .where(b.status == constant(BatchStatus.CLOSED))
        .subquery("k")
    )
