"""A platform is connected in the browser, tried at once, synced by itself and disconnected."""

import stat
from pathlib import Path

import pytest

from dashboard.server.background import run_due
from etl import credentials, platforms
from sample_data.mock_platforms import Shop, serve
from shop.access.roles import OWNER
from shop.connect import connect
from shop.metrics.query import Query, total
from shop.settings import save_preferences
from tests.support.fresh import empty_shop_file
from tests.support.pages import no_error, open_page, shown


def test_keys_are_typed_tried_used_and_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    monkeypatch.setenv("KILNBOARD_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("KILNBOARD_DB", str(empty_shop_file(tmp_path / "shop.db")))
    connector = platforms.connector("kuaishou_shop")
    with serve(Shop(orders=60, days=10), platforms=["kuaishou_shop"], rate=500.0) as mock:
        monkeypatch.setenv("KILNBOARD_KUAISHOU_SHOP_URL", mock.url("kuaishou_shop"))
        monkeypatch.setenv("KILNBOARD_KUAISHOU_SHOP_RATE", "500")
        keys = mock.credentials("kuaishou_shop")

        page = open_page("settings", section="connections")
        for item in connector.CREDENTIALS:
            if item.name != "refresh_token":
                typed = keys.get(item.name, "") if item.name != "app_secret" else "wrong"
                page.text_input(key=f"key-kuaishou_shop-{item.name}").input(typed)
        page.button(key="FormSubmitter:connect-kuaishou_shop-连接并测试").click().run()
        assert no_error(page)
        assert "快手" in shown(page) and not credentials.place().exists()  # refused in words, nothing stored

        page.text_input(key="key-kuaishou_shop-app_secret").input(keys["app_secret"])
        page.button(key="FormSubmitter:connect-kuaishou_shop-连接并测试").click().run()
        assert no_error(page)
        assert sum("：正常" in item.value for item in page.markdown) == len(connector.RESOURCES)
        assert stat.S_IMODE(credentials.place().stat().st_mode) == 0o600
        assert keys["app_secret"] not in str(page)

        db = connect()
        save_preferences(db, actor=OWNER, sync_minutes=10)
        assert run_due(db) == ["backup", "retention", "sync"]
        assert "sync" not in run_due(db)
        assert total(db, Query(("orders",), date(2020, 1, 1), date(2030, 1, 1)))["orders"]
        db.close()

        page = open_page("settings", section="connections")
        page.button(key="disconnect-kuaishou_shop").click().run()
        assert no_error(page)
        assert "kuaishou_shop" not in credentials.place().read_text("utf-8")
        assert "没有可同步的" in shown(open_page("settings"))
