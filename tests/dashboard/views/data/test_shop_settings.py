"""The shop's time zone and currency are set on the Data page."""

from pathlib import Path

from shop.connect import connect
from shop.metrics.settings import has_settings, shop_settings
from tests.support.pages import no_error, open_page


def test_the_first_visit_shows_the_form_and_stores_the_settings(empty_shop: Path) -> None:
    page = open_page("data")
    assert page.expander[0].proto.expanded
    page.selectbox(key="shop-zone").select("America/New_York")
    page.selectbox(key="shop-currency").select("USD")
    page.button(key="FormSubmitter:shop-settings-保存").click().run()
    assert no_error(page)
    assert not page.expander[0].proto.expanded
    db = connect(str(empty_shop))
    with db.read() as connection:
        assert has_settings(connection)
        settings = shop_settings(connection)
    db.close()
    assert (settings.time_zone, settings.currency) == ("America/New_York", "USD")


def test_the_form_is_closed_where_files_were_read(spring_shop: Path) -> None:
    (form,) = (item for item in open_page("data").expander if item.label.startswith("店铺设置"))
    assert not form.proto.expanded
