"""The Comments page: answers with undo, leads for the owner alone, and hostile remarks as plain text."""

import csv
import io
import re
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard.text.audience.remarks import excerpt
from shop.access.roles import OWNER, Actor, NotAllowed
from shop.comments import vault
from shop.comments.labels.labeller import Label
from shop.comments.labels.store import correct, stored_label
from shop.comments.search import CommentSearch, search_comments
from shop.comments.unanswered import open_questions
from shop.connect import connect
from shop.core import clock
from shop.export.tables import write_table
from tests.support.fresh import new_database
from tests.support.page_walk import faults
from tests.support.pages import bodies, no_error, open_page, sentence, shown
from tests.support.remarks.hostile_remarks import hostile_remarks
from tests.support.remarks.spoken import speak

PARTS = ("queue", "demand", "leads", "words", "all", "settings")


@pytest.fixture
def shop_with_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "shop.db"
    database = new_database(path)
    today = clock.today("Asia/Shanghai").isoformat()
    speak(
        database,
        ("a", today, "能进微波炉吗"),
        ("b", today, "可以放微波炉吗"),
        ("c", today, "多少钱"),
        ("d", today, "想定做200个杯子，微信 potter_88"),
        ("e", today, "太好看了"),
    )
    database.close()
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    return path


def test_a_group_is_answered_at_a_press_and_opened_again(shop_with_questions: Path) -> None:
    page = open_page("comments")
    before = sentence(page)
    button = next(item for item in page.button if item.label == "主播已答")
    button.click().run()
    assert no_error(page)
    assert sentence(page) != before
    next(item for item in page.button if item.key == "saved-undo").click().run()
    assert sentence(page) == before


def test_the_weeks_of_complaints_are_days(shop_with_questions: Path) -> None:
    today = clock.today("Asia/Shanghai")
    database = connect(str(shop_with_questions))
    speak(database, ("f", today.isoformat(), "收到就碎了两只"))
    database.close()
    page = open_page("comments", comments="words")
    assert list(faults(page)) == []
    monday = today - timedelta(days=today.weekday())
    assert any(monday in item.value.iloc[:, 0].tolist() for item in page.dataframe)


def test_ticked_groups_are_answered_together(shop_with_questions: Path) -> None:
    page = open_page("comments")
    for box in list(page.checkbox):
        box.check()
    page.run()
    next(item for item in page.button if item.key == "none_needed-bulk").click().run()
    assert no_error(page) and "都处理完了" in sentence(page)
    today = clock.today("Asia/Shanghai")
    database = connect(str(shop_with_questions))
    assert open_questions(database, today).questions == 0
    database.close()


def test_a_passphrase_is_set_on_the_page_and_contacts_open_for_the_owner_alone(
    shop_with_questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page("comments", comments="leads")
    fields = {field.key: field for field in page.text_input}
    fields["leads-new-passphrase"].input("four words in clay")
    fields["leads-new-again"].input("four words in clay")
    next(button for button in page.button if button.label == "设好口令").click().run()
    assert no_error(page)
    database = connect(str(shop_with_questions))
    assert vault.has_key(database)
    database.close()
    monkeypatch.setenv("KILNBOARD_ROLE", "assistant")
    other = open_page("comments", comments="leads")
    assert "只有店主能打开" in shown(other)
    assert not [field for field in other.text_input if "passphrase" in (field.key or "")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_part_opens_on_hostile_remarks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    check_hostile(tmp_path, monkeypatch, lang, 60)


@pytest.mark.proof
def test_every_part_opens_on_1000_hostile_remarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_hostile(tmp_path, monkeypatch, "zh", 1_000)


def check_hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, count: int) -> None:
    path = tmp_path / "shop.db"
    database = new_database(path)
    today = clock.today("Asia/Shanghai")
    speak(database, *[(f"p{n}", today.isoformat(), text) for n, text in enumerate(hostile_remarks(count))])
    vault.create_key(database, "four words in clay", actor=OWNER)
    write_table(database, "comment", tmp_path / "comment.csv")
    assert search_comments(database, CommentSearch(date(2000, 1, 1), today)).total == count
    database.close()
    cells = [
        cell
        for row in csv.reader(io.StringIO((tmp_path / "comment.csv").read_text("utf-8-sig")))
        for cell in row
    ]
    assert not [cell for cell in cells if re.match(r"[=+@\t\r]|-(?!\d+$)(?!$)", cell)]
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    for part in PARTS:
        page = open_page("comments", comments=part, lang=lang)
        assert no_error(page)
        html = " ".join(bodies(page))
        assert not re.search(r"<(?:script|img|svg)|\x00|\u202e", html), part
        for element in page.main:
            proto = getattr(element, "proto", None)
            for name in ("label", "help", "body"):
                value = getattr(proto, name, "")
                if isinstance(value, str) and element.type not in ("html", "text", "code"):
                    assert "evil.example" not in value, (part, element.type, name, value[:200])


def test_an_excerpt_is_one_short_line_without_signs_that_nobody_sees() -> None:
    for remark in hostile_remarks(300, seed=4):
        short = excerpt(remark)
        assert len(short) <= 240 and "\n" not in short
        assert not re.search(r"[\x00-\x1f\u202a-\u202e\u2066-\u2069\u200b\ufeff]", short)


def test_a_wrong_label_is_corrected_and_the_correction_withdrawn(shop_with_questions: Path) -> None:
    page = open_page("comments", comments="all")
    box = page.selectbox(key="label-comment")
    box.select_index([option.startswith("太好看了") for option in box.options].index(True)).run()
    assert no_error(page) and "依据：praise" in shown(page)
    pills = next(group for group in page.button_group if str(group.key).startswith("label-intents"))
    pills.set_value(["buy"])
    next(button for button in page.button if button.label == "保存标签").click().run()
    assert no_error(page) and "人工改正" in shown(page)
    database = connect(str(shop_with_questions))
    with database.read() as connection:
        comment = connection.exec_driver_sql(
            "SELECT platform, comment_id FROM comment WHERE text = '太好看了'"
        ).one()
    corrected = stored_label(database, *comment)
    assert corrected is not None and corrected.intents == ("buy",)
    page.button(key="label-withdraw").click().run()
    automatic = stored_label(database, *comment)
    assert no_error(page) and automatic is not None and automatic.intents == ("praise",)
    database.close()


def test_the_second_of_two_comments_that_begin_alike_is_corrected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "shop.db"))
    today, beginning = clock.today("Asia/Shanghai").isoformat(), "这个杯子" * 20
    texts = (f"{beginning}太好看了", f"{beginning}能进微波炉吗")
    with closing(new_database(tmp_path / "shop.db")) as database:
        ids = speak(database, *((name, today, text) for name, text in zip("ab", texts, strict=True)))
        page = open_page("comments", comments="all")
        box = page.selectbox(key="label-comment")
        first, second = box.options
        assert second == f"{first} (2)"
        for option in (second, first):
            page.selectbox(key="label-comment").select(option).run()
            pills = next(group for group in page.button_group if str(group.key).startswith("label-intents"))
            pills.set_value(["buy"])
            next(button for button in page.button if button.label == "保存标签").click().run()
            labels = [stored_label(database, "douyin", name) for name in ids]
            assert no_error(page)
            assert sum(label is not None and label.intents == ("buy",) for label in labels) == 1 + (
                option == first
            )


def test_a_packer_has_no_labels_to_correct(
    shop_with_questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = connect(str(shop_with_questions))
    with pytest.raises(NotAllowed):
        correct(database, "douyin", "e", Label(("buy",), "pos", False, {}, ()), actor=Actor("打包", "packer"))
    database.close()
