"""How dates are written in both languages."""

import ast
import math
from datetime import date
from pathlib import Path

import pytest

from dashboard.i18n import format
from dashboard.i18n.language import use_language
from shop.core.periods import Period

ON = date(2022, 9, 5)
WRITTEN = {
    "zh": ("2022年9月5日", "9月5日", "周一", "2022年9月", "2022年9月5日–10月2日"),
    "en": ("5 Sep 2022", "5 Sep", "Mon", "Sep 2022", "5 Sep – 2 Oct 2022"),
}


@pytest.mark.parametrize("language", WRITTEN)
def test_dates_are_written_in_the_language_of_the_run(language):
    use_language(language)
    try:
        written = (
            format.day(ON),
            format.short_day(ON.isoformat()),
            format.weekday(ON),
            format.month("2022-09"),
            format.span(Period(ON, date(2022, 10, 2))),
        )
        assert written == WRITTEN[language]
        assert format.weekdays()[0] == format.weekday(ON)
        assert format.day(None) == format.UNKNOWN
    finally:
        use_language("zh")


FIGURES = {
    "zh": ("1.24万", "¥0.13", "5.3", "12.4%", "+0.1%", "−0.1 个百分点", "¥3,241"),
    "en": ("12.4k", "¥0.13", "5.3", "12.4%", "+0.1%", "−0.1 pts", "¥3,241"),
}


@pytest.mark.parametrize("language", FIGURES)
def test_figures_are_rounded_half_up(language):
    use_language(language)
    try:
        written = (
            format.short(12_350),
            format.exact(12.5),
            format.number(5.25),
            format.rate(0.1235),
            format.change(0.0005),
            format.points(-0.0005),
            format.money(324_050),
        )
        assert written == FIGURES[language]
    finally:
        use_language("zh")


def test_each_writer_of_any_value_writes_an_unknown_one():
    source = ast.parse(Path(format.__file__).read_text("utf-8"))
    writers = [
        item.name
        for item in source.body
        if isinstance(item, ast.FunctionDef)
        and not item.name.startswith("_")
        and [ast.unparse(given.annotation) for given in item.args.args if given.annotation] == ["Any"]
        and ast.unparse(item.returns or ast.Constant(None)) == "str"
    ]
    assert len(writers) > 12
    for name in writers:
        for missing in (None, math.nan):
            assert getattr(format, name)(missing) == format.UNKNOWN, name
