"""What the shop has to answer with: the first variants of each thing answer as all of them do."""

from itertools import product

from shop.comments.offers import fitting, offers, offers_of
from shop.comments.topics import Thing
from shop.db.database import Database
from shop.demand.board import availability
from shop.stock import counts
from tests.support.shops.catalogs import design, offer
from tests.support.stock.shop import OWNER


def test_the_first_of_each_thing_answer_as_all_do(db: Database) -> None:
    """Cups and bowls in two glazes: not counted, counted to 0 and 2; not listed, listed with none, 5, unknown."""
    states = list(product(("杯", "碗"), ("青瓷", "黑"), (None, 0, 2), ("", 0, 5, None), range(4)))
    pieces = {}
    for number, (form, glaze, free, listed, _) in enumerate(states):
        sku = f"{number * 37 % 1000:03}"  # the states lie anywhere among the SKUs
        design(db, f"{glaze}{form} {sku}", sku, form=form, glaze=glaze)
        if free is not None:
            pieces[sku] = free
        with db.write() as connection:
            if listed != "":
                offer(connection, sku, listed)
    counts.set_counts(db, pieces, actor=OWNER)
    with db.read() as connection:
        every, first, one = (offers(connection, each=each) for each in (1_000, 3, 1))
        named = offers_of(connection, ["037", "000", "none"])
    assert len(every) == len(states) > len(first) > len(one)
    for thing in (Thing("杯"), Thing("碗", "黑"), Thing("", "青瓷"), Thing("壶"), Thing("杯", "黑", "大")):
        assert fitting(thing, first)[:3] == fitting(thing, every)[:3]
        assert availability(thing, one) == availability(thing, first) == availability(thing, every)
    assert sorted(item.sku for item in named) == ["000", "037"]
    assert {item.sku: item for item in named}.items() <= {item.sku: item for item in every}.items()
