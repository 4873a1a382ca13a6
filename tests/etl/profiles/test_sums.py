"""The law of sums: tables of known truth, written in every layout, come out right when the profile gives how."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.files.fields import Context
from etl.imports import registry
from etl.imports.worker import open_chunks
from etl.profiles import kind as generic
from etl.profiles import model
from etl.tables.open import open_table
from shop.core.money import split
from tests.support.odd_inputs.examples import examples

LINE = st.fixed_dictionaries(
    {"unit": st.integers(1, 99_999), "pieces": st.integers(1, 5), "discount": st.integers(0, 100)}
)
ORDER = st.fixed_dictionaries(
    {
        "lines": st.lists(LINE, min_size=1, max_size=4),
        "shipping": st.integers(0, 3_000),
        "tax": st.integers(0, 3_000),
        "refunded": st.integers(0, 100),
    }
)
LAYOUT = st.fixed_dictionaries(
    {
        "amounts": st.sampled_from(["line", "repeated", "first row", "cells of the order on first rows"]),
        "refunds": st.sampled_from(["gross", "net"]),
        "includes": st.sampled_from([(), ("shipping",), ("tax",), ("shipping", "tax")]),
        "chunks": st.sampled_from([1, 3, 10_000]),
    }
)


def money(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"


def written(orders, layout):
    """The rows of a table in this layout, and its true sums."""
    rows, truth = [], {"paid": 0, "list": 0, "shipping": 0, "refunded": 0}
    for number, order in enumerate(orders, 1):
        lists = [line["unit"] * line["pieces"] for line in order["lines"]]
        goods = [
            value - value * line["discount"] // 100 for value, line in zip(lists, order["lines"], strict=True)
        ]
        refund = sum(goods) * order["refunded"] // 100
        truth["paid"] += sum(goods)
        truth["list"] += sum(lists)
        truth["shipping"] += order["shipping"]
        truth["refunded"] += refund
        sums = {"goods": sum(goods), "shipping": order["shipping"], "tax": order["tax"], "refund": refund}
        parts = {name: split(sums[name], lists) for name in ("shipping", "tax")}
        parts |= {"goods": goods, "refund": split(refund, goods)}
        for place, line in enumerate(order["lines"]):
            of_line = {name: shares[place] for name, shares in parts.items()}
            here = of_line if layout["amounts"] == "line" else sums
            paid = here["goods"] - (here["refund"] if layout["refunds"] == "net" else 0)
            contained = sum(here[name] for name in layout["includes"])
            given = [
                money(value) for value in (paid + contained, here["shipping"], here["tax"], here["refund"])
            ]
            head = [f"N{number}", "2026-01-10 20:00:00"]
            if place and layout["amounts"] not in ("line", "repeated"):
                given = [""] * 4
                head = ["", ""] if layout["amounts"] == "cells of the order on first rows" else [head[0], ""]
            rows.append([*head, f"S{place}", str(line["pieces"]), money(line["unit"]), *given])
    return rows, truth


HEADERS = ["Order", "Paid at", "SKU", "Qty", "Price", "Total", "Delivery", "Tax", "Refund"]


def profile_of(layout) -> str:
    per = "line" if layout["amounts"] == "line" else "order"
    includes = list(layout["includes"])
    sections = "".join(f'[amounts.{name}]\nper = "{per}"\n' for name in ("shipping", "tax", "refund"))
    return f"""
table = "order_line"
[constants]
platform = "own"
currency = "EUR"
[columns]
order_id = "Order"
paid_at = "Paid at"
sku = "SKU"
quantity = "Qty"
unit_price = "Price"
paid = "Total"
shipping = "Delivery"
tax = "Tax"
refund = "Refund"
[amounts.paid]
per = "{per}"
includes = {includes}
refunds = "{layout["refunds"]}"
{sections}
[dates]
time_zone = "UTC"
[rules]
carry_down = {str(layout["amounts"].startswith("cells")).lower()}
"""


def sums_of(path, profile, monkeypatch, rows_at_once):
    """The sums of the batches that a file is read as, without a database."""
    monkeypatch.setattr("etl.tables.csv_table.ROWS_TOGETHER", rows_at_once)
    monkeypatch.setattr("etl.tables.csv_table.BLOCK_BYTES", 120 if rows_at_once < 10 else 1 << 20)
    kind = generic.kind_of(model.read(profile, "profile.toml"))
    recognised = registry.recognise(open_table(path), [kind])
    context = Context("UTC", "EUR", b"secret", path.name)
    kind.prepare(recognised, context)
    got = {"paid": 0, "list": 0, "shipping": 0, "refunded": 0}
    with open_chunks(recognised, context, careful=False) as chunks:
        for chunk in chunks:
            assert not chunk.rejects
            for batch in chunk.batches:
                if batch.table == "refund":
                    got["refunded"] += int(batch.columns["amount_cents"].sum())
                else:
                    got["paid"] += int(batch.columns["buyer_paid_cents"].sum())
                    got["list"] += int(batch.columns["list_cents"].sum())
                    got["shipping"] += int(batch.columns["shipping_cents"].sum())
    return got


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return tmp_path_factory.mktemp("sums") / "orders.csv"


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ORDER, min_size=1, max_size=6), LAYOUT)
def test_every_layout_of_one_truth_gives_that_truth(table, monkeypatch, orders, layout):
    rows, truth = written(orders, layout)
    table.write_text("\n".join(",".join(row) for row in [HEADERS, *rows]) + "\n", "utf-8")
    assert sums_of(table, profile_of(layout), monkeypatch, layout["chunks"]) == truth


def test_fractions_of_a_cent_are_rounded_per_line_and_reported(db, tmp_path):
    from etl.imports.importer import import_file

    path = tmp_path / "orders.csv"
    path.write_text(
        "Order,At,Qty,Price,Delivery\n1,2026-01-10,3,0.335,1.005\n2,2026-01-10,1,0.335,2.00\n", "utf-8"
    )
    profile = """
table = "order_line"
[constants]
platform = "own"
currency = "EUR"
[columns]
order_id = "Order"
created_at = "At"
quantity = "Qty"
unit_price = "Price"
shipping = "Delivery"
[dates]
time_zone = "UTC"
"""
    report = import_file(db, path, kind=generic.kind_of(model.read(profile, "p.toml")))
    assert (report.stored, report.rejected, report.rounded) == (2, 0, 3)
    assert report.rounded_by == Decimal("0.005") * 3  # 1.005 -> 1.01, 0.335 -> 0.34, 1.005 -> 1.01
