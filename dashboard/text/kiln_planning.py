"""What the next kiln load and the slow movers in words, for page and command alike."""

from __future__ import annotations

from dashboard.i18n.messages import t
from shop.core.text import full_title
from shop.kiln_planning.proposals import Proposal, ProposedSku
from shop.performance.turnover import SlowSku


def reasons(item: SlowSku) -> str:
    """Why a SKU is called slow, in words."""
    return t("performance.and").join(
        t(f"performance.slow_why.{why}", days=item.quiet_days, cover=item.cover_days) for why in item.reasons
    )


def named(product: str, spec: str) -> str:
    """A SKU as its design and its form of it."""
    return full_title(product, spec)


def summary(result: Proposal) -> str:
    """The load in a sentence: how many pieces, how much of the kiln they fill."""
    if not result.lines:
        return t("performance.no_load", kiln=result.kiln)
    message = t(
        "performance.load",
        pieces=result.pieces,
        skus=len(result.lines),
        kiln=result.kiln,
        used=result.used_cm2 / result.space_cm2,
        days=result.cover_days,
    )
    if result.season.seen is None or abs(result.season.factor - 1) < 0.05:
        return message
    return message + t("performance.season", seen=result.season.seen - 1, taken=result.season.factor - 1)


def why(line: ProposedSku) -> str:
    """Why a line stands in the load: what sells, what is there, how long it takes, what comes out."""
    clauses = [
        t("performance.line.short", pieces=line.short) if line.short else "",
        t("performance.line.sells", pieces=line.per_week) if line.per_week else "",
        t("performance.line.on_hand", pieces=line.on_hand),
        t("performance.line.making", pieces=line.making) if line.making else "",
        t(f"performance.line.days_{line.record.learned}", days=line.record.days),
        t("performance.line.good", good=line.record.good.over, thrown=line.record.good.under)
        if line.record.good.under
        else "",
    ]
    return t("performance.and").join(filter(None, clauses))
