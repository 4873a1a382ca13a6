"""A new kind of file is one more module in `etl/files`: the registry discovers it, by its PRIORITY."""

from pathlib import Path

import pytest

from etl import files
from etl.errors import ContraryHeader, FileRejected
from etl.files.base import Recognised
from etl.imports import registry
from etl.tables.open import open_table
from tests.oracles import table_rows
from tests.support.files_by_kind import SAMPLES, Sample
from tests.support.mutations.changes import written

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


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_name_of_the_header_with_a_separator_in_it_is_refused(sample: Sample, tmp_path: Path):
    mark = "\t" if sample.encoding == "utf-16" else ";" if sample.own_profile else ","
    encoding = "cp1252" if sample.own_profile else "utf-8"
    kinds = [sample.kind] if sample.kind else registry.all_kinds()
    rows = list(table_rows.rows_of_text(sample.path.read_bytes().decode(sample.encoding), mark))
    file = tmp_path / "table.csv"

    def recognised(rows: list[list[str]]) -> Recognised:
        file.write_bytes(written(rows, mark).encode(encoding))
        return registry.recognise(open_table(file), kinds)

    whole = recognised(rows)
    for place in whole.places.values():
        head = rows[whole.header]
        name = head[place]
        if len(name) < 2:
            continue
        cut = 1 if place % 2 else len(name) - 1
        parts = [*head[:place], name[:cut], name[cut:], *head[place + 1 :]]
        with pytest.raises(FileRejected):
            pytest.fail(
                f"{parts}: {recognised([*rows[: whole.header], parts, *rows[whole.header + 1 :]]).places}"
            )
