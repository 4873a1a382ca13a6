"""Coverage: which days files cover, which they leave out, and what was rejected."""

from datetime import date

import pandas as pd

from etl.imports.importer import import_file
from sample_data.generator.spring import FOLDER as SPRING
from shop.core.periods import Period
from shop.coverage import (
    COVERED,
    COVERED_EMPTY,
    MISSING,
    OUTSIDE,
    files,
    imports_of,
    rejected_rows,
    sources,
    stretches,
    strips,
)


def test_the_festival_days_of_the_spring_set_are_covered_without_a_sale(spring):
    """The files are named after their months: nothing was sold, nothing is missing."""
    orders = next(source for source in sources(spring) if source.kind == "douyin_orders")
    assert (orders.first, orders.last) == (date(2021, 11, 1), date(2022, 3, 15))
    assert orders.missing == ()
    festival = [(date(2022, 1, 31) - orders.first).days + shift for shift in range(3)]
    assert [orders.states[place] for place in festival] == [COVERED_EMPTY] * 3
    assert orders.states.count(COVERED) == len(orders.states) - 3


def test_a_month_without_its_file_is_missing(db):
    for month in ("2021-11", "2022-03"):
        import_file(db, SPRING / f"douyin_orders_{month}.csv")
    orders = next(source for source in sources(db) if source.kind == "douyin_orders")
    assert orders.missing == (Period(date(2021, 12, 1), date(2022, 2, 28)),)
    assert MISSING in orders.states


def test_days_between_two_recorded_sessions_are_no_gap(db, tmp_path):
    for day in ("2026-01-10", "2026-01-13"):
        path = tmp_path / f"{day}.csv"
        path.write_text(f"time,user,content\n{day} 20:00:00,a,多少钱\n", "utf-8")
        import_file(db, path, settings={"platform": "douyin"})
    (remarks,) = sources(db)
    assert remarks.missing == () and remarks.states == (COVERED, OUTSIDE, OUTSIDE, COVERED)


def test_strips_of_a_timeline_do_not_overlap(spring):
    result = sources(spring)
    laid = strips(result)
    assert all(len(row) == len(laid.days) for row in laid.states)
    settlement = laid.states[laid.kinds.index("douyin_settlement")]
    assert settlement[0] == OUTSIDE


def test_only_the_latest_days_are_laid_out(spring):
    assert len(strips(sources(spring), most_days=30).days) == 30


def test_days_are_put_together_to_stretches():
    days = [date(2022, 1, 1), date(2022, 1, 2), date(2022, 1, 4)]
    assert stretches(days) == [Period(days[0], days[1]), Period(days[2], days[2])]


def test_every_file_is_listed_with_its_account(spring):
    table = files(spring)
    assert (table["read"] == table["stored"] + table["unchanged"] + table["set_aside"]).all()
    assert rejected_rows(spring) == ()


def test_an_empty_shop_has_no_source(db):
    assert sources(db) == ()
    assert files(db).empty


def test_days_that_were_pulled_are_covered_too(db):
    moments = (1_767_225_600, 1_767_571_200)  # 2026-01-01 and 2026-01-05 at 8 o'clock in Beijing
    with db.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO read_stretch (shop_id, platform, kind, since_at, until_at, has_records) "
            f"VALUES (1, 'kuaishou_shop', 'orders', {moments[0]}, {moments[1]}, FALSE)"
        )
    (source,) = sources(db)
    assert (source.kind, source.files) == ("kuaishou_orders", 0)
    assert (source.first, source.last) == (date(2026, 1, 1), date(2026, 1, 5))
    assert source.states == (COVERED_EMPTY,) * 5


def test_files_of_one_archive_and_kinds_of_one_workbook_are_one_import() -> None:
    read = [  # the latest first
        ("export.ZIP/orders.csv", "douyin_orders", "2026-01-02 10:05"),
        ("export.ZIP/payouts.csv", "douyin_settlement", "2026-01-02 10:04"),
        ("export.ZIP/payouts.csv", "douyin_settlement", "2026-01-02 10:03"),  # the archive once more
        ("book.xlsx", "douyin_orders", "2026-01-02 10:02"),
        ("book.xlsx", "douyin_aftersale", "2026-01-02 10:02"),
        ("book.xlsx", "douyin_orders", "2026-01-02 10:01"),
        ("book.xlsx", "douyin_aftersale", "2026-01-01 10:01"),
        ("export", "douyin_orders", "2026-01-01 10:01"),
        ("export/a.csv", "douyin_orders", "2026-01-01 10:00"),
        ("export/b.csv", "douyin_orders", "2026-01-01 10:00"),
    ]
    table = pd.DataFrame(read, columns=["name", "kind", "imported"])
    assert [len(group) for group in imports_of(table)] == [2, 1, 2, 1, 1, 1, 2]
    assert imports_of(table.head(0)) == []
