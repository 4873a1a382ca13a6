"""Effort in words: sessions against sessions, and what each brought."""

from collections.abc import Iterator
from datetime import date

import pytest

from dashboard.i18n.language import use_language
from dashboard.text.audience import per_session
from dashboard.text.markdown import strong
from shop.core.periods import Period
from shop.growth.comparison.per_session import effort
from shop.metrics.query import Query

WINTER = Query(("gmv",), date(2022, 1, 1), date(2022, 2, 28))
AUTUMN = Period(date(2021, 11, 1), date(2021, 12, 31))


@pytest.fixture(autouse=True)
def _chinese_again() -> Iterator[None]:
    yield
    use_language("zh")


def test_the_spring_set_in_both_languages(spring):
    result = effort(spring, WINTER, AUTUMN)
    use_language("en")
    assert strong(per_session.sentence(result)).startswith("30 live sessions against 27: <b>¥5,1")
    assert "more than" in per_session.sentence(result)
    assert per_session.per_hour(result).startswith("91h 39m on air against 76h 01m: ¥1,672 per hour")
    use_language("zh")
    assert per_session.sentence(result).startswith("直播 30 场，对比时段 27 场：场均成交 ")


def test_missing_sessions_are_reported(db):
    use_language("en")
    result = effort(db, WINTER, AUTUMN)
    assert per_session.sentence(result) == "0 live sessions against 0: nothing to compare per session."
    assert per_session.per_hour(result) == ""
