"""Files in the shapes in which studios really hold them, imported as a user does: through the command."""

import io
import json
import shutil
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dashboard.cli import root_command
from dashboard.i18n.language import use_language
from etl.imports import registry
from etl.imports.status_words import meanings_of
from shop.db.database import sqlite_driver
from tests.support.fresh import empty_shop_file

CASES = Path(__file__).parents[2] / "data" / "cases"
PLATFORMS = CASES / "18-other-platforms-taken-for-douyin"
HEADERS = CASES / "41-dy-headers-changed"
FORMS = CASES / "51-tiktok-vnd-thb-forms"
STATUS = CASES / "56-tiktok-status-in-new-markets"


class Studio:
    """A fresh shop and its command line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *arguments: Any, exit_code: int = 0) -> dict[str, Any]:
        result = CliRunner().invoke(root_command(), [*map(str, arguments), "--json"], catch_exceptions=False)
        assert result.exit_code == exit_code, result.output
        return json.loads(result.output)

    def imported(self, *arguments: Any, exit_code: int = 0) -> dict[str, Any]:
        return self.run("import", *arguments, exit_code=exit_code)["files"][-1]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite_driver().connect(self.path) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    path = empty_shop_file(tmp_path / "shop.db")
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    use_language("en")
    return Studio(path)


def counts(report: dict[str, Any]) -> tuple[int, int, int]:
    return report["read"], report["stored"], report["set_aside"]


# --- the platform --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "table", "platform"),
    [
        ("快手直播列表.csv", "live_session", "kuaishou"),
        ("视频号直播.csv", "live_session", "wechat_channels"),
        ("快手作品.csv", "video", "kuaishou"),
        ("小红书评论.csv", "comment", "xiaohongshu"),
    ],
)
def test_a_list_without_its_platform_needs_and_stores_the_answer(
    studio: Studio, tmp_path: Path, name: str, table: str, platform: str
) -> None:
    shutil.copy(PLATFORMS / name, plain := tmp_path / "list.csv")
    if platform != "xiaohongshu":  # its 笔记ID is written by that platform only
        rejected = studio.imported(plain, exit_code=1)
        assert rejected["code"] == "PlatformWanted"
        assert studio.rows(f"SELECT count(*) FROM {table}") == [(0,)]
        assert studio.imported(plain, "--platform", platform)["stored"] == 1
    else:
        assert studio.imported(plain)["stored"] == 1
    assert studio.rows(f"SELECT platform FROM {table}") == [(platform,)]


def test_the_name_of_a_file_may_name_its_platform_unless_its_headers_name_another(
    studio: Studio, tmp_path: Path
) -> None:
    assert studio.imported(PLATFORMS / "快手作品.csv")["stored"] == 1
    assert studio.rows("SELECT platform FROM video") == [("kuaishou",)]
    shutil.copy(PLATFORMS / "小红书评论.csv", other := tmp_path / "抖音评论.csv")
    assert studio.imported(other, exit_code=1)["code"] == "PlatformWanted"


# --- recognition ---------------------------------------------------------------------------------


def test_sold_items_are_no_listings(studio: Studio, tmp_path: Path) -> None:
    sold = tmp_path / "sold.csv"
    sold.write_text(
        "Sale Date,Order ID,Buyer,TITLE,DESCRIPTION,PRICE,CURRENCY CODE,QUANTITY,SKU\n"
        "01/02/26,1,canary,Mug,Blue,12.50,EUR,1,M1\n",
        "utf-8",
    )
    assert studio.imported(sold, exit_code=1)["code"] == "ContraryHeader"
    assert studio.rows("SELECT count(*) FROM listing") == [(0,)]


def test_columns_at_the_places_of_a_listing_are_no_proof(studio: Studio, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("colA,colB,colC,colD,colE,colF,colG,colH,SKU\nMug,Blue,12.50,EUR,4,a,b,c,M1\n", "utf-8")
    assert studio.imported(table, exit_code=1)["code"] == "UnlikeAnyTable"


def test_a_built_in_profile_does_not_swallow_a_richer_table(studio: Studio, tmp_path: Path) -> None:
    table = tmp_path / "orders.csv"
    table.write_text(
        "订单编号,总金额,买家实际支付金额,订单创建时间,订单付款时间,订单状态,退款金额\n"
        "1,10.00,10.00,2026-01-01 10:00:00,2026-01-01 10:01:00,交易关闭,0\n",
        "utf-8",
    )
    assert studio.imported(table, exit_code=1)["code"] == "ContraryHeader"


def test_a_table_that_two_kinds_explain_is_not_guessed() -> None:
    from etl.errors import AmbiguousKind
    from etl.files import comments
    from etl.imports.registry import recognise
    from etl.tables.open import open_table

    class Other:
        NAME, PLATFORM, VERSION = "other_comments", "douyin", 1
        FIELDS, ASKS_PLATFORM = comments.FIELDS, True

    with pytest.raises(AmbiguousKind, match="comments / other_comments"):
        recognise(open_table(PLATFORMS / "小红书评论.csv"), [comments, Other()])  # type: ignore[list-item]


# --- headers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["added_columns.csv", "fewer_columns.csv", "traditional.csv", "units_in_header.csv"]
)
def test_other_spellings_of_the_same_headers(studio: Studio, name: str) -> None:
    assert counts(studio.imported(HEADERS / name)) == (3, 3, 0)
    assert studio.rows("SELECT sum(buyer_paid_cents) FROM order_line") == [(300_00,)]


@pytest.mark.parametrize(
    ("name", "column"), [("renamed_order_id.csv", "主订单编号"), ("renamed_paid.csv", "支付完成时间")]
)
def test_a_renamed_column_is_named_with_the_way_on(studio: Studio, name: str, column: str) -> None:
    message = studio.imported(HEADERS / name, exit_code=1)["error"]
    assert column in message and "--suggest" in message and "Data page" in message
    assert "Export it with them" not in message


def test_a_unit_that_changes_the_number_is_read_with_it(studio: Studio, tmp_path: Path) -> None:
    table = tmp_path / "快手直播.csv"
    table.write_text(
        "开播时间,直播时长(分钟),观看人数（人）,*点赞数,成交金额（万元）\n"
        "2026-01-10 20:00:00,90,1.2万,300,1.25\n2026-01-11 20:00:00,1.5小时,80,-,无\n"
        "合计,,12080,300,1.25\n",
        "utf-8",
    )
    assert counts(studio.imported(table)) == (2, 2, 0)
    query = "SELECT seconds, viewers, gmv_cents FROM live_session ORDER BY started_at"
    assert studio.rows(query) == [(5400, 12_000, 12_500_00), (5400, 80, None)]


# --- shapes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["orders.csv", "orders.xlsx"])
def test_a_totals_row_is_no_record(studio: Studio, name: str) -> None:
    assert counts(studio.imported(CASES / "21-dy-totals-row" / name)) == (3, 3, 0)


@pytest.mark.parametrize("name", ["订单导出.xls", "bare_table.xls"])
def test_an_html_table_named_xls_is_read(studio: Studio, name: str) -> None:
    assert counts(studio.imported(CASES / "23-dy-xls-is-html" / name)) == (3, 3, 0)
    assert studio.rows("SELECT sum(buyer_paid_cents) FROM order_line") == [(300_00,)]


SPREADSHEET = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table>'
    '<Row><Cell><Data ss:Type="String">昵称</Data></Cell><Cell><Data ss:Type="String">评论内容</Data></Cell>'
    '<Cell ss:Index="4"><Data ss:Type="String">评论时间</Data></Cell></Row>'
    '<Row><Cell><Data ss:Type="String">甲</Data></Cell><Cell><Data ss:Type="String">好看 &amp; 大</Data></Cell>'
    '<Cell ss:Index="4"><Data ss:Type="DateTime">2026-01-10T21:00:00.000</Data></Cell></Row>'
    "</Table></Worksheet></Workbook>"
)


def test_xml_2003_and_a_web_archive_are_read_and_entities_are_not(studio: Studio, tmp_path: Path) -> None:
    book = tmp_path / "抖音评论.xls"
    book.write_text(SPREADSHEET, "utf-8")
    assert counts(studio.imported(book)) == (1, 1, 0)
    assert studio.rows("SELECT text, written_on FROM comment") == [("好看 & 大", "2026-01-10")]
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    book.write_text(
        SPREADSHEET.replace("<Workbook", bomb + "<Workbook", 1).replace("好看", "&b;&a;"), "utf-8"
    )
    assert studio.imported(book, exit_code=1)["code"] == "NotATable"
    archive = EmailMessage()
    archive.set_content("an archive")
    html = "<table><tr><td>昵称<td>评论内容<td>评论时间<tr><td>乙<td>多少钱<td>2026-01-11 21:00:00</table>"
    archive.add_attachment(html.encode(), "text", "html", params={"charset": "utf-8"}, filename="sheet.htm")
    book.write_bytes(archive.as_bytes())
    assert counts(studio.imported(book)) == (1, 1, 0)


def test_a_locked_workbook_is_opened_by_its_password(studio: Studio) -> None:
    locked = CASES / "25-password-xlsx" / "locked.xlsx"
    assert studio.imported(locked, exit_code=1)["code"] == "LockedFile"
    assert studio.imported(locked, "--password", "9999", exit_code=1)["code"] == "WrongPassword"
    assert counts(studio.imported(locked, "--password", "1234")) == (3, 3, 0)
    assert b"1234" not in b"".join(str(row).encode() for row in studio.rows("SELECT reader FROM source_file"))


def test_an_archive_is_read_file_by_file(studio: Studio, tmp_path: Path) -> None:
    assert counts(studio.imported(CASES / "26-zip-of-csv" / "orders.zip")) == (3, 3, 0)
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(CASES / "21-dy-totals-row" / "orders.xlsx", "1月/orders.xlsx")
        file.write(PLATFORMS / "快手作品.csv", "快手作品.csv")
        file.writestr("readme.md", "hello")
        file.writestr("2月/other.csv", "a,b\n1,2\n")
    report = studio.imported(archive, exit_code=1)
    assert [(part["kind"], part["read"]) for part in report["files"]] == [
        ("douyin_orders", 3),
        ("douyin_works", 1),
    ]
    assert list(report["refused"]) == ["other.csv"] and report["worksheets_left"] == ["readme.md"]


def test_one_broken_character_costs_one_row_wherever_it_is(studio: Studio, tmp_path: Path) -> None:
    few = CASES / "27-gbk-broken-byte" / "orders.csv"
    assert counts(studio.imported(few, exit_code=1)) == (40, 39, 1)
    lines = few.read_bytes().splitlines(keepends=True)
    header, row = lines[0], lines[5]
    number = row[2:21]
    for encoding in ("gb18030", "utf-8"):
        for place in (3, 300, 997):
            rows = [row.replace(number, b"69%017d" % (place * 1000 + n)) for n in range(1000)]
            text = [line.decode("gb18030").encode(encoding) for line in (header, *rows)]
            cut = text[place].index("手工".encode(encoding)) + 1
            text[place] = text[place][:cut] + b"\xff" + text[place][cut + 1 :]
            path = tmp_path / f"{encoding} {place}.csv"
            path.write_bytes(b"".join(text))
            report = studio.imported(path, exit_code=1)
            known = report["stored"] + report["unchanged"]
            assert (report["read"], known, report["set_aside"]) == (1000, 999, 1), (encoding, place)
            assert [(r["row"], r["code"]) for r in report["reasons"]] == [(place + 1, "BrokenBytes")]


@pytest.mark.parametrize("path", sorted((CASES / "45-ragged-rows").glob("*.csv")), ids=lambda path: path.stem)
def test_ragged_rows_are_read(studio: Studio, path: Path) -> None:
    report = studio.imported(path)
    assert counts(report) == (4, 4, 0)
    assert studio.rows("SELECT sum(buyer_paid_cents), count(DISTINCT province) FROM order_line") == [
        (400_00, 1)
    ]


def test_a_separator_inside_a_cell_is_no_note_next_to_the_table(studio: Studio, tmp_path: Path) -> None:
    lines = (CASES / "45-ragged-rows" / "short_rows.csv").read_text("utf-8-sig").splitlines()
    width = lines[0].count(",") + 1
    rows = [line + "," * (width - 1 - line.count(",")) for line in lines[1:]]
    rows[1] = rows[1].replace("手工主人杯", "手工主人杯,大", 1)
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([lines[0], *rows]) + "\n", "utf-8")
    report = studio.imported(path, exit_code=1)
    assert counts(report) == (4, 3, 1) and report["reasons"][0]["code"] == "WrongWidth"


@pytest.mark.parametrize(
    ("name", "read", "left"),
    [
        ("one_sheet_a_month.xlsx", 6, []),
        ("headers_with_stars.xlsx", 4, []),
        ("cover_sheet_then_data.xlsx", 4, ["说明"]),
        ("true_dates_and_numbers.xlsx", 4, []),
        ("header_only.xlsx", 0, []),
    ],
)
def test_workbooks_are_read_whole_or_name_what_is_not(
    studio: Studio, name: str, read: int, left: list[str]
) -> None:
    report = studio.imported(CASES / "46-workbook-shapes" / name)
    assert counts(report) == (read, read, 0) and report["worksheets_left"] == left


@pytest.mark.parametrize(
    ("name", "currency", "total"),
    [
        ("brl", "BRL", 1275_50),
        ("eur", "EUR", 1262_50),
        ("jpy", "JPY", 1500),
        ("mxn", "MXN", 1500_00),
        ("php", "PHP", 1500_00),
        ("sgd", "SGD", 15_00),
        ("thb", "THB", 1500_00),
        ("thb_plain", "THB", 1500_50),
        ("us", "USD", 1262_50),
        ("vnd_code", "VND", 1_500_000),
        ("vnd_plain", "VND", 1_500_000),
        ("vnd_sym", "VND", 1_500_000),
    ],
)
def test_amounts_in_the_form_of_their_country(studio: Studio, name: str, currency: str, total: int) -> None:
    assert counts(studio.imported(FORMS / f"{name}.csv")) == (2, 2, 0)
    query = "SELECT currency, sum(buyer_paid_cents) FROM order_line GROUP BY 1"
    assert studio.rows(query) == [(currency, total)]


def test_amounts_written_in_two_ways_need_a_choice(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text((FORMS / "eur.csv").read_text("utf-8-sig").replace("12,50 €", "12.50 €"), "utf-8")
    assert studio.imported(path, exit_code=1)["code"] == "AmbiguousDecimals"
    report = studio.imported(path, "--decimal", ",", exit_code=1)
    assert counts(report) == (2, 1, 1) and report["reasons"][0]["code"] == "BadMoney"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *((known, {}) for known in ("br", "de", "fr", "it", "ph")),
        ("jp", {"完了": "completed", "発送待ち": "paid", "キャンセル済み": "cancelled"}),
        ("my", {"Untuk dihantar": "paid"}),
    ],
)
def test_status_words_can_be_taught_and_are_stored(studio: Studio, name: str, words: dict[str, str]) -> None:
    path = STATUS / f"{name}.csv"
    report = studio.imported(path, exit_code=int(bool(words)))
    assert {r["code"] for r in report["reasons"]} == ({"UnknownStatus"} if words else set())
    assert report["set_aside"] == len(words)
    taught = [part for word, meaning in words.items() for part in ("--status", f"{word}={meaning}")]
    if words:
        assert studio.imported("--retry", *taught)["set_aside"] == 0
    before = studio.rows("SELECT order_id, status FROM order_line ORDER BY 1")
    assert len(before) == report["read"]
    copy = studio.path.parent / "next.csv"
    copy.write_bytes(path.read_bytes() + b"\r\n")
    assert studio.imported(copy)["unchanged"] == report["read"]
    assert studio.rows("SELECT order_id, status FROM order_line ORDER BY 1") == before


def test_a_status_word_is_taught_with_its_file_and_a_wrong_meaning_is_rejected(studio: Studio) -> None:
    path = STATUS / "jp.csv"
    rejected = studio.imported(path, "--status", "完了=vanished", exit_code=1)
    assert rejected["code"] == "UnknownMeaning" and "cancelled" in rejected["error"]
    words = ("完了=completed", "発送待ち=paid", "キャンセル済み=cancelled")
    given = [part for word in words for part in ("--status", word)]
    assert counts(studio.imported(path, *given)) == (3, 3, 0)


def test_every_kind_of_orders_says_what_a_status_may_mean() -> None:
    assert all(meanings_of(kind) for kind in registry.all_kinds() if kind.NAME.endswith("_orders"))


def test_stray_quotation_marks_end_in_reasons_not_in_a_traceback(studio: Studio) -> None:
    report = studio.imported(CASES / "91-stray-quotes" / "shopify_products.csv", exit_code=1)
    assert report["reasons"] and all(r["row"] and r["reason"] for r in report["reasons"])
    assert report["read"] == report["stored"] + report["unchanged"] + report["set_aside"]


def test_inch_marks_line_breaks_and_huge_fields(studio: Studio, tmp_path: Path) -> None:
    rows = [
        '甲,12" 盘子真大,2026-01-10 20:00:00',
        '乙,"两行\n评论",2026-01-10 20:00:01',
        '丙,"从不关上,2026-01-10 20:00:02',
        "丁," + "长" * 200_000 + ",2026-01-10 20:00:03",
        "戊,零\0字节,2026-01-10 20:00:04",
        "己,最后,2026-01-10 20:00:05",
    ]
    path = tmp_path / "抖音评论.csv"
    path.write_text("昵称,评论内容,评论时间\n" + "\n".join(rows) + "\n", "utf-8")
    report = studio.imported(path, exit_code=1)
    assert counts(report) == (6, 4, 2)
    assert [(r["row"], r["code"]) for r in report["reasons"]] == [(4, "OpenQuote"), (6, "BrokenBytes")]


def test_cells_that_no_record_needs_cost_nothing_and_are_reported(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "抖音评论.csv"
    path.write_text("昵称,评论内容,评论时间,点赞数\n甲,好看,2026-01-10 20:00:00,很多\n", "utf-8")
    report = studio.imported(path)
    assert counts(report) == (1, 1, 0)
    assert report["left_empty"] == [{"column": "点赞数", "cells": 1, "sample": "很多", "code": "BadCount"}]


def test_a_failure_that_no_reader_foresaw_names_the_file(studio: Studio, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
        file.writestr("[Content_Types].xml", "<Types/>")
    (tmp_path / "book.xlsx").write_bytes(out.getvalue())
    report = studio.imported(tmp_path / "book.xlsx", exit_code=1)
    assert "book.xlsx" in report["error"]
