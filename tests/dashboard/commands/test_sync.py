"""The commands connect and sync: their prompts, output and exit codes."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.commands import connect as connect_commands
from dashboard.commands import status
from dashboard.commands import sync as commands
from dashboard.i18n.language import use_language
from etl import credentials, platforms
from etl.sync.status import platform_statuses
from sample_data.mock_platforms import Shop, serve
from shop.access.roles import OWNER
from shop.connect import connect
from shop.stock import adjustments
from tests.support.fresh import empty_shop_file
from tests.support.stock.shop import at, catalog, line, load

FIELDS = {"platform", "kind", "requests", "read", "stored", "unchanged", "set_aside", "cursor"}


@pytest.fixture
def mock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KILNBOARD_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("KILNBOARD_DB", str(empty_shop_file(tmp_path / "shop.db")))
    with serve(Shop(orders=300, days=20), platforms=["kuaishou_shop"], rate=500.0) as item:
        monkeypatch.setenv("KILNBOARD_KUAISHOU_SHOP_URL", item.url("kuaishou_shop"))
        monkeypatch.setenv("KILNBOARD_KUAISHOU_SHOP_RATE", "500")
        yield item


@pytest.fixture(autouse=True)
def english():
    use_language("en")
    yield
    use_language("zh")


def run(command: object, *arguments: str, report: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(command, list(arguments), input=report)  # type: ignore[arg-type]
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def answers(mock: object) -> str:
    given = mock.credentials("kuaishou_shop")  # type: ignore[attr-defined]
    return "".join(
        given.get(item.name, "") + "\n" if item.name != "refresh_token" else "\n"
        for item in platforms.connector("kuaishou_shop").CREDENTIALS
    )


def test_from_connect_to_figures(mock: object):
    code, message = run(connect_commands.connect_command, "kuaishou_shop", report=answers(mock))
    assert code == 0 and "orders: works" in message and "not offered" in message
    code, message = run(commands.sync_command, "kuaishou_shop", "--json")
    report = json.loads(message)
    assert code == 0 and {item["kind"] for item in report["runs"]} >= {"orders", "refunds", "listings"}
    for item in report["runs"]:
        assert set(item) == FIELDS
        assert item["read"] == item["stored"] + item["unchanged"] + item["set_aside"]
        assert item["cursor"].endswith("Z")
    code, message = run(commands.sync_command)
    assert code == 0 and "stored 0" in message
    code, message = run(commands.sync_command, "--reparse")
    assert code == 0 and "stored 0" in message
    db = connect()
    lines = list(status.status_lines(platform_statuses(db)))
    assert any("Kuaishou shop: connected" in line for line in lines)
    assert any("not connected (kilnboard connect douyin_shop)" in line for line in lines)
    assert any("orders: read up to" in line for line in lines)
    assert {item["platform"] for item in status.status_contract(platform_statuses(db))} == set(
        platforms.names()
    )
    db.close()


def test_what_is_pasted_is_never_printed(mock: object):
    _, message = run(connect_commands.connect_command, "kuaishou_shop", report=answers(mock))
    keys = credentials.load(platforms.connector("kuaishou_shop"))
    secrets = [keys["app_secret"], keys["sign_secret"], keys.access_token, keys.refresh_token]
    assert all(secrets)
    if sys.stdin.isatty():  # without a terminal nothing can be hidden from the test's own input
        assert not any(secret in message for secret in secrets)
    assert keys.access_token not in message and keys.refresh_token not in message


def test_a_wrong_secret_is_reported_in_plain_words(mock: object):
    from etl.http.errors import NotAuthorised

    wrong = answers(mock).replace(mock.credentials("kuaishou_shop")["app_secret"], "wrong")  # type: ignore[attr-defined]
    with pytest.raises(NotAuthorised):
        run(connect_commands.connect_command, "kuaishou_shop", report=wrong)


def test_without_a_platform_the_choice_is_shown(mock: object):
    code, message = run(connect_commands.connect_command)
    assert code == 2 and all(name in message for name in platforms.names())


@pytest.mark.parametrize("pause", ["5", "10x", "30s", ""])
def test_a_pause_that_is_none_is_rejected(mock: object, pause: str):
    code, _ = run(commands.sync_command, "--every", pause)
    assert code == 2


def test_no_connection_is_reported(mock: object):
    from etl.http.errors import NotConnected

    with pytest.raises(NotConnected):
        run(commands.sync_command)


def test_a_sync_pushes_stock_once_the_owner_allows_it(mock: object):
    from shop.catalog import products
    from shop.catalog.products import ProductFields, VariantFields
    from shop.stock import counts, publish

    run(connect_commands.connect_command, "kuaishou_shop", report=answers(mock))
    assert "pushes" not in json.loads(run(commands.sync_command, "kuaishou_shop", "--json")[1])
    db = connect()
    with db.read() as connection:
        (listing, sku), (other, other_sku), *_ = connection.exec_driver_sql(
            "SELECT listing_id, sku FROM listing WHERE quantity BETWEEN 3 AND 40 ORDER BY 1"
        ).all()
    for item in (sku, other_sku):
        products.add(db, ProductFields(item), [VariantFields(sku=item)], actor=OWNER, code=item)
    counts.set_counts(db, {sku: 70, other_sku: 0}, actor=OWNER)
    publish.allow(db, "kuaishou", True, actor=OWNER)
    code, message = run(commands.sync_command, "kuaishou_shop", "--json")
    report = {item["listing"]: item for item in json.loads(message)["pushes"]}
    assert code == 0 and {item["outcome"] for item in report.values()} == {"done"}
    assert (report[listing]["quantity"], report[other]["quantity"]) == (70, 0)
    assert "pushes" not in json.loads(run(commands.sync_command, "kuaishou_shop", "--json")[1])
    counts.set_counts(db, {sku: 71}, actor=OWNER)
    db.close()
    assert f"{listing} ({sku}): 70 → 71" in run(commands.sync_command, "kuaishou_shop")[1]


def test_a_sync_speaks_of_oversold_orders_where_it_stored_something(mock: object):
    run(connect_commands.connect_command, "kuaishou_shop", report=answers(mock))
    db = connect()
    catalog(db, JAR="one_of_a_kind")
    adjustments.record(db, "made", "JAR", 1, actor=OWNER, at=at(0))
    load(db, line("early", "JAR"), line("late", "JAR", paid=20))
    db.close()
    assert "oversold" in run(commands.sync_command, "kuaishou_shop")[1]
    code, message = run(commands.sync_command, "kuaishou_shop")
    assert code == 0 and "stored 0" in message and "oversold" not in message


def test_the_exit_code_of_a_sync_is_that_of_its_worst_run(mock: object, monkeypatch: pytest.MonkeyPatch):
    run(connect_commands.connect_command, "kuaishou_shop", report=answers(mock))
    keys = credentials.load(platforms.connector("kuaishou_shop"))
    monkeypatch.setenv("KILNBOARD_KUAISHOU_SHOP_SIGN_SECRET", keys["sign_secret"] + "x")
    code, message = run(commands.sync_command, "kuaishou_shop", "--json")
    assert code == 1 and any(item["error"] for item in json.loads(message)["runs"])
