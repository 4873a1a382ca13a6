"""Codes on labels: every one its own, without look-alikes, and a slip of the hand is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalog.label_codes import (
    ALPHABET,
    CODES,
    LabelSubject,
    UnknownCode,
    check_value,
    cleaned_code,
    code_of,
    codes_for,
    is_well_formed,
    subject_of,
)
from shop.catalog.label_subjects import NoSuchSubject, label_entries, labels_of, subjects_named
from shop.db.database import Database
from tests.support.stock.places import fill

numbers = st.integers(1, CODES)


def test_the_alphabet_has_no_look_alikes() -> None:
    assert not set("O0I1L") & set(ALPHABET)
    assert len(set(ALPHABET)) == 31


def test_forty_thousand_labels_have_forty_thousand_codes() -> None:
    codes = {code_of(number) for number in range(1, 40_001)}
    assert len(codes) == 40_000
    assert all(is_well_formed(code) for code in codes)


@given(numbers, st.integers(0, 4), st.sampled_from(ALPHABET))
def test_a_mistyped_character_is_noticed(number: int, place: int, other: str) -> None:
    code = code_of(number)
    wrong = code[:place] + other + code[place + 1 :]
    assert is_well_formed(wrong) == (wrong == code)


@given(numbers, st.integers(0, 4), st.integers(0, 4))
def test_two_characters_that_changed_places_are_noticed(number: int, first: int, second: int) -> None:
    characters = list(code_of(number))
    characters[first], characters[second] = characters[second], characters[first]
    wrong = "".join(characters)
    assert is_well_formed(wrong) == (wrong == code_of(number))


def test_a_code_stays_and_leads_to_its_subject(db: Database) -> None:
    fill(db, 8, places=2)
    subjects = subjects_named(db, ["S0003", "A架-1", "S0001"])
    codes = codes_for(db, subjects)
    assert codes == codes_for(db, list(reversed(subjects)))
    for subject, code in codes.items():
        for typed in (code, code.lower(), f" {code[:2]} {code[2:]}", f"KB{code}"):
            assert subject_of(db, typed) == subject
    assert LabelSubject("place", "A架-1") in codes
    assert [entry.code for entry in labels_of(db, subjects)] == [codes[subject] for subject in subjects]
    with pytest.raises(UnknownCode):
        subject_of(db, "22222")
    with pytest.raises(NoSuchSubject):
        subjects_named(db, ["nothing"])


def test_everything_in_stock_can_have_a_label(db: Database) -> None:
    fill(db, 8, places=2)
    kinds = [entry.kind for entry in label_entries(db)]
    assert (kinds.count("sku"), kinds.count("place")) == (8, 2)


def test_the_check_value_is_that_of_the_definition() -> None:
    assert check_value([1, 2, 3, 4]) == -(2 * 1 + 3 * 2 + 4 * 3 + 5 * 4) % 31
    assert cleaned_code("kb-ab3 d5") == "AB3D5"
