"""Short codes on labels of SKUs, numbered pieces and places: five characters that survive a kiln and a hand.

The alphabet has no O and 0, no I, 1 and L: 31 characters, a prime number, so that the last character of a
code, a weighted sum of the others, detects every mistyped character and every two that changed places.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shop.core.errors import ShopError
from shop.db.database import Database
from shop.stock.ledger import cursor_of

LabelKind = Literal["sku", "piece", "place"]
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 5
CODES = len(ALPHABET) ** (LENGTH - 1)
STEP = 361_207  # prime to the number of codes: codes of neighbours differ in several characters
PREFIX = "KB"  # before the code in a printed symbol, so that a scanned parcel number is no label


class UnknownCode(ShopError):
    """A code that no label carries; a check character that does not fit is a typing error."""

    message = "No label carries the code “{code}”. Type the five characters below the symbol, for example {example}."


@dataclass(frozen=True)
class LabelSubject:
    """What a label is on: a SKU, a numbered piece (by its SKU) or a place."""

    kind: LabelKind
    subject: str


def codes_for(db: Database, subjects: Sequence[LabelSubject], *, shop_id: int = 1) -> dict[LabelSubject, str]:
    """The codes of these subjects; whatever has none yet gets the next one, for ever."""
    with db.read() as connection:
        known = _stored(cursor_of(connection), shop_id, subjects)
    missing = [subject for subject in dict.fromkeys(subjects) if subject not in known]
    if not missing:
        return known
    with db.write() as connection:
        cursor = cursor_of(connection)
        known = _stored(cursor, shop_id, subjects)
        (count,) = cursor.execute("SELECT COUNT(*) FROM label_code WHERE shop_id = ?", (shop_id,)).fetchone()
        for subject in missing:
            if subject not in known:
                count += 1
                known[subject] = code_of(count)
                cursor.execute(
                    "INSERT INTO label_code (shop_id, code, kind, subject) VALUES (?, ?, ?, ?)",
                    (shop_id, known[subject], subject.kind, subject.subject),
                )
    return known


def _stored(cursor: Any, shop_id: int, subjects: Iterable[LabelSubject]) -> dict[LabelSubject, str]:
    wanted = set(subjects)
    rows = cursor.execute(
        "SELECT kind, subject, code FROM label_code WHERE shop_id = ?", (shop_id,)
    ).fetchall()
    return {of: code for kind, subject, code in rows if (of := LabelSubject(kind, subject)) in wanted}


def subject_of(db: Database, text: str, *, shop_id: int = 1) -> LabelSubject:
    """What the label with this code is on; the code scanned or typed, in any case. Raises UnknownCode."""
    code = cleaned_code(text)
    with db.read() as connection:
        row = (
            cursor_of(connection)
            .execute("SELECT kind, subject FROM label_code WHERE shop_id = ? AND code = ?", (shop_id, code))
            .fetchone()
        )
    if row is None:
        raise UnknownCode(code=text.strip()[:40], example=code_of(1))
    return LabelSubject(*row)


def cleaned_code(text: str) -> str:
    """A code as it is stored: without blanks, hyphens and the prefix, in capitals."""
    plain = re.sub(r"[\s\-·.]", "", unicodedata.normalize("NFKC", text)).upper()
    return plain.removeprefix(PREFIX) if len(plain) > LENGTH else plain


def code_of(number: int) -> str:
    """The code of a label by its number from 1: four characters and one that checks them."""
    rest, values = number * STEP % CODES, []
    for _ in range(LENGTH - 1):
        rest, value = divmod(rest, len(ALPHABET))
        values.append(value)
    return "".join(ALPHABET[value] for value in (*values, check_value(values)))


def check_value(values: Sequence[int]) -> int:
    """The value of the check character: minus the sum of the values by their place, by the number of characters."""
    total = sum(place * value for place, value in enumerate(values, 2))
    return -total % len(ALPHABET)


def is_well_formed(code: str) -> bool:
    """Whether a code has the right characters and its check character fits."""
    if len(code) != LENGTH or any(character not in ALPHABET for character in code):
        return False
    values = [ALPHABET.index(character) for character in code]
    return check_value(values[:-1]) == values[-1]
