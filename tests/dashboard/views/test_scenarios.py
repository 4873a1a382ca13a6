"""One scenario per page."""

import re
from datetime import date, timedelta
from html import unescape

from etl.imports.importer import import_file
from shop.connect import connect
from tests.support.pages import ROOT, SPRING_LINK, bodies, no_error, open_page, sentence, shown


def test_growth_of_the_new_year_per_day_is_68_percent(spring_shop):
    page = open_page("growth", **SPRING_LINK)
    assert no_error(page)
    assert sentence(page) == (
        "2022年1月1日–2月28日，成交件数日均 33.9，比2021年11月1日–12月31日的日均 20.2 多 68.0%。"
    )
    assert "+68.0%" in shown(page)


def test_growth_explains_why_it_compares_per_day(spring_shop):
    words = shown(open_page("growth", lang="en", **SPRING_LINK))
    assert "The ranges differ in length (59 and 61 days), so they are compared per day" in words
    assert "each day changed by +68.0%" in words.replace("  ", " ")
    assert "The totals alone would say +62.5%, which is too low" in words


def test_growth_of_a_running_month_takes_the_same_days_of_the_month_before(spring_shop):
    page = open_page("growth", metric="gmv", lang="en")
    assert sentence(page).startswith("1–15 Mar 2022: GMV ")
    assert "1–15 Feb 2022" in sentence(page)


def test_growth_preserves_its_range_until_the_second_date_is_clicked(spring_shop):
    page = open_page("growth", **SPRING_LINK)
    page.date_input(key="link.from-to").set_value((date(2022, 1, 5),)).run()
    assert no_error(page)
    assert sentence(page).startswith("2022年1月1日–2月28日")
    page.date_input(key="link.from-to").set_value((date(2022, 1, 5), date(2022, 1, 9))).run()
    assert sentence(page).startswith("2022年1月5日–9日")
    assert page.query_params["to"] in ("2022-01-09", ["2022-01-09"])


def test_up_is_red_in_chinese_and_green_in_english_until_the_setting_turns_it(spring_shop):
    def colour(**link: str) -> str:
        html = " ".join(bodies(open_page("growth", **SPRING_LINK, **link)))
        result = re.search(r'kb-change (kb-\w+)">\+68.0%', html)
        assert result
        return result[1]

    assert colour() == "kb-red"
    assert colour(lang="en") == "kb-green"
    assert colour(up="green") == "kb-green"
    assert colour(lang="en", up="red") == "kb-red"


def test_today_shows_the_last_day_with_a_sale(spring_shop):
    page = open_page("today", lang="en")
    assert sentence(page) == (
        "15 Mar (Tue): ¥2,345 from 14 orders; the month so far ¥110k, "
        "187.5% more than the same days last month."
    )
    assert "Same day last week, 8 Mar: ¥15.9k" in shown(page)


def test_products_can_be_grouped_by_variant(spring_shop):
    by_product = sentence(open_page("products", lang="en", period="all"))
    by_variant = sentence(open_page("products", lang="en", period="all", by="sku"))
    count = re.compile(r": (\d+) products sold")
    assert int(count.search(by_variant)[1]) > int(count.search(by_product)[1])


def test_comments_can_be_searched_and_narrowed_to_questions(spring_shop):
    def result(**link: str) -> int:
        words = shown(open_page("comments", comments="all", lang="en", period="all", **link))
        return int(re.search(r"(\d+) found", words)[1])

    everything = result()
    questions = result(questions="1")
    assert 0 < questions < everything
    assert 0 < result(q="杯") < everything
    assert result(q="%") < everything


def test_live_shows_sessions_and_videos(spring_shop):
    sessions = open_page("live", lang="en", period="all")
    assert "64 live sessions" in sentence(sessions)
    assert no_error(open_page("live", lang="en", period="all", kind="videos"))


def test_a_dropped_file_is_imported_and_reported(empty_shop, spring_path):
    from sample_data.generator.spring import FOLDER

    page = open_page("data", lang="en")
    file = FOLDER / "douyin_orders_2021-11.csv"
    page.get("file_uploader")[0].upload(file.name, file.read_bytes(), "text/csv").run()
    assert no_error(page)
    words = shown(page)
    assert "453 rows read = 453 stored + 0 unchanged + 0 set aside" in words
    assert sentence(page).startswith("1 file with 453 rows read, up to 30 Nov 2021")


def test_a_file_that_is_no_export_is_rejected_in_plain_words(empty_shop):
    page = open_page("data")
    page.get("file_uploader")[0].upload("a.csv", b"x,y\n1,2\n", "text/csv").run()
    assert no_error(page)
    assert "a.csv" in shown(page)
    assert "这里还是空的" in sentence(page)


