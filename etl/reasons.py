"""Why a row was set aside, in English: a sentence per code, with the details that its words use.

Other languages say the same by code and details at the outermost doors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REASONS: dict[str, str] = {
    "Missing": "There is nothing here.",
    "RuinedId": "“{found}” is an id that a spreadsheet has rounded; export the file again and do "
    "not save it in between.",
    "BadId": "“{found}” is no id of the platform.",
    "BadMoney": "“{found}” is no amount of money in whole cents of this currency.",
    "BadCurrency": "“{found}” is no currency code such as CNY.",
    "BadCount": "“{found}” is no whole number.",
    "BadDuration": "“{found}” is no length of time.",
    "BadRatio": "“{found}” is no rate.",
    "BadNumber": "“{found}” is no number.",
    "BadTime": "“{found}” is no date and time that can be placed.",
    "UnknownWord": "“{found}” is a word that is not known here. Known: {known}.",
    "NotPositive": "A sale needs at least one piece.",
    "NotNegative": "A return should have a negative quantity.",
    "Negative": "This amount must not be below zero.",
    "MoreThanList": "More was paid than the list price allows.",
    "TooMuch": "This amount is larger than any sale.",
    "UnevenParts": "The cells of this row join different numbers of sub-orders.",
    "NoRefundTime": "The money is said to be back, but no time says when.",
    "EndsBeforeStart": "The session ends before it starts.",
    "NoPeriod": "It is not known which days these figures cover; import the file again.",
    "ByRule": "A rule of the profile sets “{found}” aside.",
    "WrongWidth": "The row has {found} cells where the header has {expected}.",
    "OpenQuote": "A quotation mark is opened and never closed.",
    "BrokenBytes": "Some letters cannot be read: the file is damaged here.",
}


def sentence(code: str, details: Mapping[str, Any]) -> str:
    """The English sentence of a reason."""
    return REASONS[code].format_map({"found": "", "expected": "", "known": "", **details})
