"""Small files whose figures once meant something else, queried as a user does: through the command."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import root_command
from dashboard.i18n import format
from dashboard.i18n.language import use_language
from dashboard.reports.growth_story import build_story, straight
from dashboard.text import drivers
from shop.access.roles import OWNER
from shop.connect import connect
from shop.core.periods import Period
from shop.growth.comparison.calendars import pair
from shop.growth.comparison.drivers import why
from shop.growth.comparison.segments import cut
from shop.maintenance import figures_are_true
from shop.metrics.query import Query
from shop.metrics.refund_sources import sold_days
from shop.profit.gross_to_net import waterfall
from shop.profit.margins import margins
from tests.support.fresh import empty_shop_file

CASES = Path(__file__).parents[2] / "data" / "cases"
ZONES = CASES / "67-shop-day-outside-china"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("KILNBOARD_DB", str(empty_shop_file(tmp_path / "shop.db")))
    use_language("en")

    def run(*arguments: Any) -> Result:
        result = CliRunner().invoke(root_command(), [str(a) for a in arguments], catch_exceptions=False)
        assert result.exit_code in (0, 1), result.output
        return result

    yield run
    format.use_currency("CNY")


@pytest.fixture
def json_of(run: Any) -> Any:
    return lambda *arguments: json.loads(run(*arguments, "--json").output)


def of_days(content: Any, metric: str) -> dict[str, int]:
    return {row["day"]: row[metric] for row in content["rows"] if row[metric]}


JANUARY = ("--from", "2026-01-01", "--to", "2026-01-31")
TURN = ("--by", "day", "--from", "2026-01-29", "--to", "2026-02-02")


def test_a_shop_in_new_york_has_new_york_days(json_of: Any) -> None:
    report = json_of("import", "--profile", ZONES / "newyork.toml", ZONES / "orders.csv")
    assert report["files"][0]["shop"] == {"time_zone": "America/New_York", "currency": "USD"}
    assert of_days(json_of("report", "gmv", *TURN), "gmv") == {"2026-01-31": 70_00, "2026-02-01": 80_00}
    assert json_of("shop", "show")["shop"]["currency"] == "USD"


def test_a_day_without_a_time_is_that_day_of_the_shop(json_of: Any) -> None:
    json_of("import", "--profile", ZONES / "sydney.toml", ZONES / "dates_only.csv")
    days = {"2026-01-31": 10_00, "2026-02-01": 20_00}
    assert of_days(json_of("report", "gmv", *TURN), "gmv") == days
    json_of("shop", "set", "--time-zone", "America/Los_Angeles")
    assert of_days(json_of("report", "gmv", *TURN), "gmv") == days


def test_a_chosen_time_zone_is_not_changed_by_a_file(json_of: Any) -> None:
    json_of("shop", "set", "--time-zone", "Europe/London", "--currency", "gbp")
    report = json_of("import", "--profile", ZONES / "newyork.toml", ZONES / "orders.csv")
    assert "shop" not in report["files"][0]
    assert json_of("shop", "show")["shop"] == {"name": "", "time_zone": "Europe/London", "currency": "GBP"}
    days = of_days(json_of("report", "gmv", "--currency", "USD", *TURN), "gmv")
    assert days == {"2026-01-31": 30_00, "2026-02-01": 120_00}


def test_another_time_zone_computes_all_days_again(json_of: Any, tmp_path: Path) -> None:
    json_of("import", "--profile", ZONES / "newyork.toml", ZONES / "orders.csv")
    assert json_of("shop", "set", "--time-zone", "Asia/Shanghai")["moved_rows"] == 2
    assert of_days(json_of("report", "gmv", *TURN), "gmv") == {"2026-01-31": 10_00, "2026-02-01": 140_00}
    db = connect(str(tmp_path / "shop.db"))
    assert figures_are_true(db)
    db.close()
    json_of("import", "--profile", ZONES / "newyork.toml", ZONES / "orders.csv", "--dates", "mdy")
    lines = json_of("report", "lines", *TURN)["total"]["now"]["lines"]
    assert lines == 4  # read once more in another time zone, no line is doubled
    json_of("shop", "set", "--time-zone", "America/New_York")
    assert of_days(json_of("report", "gmv", *TURN), "gmv") == {"2026-01-31": 70_00, "2026-02-01": 80_00}


def test_a_time_zone_or_currency_that_does_not_exist_is_rejected(run: Any) -> None:
    for option, word in (("--time-zone", "Europe/Jingdezhen"), ("--currency", "ABC")):
        result = CliRunner().invoke(root_command(), ["shop", "set", option, word])
        assert result.exit_code == 2
        assert word in result.output


def totals(json_of: Any, *metrics: str) -> dict[str, Any]:
    now: dict[str, Any] = json_of("report", *metrics, *JANUARY)["total"]["now"]
    return now


def test_a_gift_line_is_no_sold_piece(json_of: Any) -> None:
    json_of("import", CASES / "36-dy-gift-line" / "orders.csv")
    assert totals(json_of, "units", "lines", "orders", "list_value", "seller_discounts") == {
        "units": 2,
        "lines": 2,
        "orders": 2,
        "list_value": 200_00,
        "seller_discounts": 0,
    }


GIFTS = """Order,SKU,Name,Qty,Price,Paid,Date,Type
1,CUP,Mug,1,10.00,10.00,2026-01-05,normal
1,TRAY,Tray,1,0.00,0.00,2026-01-05,normal
2,CUP,Mug,1,10.00,10.00,2026-01-05,normal
2,SPOON,Spoon,1,3.00,0.00,2026-01-05,Free gift
3,BOX,Gift box,1,20.00,20.00,2026-01-05,normal
4,SAMPLE,Glaze sample,1,0.00,0.00,2026-01-05,normal
"""


def test_a_gift_is_known_by_its_column_or_by_costing_nothing_next_to_goods(
    json_of: Any, tmp_path: Path
) -> None:
    (tmp_path / "gifts.csv").write_text(GIFTS)
    (tmp_path / "gifts.toml").write_text(
        'table = "order_line"\nconstants = {platform = "own", currency = "USD"}\ndates = {order = "ymd"}\n'
        '[columns]\norder_id = "Order"\nsku = "SKU"\ntitle = "Name"\nquantity = "Qty"\n'
        'unit_price = "Price"\npaid = "Paid"\ncreated_at = "Date"\ngift = "Type"\n'
    )
    json_of("import", "--profile", tmp_path / "gifts.toml", tmp_path / "gifts.csv")
    assert totals(json_of, "units", "lines", "list_value") == {"units": 4, "lines": 4, "list_value": 40_00}


def test_a_refund_that_only_the_order_file_names_is_estimated(json_of: Any) -> None:
    folder = CASES / "40-order-changed-after-export"
    json_of("import", folder / "mon.csv", folder / "wed.csv")
    assert totals(json_of, "refunds", "net_sales", "refund_rate", "refunded_orders", "returned_units") == {
        "refunds": 100_00,
        "net_sales": 100_00,
        "refund_rate": 0.5,
        "refunded_orders": 1,
        "returned_units": 1,
    }


def test_each_currency_is_printed_in_its_own_sign_and_digits(run: Any, json_of: Any) -> None:
    folder = CASES / "69-several-currencies-in-one-file"
    run("import", "--profile", folder / "profile.toml", folder / "orders.csv")
    printed = run("report", "gmv", "--by", "currency", *JANUARY).output
    for cell in ("€9.50", "IDR 125,000", "JP¥1,250", "KWD 3.500", "$10.50"):
        assert cell in printed
    content = json_of("report", "gmv", "--by", "currency", *JANUARY)
    assert content["money"]["digits"] == {"EUR": 2, "IDR": 0, "JPY": 0, "KWD": 3, "USD": 2}
    assert content["rows"][1] == {"currency": "IDR", "gmv": 125_000}
    lines = run("report", "gmv", "--by", "currency", "--csv", *JANUARY).output.splitlines()
    assert lines[0] == "currency,gmv,decimals_of_amounts"
    assert "KWD,3500,3" in lines
    left_out = json_of("report", "gmv", "--currency", "KWD", *JANUARY)["notes"]
    assert [note["code"] for note in left_out] == ["other_currency"] * 4 + ["rejected_rows"]


MONTHS = """Order,Date,SKU,Qty,Price
1,2026-07-10,A,1,10.00
2,2026-09-10,A,1,20.00
"""
PLAIN = """table = "order_line"
constants = {platform = "own", currency = "USD", status = "completed"}
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
def own_orders(json_of: Any, tmp_path: Path) -> Any:
    """Import a file of an unknown table, one call a file."""
    (tmp_path / "own.toml").write_text(PLAIN)

    def own_orders(name: str, content: str) -> None:
        (tmp_path / name).write_text(content)
        json_of("import", "--profile", tmp_path / "own.toml", tmp_path / name)

    return own_orders


