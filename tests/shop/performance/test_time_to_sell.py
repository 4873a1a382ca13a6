"""Time to sell of numbered pieces, computed from their ledger."""

from datetime import date

import pytest

from shop.db.database import Database
from shop.performance.time_to_sell import by, piece_history, time_to_sell
from tests.support.shops.catalogs import design, put
from tests.support.stock.simple import book_stock

ON = date(2026, 3, 31)


@pytest.fixture
def vases(db: Database) -> Database:
    """Five moon jars: sold, sold and come back, broken, still there; one that nobody counted."""
    design(
        db,
        "moon",
        *(f"moon-{n}" for n in range(1, 6)),
        form="jar",
        glaze="white",
        stock_policy="one_of_a_kind",
    )
    with db.write() as connection:
        for n, maker in enumerate(("Lin", "Lin", "Wu", "Wu", "Wu"), 1):
            put(
                connection,
                "piece",
                sku=f"moon-{n}",
                number=f"No. {n}",
                product_code="moon",
                maker=maker,
                firing_id="f1",
                made_on="2026-01-01" if n != 3 else None,
            )
    book_stock(db, "moon-1", ("2026-01-05", "made", 1), ("2026-01-11", "sold", -1))
    book_stock(
        db, "moon-2", ("2026-01-05", "made", 1), ("2026-01-20", "sold", -1), ("2026-02-01", "returned", 1)
    )
    book_stock(db, "moon-3", ("2026-01-05", "made", 1), ("2026-01-25", "broken", -1))
    book_stock(db, "moon-4", ("2026-01-05", "counted", 1), ("2026-01-31", "sold", -1))
    return db


def test_a_sale_that_came_back_is_not_yet_a_sale(vases: Database) -> None:
    result = piece_history(vases, ON)
    assert [(life.number, life.days, life.is_sold) for life in result.lives] == [
        ("No. 1", 10, True),
        ("No. 2", 89, False),
        ("No. 3", 20, False),
        ("No. 4", 30, True),
    ]
    assert result.unknown == 1
    curve = time_to_sell(result.lives)
    assert [(p.day, p.on_offer, round(p.unsold, 4)) for p in curve.points] == [(10, 4, 0.75), (30, 2, 0.375)]
    assert (curve.median, curve.censored) == (30, (20, 89))


def test_the_past_is_reported_as_it_was_known_then(vases: Database) -> None:
    result = piece_history(vases, date(2026, 1, 20))
    assert [(life.days, life.is_sold) for life in result.lives] == [
        (10, True),
        (19, True),
        (15, False),
        (19, False),
    ]


def test_makers_have_curves_of_their_own(vases: Database) -> None:
    result = by(piece_history(vases, ON).lives, "maker")
    assert [(g.part, g.curve.pieces, g.curve.sold) for g in result] == [("Lin", 2, 1), ("Wu", 2, 1)]
    assert [g.part for g in by(piece_history(vases, ON).lives, "firing")] == ["f1"]


def test_a_shop_without_numbered_pieces_has_no_curve(db: Database) -> None:
    assert piece_history(db, ON).lives == ()
    assert time_to_sell(()).median is None
