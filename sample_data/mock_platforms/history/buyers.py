"""Fictional buyers as the APIs name them: everything that a client must never store.

Names, phones, streets and ciphertexts look as in the export files (see `sample_data.buyers`), also
in fields that the platforms leave empty or mask. Raw ids of buyers and commenters count as well.
"""

import re
from typing import NamedTuple

from sample_data.generator.buyers import (
    ADDRESS_MARK,
    CANARY,
    NAME_MARK,
    PHONE_START,
    PLACES,
    STATES,
    SURNAMES,
    USERNAME_MARK,
)

ID_MARK = "buyerid"
ID_CANARY = re.compile(rf"{ID_MARK}[a-z]+\d+")
CANARIES = (CANARY, ID_CANARY)


class Person(NamedTuple):
    """One buyer in plain words, and once more as the platforms' ciphertexts."""

    number: int
    name: str
    phone: str
    street: str
    secret_name: str
    secret_phone: str
    secret_street: str
    province: str
    city: str
    district: str
    state: str
    username: str
    us_street: str

    def open_id(self, platform: str) -> str:
        """Return the buyer's id on a platform, the same every time."""
        return f"{ID_MARK}{platform}{self.number:07d}"


def person(number: int) -> Person:
    """Return the buyer of a number."""
    province, city, district = PLACES[number * 7 % len(PLACES)]
    secrets = [f"##{(number * 2_654_435_761 + salt * 40_503) % 999_999_999_989:012d}##" for salt in (1, 2, 3)]
    return Person(
        number,
        f"{SURNAMES[number % len(SURNAMES)]}{NAME_MARK}{number:07d}",
        f"{PHONE_START}{number:08d}",
        f"{ADDRESS_MARK}{number % 900 + 1}号",
        secrets[0],
        secrets[1],
        secrets[2],
        province,
        city,
        district,
        STATES[number % len(STATES)],
        f"{USERNAME_MARK}{number:06d}",
        f"{number % 900 + 1} {ADDRESS_MARK} Street",
    )
