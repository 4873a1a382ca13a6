from decimal import Decimal

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from etl.tables import order_amounts
from etl.tables.base import Chunk
from etl.tables.half_up import half_up
from etl.tables.open import open_table
from etl.tables.order_amounts import Composition, OrderColumns, codes_of, repeats
from etl.tables.row_shape import BadRow


def chunk_of(columns, start=2):
    arrays = {name: pa.array(cells, pa.string()) for name, cells in columns.items()}
    count = len(next(iter(arrays.values())))
    return Chunk(arrays, np.arange(start, start + count))


def codes(*ids):
    return codes_of(pa.array(ids, pa.string()))


def test_cells_of_the_first_row_fill_their_order_only():
    cells = pa.array(["paid", None, None, None, "paid"])
    ids = codes("1", "1", "2", "3", "3")
    assert order_amounts.carry_down(cells, ids).to_pylist() == ["paid", "paid", None, "paid", "paid"]


def test_a_sum_repeated_on_lines_of_different_value_is_the_orders():
    assert repeats(np.array([600, 600, 0]), codes("1", "1", "2"), np.array([50, 80, 50]))
    assert repeats(np.array([100, 100]), codes("1", "1"), np.array([50, 50]))  # their sum, on both


def test_equal_lines_are_no_evidence_and_different_amounts_contradict():
    assert repeats(np.array([50, 50]), codes("1", "1"), np.array([50, 50])) is None
    assert repeats(np.array([600, 600, 5, 6]), codes("1", "1", "2", "2"), np.array([5, 8, 5, 8])) is False


