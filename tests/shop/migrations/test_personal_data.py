"""What earlier versions stored of people is gone after the first opening, from every file of the database."""

import json
import zlib
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from shop.connect import connect
from shop.db.database import sqlite_driver
from shop.migrations import upgrade
from tests.support.canaries import everything_written

SOLD = {
    "description": "7.20",
    "tags": ["1501"],
    "variations": [{"type": "CANARY7 Street"}],
    "columns": {
        "Sale Date": "01/10/26",
        "Buyer": "CANARY1",
        "Ship Name": "CANARY2",
        "Ship Zipcode": "CANARY3",
        "X": "CANARY9",
    },
}
PRODUCT = {
    "Vendor": "Kiln Studio",
    "Notes": "CANARY4",
    "Body (HTML)": "<p>Mug</p>",
    "Info": "CANARY5 503-555-0100",
}
RAW = {"title": "Mug", "extra:Buyer": "CANARY6", "price": "CANARY8 13800001111", "listing_id": "13800002222"}
PAGE = [{"order_id": "13800002222", "reason_text": "打 13800001111"}]
UNDO = [
    {
        "table": "product",
        "rows": [{"key": {}, "before": {"extras": json.dumps(PRODUCT)}, "after": {"extras": None}}],
    }
]


def before(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}", module=sqlite_driver())
    with engine.begin() as connection:
        upgrade(connection, "0019")
        version = ("updated_at, payload_hash", "1, 1")
        for sql, values in (
            (
                f"INSERT INTO listing (shop_id, platform, listing_id, sku, product_id, status, currency, extras, "
                f"{version[0]}) VALUES (1, 'etsy', 'a', 'a', 'P', 'live', 'USD', ?, {version[1]})",
                (json.dumps(SOLD),),
            ),
            (
                f"INSERT INTO product (shop_id, product_code, title, description, {version[0]}, extras) "
                f"VALUES (1, 'P', '6.00', 'CANARY0', {version[1]}, ?)",
                (json.dumps(SOLD["columns"]),),
            ),
            (
                f"INSERT INTO product (shop_id, product_code, title, {version[0]}, extras) "
                f"VALUES (1, 'Q', 'Mug', {version[1]}, ?)",
                (json.dumps(PRODUCT),),
            ),
            (
                'INSERT INTO rejected_record (shop_id, source_id, "row", code, details, raw) '
                "VALUES (1, 1, 2, 'BadMoney', ?, ?)",
                (json.dumps({"found": "CANARY8 13800001111"}), json.dumps(RAW)),
            ),
            (
                "INSERT INTO raw_page (shop_id, platform, kind, digest, fetched_at, records, body) "
                "VALUES (1, 'douyin', 'refunds', 'x', 1, 1, ?)",
                (zlib.compress(json.dumps(PAGE).encode()),),
            ),
            (
                "INSERT INTO audit (shop_id, done_at, actor, role, verb, subject, changes, undo) "
                "VALUES (1, 1, 'o', 'owner', 'listing.import', '1', 1, ?)",
                (json.dumps(UNDO),),
            ),
        ):
            connection.exec_driver_sql(sql, values)
    engine.dispose()


@pytest.mark.sqlite_file("opens files of earlier versions")
def test_nothing_of_a_person_is_left_in_any_file(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    before(path)
    assert b"CANARY1" in path.read_bytes()
    db = connect(str(path))
    with db.read() as connection:
        read = connection.exec_driver_sql
        assert read("SELECT title, description, extras FROM product ORDER BY 1").all() == [
            ("6.00", None, None),
            ("Mug", None, json.dumps({"Vendor": "Kiln Studio", "Body (HTML)": "<p>Mug</p>"})),
        ]
        assert read("SELECT extras FROM listing").scalar() is None
        raw = json.loads(read("SELECT raw FROM rejected_record").scalar_one())
        assert raw == {"title": "Mug", "price": "●", "listing_id": "13800002222"}
        page = json.loads(zlib.decompress(read("SELECT body FROM raw_page").scalar_one()))
        assert page == [{"order_id": "13800002222", "reason_text": "打 ●●●●●●●●●●●"}]
    db.close()
    for name, content in everything_written(tmp_path):
        for token in (b"CANARY", b"13800001111", b"503-555-0100"):
            assert token not in content, (name, token)