def test_a_file_name_cannot_bring_markup_onto_the_page(empty_shop):
    page = open_page("data")
    page.get("file_uploader")[0].upload("<b>x</b>.csv", b"x,y\n1,2\n", "text/csv").run()
    assert "<b>x</b>" not in " ".join(bodies(page))
    assert "<b>x</b>.csv" in unescape(" ".join(bodies(page)))


def test_a_comment_cannot_bring_markup_onto_a_page(empty_shop, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text(
        "评论ID,用户ID,昵称,评论内容,评论时间,点赞数,回复数\n"
        f"1,2,n,<img src=x onerror=alert(1)>多少钱？,{date.today()} 10:00:00,0,0\n",
        "utf-8",
    )
    database = connect(str(empty_shop))
    import_file(database, file, settings={"platform": "douyin"})
    import_file(database, _order_of_today(tmp_path))
    page = open_page("today")
    assert no_error(page)
    assert "<img" not in " ".join(bodies(page))


def _order_of_today(folder):
    from sample_data.generator.spring import FOLDER

    text = (FOLDER / "douyin_orders_2021-11.csv").read_text("utf-8-sig")
    file = folder / "o.csv"
    file.write_text(text.replace("2021-11", date.today().isoformat()[:7]), "utf-8")
    return file


ETL_DATA = ROOT / "tests" / "etl" / "data"


def button_of_data(page):
    """The first button of the Data page itself: not of the frame, not of the shop's own settings."""
    others = ("shop-settings", "changes-show")
    return next(button for button in page.button if not any(name in str(button.key) for name in others))


def dropped(name: str, raw: bytes, **link: str):
    page = open_page("data", **link)
    page.get("file_uploader")[0].upload(name, raw, "text/csv").run()
    assert no_error(page)
    return page


def test_a_file_with_ambiguous_dates_is_imported_after_the_user_decides(empty_shop):
    raw = (ETL_DATA / "tiktok_long.csv").read_bytes().replace(b"31/10/2025", b"03/10/2025")
    page = dropped("tiktok.csv", raw)
    assert "先写日还是先写月" in shown(page)
    page.radio[0].set_value("mdy")
    button_of_data(page).click().run()
    assert no_error(page)
    assert "存入" in shown(page)
    assert "先写日还是先写月" not in shown(page)


def test_remarks_with_seconds_alone_are_read_and_their_session_is_asked_for(empty_shop):
    folder = ETL_DATA.parents[1] / "data" / "cases" / "62-danmaku-bilibili-xml"
    stored = connect(str(empty_shop))
    session = empty_shop.parent / "抖音直播.csv"
    yesterday = date.today() - timedelta(days=1)
    session.write_text(
        f"直播间ID,直播标题,开播时间,直播时长\n7001,开窑,{yesterday} 20:00:00,1小时\n", "utf-8"
    )
    import_file(stored, session, settings={"platform": "douyin"})
    page = dropped("douyin.ass", (folder / "danmaku.ass").read_bytes(), lang="en")
    assert "In which live session" in shown(page)
    page.selectbox[0].set_value("7001")
    next(b for b in page.button if b.label == "Import like this").click().run()
    assert no_error(page) and "In which live session" not in shown(page)
    with stored.read() as connection:
        assert connection.exec_driver_sql("SELECT session_id FROM comment").all() == [("7001",)]
    stored.close()


def test_a_report_without_its_days_prompts_for_them(empty_shop):
    name = next(file for file in ETL_DATA.iterdir() if file.name.startswith("商品_"))
    page = dropped("sheet.csv", name.read_bytes(), lang="en")
    assert "does not say which days it covers" in shown(page)
    page.date_input[0].set_value((date(2025, 10, 1), date(2025, 10, 31)))
    button_of_data(page).click().run()
    assert no_error(page)
    assert "Compass products" in shown(page)


def test_rejected_rows_are_listed_with_their_reason_and_can_be_retried(empty_shop):
    page = dropped("tiktok.csv", (ETL_DATA / "tiktok_long.csv").read_bytes(), lang="en")
    assert "2 rows of tiktok.csv set aside" in shown(page)
    assert "*" not in sentence(page)
    assert "2 rows are set aside" in sentence(page)
    next(button for button in page.button if button.label == "Try again").click().run()
    assert no_error(page)
    assert "Tried again: 0 rows stored, 2 still set aside." in shown(page)


def test_the_same_file_dropped_again_changes_nothing(empty_shop):
    raw = (ETL_DATA / "tiktok_long.csv").read_bytes()
    dropped("one.csv", raw)
    page = dropped("two.csv", raw, lang="en")
    assert "this very file was read before, nothing changes" in shown(page)
