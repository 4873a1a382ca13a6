"""Labels in the database: with the load, again by newer rules, corrected by a user."""

from datetime import date

import pytest
from sqlalchemy import text

from etl.imports.importer import import_file
from shop.access.audit import ChangedSince
from shop.access.roles import OWNER
from shop.comments.labels import Label, label
from shop.comments.labels import store as label_store
from shop.comments.labels.store import (
    UnknownComment,
    UnknownLabel,
    correct,
    labels_of,
    outdated_count,
    relabel,
    withdraw_correction,
)
from shop.comments.search import CommentSearch, search_comments
from shop.db.database import read_version
from shop.orders.undo_import import undo
from shop.undo.catalog import undo as undo_action

HEADER = "评论ID,上级评论ID,用户ID,昵称,评论内容,评论时间,点赞数,回复数\n"
REMARKS = ("多少钱", "太好看了", "多少钱", "收到碎了", "求链接", "等我有钱")
ALL = CommentSearch(date(2026, 1, 1), date(2026, 12, 31))
PRAISE = Label(("praise",), "pos", False, {}, (), "user")


@pytest.fixture
def loaded(db, tmp_path):
    def load(likes=0):
        file = tmp_path / "comments.csv"
        lines = [
            f"{7400000000000000001 + n},-,{n},n{n},{remarks},2026-01-0{n + 1} 10:00:00,{likes},0\n"
            for n, remarks in enumerate(REMARKS)
        ]
        file.write_text(HEADER + "".join(lines), "utf-8")
        return import_file(db, file, settings={"platform": "douyin"})

    load()
    return load


def key(number):
    return ("douyin", str(7400000000000000000 + number))


def stored(db):
    with db.read() as connection:
        return labels_of(connection, [key(n) for n in range(1, 7)])


def questions(db):
    with db.read() as connection:
        rows = connection.execute(text("SELECT is_question FROM comment ORDER BY comment_id"))
        return [bool(row[0]) for row in rows]


def test_a_load_labels_its_comments(db, loaded):
    labels = stored(db)
    assert [labels[key(n)].intents for n in range(1, 6)] == [
        ("price",),
        ("praise",),
        ("price",),
        ("after_sale",),
        ("where_to_buy",),
    ]
    assert labels[key(1)].wants == {"price_word": "ask"}
    assert labels[key(4)].sentiment == "neg"
    assert questions(db) == [True, False, True, False, True, False]


def test_reasons_are_those_of_the_text_as_long_as_the_rules_agree(db, loaded):
    expected = {key(n): label(remark).reasons for n, remark in enumerate(REMARKS, 1)}
    assert {one: known.reasons for one, known in stored(db).items()} == expected
    with db.write() as connection:
        connection.execute(text("UPDATE comment_label SET version = 'rules-0'"))
        connection.execute(
            text("UPDATE comment_label SET sentiment = 'neg' WHERE comment_id = :id"), {"id": key(2)[1]}
        )
        connection.execute(text("UPDATE comment SET text = '' WHERE comment_id = :id"), {"id": key(4)[1]})
    unknown = {key(2): (), key(4): ()}
    assert {one: known.reasons for one, known in stored(db).items()} == expected | unknown
    correct(db, *key(1), PRAISE, actor=OWNER)
    assert stored(db)[key(1)].reasons == ()
    assert stored(db)[key(3)].reasons == (f"example: douyin {key(1)[1]}",)


def test_search_by_label(db, loaded):
    labels = search_comments(db, CommentSearch(ALL.start, ALL.end, intent="price"))
    assert sorted(labels.table["text"]) == ["多少钱", "多少钱", "等我有钱"]
    unhappy = search_comments(db, CommentSearch(ALL.start, ALL.end, sentiment="neg"))
    assert list(unhappy.table["text"]) == ["收到碎了"]


