"""Exchange rates typed, from a file and on the page: sums of other currencies are shown converted, and say so."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dashboard.cli import root_command
from dashboard.i18n.language import use_language
from etl.imports.importer import import_file
from shop.connect import connect
from shop.metrics.exchange.conversion import converted
from shop.metrics.exchange.rates import DayRate, rate_of
from tests.support.fresh import empty_shop_file
from tests.support.pages import no_error, open_page, shown

SOLD = """订单号,订单状态,订单创建时间,订单支付时间,商品名称,SKU件数,商品总价(元),商家应收金额(元)
1,已完成,2026-01-10 20:00,2026-01-10 20:01,杯,1,100,100
"""
ABROAD = """Sale Date,Item Name,Quantity,Price,Currency,Transaction ID,Date Paid,Order ID
01/10/26,Mug,1,10.00,USD,1,01/10/26,11
01/12/26,Mug,1,20.00,USD,2,01/12/26,12
01/30/26,Mug,1,40.00,USD,3,01/30/26,13
"""
RATES = """日期,币种,汇率,备注
2026-01-09,USD,7.1,
2026-01-12,usd,7.2005,
2026-01-13,USD,免费,
"""
REPORT = ("report", "gmv", "--from", "2026-01-01", "--to", "2026-01-31", "--currency", "CNY")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = empty_shop_file(tmp_path / "shop.db")
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    db = connect(str(path))
    for name, content in (("orders.csv", SOLD), ("EtsySoldOrderItems2026-1.csv", ABROAD)):
        (tmp_path / name).write_text(content, "utf-8")
        assert import_file(db, tmp_path / name).rejected == 0
    db.close()
    run("shop", "set", "--currency", "CNY")
    return path


def run(*words: Any, exit_code: int = 0) -> str:
    result = CliRunner().invoke(root_command(), ["--lang", "en", *map(str, words)], catch_exceptions=False)
    assert result.exit_code == exit_code, result.output
    return result.output


def test_sums_of_another_currency_are_converted_by_the_rate_of_each_day(shop: Path, tmp_path: Path) -> None:
    assert "3 orders of $70.00 in USD. Choose that currency" in run(*REPORT)
    (tmp_path / "rates.csv").write_text(RATES, "utf-8")
    report = json.loads(run("rates", "import", tmp_path / "rates.csv", "--json", exit_code=1))
    assert (report["read"], report["stored"], report["unread"]) == (
        3,
        2,
        [{"row": 4, "column": "rate", "cell": "免费"}],
    )
    # 10 x 7.1 + 20 x 7.2005; on 30 January no rate is of the week before
    words = run(*REPORT)
    assert "converted at the exchange rate of each day ¥215.01 without 1 day that has no rate" in words
    assert "GMV" in words and "¥100.00" in words  # the figure itself is of one currency
    run("rates", "set", "USD", "7", "--on", "2026-01-30")
    assert "$70.00 in USD, converted at the exchange rate of each day ¥495.01." in run(*REPORT)
    assert [rate["rate"] for rate in json.loads(run("rates", "list", "--json"))["rates"]] == [
        "7",
        "7.2005",
        "7.1",
    ]
    assert "is no rate" in run("rates", "set", "USD", "seven", exit_code=2)
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", "utf-8")
    assert "date, currency, rate" in run("rates", "import", tmp_path / "other.csv", exit_code=1)


def test_rates_on_the_settings_page(shop: Path) -> None:
    use_language("zh")
    page = open_page("settings", section="rates")
    page.date_input(key="exchange-day").set_value(date(2026, 1, 10))
    page.selectbox(key="exchange-currency").set_value("USD")
    page.text_input(key="exchange-rate").set_value("7.1234")
    page.button(key="exchange-save").click().run()
    assert no_error(page) and "汇率已保存" in shown(page)
    page.button(key="exchange-remove").click().run()
    assert no_error(page) and "汇率已删除" in shown(page)
    page.text_input(key="exchange-rate").set_value("seven")
    page.button(key="exchange-save").click().run()
    assert "seven" in shown(page) and "7.1234" in shown(page)


@given(
    st.dictionaries(st.integers(0, 40), st.integers(1, 10**10), min_size=1, max_size=8),
    st.dictionaries(st.integers(0, 40), st.integers(-(10**7), 10**7), max_size=12),
)
def test_every_day_takes_the_last_rate_of_its_week_or_is_counted(
    rates: dict[int, int], sums: dict[int, int]
) -> None:
    start = date(2026, 1, 1)
    known = [DayRate(start + timedelta(days=day), "JPY", "CNY", value) for day, value in rates.items()]
    result = converted(known, {start + timedelta(days=day): yen for day, yen in sums.items()}, "JPY", "CNY")
    total = without = 0
    for day, yen in sums.items():
        of_week = [rates[earlier] for earlier in range(day, day - 8, -1) if earlier in rates]
        if of_week:
            total += (2 * yen * of_week[0] * 100 + 10**9) // (2 * 10**9)  # half up
        else:
            without += 1
    assert result is not None and (result.cents, result.days_without_rate) == (total, without)


def test_a_rate_is_read_with_a_point_or_a_comma() -> None:
    for given_ in ("7.1234", "7,1234", " 7.12340 "):
        assert rate_of(date(2026, 1, 1), "usd", "CNY", given_).text == "7.1234"
