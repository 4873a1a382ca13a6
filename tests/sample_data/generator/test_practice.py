from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from sample_data.__main__ import main
from sample_data.generator.buyers import CANARY
from sample_data.generator.expected import Truth, read_truth
from sample_data.generator.practice import write_shop
from sample_data.generator.seasonality import is_closed, spring_festival
from tests.support.plain_exports import cents, rows

Practice = tuple[Path, Truth]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def sessions_of(folder: Path) -> list[tuple[str, str]]:
    return [(row["开播时间"], row["关播时间"]) for row in rows(folder, "douyin_sessions.csv")]


def test_same_seed_gives_same_bytes_and_another_seed_another_shop(tmp_path: Path) -> None:
    shops = {"one": 7, "again": 7, "other": 8}
    for name, seed in shops.items():
        write_shop(tmp_path / name, orders=300, days=90, until=date(2024, 3, 31), seed=seed)
    item, again, other = (contents(tmp_path / name) for name in shops)
    assert item == again
    assert item["truth.json"] != other["truth.json"]


def test_orders_counts_the_lines_of_the_douyin_export(practice: Practice) -> None:
    orders = list(rows(practice[0], "douyin_orders_*"))
    assert len(orders) == 3000
    assert 1.15 < len(orders) / len({row["主订单编号"] for row in orders}) < 1.35
    assert 0.08 < sum(1 for _ in rows(practice[0], "tiktok_orders_*", header_rows=2)) / 3000 < 0.12


def test_order_ids_have_19_digits_and_grow_with_time(practice: Practice) -> None:
    orders = [(row["订单提交时间"], row["主订单编号"]) for row in rows(practice[0], "douyin_orders_*")]
    assert all(len(order) == 19 and order.isdigit() for _, order in orders)
    assert [order for _, order in sorted(orders)] == sorted(order for _, order in orders)


def test_first_line_of_an_order_bears_its_number(practice: Practice) -> None:
    orders = defaultdict(list)
    for row in rows(practice[0], "douyin_orders_*"):
        orders[row["主订单编号"]].append(row["子订单编号"])
    assert all(lines[0] == order and len(set(lines)) == len(lines) for order, lines in orders.items())
    assert all(min(lines) == order for order, lines in orders.items())


def test_two_to_five_sessions_a_week(practice: Practice) -> None:
    weeks: Counter[date] = Counter()
    for start, _ in sessions_of(practice[0]):
        day = date.fromisoformat(start[:10])
        weeks[day - timedelta(days=day.weekday())] += 1
    whole_weeks = sorted(weeks)[1:-1]
    assert len(whole_weeks) == (whole_weeks[-1] - whole_weeks[0]).days // 7 + 1
    assert all(2 <= weeks[week] <= 5 for week in whole_weeks)


def test_live_orders_fall_in_a_session(practice: Practice) -> None:
    sessions = sessions_of(practice[0])
    live = [row for row in rows(practice[0], "douyin_orders_*") if row["流量体裁"] == "直播"]
    assert len(live) > 1000
    for row in live:
        moments = [row["订单提交时间"]]
        moments += [row["支付完成时间"]] if row["支付完成时间"] != "-" else []
        assert any(start <= min(moments) and max(moments) <= end for start, end in sessions)


def test_sessions_sell_what_their_orders_contain(practice: Practice) -> None:
    truth = practice[1].as_json()
    worksheet = {r["直播间ID"]: cents(r["直播间成交金额"]) for r in rows(practice[0], "*sessions.csv")}
    assert worksheet == {number: item["gmv"] for number, item in truth["sessions"].items()}
    carriers = truth["CNY"]["by_carrier"]
    last_day_unknown = carriers["unknown"]["gmv"]
    assert 0 <= sum(worksheet.values()) - carriers["live"]["gmv"] <= last_day_unknown


def test_one_of_a_kind_is_sold_at_most_once(practice: Practice) -> None:
    orders = [r for r in rows(practice[0], "douyin_orders_*") if r["商家编码"].startswith("GP-")]
    assert len(orders) == len({row["商家编码"] for row in orders}) == 60
    assert {row["商品数量"] for row in orders} == {"1"}


