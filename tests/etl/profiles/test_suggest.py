import pytest

from etl.errors import OpenQuestion, UnknownTable
from etl.imports.importer import import_file
from etl.profiles import kind as generic
from etl.profiles import model
from etl.profiles.suggest import suggest
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
