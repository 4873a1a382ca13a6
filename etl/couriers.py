"""Couriers by the words that platforms and their export files use for them; nothing else of such a cell is read.

A cell may state the parcel's number, a depot and a telephone next to the company: only the company
is read, by its own name or by the first letters of its numbers.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

COURIERS = {  # our key: its names in cells
    "sf": ("顺丰", "SF Express", "shunfeng"),
    "zto": ("中通", "ZTO"),
    "yto": ("圆通", "YTO"),
    "sto": ("申通", "STO Express"),
    "yunda": ("韵达", "Yunda"),
    "jt": ("极兔", "J&T", "JT Express"),
    "jd": ("京东", "JD Logistics"),
    "deppon": ("德邦", "Deppon"),
    "ems": ("EMS", "邮政", "China Post"),
    "best": ("百世", "Best Express"),
    "danniao": ("丹鸟", "菜鸟", "Cainiao"),
    "ane": ("安能",),
    "ky": ("跨越",),
    "yimi": ("壹米滴答",),
    "dhl": ("DHL",),
    "fedex": ("FedEx",),
    "ups": ("UPS",),
    "usps": ("USPS",),
    "royal_mail": ("Royal Mail",),
    "evri": ("Evri", "Hermes"),
}
PREFIXES = {"SF": "sf", "YT": "yto", "JTSD": "jt", "JT": "jt", "JDV": "jd", "JD": "jd", "DPK": "deppon"}
BY_NAME = {name.casefold(): key for key, names in COURIERS.items() for name in names}
NAMES = "|".join(re.escape(name) for name in sorted(BY_NAME, key=len, reverse=True))
NAME = rf"(?i)(?P<name>{NAMES})"
PREFIX = r"(?P<prefix>\b(?:SF|YT|JT|JD|DPK))[A-Z]{0,2}\d{8,}"


def couriers(cells: pa.StringArray) -> np.ndarray:
    """Our key of the courier of each cell; None where the cell names none that is known."""
    named = pc.struct_field(pc.extract_regex(cells, NAME), "name").dictionary_encode()
    begun = pc.struct_field(pc.extract_regex(cells, PREFIX), "prefix").dictionary_encode()
    keys = np.array([*(BY_NAME[word.casefold()] for word in named.dictionary.to_pylist()), None], object)
    result = keys[np.asarray(pc.fill_null(named.indices, len(keys) - 1))]
    prefixes = np.array([*(PREFIXES[word] for word in begun.dictionary.to_pylist()), None], object)
    by_number = prefixes[np.asarray(pc.fill_null(begun.indices, len(prefixes) - 1))]
    chosen: np.ndarray = np.where(result == None, by_number, result)  # noqa: E711
    return chosen


@lru_cache(maxsize=1_024)  # a platform gives the same few names again and again
def courier(name: str | None) -> str | None:
    """Our key of one courier by the name that a platform gives; None where it is not known."""
    result: str | None = couriers(pa.array([name or ""], pa.string()))[0]
    return result
