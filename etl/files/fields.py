"""What a parser gets and gives besides the cells: the fields of a kind, the context of a file, a rejected row."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from etl.tables.row_keys import Seen

Values = np.ndarray
MASKED = re.compile(r"[*＊●]|^(?:匿名(?:用户|买家)?|anonymous)\|?$", re.IGNORECASE)  # of a person's cells
RUINED = re.compile(
    r"^\d+(?:\.\d+)?[eE]\+?\d+\|?$"
)  # an id that a spreadsheet rounded: it stands for many people
CIPHER = re.compile(  # what the platforms write instead of a name or a number, another text for each order
    r"(?:^|\|)\s*(?:##|\$\$|#[A-Za-z0-9+/=_-]{8,}#|~[A-Za-z0-9+/=_-]{6,}~|\$[A-Za-z0-9+/=_-]{8,}\$)"
)
NOBODY = (MASKED, CIPHER, RUINED)


@dataclass(frozen=True, eq=False)  # hashed by identity, for speed
class FileField:
    """One column that a kind reads: our name, the header names it goes by, and how it is treated.

    A required field, or one of those `instead` of it, must be in the header; an unknown header that is `like` it
    may be itself under a new name, and nothing is taken instead. `personal` cells are used for the
    keyed hash at most and are in no stored row, not even in one that is rejected. `money` cells have the decimal
    mark of the file.
    """

    name: str
    headers: tuple[str, ...]
    required: bool = False
    personal: bool = False
    money: bool = False
    instead: tuple[str, ...] = ()
    like: re.Pattern[str] | None = None

    @property
    def is_needed(self) -> bool:
        """Whether a record cannot be without this cell: one that cannot be read rejects its row."""
        return self.required or self.name in NEEDED


NEEDED = frozenset(
    [
        "quantity",
        "status",
        "created_at",
        "paid_at",
        "refunded_at",
        "paid_back_at",
        "cancelled_at",
        "settled_at",
        "started_at",
        "written_at",
        "published_at",
        "returned",
        "refund",
    ]
)


@dataclass
class Context:
    """What a parser may know besides the cells: the shop's day and currency, the key, the user's words.

    `seen` numbers equal records of a file without ids; `settings` has what the kind's `prepare`
    detected or the user set (such as the date order or the period of a file); `taught` are the status words
    of this kind whose meaning the user gave; `contact_key` seals contacts, "" where none are stored.
    """

    time_zone: str = "Asia/Shanghai"
    currency: str = "CNY"
    secret: bytes = b""
    file: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    taught: Mapping[str, str] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)
    contact_key: str = ""

    @property
    def file_currency(self) -> str:
        """The currency of amounts that name none: what the user set for the file, else the shop's."""
        return self.settings.get("currency") or self.currency

    def person(self, identity: str) -> int | None:
        """The buyer's or author's key: 63 bits of HMAC-SHA256 of the identity with the local key."""
        return self.people([identity])[0]

    def people(self, identities: Sequence[str]) -> list[int | None]:
        """The keys of many; None where nothing but separators names somebody.

        A cell that the platform masked (张**, 1**********, 匿名) or a spreadsheet rounded (5.4E+16) may be anybody's,
        and one that it enciphered (##…, $$…, ~…~) differs from order to order: they name nobody. An open id is not
        enciphered.
        """
        digest, secret, number = hmac.digest, self.secret, int.from_bytes
        return [
            number(digest(secret, identity.encode(), "sha256")[:8], "big") >> 1
            if identity.strip("|") and not any(pattern.search(identity) for pattern in NOBODY)
            else None
            for identity in identities
        ]


@dataclass(frozen=True)
class Reject:
    """One rejected row: its number, the column, a code with details, its cells minus personal ones."""

    row: int
    column: str | None
    code: str
    details: Mapping[str, Any]
    raw: Mapping[str, str | None]
