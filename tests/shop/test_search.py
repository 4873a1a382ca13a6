"""The search over everything: any part of a number or a name, and only what a role may see."""

import shutil
from pathlib import Path

from shop.access.roles import OWNER
from shop.catalog.catalog_draft import create_catalog
from shop.catalog.match_queue import unmatched
from shop.connect import connect
from shop.search import search


def test_anything_is_found_by_a_part_of_it_and_only_by_who_may_see_it(
    spring_path: Path, tmp_path: Path
) -> None:
    shutil.copy(spring_path, tmp_path / "shop.db")
    db = connect(str(tmp_path / "shop.db"))
    waiting = unmatched(db)
    for row in waiting[:3]:
        found = search(db, row.title)
        assert row.title in " ".join(match.title for match in found["sold"]) and "sku" not in found
    assert not search(db.read_as("packer"), waiting[0].title)
    create_catalog(db, waiting, actor=OWNER)
    assert not any("sold" in search(db, row.title) for row in waiting)
    with db.read() as connection:
        order = connection.exec_driver_sql("SELECT order_id FROM order_line ORDER BY 1 LIMIT 1").scalar_one()
        sku = connection.exec_driver_sql("SELECT sku FROM variant ORDER BY 1 LIMIT 1").scalar_one()
        comment = connection.exec_driver_sql(
            "SELECT text FROM comment WHERE LENGTH(text) BETWEEN 5 AND 20 LIMIT 1"
        ).scalar_one()
        session = connection.exec_driver_sql("SELECT session_id FROM live_session LIMIT 1").scalar_one()
    assert order in [match.key for match in search(db, order[3:-2])["order"]]
    assert search(db, sku)["sku"][0].key == sku
    assert comment in [match.title for match in search(db, comment[1:-1])["comment"]]
    assert session in [match.key for match in search(db, session)["session"]]
    assert search(db, "%_!") == {} and search(db, "a") == {}

    packer = db.read_as("packer")
    assert {"order"} <= search(packer, order[3:-2]).keys()
    for wanted in (comment, session, "杯"):
        assert not {"comment", "session", "video"} & search(packer, wanted).keys()
    db.close()
