from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from sample_data.generator.expected import MEASURES, Truth, read_truth
from tests.support import recount
from tests.support.plain_exports import cents, rows, table

SPRING = Path(__file__).parents[3] / "sample_data" / "spring_2022"
Counted = tuple[dict[str, Any], list[recount.Line], list[recount.Refund]]


@pytest.fixture(params=["practice CNY", "practice USD", "spring CNY"], scope="module")
def counted(request: pytest.FixtureRequest, practice: tuple[Path, Truth]) -> Counted:
    """The truth of one currency next to the lines and refunds read back from the files."""
    shop, currency = request.param.split()
    folder = SPRING if shop == "spring" else practice[0]
    truth = read_truth(folder)[currency]
    if currency == "USD":
        return truth, *recount.tiktok_lines(folder)
    lines = recount.douyin_lines(folder)
    return truth, lines, recount.douyin_refunds(folder, lines)


@pytest.mark.parametrize("by", ["day", "sku", "carrier"])
def test_truth_equals_the_files(counted: Counted, by: str) -> None:
    truth, lines, refunds = counted
    assert recount.without_zeros(truth[f"by_{by}"]) == recount.cut(lines, refunds, by)


def test_every_cut_adds_up_to_the_total(counted: Counted) -> None:
    truth, *_ = counted
    for cut in ("by_day", "by_month", "by_sku", "by_carrier", "by_platform"):
        # An order contains several SKUs and carriers, so orders do not add up over them.
        names = [name for name in MEASURES if name != "orders" or cut not in ("by_sku", "by_carrier")]
        sums = {name: sum(item[name] for item in truth[cut].values()) for name in names}
        assert sums == {name: truth["total"][name] for name in names}


def test_months_are_the_sums_of_their_days(counted: Counted) -> None:
    truth, *_ = counted
    months: dict[str, Counter[str]] = defaultdict(Counter)
    for day, figures in truth["by_day"].items():
        months[day[:7]].update(figures)
    assert months == truth["by_month"]


def test_buyers_are_counted_once_in_each_range(counted: Counted) -> None:
    truth, lines, _ = counted
    for cut, length in (("by_day", 10), ("by_month", 7)):
        people = defaultdict(set)
        for line in lines:
            if line.buyer:
                people[line.day[:length]].add(line.buyer)
        assert {k: n for k, n in truth["buyers"][cut].items() if n} == {
            member: len(result) for member, result in people.items()
        }
    orders = defaultdict(set)
    for line in lines:
        if line.buyer:
            orders[line.buyer].add(line.order)
    assert truth["buyers"]["total"] == len(orders)
    assert truth["buyers"]["repeat"] == sum(len(result) > 1 for result in orders.values())


def test_refunded_orders_are_those_that_got_money_back(counted: Counted) -> None:
    truth, _, refunds = counted
    orders = {refund.line.order for refund in refunds if refund.amount}
    assert truth["refunded_orders"]["total"] == len(orders)
    assert sum(truth["refunded_orders"]["by_month"].values()) == len(orders)


def test_rows_of_each_file_are_as_counted(practice: tuple[Path, Truth]) -> None:
    for folder in (practice[0], SPRING):
        truth = read_truth(folder)
        written = {path.name for path in folder.iterdir()} - {"truth.json"}
        assert written == set(truth["files"])
        for name, number in truth["files"].items():
            tops = 2 if name.startswith(("douyin_settlement", "tiktok")) else 1
            assert sum(1 for _ in table(folder / name)) - tops == number, name


def test_settlement_adds_up_in_each_row(practice: tuple[Path, Truth]) -> None:
    result = list(rows(practice[0], "douyin_settlement_*", header_rows=2))
    for row in result:
        income, costs = cents(row["收入合计"]), cents(row["支出合计"])
        assert cents(row["结算金额"]) == income + costs
        names = ("用户实付", "平台补贴", "达人补贴", "抖音支付补贴")
        assert income == sum(cents(row[n]) for n in names) - cents(row["结算前退款金额"])
    paid_out = sum(cents(row["结算金额"]) for row in result)
    assert practice[1].counts["settled"] == len(result)
    assert practice[1].counts["paid_out_cents"] == paid_out


def test_compass_report_of_a_month_is_the_sum_of_its_orders(practice: tuple[Path, Truth]) -> None:
    folder, truth = practice
    by_month = truth.as_json()["CNY"]["by_month"]
    for path in folder.glob("商品_*.csv"):
        worksheet = list(rows(folder, path.name))
        month = by_month[path.name[3:10]]
        assert sum(cents(row["成交金额"]) for row in worksheet) == month["gmv"]
        assert sum(int(row["成交件数"]) for row in worksheet) == month["units"]
        assert sum(cents(row["退款金额"]) for row in worksheet) == month["refunds_by_order"]


def test_stored_comments_are_the_different_ones(practice: tuple[Path, Truth]) -> None:
    folder, truth = practice
    long = [row["评论ID"] for row in rows(folder, "douyin_comments.csv")]
    short = [tuple(row.values())[:3] for row in rows(folder, "douyin_comments_short.csv")]
    assert truth.counts["comments"] == len(long) + len(short)
    assert truth.counts["stored_comments"] == len(set(long)) + len(set(short))
    assert len(set(long)) < len(long)