@given(
    st.lists(
        st.tuples(
            st.lists(
                st.tuples(st.integers(0, 10**6), st.integers(1, 9), st.integers(0, 100)),
                min_size=1,
                max_size=6,
            ),
            st.integers(0, 10**6),
            st.integers(0, 100),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_the_parts_of_a_sum_add_up_and_no_line_costs_more_than_its_list_value(orders):
    """The law of sharing: nothing is lost, nothing is added, and no rounding lifts a line over its price."""
    cells = {name: [] for name in ("order_id", "unit", "quantity", "paid", "shipping", "platform")}
    expected, lists = [], []
    for number, (lines, shipping, percent) in enumerate(orders):
        values = [unit * pieces for unit, pieces, _ in lines]
        borne = [value * share // 100 for value, (_, _, share) in zip(values, lines, strict=True)]
        goods = (sum(values) - sum(borne)) * percent // 100
        expected.append((goods + shipping, shipping))
        lists.extend(zip([number] * len(lines), values, borne, strict=True))
        for (unit, pieces, _), discount in zip(lines, borne, strict=True):
            amounts = (unit, pieces * 100, goods + shipping, shipping, discount)
            for name, amount in zip(cells, (None, *amounts), strict=True):
                cells[name].append(str(number) if amount is None else str(Decimal(amount).scaleb(-2)))
    columns = OrderColumns(
        shared=("paid", "shipping"),
        weights=("unit", "quantity"),
        composed={"paid": Composition(contains=("shipping",), discounts=("platform",))},
    )
    whole = order_amounts.joined(list(columns.rewritten([chunk_of(cells)], currency="EUR")))
    paid, shipping = (
        [int(Decimal(cell).scaleb(2)) for cell in whole.columns[name].to_pylist()]
        for name in ("paid", "shipping")
    )
    for number, sums in enumerate(expected):
        places = [place for place, (order, _, _) in enumerate(lists) if order == number]
        assert (sum(paid[place] for place in places), sum(shipping[place] for place in places)) == sums
    for total, own, (_, value, borne) in zip(paid, shipping, lists, strict=True):
        assert 0 <= total - own <= value - borne


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1), st.sampled_from([100, 1000, 10_000]))
def test_fractions_are_rounded_half_up_and_the_difference_is_exact(values, factor):
    whole, difference = half_up(np.array(values), factor)
    assert (whole * factor - difference == values).all()
    assert (np.abs(difference) * 2 <= factor).all()
    assert half_up(np.array([50, -50, 49]), 100)[0].tolist() == [1, -1, 0]


ORDERS = {
    "order_id": ["1", None, "2", "2", "2"],
    "paid_at": ["10:00", None, "11:00", None, None],
    "shipping": ["6", None, "10", "10", "10"],
    "unit_price": ["50", "40", "1", "1", "1"],
    "quantity": ["1", "2", "1", "1", "1"],
}


def test_an_order_cut_by_two_chunks_is_rewritten_as_a_whole():
    columns = OrderColumns(("paid_at",), ("shipping",), ("unit_price", "quantity"), fill_ids=True)
    for cut in range(1, 5):
        parts = [
            chunk_of({name: cells[:cut] for name, cells in ORDERS.items()}),
            chunk_of({name: cells[cut:] for name, cells in ORDERS.items()}, start=2 + cut),
        ]
        whole = order_amounts.joined(list(columns.rewritten(parts, currency="USD")))
        assert whole.columns["order_id"].to_pylist() == ["1", "1", "2", "2", "2"]
        assert whole.columns["paid_at"].to_pylist() == ["10:00"] * 2 + ["11:00"] * 3
        assert whole.columns["shipping"].to_pylist() == ["2.31", "3.69", "3.34", "3.33", "3.33"]
        assert whole.rows.tolist() == [2, 3, 4, 5, 6]


def test_different_amounts_of_one_order_are_named():
    columns = OrderColumns(shared=("shipping",))
    chunk = chunk_of({"order_id": ["1", "1"], "shipping": ["6", "7"]})
    (result,) = columns.rewritten([chunk], currency="USD")
    assert result.columns["shipping"].to_pylist() == ["6 ≠ 7", "6 ≠ 7"]


def test_an_amount_beside_zeros_is_that_of_the_order():
    """Etsy writes the postage of an order on one of its rows and 0 on the others."""
    columns = OrderColumns(shared=("shipping",), weights=("unit_price",))
    chunk = chunk_of(
        {"order_id": ["1", "1", "2"], "shipping": ["0.00", "1.5", "0"], "unit_price": ["2", "1", "5"]}
    )
    result = order_amounts.joined(list(columns.rewritten([chunk], currency="USD")))
    assert result.columns["shipping"].to_pylist() == ["1.00", "0.50", "0"]


def test_the_whole_file_shows_which_columns_are_the_orders(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(
        "id,paid,ship,coupon,price\n1,10:00,6,1,50\n2,10:00,6,1,40\n1,,6,2,80\n3,10:00,,,10\n", "utf-8"
    )
    (table,) = open_table(path)
    places = {"order_id": 0, "paid_at": 1, "shipping": 2, "seller_discount": 3, "unit_price": 4}
    columns = OrderColumns(weights=("unit_price",)).noticed(
        table, 0, places, carried=("paid_at",), amounts=("shipping", "seller_discount")
    )
    assert (columns.carried, columns.shared, columns.scattered) == (("paid_at",), ("shipping",), True)


def test_a_row_that_could_not_be_read_leaves_the_shares_of_its_order_unknown():
    chunk = chunk_of(
        {
            "order_id": ["#1001", "#1002", "#1002"],
            "unit": ["50", "40", "40"],
            "quantity": ["1", "1", "1"],
            "subtotal": ["120", "80", None],
        }
    )
    bad = (BadRow(3, "BrokenBytes", {}, '="#1001"\t40\t�\thalf \ud83d'),)
    results = OrderColumns(shared=("subtotal",), weights=("unit", "quantity"), scattered=True).rewritten(
        [Chunk(chunk.columns, chunk.rows, bad)], currency="GBP"
    )
    assert [item.columns["subtotal"].to_pylist() for item in results] == [["120 / ?", "40.00", "40.00"]]
