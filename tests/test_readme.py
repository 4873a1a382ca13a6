"""The README and the pages it names cannot lie: lines, tables, commands and profiles are run here."""

import re
import shutil
import subprocess
import tomllib
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import root_command
from etl import platforms
from etl.imports.importer import import_file
from etl.profiles import kind as generic
from etl.profiles import model
from etl.profiles.suggest import suggest
from sample_data.generator.spring import FOLDER as SPRING
from shop.db.database import Database
from shop.metrics.query import Query, total

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
README_ZH = (ROOT / "README.zh.md").read_text("utf-8")
PICTURES = ROOT / "docs" / "pictures"
MOST_BYTES = 8 * 1024
MOST_OF_A_PICTURE = 250 * 1000


PLATFORMS = (ROOT / "docs" / "manual" / "en" / "platforms.md").read_text("utf-8")
PROFILES = (ROOT / "docs" / "manual" / "en" / "profiles.md").read_text("utf-8")


def block_under(heading: str, page: str = README) -> str:
    result = re.search(rf"^## {heading}\n.*?^```[^\n]*\n(.*?)^```", page, re.S | re.M)
    assert result, heading
    return result[1].strip()


def test_one_line_to_try_it_and_one_to_test_it() -> None:
    assert block_under("Try it") == "sh .ci/setup && .venv/bin/kilnboard demo"
    assert block_under("Run the tests") == "sh .ci/setup dev && .venv/bin/python -m pytest"


def test_both_readmes_are_short_and_of_equal_content() -> None:
    assert max(len(text.encode()) for text in (README, README_ZH)) <= MOST_BYTES
    blocks = [re.findall(r"^```\n(.*?)^```", text, re.S | re.M) for text in (README, README_ZH)]
    commands = [[line.partition("#")[0].strip() for b in page for line in b.splitlines()] for page in blocks]
    assert commands[0] == commands[1]
    links = [re.findall(r"\]\(([^)#]+)\)", text) for text in (README, README_ZH)]
    both = [
        {link.replace("zh/", "").replace("en/", "").replace(".zh.md", ".md") for link in page}
        for page in links
    ]
    assert both[0] | {"README.md"} == both[1] | {"README.md"}


def test_the_pictures_are_small_and_of_this_version() -> None:
    shown = {link for text in (README, README_ZH) for link in re.findall(r"docs/pictures/[\w/.]+\.png", text)}
    assert len(shown) == 12
    assert max((ROOT / link).stat().st_size for link in shown) <= MOST_OF_A_PICTURE
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert (PICTURES / "version.txt").read_text().strip() == project["version"]


def test_ci_calls_the_readmes_own_test_line() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    awk = re.search(r"line=\$\(awk '(.*?)' README\.md\)", script)
    assert awk
    message = subprocess.run(["awk", awk[1], str(ROOT / "README.md")], capture_output=True, text=True)
    assert message.stdout.strip() == block_under("Run the tests")


def test_every_dependency_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *(d for e in project["optional-dependencies"].values() for d in e)]
    names = {re.split(r"[~<>=;\[ ]", line)[0].lower() for line in wanted}
    table = README[README.index("| package |") :]
    report = {
        name.strip().lower() for row in re.findall(r"^\| ([^|]+) \|", table, re.M) for name in row.split(",")
    }
    assert report - {"package", "---"} == names
    locked = {line.split("==")[0].lower() for line in (ROOT / ".ci" / "locked.txt").read_text().split()}
    assert names <= {name.replace("_", "-") for name in locked} | locked


def test_the_commands_run_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "shop.db"))
    samples = {
        "订单.csv": "douyin_orders_2021-11.csv",
        "售后.xlsx": "douyin_aftersale_2021-11.csv",
        "直播.csv": "douyin_sessions.csv",
    }
    for name, sample in samples.items():
        shutil.copy(SPRING / sample, tmp_path / name)
    ran = []
    for line in block_under("Your own shop").splitlines():
        words = line.partition("#")[0].split()
        assert words[0] == "kilnboard"
        if words[1] == "open":
            continue  # stays up; the browser tests open it
        result = CliRunner().invoke(root_command(), words[1:], catch_exceptions=False)
        assert result.exit_code == 0, (line, result.output)
        ran.append(words[1])
    assert ran == ["import", "report", "report", "backup"]
    assert (tmp_path / "2026-01-31.db").exists()


