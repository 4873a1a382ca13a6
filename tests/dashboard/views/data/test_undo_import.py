"""An import is taken back on the Data page: what would go is shown first, and it can be kept."""

from pathlib import Path

from etl.imports.importer import import_file
from shop import coverage
from shop.connect import connect
from tests.support.pages import bodies, no_error, open_page

FILE = Path(__file__).parents[3] / "data" / "cases" / "01-dy-reexport-fills-carrier" / "day2.csv"


def test_an_import_is_shown_and_undone(empty_shop: Path) -> None:
    db = connect(str(empty_shop))
    import_file(db, FILE)
    page = open_page("data")
    page.selectbox(key="undo-import").select(1).run()
    page.button(key="undo-show").click().run()
    assert f"{FILE.name}：将删除 40 个订单" in "".join(bodies(page))
    page.button(key="undo-keep").click().run()
    assert len(coverage.files(db)) == 1
    page.selectbox(key="undo-import").select(1).run()
    page.button(key="undo-show").click().run()
    page.button(key="undo-go").click().run()
    assert no_error(page)
    assert coverage.files(db).empty
    db.close()
