"""Remarks of the audience on the screen."""

from dataclasses import dataclass

from dashboard.text.audience import remarks


@dataclass(frozen=True)
class Written:
    """A remark with its author."""

    text: str
    author: str


def test_quotes_show_each_wording_once():
    written = [
        Written("包邮吗", "A"),
        Written("包邮吗 ", "B"),
        Written("运费多少", "C"),
        Written("包邮吗", "D"),
        Written("邮费呢", "E"),
    ]
    assert [one.author for one in remarks.different(written, 2)] == ["A", "C"]
    assert [one.author for one in remarks.different(written, 9)] == ["A", "C", "E"]
