"""The whole walk of an unknown file on the Data page: look, map, answer, preview, import, recognised again."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from dashboard.i18n.language import use_language
from dashboard.i18n.messages import has
from etl.imports.importer import import_file
from etl.profiles.fields import TABLES
from shop.connect import connect
from shop.db.database import sqlite_driver
from tests.support.pages import ROOT, no_error, open_page, shown

TABLE = (
    "Bestellung,Käufer-Mail,Kaufdatum,Ware,Artikelcode,Stück,Stückpreis,Porto,Endbetrag,Erstattet,Zustand\n"
    "B-1,canary@example.com,10.01.2026 20:00,Tasse,TASSE-1,1,50.00,6.00,56.00,0,Bezahlt\n"
    "B-2,canary@example.com,11.01.2026 20:00,Tasse,TASSE-1,1,50.00,6.00,136.00,20.00,Bezahlt\n"
    "B-2,canary@example.com,11.01.2026 20:00,Schale,SCHALE-2,2,40.00,6.00,136.00,20.00,Bezahlt\n"
    "B-3,canary@example.com,25.01.2026 20:00,Tasse,TASSE-1,1,50.00,6.00,56.00,0,Storniert\n"
)
MAPPING = {
    "order_id": "Bestellung",
    "created_at": "Kaufdatum",
    "title": "Ware",
    "sku": "Artikelcode",
    "quantity": "Stück",
    "unit_price": "Stückpreis",
    "shipping": "Porto",
    "paid": "Endbetrag",
    "refund": "Erstattet",
    "status": "Zustand",
}
ANSWERS = {
    "constants.platform": "own",
    "constants.currency": "EUR",
    "dates.time_zone": "Europe/Berlin",
    "dates.order": "dmy",
    "status.Bezahlt": "paid",
    "status.Storniert": "cancelled",
    "amounts.refund.includes": "-",
}


@pytest.fixture(autouse=True)
def chinese_afterwards():
    yield
    use_language("zh")


def boxes(page, part):
    return {
        box.key.split("-")[-1] if part == "column-" else box.key: box
        for box in page.selectbox
        if part in (box.key or "")
    }


def walk(lang, file="Verkäufe 2026.csv", content=None):
    use_language(lang)  # the select boxes of the page word their options in the test's process
    page = open_page("data", lang=lang)
    page.get("file_uploader")[0].upload(file, content or TABLE.encode(), "text/csv").run()
    return mapped(page)


def mapped(page):
    """The page with the columns of its unknown table chosen and its questions answered."""
    assert no_error(page)
    (table,) = boxes(page, "table-").values()
    if table.value != "order_line":
        table.set_value("order_line").run()
    for field, header in MAPPING.items():
        box = boxes(page, "column-")[field]
        if box.value != header:
            box.set_value(header)
    page.run()
    assert no_error(page)
    for key, box in boxes(page, "answer-").items():
        code = key.split("-", 2)[-1] if key.count("-") > 1 else key
        answer = next(value for name, value in ANSWERS.items() if key.endswith(name))
        assert answer in box.options or code, (key, box.options)
        box.set_value(answer)
    page.run()
    assert no_error(page)
    return page


def test_an_unknown_file_is_mapped_previewed_imported_and_known_the_next_time(empty_shop, tmp_path):
    page = walk("en")
    words = shown(page)
    assert (
        "2 paid orders, 4 pieces. Sold: €180.00. Shipping: €12.00. Refunded: €20.00. Unpaid or closed: 1."
        in words
    )
    (button,) = [item for item in page.button if (item.key or "").startswith("go-")]
    with sqlite_driver().connect(empty_shop) as connection:  # nothing is stored before
        assert connection.execute("SELECT COUNT(*) FROM order_line").fetchone() == (0,)
    button.click().run()
    assert no_error(page)
    assert "4 rows read = 4 stored" in shown(page)
    assert "canary" not in empty_shop.read_bytes().decode("latin-1")

    again = tmp_path / "Verkäufe Februar.csv"
    again.write_text(
        TABLE.splitlines()[0] + "\nB-9,x,01.02.2026 20:00,Tasse,TASSE-1,1,50.00,6.00,56.00,0,Bezahlt\n",
        "utf-8",
    )
    database = connect(str(empty_shop))
    report = import_file(database, again)
    assert (report.stored, report.rejected) == (1, 0)
    database.close()


WORKS = "作品名称,发布时间,播放量,点赞量,评论量\n开窑,2026-02-03 20:00:00,100,10,1\n"


def archive(**members):
    out = BytesIO()
    with ZipFile(out, "w") as file:
        for name, text in members.items():
            file.writestr(name.replace("_", "/") + ".csv", text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("members", "stored"),
    [
        ({"抖音作品": WORKS, "b": TABLE}, "5 rows read = 5 stored"),
        (
            {"2025_b": TABLE, "2026_b": TABLE.replace("B-", "C-")},
            "8 rows read = 4 stored",
        ),  # the layout is known now
    ],
)
def test_an_unknown_table_of_an_archive_is_mapped_as_it_is_alone(empty_shop, members, stored):
    page = walk("en", "export.zip", archive(**members))
    assert "2 paid orders, 4 pieces. Sold: €180.00" in shown(page)
    (button,) = [item for item in page.button if (item.key or "").startswith("go-")]
    button.click().run()
    assert no_error(page) and not boxes(page, "table-")
    assert stored in shown(page)
    with sqlite_driver().connect(empty_shop) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM source_file")}
        (orders,) = connection.execute("SELECT COUNT(DISTINCT order_id) FROM order_line").fetchone()
    assert len(names) == 2 and all(name.startswith("export.zip/") for name in names)
    assert orders == 3 * sum("b" in name for name in members)


def test_the_editor_speaks_chinese(empty_shop):
    words = shown(walk("zh"))
    assert "已付款订单 2 个，共 4 件。成交 €180.00，运费 €12.00，退款 €20.00。" in words
    assert "没见过这张表" in words


def test_a_table_of_nothing_known_can_still_be_mapped_by_hand(empty_shop):
    use_language("en")
    page = open_page("data", lang="en")
    page.get("file_uploader")[0].upload("a.csv", b"x,y\n1,2\n", "text/csv").run()
    assert no_error(page)
    assert "Still needed" in shown(page)


def test_where_two_columns_may_be_what_was_paid_nothing_is_stored_before_one_is_chosen(empty_shop):
    """The one repeats the list value of the order, the other states less."""
    use_language("en")
    page = open_page("data", lang="en")
    raw = (ROOT / "tests" / "data" / "layouts" / "jd.csv").read_bytes()
    page.get("file_uploader")[0].upload("京东.csv", raw, "text/csv").run()
    assert "Still needed: the column with “Paid by the buyer”" in shown(page)
    boxes(page, "column-")["paid"].set_value("结算金额")
    page.run()
    answers = {
        "platform": "own",
        "currency": "CNY",
        "time_zone": "Asia/Shanghai",
        "includes": "-",
        "per": "piece",
    }
    for key, box in boxes(page, "answer-").items():
        box.set_value(next(answer for name, answer in answers.items() if key.endswith(name)))
    page.run()
    assert no_error(page)
    assert "2 paid orders, 4 pieces. Sold: ¥350.00. Shipping: ¥12.00." in shown(page)


def test_every_field_of_a_profile_has_a_name():
    names = {name for shape in TABLES.values() for name in shape.fields}
    assert {name for name in names if not has(f"mapping.field.{name}")} == set()
