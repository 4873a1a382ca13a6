"""The report of a live session, downloaded from the page: its files come in the language that the page is read in."""

import re
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import Serve
from tests.browser.phone import WAIT
from tests.support.fresh import new_database
from tests.support.shops.live_evenings import WEEK, fill_evenings


def test_the_report_is_in_the_language_of_the_page(page: Page, serve: Serve, tmp_path: Path) -> None:
    with closing(new_database(tmp_path / "shop.db")) as db:
        fill_evenings(db, WEEK[:2])
    with serve(tmp_path / "shop.db") as site:
        page.goto(f"{site}/live?live=session&session=douyin/{WEEK[0].session_id}&tab=review&lang=en")
        for kind, start in (
            ("HTML", b'<!doctype html><html lang="en">'),
            ("PNG", b"\x89PNG"),
            ("PDF", b"%PDF-"),
        ):
            with page.expect_download(timeout=WAIT) as result:
                page.get_by_role("button", name=kind).click(timeout=WAIT)
            content = Path(result.value.path()).read_bytes()
            assert content.startswith(start)
            if kind == "PDF":
                assert len(re.findall(rb"/Type\s*/Page[^s]", content)) == 1, "one sheet"
