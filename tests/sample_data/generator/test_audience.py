"""The practice audience read back: queue, demand, leads and contacts equal the truth within the labels' error."""

import re
from datetime import date, datetime
from pathlib import Path

import time_machine

from etl.imports.importer import import_file
from sample_data.generator.audience import make_audience, write_audience
from sample_data.generator.english.audience import said_in_english
from shop.access.roles import OWNER
from shop.comments import leads, vault
from shop.comments.unanswered import open_questions
from shop.db.database import Database
from shop.demand.board import demand
from shop.stock import counts
from tests.support.shops.catalogs import design, put

NOW = datetime(2026, 3, 20, 21, 0)
TODAY = date(2026, 3, 20)
ERROR = 0.08  # of a count: what the labels may get wrong


def near(counted: int, expected: int) -> bool:
    return abs(counted - expected) <= max(ERROR * expected, 1)


@time_machine.travel("2026-03-20 13:00:00+00:00")
def test_the_board_equals_the_truth_of_a_practice_audience(db: Database, tmp_path: Path) -> None:
    remarks, truth = make_audience(NOW, 1_500)
    design(db, "天青盖碗", "gw", form="盖碗", glaze="天青", price_cents=30_000)
    design(db, "霁蓝花瓶", "hp", form="花瓶", glaze="霁蓝", price_cents=90_000)
    with db.write() as connection:
        put(
            connection, "listing", platform="douyin", listing_id="gw", sku="gw", currency="CNY", status="live"
        )
    counts.set_counts(db, {"gw": 0, "hp": 4}, actor=OWNER)
    vault.create_key(db, "four words in clay", actor=OWNER)
    report = import_file(
        db, write_audience(tmp_path / "audience.csv", remarks), settings={"platform": "douyin"}
    )
    assert report.stored == len(remarks)
    with db.read() as connection:
        own, answered = connection.exec_driver_sql(
            "SELECT SUM(is_own), SUM(answered_how = 'reply') FROM comment"
        ).one()
    assert (own, answered) == (truth.own_replies, truth.own_replies)

    by_topic: dict[str, set[int]] = {}
    for group in open_questions(db, TODAY).groups:
        by_topic.setdefault(group.topic, set()).update(int(item.comment_id) for item in group.questions)
    for topic, numbers in truth.open_questions.items():
        assert near(len(numbers & by_topic.get(topic, set())), len(numbers)), (topic, len(numbers))

    board = {(item.thing.form, item.thing.glaze): item for item in demand(db, TODAY)}
    missing = {thing: item.missing for thing, item in board.items() if thing in truth.people}
    assert missing == {
        ("杯", ""): "absent",
        ("茶壶", ""): "absent",
        ("香插", ""): "absent",
        ("盖碗", "天青"): "sold_out",
        ("花瓶", "霁蓝"): "not_listed",
    }
    for thing, people in truth.people.items():
        assert near(board[thing].people, len(people)), (thing, board[thing].people, len(people))
    assert sum(board[thing].people for thing in board if thing not in truth.people) <= 3

    kinds = {int(item.comment_id): item.kinds for item in leads.leads(db)}
    for kind, numbers in truth.leads.items():
        assert near(sum(kind in kinds.get(number, ()) for number in numbers), len(numbers)), kind
    assert near(len(kinds), sum(map(len, truth.leads.values())))
    opened = vault.open_contacts(db, "four words in clay", actor=OWNER)
    values = {int(comment): pairs[0][1] for (_, comment), pairs in opened.items()}
    assert values == truth.contacts


def test_the_audience_in_english_says_everything_in_english(tmp_path: Path) -> None:
    remarks, _ = make_audience(NOW, 3_000)
    english = [re.sub(r"\[.+?\]", "", said_in_english(item.text)) for item in remarks]  # without emoji codes
    assert [text for text in english if any("一" <= sign <= "鿿" for sign in text)] == []
    written = write_audience(tmp_path / "audience.csv", remarks, "en").read_text("utf-8")
    assert "Kilnside studio" in written and "茶友" not in written
