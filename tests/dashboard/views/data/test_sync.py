"""The Data page pulls from the platforms: not connected, connected, at work, and gone wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl import credentials, platforms
from etl.http.rate_limit import Clock
from etl.sync.lease import lease_of
from etl.sync.login import connect as log_in
from sample_data.mock_platforms import MockPlatforms, Shop, serve
from shop.connect import connect
from shop.db.database import Database
from tests.oracles.mock_platforms import expected_store
from tests.support.pages import bodies, no_error, open_page, sentence, shown

PLATFORM = "kuaishou_shop"


@pytest.fixture
def mock(empty_shop: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MockPlatforms]:
    """A mock platforms that this shop is connected to."""
    with serve(Shop(orders=300, days=20), platforms=[PLATFORM], rate=500.0) as item:
        monkeypatch.setenv("KILNBOARD_KUAISHOU_SHOP_URL", item.url(PLATFORM))
        monkeypatch.setenv("KILNBOARD_KUAISHOU_SHOP_RATE", "500")
        names = {key.name for key in platforms.connector(PLATFORM).CREDENTIALS} - {"refresh_token"}
        given = item.credentials(PLATFORM)
        db = connect(str(empty_shop))
        log_in(db, PLATFORM, {name: given[name] for name in names if name in given})
        db.close()
        yield item


@pytest.fixture
def db(empty_shop: Path) -> Iterator[Database]:
    database = connect(str(empty_shop))
    yield database
    database.close()


def stored(db: Database) -> int:
    with db.read() as connection:
        result = connection.exec_driver_sql("SELECT COUNT(DISTINCT order_id) FROM order_line")
        return int(result.scalar_one())


@pytest.mark.parametrize(
    ("language", "message"), [("zh", "还没有连接平台"), ("en", "No platform is connected")]
)
def test_without_keys_one_line_leads_to_where_they_are_typed(
    empty_shop: Path, language: str, message: str
) -> None:
    page = open_page("data", lang=language)
    assert no_error(page)
    assert message in shown(page) and [
        link for link in page.get("page_link") if "section=connections" in str(link.proto)
    ]
    assert not [button for button in page.button if button.key == "sync-now"]


def test_a_click_pulls_the_orders_and_reports_the_result_of_each_run(
    mock: MockPlatforms, db: Database
) -> None:
    page = open_page("data", lang="en")
    assert "Kuaishou shop: connected, not synced yet" in shown(page)
    assert any(
        "Connect another one: Douyin open platform" in str(link.proto) for link in page.get("page_link")
    )
    page.button(key="sync-now").click().run()
    assert no_error(page)
    assert stored(db) == len(expected_store(mock, PLATFORM)["orders"]) > 50
    assert f"{stored(db)} stored" in shown(page)
    assert "Kuaishou shop: last synced" in shown(page)
    assert "pulled from the platforms" in sentence(page)
    table = page.dataframe[0].value
    assert set(table["What"]) >= {"orders", "refunds", "listings"}
    assert (table["Read"] == table["Stored"] + table["Unchanged"] + table["Set aside"]).all()
    again = page.button(key="sync-now").click().run()
    assert no_error(again) and "0 stored" in shown(again)


@pytest.mark.parametrize(
    ("language", "message"), [("zh", "正由另一次同步读取"), ("en", "is being synced by another run")]
)
def test_a_concurrent_sync_is_reported(
    mock: MockPlatforms, db: Database, language: str, message: str
) -> None:
    with lease_of(db, 1, PLATFORM, Clock()):
        page = open_page("data", lang=language)
        page.button(key="sync-now").click().run()
    assert no_error(page)
    assert message in shown(page)
    assert stored(db) == 0


def test_a_refusal_of_the_platform_is_reported_in_plain_words(
    mock: MockPlatforms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KILNBOARD_KUAISHOU_SHOP_SIGN_SECRET", "not-the-secret")
    page = open_page("data", lang="zh")
    page.button(key="sync-now").click().run()
    assert no_error(page)
    assert any("kb-refused" in body and "kuaishou_shop" in body for body in bodies(page))
    assert "失败" in page.dataframe[0].value["结果"].iloc[0]
    assert "not-the-secret" not in shown(page)


def test_keys_that_went_away_leave_the_quiet_line(mock: MockPlatforms) -> None:
    page = open_page("data", lang="en")
    credentials.forget(platforms.connector(PLATFORM))
    page.button(key="sync-now").click().run()
    assert no_error(page)
    assert "No platform is connected" in shown(page)
