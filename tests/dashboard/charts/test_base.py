"""Names beside bars: short enough for a phone, and never two that read the same."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.charts.base import cut_names

STARTS = st.sampled_from(["", "Jingdezhen Handmade ", "景德镇手工", "景德镇手工青瓷斗笠杯主人杯", "A" * 30])
ENDS = st.lists(st.text("ab 杯碗", min_size=1, max_size=12), max_size=8, unique=True)


def test_products_of_one_studio_are_told_apart_by_what_follows_the_words_they_share():
    names = ["Jingdezhen Handmade Black-Gold Mug", "Jingdezhen Handmade Celadon Mug", "Tea towel"]

    assert cut_names(names, 10) == ["…Black-Gold Mug", "…Celadon Mug", "Tea towel"]


def test_variants_of_several_products_are_told_apart_by_both_ends():
    cups = ["Powder celadon Bamboo-hat tea cup Medium", "Powder celadon Bamboo-hat tea cup Small"]
    bowls = ["Blue-and-white Rice bowl for one Medium", "Blue-and-white Rice bowl for one Small"]

    short = cut_names([*cups, *bowls], 9)

    assert short == ["Powder celad…Medium", "Powder celad…Small", "Blue-and-whi…Medium", "Blue-and-whi…Small"]


@given(start=STARTS, ends=ENDS)
@example(start="A" * 30, ends=["", "b"])
def test_names_that_begin_alike_stay_different_and_fit(start: str, ends: list[str]):
    short = cut_names([start + end for end in ends], 10)

    assert len(set(short)) == len(ends)
    assert all(sum(1 if sign < "⺀" else 2 for sign in text) <= 22 for text in short)
