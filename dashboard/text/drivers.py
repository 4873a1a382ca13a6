"""Why sales changed, in words: the name of each cause, one sentence with the two largest, and notes."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.i18n.messages import has, t
from dashboard.ui import widgets
from shop.growth.comparison.drivers import Driver, DriverReport, two_largest


def name(cause: Driver) -> str:
    """What a cause is called on a chart or in a table."""
    if cause.under is None:
        return t(f"causes.alone.{cause.over}.{cause.place}")
    if has(f"causes.factor.{cause.over}.{cause.under}"):
        return t(f"causes.factor.{cause.over}.{cause.under}")
    return t("causes.per", over=t(f"causes.over.{cause.over}"), under=t(f"causes.under.{cause.under}"))


def sentence(why: DriverReport) -> str:
    """The change and its two largest causes in one plain sentence."""
    way = "same" if why.change == 0 else "up" if why.change > 0 else "down"
    causes = two_largest(why)
    told = (
        t("causes.because", causes=_listed([_moved(cause) for cause in causes]))
        if len(causes) > 1
        else t("causes.because_one", cause=_moved(causes[0]))
        if causes
        else ""
    )
    return t(
        f"causes.sentence.{way}",
        metric=widgets.label_of(why.metric),
        per_day=t("causes.a_day") if why.basis == "per_day" else "",
        change=abs(why.change),
        because=told,
    )


def _moved(cause: Driver) -> str:
    grew = (cause.part > 0) != (cause.over == "refunds")
    return t(f"causes.moved.{'up' if grew else 'down'}", name=name(cause), part=cause.part)


def _listed(parts: Sequence[str]) -> str:
    return t("causes.and").join(parts)


def notes(why: DriverReport) -> list[str]:
    """What could not be told apart and why, and that sessions are missing, a sentence each."""
    found = [t("causes.no_sessions")] if why.sessions == "unknown" else []
    for gap in ("unknown", "zero"):
        levels = dict.fromkeys(
            level for cause in why.drivers for level, reason in cause.left_out if reason == gap
        )
        if levels:
            names = t("causes.comma").join(t(f"causes.over.{level}") for level in levels)
            found.append(t(f"causes.left_out.{gap}", levels=names))
    return found
