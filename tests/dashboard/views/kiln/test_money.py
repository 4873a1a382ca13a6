"""Money typed on the Kiln page is stored in the minor units of the shop's currency, by page and command."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from dashboard.cli import root_command
from dashboard.i18n import format
from dashboard.i18n.language import use_language
from shop.access.roles import Actor
from shop.catalog.products import ProductFields, VariantFields, add
from shop.db.database import Database
from shop.kiln import firings, material_levels
from shop.kiln.board import firing_load
from shop.kiln.materials import add_material
from shop.pricing.floor_prices import platform_rates
from shop.pricing.unit_costs import unit_cost
from tests.support.fresh import new_database
from tests.support.pages import no_error, open_page, shown

LIN = Actor("Lin")
MINOR = {"CNY": 100, "JPY": 1, "KWD": 1000}


@pytest.fixture(params=MINOR)
def currency(request: pytest.FixtureRequest) -> Iterator[str]:
    yield request.param
    format.use_currency("CNY")


@pytest.fixture
def studio(currency: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A shop of one currency with a kiln, clay, a cup, and one planned firing."""
    db = new_database(tmp_path / "shop.db")
    with db.write() as connection:
        connection.exec_driver_sql("INSERT INTO shop VALUES (1, 'Kiln', 'Asia/Tokyo', ?)", (currency,))
    add(db, ProductFields("Cup"), [VariantFields(sku="CUP", shelf_cm2=80)], actor=LIN, code="CUP")
    add_material(db, "clay", actor=LIN, kind="clay")
    firings.add_kiln(db, "E1", actor=LIN, shelf_cm2=900)
    firings.plan_firing(db, "E1", "bisque", firings_day(db), firing_id="F1", load=[], actor=LIN)
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "shop.db"))
    monkeypatch.delenv("KILNBOARD_ROLE", raising=False)
    use_language("zh")
    yield db
    db.close()


def firings_day(db: Database) -> Any:
    from shop.metrics.settings import today

    with db.read() as connection:
        return today(connection)


def run(line: str, *, code: int = 0) -> str:
    result = CliRunner().invoke(root_command(), ["kiln", *line.split()])
    assert result.exit_code == code, result.output + str(result.exception)
    return result.output


def test_the_command_line_stores_minor_units(studio: Database, currency: str) -> None:
    minor = MINOR[currency]
    run("material buy clay 100 400")
    (clay,) = material_levels.material_levels(studio)
    assert (clay.value_cents, clay.currency) == (400 * minor, currency)
    run("firing bill F1 --energy 92 --wear 5 --labour 30")
    bill = firing_load(studio, "F1").firing
    assert (bill.energy_cents, bill.wear_cents, bill.labour_cents) == (92 * minor, 5 * minor, 30 * minor)
    run("kilns E2 --shelf 900 --wear 7")
    run("cost CUP --set 12")
    cost = unit_cost(studio, "CUP")
    assert cost is not None
    assert (cost.unit_cents, cost.currency) == (12 * minor, currency)
    run("terms douyin --fee 20 --shipping 4")
    assert platform_rates(studio, "douyin").shipping_cents == 4 * minor
    format.use_currency(currency)
    assert format.exact(4 * minor) in run("terms douyin")
    assert format.exact(30 * minor) in run("floor CUP douyin --coupon 10")  # 10 + (12 + 4) / 0.8
    assert format.exact(30 * minor) in run("card douyin CUP --coupon 10")
    assert "12x" in run("cost CUP --set 12x", code=2)


def type_cost() -> None:
    """What the fields of the costs send when 12 is saved; only a browser draws them."""
    from dashboard.ui.components.field_list import TypedValue, unit_costs

    assert [value.key for value in unit_costs.save([TypedValue("CUP", "12", "")]).saved] == ["CUP"]


def test_the_page_stores_minor_units(studio: Database, currency: str) -> None:
    minor = MINOR[currency]
    page = open_page("kiln", part="materials")
    page.number_input(key="buy-amount").set_value(100.0)
    page.number_input(key="buy-money").set_value(400.0)
    page.button(key="buy-save").click().run()
    (clay,) = material_levels.material_levels(studio)
    assert clay.value_cents == 400 * minor
    assert not AppTest.from_function(type_cost, default_timeout=120).run().exception
    cost = unit_cost(studio, "CUP")
    assert cost is not None and cost.unit_cents == 12 * minor
    page = open_page("kiln", part="prices")
    page.number_input(key="terms-douyin-fee").set_value(20.0)
    page.number_input(key="terms-douyin-shipping").set_value(4.0)
    page.button(key="terms-save-douyin").click().run()
    assert platform_rates(studio, "douyin").shipping_cents == 4 * minor
    page = open_page("kiln", part="prices")
    assert page.number_input(key="terms-douyin-shipping").value == 4.0
    page.number_input(key="card-coupon").set_value(10.0).run()
    assert no_error(page)
    format.use_currency(currency)
    assert format.exact(30 * minor) in shown(page)
