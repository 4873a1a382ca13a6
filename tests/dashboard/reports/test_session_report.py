"""The report of one live session: a page in one file, printed, and a picture; in the language of the page."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from dashboard.i18n import format
from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.reports import pdf, png_card, session_report
from dashboard.ui.run import in_this_run
from shop.connect import connect
from shop.db.database import Database
from shop.streams.session import SessionRecord, find_session
from tests.support.browsers import needed
from tests.support.fresh import new_database
from tests.support.shared import built_once
from tests.support.shops.live_evenings import WEEK, fill_evenings


@pytest.fixture(scope="module")
def evenings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    def build(folder: Path) -> None:
        with closing(new_database(folder / "shop.db")) as db:
            fill_evenings(db, WEEK)

    with closing(connect(str(built_once(tmp_path_factory, "live_evenings", build) / "shop.db"))) as db:
        yield db


@pytest.fixture
def session(evenings: Database) -> SessionRecord:
    return find_session(evenings, WEEK[0].session_id, "douyin")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_every_part_of_the_session(
    evenings: Database, session: SessionRecord, language: str
) -> None:
    use_language(language)
    page = session_report.as_file(evenings, session, "html").decode()
    assert "<script" not in page and "http" not in re.sub(r"http://www.w3.org/\S+", "", page)
    heads = re.findall(r"<h2>(.*?)</h2>", page)
    assert len(heads) == 6  # figures, curve, funnel, products, presentations, review
    assert "¥9,332" in page  # 40 orders of the evening
    assert "12.5%" in page  # 3,600 of 28,800 entered
    assert page.count("¥4,620.00") == 1  # 11 bowls at ¥420
    assert ("直播复盘" in page) == (language == "zh")


def test_a_session_without_stated_orders_leaves_no_gap(spring: Database) -> None:
    use_language("en")
    with spring.read() as connection:
        (name,) = connection.exec_driver_sql("SELECT MIN(session_id) FROM live_session").one()
    page = session_report.as_file(spring, find_session(spring, name), "html").decode()
    assert "·</p>" not in page and "· </p>" not in page
    assert "None" not in page and "nan" not in page


def test_the_page_is_printed(evenings: Database, session: SessionRecord) -> None:
    needed(pdf.browser(), "no browser on this computer prints a PDF")
    assert session_report.as_file(evenings, session, "pdf").startswith(b"%PDF-")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_is_drawn(
    evenings: Database, session: SessionRecord, language: str, tmp_path: Path
) -> None:
    use_language(language)
    (tmp_path / "card.png").write_bytes(session_report.as_file(evenings, session, "png"))
    picture = Image.open(tmp_path / "card.png")
    assert picture.format == "PNG" and picture.width == png_card.WIDTH
    colours = picture.convert("RGB").getcolors(1 << 24)
    assert colours is not None and len(colours) > 50


def test_a_file_is_built_in_the_language_and_currency_of_its_page() -> None:
    """A download is built on a thread of the server, which knows neither."""
    use_language("en")
    format.use_currency("GBP")
    build = in_this_run(lambda cents: format.exact(cents).encode() + format.day("2026-03-20").encode(), 1234)
    use_language("zh")
    format.use_currency("CNY")
    results: list[bytes] = []
    threads = [Thread(target=lambda: results.append(build())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [f"£12.34{'20 Mar 2026'}".encode()] * 2
