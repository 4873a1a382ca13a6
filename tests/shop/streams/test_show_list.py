"""What to show next: each piece with the price and floor of its own card; without a floor it is listed all the same."""

import shutil
from pathlib import Path

from shop.access.roles import OWNER
from shop.connect import connect
from shop.pricing.floor_prices import set_platform_rates
from shop.pricing.host_card import card_lines
from shop.streams.show_list import ranking
from tests.support.shops.practice_studio import Studio


def test_each_piece_has_the_price_and_the_floor_of_its_own_card(studio: Studio, tmp_path: Path) -> None:
    shutil.copy(studio.path, tmp_path / "shop.db")
    db = connect(str(tmp_path / "shop.db"))
    before = ranking(db, "douyin", actor=OWNER)
    for item in before:
        (line,) = card_lines(db, [item.sku], "douyin", actor=OWNER)
        assert (item.title, item.price_cents, item.floor_cents) == (
            line.title,
            line.price_cents,
            line.floor.floor_cents,
        )
    assert len(before) > 3 and any(item.floor_cents for item in before)
    no_price_is_enough = {"commission_bp": 9_900, "breakage_bp": 100}
    set_platform_rates(db, "douyin", **no_price_is_enough, actor=OWNER)
    after = ranking(db, "douyin", actor=OWNER)
    assert [(item.sku, item.units, item.more) for item in after] == [
        (item.sku, item.units, item.more) for item in before
    ]
    with_cost = {item.sku for item in before if item.floor_cents}
    assert {(item.price_cents, item.floor_cents) for item in after if item.sku in with_cost} == {(None, None)}
    db.close()
