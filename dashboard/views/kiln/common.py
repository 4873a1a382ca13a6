"""The Kiln page's sentence, tiles and names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import metrics
from dashboard.text.tiles import Tile
from dashboard.ui import actor, cache
from dashboard.ui.money_field import currency
from shop.core.periods import Period
from shop.kiln import material_levels
from shop.kiln.batches import REFIRED, UNFINISHED
from shop.kiln.board import FiringLoad, KilnStatus
from shop.metrics.query import Query, total


def stage(name: str) -> str:
    """A stage as it is called."""
    return t("kiln.packing") if name == "packing" else t(f"kiln.stages.{name}")


def loss_reason(name: str) -> str:
    """A loss reason as it is called."""
    return t(f"kiln.causes.{name}")


def grade(name: str) -> str:
    """A grade as it is called."""
    return t(f"kiln.grades.{name}")


def loss_reason_or_grade(name: str) -> str:
    """What a checked piece may be."""
    return grade(name) if name in ("second", "unique") else loss_reason(name)


def firing(load: FiringLoad) -> str:
    """A firing as it is called: its kiln and what kind it is."""
    return t("kiln.firing", kiln=load.kiln.name, stage=stage(load.firing.stage))


def saved(batch_id: str, stage_name: str, good: int, pieces: int, losses: Mapping[str, int]) -> str:
    """What was recorded of a stage: good pieces, lost ones, and underfired ones that go in again."""
    again = losses.get(UNFINISHED, 0) if stage_name in REFIRED else 0
    return t(
        "kiln.board.saved_again" if again else "kiln.board.saved",
        batch=batch_id,
        stage=stage(stage_name),
        good=good,
        lost=pieces - good - again,
        again=again,
    )


def is_owner() -> bool:
    """Whether costs may be shown to who sits before the page."""
    return actor.actor().may("see_margins")


def sentence(now: KilnStatus, period: Period, share: float | None, today: date) -> str:
    """What is in the kiln now, what is opened next, and the yield of the period."""
    opening = now.next_opening
    if opening is not None:
        first = t(
            "kiln.now.burning",
            pieces=now.in_the_kiln,
            kiln=opening.kiln.name,
            when=_when(opening.opens_on, today),
        )
    elif now.planned:
        first = t(
            "kiln.now.planned",
            kiln=now.planned[0].kiln.name,
            when=_when(now.planned[0].firing.planned_on, today),
        )
    elif now.open_batches:
        first = t("kiln.now.making", pieces=now.open_pieces, batches=now.open_batches)
    else:
        first = t("kiln.now.empty")
    if share is None:
        return first
    return first + t("kiln.now.yield", range=period, share=share)


def _when(day: date | None, today: date) -> str:
    """A day near today in words."""
    if day is None:
        return ""
    gap = (day - today).days
    if gap < 0:
        return t("kiln.when.overdue", day=day)
    if gap in (0, 1):
        return t(f"kiln.when.{'today' if gap == 0 else 'tomorrow'}")
    return t("kiln.when.day", day=day)


FIGURES = ("yield", "batch_good", "batch_started", "kiln_lost")


def figures_of(view: Any) -> dict[str, Any]:
    """The kiln's figures of the period; the lost value for the owner only."""
    period = view.period
    names = (*FIGURES, "loss_value") if is_owner() else FIGURES
    query = Query(names, period.start, period.end, currency=currency())
    return cache.cached(total, query)


def tiles(now: KilnStatus, figures: dict[str, Any]) -> list[Tile]:
    """What is in the making, in the kiln, to check; yield, losses and materials."""
    low = [item for item in cache.cached(material_levels.material_levels) if item.order]
    result = [
        Tile(
            t("kiln.tile.making"),
            format.count(now.open_pieces),
            base=t("kiln.tile.batches", batches=now.open_batches),
            tip=t("kiln.tile.making_tip"),
        ),
        Tile(
            t("kiln.tile.fired"),
            format.count(now.in_the_kiln),
            base=t("kiln.tile.firings", firings=len(now.burning)),
            tip=t("kiln.tile.fired_tip"),
        ),
        Tile(
            t("kiln.tile.check"),
            format.count(now.to_check),
            base=t("kiln.tile.check_base"),
            tip=t("kiln.tile.check_tip"),
        ),
        Tile(
            metrics.label_of("yield"),
            format.rate(figures["yield"]),
            tip=metrics.meaning_of("yield"),
            base=t("kiln.tile.yield", good=figures["batch_good"] or 0, started=figures["batch_started"] or 0),
        ),
    ]
    if is_owner():
        result.append(
            Tile(
                metrics.label_of("loss_value"),
                format.money(figures["loss_value"]),
                tip=metrics.meaning_of("loss_value"),
                base=t("kiln.tile.lost", pieces=figures["kiln_lost"] or 0),
            )
        )
    result.append(
        Tile(
            t("kiln.tile.materials"),
            format.count(len(low)),
            base=t("kiln.tile.low", names=t("kiln.between").join(m.name for m in low[:3]))
            if low
            else t("kiln.tile.none_low"),
            tip=t("kiln.tile.materials_tip"),
        )
    )
    return result


def missing(pairs: Any) -> str:
    """What a cost still lacks, in words."""
    return t("kiln.between").join(t(f"kiln.missing.{code}", name=name) for code, name in pairs)


def amount(thousandths: Any, unit: str) -> str:
    """An amount of a material with its unit: 2.5 kg."""
    if pd.isna(thousandths):
        return format.UNKNOWN
    return f"{format.thousandths(int(thousandths))} {unit}"