def test_a_correction_stays_and_is_an_example(db, loaded):
    correct(db, *key(1), PRAISE, actor=OWNER)
    assert stored(db)[key(1)].intents == ("praise",)
    assert stored(db)[key(3)].intents == ("praise",)  # the same text
    assert stored(db)[key(3)].version == "example"
    assert questions(db)[:3] == [False, False, False]
    assert loaded(likes=9).stored == 6  # the rows are written again
    relabel(db)
    assert stored(db)[key(1)].intents == ("praise",)
    assert questions(db)[:3] == [False, False, False]
    withdraw_correction(db, *key(1), actor=OWNER)
    assert stored(db)[key(1)].intents == stored(db)[key(3)].intents == ("price",)
    assert questions(db)[:3] == [True, False, True]


def test_a_correction_and_its_withdrawal_are_undone_by_their_numbers(db, loaded):
    seen = [stored(db), questions(db)]
    first = correct(db, *key(1), PRAISE, actor=OWNER)
    corrected = [stored(db), questions(db)]
    second = correct(db, *key(1), Label(("buy",), "neu", True, {}, ()), actor=OWNER)
    undo_action(db, second, actor=OWNER)
    assert [stored(db), questions(db)] == corrected, "the correction before, not the rules"
    withdrawn = withdraw_correction(db, *key(1), actor=OWNER)
    assert [stored(db), questions(db)] == seen
    again = undo_action(db, withdrawn, actor=OWNER)
    assert [stored(db), questions(db)] == corrected
    undo_action(db, again, actor=OWNER)
    assert [stored(db), questions(db)] == seen
    with pytest.raises(ChangedSince):
        undo_action(db, first, actor=OWNER)
    undo_action(db, correct(db, *key(1), PRAISE, actor=OWNER), actor=OWNER)
    assert [stored(db), questions(db)] == seen


def test_what_cannot_be_corrected_is_rejected(db, loaded):
    with pytest.raises(UnknownComment):
        correct(db, "douyin", "1", PRAISE, actor=OWNER)
    with pytest.raises(UnknownLabel, match="purchase"):
        correct(db, *key(1), Label(("purchase",), "pos", False, {}, ()), actor=OWNER)
    with pytest.raises(UnknownLabel, match="happy"):
        correct(db, *key(1), Label(("buy",), "happy", False, {}, ()), actor=OWNER)


def test_relabelling_goes_on_where_it_was_stopped(db, loaded, monkeypatch):
    correct(db, *key(2), PRAISE, actor=OWNER)
    with db.write() as connection:
        connection.execute(text("UPDATE comment_label SET version = 'rules-0', intents = 'other'"))
        connection.execute(text("UPDATE comment SET is_question = 0"))
    monkeypatch.setattr(label_store, "ROWS_PER_STEP", 2)
    seen = []

    def stop(done, total):
        seen.append((done, total))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        relabel(db, stop)
    assert seen == [(2, 5)]
    with db.read() as connection:
        assert outdated_count(connection) == 3
        version = read_version(connection)
    assert relabel(db, lambda done, total: seen.append((done, total))) == 3
    assert seen == [(2, 5), (2, 3), (3, 3)]
    assert questions(db) == [True, False, True, False, True, False]
    with db.read() as connection:
        assert outdated_count(connection) == 0
        assert read_version(connection) > version
    assert relabel(db) == 0


def test_comments_of_an_older_database_wait_for_labels(db, loaded):
    with db.write() as connection:
        connection.execute(text("DELETE FROM comment_label"))
    assert stored(db) == {}
    assert relabel(db) == 6
    assert stored(db)[key(1)].intents == ("price",)


def test_an_import_undone_takes_its_labels_but_not_the_corrections(db, loaded):
    correct(db, *key(2), PRAISE, actor=OWNER)
    with db.read() as connection:
        source = connection.execute(text("SELECT source_id FROM source_file")).scalar_one()
    undo(db, source, actor=OWNER)
    assert list(stored(db)) == [key(2)]
    loaded()
    assert stored(db)[key(2)].version == "user"
    assert stored(db)[key(1)].intents == ("price",)
