"""Running costs are entered in the browser and by the command, and the waterfall takes them off."""

import json
from datetime import date
from pathlib import Path

from click.testing import CliRunner

from dashboard.cli import root_command
from shop.access.roles import OWNER
from shop.connect import connect
from shop.metrics.query import Query
from shop.profit.gross_to_net import waterfall
from tests.support.pages import no_error, open_page, shown


def steps() -> dict[str, int | None]:
    db = connect()
    try:
        query = Query(("gmv",), date(2022, 2, 1), date(2022, 2, 28))
        return {step.name: step.cents for step in waterfall(db, query, OWNER).steps}
    finally:
        db.close()


def test_rates_hours_and_advertising_by_hand(own_shop: Path) -> None:
    assert steps()["courier"] is None
    page = open_page("settings", section="costs")
    page.number_input(key="rate-cents").set_value(6.5)
    page.date_input(key="rate-from").set_value(date(2021, 1, 1))
    page.button(key="rate-save").click().run()
    page.number_input(key="labour-hours").set_value(1.5)
    page.button(key="labour-save").click().run()
    page.number_input(key="ads-cents").set_value(80.0)
    page.button(key="ads-save").click().run()
    assert no_error(page)
    report = steps()
    assert report["courier"] and report["courier"] % 650 == 0
    page = open_page("growth", part="ladder", **{"from": "2022-02-01", "to": "2022-02-28"})
    assert no_error(page) and "退款的三种算法" in shown(page)

    page = open_page("settings", section="costs")
    page.selectbox(key="rate-which").set_value(0)
    page.button(key="rate-remove-go").click().run()
    assert no_error(page)
    assert steps()["courier"] is None


def run(*words: str) -> dict[str, list[dict[str, object]]]:
    result = CliRunner().invoke(root_command(), ["cost", *words, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    parsed: dict[str, list[dict[str, object]]] = json.loads(result.output)
    return parsed


def test_the_command_prints_its_contract(own_shop: Path) -> None:
    scope = {"platform": "", "province": "新疆", "up_to_g": 500}
    words = ("rate", "courier", "12.5", "--province", "新疆", "--grams", "500", "--on", "2022-01-01")
    assert run(*words) == {
        "rates": [{"kind": "courier", **scope, "from_on": "2022-01-01", "cents": 1_250, "currency": "CNY"}]
    }
    (hours,) = run("hours", "2.25", "--task", "打包")["hours"]
    assert (hours["minutes"], hours["task"]) == (135, "打包")
    (ads,) = run("ads", "80", "--platform", "douyin")["ads"]
    assert (ads["amount_cents"], ads["platform"], ads["product_code"]) == (8_000, "douyin", "")
    assert run("rate", "courier", "--remove", *words[3:]) == {"rates": []}
    assert run("ads", "0", "--platform", "douyin") == {"ads": []}
