"""Hostile names in every table that leaves the shop: as files, reports, messages and on the terminal, it stays text."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from dashboard.cli import root_command
from dashboard.reports import html as report_html
from dashboard.reports import labels
from dashboard.text.table import table
from etl.notifications import dingtalk, feishu, wecom
from etl.notifications.mail import _email
from etl.notifications.message import Message
from shop.connect import connect
from shop.core.text import SHOWN_AS, visible
from shop.db.database import sqlite_driver
from shop.export.spreadsheet import SpreadsheetColumn, csv_bytes, xlsx_bytes
from tests.support.kills.shops import small_shop
from tests.support.odd_inputs.command_lines import SERVING, commands
from tests.support.odd_inputs.hostile_shop import make_hostile, make_keys_hostile
from tests.support.odd_inputs.hostile_texts import hostile_text

OBEYED = re.compile(f"[{''.join(map(chr, SHOWN_AS))}]")
FORMULA = re.compile(r"^[\s\u00a0\u3000\ufeff]*[=+\-@＝＋－＠]")
FEW, MANY = 60, 1_000
HOSTILE_KEY = "=1+1\x1b[31m\u202e<img src=x onerror=steal()>"


class _Elements(HTMLParser):
    """The elements of a page, each with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(name for name, _ in attrs)))


def elements(page: str) -> list[tuple[str, tuple[str, ...]]]:
    parser = _Elements()
    parser.feed(page)
    return parser.seen


