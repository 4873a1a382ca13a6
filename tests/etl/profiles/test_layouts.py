"""Unknown layouts by --suggest alone, its questions answered as the file's owner would."""

import csv
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.errors import FileRejected, NoSuchRecords
from etl.imports.importer import import_file
from etl.profiles import kind as generic
from etl.profiles import model
from etl.profiles.draft import text_of
from etl.profiles.fields import TABLES
from etl.profiles.suggest import suggest
from etl.profiles.synonyms import FIELDS
from tests.etl.profiles.layouts import FOLDER, LAYOUTS
from tests.etl.profiles.test_cases import CASES, figures  # noqa: F401
from tests.support.files_by_kind import DATA

CHINA = {"constants.currency": "CNY", "dates.time_zone": "Asia/Shanghai"}
OWNER = {  # the folder of a case: its file, the answers that a question may need, its figures
    "02-kuaishou-orders": (
        "orders.csv",
        {"constants.platform": "kuaishou", **CHINA},
        {"gmv": 89000, "orders": 6, "units": 7, "shipping": 1200, "refunds": 10000},
    ),
    "03-taobao-exportorderlist": (
        "ExportOrderList202601.csv",
        {"constants.platform": "taobao", **CHINA},
        {"gmv": 75000, "refunds": 13000, "units": 8, "shipping": 1200, "discounts": 0},
    ),
    "05-pinduoduo-orders": (
        "orders_export.csv",
        {"constants.platform": "pinduoduo", **CHINA},
        {"gmv": 48000, "orders": 4, "units": 5, "shipping": 800, "refunds": 10000},
    ),
    "07-wechat-channels-shop": (
        "订单.xlsx",
        {"constants.platform": "wechat", **CHINA},
        {"gmv": 46000, "refunds": 4000, "orders": 3, "units": 5},
    ),
    "08-etsy-sold-orders": (
        "EtsySoldOrders2026-1.csv",
        {"constants.platform": "etsy", "dates.time_zone": "America/New_York"},
        {"gmv": 24000, "shipping": 2400, "units": 5, "refunds": 3000, "orders": 4},
    ),
    "09-etsy-sold-order-items": (
        "EtsySoldOrderItems2026-1.csv",
        {"constants.platform": "etsy", "dates.time_zone": "America/New_York"},
        {"gmv": 24000, "orders": 3, "units": 5, "shipping": 1800},
    ),
    "11-shopify-orders-export": (
        "orders_export_1.csv",
        {"constants.platform": "shopify", "amounts.refund.includes": "shipping"},
        {"gmv": 32000, "orders": 5, "refunds": 7000, "refunded_shipping": 600},
    ),
    "12-woocommerce-advanced-export": (
        "orders-2026-01.csv",
        {
            "constants.platform": "own",
            "constants.currency": "USD",
            "dates.time_zone": "Asia/Shanghai",
            "amounts.refund.includes": "-",
        },
        {"gmv": 28000, "shipping": 2400, "refunds": 6600},
    ),
    "19-order-level-amounts-on-every-line": (
        "orders.csv",
        {"constants.platform": "own", "constants.currency": "USD", "dates.time_zone": "Asia/Shanghai"},
        {"gmv": 13000, "shipping": 600, "refunds": 1000},
    ),
}


def check(db, path, answers, wanted, got):
    result = suggest(path)
    codes = {question.code for question in result.questions}
    assert codes <= answers.keys(), f"asked in vain: {codes - answers.keys()}"
    values = {**result.draft.values, **{code: answers[code] for code in codes}}
    text = text_of(values, ())
    tomllib.loads(result.text)
    kind = generic.kind_of(model.read(text, "profile.toml"))
    report = import_file(db, path, kind=kind)
    assert report.rejected == 0, report.reasons
    totals = got()
    assert {name: totals[name] for name in wanted} == wanted, text


@pytest.mark.parametrize("case", OWNER)
def test_a_layout_of_the_cases(db, figures, case):  # noqa: F811
    name, answers, wanted = OWNER[case]
    check(db, CASES / case / name, answers, wanted, figures)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_that_was_not_looked_at_before(db, figures, name):  # noqa: F811
    answers, wanted = LAYOUTS[name]
    check(db, FOLDER / name, answers, wanted, figures)


