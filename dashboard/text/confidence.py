"""Can a figure be trusted, in words: refunds still to come, change or chance, unusual days, alerts."""

from __future__ import annotations

from datetime import date

from dashboard.i18n import messages
from dashboard.i18n.messages import t
from dashboard.text import comparison
from dashboard.ui import widgets
from dashboard.views.today import text
from shop.core.periods import Period
from shop.growth.alerts.alerts import EVERY, Alert, Silence
from shop.growth.alerts.anomalies import Anomaly, Reason
from shop.growth.alerts.candidates import KINDS
from shop.growth.comparison.growth import Comparison
from shop.growth.maturity.expected_refunds import Maturity
from shop.growth.maturity.same_age import SameAgeChange
from shop.metrics.query import unit_of


def to_come(found: Maturity) -> str:
    """How much is still to come back (or be settled) of a range's sales."""
    state = found.why or ("ripe" if found.is_mature else "coming")
    low, high = found.band or (None, None)
    return t(
        f"real.ripe.{found.kind}.{state}",
        range=found.period,
        as_of=found.as_of,
        known=found.known,
        to_come=found.to_come,
        part=found.part_to_come,
        low=low,
        high=high,
        ripe_on=found.mature_on,
    )


def same_age(found: SameAgeChange) -> str:
    """That both ranges are looked at when equally old, and what the plain look would have said."""
    when = "after" if found.age > 0 else "running" if found.age < 0 else "at_end"
    laid = t(f"real.same_age.{when}", age=found.age)
    plain, fair = widgets.change_of(found.plain), widgets.change_of(found.fair)
    if plain == fair:
        return laid + words_between() + t("real.same_age.same")
    metric = widgets.label_of(found.fair.metric)
    return laid + words_between() + t("real.same_age.better", metric=metric, plain=plain, fair=fair)


def interval(found: Comparison) -> str:
    """Between what the true change lies; inside the noise also how much more it takes to know."""
    if found.interval is None:
        return t(f"real.interval.why.{found.why_no_interval or 'unknown'}")
    kind = "points" if unit_of(found.metric) == "rate" else "share"
    said = [t(f"real.interval.{kind}", low=found.interval[0], high=found.interval[1])]
    if found.is_noise:
        said += [t("real.interval.noise"), more(found)]
    return words_between().join(said)


def more(found: Comparison) -> str:
    """How many more sessions or days it takes until a change of this size would stand out."""
    if found.more is None:
        return t("real.interval.never")
    counted = "days" if found.more.sessions is None else "sessions"
    key = f"both_{counted}" if found.more.both else counted
    return t(f"real.interval.{key}", sessions=found.more.sessions, days=found.more.days)


def words_between() -> str:
    """What stands between two sentences: nothing in Chinese, a blank in English."""
    return "" if messages.language() == "zh" else " "


# --- unusual days and alerts -------------------------------------------------------------------------


def anomaly(found: Anomaly) -> str:
    """An unusual day in one sentence, and what may be behind it in another."""
    said = _odd(found.kind, found.on, found.period, found.figure, found.usual)
    return said + words_between() + because(found.reasons)


def _odd(kind: str, on: date, days: Period, figure: int, usual: int | None) -> str:
    key = kind if figure else f"{kind}_none"
    return t(f"real.odd.{key}", on=on, range=days, figure=figure, usual=usual)


def because(reasons: tuple[Reason, ...]) -> str:
    """What may be behind an unusual day."""
    if not reasons:
        return t("real.odd.nobody_knows")
    return t("real.odd.maybe", reasons=t("real.odd.and").join(_because(one) for one in reasons))


def _because(one: Reason) -> str:
    name = one.name or ""
    if one.explanation == "missing_import":
        name = text.kind(name)
    elif one.explanation in ("holiday", "campaign"):
        name = holiday(name)
    return t(f"real.odd.because.{one.explanation}", name=name, now=one.now, usual=one.usual, share=one.share)


def holiday(name: str) -> str:
    """What a holiday, festival or campaign is called."""
    return t(f"holiday.{name}") if messages.has(f"holiday.{name}") else comparison.occasion(name)


def alert(found: Alert) -> str:
    """An alert in words, with what may be behind it."""
    if found.kind == "missing_import":
        name = text.kind(found.name or "")
        return t("real.alert.missing_import", name=name, days=found.figure, range=found.about)
    said = _odd(found.kind, found.about.end, found.about, found.figure, found.usual)
    return said + words_between() + because(found.reasons)


def alert_kind(kind: str) -> str:
    """What a kind of alert is called."""
    return t(f"real.alert.kind.{kind}")


def alert_kinds() -> dict[str, str]:
    """Every kind of alert by its name, for a choice of what to silence."""
    return {kind: alert_kind(kind) for kind in (*KINDS, EVERY)}


def alert_words(until: date) -> tuple[str, str]:
    """The two buttons of an alert: put it away, and hear no more of its kind until a day."""
    return t("real.alert.done"), t("real.alert.silence", until=until)


def no_alert() -> str:
    """That nothing needs attention."""
    return t("real.alert.none")


def silenced(found: Silence) -> tuple[str, str]:
    """That a kind of alert is silenced and until when, and the button that takes it back."""
    kind = alert_kind(found.kind)
    return t("real.alert.silenced", kind=kind, until=found.until), t("real.alert.hear")
