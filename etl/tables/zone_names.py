"""Time zones as exports name them: Eastern Time (US & Canada), (GMT+01:00) Berlin, America/New_York, PST."""

from __future__ import annotations

import re
from functools import lru_cache
from zoneinfo import available_timezones

REGIONS = {  # words of zones that are no cities
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "arizona": "America/Phoenix",
    "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
    "atlantic": "America/Halifax",
    "newfoundland": "America/St_Johns",
    "edinburgh": "Europe/London",
    "osaka": "Asia/Tokyo",
    "beijing": "Asia/Shanghai",
    "canberra": "Australia/Sydney",
    "wellington": "Pacific/Auckland",
    "utc": "UTC",
    "gmt": "UTC",
}
SHORT = {
    **dict.fromkeys(("est", "edt", "et"), "America/New_York"),
    **dict.fromkeys(("cst", "cdt", "ct"), "America/Chicago"),
    **dict.fromkeys(("mst", "mdt", "mt"), "America/Denver"),
    **dict.fromkeys(("pst", "pdt", "pt"), "America/Los_Angeles"),
    "bst": "Europe/London",
    "aest": "Australia/Sydney",
    "aedt": "Australia/Sydney",
    "jst": "Asia/Tokyo",
}
OFFSET = re.compile(r"^\(?(?:gmt|utc)\s*[+-]\d{1,2}(?::?\d{2})?\)?\s*", re.IGNORECASE)
FILLING = re.compile(r"\s*\([^)]*\)|\s+(?:standard |daylight )?time\b.*$", re.IGNORECASE)


def zone_named(name: str) -> str:
    """The IANA zone that a cell names; ValueError for one that it does not."""
    words = name.strip()
    if words in _zones():
        return words
    place = FILLING.sub("", OFFSET.sub("", words)).strip().lower()
    for word in (place, place.removeprefix("us/"), *place.split(", ")):
        if zone := SHORT.get(word) or REGIONS.get(word) or _cities().get(word.replace(" ", "_")):
            return zone
    raise ValueError(name)


@lru_cache(maxsize=1)
def _zones() -> set[str]:
    """The names of all zones, which are files of the system."""
    return available_timezones()


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    """The zones by the city that names them."""
    return {zone.rpartition("/")[2].lower(): zone for zone in sorted(_zones()) if "/" in zone}