HEADERS = st.one_of(
    st.sampled_from(sorted({word for words in FIELDS.values() for word in words})),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12),
)
CELLS = st.sampled_from(
    [
        "",
        "1",
        "12.50",
        "1,5",
        "¥3",
        "-4",
        "A1",
        "2026-01-10 20:00",
        "03/04/2026",
        "已发货",
        "refunded",
        '"x"',
        "x\\",
        "0.335",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(HEADERS, min_size=1, max_size=12, unique=True), st.data())
def test_every_suggestion_loads_when_it_is_answered(tmp_path_factory, headers, data):
    """The law of suggestions: as TOML it parses, and with any of the offered answers it is a profile."""
    path = tmp_path_factory.mktemp("any") / "table.csv"
    lines = data.draw(
        st.lists(st.lists(CELLS, min_size=len(headers), max_size=len(headers)), min_size=1, max_size=6)
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headers, *lines])
    try:
        result = suggest(path)
    except FileRejected:
        return
    tomllib.loads(result.text)
    answers = {q.code: data.draw(st.sampled_from(q.choices)) for q in result.questions if q.choices}
    required = {f"columns.{group[0]}" for group in TABLES[result.draft.values["table"]].required}
    if required & {q.code for q in result.questions if not q.choices}:
        return  # the table lacks what every record of its kind needs
    model.read(text_of({**result.draft.values, **answers}, ()), "profile.toml")


def test_a_table_of_neither_orders_nor_anything_else_is_reported_as_unknown(tmp_path):
    path = tmp_path / "recipes.csv"
    path.write_text("Glaze,Silica,Feldspar,Kaolin,Cone\nCeladon,30,40,10,10\nTenmoku,25,50,12,10\n", "utf-8")
    with pytest.raises(NoSuchRecords):
        suggest(path)


def test_what_was_sold_is_no_list_of_products():
    """Sales without an order number: no records that a profile could store, and no listings."""
    with pytest.raises(NoSuchRecords):
        suggest(FOLDER / "sold_without_numbers.csv")


def test_payouts_are_no_orders():
    """A fund flow states order numbers and what was paid for them."""
    with pytest.raises(NoSuchRecords):
        suggest(DATA / "fund_flow.csv")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (
            "Return Order ID,Order ID,SKU,Return unit price,Return Quantity,Return Status,Time Requested,Refund Time",
            ("Completed", "Rejected"),
        ),
        ("退款编号,订单编号,商家编码,退货单价,退货数量,退款状态,申请时间,退款时间", ("退款成功", "退款关闭")),
        ("退款编号,订单编号,商家编码,退款金额,退货数量,退款状态,申请时间,退款时间", ("退款成功", "退款关闭")),
    ],
)
def test_a_table_of_returns_without_a_sum_has_price_times_pieces(db, tmp_path, header, words):
    """Two pieces at 12.345 are 24.69; a case that was closed pays nothing back. A sum that is there goes first."""
    done, closed = words
    rows = (
        f"R1,O1,MUG,12.345,2,{done},2026-01-13 09:00:00,2026-01-15 09:00:00",
        f"R2,O2,BOWL,40.00,1,{closed},2026-01-14 09:00:00,",
    )
    path = tmp_path / "returns.csv"
    path.write_text("\n".join((header, *rows)) + "\n", "utf-8")
    draft = suggest(path)
    answers = {
        "constants.platform": "own",
        "constants.currency": "USD",
        "dates.time_zone": "UTC",
        f"status.{done}": "refunded",
        f"status.{closed}": "closed",
    }
    codes = {question.code for question in draft.questions}
    assert codes <= answers.keys()
    values = {**draft.draft.values, **{code: answers[code] for code in codes}}
    kind = generic.kind_of(model.read(text_of(values, ()), "profile.toml"))
    assert import_file(db, path, kind=kind).rejected == 0
    with db.read() as connection:
        stored = connection.exec_driver_sql(
            "SELECT refund_id, amount_cents, status FROM refund ORDER BY 1"
        ).all()
    amount = 1235 if "退款金额" in header else 2469
    assert stored == [("R1", amount, "refunded"), ("R2", 4000, "closed")]
