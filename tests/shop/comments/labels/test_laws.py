"""What holds for the label of any text."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.comments.labels import VERSION, label, label_all
from shop.comments.labels.intents import INTENTS, rules
from shop.comments.labels.labeller import _segments, read_labels
from shop.comments.labels.lexicon import lexicon
from shop.comments.labels.normalize import normalize, normalize_all
from shop.comments.labels.store import rows_of
from tests.support.label_scores import SETS, read

PARTS = st.sampled_from(
    (
        "多少钱",
        "好看",
        "不",
        "吗",
        "？",
        " ",
        "，",
        "收到",
        "碎了",
        "300ml",
        "两个",
        "杯子",
        "how much",
        "[捂脸]",
        "别家",
        "但是",
    )
)


@given(st.one_of(st.text(max_size=60), st.lists(PARTS, max_size=12).map("".join)))
def test_any_text_has_a_whole_label(text):
    result = label(text)
    assert result.intents and set(result.intents) <= set(INTENTS)
    assert result.intents == ("other",) or "other" not in result.intents
    assert list(result.intents) == sorted(result.intents, key=INTENTS.index)
    assert result.sentiment in ("pos", "neg", "neu", "unsure")
    assert set(result.wants) <= {"form", "glaze", "size", "number", "price_word"}
    assert result.version == VERSION
    assert result.intents == ("other",) or result.reasons
    assert label_all([text, text]) == [result, result]


@given(st.lists(PARTS, max_size=8).map("".join))
def test_a_label_does_not_depend_on_what_was_read_before(text):
    label.cache_clear()
    first = label(text)
    label("别的评论，多少钱？" + text)
    label.cache_clear()
    assert label(text) == first


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("這個多少錢？", "这个多少钱?"),
        ("ＨＯＷ　ＭＵＣＨ？", "how much?"),
        ("多\u200b少钱", "多少钱"),
        ("太好看了" + "啊" * 40, "太好看了啊啊"),
        ("sooooo pretty", "so pretty"),
    ],
)
def test_spellings_mean_the_same(typed, plain):
    first, second = label(typed), label(plain)
    assert (first.intents, first.sentiment, first.is_question, first.wants) == (
        second.intents,
        second.sentiment,
        second.is_question,
        second.wants,
    )


def test_a_hundred_thousand_characters_are_one_comment():
    assert label("多少钱" + "哈" * 100_000).intents == ("price",)
    assert label("\0" * 1000 + "<script>alert(1)</script>").intents == ("other",)


def test_every_tag_of_a_rule_is_given_by_a_phrase():
    words = lexicon()
    given_tags = 0
    for mask in words.masks:
        given_tags |= mask
    computed = words.mask("question any_question number many money has_measure choice")
    unknown = [
        (rule.intent, name)
        for scope in rules()
        for rule in scope
        for name, bit in words.bits.items()
        if bit & (rule.all | rule.any) and not bit & (given_tags | computed)
    ]
    assert not unknown


def test_rows_of_the_database_store_the_label():
    """Read together, with what each shares with the others, as read alone."""
    remarks = [text for name in SETS for text, _ in read(name)]
    remarks += [f"{one}，{other} {number}" for number, (one, other) in enumerate(pairwise(remarks))]
    rows = rows_of(remarks)
    for text, row in zip(remarks, rows, strict=True):
        _segments().clear()
        alone = read_labels([text])[0]
        assert row == (",".join(alone[0]), *alone[1:3], json.dumps(alone[3], ensure_ascii=False), "", VERSION)


def test_every_intent_and_feeling_has_its_reason():
    remarks = [text for name in SETS for text, _ in read(name)]
    for given_label in label_all(remarks):
        named = [reason.partition(":")[0] for reason in given_label.reasons]
        expected = [name for name in given_label.intents if name != "other"]
        expected += [given_label.sentiment] * (given_label.sentiment != "neu")
        assert named == expected + ["question"] * given_label.is_question


@given(st.lists(st.one_of(st.text(max_size=100), st.lists(PARTS, max_size=8).map("".join)), max_size=8))
def test_many_texts_are_normalized_as_one_is(texts):
    assert normalize_all(texts) == [normalize(text) for text in texts]


def test_blanks_and_exclamation_marks_separate_clauses():
    """A phrase with one of them inside would make every segment longer, and few would be known."""
    assert set(" ,。!、;:") <= set(lexicon().separators())


def test_a_character_of_no_phrase_is_found_as_none():
    """Phrases are searched in an alphabet of their own: other characters of its range must not become theirs."""
    find = lexicon().finder()
    strange = "".join(chr(code) for code in range(0x80, 0x800))
    known = {character for phrase in lexicon().phrases for character in phrase}
    assert all(strange[start:end] in lexicon().places for _, start, end in find(strange))
    assert find("".join(one for one in strange if one not in known)) == []
    assert [lexicon().phrases[at] for at, _, _ in find("é多少钱ü")] == ["多少钱"]
