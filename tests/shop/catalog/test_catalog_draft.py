"""The catalog of everything that sold, in one action and with one undo; costs typed over each other are refused."""

import shutil
from pathlib import Path

import pytest

from shop.access.roles import OWNER, Actor, NotAllowed
from shop.catalog import match_queue
from shop.catalog.catalog_draft import create_catalog, proposals
from shop.connect import connect
from shop.pricing.unit_costs import CostChanged, costs_to_type, set_unit_costs
from shop.undo import catalog


def test_one_tap_makes_everything_that_sold_and_one_undo_takes_it_away(
    spring_path: Path, tmp_path: Path
) -> None:
    shutil.copy(spring_path, tmp_path / "shop.db")
    db = connect(str(tmp_path / "shop.db"))
    waiting = match_queue.unmatched(db)
    assert len(waiting) == 133 and len(proposals(waiting)) == 82
    with pytest.raises(NotAllowed):
        create_catalog(db, waiting, actor=Actor("packer", "packer"))
    built = create_catalog(db, waiting, actor=OWNER)
    assert (built.products, built.skus, built.left) == (82, 133, 0)
    assert match_queue.count(db) == 0

    (first, _, _), (second, _, _), *_ = costs_to_type(db)
    set_unit_costs(db, {first: 1850, second: 2200}, before={first: None, second: None}, actor=OWNER)
    with pytest.raises(CostChanged):
        set_unit_costs(db, {first: 900, second: 800}, before={first: None, second: 2200}, actor=OWNER)
    assert {sku: cents for sku, _, cents in costs_to_type(db) if cents} == {first: 1850, second: 2200}

    set_unit_costs(db, {first: None, second: None}, actor=OWNER)
    catalog.undo(db, built.audit_id, actor=OWNER)
    assert match_queue.count(db) == 133
    db.close()
