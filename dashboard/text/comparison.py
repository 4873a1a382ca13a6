"""Calendars in words: how two ranges relate to each other, and why two calendars differ."""

from __future__ import annotations

from dashboard.i18n import format, messages
from dashboard.i18n.messages import t
from dashboard.text.metrics import Column, columns, direction, label_of
from shop.growth.comparison.calendars import CalendarDifference, CalendarResult, Differences, RangePair
from shop.growth.comparison.campaigns import NAMES
from shop.growth.comparison.growth import Comparison
from shop.growth.comparison.ranges import CALENDARS
from shop.metrics.query import unit_of

REASONS = 2
KEYS = {name: key for key, name in NAMES.items()}


def calendar_name(calendar: str) -> str:
    """What a calendar is called; a free range of dates is one too."""
    return t(f"calendar.{calendar if calendar in CALENDARS else 'free'}")


def occasion(name: str) -> str:
    """What a festival or campaign is called; a campaign of the shop's own as it was typed."""
    if messages.has(f"festival.{name}"):
        return t(f"festival.{name}")
    key = KEYS.get(name, name)
    return t(f"campaign.{key}") if messages.has(f"campaign.{key}") else name


def place(name: str, days: int) -> str:
    """Where a day lies: so many days before or after a festival."""
    item = "on" if not days else "before" if days < 0 else "after"
    return t(f"place.{item}", name=occasion(name), days=abs(days))


def laid(pair: RangePair, result: Comparison) -> str:
    """How the two ranges relate to each other; empty where their names show it already."""
    return " ".join(part for part in (_laid(pair, result), _estimate(pair)) if part)


def _laid(pair: RangePair, result: Comparison) -> str:
    anchor = pair.anchor
    if anchor is not None and pair.places is not None:
        first, last = pair.places
        return t(
            f"calendars.{pair.calendar}",
            name=occasion(anchor.name),
            on=anchor.on,
            before_on=anchor.before_on,
            **(
                {"first": place(anchor.name, first), "last": place(anchor.name, last)}
                if pair.calendar == "lunar"
                else {}
            ),
        )
    if pair.basis == "day":
        return ""
    return t(
        f"calendars.{pair.basis}",
        days=pair.now.days,
        now=result.now.days,
        before_days=pair.before.days,
        then=result.before.days,
    )


def _estimate(pair: RangePair) -> str:
    if not pair.is_estimate:
        return ""
    return t(f"calendars.estimate.{pair.calendar}", year=pair.now.end.year)


def uneven(result: CalendarResult) -> str:
    """In what the two ranges of one calendar are not alike: the two weightiest kinds of days."""
    if not result.reasons:
        return t("calendars.why.none")
    report = [_why(reason) for reason in result.reasons[:REASONS]]
    return t("calendars.why.few", reasons=t("calendars.and").join(report))


def _why(reason: CalendarDifference) -> str:
    fields = {"now": reason.now, "then": reason.then[0]}
    if reason.kind != "festival":
        name = occasion(reason.name) if reason.name else ""
        return t(f"calendars.why.{reason.kind}", name=name, **fields)
    changed = reason.on != reason.then_on[0]
    return t(
        "calendars.why.festival" if changed else "calendars.why.festival_same",
        name=occasion(reason.name or ""),
        on=reason.on,
        then_on=reason.then_on[0],
        **fields,
    )


def separate(result: Differences) -> str:
    """Why two calendars give different answers, in one sentence with both ranges named."""
    first, second = _sentence_of(result.first), _sentence_of(result.second)
    if not result.reasons:
        return t("calendars.apart_none", first=first, second=second)
    report = t("calendars.and").join(_between(reason) for reason in result.reasons[:REASONS])
    return t("calendars.apart", first=first, second=second, reason=report) + t("calendars.end")


def _sentence_of(result: CalendarResult) -> str:
    name = calendar_name(result.pair.calendar)
    return t(
        "calendars.says",
        calendar=name[:1].lower() + name[1:],
        range=result.pair.before,
        change=result.comparison.change,
    )


def _between(reason: CalendarDifference) -> str:
    return t(
        f"calendars.between.{reason.kind}",
        name=occasion(reason.name) if reason.name else "",
        now=reason.now,
        first=reason.then[0],
        second=reason.then[1],
        on=reason.on,
    )


def range_names(result: Comparison) -> tuple[str, str]:
    """The two ranges as they are named in a legend."""
    return format.span(result.now.period), format.span(result.before.period)


def sentence(result: Comparison) -> str:
    """The comparison in one sentence: both ranges, both figures, and the change."""
    now, then = result.headline
    per_day = "per_day" if result.is_per_day else "plain"
    write = format.by_unit(unit_of(result.metric))
    if result.is_per_day and unit_of(result.metric) == "count":
        write = format.number
    if now is None:
        change = "unknown_both" if then is None else "unknown_now"
    else:
        change = "no_data" if then is None else direction(result.change)
    return t(
        f"compare.{per_day}.{change}",
        metric=label_of(result.metric),
        now=result.now.period,
        before=result.before.period,
        figure=write(now),
        base=write(then),
        change=result.change,
    )


def reason(result: Comparison, pair: RangePair) -> str:
    """Why the comparison is fair: how the ranges are aligned, and per day where their lengths differ."""
    aligned = laid(pair, result)
    return aligned if pair.basis != "day" else f"{aligned} {_lengths(result)}".strip()


def _lengths(result: Comparison) -> str:
    fields = {
        "days": result.now.period.days,
        "before_days": result.before.period.days,
        "change": result.change,
        "total": result.change_total,
    }
    if not result.is_per_day:
        return t("compare.why.plain", **fields)
    if not result.is_uneven:
        return t("compare.why.even", **fields)
    if result.change is None or result.change_total is None:
        return t("compare.why.uneven", **fields)
    direction = "less" if result.change_total < result.change else "more"
    return t(f"compare.why.uneven_{direction}", **fields)


def month_columns() -> list[Column]:
    """The columns of the months, per day and in total."""
    return [
        Column("month", t("growth.month")),
        *columns("days", "units", "units_per_day"),
        Column("change", t("growth.month_change"), "change", t("growth.month_change_tip")),
        *columns("gmv", "sales_per_day", "orders"),
    ]
