"""Orders in the hand of an assistant: find one, pick and pack some, print labels, scan one; taps are counted."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page, expect

from dashboard.reports import labels
from shop.access.roles import OWNER
from shop.catalog import pieces, products
from shop.catalog.label_subjects import label_entries, labels_of
from shop.catalog.pieces import PieceFields
from shop.db.database import Database
from shop.orders import parcels
from tests.browser.phone import TOO_WIDE, WAIT, Finger, wide_parts
from tests.support.browsers import settled
from tests.support.fresh import new_database
from tests.support.shops.outgoing import number, orders_to_send

PIECES, ORDERS = 24, 4
EDGES = """labels => labels.map(label => label.getBoundingClientRect())
  .map(box => [box.left, box.top + scrollY, box.right, box.bottom + scrollY])"""


@dataclass(frozen=True)
class Studio:
    """A dashboard on a shop of its own: orders to send, and 24 numbered pieces."""

    site: str
    db: Database
    orders: int


@pytest.fixture(scope="module")
def studio(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., Any]
) -> Iterator[Studio]:
    db, orders = (
        new_database(tmp_path_factory.mktemp("orders") / "shop.db"),
        getattr(request, "param", ORDERS),
    )
    orders_to_send(db, orders)
    products.add(db, products.ProductFields("柴烧主人杯", form="杯"), [], actor=OWNER, code="GP")
    numbered = [
        PieceFields(f"#{place:04}", price_cents=38_000, currency="CNY", place="孤品柜", sku=f"GP-{place:04}")
        for place in range(1, PIECES + 1)
    ]
    pieces.add(db, "GP", numbered, actor=OWNER)
    with serve(db.path, KILNBOARD_USER="小林", KILNBOARD_ROLE="assistant") as site:
        yield Studio(site, db, orders)
    db.close()


def test_an_order_is_listed_in_three_taps(phone: Page, studio: Studio) -> None:
    finger = Finger(phone)
    phone.goto(f"{studio.site}/orders")
    search = phone.get_by_placeholder(re.compile("订单号"))
    expect(search).to_be_visible(timeout=WAIT)
    search.tap()
    finger.taps += 1
    search.fill(number(3)[8:])
    search.press("Enter")  # the key of the phone's keyboard
    finger.taps += 1
    finger.tap(phone.locator("a.kb-open").first)
    expect(phone.get_by_role("heading", name=re.compile(number(3)))).to_be_visible(timeout=WAIT)
    assert finger.taps <= 3


def test_no_part_scrolls_sideways_on_a_phone(phone: Page, studio: Studio) -> None:
    phone.goto(f"{studio.site}/orders?lang=en")
    assert wide_parts(phone) == []
    for link in (f"order={number(0)}&of=douyin", "q=青瓷"):
        phone.goto(f"{studio.site}/orders?{link}&lang=en")
        expect(phone.locator("h1.kb-sentence").first).to_be_visible(timeout=WAIT)
        settled(phone)
        assert not phone.evaluate(TOO_WIDE), link


def test_labels_of_24_pieces_are_printed_in_four_taps_and_all_are_read(
    phone: Page, browser: Browser, studio: Studio
) -> None:
    finger = Finger(phone)
    phone.goto(f"{studio.site}/stock?stock=table")
    part = phone.locator(".st-key-parts").get_by_text("标签", exact=True)
    expect(part).to_be_visible(timeout=WAIT)
    part.tap()
    finger.taps += 1
    print_button = phone.get_by_role("button", name=re.compile(r"打印 24 张（HTML）"))
    with phone.expect_download(timeout=WAIT) as result:
        finger.tap(print_button)
    assert finger.taps <= 4
    page = result.value.path().read_text("utf-8")
    wanted = [entry.of for entry in label_entries(studio.db) if entry.kind == "piece"]
    codes = {entry.code for entry in labels_of(studio.db, wanted)}
    assert len(codes) == PIECES
    assert codes_on(browser, page) == codes


def codes_on(browser: Browser, page: str) -> set[str]:
    """The codes read from a photo of each label of a page: turned, blurred, uneven light, as a phone takes it."""
    context = browser.new_context(viewport={"width": 800, "height": 1130}, device_scale_factor=2)
    paper = context.new_page()
    paper.set_content(page)
    codes: set[str] = set()
    sheet = Image.open(io.BytesIO(paper.screenshot(full_page=True))).convert("RGB")
    for place, box in enumerate(paper.locator(".label").evaluate_all(EDGES)):
        picture = sheet.crop([edge * 2 for edge in box])
        photo = Image.new("RGB", (1280, 960), (120, 112, 100))
        photo.paste(picture.rotate(place * 15 % 360, expand=True, fillcolor=(120, 112, 100)), (260, 160))
        shade = Image.linear_gradient("L").resize(photo.size)
        photo = Image.blend(photo, Image.merge("RGB", [shade] * 3), 0.2).filter(ImageFilter.GaussianBlur(1))
        codes_read = labels.read_codes(photo)
        assert len(codes_read) == 1, place
        codes.update(codes_read)
    context.close()
    return codes


def test_every_paper_and_symbol_is_readable_and_fits(browser: Browser) -> None:
    printed = [
        labels.PrintedLabel(
            "7F3KQ", "天青斗笠杯 天青 小号 一个很长的名字放不下的时候要收起来", "TQ-DLB-S · #0013"
        )
    ] * 2
    context = browser.new_context(viewport={"width": 900, "height": 1200}, device_scale_factor=3)
    page = context.new_page()
    for paper, symbol in product(labels.PAPERS, labels.SYMBOLS):
        page.set_content(labels.html(printed, paper, symbol))
        for label in page.locator(".label").all():
            assert label.evaluate(
                "e => e.scrollHeight <= e.clientHeight + 1 && e.scrollWidth <= e.clientWidth + 1"
            ), (paper, symbol)
            codes = labels.read_codes(Image.open(io.BytesIO(label.screenshot())))
            assert codes == ["7F3KQ"], (paper, symbol)
    context.close()


def test_a_label_before_the_camera_opens_its_piece(studio: Studio, film: Path, page: Page) -> None:
    open_by_camera(studio, page, film, "GP-0007")


@pytest.mark.proof
def test_each_of_24_labels_before_the_camera_opens_its_piece(studio: Studio, film: Path, page: Page) -> None:
    for place in range(1, PIECES + 1):
        open_by_camera(studio, page, film, f"GP-{place:04}")


def open_by_camera(studio: Studio, page: Page, film: Path, sku: str) -> None:
    """Hold the printed label of a piece before the camera, as a film, and see that piece open."""
    (entry,) = labels_of(studio.db, [entry.of for entry in label_entries(studio.db) if entry.subject == sku])
    page.set_viewport_size({"width": 640, "height": 480})
    page.set_content(labels.html([labels.PrintedLabel(entry.code, entry.title, entry.detail)], "roll_40x30"))
    picture = Image.open(io.BytesIO(page.locator(".label").screenshot())).convert("RGB")
    frame = Image.new("RGB", (640, 480), "white")
    frame.paste(picture.resize((picture.width * 3, picture.height * 3)), (80, 60))
    with film.open("wb") as file:
        for _ in range(30):
            frame.save(file, "JPEG", quality=92)
    page.set_viewport_size({"width": 390, "height": 844})
    page.context.grant_permissions(["camera"])
    page.goto(f"{studio.site}/stock?stock=scan")
    take = page.get_by_test_id("stCameraInputButton")
    expect(take).to_be_enabled(timeout=WAIT)
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 2", timeout=WAIT)
    take.click()
    page.get_by_role("button", name="打开").click(timeout=WAIT)
    expect(page.locator(".kb-line small").first).to_contain_text(sku, timeout=WAIT)
    page.context.clear_permissions()


@pytest.mark.parametrize("studio", [ORDERS, pytest.param(10, marks=pytest.mark.proof)], indirect=True)
def test_orders_are_picked_and_packed_in_at_most_four_taps_each(phone: Page, studio: Studio) -> None:
    finger = Finger(phone)
    phone.goto(f"{studio.site}/orders?orders=pick")
    stops = phone.get_by_role("button", name=re.compile(r"拿到 \d+ 件"))
    expect(stops.first).to_be_visible(timeout=WAIT)
    settled(phone)
    left = stops.count()
    while left:
        finger.tap(stops.first)
        left -= 1
        expect(stops).to_have_count(left, timeout=WAIT)
    finger.tap(phone.get_by_role("button", name=re.compile(f"{studio.orders} 单都已打包发出")))
    expect(phone.get_by_text(f"{studio.orders} 单记为已发出").first).to_be_visible(timeout=WAIT)
    assert finger.taps <= 4 * studio.orders
    assert len(parcels.outbox(studio.db).sent) == studio.orders
