"""Why sales changed, in words: the name of each driver, one sentence with the two largest, and notes."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.i18n.messages import has, t
from dashboard.text import metrics
from shop.growth.comparison.drivers import Driver, DriverReport, two_largest


def name(residual: Driver) -> str:
    """What a driver is called on a chart or in a table."""
    if residual.under is None:
        return t(f"drivers.alone.{residual.over}.{residual.place}")
    if has(f"drivers.factor.{residual.over}.{residual.under}"):
        return t(f"drivers.factor.{residual.over}.{residual.under}")
    return t(
        "drivers.per", over=t(f"drivers.over.{residual.over}"), under=t(f"drivers.under.{residual.under}")
    )


def sentence(why: DriverReport) -> str:
    """The change and its two largest drivers in one plain sentence."""
    if not why.is_known:
        return t("drivers.sentence.unknown", metric=metrics.label_of(why.metric))
    way = "same" if why.change == 0 else "up" if why.change > 0 else "down"
    drivers = two_largest(why)
    report = (
        t("drivers.because", causes=_listed([_changed(residual) for residual in drivers]))
        if len(drivers) > 1
        else t("drivers.because_one", cause=_changed(drivers[0]))
        if drivers
        else ""
    )
    return t(
        f"drivers.sentence.{way}",
        metric=metrics.label_of(why.metric),
        per_day=basis(why),
        change=abs(why.change),
        because=report,
    )


def _changed(residual: Driver) -> str:
    grew = (residual.part > 0) != (residual.over == "refunds")
    return t(f"drivers.moved.{'up' if grew else 'down'}", name=name(residual), part=residual.part)


def _listed(parts: Sequence[str]) -> str:
    return t("drivers.and").join(parts)


def basis(why: DriverReport) -> str:
    """Of which day the amounts are; empty where they are of the whole range."""
    return "" if why.basis == "total" else t(f"drivers.basis.{why.basis}")


def notes(why: DriverReport) -> list[str]:
    """What could not be distinguished and why, and that sessions are missing, a sentence each.

    A level may be left out for the sales of one platform and be a driver for those of another one.
    """
    result = [t("drivers.no_sessions")] if why.sessions == "unknown" else []
    elsewhere = {level for driver in why.drivers for level in (driver.over, driver.under)}
    for gap in ("unknown", "zero"):
        levels = dict.fromkeys(
            level for residual in why.drivers for level, reason in residual.left_out if reason == gap
        )
        for key, some in (
            (gap, [level for level in levels if level not in elsewhere]),
            (f"{gap}_in_part", [level for level in levels if level in elsewhere]),
        ):
            if some:
                names = t("drivers.comma").join(t(f"drivers.over.{level}") for level in some)
                result.append(t(f"drivers.left_out.{key}", levels=names))
    return result
