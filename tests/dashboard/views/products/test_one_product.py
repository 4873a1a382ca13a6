"""The part of the Products page about one product."""

import pytest

from dashboard.i18n.language import LANGUAGES
from shop.connect import connect
from shop.performance import one_product
from tests.support.pages import no_error, open_page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_product_has_months_stock_and_for_the_owner_a_margin(spring_shop, monkeypatch, language):
    db = connect(str(spring_shop))
    product = next(iter(one_product.product_titles(db)))
    db.close()
    link = {"look": "one", "product": product, "period": "all", "lang": language}
    page = open_page("products", **link)
    assert no_error(page)
    as_owner = len(page.dataframe)
    assert as_owner >= 2
    monkeypatch.setenv("KILNBOARD_ROLE", "assistant")
    page = open_page("products", **link)
    assert no_error(page)
    assert len(page.dataframe) <= as_owner
    assert not any({"毛利", "Margin"} & set(table.value.columns) for table in page.dataframe)
