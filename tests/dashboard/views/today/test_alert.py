"""The alert of the day: on the Today page, in the morning message, put away and silenced."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dashboard.i18n.language import use_language
from dashboard.reports import morning
from shop.connect import connect
from shop.db.database import Database
from shop.growth.alerts import alerts
from tests.support.fresh import new_database
from tests.support.pages import no_error, open_page, shown

CHINA = ZoneInfo("Asia/Shanghai")
DAYS = 120


@pytest.fixture
def stopped_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop that sold ten orders a day until the day before yesterday, and one yesterday."""
    path = tmp_path / "shop.db"
    db = new_database(path)
    _sell(db, datetime.now(CHINA).date())
    db.close()
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    return path


def _sell(db: Database, today: date) -> None:
    from shop.orders.batch import IngestBatch
    from shop.orders.upsert import Upsert

    rows = []
    for ago in range(DAYS, 0, -1):
        day = today - timedelta(days=ago)
        for number in range(1 if ago == 1 else 10):
            at = int(datetime(day.year, day.month, day.day, 9 + number, tzinfo=CHINA).timestamp())
            rows.append((f"{day}-{number}", day.isoformat(), at))
    columns = {
        "order_id": [row[0] for row in rows],
        "line_id": ["1"] * len(rows),
        "paid_on": [row[1] for row in rows],
        "paid_at": [row[2] for row in rows],
        "created_at": [row[2] for row in rows],
        "status": ["completed"] * len(rows),
        "sku": ["cup"] * len(rows),
        "quantity": [1] * len(rows),
        "currency": ["CNY"] * len(rows),
        "list_cents": [8800] * len(rows),
        "buyer_paid_cents": [8800] * len(rows),
        "updated_at": [row[2] for row in rows],
        "payload_hash": [1] * len(rows),
        "carrier": ["product_card"] * len(rows),
    }
    with db.write() as connection:
        load = Upsert(connection, 1)
        load.put(IngestBatch("order_line", "douyin", columns, list(range(len(rows)))))
        load.finish()


def test_a_drop_is_shown_once_and_put_away(stopped_shop: Path) -> None:
    page = open_page("today")
    assert no_error(page)
    assert "通常约 10 单" in shown(page)
    page.button(key="alert-done").click().run()
    assert no_error(page)
    assert not [button for button in page.button if button.key == "alert-done"]


def test_a_kind_is_silenced_and_heard_again(stopped_shop: Path) -> None:
    page = open_page("today", lang="en")
    page.button(key="alert-quiet").click().run()
    assert not [button for button in page.button if button.key == "alert-done"]
    db = connect(str(stopped_shop))
    (silence,) = alerts.silences(db, datetime.now(CHINA).date())
    page.button(key=f"hear-{silence.kind}").click().run()
    assert alerts.silences(db, datetime.now(CHINA).date()) == ()
    db.close()


def test_the_morning_message_reports_it(stopped_shop: Path) -> None:
    use_language("en")
    db = connect(str(stopped_shop))
    report = morning.morning(db, datetime.now(CHINA))
    assert "Worth a look" in report.text
    assert report.text.count("Worth a look") == 1
    db.close()