def test_refunds_that_no_file_states_are_unknown_and_not_zero(
    run: Any, json_of: Any, own_orders: Any
) -> None:
    own_orders("2026-07.csv", MONTHS.replace("2,2026-09", "2,2026-07"))
    july = ("--from", "2026-07-01", "--to", "2026-07-31")
    content = json_of("report", "gmv", "refunds", "refund_rate", "net_sales", "net_by_order", *july)
    assert content["total"]["now"] == {
        "gmv": 30_00,
        "refunds": None,
        "refund_rate": None,
        "net_sales": None,
        "net_by_order": None,
    }
    assert [note["code"] for note in content["notes"]] == ["refunds_unknown"]
    assert "import the after-sale file" in run("report", "refunds", *july).output


def test_a_month_without_a_file_is_a_gap_without_a_change(json_of: Any, own_orders: Any) -> None:
    own_orders("2026-07.csv", "\n".join(MONTHS.splitlines()[:2]) + "\n")
    own_orders("2026-09.csv", "\n".join([MONTHS.splitlines()[0], MONTHS.splitlines()[2]]) + "\n")
    september = ("--from", "2026-09-01", "--to", "2026-09-30")
    content = json_of("report", "gmv", "--against", "2026-08-01..2026-08-31", *september)
    assert content["total"]["before"]["gmv"] is None
    assert content["total"]["change"]["gmv"] is None
    assert "1–31 Aug 2026" in next(n["text"] for n in content["notes"] if n["code"] == "no_orders")
    months = json_of("report", "gmv", "--by", "month", "--from", "2026-07-01", "--to", "2026-09-30")["rows"]
    assert [row["gmv"] for row in months] == [10_00, None, 20_00]


