"""Names of time zones in cells."""

from zoneinfo import available_timezones

import pytest

from etl.tables.zone_names import zone_named


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("(GMT-08:00) Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("(GMT+01:00) Berlin", "Europe/Berlin"),
        ("Hong Kong", "Asia/Hong_Kong"),
        ("New York", "America/New_York"),
        ("US/Eastern", "US/Eastern"),
        ("PST", "America/Los_Angeles"),
        ("Central Standard Time", "America/Chicago"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_by_its_name(name: str, zone: str) -> None:
    assert zone_named(name) == zone


def test_every_zone_names_itself_and_other_words_name_none() -> None:
    assert all(zone_named(zone) == zone for zone in available_timezones())
    for word in ("Atlantis", "Studio 2", "Time"):
        with pytest.raises(ValueError, match=word):
            zone_named(word)
