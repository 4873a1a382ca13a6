"""Reading the manual: a page leads to those it refers to, and a search finds a page by words of its text."""

from pathlib import Path

import pytest

from dashboard.i18n.language import LANGUAGES
from dashboard.text import manual
from tests.support.pages import no_error, open_page, sentence


def test_a_page_leads_to_those_it_names_and_back_to_the_list(spring_shop: Path) -> None:
    page = open_page("manual", topic="kiln")
    assert no_error(page) and sentence(page) == "窑"
    assert not any("](" in element.value for element in page.markdown)
    page.button(key="read-costing").click().run()
    assert sentence(page) == "一件的成本"
    page.button(key="read-costing-rules").click().run()
    assert sentence(page) == "成本的全部规则"
    page.button(key="manual-back").click().run()
    assert {f"read-{topic.name}" for topic in manual.topics("zh")} <= {button.key for button in page.button}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reference_between_pages_is_a_page_of_that_language(language: str) -> None:
    for topic in manual.topics(language):
        named = set(manual.SEE.findall(topic.body)) - {topic.name}
        assert {item.name for item in manual.see_also(topic, language)} == named, topic.name


@pytest.mark.parametrize(
    ("wanted", "language", "name"),
    [
        ("定金 尾款", "zh", "presale"),
        ("层板 移动平均", "zh", "costing-rules"),
        ("抹个零", "zh", "comment-labels"),
        ("moving average shelf", "en", "costing-rules"),
        ("kilnboard kiln floor", "en", "by-command"),
    ],
)
def test_the_rules_are_found_by_words_of_their_text(wanted: str, language: str, name: str) -> None:
    assert name in {topic.name for topic in manual.matching(wanted, language)}
