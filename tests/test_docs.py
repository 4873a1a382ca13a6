"""The pages of docs/ cannot lie: generated tables, commands, profiles and links are checked here.

KILNBOARD_WRITE_DOCS=1 writes the generated parts again.
"""

import os
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dashboard.cli import root_command
from dashboard.i18n import messages
from dashboard.i18n.language import LANGUAGES
from shop.metrics.definitions import METRICS
from shop.open_data.dictionary import markdown
from shop.open_data.metric_sql import metric_sql
from tests.support.docs.site import build_site

ROOT = Path(__file__).parent.parent
MANUAL = ROOT / "docs" / "manual"
BLOCK = re.compile(r"^```.*?^```", re.S | re.M)
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.S | re.M)
PAGES = [
    *(
        ROOT / name
        for name in ("README.md", "README.zh.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md")
    ),
    *sorted((ROOT / "docs").rglob("*.md")),
]


def words(language: str) -> Iterator[str]:
    """All texts of the pages in a language."""
    pending: list[Any] = [
        tomllib.loads(path.read_text("utf-8"))
        for path in (ROOT / "dashboard" / "words" / language).glob("*.toml")
    ]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        else:
            pending.extend(value.values() if isinstance(value, dict) else value)


UNITS_ZH = {"cents": "分", "count": "个数", "days": "天", "number": "数值", "rate": "比率", "seconds": "秒"}
DAYS_ZH = {
    "payment": "支付",
    "refund": "退款",
    "own days": "各自的日子",
    "calendar": "日历",
    "session": "开播",
    "published": "发布",
    "written": "评论",
    "done": "完工",
    "ended": "烧成或批次结束",
    "stock": "当天结束",
}


def table_of_metrics(language: str) -> str:
    heads, rows = {
        "en": (
            "| name | figure | unit | by the day of | what it means |",
            [f"| `{m.name}` | {m.en} | {m.unit} | {m.basis} | {m.means_en} |" for m in METRICS.values()],
        ),
        "zh": (
            "| 名称 | 指标 | 单位 | 按哪天 | 含义 |",
            [
                f"| `{m.name}` | {m.zh} | {UNITS_ZH[m.unit]} | {DAYS_ZH[m.basis]} | {m.means_zh} |"
                for m in METRICS.values()
            ],
        ),
    }[language]
    return "\n".join([heads, "|---|---|---|---|---|", *rows])


def sql_of_metrics() -> str:
    return "\n\n".join(
        f"`{m.name}` {m.en} {m.zh}\n\n```sql\n{metric_sql(m.name)}\n```" for m in METRICS.values()
    )


GENERATED: list[tuple[str, str, Callable[[], str]]] = [
    ("metrics.md", "metrics", partial(table_of_metrics, "en")),
    ("metrics.zh.md", "metrics", partial(table_of_metrics, "zh")),
    ("metrics-sql.md", "sql", sql_of_metrics),
    ("data.md", "views", partial(markdown, ("en",))),
    ("data.zh.md", "views", partial(markdown, ("zh",))),
]


@pytest.mark.parametrize(("name", "part", "generate"), GENERATED, ids=[name for name, _, _ in GENERATED])
def test_what_is_generated_is_up_to_date(name: str, part: str, generate: Callable[[], str]) -> None:
    page = ROOT / "docs" / name
    before, start, rest = page.read_text("utf-8").partition(f"<!-- {part} -->\n")
    shown, end, after = rest.partition(f"<!-- end of {part} -->")
    wanted = generate() + "\n"
    if os.environ.get("KILNBOARD_WRITE_DOCS"):
        page.write_text(before + start + wanted + end + after, "utf-8")
        return
    assert shown == wanted


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_is_dead(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
    files = [link for link in links if "://" not in link]
    assert [link for link in files if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = re.findall(
        r"`((?:shop|etl|dashboard|sample_data|tests|docs)/[\w/]+\.(?:py|md|toml))`", page.read_text("utf-8")
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_exists_and_takes_its_options(page: Path) -> None:
    """The commands of every code block; those that change a shop run in the tests of their command."""
    root = root_command()
    for block in re.findall(r"^```(?:sh)?\n(.*?)^```", page.read_text("utf-8"), re.S | re.M):
        for line in block.splitlines():
            words = line.partition(" #")[0].partition(" >")[0].split()
            if words[:1] != ["kilnboard"]:
                continue
            command = root.get_command(root.make_context("kilnboard", words[1:2]), words[1])
            assert command is not None, line
            arguments = words[2:]
            while hasattr(command, "commands") and arguments and arguments[0] in command.commands:
                command, arguments = command.commands[arguments[0]], arguments[1:]
            options = {
                name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)
            }
            used = {word.partition("=")[0] for word in arguments if word.startswith("--")}
            assert used <= options, line


def test_no_page_has_the_remains_of_a_merge() -> None:
    marks = re.compile(r"^(<<<<<<<|=======|>>>>>>>)", re.M)
    pages = [*PAGES, ROOT / "CHANGELOG.md"]
    assert [page.name for page in pages if marks.search(page.read_text("utf-8"))] == []


def test_the_site_builds_without_a_dead_link(tmp_path: Path) -> None:
    site = build_site(tmp_path)
    for language in LANGUAGES:
        page = (site / "manual" / language / "commands.html").read_text("utf-8")
        assert "kilnboard import" in page and "kilnboard comments answer" in page


def test_the_manual_has_the_same_pages_in_both_languages() -> None:
    pages = {language: {page.name for page in (MANUAL / language).glob("*.md")} for language in LANGUAGES}
    assert pages["zh"] == pages["en"] != set()


@pytest.mark.parametrize("name", sorted(page.name for page in (MANUAL / "en").glob("*.md")))
def test_both_languages_show_the_same_commands_and_tables(name: str) -> None:
    pages = [(MANUAL / language / name).read_text("utf-8") for language in LANGUAGES]
    blocks = [BLOCK.findall(page) for page in pages]
    assert len({tuple(re.sub(r"\s+#.*", "", block) for block in page) for page in blocks}) == 1
    rows = [len(re.findall(r"^\|", page, re.M)) for page in pages]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manual_names_parts_as_the_pages_do(language: str) -> None:
    """What stands in *italics* (English) or in “quotes” (Chinese) are words of the pages."""
    mark = r"(?<!\*)\*([^*]+)\*(?!\*)" if language == "en" else "“([^”]+)”"
    shown = set(words(language))
    wrong = [
        f"{page.name}: {name}"
        for page in sorted((MANUAL / language).glob("*.md"))
        for name in re.findall(mark, CODE.sub("", page.read_text("utf-8")).replace("\n", " "))
        if name not in shown
    ]
    assert wrong == []


# Where the names of parts stand; those of other pages stand under the page's own name.
PARTS = {"kiln": "kiln.parts_of", "products": "performance.parts"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manual_names_every_part_of_a_page(language: str) -> None:
    known = messages.words(language)
    missing = []
    for page in sorted((MANUAL / language).glob("*.md")):
        content, part = page.read_text("utf-8"), PARTS.get(page.stem, f"{page.stem}.parts")
        texts = [text for key, text in known.items() if key.rpartition(".")[0] == part]
        missing += [
            f"{page.name}: {text}" for text in texts if not (f"*{text}*" in content or f"“{text}”" in content)
        ]
    assert missing == []
