"""Contacts are recognised in people's spelling, and what only looks like one is none."""

import random

import pytest

from shop.comments.contacts import MASK, find_contacts, mask_personal
from tests.support.remarks.written_contacts import Written, written


def scores(count: int, seed: int) -> tuple[float, float, list[Written]]:
    rng = random.Random(seed)
    right = wrong = missed = 0
    faults = []
    for _ in range(count):
        case = written(rng)
        result = find_contacts(case.text)
        hit = any(case.contact in item.value.replace(" ", "") for item in result) if case.contact else False
        right += hit
        missed += bool(case.contact) and not hit
        wrong += bool(result) and not hit
        if bool(case.contact) != hit or (result and not hit):
            faults.append(case)
    return right / (right + wrong), right / (right + missed), faults


def test_contacts_of_1000_texts_are_recognised():
    precision, recall, faults = scores(1_000, 12)
    assert precision >= 0.95 and recall >= 0.95, (precision, recall, faults[:20])


@pytest.mark.proof
def test_contacts_of_50000_texts_are_recognised():
    precision, recall, faults = scores(50_000, 13)
    print(precision, recall)
    assert precision >= 0.95 and recall >= 0.95, faults[:40]


def test_a_masked_text_has_nothing_of_a_contact_and_masking_again_changes_nothing():
    rng = random.Random(5)
    for _ in range(500):
        case = written(rng)
        masked = mask_personal(case.text)
        assert mask_personal(masked) == masked
        for contact in find_contacts(case.text):
            assert MASK in masked[contact.start : contact.end]
            assert not find_contacts(masked), (case, masked)


@pytest.mark.parametrize(
    "sign", ["a", "1 ", "@", "加我", "a.", "vx ", "a@a.", "l", "\u200b", "+1 ", "电话", "at "]
)
def test_long_texts_are_read_in_linear_steps(sign: str):
    assert len(mask_personal(sign * 20_000)) == len(sign) * 20_000
