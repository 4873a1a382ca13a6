"""Returns that name their SKU: they take back the sale they belong to, else that SKU on its day."""

from datetime import date
from pathlib import Path

import pytest

from etl.imports.importer import import_file
from etl.profiles import kind, model
from shop.db.database import Database
from shop.maintenance import figures_are_true
from shop.metrics.query import Query, answer
from shop.metrics.settings import shop_settings
from tests.support.retail_file import write_retail_file


def net_sales(db: Database, by: str, days: list[str]) -> dict[str, int]:
    first, last = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    table = answer(db, Query(("net_sales",), first, last, (by,)))
    return {
        key: int(value)
        for key, value in zip(table[by], table["net_sales"].fillna(0), strict=True)
        if key and value
    }


@pytest.mark.parametrize("zone", [None, "Europe/London", "America/New_York"])
def test_month_day_and_product_figures_are_exact(db: Database, tmp_path: Path, zone: str | None) -> None:
    check(db, tmp_path, zone, lines=3_000, skus=60)


@pytest.mark.proof
def test_half_a_million_lines_are_exact(db: Database, tmp_path: Path) -> None:
    check(db, tmp_path, "Europe/London", lines=500_000, skus=3_800)


def check(db: Database, folder: Path, zone: str | None, *, lines: int, skus: int) -> None:
    path = folder / "retail.csv"
    truth = write_retail_file(path, lines, skus=skus, seed=lines)
    profile = model.built_in()["online_retail"]
    if zone:
        text = profile.text.replace("[dates]", f'[dates]\ntime_zone = "{zone}"')
        profile = model.read(text, "retail.toml")
    report = import_file(db, path, kind=kind.kind_of(profile))
    assert report.stored == report.read >= lines
    days = list(truth.days)
    for by, true in (("day", truth.days), ("month", truth.months), ("sku", truth.skus)):
        assert net_sales(db, by, days) == {key: cents for key, cents in true.items() if cents}, by
    with db.read() as connection:
        count, joined = connection.exec_driver_sql(
            "SELECT COUNT(*), COUNT(line_id) FROM refund WHERE sku IS NOT NULL"
        ).one()
        assert shop_settings(connection).time_zone == zone or zone is None
    assert (count, joined) == (truth.returns, truth.joined)
    assert figures_are_true(db)
