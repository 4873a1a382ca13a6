"""Every page, every part of it and every choice on it, on shops as no sample has them.

A fault is reported with the shop that shows it: paste its `ShopSpec` into SHOPS to see it again.
The proof takes its size from KILNBOARD_FUZZ_SHOPS and its first shop from KILNBOARD_FUZZ_FIRST.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from traceback import extract_tb

import pytest
import streamlit as st
import time_machine
from streamlit.testing.v1 import AppTest

from dashboard.i18n.language import LANGUAGES, use_language
from sample_data.generator.practice import plan_shop
from tests.support.page_walk import Extent, Walk, wrong_words
from tests.support.pages import APP, VIEWS
from tests.support.shops.generated_shops import PARTS, ShopSpec, build, spec_of
from tests.support.shops.practice_studio import build_studio

FIRST_DAY, DAYS = date(2023, 12, 1), 400  # two ends of a year, the end of a leap February
SHOPS = int(os.environ.get("KILNBOARD_FUZZ_SHOPS", "2000"))
FIRST = int(os.environ.get("KILNBOARD_FUZZ_FIRST", "0"))
LEAP, END = date(2024, 2, 29), date(2024, 12, 31)
FULL = ShopSpec(10, LEAP, currencies=("KRW", "CNY"), rows=3)
SMALL = {
    "empty": ShopSpec(1, LEAP, parts=()),
    "files without rows": ShopSpec(2, END, parts=("source_file",), language="en"),
    "one order": ShopSpec(
        3, LEAP, ("order_line", "source_file"), ("tiktok",), days=1, rows=1, money="zero", language="en"
    ),
    "columns missing": ShopSpec(4, END, platforms=("douyin",), rows=4, absent="some", money="mixed"),
}


@pytest.fixture
def shop_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where a shop's database will be; nothing of it stays in the caches."""
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "shop.db"))
    yield tmp_path / "shop.db"
    _forget()


def _forget() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


def walk(spec: ShopSpec, extent: Extent = "each filter", filtered: Sequence[str] = ()) -> Walk:
    """Open every page of the shop that KILNBOARD_DB names and go through it; some pages with each of their filters."""
    use_language(spec.language)
    with time_machine.travel(spec.noon, tick=True):
        page = AppTest.from_file(str(APP), default_timeout=120)
        page.query_params["lang"] = spec.language
        result = Walk(page.run(), Random(spec.seed))
        for view in VIEWS:
            result.through(f"views/{view}/page.py", "each filter" if view in filtered else extent)
    return result


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.proof) if name == "files without rows" else name for name in SMALL],
)
def test_every_part_of_every_page_opens(name: str, shop_file: Path) -> None:
    build(SMALL[name], shop_file)
    result = walk(SMALL[name], "parts")
    assert not result.faults, f"{SMALL[name]}\n" + "\n".join(result.faults[:5])
    assert result.runs >= len(VIEWS)


def test_parts_and_filters_are_discovered_automatically(shop_file: Path) -> None:
    build(FULL, shop_file)
    result = walk(FULL, "parts", ("growth", "stock", "live"))
    opened = {item.control for item in result.every_choice}
    assert {"button_group:link.part", "button_group:link.stock", "selectbox:link.period"} <= opened
    assert not result.faults, f"{FULL}\n" + "\n".join(result.faults[:5])


@pytest.mark.parametrize("message", ("nan 件", "¥None", "NaT", "<NA>", "growth.title", "{orders:count}"))
def test_what_must_not_be_on_screen_is_seen(message: str) -> None:
    assert wrong_words(f"本月 {message}")


@pytest.mark.parametrize("message", ("已发货", "orders.csv", "1.5 kg", "kilnboard 0.1"))
def test_plain_words_are_no_fault(message: str) -> None:
    assert not wrong_words(message)


def _faults_of(spec: ShopSpec, path: Path) -> list[str]:
    """The faults of one shop; what ends its making or its walk is one of them, and the next shop is walked."""
    try:
        build(spec, path)
        return walk(spec).faults
    except Exception as error:
        places = [f"{frame.filename}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
        return [f"[]: {type(error).__name__}: {error} {' '.join(places[-3:])}"]


@pytest.mark.proof
def test_every_shop_opens(shop_file: Path) -> None:
    failed: dict[str, str] = {}  # each fault once, with the first shop that shows it
    for seed in range(FIRST, FIRST + SHOPS):
        spec = spec_of(seed, FIRST_DAY + timedelta(days=seed * 37 % DAYS))
        for fault in _faults_of(spec, shop_file):
            failed.setdefault(fault.partition("]: ")[2][:80], f"{spec}\n  {fault}")
        _forget()
    assert not failed, f"{len(failed)} faults\n" + "\n".join(failed.values())


@pytest.mark.proof
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_of_a_full_shop(language: str, shop_file: Path) -> None:
    spec = ShopSpec(7, datetime.now(UTC).date(), PARTS, currencies=("CNY", "USD"), language=language)
    build(spec, shop_file)
    result = walk(spec, "every choice")
    assert not result.faults, f"{spec}\n" + "\n".join(result.faults[:5])


@pytest.mark.proof
def test_the_demo_shop_opens_on_the_day_that_this_runs(tmp_path: Path, shop_file: Path) -> None:
    plan = plan_shop(orders=900, until=date.today(), days=150)
    build_studio(tmp_path, plan)
    result = walk(ShopSpec(8, date.today()), "every choice")
    assert not result.faults, "\n".join(result.faults[:5])


def test_every_part_opens_where_pieces_have_photos(spring_shop: Path) -> None:
    page = AppTest.from_file(str(APP), default_timeout=120)
    result = Walk(page.run(), Random(9))
    for view in ("products", "stock", "listings"):
        result.through(f"views/{view}/page.py", "parts")
    assert not result.faults, "\n".join(result.faults[:5])
