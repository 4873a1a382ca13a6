"""Small shops on which commands are killed: of this version, and as earlier versions left them."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import create_engine

from etl.imports.importer import import_file
from shop.connect import connect
from shop.db.backup import backup
from shop.db.buyer_key import BuyerKey
from shop.db.database import sqlite_driver
from shop.migrations import FOLDER, HEAD, upgrade
from tests.support.shops.practice_studio import spring_files

EARLIEST = Path(__file__).parents[2] / "shop" / "migrations" / "data" / "unreleased_0010.db"
KEY = "ab" * 32
READ, UNREAD = slice(1, 8), slice(8, 20)  # lines of the file of orders
RELEASED = ("0001", "0002", "0010")  # before a row in every table, and the first that had one


def small_shop(folder: Path) -> Path:
    """Write shop.db of this version, new.csv that it has not read and good.db, a backup of another state and key."""
    folder.mkdir(parents=True)
    shutil.copyfile(EARLIEST, folder / "shop.db")
    lines = next(path for path in spring_files() if path.name.startswith("douyin_orders_2022-03"))
    header, *rows = lines.read_bytes().split(b"\n")[: UNREAD.stop]
    for name, chosen in (("read.csv", READ), ("new.csv", UNREAD)):
        place = slice(chosen.start - 1, chosen.stop - 1)
        (folder / name).write_bytes(b"\n".join([header, *rows[place], b""]))
    (folder / "shop.db.key").write_text("cd" * 32)
    db = connect(str(folder / "shop.db"))
    backup(db, folder / "good.db")
    (folder / "shop.db.key").write_text(KEY)
    BuyerKey(db).bind(bytes.fromhex(KEY))
    import_file(db, folder / "read.csv")
    db.close()
    shutil.rmtree(folder / "backups", ignore_errors=True)  # taken before the migration
    return folder


def shop_at(folder: Path, step: str) -> Path:
    """Write shop.db as the version of a migration step left it."""
    folder.mkdir(parents=True)
    if step < "0010":
        engine = create_engine(f"sqlite:///{folder / 'shop.db'}", module=sqlite_driver())
        with engine.begin() as connection:
            upgrade(connection, step)
            connection.exec_driver_sql(
                "INSERT INTO order_line (shop_id, platform, order_id, line_id, paid_at, paid_on, status, "
                "sku, quantity, currency, list_cents, buyer_paid_cents, buyer_key, updated_at, "
                "payload_hash) VALUES (1, 'douyin', 'A', 'A', 1772420400, '2026-03-02', 'completed', "
                "'cup', 2, 'CNY', 9000, 9000, 7, 1, 1)"
            )
            connection.exec_driver_sql(
                "INSERT INTO fact_day (shop_id, day, platform, currency, carrier, seller, orders, units, "
                "lines, buyer_paid_cents) VALUES (1, '2026-03-02', 'douyin', 'CNY', 'unknown', 'own', 1, "
                "2, 1, 9000)"
            )
            connection.exec_driver_sql(
                "INSERT OR REPLACE INTO meta (name, value) VALUES ('data_version', '3')"
            )
        engine.dispose()
    else:
        shutil.copyfile(EARLIEST, folder / "shop.db")
        if step > "0010":
            engine = create_engine(f"sqlite:///{folder / 'shop.db'}", module=sqlite_driver())
            with engine.begin() as connection:
                connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0003'")
                upgrade(connection, step)
            engine.dispose()
    (folder / "shop.db.key").write_text(KEY)
    return folder


def earlier_steps() -> list[str]:
    """Every step that a stored database may be at, this version's excepted."""
    steps = sorted(path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py"))
    return [*RELEASED, *(step for step in steps if "0010" < step < HEAD)]
