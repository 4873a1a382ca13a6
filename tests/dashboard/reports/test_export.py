"""Growth that leaves the program: report as text, JSON, HTML, PDF, XLSX, and the picture card."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image
from python_calamine import CalamineWorkbook

from dashboard.cli import root_command
from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.reports import pdf, png_card
from tests.support.browsers import needed

RANGES = ("--from", "2022-01-01", "--to", "2022-02-28", "--against", "2021-11-01..2021-12-31")


@pytest.fixture
def run(spring_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("KILNBOARD_DB", str(spring_path))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, language: str = "en") -> Result:
        use_language(language)
        result = CliRunner().invoke(root_command(), list(arguments), catch_exceptions=False)
        use_language("en")
        return result

    return run


def test_the_growth_summary_is_printed_as_text_and_as_json(run: Any) -> None:
    report = run("report", "growth", "units", *RANGES)
    assert report.exit_code == 0
    assert "68.0% more" in report.output
    content = json.loads(run("report", "growth", "units", *RANGES, "--json").output)
    units = content["figures"]["units"]
    assert (units["now"], units["before"]) == (2002, 1232)
    low, high = units["interval"]
    assert low < units["change"] < high
    why = content["why"]
    assert sum(driver["part"] for driver in why["causes"]) == why["change"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_html_report_is_one_file_without_script(run: Any, tmp_path: Path, language: str) -> None:
    run("report", "growth", "units", *RANGES, "--html", "sheet.html", language=language)
    worksheet = (tmp_path / "sheet.html").read_text("utf-8")
    assert "68.0%" in worksheet
    assert "<script" not in worksheet and "http" not in re.sub(r"http://www.w3.org/\S+", "", worksheet)
    assert ("增长报告" in worksheet) == (language == "zh")
    again = run("report", "growth", "units", *RANGES, "--html", "sheet.html")
    assert again.exit_code == 2 and "sheet.html" in again.output
    assert run("report", "growth", "units", *RANGES, "--html", "sheet.html", "--force").exit_code == 0


def test_the_workbook_has_the_same_figures_and_charts(run: Any, tmp_path: Path) -> None:
    run("report", "growth", "gmv", *RANGES, "--xlsx", "growth.xlsx")
    content = (tmp_path / "growth.xlsx").read_bytes()
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["Summary", "Causes", "Days", "Months"]
    drivers = book.get_sheet_by_name("Causes").to_python()[1:]
    base, *parts, figure = (row[1] for row in drivers)
    assert round(base + sum(parts), 2) == round(figure, 2)
    days = book.get_sheet_by_name("Days").to_python()
    assert round(sum(row[1] for row in days[1:] if row[1] != ""), 2) == 268_479.60
    assert content.count(b"xl/charts/chart") >= 3


def test_the_html_report_is_printed_as_pdf(run: Any, tmp_path: Path) -> None:
    needed(pdf.browser(), "no browser on this computer prints a PDF")
    assert run("report", "growth", "gmv", *RANGES, "--pdf", "sheet.pdf").exit_code == 0
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF-")


def test_without_a_browser_the_pdf_is_rejected_with_a_reason(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "NAMES", ())
    monkeypatch.setattr(pdf, "PLACES", ())
    monkeypatch.delenv("KILNBOARD_BROWSER", raising=False)
    error = run("report", "growth", "gmv", *RANGES, "--pdf", "sheet.pdf")
    assert error.exit_code == 2
    assert "--html" in error.output


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_is_a_picture(run: Any, tmp_path: Path, language: str) -> None:
    assert run("card", "units", *RANGES, "--out", "c.png", language=language).exit_code == 0
    picture = Image.open(tmp_path / "c.png")
    assert picture.format == "PNG" and picture.width == png_card.WIDTH
    colours = picture.convert("RGB").getcolors(1 << 24)
    assert colours is not None and len(colours) > 50


def test_a_card_without_amounts_names_none(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[png_card.Card] = []
    monkeypatch.setattr("dashboard.reports.export.draw", lambda card: drawn.append(card) or b"")
    run("card", "gmv", *RANGES, "--out", "a.png")
    run("card", "gmv", *RANGES, "--out", "b.png", "--no-amounts")
    plain, quiet = drawn
    assert "¥" in plain.figure + plain.sentence
    message = [quiet.figure, quiet.change, quiet.sentence, *(t.figure + t.change for t in quiet.tiles)]
    assert not any("¥" in text or "4,5" in text for text in message)
    assert "%" in quiet.figure


def test_wrapping_never_separates_punctuation_or_amounts() -> None:
    lines = png_card.wrapped("成交金额日均增加 ¥1,814，影响最大的是订单数（+¥682）。" * 3, 34, 300)
    assert len(lines) > 3
    assert not any(line[0] in png_card.CLOSING or line[-1] in "¥（" for line in lines)


def test_growth_stands_alone_and_files_are_its_own(run: Any) -> None:
    assert run("report", "growth", "--by", "day").exit_code == 2
    assert run("report", "gmv", "--html", "x.html").exit_code == 2
    assert run("report", "growth", "views").exit_code == 2


@pytest.mark.parametrize(
    "days", [("2020-01-05", "2020-01-31"), ("2021-11-01", "2021-11-01"), ("2023-05-01",) * 2]
)
def test_a_range_before_during_and_after_all_sales_has_a_report(
    run: Any, tmp_path: Path, days: tuple[str, str]
) -> None:
    for kind in ("html", "xlsx"):
        result = run("report", "growth", "--from", days[0], "--to", days[1], f"--{kind}", f"growth.{kind}")
        assert result.exit_code == 0, result.output
        assert (tmp_path / f"growth.{kind}").stat().st_size
