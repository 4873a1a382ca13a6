"""Can a figure be trusted, in words: refunds still to come, change or chance, outlier days, alerts."""

from __future__ import annotations

from datetime import date

from dashboard.i18n import messages
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import comparison, metrics
from dashboard.text.imports import file_kind
from shop.core.periods import Period
from shop.growth.alerts.alerts import AlertSilence, SalesAlert
from shop.growth.alerts.anomalies import Anomaly, AnomalyReason
from shop.growth.comparison.growth import Comparison
from shop.growth.maturity.expected_refunds import Maturity
from shop.growth.maturity.same_age import SameAgeChange
from shop.metrics.query import unit_of


def to_come(result: Maturity) -> str:
    """How much is still to come back (or be settled) of a range's sales."""
    state = result.why or ("ripe" if result.is_mature else "coming")
    low, high = result.band or (None, None)
    return t(
        f"confidence.maturity.{result.kind}.{state}",
        range=result.period,
        as_of=result.as_of,
        known=result.known,
        to_come=result.to_come,
        part=result.part_to_come,
        low=low,
        high=high,
        ripe_on=result.mature_on,
    )


def same_age(result: SameAgeChange) -> str:
    """That both ranges are looked at when equally old, and what the plain look would have shown."""
    when = "after" if result.age > 0 else "running" if result.age < 0 else "at_end"
    laid = t(f"confidence.same_age.{when}", age=result.age)
    plain, fair = metrics.change_of(result.plain), metrics.change_of(result.fair)
    if plain == fair:
        return laid + words_between() + t("confidence.same_age.same")
    metric = metrics.label_of(result.fair.metric)
    return laid + words_between() + t("confidence.same_age.better", metric=metric, plain=plain, fair=fair)


def interval(result: Comparison) -> str:
    """Between what the true change lies; inside the noise also how much more it takes to know."""
    if result.interval is None:
        return t(f"confidence.interval.why.{result.why_no_interval or 'unknown'}")
    kind = "points" if unit_of(result.metric) == "rate" else "share"
    message = [t(f"confidence.interval.{kind}", low=result.interval[0], high=result.interval[1])]
    if result.is_noise:
        message += [t("confidence.interval.noise"), more(result)]
    return words_between().join(message)


def more(result: Comparison) -> str:
    """How many more sessions or days it takes until a change of this size would stand out."""
    if result.more is None:
        return t("confidence.interval.never")
    counted = "days" if result.more.sessions is None else "sessions"
    key = f"both_{counted}" if result.more.both else counted
    return t(f"confidence.interval.{key}", sessions=result.more.sessions, days=result.more.days)


def words_between() -> str:
    """What stands between two sentences: nothing in Chinese, a blank in English."""
    return "" if language() == "zh" else " "


# --- outlier days and alerts -------------------------------------------------------------------------


def anomaly(result: Anomaly) -> str:
    """An outlier day in one sentence, and what may be behind it in another."""
    message = _outlier(result.kind, result.on, result.period, result.figure, result.usual)
    return message + words_between() + because(result.reasons)


def _outlier(kind: str, on: date, days: Period, figure: int, usual: int | None) -> str:
    key = kind if figure else f"{kind}_none"
    return t(f"confidence.outlier.{key}", on=on, range=days, figure=figure, usual=usual)


def because(reasons: tuple[AnomalyReason, ...]) -> str:
    """What may be behind an outlier day."""
    if not reasons:
        return t("confidence.outlier.nobody_knows")
    return t(
        "confidence.outlier.maybe",
        reasons=t("confidence.outlier.and").join(_because(item) for item in reasons),
    )


def _because(item: AnomalyReason) -> str:
    name = item.name or ""
    if item.explanation == "missing_import":
        name = file_kind(name)
    elif item.explanation in ("holiday", "campaign"):
        name = holiday(name)
    return t(
        f"confidence.outlier.because.{item.explanation}",
        name=name,
        now=item.now,
        usual=item.usual,
        share=item.share,
    )


def holiday(name: str) -> str:
    """What a holiday, festival or campaign is called."""
    return t(f"holiday.{name}") if messages.has(f"holiday.{name}") else comparison.occasion(name)


def alert(result: SalesAlert) -> str:
    """An alert in words, with what may be behind it."""
    if result.kind == "missing_import":
        name = file_kind(result.name or "")
        return t("confidence.alert.missing_import", name=name, days=result.figure, range=result.about)
    message = _outlier(result.kind, result.about.end, result.about, result.figure, result.usual)
    return message + words_between() + because(result.reasons)


def alert_kind(kind: str) -> str:
    """What a kind of alert is called."""
    return t(f"confidence.alert.kind.{kind}")


def alert_words(until: date) -> tuple[str, str]:
    """The two buttons of an alert: put it away, and hear no more of its kind until a day."""
    return t("confidence.alert.done"), t("confidence.alert.silence", until=until)


def silenced(result: AlertSilence) -> tuple[str, str]:
    """That a kind of alert is silenced and until when, and the button that takes it back."""
    kind = alert_kind(result.kind)
    return t("confidence.alert.silenced", kind=kind, until=result.until), t("confidence.alert.hear")
