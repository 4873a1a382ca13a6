import pytest

from etl.errors import BadProfile, OpenQuestion, UnknownTable
from etl.imports.importer import import_file
from etl.profiles import kind as generic
from etl.profiles import model
from etl.profiles.suggest import suggest
from etl.tables.moments import with_year
from tests.support.files_by_kind import DATA


def answered(text: str, answers: dict[str, str]) -> str:
    """The suggested profile with its questions answered as a user would."""
    head, _, questions = text.partition("[questions]")
    left = [line for line in questions.splitlines()[1:] if line.split(" = ")[0].strip('"') not in answers]
    for place, value in answers.items():
        section, key = place.split(".", 1)
        head = head.replace(f"[{section}]\n", f'[{section}]\n"{key}" = "{value}"\n')
    return head + ("[questions]\n" + "\n".join(left) if any(left) else "")


def codes(suggestion) -> set[str]:
    return {question.code for question in suggestion.questions}


def test_an_italian_table_needs_only_what_it_leaves_open(db, rows):
    result = suggest(DATA / "ordini.csv")
    assert codes(result) == {"constants.platform", "constants.currency", "dates.time_zone", "status.Reso"}
    with pytest.raises(OpenQuestion):
        model.read(result.text, "ordini.toml")
    text = answered(
        result.text,
        {
            "constants.platform": "bottega",
            "constants.currency": "EUR",
            "dates.time_zone": "Europe/Rome",
            "status.Reso": "completed",
        },
    )
    kind = generic.kind_of(model.read(text, "ordini.toml"))
    assert import_file(db, DATA / "ordini.csv", kind=kind).stored == 2
    assert rows("SELECT SUM(list_cents), SUM(buyer_paid_cents) FROM order_line") == [(127500, 122500)]


ORDERS = "订单号,商品名称,数量,商品总价,订单实付金额,支付金额,下单时间,订单状态\n"


def test_ambiguous_dates_paid_columns_and_decimals_need_an_answer(tmp_path):
    path = tmp_path / "快手订单.csv"
    path.write_text(
        ORDERS + 'K1,茶杯,1,"1,234","1,200","1,200",03/04/2026 10:00:00,已发货\n'
        'K2,茶杯,1,"2,000","2,000","2,000",05/06/2026 10:00:00,飞走了\n',
        "utf-8",
    )
    result = suggest(path)
    assert codes(result) == {
        "constants.platform",
        "constants.currency",
        "dates.time_zone",
        "dates.order",
        "columns.paid",
        "money.decimal",
        "status.飞走了",
    }
    by_code = {question.code: question for question in result.questions}
    assert by_code["columns.paid"].choices == ("订单实付金额", "支付金额")
    assert by_code["dates.order"].samples[0] == "03/04/2026 10:00:00"


