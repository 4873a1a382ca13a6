"""成品率 with what it rests on: every rate with its pieces in, pieces out and an interval."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import Select, and_, select

from shop.access.roles import may_read
from shop.core.money import split
from shop.db.database import Database
from shop.metrics.kiln_facts import FIRED, stage_rows
from shop.metrics.query import Query, answer
from shop.models import BatchLoss
from shop.models.base import table_of
from shop.models.kiln import FIRED as FIRED_STAGES
from shop.models.kiln import LOSS_REASONS, STAGES
from shop.stats.proportions import Rate

CUTS = ("stage", "firing_pass", "form", "glaze", "kiln", "position", "firing", "maker", "month", "variant")


def yields(db: Database, query: Query, by: str, *, stage: str | None = None) -> pd.DataFrame:
    """Yield by one cut over the days of a question: of whole batches, or of stages.

    By stage, kiln, firing or place in the kiln (or with `stage` named) it counts the pieces of the
    stages done in the range; else the whole way of the batches that ended in it. Columns: the cut,
    pieces_in, pieces_out, lost, share, low, high (nine times out of ten), loss_value (of the stages
    done in the range), the largest base first (a month and a stage in their own order).
    """
    of_stages = by in FIRED or stage is not None
    pieces = ("kiln_in", "kiln_out") if of_stages else ("batch_started", "batch_good")
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    if stage is not None:
        where = (("stage", (stage,)),)
    elif by in ("kiln", "position", "firing", "firing_pass"):
        where = (("stage", FIRED_STAGES),)
    yield_query = Query(
        pieces, query.start, query.end, (by,), where, shop=query.shop, currency=query.currency
    )
    table = answer(db, yield_query)
    table.columns = pd.Index([by, "pieces_in", "pieces_out"])
    if by == "firing_pass":  # what goes in again did not come out of this pass
        again = answer(db, replace(yield_query, metrics=("kiln_again",)))
        table = table.merge(again, on=by, how="left")
        table["pieces_in"] += table.pop("kiln_again").fillna(0).astype("Int64")
    table = table[table["pieces_in"] > 0]
    if may_read(db, "see_margins"):
        lost = answer(db, replace(yield_query, metrics=("loss_value",)))
        table = table.merge(lost, on=by, how="left")
    else:
        table = table.assign(loss_value=pd.Series(pd.NA, table.index, dtype="Int64"))
    pairs = zip(table["pieces_out"].tolist(), table["pieces_in"].tolist(), strict=True)
    rates = [Rate(int(out), int(begun)) for out, begun in pairs]
    spans = [rate.interval or (None, None) for rate in rates]
    table["lost"] = table["pieces_in"] - table["pieces_out"]
    for name, values in (
        ("share", [rate.share for rate in rates]),
        ("low", [span[0] for span in spans]),
        ("high", [span[1] for span in spans]),
    ):
        table[name] = pd.Series(values, dtype="Float64")
    return _ordered(table, by)


def _ordered(table: pd.DataFrame, by: str) -> pd.DataFrame:
    if by == "stage":
        order = table[by].map({name: place for place, name in enumerate(STAGES)})
        return table.iloc[order.argsort()].reset_index(drop=True)
    if by == "month":
        return table.sort_values(by, ignore_index=True)
    return table.sort_values(["pieces_in", by], ascending=[False, True], ignore_index=True)


def _lost(query: Query) -> Select[Any]:
    """Batch, stage, part and loss (cents) of each part of a stage in the range, with a reason and its pieces."""
    k, loss = stage_rows(), table_of(BatchLoss)
    same = and_(
        loss.c.shop_id == k.c.shop_id,
        loss.c.batch_id == k.c.batch,
        loss.c.stage == k.c.stage,
        loss.c.part == k.c.part,
    )
    return (
        select(k.c.batch, k.c.stage, k.c.part, k.c.loss, loss.c.cause, loss.c.pieces)
        .select_from(k.join(loss, same))
        .where(k.c.shop_id == query.shop, k.c.day.between(query.start, query.end))
    )


def losses(db: Database, query: Query) -> pd.DataFrame:
    """What was lost in the stages done in a range, by reason and stage, the most pieces first.

    Columns: `cause` (the reason), stage, pieces, loss_value (cents; a part's lost value split over its reasons by
    pieces, largest remainder, in the order of the reasons).
    """
    with db.read() as connection:
        rows = connection.execute(_lost(query), {"shop": query.shop}).fetchall()
    parts: defaultdict[tuple[Any, ...], dict[str, int]] = defaultdict(dict)
    for batch, stage, part, cents, reason, pieces in rows:
        parts[batch, stage, part, cents][reason] = pieces
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for (_, stage, _, cents), pieces_by_reason in parts.items():
        reasons = [reason for reason in LOSS_REASONS if reason in pieces_by_reason]
        for reason, share in zip(reasons, split(cents, [pieces_by_reason[c] for c in reasons]), strict=True):
            sums[reason, stage][0] += pieces_by_reason[reason]
            sums[reason, stage][1] += share
    table = pd.DataFrame(
        [(reason, stage, *pieces_by_reason) for (reason, stage), pieces_by_reason in sums.items()],
        columns=["cause", "stage", "pieces", "loss_value"],
    ).astype({"pieces": "Int64", "loss_value": "Int64"})
    if not may_read(db, "see_margins"):
        table["loss_value"] = pd.Series(pd.NA, table.index, dtype="Int64")
    return table.sort_values(["pieces", "cause", "stage"], ascending=[False, True, True], ignore_index=True)
