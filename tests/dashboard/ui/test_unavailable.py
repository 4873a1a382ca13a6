"""A shop whose file goes away, comes back, or gives its name to another one while a page is open."""

import os
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.i18n.language import use_language
from tests.support.fresh import empty_shop_file
from tests.support.pages import no_error, open_page, sentence, shown


def delete(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


def words_of(page: AppTest) -> str:
    assert not page.exception, [element.value for element in page.exception]
    return " ".join([shown(page), *(element.value for element in (*page.markdown, *page.caption))])


@pytest.mark.sqlite_file("takes a file away or replaces it")
@pytest.mark.parametrize("view", ["growth", "orders", "settings"])
def test_a_deleted_database_is_named_and_the_page_comes_back(
    view: str, own_shop: Path, spring_path: Path
) -> None:
    use_language("en")
    page = open_page(view, lang="en")
    before = sentence(page)
    delete(own_shop)
    assert f"{own_shop} is not there any more" in words_of(page.run())
    shutil.copy(spring_path, own_shop)
    assert no_error(page.run()) and sentence(page) == before


def test_another_shop_of_the_same_name_is_read_from_the_next_run(own_shop: Path, tmp_path: Path) -> None:
    use_language("en")
    page = open_page("growth", lang="en")
    before = sentence(page)
    os.replace(empty_shop_file(tmp_path / "other.db"), own_shop)
    assert no_error(page.run())
    assert before not in words_of(page)
