"""Calendars in words: which festival, which days, and why two calendars differ, in zh and en."""

from datetime import date

import pytest

from dashboard.i18n import format
from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.text import comparison
from shop.core.periods import Period
from shop.growth.comparison.calendars import basis_names, compare, differences, pair
from shop.growth.comparison.ranges import CALENDARS
from shop.metrics.query import Query
from tests.support.pages import SPRING_LINK, no_error, open_page, sentence

FEBRUARY = Period(date(2022, 2, 1), date(2022, 2, 28))
UNITS = Query(("units",), FEBRUARY.start, FEBRUARY.end)


def sentence_of(spring, calendar, language):
    use_language(language)
    chosen = pair(spring, FEBRUARY, calendar)
    return comparison.laid(chosen, compare(spring, UNITS, chosen)["units"])


def test_the_festival_is_named_with_both_its_days(spring):
    assert sentence_of(spring, "lunar", "zh") == (
        "按春节对齐（这段最近的是 2022年2月1日，上一年是 2021年2月12日）：两段都从春节当天到春节后 27 天。"
    )
    assert sentence_of(spring, "lunar", "en").startswith(
        "Aligned to Spring Festival (1 Feb 2022; the year before 12 Feb 2021): both ranges run"
    )


def test_days_that_count_are_counted_in_words(spring):
    assert sentence_of(spring, "month", "en") == (
        "Per day with a sale only: 26 of the 28 days sold something, 30 of the 31 compared ones."
    )
    assert "这段 28 天里有 16 个，对比的 21 天里有 16 个" in sentence_of(spring, "workdays", "zh")
    assert sentence_of(spring, "year", "zh") == ""


def test_an_estimate_is_marked_as_estimate(spring):
    assert sentence_of(spring, "campaign", "en").endswith(
        "The dates of this campaign are an estimate; type the real ones into the campaign calendar."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_calendars_are_distinguished_in_one_sentence(spring, language):
    use_language(language)
    first, second = (pair(spring, FEBRUARY, name) for name in ("month", "previous"))
    message = comparison.separate(differences(spring, UNITS, first, second))
    assert comparison.calendar_name("month").lower() in message.lower()
    assert ("比，−18.1%" if language == "zh" else "−18.1% against") in message
    assert message.count("\n") == 0
    same = comparison.separate(differences(spring, UNITS, first, first))
    assert ("差别只在" if language == "zh" else "only what sold then differs") in same


def test_a_range_names_how_the_ranges_differ(spring):
    use_language("en")
    chosen = pair(spring, FEBRUARY, "previous")
    message = comparison.uneven(basis_names(spring, UNITS, chosen))
    assert "14 of these days are days of Spring Festival, 1 of the compared ones" in message
    alike = basis_names(spring, UNITS, pair(spring, FEBRUARY, "2022-02-01..2022-02-28"))
    assert comparison.uneven(alike).startswith("Festivals, campaigns, sessions")


@pytest.mark.parametrize(
    ("calendar", "language"), [(name, LANGUAGES[n % 2]) for n, name in enumerate(CALENDARS)]
)
def test_every_calendar_can_be_chosen_on_the_growth_page(spring_shop, spring, calendar, language):
    link = {**SPRING_LINK, "calendar": calendar, "lang": language}
    del link["against"]
    page = open_page("growth", **link)
    assert no_error(page)
    assert page.selectbox(key="link.calendar").value == calendar
    use_language(language)
    before = pair(spring, Period(date(2022, 1, 1), date(2022, 2, 28)), calendar).before
    assert format.span(before) in sentence(page)
