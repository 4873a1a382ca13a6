"""The shop's time zone and currency are set on the Data page."""

from pathlib import Path

from shop.connect import connect
from shop.metrics.settings import has_settings, shop_settings
from tests.support.pages import no_error, open_page, shown


def test_the_first_visit_shows_the_form_and_stores_the_settings(empty_shop: Path) -> None:
    page = open_page("data")
    assert page.expander[0].proto.expanded
    page.selectbox(key="shop-zone").select("America/New_York")
    page.selectbox(key="shop-currency").select("USD")
    page.button(key="FormSubmitter:shop-settings-保存").click().run()
    assert no_error(page)
    assert not any(item.label.startswith("店铺设置") for item in page.expander)
    db = connect(str(empty_shop))
    with db.read() as connection:
        assert has_settings(connection)
        settings = shop_settings(connection)
    db.close()
    assert (settings.time_zone, settings.currency) == ("America/New_York", "USD")


def test_a_shop_with_files_has_the_form_in_its_settings_alone(spring_shop: Path) -> None:
    assert not any(item.label.startswith("店铺设置") for item in open_page("data").expander)
    page = open_page("settings", section="shop")
    page.text_input(key="shop-name").input("青山窑")
    page.button(key="FormSubmitter:shop-settings-保存").click().run()
    assert no_error(page)
    assert "青山窑" in shown(open_page("settings"))
