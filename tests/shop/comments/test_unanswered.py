"""Who waits for an answer: the same question once, answers by reply, by hand and by age, and the way back."""

from datetime import date

import pytest

from shop.access.roles import OWNER
from shop.comments import unanswered, upkeep
from shop.comments.search import CommentSearch, search_comments
from shop.comments.topics import topic_of
from shop.comments.unanswered import (
    BadAnswerDays,
    answer_questions,
    most_frequent,
    open_questions,
    set_answer_days,
)
from shop.db.database import Database
from shop.overview import open_items
from shop.undo.catalog import undo
from tests.support.remarks.spoken import speak
from tests.support.shops.catalogs import design

TODAY = date(2026, 3, 20)


def counts(db: Database, day: date = TODAY) -> list[tuple[str, int, int]]:
    groups = open_questions(db, day, order="people").groups
    return [(group.topic, len(group.questions), group.people) for group in groups]


def test_the_same_question_in_many_words_is_one(db: Database) -> None:
    speak(
        db,
        ("a", "2026-03-19", "能进微波炉吗"),
        ("b", "2026-03-19", "请问可以放微波爐嗎？"),
        ("a", "2026-03-18", "微波炉可以用不"),
        ("c", "2026-03-18", "is it microwave safe?"),
        ("d", "2026-03-18", "好美啊"),
        ("e", "2026-03-17", "包邮不"),
    )
    assert counts(db) == [("microwave", 4, 3), ("shipping_cost", 1, 1)]


@pytest.mark.parametrize(
    ("topic", "wordings"),
    [
        (
            "restock",
            (
                "any left?",
                "is this still available",
                "这只卖完了吗",
                "还剩几个",
                "when do you open the kiln?",
            ),
        ),
        ("size", ("do you have a bigger one?", "有没有大一点的", "小点的有没", "how tall is it")),
        ("shipping_cost", ("is shipping free?", "包邮不", "how much is postage")),
        ("shipping_time", ("how long does shipping take", "几天到")),
    ],
)
def test_a_topic_is_known_in_either_language(topic: str, wordings: tuple[str, ...]) -> None:
    assert {topic_of(wording) for wording in wordings} == {topic}


def test_money_at_stake_is_people_times_pieces_times_the_price_of_the_thing(db: Database) -> None:
    design(db, "青瓷盖碗", "gw", form="盖碗", glaze="青瓷", price_cents=30_000)
    design(db, "天青花瓶", "hp", form="花瓶", glaze="天青", price_cents=90_000)
    speak(
        db,
        ("a", "2026-03-19", "盖碗多少钱"),
        ("b", "2026-03-19", "盖碗多少钱啊，想要3个"),
        ("c", "2026-03-19", "烧多少度"),
    )
    by_topic = {group.topic: group.value_cents for group in open_questions(db, TODAY).groups}
    assert by_topic == {"price": 30_000 + 3 * 30_000, "making": 0}


def test_an_answer_by_hand_closes_a_group_and_can_be_undone(db: Database) -> None:
    speak(db, ("a", "2026-03-19", "多少钱"), ("b", "2026-03-19", "啥价啊"), ("c", "2026-03-19", "包邮吗"))
    price = next(group for group in open_questions(db, TODAY).groups if group.topic == "price")
    number = answer_questions(db, price.ids, "host", actor=OWNER)
    assert counts(db) == [("shipping_cost", 1, 1)]
    assert open_items(db, TODAY).open_questions == 1
    undo(db, number, actor=OWNER)
    assert open_questions(db, TODAY).questions == 3


def test_old_questions_leave_every_count_after_the_chosen_days(db: Database) -> None:
    speak(db, ("a", "2026-03-19", "多少钱"), ("b", "2026-03-06", "包邮吗"), ("c", "2026-03-07", "能定制吗"))
    queue = open_questions(db, TODAY)
    assert (queue.questions, queue.expired, queue.days) == (2, 1, 14)
    set_answer_days(db, 30, actor=OWNER)
    assert open_questions(db, TODAY).questions == open_items(db, TODAY).open_questions == 3
    with pytest.raises(BadAnswerDays):
        set_answer_days(db, 0, actor=OWNER)


