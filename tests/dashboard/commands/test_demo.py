"""The demo: a practice shop pulled over loopback HTTP, or read from its files."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import root_command
from dashboard.i18n.language import use_language
from etl import credentials
from shop.connect import connect


def demo(*arguments: str) -> str:
    use_language("en")
    result = CliRunner().invoke(
        root_command(), ["demo", "--no-open", "--orders", "30", *arguments], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.output


def test_the_demo_pulls_from_mock_platforms_and_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KILNBOARD_DOUYIN_SHOP_APP_KEY", "the-owners-own")
    before = dict(os.environ)
    message = demo("--keep", str(tmp_path / "pulled"))
    assert dict(os.environ) == before
    assert not credentials.place().exists()
    assert "from mock platforms" in message and "GMV" in message
    assert "pieces on the shelf" in message and "yield of the last 90 days" in message
    for run in (
        "Douyin shop, orders",
        "Kuaishou shop, refunds",
        "TikTok Shop, live sessions",
        "Douyin open platform, comments",
    ):
        assert f"{run}: read" in message
    assert not any("failed" in line or "refused" in line for line in message.splitlines())
    assert alive(tmp_path / "pulled")


def test_the_demo_from_files_calls_no_server(tmp_path: Path) -> None:
    read = demo("--files", "--keep", str(tmp_path))
    assert "mock platforms" not in read and "requests" not in read
    assert alive(tmp_path)


def alive(place: Path) -> bool:
    """Whether the shop has photos, batches in the making, pieces in stock, and listings."""
    db = connect(str(place / "shop.db"))
    with db.read() as connection:
        counts = {
            table: connection.exec_driver_sql(f"SELECT COUNT(*) FROM {table}").scalar()
            for table in ("photo", "kiln_batch", "stock_balance", "listing", "stock_hold", "goal")
        }
    db.close()
    return all(counts.values())
