import pytest

from shop.comments.classify import is_question, language_of, mask_personal


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打电话 19900000001 再送", "打电话 ●●●●●●●●●●● 再送"),
        ("+86 138-0000-1111", "●●●●●●●●●●●●●●●●●"),
        ("１３８００００１１１１", "●●●●●●●●●●●"),
        ("vx：potter_88 加我", "vx：●●●●●●●●● 加我"),
        ("V信abc12345", "V信●●●●●●●●"),
        ("写信 a.b@mail.example.cn 吧", "写信 ●●●●●●●●●●●●●●●●●●● 吧"),
        ("2026-01-31 开窑，烧到 1280 度，88 元", "2026-01-31 开窑，烧到 1280 度，88 元"),
        ("500ml 有吗", "500ml 有吗"),
    ],
)
def test_numbers_to_call_are_blotted_out_and_nothing_else(text, masked):
    assert mask_personal(text) == masked


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("好美啊", "zh"),
        ("能发国外吗 ship to US?", "zh"),
        ("beautiful work!!", "en"),
        ("🔥🔥", "other"),
        ("かわいい茶碗", "other"),
        ("très joli", "other"),
        ("666", "other"),
        ("", "other"),
    ],
)
def test_languages(text, language):
    assert language_of(text) == language


QUESTIONS = (
    "多少钱",
    "有链接吗",
    "包邮不",
    "能定制吗",
    "可以刻字吗",
    "几天到",
    "在哪里买",
    "怎么清洗茶垢",
    "how much",
    "where can i buy this",
    "can you make a custom cup",
    "Is it food safe?",
    "求链接",
    "什么时候上新",
    "有没有大号的",
    "贵不贵🤔",
    "MOQ?",
    "能装热水不",
    "多大容量",
)
STATEMENTS = (
    "好美啊",
    "已经回购3次了",
    "手艺真好",
    "beautiful work!!",
    "碎了一个😭",
    "等了3天了",
    "第一",
    "哈哈哈哈哈",
    "送妈妈她很喜欢",
    "love this shape",
)


@pytest.mark.parametrize("text", QUESTIONS)
def test_questions(text):
    assert is_question(text)


@pytest.mark.parametrize("text", STATEMENTS)
def test_statements(text):
    assert not is_question(text)
