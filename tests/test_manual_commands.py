"""The blocks of commands in the manual run as written, on a shop that has what they name."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import root_command
from sample_data.generator.spring import FOLDER as SPRING
from shop.access.roles import OWNER
from shop.catalog.products import ProductFields, VariantFields, add
from tests.support.fresh import new_database

MANUAL = Path(__file__).parents[1] / "docs" / "manual"
ELSEWHERE = {  # run by the tests of their commands: on a shop, platform or chat group that these lines need
    *("listing", "kiln", "connect", "sync", "notify", "move", "open", "user", "group"),
    *("stock settle", "stock push", "doctor --salvage"),
}


def lines() -> list[str]:
    """Every different line of the English manual that begins with kilnboard, without its remark."""
    found: dict[str, None] = {}
    for page in sorted((MANUAL / "en").glob("*.md")):
        for block in re.findall(r"^```(?:sh)?\n(.*?)^```", page.read_text("utf-8"), re.S | re.M):
            for line in block.splitlines():
                words = line.partition(" #")[0].split()
                if words[:1] == ["kilnboard"] and not {words[1], " ".join(words[1:3])} & ELSEWHERE:
                    found[" ".join(words[1:])] = None
    return list(found)


def test_the_lines_of_the_manual_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "shop.db"))
    db = new_database(tmp_path / "shop.db")
    add(
        db,
        ProductFields("Cup", form="cup"),
        [VariantFields(sku=sku, place="架 A") for sku in ("CUP", "CUP2", "BOWL")],
        actor=OWNER,
        code="CUP",
    )
    db.close()
    page = (MANUAL / "en" / "profiles.md").read_text("utf-8")
    autumn = re.search(r"^```csv\n(.*?)^```", page, re.S | re.M)
    answered = re.search(r"^```toml profile\n(.*?)^```", page, re.S | re.M)
    assert autumn and answered
    (tmp_path / "stall.csv").write_text(autumn[1], "utf-8")
    run = CliRunner()
    assert run.invoke(root_command(), ["import", str(SPRING / "douyin_orders_2021-11.csv")]).exit_code == 0
    ran = []
    for line in lines():
        words = re.findall(r'"([^"]*)"|(\S+)', line)
        result = run.invoke(root_command(), [quoted or plain for quoted, plain in words], input="y\n")
        asks = "--suggest" in line  # its open questions are what exit code 1 says
        assert result.exit_code == int(asks), (line, result.output, result.exception)
        if asks:
            (tmp_path / "stall.toml").write_text(answered[1], "utf-8")
        ran.append(line.split()[0])
    assert {"stock", "backup", "restore", "import", "export", "metrics", "report", "card", "doctor"} <= set(
        ran
    )