WHOLESALE = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,CUP,6,12/1/2010 8:26,2.55,17850,United Kingdom
536365,85123A,CUP,6,12/1/2010 8:26,2.55,17850,United Kingdom
536366,22633,BOWL,1,12/1/2010 8:28,1.85,,France
C536379,85123A,CUP,-1,12/2/2010 9:41,2.55,17850,United Kingdom
A563185,B,Adjust bad debt,1,12/2/2010 14:51,-11062.06,,United Kingdom
"""
STALL = """Marktstand Musterstadt;;;
;;;
Beleg;Artikel;Menge;Betrag;Datum
1;Becher;2;1.234,50;24.12.2025 10:00
2;Schale;1;18,00;24.12.2025 11:30
Summe;;3;1.252,50;
"""


def test_the_worked_profiles_import_their_tables(tmp_path: Path, db: Database) -> None:
    profiles = re.findall(r"^```toml profile\n(.*?)^```", PROFILES, re.S | re.M)
    assert len(profiles) == 4  # the last is tried by tests/etl/profiles
    autumn = re.search(r"^```csv\n(.*?)^```", PROFILES, re.S | re.M)
    assert autumn
    reports = []
    for number, (text, table) in enumerate(zip(profiles[:3], (autumn[1], WHOLESALE, STALL), strict=True)):
        (tmp_path / f"{number}.toml").write_text(text, "utf-8")
        (tmp_path / f"{number}.csv").write_text(table, "utf-8")
        kind = generic.kind_of(model.load(tmp_path / f"{number}.toml"))
        reports.append(import_file(db, tmp_path / f"{number}.csv", kind=kind))
    assert [(r.read, r.stored, r.rejected) for r in reports] == [(4, 4, 0), (5, 4, 1), (2, 2, 0)]
    market = Query(("gmv", "refunds", "orders"), date(2026, 10, 1), date(2026, 10, 31), currency="EUR")
    assert total(db, market) == {"gmv": 17_600 + 9_500 + 128_000, "refunds": 8_800, "orders": 2}
    invoices = Query(("gmv", "refunds", "units"), date(2010, 12, 1), date(2010, 12, 31), currency="GBP")
    assert total(db, invoices) == {"gmv": 3_060 + 185, "refunds": 255, "units": 13}
    stall = Query(("gmv", "orders"), date(2025, 12, 1), date(2025, 12, 31), currency="EUR")
    assert total(db, stall) == {"gmv": 125_250, "orders": 2}


def test_the_suggestion_for_the_worked_table_asks_what_the_page_says(tmp_path: Path) -> None:
    autumn = re.search(r"^```csv\n(.*?)^```", PROFILES, re.S | re.M)
    assert autumn
    (tmp_path / "stall.csv").write_text(autumn[1], "utf-8")
    result = suggest(tmp_path / "stall.csv")
    assert {question.code for question in result.questions} == {
        "constants.platform",
        "constants.currency",
        "dates.time_zone",
    }


def test_the_lines_to_pull_are_commands_that_exist() -> None:
    root = root_command()
    lines = block_under("By command", PLATFORMS).splitlines()
    assert len(lines) == 5
    unit, cron = (
        re.search(rf"^{begins}.*?bin/(kilnboard .*?)(?: >.*)?$", PLATFORMS, re.M)
        for begins in ("ExecStart=", r"\*/10 ")
    )
    assert unit and cron
    for line in [*lines, unit[1], cron[1]]:
        program, name, *arguments = line.partition("#")[0].split()
        command = root.get_command(root.make_context("kilnboard", [name]), name)
        assert program == "kilnboard" and command is not None, line
        command.make_context(name, arguments)  # wrong options would raise


def test_every_platform_has_its_line() -> None:
    table = PLATFORMS[PLATFORMS.index("| platform | it offers") : PLATFORMS.index("Choose one source")]
    assert sorted(re.findall(r"^\| `(\w+)`", table, re.M)) == list(platforms.names())
