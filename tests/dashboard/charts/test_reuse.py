"""A finished figure is drawn once for what it shows, and never given for anything else."""

from collections.abc import Iterator

import pytest

from dashboard.charts.bars import bars
from dashboard.i18n.format import use_currency
from dashboard.i18n.language import use_language
from dashboard.theme.palette import DARK, LIGHT


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    use_language("zh")
    use_currency("CNY")
    yield
    use_language("zh")
    use_currency("CNY")


def test_the_same_question_gives_the_same_figure_and_any_other_one_its_own() -> None:
    first = bars(["杯", "碗"], [1200, 900], "cents", LIGHT)
    assert bars(["杯", "碗"], [1200, 900], "cents", LIGHT) is first
    others = [
        bars(["杯", "碗"], [1200, 901], "cents", LIGHT),
        bars(["杯", "盘"], [1200, 900], "cents", LIGHT),
        bars(["杯", "碗"], [1200, 900], "count", LIGHT),
        bars(["杯", "碗"], [1200, 900], "cents", DARK),
        bars(["杯", "碗"], [1200, 900], "cents", LIGHT, height=300),
    ]
    use_language("en")
    others.append(bars(["杯", "碗"], [1200, 900], "cents", LIGHT))
    use_currency("JPY")
    others.append(bars(["杯", "碗"], [1200, 900], "cents", LIGHT))
    drawn = [figure.to_json() for figure in (first, *others)]
    assert len(set(drawn[:6])) == 6
    assert all(figure is not first for figure in others)
    assert list(others[-1].data[0].x) == [1200.0, 900.0]  # yen have no minor unit
    assert list(others[-2].data[0].x) == [12.0, 9.0]
