"""Masked and enciphered buyers are nobody: what is counted of them is unknown, and the base stands with the figure."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dashboard.cli import root_command
from dashboard.i18n.language import use_language
from etl.files.fields import Context
from tests.support.fresh import empty_shop_file

SAMPLE = Path(__file__).parents[2] / "etl" / "data" / "kuaishou_orders.csv"
ENCIPHERED = (
    "##a1B2c3D4e5F6==*x*1*1##",
    "$$QUJDREVGR0g=$$1$$",
    "~AgAAAABcDeFg12~1~",
    "#QUJDREVGR0g=#",
    "张**",
)


@pytest.mark.parametrize("name", ENCIPHERED)
def test_an_enciphered_name_is_nobody_and_an_open_id_is_somebody(name: str) -> None:
    context = Context(secret=b"key")
    assert context.people([name, f"{name}|13800001111", f"王芳|{name}"]) == [None, None, None]
    for identity in (
        "王芳|13800001111",
        "1@#TY2RtlN3AW82cbUxMPHNtLfPLL0XlXKVsBTSKa9/9Gpq=",
        "o_Xk~anna",
        "anna#7",
        "$anna",
    ):
        assert context.person(identity) is not None


def orders(path: Path, receivers: list[str]) -> Path:
    """Copies of the first order of the sample, each for one receiver."""
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        header, first, *_ = csv.reader(file)
    name, phone, number = (header.index(word) for word in ("收货人姓名", "收货人电话", "订单号"))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for count, receiver in enumerate(receivers):
            row = list(first)
            row[number] = str(int(first[number]) + count)
            row[name], row[phone] = receiver, receiver if receiver.startswith("##") else "13800001111"
            writer.writerow(row)
    return path


@pytest.mark.parametrize(
    ("receivers", "buyers", "note"),
    [
        (["王芳", "王芳", "##ab12cd##", "##ef34gh##"], [1, 1, 1.0], (4, 2)),
        (["##ab12cd##", "##ab12cd##"], [None, None, None], (2, 0)),
        (["王芳", "王芳"], [1, 1, 1.0], None),
    ],
)
def test_the_base_is_reported_with_the_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, receivers: list[str], buyers: list[Any], note: Any
) -> None:
    monkeypatch.setenv("KILNBOARD_DB", str(empty_shop_file(tmp_path / "shop.db")))
    use_language("en")

    def run(*arguments: Any) -> str:
        result = CliRunner().invoke(root_command(), [str(item) for item in arguments], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    run("import", orders(tmp_path / "快手订单.csv", receivers))
    query = ("report", "buyers", "repeat_buyers", "repeat_rate", "--from", "2026-01-01", "--to", "2026-01-31")
    content = json.loads(run(*query, "--json"))
    assert list(content["total"]["now"].values()) == buyers
    result = [
        (item["orders"], item["known"]) for item in content["notes"] if item["code"] == "buyers_unknown"
    ]
    assert result == ([note] if note else [])
    if note:
        assert f"over the {note[1]} of {note[0]} orders with a known buyer" in " ".join(run(*query).split())
