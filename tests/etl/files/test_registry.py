"""A new kind of file is one more module in `etl/files`: the registry discovers it, by its PRIORITY."""

from pathlib import Path

import pytest

from etl import files
from etl.errors import ContraryHeader
from etl.imports import registry
from etl.tables.open import open_table

MODULE = """
from etl.files.base import Parsed
from etl.files.fields import FileField

NAME, PLATFORM, VERSION, PRIORITY = "glaze_orders", "glaze", 1, 15
FIELDS = (FileField("order_id", ("Glaze order",), required=True), FileField("paid", ("Glaze sum",), required=True))


def parse(rows, context):
    return Parsed(rows, [])
"""


def test_a_new_kind_of_file_is_one_more_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    before = [kind.NAME for kind in registry.all_kinds()]
    (tmp_path / "glaze_orders.py").write_text(MODULE, "utf-8")
    monkeypatch.setattr(files, "__path__", [*files.__path__, str(tmp_path)])
    registry._modules.cache_clear()
    try:
        named = [kind.NAME for kind in registry.all_kinds()]
        assert named == [before[0], "glaze_orders", *before[1:]]
        worksheet = tmp_path / "export.csv"
        worksheet.write_text("Glaze sum,Glaze order\n12.50,1\n", "utf-8")
        assert registry.recognise(open_table(worksheet), registry.all_kinds()).kind.NAME == "glaze_orders"
    finally:
        registry._modules.cache_clear()


def test_every_kind_has_a_priority_of_its_own():
    priorities = [kind.PRIORITY for kind in registry._modules().values()]
    assert len(set(priorities)) == len(priorities) and priorities == sorted(priorities)


def test_a_header_that_names_another_platform_contradicts_a_kind(tmp_path: Path):
    orders = (Path(__file__).parents[1] / "data" / "tiktok_24.csv").read_text("utf-8-sig")
    head, rest = orders.split("\n", 1)
    file = tmp_path / "orders.csv"
    file.write_text(orders, "utf-8")
    assert registry.recognise(open_table(file), registry.all_kinds()).kind.NAME == "tiktok_orders"
    file.write_text(f"{head.rstrip()},Kuaishou fee\n{rest}", "utf-8")
    with pytest.raises(ContraryHeader) as refusal:
        registry.recognise(open_table(file), registry.all_kinds())
    assert refusal.value.details["header"] == "Kuaishou fee"
