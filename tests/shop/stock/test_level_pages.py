"""Pages, places, names and totals of the stock as the database reads them, against all rows in Python."""

from collections import Counter
from datetime import timedelta
from itertools import product

from shop.db.database import Database
from shop.listings import bulk_edit
from shop.listings.plan import Cell
from shop.metrics.query import Query
from shop.stock import counts, levels, reservations
from shop.stock.levels import LevelFilter, LevelPage
from shop.stock.stock_level import StockLevel
from tests.support.stock.shop import HELPER, OWNER, at, catalog, line, load

LATER = at(3600)
OVER = Query(("gmv",), at(0).date() - timedelta(days=29), at(0).date() + timedelta(days=1))


def test_a_page_is_the_part_of_all_rows_that_their_order_gives_it(db: Database):
    """Against all rows with the rules of a stock level: singles, sets, and every state, order and page."""
    catalog(db, **POLICIES)
    with db.write() as connection:
        for place, sku in enumerate(sorted(POLICIES)):
            values = (f"{'AÉ窑'[place % 3]}-{place % 2}" if place % 4 else None, place % 3 or None, sku)
            connection.exec_driver_sql(
                "UPDATE variant SET place = ?, reorder_point = ? WHERE sku = ?", values
            )
    cells = [
        Cell("parts", (f"set{n}",), f"{part}; box") for n, part in enumerate(("cup", "pot", "urn", "jar"), 1)
    ]
    bulk_edit.apply(db, bulk_edit.plan(db, cells, actor=OWNER), actor=OWNER)
    counts.set_counts(
        db, {"cup": 3, "pot": 1, "urn": 0, "vase": 1, "gone": 1, "box": 9}, actor=OWNER, at=at(0)
    )
    load(
        db,
        line("1", "gone"),
        line("2", "vase"),
        line("3", "vase", paid=11),
        line("4", "set1"),
        line("5", "box"),
        line("6", "pot"),
    )
    reservations.reserve(db, "cup", 1, until=at(9000), now=at(60), actor=HELPER)
    rows = levels.stock_levels(db, LATER)
    assert {level.mark for level in rows} == {"short", "out", "low", ""}
    covered = levels.with_cover(db, rows, OVER)
    assert sum(level.cover_days is not None for level in covered) == 4
    for show, order, text, place in product(levels.SHOWS, levels.ORDERS, ("", "SET a-1"), (None, "", "A-1")):
        wanted = LevelFilter(text, place, show, order)
        over = OVER if order == "cover" and place is None else None
        known = rows if over is None else covered
        fitting = sorted((level for level in known if _fits(level, wanted)), key=levels.KEYS[order])
        last = max(-(-len(fitting) // 3), 1)
        for number in range(1, last + 1):
            page = levels.page(db, wanted, number, 3, over=over, now=LATER)
            assert page == LevelPage(tuple(fitting[3 * number - 3 : 3 * number]), len(fitting))
        assert levels.page(db, wanted, last + 5, 3, over=over, now=LATER) == page
    shown = [level for level in rows if not level.is_gone]
    assert levels.places(db) == dict(
        sorted(Counter(level.place for level in shown).items(), key=lambda pair: (not pair[0], pair[0]))
    )
    named = sorted(rows, key=lambda level: (level.is_gone, level.product, level.spec, level.sku))
    assert list(levels.titles(db).items()) == [(level.sku, level.title) for level in named]
    assert levels.titles(db, ["set1", "cup", "?"]) == {
        level.sku: level.title for level in named if level.sku in ("set1", "cup")
    }
    single = [level for level in shown if level.is_counted and not level.is_set]
    known = [level for level in shown if level.is_counted]
    assert levels.summary(db, LATER) == levels.StockSummary(
        len(single),
        sum(max(level.on_hand or 0, 0) for level in single),
        sum(level.reserved for level in single),
        1,
        sum(level.short for level in single),
        1,  # the second order of the vase
        sum(level.is_low for level in known),
        sum(level.is_out for level in known),
        sum(not level.is_counted for level in shown),
        sum(level.reorder_point is not None for level in known),
    )


POLICIES = dict.fromkeys(("cup", "pot", "urn", "jar", "box", "mug"), "stocked") | {
    "vase": "one_of_a_kind",
    "gone": "one_of_a_kind",
    "tile": "made_to_order",
    "set1": "stocked",
    "set2": "stocked",
    "set3": "one_of_a_kind",
    "set4": "stocked",
}


def _fits(level: StockLevel, wanted: LevelFilter) -> bool:
    """The filter in the words of a stock level."""
    is_of_state = {
        "all": not level.is_gone,
        "low": level.is_low,
        "out": level.is_out,
        "short": level.short > 0,
        "held": level.reserved > 0,
        "uncounted": not level.is_counted,
        "gone": level.is_gone,
    }[wanted.show]
    said = f"{level.title} {level.sku} {level.place}".casefold()
    return (
        is_of_state
        and wanted.place in (None, level.place)
        and all(word in said for word in wanted.text.casefold().split())
    )
