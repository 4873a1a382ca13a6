"""The Kiln page, as it is used: a batch from the form to the host's card, by role, and undone."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.reports import host_card
from shop.access.roles import Actor
from shop.catalog.products import ProductFields, VariantFields, add
from shop.connect import connect
from shop.db.database import Database
from shop.kiln import board, curves, firings, material_levels, production
from shop.kiln.materials import add_material, buy
from shop.metrics.settings import today
from shop.pricing import floor_prices, unit_costs
from shop.pricing.host_card import card_lines
from tests.support.fresh import new_database
from tests.support.pages import no_error, open_page, sentence, shown
from tests.support.shops.practice_studio import Studio

PARTS = ("now", "new", "mend", "days", "yields", "curves", "materials", "prices")
LIN = Actor("Lin")


@pytest.fixture
def practice(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setenv("KILNBOARD_DB", str(studio.path))
    return studio


@pytest.fixture(scope="session")
def small_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One kiln, clay, and a batch of six cups that dries."""
    path = tmp_path_factory.mktemp("small") / "shop.db"
    db = new_database(path)
    cup = VariantFields(sku="CUP", price_cents=6_800, shelf_cm2=80)
    add(db, ProductFields("茶杯", form="杯"), [cup], actor=LIN, code="CUP")
    firings.add_kiln(db, "E1", actor=LIN, shelf_cm2=900, name="电窑", positions=("上", "下"))
    add_material(db, "clay", actor=LIN, kind="clay", name="高白泥")
    buy(db, "clay", 20_000, 8_000, actor=LIN)
    production.start_batch(db, "CUP", 6, actor=LIN, batch_id="B1", on=_day(db) - timedelta(days=5))
    db.close()
    return path


@pytest.fixture
def small(small_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    shutil.copy(small_path, tmp_path / "shop.db")
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "shop.db"))
    return connect(str(tmp_path / "shop.db"))


def _day(db: Database) -> date:
    with db.read() as connection:
        return today(connection)


def click(page: AppTest, key: str) -> AppTest:
    return page.button(key=key).click().run()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_on_a_living_studio(practice: Studio, part: str, language: str):
    page = open_page("kiln", part=part, lang=language, period="all")
    assert no_error(page)
    assert sentence(page)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_in_an_empty_studio(small: Database, part: str):
    page = open_page("kiln", part=part)
    assert no_error(page)
    assert "6" in sentence(page)


def test_a_batch_is_started_and_undone(small: Database):
    page = open_page("kiln", part="new")
    page.number_input(key="new-pieces").set_value(15)
    click(page, "new-batch-save")
    assert no_error(page)
    assert "茶杯 15 件" in shown(page)
    assert sum(card.pieces for card in board.board(small)) == 21
    click(page, "saved-undo")
    assert sum(card.pieces for card in board.board(small)) == 6


def test_a_stage_is_recorded_on_the_board_with_its_losses(small: Database):
    page = open_page("kiln", part="now")
    click(page, "next-B1/greenware/in")
    page.session_state["tally.B1/greenware/in"] = {"crack": 1}
    page.run()
    click(page, "save-B1/greenware/in")
    assert no_error(page)
    assert production.batch(small, "B1").at("greenware")[0].losses == (("crack", 1),)
    assert "好 5 件，损耗 1 件" in shown(page)


def test_a_firing_is_planned_lit_and_opened(small: Database):
    production.record_step(small, "B1", "greenware", actor=LIN, on=_day(small))
    page = open_page("kiln", part="days")
    click(page, "plan-save")
    assert no_error(page)
    (load,) = board.firing_loads(small)
    assert (load.pieces, load.firing.stage) == (6, "bisque")
    page = open_page("kiln", part="now")
    name = load.firing.firing_id
    click(page, f"light-{name}")
    click(page, f"open-{name}")
    click(page, "opening-save")
    assert no_error(page)
    assert production.batch(small, "B1").pieces_by_stage() == {"bisque": (0, 6)}


def test_an_empty_firing_cannot_be_lit(small: Database):
    firings.plan_firing(small, "E1", "bisque", _day(small), actor=LIN, firing_id="F1")
    assert open_page("kiln", part="now").button(key="light-F1").disabled


def test_a_second_firing_of_the_day_is_rejected_with_a_reason_until_a_note_explains_it(small: Database):
    firings.plan_firing(small, "E1", "bisque", _day(small), actor=LIN)
    page = open_page("kiln", part="days")
    click(page, "plan-save")
    assert "已排了窑次" in shown(page)
    page.text_input(key="plan-note").set_value("夜里加一窑").run()
    click(page, "plan-save")
    assert len(board.firing_loads(small)) == 2


def test_a_check_brings_the_pieces_into_stock(small: Database):
    for stage in ("greenware", "bisque", "glazed", "glaze_fired"):
        production.record_step(small, "B1", stage, actor=LIN, on=_day(small))
    page = open_page("kiln", part="now")
    click(page, "next-B1/glaze_fired/out")
    page.session_state["tally.B1/glaze_fired/out"] = {"second": 1, "glaze_flaw": 1}
    page.run()
    click(page, "save-B1/glaze_fired/out")
    assert no_error(page)
    assert production.batch(small, "B1").grades() == {("prime", "CUP"): 4, ("second", "CUP-S"): 1}


