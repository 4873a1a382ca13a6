"""The practice studio in English: every name that its people or its shops give, and the same figures."""

import re
from dataclasses import asdict
from datetime import date
from typing import Any

from sample_data.generator.english.studio import in_english
from sample_data.generator.practice import plan_shop
from sample_data.studio import shops

CHINESE = re.compile(r"[\u3400-\u9fff]")
PROVINCES = ("省", "市", "自治区", "特别行政区", "内蒙古", "新疆")  # as the platforms write them


def texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        return texts([*value, *value.values()])
    if isinstance(value, tuple | list):
        return set().union(*map(texts, value))
    return {value} if isinstance(value, str) else set()


def test_no_name_of_the_english_studio_is_chinese_and_no_figure_differs() -> None:
    own = plan_shop(orders=600, until=date(2026, 3, 31))
    english = plan_shop(orders=600, until=date(2026, 3, 31), language="en")
    workshop = in_english(shops.of_files(english))
    assert [
        text for text in texts(asdict(workshop)) if CHINESE.search(text) and not text.endswith(PROVINCES)
    ] == []
    assert [v.title for v in english.catalog.variants if CHINESE.search(v.title + v.spec)] == []
    chinese = shops.of_files(own)
    assert (workshop.opening, workshop.sales, workshop.goals) == (
        chinese.opening,
        chinese.sales,
        chinese.goals,
    )
    assert [m.price_cents for m in workshop.materials] == [m.price_cents for m in chinese.materials]
    assert in_english("A架-1") == "A shelf 1" and in_english("青瓷釉") == "Celadon glaze"