def test_ranges_of_unlike_length_use_daily_averages(json_of: Any, own_orders: Any) -> None:
    own_orders("2026-07.csv", "\n".join(MONTHS.splitlines()[:2]) + "\n")
    own_orders("2026-09.csv", "\n".join([MONTHS.splitlines()[0], MONTHS.splitlines()[2]]) + "\n")
    days = ("--from", "2026-09-01", "--to", "2026-09-10", "--against", "2026-07-01..2026-07-20")
    content = json_of("report", "gmv", *days)
    assert content["ranges"]["change_is"] == "per_day"
    assert content["total"]["change"]["gmv"] == pytest.approx(3.0)  # 2.00 a day against 0.50


CASES_OF_JULY = """退款单号,订单号,退款类型,退款金额,退款状态,申请时间,退款成功时间
R1,1,仅退款,4.00,退款成功,2026-07-12 10:00:00,2026-07-13 10:00:00
"""


def test_an_aftersale_file_of_some_months_leaves_the_others_unknown(
    run: Any, json_of: Any, tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text(
        PLAIN.replace('"own", currency = "USD"', '"kuaishou", currency = "CNY"')
    )
    (tmp_path / "orders.csv").write_text(MONTHS)
    (tmp_path / "cases.csv").write_text(CASES_OF_JULY)
    json_of("import", "--profile", tmp_path / "own.toml", tmp_path / "orders.csv")
    json_of("import", tmp_path / "cases.csv")
    days = ("--from", "2026-07-01", "--to", "2026-09-30")
    content = json_of("report", "net_sales", "refunds", "--by", "month", *days)
    assert [row["net_sales"] for row in content["rows"]] == [6_00, 0, None]
    assert content["total"]["now"]["refunds"] == 4_00
    note = next(note["text"] for note in content["notes"] if note["code"] == "refunds_partial")
    assert "Kuaishou" in note and "¥20.00" in note and "Sep 2026" in note
    september = ("--from", "2026-09-01", "--to", "2026-09-30")
    assert json_of("report", "net_sales", *september)["total"]["now"]["net_sales"] is None


def test_an_aftersale_file_of_some_days_leaves_the_others_unknown(json_of: Any, tmp_path: Path) -> None:
    """Three cases of 1 to 10 July cover those days and the few around them; the 20th and the 30th are unknown."""
    (tmp_path / "own.toml").write_text(
        PLAIN.replace('"own", currency = "USD"', '"kuaishou", currency = "CNY"')
    )
    header, days = MONTHS.splitlines()[0], (3, 9, 12, 20, 30)
    orders = [f"{n},2026-07-{day:02},CUP,1,10.00" for n, day in enumerate(days, 1)]
    (tmp_path / "orders.csv").write_text("\n".join([header, *orders]) + "\n")
    case = CASES_OF_JULY.splitlines()
    cases = [case[1].replace("R1,1", f"R{n},1").replace("07-13", f"07-{n:02}") for n in (1, 5, 10)]
    (tmp_path / "cases.csv").write_text("\n".join([case[0], *cases]).replace("07-12", "07-01") + "\n")
    json_of("import", "--profile", tmp_path / "own.toml", tmp_path / "orders.csv")
    json_of("import", tmp_path / "cases.csv")
    july = ("--from", "2026-07-01", "--to", "2026-07-31")
    rows = {
        row["day"]: row["net_sales"] for row in json_of("report", "net_sales", "--by", "day", *july)["rows"]
    }
    assert [rows[f"2026-07-{day:02}"] for day in days] == [10_00, 10_00, 10_00, None, None]
    notes = json_of("report", "net_sales", *july)["notes"]
    note = next(note["text"] for note in notes if note["code"] == "refunds_partial")
    assert "15–31 Jul 2026" in note and "¥20.00" in note
    late = ("--from", "2026-07-15", "--to", "2026-07-31")
    assert json_of("report", "refunds", *late)["total"]["now"]["refunds"] is None
    db = connect(str(tmp_path / "shop.db"))
    with db.read() as connection:
        known = connection.exec_driver_sql("SELECT day, is_known FROM v_refund_day ORDER BY day").all()
        query = Query(("gmv",), date(2026, 7, 1), date(2026, 7, 31))
        assert [(item.day.isoformat(), int(item.is_known)) for item in sold_days(connection, query)] == known
    db.close()


def test_what_builds_on_unknown_refunds_is_unknown_too(own_orders: Any, tmp_path: Path) -> None:
    own_orders("2026-07.csv", MONTHS)
    db = connect(str(tmp_path / "shop.db"))
    query = Query(("gmv",), date(2026, 9, 1), date(2026, 9, 30))
    refunds = waterfall(db, query, OWNER).step("refunds")
    assert refunds is not None
    assert (refunds.cents, refunds.state, refunds.gaps[0].cents) == (None, "unknown", 20_00)
    margin = margins(db, query, actor=OWNER)
    assert margin["refunds_by_order"].isna().all() and margin["margin"].isna().all()
    before = Period(date(2026, 7, 1), date(2026, 7, 30))
    assert why(db, query, before).change == 10_00
    report = why(db, query, before, "net_sales")
    assert (report.is_known, report.drivers) == (False, ())
    assert "cannot be known" in drivers.sentence(report)
    assert not cut(db, query, before, "net_sales").is_known
    db.close()


def test_drivers_have_the_days_of_the_headline(own_orders: Any, tmp_path: Path) -> None:
    lines = [
        f"{month}/{day},2026-0{month}-{day:02d},A,1,{month}.00" for month in (6, 7) for day in range(1, 21, 3)
    ]
    own_orders("all.csv", "\n".join([MONTHS.splitlines()[0], *lines[:12]]) + "\n")
    db = connect(str(tmp_path / "shop.db"))
    july = Period(date(2026, 7, 1), date(2026, 7, 31))
    for calendar, basis in (("month", "per_selling_day"), ("workdays", "per_working_day")):
        chosen = pair(db, july, calendar)
        report = build_story(
            straight(db), lambda *names: Query(names, july.start, july.end), chosen, "gmv", july.end
        )
        assert (report.why.basis, report.why.is_known) == (basis, True)
        assert (report.why.figure, report.why.base) == report.result.headline
    db.close()


RETURNED = """Order,Date,SKU,Qty,Price,Name
1,2026-07-02,CUP,3,10.00,Mug
2,2026-07-03,BOWL,2,20.00,Bowl
3,2026-07-04,CUP,1,10.00,Mug
R1,2026-07-09,CUP,-2,10.00,Mug
R3,2026-07-10,CUP,-1,10.00,Mug
"""


def test_returns_are_reported_by_product(json_of: Any, tmp_path: Path) -> None:
    rules = '[returns]\ncolumn = "order_id"\nbegins = "R"\n'
    (tmp_path / "own.toml").write_text(
        PLAIN.replace('quantity = "Qty"', 'quantity = "Qty"\ntitle = "Name"') + rules
    )
    (tmp_path / "july.csv").write_text(RETURNED)
    json_of("import", "--profile", tmp_path / "own.toml", tmp_path / "july.csv")
    july = ("--by", "product", "--from", "2026-07-01", "--to", "2026-07-31")
    rows = json_of("report", "returned_units", "refunds", "net_sales", *july)["rows"]
    assert rows == [
        {"product": "Bowl", "returned_units": 0, "refunds": 0, "net_sales": 40_00},
        {"product": "Mug", "returned_units": 3, "refunds": 30_00, "net_sales": 10_00},
    ]


CANCELLED = """Order,Date,SKU,Qty,Price,State
1,2026-07-02,CUP,3,10.00,ok
2,2026-07-03,BOWL,2,20.00,void
3,2026-07-04,CUP,1,10.00,ok
3,2026-07-04,BOWL,1,20.00,void
"""


def test_cancellations_are_reported(json_of: Any, tmp_path: Path) -> None:
    own = PLAIN.replace(', status = "completed"', "").replace(
        '"Date"', '"Date"\npaid_at = "Date"\nstatus = "State"'
    )
    (tmp_path / "own.toml").write_text(own + '[status]\nok = "completed"\nvoid = "cancelled"\n')
    (tmp_path / "july.csv").write_text(CANCELLED)
    json_of("import", "--profile", tmp_path / "own.toml", tmp_path / "july.csv")
    july = ("--from", "2026-07-01", "--to", "2026-07-31")
    names = ("cancelled_orders", "cancelled_units")
    content = json_of("report", *names, "cancellation_rate", *july)["total"]["now"]
    assert content == {"cancelled_orders": 2, "cancelled_units": 3, "cancellation_rate": pytest.approx(2 / 3)}
    rows = json_of("report", *names, "--by", "sku", *july)["rows"]
    assert rows == [{"sku": "BOWL", "cancelled_orders": 2, "cancelled_units": 3}]
