"""Pages say what their figures leave out, and follow the currency of the platform that is chosen."""

from pathlib import Path

import pytest

from dashboard.views.growth.parts import PARTS
from etl.imports.importer import import_file
from etl.profiles import kind, model
from shop.connect import connect
from tests.support.pages import no_error, open_page, shown

PROFILE = """table = "order_line"
constants = {{platform = "{platform}", currency = "{currency}", status = "completed"}}
[columns]
order_id = "Order"
sku = "SKU"
quantity = "Qty"
unit_price = "Price"
created_at = "Date"
[dates]
order = "ymd"
"""


@pytest.fixture
def two_currencies(empty_shop: Path) -> Path:
    """Three sales in yuan on one platform, one in dollars on another; no file states refunds."""
    db = connect(str(empty_shop))
    for platform, currency, orders in (("douyin", "CNY", 3), ("tiktok", "USD", 1)):
        path = empty_shop.with_name(f"{platform}.csv")
        rows = [f"{platform}{number},A,1,10.00,2026-01-{number + 10}" for number in range(orders)]
        path.write_text("\n".join(["Order,SKU,Qty,Price,Date", *rows]))
        profile = model.read(PROFILE.format(platform=platform, currency=currency), "own.toml")
        import_file(db, path, kind=kind.kind_of(profile))
    db.close()
    return empty_shop


JANUARY = {"from": "2026-01-01", "to": "2026-01-31", "period": "free", "lang": "en"}


def test_a_page_names_unknown_refunds_and_the_other_currency(two_currencies: Path) -> None:
    page = open_page("growth", **JANUARY)
    assert no_error(page)
    assert "are unknown, and net sales with them" in shown(page)
    assert "1 order of $10.00 in USD" in shown(page)


def test_a_platform_in_another_currency_shows_that_currency(two_currencies: Path) -> None:
    page = open_page("growth", platform="tiktok", **JANUARY)
    assert no_error(page)
    assert "$10" in shown(page)
    assert "3 orders of ¥30.00 in CNY" not in shown(page)  # of the other platform


@pytest.mark.parametrize("part", ["", *PARTS])
def test_every_part_opens_where_refunds_are_unknown_and_days_have_no_file(
    two_currencies: Path, part: str
) -> None:
    days = {"from": "2025-11-01", "to": "2026-03-31", "period": "free", "metric": "net_sales"}
    assert no_error(open_page("growth", **days, part=part) if part else open_page("today", **days))
    if not part:
        assert no_error(open_page("products", **days))
