"""The filters of every page: day, period, platform and currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.i18n import format
from dashboard.i18n.language import LANGUAGE, LANGUAGES, language, use_language
from dashboard.i18n.messages import has, t
from dashboard.text import notes as wording
from dashboard.theme.palette import Palette, palette
from dashboard.ui import cache, text, url_state
from dashboard.ui.actor import shown_database
from dashboard.ui.page import PageMeta
from dashboard.ui.run import read_once
from shop import overview
from shop.core.errors import ShopError
from shop.core.periods import Period, month_back, month_of, week_of
from shop.db.database import Database
from shop.growth.comparison import growth
from shop.metrics.definitions import measures_of
from shop.metrics.notes import notes
from shop.metrics.preferences import Preferences, read_preferences
from shop.metrics.query import CUT_FACTS, Query
from shop.metrics.settings import currency_of
from shop.overview import ReportClock

PERIODS = ("month", "last_month", "week", "days_30", "days_90", "year", "all", "free")
LONGEST_DAYS = 20 * 366
ALL = "all"
RUN_LANGUAGE, RUN_CURRENCY = (
    "run.language",
    "run.currency",
)  # of the last whole run, for callbacks and fragments


@dataclass(frozen=True)
class View:
    """The filters of a page; `choice` is the name of the period chosen.

    `controls` is the row of filters; a page may add its own to it.
    """

    at: ReportClock
    period: Period
    choice: str
    where: tuple[tuple[str, tuple[str, ...]], ...]
    currency: str
    controls: DeltaGenerator

    def query(self, *metrics: str, by: tuple[str, ...] = (), period: Period | None = None) -> Query:
        """A question about this view's days, platform and currency."""
        days = period or self.period
        facts = {measure.fact for name in metrics for measure in measures_of(name)}
        cut = self.at.cut(days) if facts <= set(CUT_FACTS) else None
        return Query(metrics, days.start, days.end, by, self.where, currency=self.currency, cut_at=cut)

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms that the page is narrowed to, none for all."""
        return self.where[0][1] if self.where else ()


def view() -> View:
    """The view of this run, as the frame has set it."""
    result: View = st.session_state["view"]
    return result


def first_sale() -> date | None:
    """The first day with a sale, None in an empty shop."""
    return cache.cached(growth.first_sale_on)


def _chosen() -> Preferences:
    """What the shop's owner chose for all its pages; while it cannot be read, the language of the last run."""
    try:
        return read_once("preferences", lambda: read_preferences(shown_database()))
    except ShopError:  # which the frame shows
        return Preferences(language=st.session_state.get(RUN_LANGUAGE, ""))


def _usual_language() -> str:
    """The language of a page opened without one: the shop's, else Chinese."""
    language = _chosen().language
    return language if language in LANGUAGES else LANGUAGES[0]


def set_language() -> None:
    """Use the language that the URL or the control names; the shop's without either."""
    usual = _usual_language()
    name = url_state.get("lang", usual)
    use_language(name if name in LANGUAGES else usual)
    st.session_state[RUN_LANGUAGE] = language()
    LANGUAGE.saved = partial(_saved, RUN_LANGUAGE)
    format.CURRENCY.saved = partial(_saved, RUN_CURRENCY)


def _saved(name: str) -> str | None:
    """A setting of the session's last whole run; None outside of a session."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    value: str | None = st.session_state.get(name)
    return value


def settings() -> None:
    """The controls of the frame that concern how things are shown."""
    url_state.choice(
        st.segmented_control,
        t("frame.language"),
        LANGUAGES,
        "lang",
        lambda code: t(f"frame.languages.{code}"),
        default=_usual_language(),
        label_visibility="collapsed",
        required=True,
    )
    url_state.choice(
        st.segmented_control,
        t("frame.up"),
        ("red", "green"),
        "up",
        lambda name: t(f"frame.ups.{name}"),
        default=_usual_up(),
        required=True,
    )


def build(page: PageMeta) -> None:
    """Draw the frame's filters and set the view of this run."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    at = cache.cached(overview.clock, now, url_state.as_day(url_state.get("on")))
    cuts = cache.cached(overview.cuts)
    row = st.container(horizontal=True, key="filters", vertical_alignment="bottom", gap="small")
    period, choice = Period(at.on, at.on), "day"
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    currency = cuts.currencies[0] if cuts.currencies else cuts.main_currency
    with row:
        if page.period_filter:
            period, choice = _period(at)
        if page.platform_filter:
            where = _platform(cuts.platforms)
            currency = _currency(cuts, where)
            _reference(at)
    format.use_currency(currency)
    st.session_state[RUN_CURRENCY] = currency
    result = View(at, period, choice, where, currency, row)
    st.session_state["view"] = result
    if page.platform_filter and at.last_sale and not at.is_today:
        text.note(t("frame.as_of", on=at.on))
    if page.platform_filter and page.period_filter and at.last_sale:
        for message in wording.sentences(cache.cached(notes, result.query("gmv", "net_sales"))):
            text.note(message)