def strings(value: Any) -> Iterator[str]:
    """All strings of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def texts(count: int) -> Iterator[str]:
    return (hostile_text(number) for number in range(count))


# --- one text through each way out ----------------------------------------------------------------


def as_html(text: str) -> None:
    paper = next(iter(labels.PAPERS))
    pages = {
        "table": lambda name: report_html.table([name, "b"], [[name, "1"]]),
        "part": lambda name: report_html.part(name, ""),
        "labels": lambda name: labels.html(
            [labels.PrintedLabel("K7Q2", name, name)], paper, "qr", title=name
        ),
        "strong": report_html.strong,
    }
    for name, page in pages.items():
        plain = elements(page("plain"))
        assert elements(page(text)) == plain, name


def as_spreadsheet(text: str) -> None:
    fields = [SpreadsheetColumn("name", "name"), SpreadsheetColumn("count", "count", "count")]
    frame = pd.DataFrame({"name": [text], "count": [-3]})
    rows = list(csv.reader(io.StringIO(csv_bytes(frame, fields).decode("utf-8-sig"))))
    assert not FORMULA.match(rows[1][0]) and rows[1][1] == "-3"
    raw = xlsx_bytes(frame, fields)
    book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    assert not FORMULA.match(str(book.get_sheet_by_index(0).to_python()[1][0]))


def as_message(text: str) -> None:
    message = Message(f"今天 {text}", f"卖得最好：{text}\n{text}")
    for service in (feishu, dingtalk, wecom):
        _, body = service.request(message, "", 0.0)
        content = "\n".join(strings(json.loads(body)))
        assert not re.search(r"<[a-zA-Z/@!]|\]\(|://|@\w|\bwww\.", content), service.NAME
        assert not OBEYED.search(content), service.NAME
    mail = _email({"from": "a@kiln.test", "to": "b@kiln.test"}, message)
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert read.get_content_type() == "text/plain" and len(read.keys()) == len(set(read.keys()))


def as_terminal(text: str) -> None:
    assert not OBEYED.search(visible(table(["name"], [[text]])))


@pytest.mark.parametrize("way", [as_html, as_spreadsheet, as_message, as_terminal])
def test_hostile_texts_stay_text(way: object) -> None:
    for text in texts(FEW):
        way(text)  # type: ignore[operator]


@pytest.mark.proof
@pytest.mark.parametrize("way", [as_html, as_spreadsheet, as_message, as_terminal])
def test_a_thousand_hostile_texts_stay_text(way: object) -> None:
    for text in texts(MANY):
        way(text)  # type: ignore[operator]


# --- a whole shop of them, through the commands ---------------------------------------------------

LINES = (
    ("report", "gmv", "--by", "sku", "--from", "2022-01-01", "--to", "2022-03-15"),
    ("report", "gmv", "--by", "family", "--csv", "--from", "2022-01-01", "--to", "2022-03-15"),
    ("report", "gmv", "--by", "sku", "--json", "--from", "2022-01-01", "--to", "2022-03-15"),
    ("stock", "list"),
    ("stock", "history"),
    ("stock", "holds"),
    ("listing", "list"),
    ("listing", "match", "queue"),
    ("kiln", "batch", "list"),
    ("kiln", "firing", "list"),
    ("kiln", "kilns"),
    ("kiln", "material", "list"),
    ("comments", "list"),
    ("comments", "list", "--json"),
    ("live", "list"),
    ("video", "list"),
    ("order", "list", "--show", "all"),
    ("import", "--list"),
    ("status",),
    ("notify", "preview"),
    ("stock", "show", "MISSING\x1b[31m\u202e"),
)


@pytest.fixture
def hostile_shop(spring_studio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "shop.db"
    path.write_bytes(spring_studio.read_bytes())
    make_hostile(path, lambda number: hostile_text(number % 400))
    make_keys_hostile(path, HOSTILE_KEY)
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    return path


def test_a_hostile_shop_prints_nothing_that_a_terminal_obeys(hostile_shop: Path, tmp_path: Path) -> None:
    for line in LINES:
        result = CliRunner().invoke(root_command(), line, prog_name="kilnboard")
        assert result.exception is None or isinstance(result.exception, SystemExit), (line, result.exception)
        assert not OBEYED.search(result.output), line
        if "--json" in line:
            json.loads(result.output)
        if "--csv" in line:
            cells = [row[0] for row in csv.reader(io.StringIO(result.output)) if row]
            assert [cell for cell in cells if FORMULA.match(cell)] == []
    february = ("--from", "2022-02-01", "--to", "2022-02-28")
    for name, words in (
        ("growth", ("report", "growth", *february)),
        ("week", ("week", "--on", "2022-02-20")),
    ):
        for ending in ("html", "xlsx"):
            line = (*words, f"--{ending}", str(tmp_path / f"{name}.{ending}"))
            assert CliRunner().invoke(root_command(), line, prog_name="kilnboard").exit_code == 0, line
        page = elements((tmp_path / f"{name}.html").read_text("utf-8"))
        assert not {element for element, _ in page} & {"script", "img", "iframe", "a", "link", "object"}
        assert not {each for _, names in page for each in names if each.startswith("on")}
        assert [cell for cell in cells_of(tmp_path / f"{name}.xlsx") if re.match(r"^\s*[=@]", cell)] == []


def cells_of(path: Path) -> list[str]:
    """Every text in a workbook."""
    book = CalamineWorkbook.from_path(str(path))
    rows = (row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())
    return [cell for row in rows for cell in row if isinstance(cell, str)]


def test_every_command_that_needs_no_word_prints_nothing_that_a_terminal_obeys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small_shop(tmp_path / "shop") / "shop.db"
    with closing(sqlite_driver().connect(str(path))) as connection:
        connection.execute("DELETE FROM stated_total")  # its one row is of no figure
        connection.commit()
    make_hostile(path, lambda number: hostile_text(number % 400))
    make_keys_hostile(path, HOSTILE_KEY)
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    monkeypatch.setenv("KILNBOARD_CONFIG", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    ran = 0
    for words, command in commands():
        if words[0] in SERVING or any(parameter.required for parameter in command.params):
            continue
        names = {name for parameter in command.params for name in parameter.opts}
        for option in {"", "--json", "--csv"} & {"", *names}:
            line = [*words, *filter(None, [option])]
            result = CliRunner().invoke(root_command(), line, prog_name="kilnboard")
            ran += result.exit_code == 0
            assert result.exception is None or isinstance(result.exception, SystemExit), line
            assert not OBEYED.search(result.output), line
            if option == "--json" and result.exit_code == 0:
                json.loads(result.output)
    assert ran > 60


def test_the_page_to_print_of_orders_and_cards_stays_text(hostile_shop: Path, tmp_path: Path) -> None:
    target = tmp_path / "card.html"
    db = connect(str(hostile_shop))
    with db.read() as connection:
        skus = connection.exec_driver_sql("SELECT sku FROM variant ORDER BY sku LIMIT 20").scalars().all()
    db.close()
    line = ("kiln", "card", "douyin", *skus, "--html", str(target))
    result = CliRunner().invoke(root_command(), line, prog_name="kilnboard")
    assert result.exit_code == 0, result.output
    assert not {name for name, _ in elements(target.read_text("utf-8"))} & {"script", "img", "iframe", "a"}
