"""What happened on which day."""

from datetime import date

from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.alerts.events import marks

WINTER = Period(date(2022, 1, 15), date(2022, 2, 20))


def test_sessions_and_festivals_of_the_range_are_marked(spring: Database) -> None:
    result = marks(spring, WINTER)
    sessions = [mark for mark in result if mark.kind == "session"]
    assert sessions and all(WINTER.start.isoformat() <= mark.day for mark in result)
    festivals = {mark.name for mark in result if mark.kind == "festival"}
    assert "spring" in festivals
    assert any(mark.kind == "campaign" and mark.name == "年货节" for mark in result)


def test_other_platforms_have_no_sessions(spring: Database) -> None:
    assert not [mark for mark in marks(spring, WINTER, ("tiktok",)) if mark.kind == "session"]


def test_a_kiln_that_was_opened_is_marked_on_that_day(db: Database) -> None:
    with db.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO firing (shop_id, firing_id, kiln_id, stage, status, fired_on, opened_on, "
            "currency) VALUES (1, 'F1', 'K', 'glaze_fired', 'opened', '2022-02-01', '2022-02-03', "
            "'CNY')"
        )
    (mark,) = [mark for mark in marks(db, WINTER) if mark.kind == "firing"]
    assert mark.day == "2022-02-03"