def test_clay_is_bought_and_undone(small: Database):
    page = open_page("kiln", part="materials")
    page.number_input(key="buy-amount").set_value(10.0)
    page.number_input(key="buy-money").set_value(52.5)
    click(page, "buy-save")
    (clay,) = material_levels.material_levels(small)
    assert (clay.book, clay.value_cents) == (30_000, 13_250)
    click(page, "saved-undo")
    (clay,) = material_levels.material_levels(small)
    assert (clay.book, clay.value_cents) == (20_000, 8_000)


def test_the_owner_sees_costs_others_only_floors(small: Database, monkeypatch: pytest.MonkeyPatch):
    unit_costs.set_unit_cost(small, "CUP", 1_234, actor=LIN)
    floor_prices.set_platform_rates(small, "douyin", fee_bp=500, commission_bp=2_000, actor=LIN)
    page = open_page("kiln", part="prices")
    assert "单件成本" in shown(page) and "损耗金额" in shown(page)
    monkeypatch.setenv("KILNBOARD_ROLE", "assistant")
    page = open_page("kiln", part="prices")
    assert no_error(page)
    assert "¥16.46" in shown(page)  # the floor: 12.34 / 0.75
    assert "12.34" not in shown(page)
    assert "损耗金额" not in shown(page)
    assert not [table for table in page.dataframe if "单件成本" in table.value.columns]


def test_the_printed_card_names_no_cost_and_no_foreign_address(small: Database):
    unit_costs.set_unit_cost(small, "CUP", 1_234, actor=LIN)
    lines = card_lines(small, ["CUP"], "douyin", 500, 2_000, actor=LIN)
    for language in LANGUAGES:
        use_language(language)
        page = host_card.page(lines, "douyin", 500, 2_000)
        assert "12.34" not in page.replace(host_card.floor(lines[0].floor), "")
        assert "http" not in page
        assert "20.43" in page  # 5.00 + 12.34 / 0.8, rounded up


def test_a_stage_recorded_wrong_is_recorded_again(small: Database):
    production.record_step(small, "B1", "greenware", losses={"crack": 2}, actor=LIN, on=_day(small))
    page = open_page("kiln", part="mend")
    page.session_state["tally.mend/B1/greenware/1"] = {"warp": 1}
    page.run()
    click(page, "mend-save")
    assert no_error(page)
    assert production.batch(small, "B1").at("greenware")[0].losses == (("warp", 1),)


def test_a_batch_is_ended_or_cancelled_and_undone(small: Database):
    page = open_page("kiln", part="mend")
    click(page, "mend-cancel")
    assert production.batch(small, "B1").status == "cancelled"
    click(page, "saved-undo")
    assert production.batch(small, "B1").status == "open"
    page = open_page("kiln", part="mend")
    click(page, "mend-close")
    assert production.batch(small, "B1").lost == 6


def test_underfired_pieces_are_fired_again_or_written_off_on_the_board(small: Database):
    for stage in ("greenware", "bisque", "glazed"):
        production.record_step(small, "B1", stage, actor=LIN, on=_day(small))
    production.record_step(small, "B1", "glaze_fired", losses={"underfired": 3}, actor=LIN, on=_day(small))
    page = open_page("kiln", part="now")
    click(page, "next-B1/glaze_fired/again")
    page.toggle(key="elsewhere-B1/glaze_fired/again").set_value(True).run()
    page.session_state["tally.B1/glaze_fired/again"] = {"underfired": 1, "crack": 1}
    page.run()
    click(page, "save-B1/glaze_fired/again")
    assert no_error(page)
    assert "好 1 件，待复烧 1 件，损耗 1 件" in shown(page)
    click(page, "write-off-B1/glaze_fired/again")
    batch = production.batch(small, "B1")
    assert (batch.lost, batch.came_out("glaze_fired"), batch.waits_again("glaze_fired")) == (2, 4, 0)
    click(page, "saved-undo")
    assert production.batch(small, "B1").waits_again("glaze_fired") == 1
    click(page, "decor-B1/glaze_fired/out")
    page.toggle(key="elsewhere-B1/glaze_fired/out/decor").set_value(True).run()
    click(page, "save-B1/glaze_fired/out/decor")
    assert production.batch(small, "B1").came_out("decor_fired") == 4


def test_a_controllers_file_is_drawn_with_what_its_firing_lost(small: Database):
    for stage in ("greenware", "bisque", "glazed"):
        production.record_step(small, "B1", stage, actor=LIN, on=_day(small))
    firings.plan_firing(small, "E1", "glaze_fired", _day(small), load=[firings.LoadItem("B1")], actor=LIN)
    (load,) = board.firing_loads(small)
    name = load.firing.firing_id
    firings.record_opening(
        small, name, [firings.OpeningResult("B1", {"underfired": 2, "crack": 1})], on=_day(small), actor=LIN
    )
    page = open_page("kiln", part="curves", period="all")
    assert no_error(page)
    page.get("file_uploader")[0].upload(
        "kiln.csv", b"time (min),temp (C)\n0,20\n60,800\n90,1180\n100,1180\n", "text/csv"
    ).run()
    assert no_error(page)
    assert "4 个读数，最高 1,180 °C" in shown(page) or "4 个读数，最高 1180 °C" in shown(page)
    (row,) = curves.losses_by_curve(small, _day(small), _day(small)).to_dict("records")
    assert (row["peak"], row["soak"], row["lost"], row["again"], row["share"]) == (1180, 10, 1, 2, 0.5)
    click(page, "curve-remove")
    assert curves.curve_of(small, name) is None
