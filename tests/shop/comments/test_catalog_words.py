"""The things of a catalog in the words of the labels, whichever language the catalog is written in."""

import pytest

from sample_data.generator.english.studio import in_english
from sample_data.studio.catalog import products
from shop.comments.labels import label
from shop.comments.labels.lexicon import english_words
from shop.comments.topics import thing_of_words


def test_a_catalog_in_english_has_the_things_of_the_same_one_in_chinese() -> None:
    for product in products():
        english = in_english(product)
        assert english.form.isascii() and english.glaze.isascii()
        assert thing_of_words(english.form, english.glaze, "Small") == thing_of_words(
            product.form, product.glaze, "小号"
        )


@pytest.mark.parametrize("wanted", ["link for that gaiwan please", "盖碗还有吗", "想要天青盖碗"])
def test_a_wish_finds_the_piece_of_an_english_catalog(wanted: str) -> None:
    assert label(wanted).wants["form"] == thing_of_words("Gaiwan", "Sky blue", "Small").form


def test_an_english_word_of_a_thing_is_read_as_that_thing() -> None:
    words = english_words()
    assert (words["盖碗"], words["盘"], words["天青"]) == ("gaiwan", "plate", "sky blue")
    for value, word in words.items():
        wants = label(f"I want the {word}").wants
        assert value in wants.values(), (value, word, wants)
