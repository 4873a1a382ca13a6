"""Every page opens: on the spring set and on an empty shop, in both languages, with its
sentence.
"""

import re

import pytest

from dashboard import views
from dashboard.i18n.language import LANGUAGES
from shop.access.roles import Actor
from tests.support.pages import VIEWS, no_error, open_address, open_page, sentence, shown

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_a_page_opens_on_the_spring_set_with_one_sentence(spring_shop, view, language):
    page = open_page(view, lang=language)
    assert no_error(page)
    assert sentence(page)
    assert bool(CHINESE.search(re.sub("“.*?”", "", sentence(page)))) == (language == "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_a_page_of_an_empty_shop_shows_the_next_step(empty_shop, view, language):
    page = open_page(view, lang=language)
    assert no_error(page)
    assert sentence(page)
    next_step = {"zh": "拖", "en": "rop"}[language]
    if view == "people":
        next_step = {"zh": "先建一个店主账号", "en": "owner"}[language]
    if view == "group":
        next_step = {"zh": "只有一家店", "en": "One shop so far"}[language]
    if view == "search":
        next_step = {"zh": "输入订单号的任意一段", "en": "Type two characters"}[language]
    if view == "manual":
        assert len(page.button) > 10
        return
    assert next_step in shown(page)


@pytest.mark.parametrize(
    "view", [name for name, page in views.pages().items() if Actor("x", "packer").may(page.needs)]
)
def test_a_page_of_an_empty_shop_opens_for_who_may_open_the_fewest(empty_shop, monkeypatch, view):
    """It links to no page that is closed to them."""
    monkeypatch.setenv("KILNBOARD_ROLE", "packer")
    assert no_error(open_address(view, lang="en"))


@pytest.mark.parametrize("view", VIEWS)
def test_no_page_shows_a_field_that_was_never_filled(spring_shop, view):
    assert not re.search(r"\{\w+[:}]", shown(open_page(view, lang="en")))


@pytest.mark.parametrize("view", [name for name, page in views.pages().items() if page.platform_filter])
def test_pages_of_an_old_shop_show_the_reference_day(spring_shop, view):
    assert "2022年3月15日" in shown(open_page(view))


def test_the_reference_day_can_be_chosen(spring_shop):
    page = open_page("today", on="2022-01-15")
    assert "1月15日（周六）" in sentence(page)


def test_days_before_the_first_file_are_not_called_days_without_sales(spring_shop):
    page = open_page("today", on="2021-11-10", lang="en")
    assert sentence(page).endswith("nothing is known of the same days last month.")
    page = open_page("growth", lang="en", period="free", **{"from": "2021-11-01", "to": "2021-11-10"})
    assert "nothing is known of" in sentence(page) and "had –" not in shown(page)


def test_a_link_with_nonsense_still_opens(spring_shop):
    page = open_page(
        "growth",
        **{
            "from": "never",
            "to": "",
            "against": "x",
            "metric": "y",
            "lang": "xx",
            "on": "zz",
            "period": "?",
            "page": "-1",
        },
    )
    assert no_error(page)
    assert sentence(page)


def test_a_new_page_is_one_new_folder(tmp_path, monkeypatch):
    folder = tmp_path / "parcels"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from dashboard.ui.page import PageMeta\nPAGE = PageMeta('shop', order=65, icon='receipt')\n"
    )
    (folder / "page.py").write_text("")
    monkeypatch.setattr(views, "__path__", [*views.__path__, str(tmp_path)])
    names = list(views.pages.__wrapped__())  # the pages are listed once
    assert names[names.index("listings") + 1] == "parcels"
    assert set(names) - {"parcels"} == set(VIEWS)


def test_what_was_sold_and_is_not_in_the_catalog_is_found(own_shop):
    page = open_page("search", lang="en", find="手拉坯乌金")
    assert no_error(page)
    assert "Sold and not in the catalog" in shown(page)
