"""`kilnboard comments`: labels for a table of texts without a shop, and the shop's comments labelled again."""

import json

import pytest
import xlsxwriter
from click.testing import CliRunner
from sqlalchemy import text

from dashboard.cli import root_command
from dashboard.i18n.language import use_language
from shop.comments.labels import label
from shop.connect import connect
from shop.core import clock
from tests.support.fresh import new_database
from tests.support.remarks.spoken import speak

ROWS = (("1", "这个多少钱？"), ("2", "太美了\n喜欢"), ("3", ""), ("4", "收到碎了,退款"), ("5", "多少钱"))
CSV = "编号,评论\n" + "".join(f'{number},"{output}"\n' for number, output in ROWS)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "none" / "shop.db"))
    use_language("en")
    return lambda *words: CliRunner().invoke(
        root_command(), [str(word) for word in words], catch_exceptions=False
    )


def table(path, encoding):
    if encoding == "xlsx":
        book = xlsxwriter.Workbook(path)
        workbook = book.add_worksheet()
        for place, row in enumerate((("编号", "评论"), *ROWS)):
            workbook.write_row(place, 0, row)
        book.close()
    else:
        path.write_bytes(CSV.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "xlsx"])
def test_one_object_per_row_in_order_without_a_shop(run, tmp_path, encoding):
    file = tmp_path / ("texts.xlsx" if encoding == "xlsx" else "texts.csv")
    table(file, encoding)
    result = run("comments", "label", file, "--column", "评论", "--json")
    assert result.exit_code == 0
    given = [json.loads(line) for line in result.output.splitlines()]
    assert [row["intents"] for row in given] == [list(label(output).intents) for _, output in ROWS]
    assert set(given[0]) == {"intents", "sentiment", "is_question", "wants", "reasons"}
    assert given[0]["is_question"] is True
    assert given[0]["wants"] == {"price_word": "ask"}
    assert not (tmp_path / "none").exists()


def test_labels_for_people(run, tmp_path):
    file = tmp_path / "texts.csv"
    table(file, "utf-8")
    lines = run("comments", "label", file, "--column", "评论", "--model", "rules").output.splitlines()
    assert lines[0] == "price\tneu\tquestion\t这个多少钱？"
    assert len(lines) == len(ROWS)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("missing.csv", "--column", "评论"), "There is no file"),
        (("texts.csv", "--column", "文本"), "no column “文本”. Its columns: 编号, 评论"),
        (("texts.csv", "--column", "评论", "--model", "nlp"), "not installed"),
        (("texts.csv",), "--column"),
        (("page.csv", "--column", "评论"), "web page"),
    ],
)
def test_what_cannot_be_labelled_is_named(run, tmp_path, words, expected):
    table(tmp_path / "texts.csv", "utf-8")
    (tmp_path / "page.csv").write_text("<html><body>login</body></html>")
    result = run("comments", "label", tmp_path / words[0], *words[1:], "--json")
    assert result.exit_code in (1, 2)
    assert expected in result.output
    assert "Traceback" not in result.output


def test_relabel_reports_what_it_did(run, spring_path, tmp_path, monkeypatch):
    copy = tmp_path / "shop.db"
    copy.write_bytes(spring_path.read_bytes())
    monkeypatch.setenv("KILNBOARD_DB", str(copy))
    assert "Every comment has a label" in run("comments", "relabel").output
    db = connect(str(copy))
    with db.write() as connection:
        count = connection.execute(text("DELETE FROM comment_label")).rowcount
    db.close()
    assert count > 400
    assert f"{count} comments labelled" in run("comments", "relabel").output


@pytest.fixture
def asking_shop(tmp_path, monkeypatch):
    """A shop of five comments: two ask the same, one the price, one is a lead, one praises."""
    path = tmp_path / "asking.db"
    today = clock.today("Asia/Shanghai").isoformat()
    db = new_database(path)
    speak(
        db,
        ("a", today, "能进微波炉吗"),
        ("b", today, "可以放微波炉吗"),
        ("c", today, "多少钱"),
        ("d", today, "想定做200个杯子"),
        ("e", today, "太好看了"),
    )
    db.close()
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    return path


def test_questions_are_listed_answered_and_opened_again_as_json(run, asking_shop):
    queue = json.loads(run("comments", "list", "--order", "people", "--json").output)
    assert set(queue) == {"days", "expired", "groups"}
    assert (queue["days"], queue["expired"]) == (14, 0)
    first = queue["groups"][0]
    assert set(first) == {"topic", "thing", "people", "oldest_days", "value_cents", "comments", "texts"}
    assert (first["people"], sorted(first["texts"])) == (2, ["可以放微波炉吗", "能进微波炉吗"])
    done = json.loads(run("comments", "answer", *first["comments"], "--how", "host", "--json").output)
    assert done == {"comments": 2, "how": "host", "undo": done["undo"]} and done["undo"] > 0
    left = json.loads(run("comments", "list", "--json").output)["groups"]
    assert len(left) == len(queue["groups"]) - 1
    run("comments", "answer", *first["comments"], "--how", "open")
    assert json.loads(run("comments", "list", "--order", "people", "--json").output) == queue
    tonight = json.loads(run("comments", "list", "--tonight", "--json").output)
    assert (tonight["days"], tonight["groups"][0]["people"]) == (None, 2)


def test_demand_as_json(run, asking_shop):
    (item,) = json.loads(run("comments", "demand", "--json").output)
    assert set(item) == {"thing", "missing", "people", "recent", "before", "value_cents", "sku", "texts"}
    assert (item["thing"]["form"], item["missing"], item["people"], item["sku"]) == ("杯", "unknown", 1, None)


def test_leads_as_json(run, asking_shop):
    (lead,) = json.loads(run("comments", "leads", "--json").output)
    assert set(lead) == {
        "comment",
        "kind",
        "state",
        "text",
        "written_on",
        "has_contact",
        "erase_on",
        "contacts",
    }
    assert (lead["state"], lead["contacts"]) == ("new", [])
    changed = json.loads(
        run("comments", "leads", "--set", lead["comment"], "--state", "won", "--json").output
    )
    assert changed == {"lead": lead["comment"], "undo": changed["undo"]}
    assert json.loads(run("comments", "leads", "--json").output)[0]["state"] == "won"
