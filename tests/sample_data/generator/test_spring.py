from collections import defaultdict
from pathlib import Path

import pytest

from sample_data.generator.expected import read_truth
from sample_data.generator.spring import FOLDER, write_spring
from tests.support.plain_exports import cents, rows, table


@pytest.fixture(scope="module")
def months() -> dict[str, dict[str, int]]:
    orders: dict[str, dict[str, int]] = read_truth(FOLDER)["CNY"]["by_month"]
    return orders


def test_the_committed_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    write_spring(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in FOLDER.iterdir()}
    for path in tmp_path.iterdir():
        committed = FOLDER / path.name
        if path.suffix == ".xlsx":  # its cells; the packing may differ between zlib versions
            assert list(table(path)) == list(table(committed))
        else:
            assert path.read_bytes() == committed.read_bytes(), path.name


def test_it_takes_two_megabytes_at_most() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 2_000_000


def test_close_to_two_thousand_orders_since_new_year(months: dict[str, dict[str, int]]) -> None:
    orders = sum(months[month]["orders"] for month in ("2022-01", "2022-02", "2022-03"))
    assert 1_990 <= orders <= 2_010


def test_units_per_day_are_up_68_percent(months: dict[str, dict[str, int]]) -> None:
    before = months["2021-11"]["units"] + months["2021-12"]["units"]
    now = months["2022-01"]["units"] + months["2022-02"]["units"]
    per_day = (now / 59) / (before / 61) - 1
    assert 0.675 <= per_day <= 0.685
    assert now / before - 1 < 0.64  # what the bare totals would show


def test_it_contains_the_rows_that_importers_trip_over() -> None:
    orders = list(rows(FOLDER, "douyin_orders_*"))
    joined = [row for row in orders if ";" in row["子订单编号"]]
    assert len(joined) == 2
    assert any(row["收件人"].startswith("##") for row in orders)
    free = [r for r in orders if r["支付完成时间"] != "-" and cents(r["订单应付金额"]) == 0]
    assert len(free) == 1
    for row in joined:
        parts = {len(row[name].split(";")) for name in ("子订单编号", "选购商品", "商品ID", "商家编码")}
        assert len(parts) == 1
        assert parts.pop() >= 2


def test_every_header_variant_and_encoding_is_there() -> None:
    heads = defaultdict(set)
    for path in FOLDER.glob("douyin_orders_*"):
        heads[len(next(table(path)))].add(path.suffix)
    assert heads == {74: {".csv", ".xlsx"}, 75: {".csv"}}
    with pytest.raises(UnicodeDecodeError):
        (FOLDER / "douyin_orders_2021-12.csv").read_text("utf-8")