def test_what_the_file_settles_needs_no_answer(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(
        "Order ID,Product Name,Qty,Price,Order Date,Status\nA1,Cup,1,€12.50,25/04/2026,Shipped\n", "utf-8"
    )
    result = suggest(path)
    assert codes(result) == {"constants.platform", "dates.time_zone"}
    assert 'currency = "EUR"' in result.text
    assert 'order = "dmy"' in result.text


@pytest.mark.parametrize("name", ["etsy.csv", "comments_short.csv", "sessions_creator.csv"])
def test_other_tables_are_distinguished(name):
    tables = {"etsy.csv": "listing", "comments_short.csv": "comment", "sessions_creator.csv": "live_session"}
    assert f'table = "{tables[name]}"' in suggest(DATA / name).text


STALL = """栗山陶房 2026年秋 市集流水;;;;;;
单号;日期;几点;物件;件数;实收;备注
M-001;26年10月3日;9:40;青瓷杯(小);2;¥176,00;
M-001;26年10月3日;9:40;粉引碗;1;¥95,00;
M-002;26年10月13日;11:05;柴烧花器;1;¥1 280,00;给老客抹零
M-003;26年10月14日;10:12;青瓷杯(小);-1;-¥88,00;前天的退了一只
合计;;;;3;¥1 463,00;
"""


NOTEBOOK = """小林陶作 出货登记,,,,,,
序号,日期,买了啥,几个,单价,收款,备注
1,3月2日,天青主人杯,2,128,256,老客户
2,2026-03-03,白瓷盖碗,1,260,250.00,抹零
3,3/5 19:30,青花小碗,6只,68元,408元,
4,3月9号,手捏茶则,两个,45,90,
5,3月12日,天青主人杯,-1,128,-128,有个小磕
合计,,,,,1004,
"""


def test_a_notebook_without_years_asks_the_year_and_reads_spoken_headers(tmp_path, db, rows):
    path = tmp_path / "出货登记.csv"
    path.write_text(NOTEBOOK, "utf-8")
    result = suggest(path)
    (year,) = (question for question in result.questions if question.code == "dates.year")
    assert year.choices[0] == "2026" and year.samples[0] == "3月2日"
    assert codes(result) == {"constants.platform", "dates.year", "dates.time_zone"}
    answers = {"constants.platform": "微信", "dates.year": "2026", "dates.time_zone": "Asia/Shanghai"}
    kind = generic.kind_of(model.read(answered(result.text, answers), "list.toml"))
    report = import_file(db, path, kind=kind)
    assert (report.read, report.stored, report.rejected) == (5, 5, 0)
    assert rows("SELECT SUM(buyer_paid_cents), SUM(quantity) FROM order_line WHERE quantity > 0")[0] == (
        25600 + 25000 + 40800 + 9000,
        2 + 1 + 6 + 2,
    )
    days = "SELECT date(paid_at + 28800, 'unixepoch') FROM order_line ORDER BY paid_at"
    assert [day for (day,) in rows(days)] == ["2026-03-02", "2026-03-03", "2026-03-05", "2026-03-09"]
    with pytest.raises(BadProfile, match="no year from 1990 to 2100"):
        model.read(answered(result.text, {**answers, "dates.year": "26"}), "list.toml")


@pytest.mark.parametrize(
    ("cell", "order", "dated"),
    [
        ("3月2日", "ymd", "2026-3-2"),
        ("3/2 9:40", "mdy", "2026-3-2 9:40"),
        ("3/2", "dmy", "2026-2-3"),
        ("3月2号", "dmy", "2026-3-2"),
        ("12.24 下午3:05", "ymd", "2026-12-24 下午3:05"),
        ("2025/3/2", "ymd", "2025/3/2"),
        ("3/2/26", "mdy", "3/2/26"),
        ("1,280", "ymd", "1,280"),
    ],
)
def test_a_day_without_a_year_gets_it_and_nothing_else_is_touched(cell, order, dated):
    assert with_year(cell, 2026, order) == dated


def test_a_list_kept_by_hand_is_no_export_and_needs_two_answers(tmp_path, db, rows):
    """Years of two digits before 年, words of a market stall; one column in common makes no file an ad report."""
    path = tmp_path / "集市流水.csv"
    path.write_text(STALL, "utf-8")
    with pytest.raises(UnknownTable, match="begin 单号, 日期, 几点"):
        import_file(db, path)
    result = suggest(path)
    assert codes(result) == {"constants.platform", "constants.currency", "dates.time_zone"}
    answers = {"constants.platform": "集市", "constants.currency": "CNY", "dates.time_zone": "Asia/Shanghai"}
    kind = generic.kind_of(model.read(answered(result.text, answers), "stall.toml"))
    report = import_file(db, path, kind=kind)
    assert (report.read, report.stored, report.rejected) == (4, 4, 0)
    assert rows("SELECT SUM(buyer_paid_cents) FROM order_line") == [(17600 + 9500 + 128000,)]
    assert rows("SELECT MIN(created_at) FROM order_line") == [(1790991600,)]
