"""The demo: a practice shop pulled over loopback HTTP, beside the same shop read from its files."""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard import words
from dashboard.cli import front_door
from etl import credentials
from shop.db import connect
from shop.query import Query, answer


def demo(*arguments: str) -> str:
    words.use("en")
    result = CliRunner().invoke(
        front_door(), ["demo", "--no-open", "--orders", "400", *arguments], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.output


def figures(place: Path) -> list[tuple[object, ...]]:
    """What a Douyin shop sold each day, today and yesterday apart: they go on while this runs."""
    db = connect(str(place / "shop.db"))
    until = date.today() - timedelta(days=3)
    query = Query(
        ("gmv", "buyer_paid", "orders", "units"),
        until - timedelta(days=400),
        until,
        by=("day",),
        where=(("platform", ("douyin",)),),
    )
    found = list(answer(db, query).itertuples(index=False, name=None))
    db.close()
    return found


def test_the_demo_pulls_from_a_stand_in_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KILNBOARD_DOUYIN_SHOP_APP_KEY", "the-owners-own")
    before = dict(os.environ)
    said = demo("--keep", str(tmp_path / "pulled"))
    assert dict(os.environ) == before
    assert not credentials.place().exists()
    assert "stand-in of the platforms" in said and "GMV" in said
    assert "pieces on the shelf" in said and "yield of the last 90 days" in said
    for run in (
        "Douyin shop, orders",
        "Kuaishou shop, refunds",
        "TikTok Shop, live sessions",
        "Douyin open platform, comments",
    ):
        assert f"{run}: read" in said
    assert not any("failed" in line or "refused" in line for line in said.splitlines())
    read = demo("--files", "--keep", str(tmp_path / "read"))
    assert "stand-in" not in read and "requests" not in read
    assert figures(tmp_path / "pulled") == figures(tmp_path / "read")
    for place in ("pulled", "read"):
        assert alive(tmp_path / place)


def alive(place: Path) -> bool:
    """Whether the shop has photos, batches in the making, pieces on the shelf, and listings."""
    db = connect(str(place / "shop.db"))
    with db.read() as connection:
        counts = {
            table: connection.exec_driver_sql(f"SELECT COUNT(*) FROM {table}").scalar()
            for table in ("photo", "kiln_batch", "stock_balance", "listing", "stock_hold", "goal")
        }
    db.close()
    return all(counts.values())
