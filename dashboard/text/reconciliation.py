"""Reconciliation in words: one sentence, each cause with its amount, and how the platform counts."""

from __future__ import annotations

from dashboard.i18n import format
from dashboard.i18n.messages import has, t
from dashboard.text import metrics
from shop.metrics.query import unit_of
from shop.reconciliation.definitions import OURS
from shop.reconciliation.reconcile import Reconciliation
from shop.reconciliation.residuals import Cause


def platform(name: str) -> str:
    """What a platform is called; one of a profile of your own by its own name."""
    return t(f"platform.{name}") if has(f"platform.{name}") else name


def amount(found: Reconciliation, value: int) -> str:
    """An amount of the stated figure, to the last 分; a count as it is."""
    counted = unit_of(found.stated.figure) == "count"
    return format.whole(value) if counted else format.exact(value)


def sentence(found: Reconciliation) -> str:
    """Both totals, the difference, and whether it is explained."""
    state = "same" if not found.difference else "explained" if not found.unexplained else "partly"
    return t(
        f"reconcile.sentence.{state}",
        platform=platform(found.stated.platform),
        range=found.stated.period,
        metric=metrics.label_of(found.stated.figure),
        stated=amount(found, found.stated.amount),
        ours=amount(found, found.ours),
        more=amount(found, abs(found.difference)),
        way=t("reconcile.more" if found.difference > 0 else "reconcile.less"),
        unexplained=amount(found, abs(found.unexplained)),
    )


def cause(found: Cause) -> str:
    """Why the platform counts otherwise."""
    if found.rule:
        return t(f"reconcile.rule.{found.kind}.{found.rule}")
    return t(
        f"reconcile.left.{found.kind}",
        orders=len(found.orders),
        rows=len(found.rows),
        days=t("reconcile.and").join(format.span(days) for days in found.days),
    )


def definition(found: Reconciliation) -> str:
    """How the platform seems to count, judged from how many totals."""
    if not found.evidence:
        return t("reconcile.definition.unknown")
    plain = OURS[found.stated.figure]
    rules = found.definition.differs(plain)
    if not rules:
        return t("reconcile.definition.ours", evidence=found.evidence)
    told = [rule(name, getattr(found.definition, name)) for name in rules]
    return t("reconcile.definition.other", rules=t("reconcile.and").join(told), evidence=found.evidence)


def rule(name: str, said: str | bool) -> str:
    """How one rule of another definition is put into words."""
    word = ("with" if said else "without") if isinstance(said, bool) else said or "none"
    return t(f"reconcile.rule.{name}.{word}")
