import pytest

from shop.comments.classify import language_of
from shop.comments.contacts import mask_personal


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
