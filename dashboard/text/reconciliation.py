"""Reconciliation in words: one sentence, each difference with its amount, and how the platform counts."""

from __future__ import annotations

from dashboard.i18n import format
from dashboard.i18n.messages import has, t
from dashboard.text import metrics
from shop.metrics.query import unit_of
from shop.reconciliation.definitions import OURS
from shop.reconciliation.reconcile import Reconciliation
from shop.reconciliation.residuals import Residual


def platform(name: str) -> str:
    """What a platform is called; one of a profile of your own by its own name."""
    return t(f"platform.{name}") if has(f"platform.{name}") else name


def amount(result: Reconciliation, value: int) -> str:
    """An amount of the reported figure, to the last 分; a count as it is."""
    counted = unit_of(result.statement.figure) == "count"
    return format.whole(value) if counted else format.exact(value)


def sentence(result: Reconciliation) -> str:
    """Both totals, the difference, and whether it is explained."""
    state = "same" if not result.difference else "explained" if not result.unexplained else "partly"
    return t(
        f"reconcile.sentence.{state}",
        platform=platform(result.statement.platform),
        range=result.statement.period,
        metric=metrics.label_of(result.statement.figure),
        stated=amount(result, result.statement.amount),
        ours=amount(result, result.ours),
        more=amount(result, abs(result.difference)),
        way=t("reconcile.more" if result.difference > 0 else "reconcile.less"),
        unexplained=amount(result, abs(result.unexplained)),
    )


def residual(result: Residual) -> str:
    """Why the platform counts otherwise."""
    if result.rule:
        return t(f"reconcile.rule.{result.kind}.{result.rule}")
    return t(
        f"reconcile.left.{result.kind}",
        orders=len(result.orders),
        rows=len(result.rows),
        days=t("reconcile.and").join(format.span(days) for days in result.days),
    )


def definition(result: Reconciliation) -> str:
    """How the platform seems to count, judged from how many totals."""
    if not result.evidence:
        return t("reconcile.definition.unknown")
    plain = OURS[result.statement.figure]
    rules = result.definition.differs(plain)
    if not rules:
        return t("reconcile.definition.ours", evidence=result.evidence)
    report = [rule(name, getattr(result.definition, name)) for name in rules]
    return t("reconcile.definition.other", rules=t("reconcile.and").join(report), evidence=result.evidence)


def rule(name: str, message: str | bool) -> str:
    """How one rule of another definition is put into words."""
    word = ("with" if message else "without") if isinstance(message, bool) else message or "none"
    return t(f"reconcile.rule.{name}.{word}")
