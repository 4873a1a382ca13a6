"""Coverage: which days files cover, which they leave out, and what was set aside."""

from datetime import date

from shop.coverage import COVERED, MISSING, OUTSIDE, files, set_aside, sources, stretches, strips
from shop.seasons import Period


def test_orders_of_the_spring_set_leave_out_the_days_of_the_festival(spring):
    orders = next(source for source in sources(spring) if source.kind == "douyin_orders")
    assert (orders.first, orders.last) == (date(2021, 11, 1), date(2022, 3, 15))
    assert orders.missing == (Period(date(2022, 1, 31), date(2022, 2, 2)),)
    assert orders.states.count(MISSING) == 3
    assert orders.states.count(COVERED) == len(orders.states) - 3


def test_strips_lie_beside_each_other(spring):
    found = sources(spring)
    laid = strips(found)
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
    assert set_aside(spring) == ()


def test_an_empty_shop_has_no_source(db):
    assert sources(db) == ()
    assert files(db).empty