def test_refunds_come_late_but_within_thirty_days(practice: Practice) -> None:
    paid = {
        row["子订单编号"]: datetime.fromisoformat(row["支付完成时间"])
        for row in rows(practice[0], "douyin_orders_*")
        if row["支付完成时间"] != "-"
    }
    is_open = [
        (datetime.fromisoformat(row["商家退款时间"]) - paid[row["商品单号"]]).days
        for row in rows(practice[0], "douyin_aftersale_*")
        if row["商家退款时间"] != "-"
    ]
    assert 0 <= min(is_open) <= max(is_open) <= 30
    assert sum(2 <= wait <= 9 for wait in is_open) > len(is_open) / 2


def test_some_days_are_without_sales_and_the_festival_is_quiet(practice: Practice) -> None:
    days = practice[1].as_json()["CNY"]["by_day"]
    assert any(figures["orders"] == 0 for figures in days.values())
    assert all(days[day]["orders"] == 0 for day in days if is_closed(date.fromisoformat(day)))
    festival = spring_festival(2025)

    def units(first: int, last: int) -> float:
        dates = [(festival + timedelta(days=n)).isoformat() for n in range(first, last + 1)]
        return float(np.mean([days[day]["units"] for day in dates]))

    assert units(-2, 6) < units(-28, -10) / 3


def test_partners_sell_a_small_share_by_alliance(practice: Practice) -> None:
    orders = list(rows(practice[0], "douyin_orders_*"))
    partner = [row for row in orders if row["达人ID"] != "-"]
    assert 0.05 < len(partner) / len(orders) < 0.12
    assert all((row["流量来源"] == "精选联盟") == (row["达人ID"] != "-") for row in orders)


def test_nothing_has_happened_after_now(tmp_path: Path) -> None:
    now = datetime(2025, 6, 18, 20, 30)
    truth = write_shop(tmp_path, orders=2000, days=60, until=now.date(), now=now)
    for pattern, tops in (("douyin_[!s]*", 1), ("douyin_settlement*", 2)):
        for row in rows(tmp_path, pattern, header_rows=tops):
            for name, cell in row.items():
                if name.endswith("时间") and name != "承诺发货时间" and cell[:4].isdigit():
                    assert datetime.fromisoformat(cell) <= now, (name, cell)
    assert truth.as_json()["CNY"]["by_day"]["2025-06-18"]["orders"] > 0


@pytest.mark.parametrize("lines", [0, 1, 7])
def test_a_shop_with_hardly_any_orders_can_be_written(tmp_path: Path, lines: int) -> None:
    write_shop(tmp_path, orders=lines, days=40, until=date(2024, 2, 20))
    assert sum(1 for _ in rows(tmp_path, "douyin_orders_*")) == lines


def test_buyers_can_be_searched_for(practice: Practice) -> None:
    for row in rows(practice[0], "douyin_orders_*"):
        for name in ("收件人", "收件人手机号", "详细地址"):
            assert CANARY.search(row[name]), row[name]


def test_comments_differ_in_their_thousands(tmp_path: Path) -> None:
    write_shop(tmp_path, orders=50, days=700, until=date(2025, 10, 31))
    texts = [row["评论内容"] for row in rows(tmp_path, "douyin_comments*.csv")]
    assert len(texts) > 4000
    assert len(set(texts)) > 2000


def test_the_command_writes_order_files_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(tmp_path), "--orders", "2500", "--days", "31", "--only", "douyin_orders"])
    assert {path.name for path in tmp_path.iterdir()} == {"douyin_orders_2025-10.csv", "truth.json"}
    assert read_truth(tmp_path)["files"] == {"douyin_orders_2025-10.csv": 2500}
    assert "2500 rows" in capsys.readouterr().out


def test_a_large_shop_is_written_in_several_spans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sample_data.generator.plan.SPAN_LINES", 400)
    truth = write_shop(tmp_path, orders=6000, days=45, until=date(2025, 10, 31), only_orders=True)
    orders = list(rows(tmp_path, "douyin_orders_*"))
    assert len({row["子订单编号"] for row in orders}) == len(orders) == 6000
    paid = {row["主订单编号"] for row in orders if row["支付完成时间"] != "-"}
    assert truth.as_json()["CNY"]["total"]["orders"] == len(paid)
