"""At the kiln, phone in one hand (390 px): the opening is recorded with three losses, in seven taps."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shop.access.roles import Actor
from shop.catalog.products import ProductFields, VariantFields, add
from shop.connect import connect
from shop.db.database import Database
from shop.kiln.firings import LoadItem, add_kiln, fire, plan_firing
from shop.kiln.production import batch, record_step, start_batch
from shop.metrics.settings import today as shop_day
from tests.browser.phone import WAIT
from tests.support.fresh import new_database

LIN = Actor("Lin", "assistant")
LOADED = {"茶杯": 12, "斗笠碗": 8, "公道杯": 6, "餐盘": 4}


def burning(db: Database) -> None:
    """A glaze firing of four batches that was lit yesterday."""
    with db.read() as connection:
        now: date = shop_day(connection)
    add_kiln(db, "E1", actor=LIN, shelf_cm2=9_000, name="大电窑", positions=("上", "中", "下"))
    load = []
    for place, (title, pieces) in enumerate(LOADED.items()):
        sku = f"P{place}"
        cup = VariantFields(sku=sku, price_cents=6_800, shelf_cm2=80)
        add(db, ProductFields(title), [cup], actor=LIN, code=sku)
        start_batch(db, sku, pieces, actor=LIN, on=now - timedelta(days=20), batch_id=f"B{place}")
        for shift, stage in enumerate(("greenware", "bisque", "glazed")):
            record_step(db, f"B{place}", stage, actor=LIN, on=now - timedelta(days=9 - shift))
        load.append(LoadItem(f"B{place}", position=("上", "中", "下", "下")[place]))
    plan_firing(db, "E1", "glaze_fired", now, load=load, actor=LIN, firing_id="F1")
    fire(db, "F1", actor=LIN, on=now - timedelta(days=1))


@pytest.fixture(scope="module")
def kiln_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kiln") / "shop.db"
    db = new_database(path)
    burning(db)
    db.close()
    return path


@pytest.fixture
def phone(phone: Page, kiln_path: Path, serve: Callable[..., Any]) -> Iterator[Page]:
    with serve(kiln_path, KILNBOARD_ROLE="assistant", KILNBOARD_USER="Lin") as address:
        phone.goto(f"{address}/kiln")
        expect(phone.locator("h1.kb-sentence").first).to_be_visible(timeout=WAIT)
        yield phone


def tap_loss(page: Page, title: str, *drivers: str) -> None:
    """Tap "lost" next to a batch, then the reasons."""
    part = page.locator("[class*=st-key-load-]", has_text=title).last
    part.get_by_role("button", name="损耗").tap()
    for driver in drivers:
        before = part.locator("strong").inner_text()
        part.get_by_test_id("stButtonGroup").get_by_text(driver).tap()
        expect(part.locator("strong")).not_to_have_text(before, timeout=WAIT)


def test_an_opening_with_three_losses_is_recorded_with_seven_taps(phone: Page, kiln_path: Path):
    phone.get_by_role("button", name="记录开窑").tap()
    expect(phone.get_by_text("开窑：大电窑 · 釉烧")).to_be_visible(timeout=WAIT)
    tap_loss(phone, "茶杯", "粘板", "粘板")
    tap_loss(phone, "餐盘", "变形")
    save = phone.get_by_role("button", name="保存：完好 27/30 件")
    width = phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= 390
    targets = phone.locator("[class*=st-key-load-] button:visible")
    heights = [targets.nth(n).bounding_box()["height"] for n in range(targets.count())]  # type: ignore[index]
    assert min(heights) >= 43  # a thumb
    save.tap()
    expect(phone.get_by_text("已开窑：完好 27 件，损耗 3 件").first).to_be_visible(timeout=WAIT)
    db = connect(str(kiln_path))
    cups, plates = batch(db, "B0"), batch(db, "B3")
    assert cups.at("glaze_fired")[0].losses == (("stuck", 2),)
    assert plates.at("glaze_fired")[0].losses == (("warp", 1),)
    assert cups.pieces_by_stage() == {"glaze_fired": (0, 10)}

    phone.get_by_role("button", name="撤销").tap()  # the wrong kiln after all
    expect(phone.get_by_text("已撤销").first).to_be_visible(timeout=WAIT)
    assert batch(db, "B0").pieces_by_stage() == {"glaze_fired": (12, 0)}
    db.close()
