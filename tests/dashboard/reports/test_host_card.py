"""The host's card: prices and warnings of each piece, and nothing of a title read as HTML."""

import pytest

from dashboard.i18n.language import use_language
from dashboard.reports import host_card
from shop.pricing.floor_prices import FloorPrice, PlatformRates
from shop.pricing.host_card import CardLine


def floor(cents: int | None, *missing: tuple[str, str]) -> FloorPrice:
    rates = PlatformRates("douyin")
    return FloorPrice("CUP", "douyin", "CNY", cents, cents, 0, rates, None, missing)


@pytest.fixture(autouse=True)
def english():
    use_language("en")
    yield
    use_language("zh")


def test_a_title_is_text_and_no_html():
    hostile = '<img src="http://evil.example/x.png">'
    page = host_card.page(
        [CardLine("<b>CUP", hostile, 6_800, floor(4_000), floor(4_500))], "douyin", 500, None
    )
    assert "<img" not in page and "<b>" not in page
    assert "&lt;img src=&quot;http://evil.example/x.png&quot;&gt;" in page


def test_a_price_below_the_floor_has_a_warning():
    below = CardLine("CUP", "Cup", 4_400, floor(4_000), floor(4_500))
    above = CardLine("CUP", "Cup", 4_500, floor(4_000), floor(4_500))
    assert 'class="kb-below"' in host_card.table([below])
    assert 'class="kb-below"' not in host_card.table([above])
    assert '<td class="kb-lowest">¥45.00</td>' in host_card.table([above])


def test_an_unknown_floor_is_a_dash_and_a_partly_known_one_is_marked():
    assert host_card.floor(floor(None)) == "–"
    assert host_card.floor(floor(4_000)) == "¥40.00"
    assert host_card.floor(floor(4_000, ("rates", "douyin"))) not in ("¥40.00", "–")
