"""The waterfall: where each bar begins and ends, what is written next to it, and its colour, by hand."""

import pytest

from dashboard.charts.waterfall import WaterfallBar, waterfall
from dashboard.i18n.language import use_language
from dashboard.theme.palette import palette

STEPS = (
    WaterfallBar("GMV", 100_00, is_total=True),
    WaterfallBar("refunds", -30_00),
    WaterfallBar("fees", None),
    WaterfallBar("credit", 5_00),
    WaterfallBar("left", 75_00, is_total=True),
)


@pytest.fixture
def figure():
    use_language("en")
    return waterfall(STEPS, "cents", palette("light"), up="red", down="green", unknown="unknown")


def test_each_bar_begins_where_the_last_one_ended(figure):
    (bars,) = figure.data
    assert list(bars.base) == [0, 100, 70, 70, 0]
    assert list(bars.x) == [100, -30, 0, 5, 75]


def test_an_amount_is_written_at_the_right_end_of_its_bar(figure):
    assert [note.x for note in figure.layout.annotations] == [100, 100, 70, 75, 75]
    assert [note.text for note in figure.layout.annotations][1:4] == ["−¥30", "unknown", "+¥5"]


def test_gains_and_losses_have_their_colours(figure):
    level = palette("light").muted
    assert list(figure.data[0].marker.color) == [level, "green", "red", "red", level]


def test_more_of_what_is_bad_has_the_colour_of_a_loss():
    figure = waterfall(
        (WaterfallBar("refunds", 1, good=-1),), "count", palette("light"), up="red", down="green", unknown="?"
    )
    assert list(figure.data[0].marker.color) == ["green"]
