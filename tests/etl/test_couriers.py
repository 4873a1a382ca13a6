"""The courier of a cell, and nothing else of it."""

import pyarrow as pa
import pytest

from etl.couriers import COURIERS, courier, couriers


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("SF0001234567890-顺丰速运", "sf"),
        ("顺丰速运 SF0001234567890", "sf"),
        ("YT8812345678901", "yto"),
        ("JT5123456789012", "jt"),
        ("中通快递,75312345678901;中通快递,75312345678902", "zto"),
        ("极兔速递-JT0012345678901", "jt"),
        ("圆通速递 寄件人王小明 13800138000", "yto"),
        ("sf express", "sf"),
        ("邮政快递包裹", "ems"),
        ("王小明 13800138000", None),
        ("自提", None),
        ("", None),
        (None, None),
    ],
)
def test_only_the_company_is_read(cell: str | None, expected: str | None) -> None:
    assert couriers(pa.array([cell], pa.string())).tolist() == [expected]


def test_every_name_leads_to_its_courier() -> None:
    for key, names in COURIERS.items():
        for name in names:
            assert courier(f"12345-{name}快递") == key