def _period(at: ReportClock) -> tuple[Period, str]:
    start, end = (url_state.as_day(url_state.get(name)) for name in ("from", "to"))
    choice = url_state.choice(
        st.selectbox,
        t("frame.period"),
        PERIODS,
        "period",
        lambda name: t(f"frame.periods.{name}"),
        default="free" if start and end else "month",
        width=168,
    )
    if choice != "free":
        return named(choice, at), choice
    month = month_of(at.on)
    start, end = start or month.start, end or month.end
    free = _limited(Period(min(start, end), max(start, end)), at.today)
    url_state.range_of(t("frame.days"), ("from", "to"), (free.start, free.end), width=230)
    return free, choice


def _limited(period: Period, today: date) -> Period:
    """A range without the days to come, and at most LONGEST_DAYS long."""
    last = period.until(today).end
    return Period(
        max(period.start, last - timedelta(days=min(LONGEST_DAYS, (last - period.start).days))), last
    )


def named(choice: str, at: ReportClock) -> Period:
    """The days of a named period, as of the day of the pages."""
    on = at.on
    if choice == "week":
        return week_of(on, at.week_start)
    if choice == "last_month":
        last = on.replace(day=1) - timedelta(days=1)
        return month_of(last)
    if choice.startswith("days_"):
        return Period(on - timedelta(days=int(choice.removeprefix("days_")) - 1), on)
    if choice == "year":
        return Period(date(on.year, 1, 1), on)
    if choice == ALL:
        return Period(min(first_sale() or month_back(on), on), on)
    return month_of(on)


def _platform(platforms: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if len(platforms) < 2:
        return ()
    chosen = url_state.choice(
        st.selectbox,
        t("frame.platform"),
        (ALL, *platforms),
        "platform",
        lambda name: t(f"platform.{name}") if has(f"platform.{name}") else name,
        width=132,
    )
    return () if chosen == ALL else (("platform", (chosen,)),)


def _currency(cuts: overview.Cuts, where: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    if len(cuts.currencies) < 2:
        return cuts.currencies[0] if cuts.currencies else cuts.main_currency
    usual = cache.cached(_currency_of, where)
    return url_state.choice(
        st.selectbox,
        t("frame.currency"),
        cuts.currencies,
        "currency",
        str,
        default=usual if usual in cuts.currencies else cuts.currencies[0],
        width=96,
    )


def _currency_of(db: Database, where: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """The currency of these platforms: the shop's own where they sell in it, else the one they sell in most."""
    with db.read() as connection:
        return currency_of(connection, Query(("gmv",), date.min, date.min, where=where))


def _reference(at: ReportClock) -> None:
    """The day of the pages, shown where it is not today."""
    if at.is_today:
        return
    key = "link.on"
    st.session_state[key] = at.on
    st.date_input(t("frame.on"), key=key, max_value=at.today, on_change=_day_picked, width=132)


def _day_picked() -> None:
    if on := st.session_state["link.on"]:
        url_state.put("on", on.isoformat())


def colours() -> Palette:
    """The colours of the theme that the browser shows."""
    return palette(st.context.theme.type)


def _usual_up() -> str:
    """The colour of more without a choice in the URL: the shop's, else red in Chinese only."""
    return _chosen().up or ("red" if format.red_is_up() else "green")


def up_is_red() -> bool:
    """Whether up is shown red: by the URL, else as usual in this shop."""
    setting = url_state.get("up")
    return (setting if setting in ("red", "green") else _usual_up()) == "red"


def up_and_down(palette: Palette) -> tuple[str, str]:
    """The colours of more and of less, by the setting."""
    return (palette.red, palette.green) if up_is_red() else (palette.green, palette.red)