def test_questions_of_a_live_session_leave_every_count_a_day_after_it_ended(db: Database) -> None:
    with db.write() as connection:  # from the 17th, 22:00, to the 19th, 00:30 in Shanghai
        connection.exec_driver_sql(
            "INSERT INTO live_session (shop_id, platform, session_id, started_at, ended_at, started_on, currency, "
            "is_inferred, updated_at, payload_hash) "
            "VALUES (1, 'douyin', 'room', 1773756000, 1773851400, '2026-03-17', 'CNY', 0, 0, 0)"
        )
    speak(db, ("a", "2026-03-18", "多少钱"), is_live=True, session_id="room")
    speak(db, ("b", "2026-03-18", "能进微波炉吗"), is_live=True, platform="kuaishou")  # of no known session
    speak(db, ("c", "2026-03-18", "包邮吗"), ("c", "2026-03-18", "能定制吗"))
    waiting = {day: {topic for topic, _, _ in counts(db, date(2026, 3, day))} for day in (18, 19, 20, 21)}
    other = {"shipping_cost", "lettering"}
    assert waiting == {
        18: other | {"price", "microwave"},
        19: other | {"price", "microwave"},
        20: other | {"price"},
        21: other,
    }
    queue = open_questions(db, date(2026, 3, 21))
    assert (queue.questions, queue.people, queue.expired) == (2, 1, 2)
    items = open_items(db, date(2026, 3, 21))
    assert (items.open_questions, items.people) == (2, 1)
    assert open_questions(db, date(2026, 3, 21), ["kuaishou"]).expired == 1
    assert {group.topic for group in most_frequent(db, date(2026, 3, 21))} == waiting[18], (
        "for the next session"
    )


def test_the_shops_replies_answer_and_are_no_audience(db: Database) -> None:
    questions = [(f"p{number}", "2026-03-19", "多少钱") for number in range(6)]
    ids = speak(db, *questions)
    for parent in ids[:5]:
        speak(db, ("studio", "2026-03-19", "主页橱窗有的亲"), parent_id=parent)
    assert counts(db) == [("price", 1, 1)]
    search = CommentSearch(date(2026, 3, 1), TODAY)
    assert search_comments(db, search).total == 6
    account = upkeep.own_accounts(db)[0]
    assert (account["source"], account["comments"]) == ("replies", 5)
    upkeep.dismiss_own_account(db, account["platform"], account["author_key"], actor=OWNER)
    assert open_questions(db, TODAY).questions == 6
    assert search_comments(db, search).total == 11
    speak(db, ("p9", "2026-03-19", "好看"))
    assert open_questions(db, TODAY).questions == 6, "a dismissed account is not learned again"


def test_two_people_who_answer_each_other_are_not_the_shop(db: Database) -> None:
    ids = speak(db, *[(f"p{number}", "2026-03-19", "多少钱") for number in range(4)])
    for parent in ids:
        speak(db, ("friend", "2026-03-19", "我也想知道"), parent_id=parent)
    assert upkeep.own_accounts(db) == []
    assert open_questions(db, TODAY).questions >= 4


def test_a_review_with_a_reply_on_the_platform_is_answered(db: Database) -> None:
    speak(db, ("a", "2026-03-19", "为什么有黑点？"), is_review=True, is_replied=True, platform="kuaishou")
    speak(db, ("b", "2026-03-19", "盖子怎么合不上？"), is_review=True, platform="kuaishou")
    assert [group.questions[0].kind for group in open_questions(db, TODAY).groups] == ["review"]


def test_the_ten_questions_of_tonight_are_those_of_most_people_answered_or_not(db: Database) -> None:
    ids = speak(
        db, *[(f"p{number}", "2026-03-10", "多少钱") for number in range(3)], ("q", "2026-03-10", "包邮吗")
    )
    answer_questions(db, [("douyin", name) for name in ids], "hand", actor=OWNER)
    assert [(group.topic, group.people) for group in most_frequent(db, TODAY)] == [
        ("price", 3),
        ("shipping_cost", 1),
    ]


def test_spring_has_77_own_replies_and_every_question_under_them_is_answered(spring: Database) -> None:
    with spring.read() as connection:
        row = connection.exec_driver_sql(
            "SELECT SUM(is_own), SUM(answered_at IS NOT NULL), SUM(answered_at IS NOT NULL AND is_question) "
            "FROM comment"
        ).one()
        unanswered_parents = connection.exec_driver_sql(
            "SELECT COUNT(*) FROM comment q JOIN comment r ON r.parent_id = q.comment_id WHERE q.answered_at IS NULL"
        ).scalar_one()
    assert (row[0], row[1], unanswered_parents) == (77, 77, 0)
    assert row[2] >= 65
    assert unanswered.open_questions(spring, date(2022, 3, 15)).questions > 0
