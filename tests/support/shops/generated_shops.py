"""Shops as no sample has them: any tables, any optional columns, any sums, any day as today.

A shop is described by a small `ShopSpec` whose printed form builds the same shop again. What a platform
states is written row by row through `shop.orders.upsert`, its columns read from the models, so that a new column
is filled by itself; what a studio does by hand (stock, kiln, plans) is done through the shop's own functions.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from sqlalchemy import text
from sqlmodel import SQLModel

from etl.errors import REASONS
from shop.core.enumerations import CARRIERS, SELLERS, STATUSES
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.metrics.settings import ShopSettings, store_settings
from shop.models.base import Day, Instant
from shop.orders.batch import IngestBatch
from shop.orders.stored_rows import CELL_KEYS, WITHOUT_PLATFORM
from shop.orders.upsert import Upsert
from tests.support.fresh import new_database
from tests.support.shops.studio_by_hand import BY_HAND

FACT_TABLES = tuple(CELL_KEYS)
PARTS = (*FACT_TABLES, "source_file", "rejected_record", "sync_run", "read_stretch", *BY_HAND)
PLATFORMS = ("douyin", "kuaishou", "tiktok")
CURRENCIES = ("CNY", "USD", "JPY", "KRW", "IDR", "EUR")
MONEY = ("plain", "zero", "negative", "mixed", "huge")
ABSENT = ("none", "some", "all")


@dataclass(frozen=True)
class ShopSpec:
    """One shop: which parts it has, in which currencies and columns, and which day is today.

    `absent`: whether none of the optional columns, some cells or whole columns are missing;
    `days` is how long the shop has been selling, `rows` how many rows each table has at most.
    """

    seed: int
    today: date
    parts: tuple[str, ...] = PARTS
    platforms: tuple[str, ...] = PLATFORMS[:2]
    currencies: tuple[str, ...] = CURRENCIES[:1]
    days: int = 60
    rows: int = 16
    absent: str = "none"
    money: str = "plain"
    zone: str = "Asia/Shanghai"
    language: str = "zh"

    @property
    def noon(self) -> datetime:
        """The moment at which the shop is looked at."""
        return datetime.combine(self.today, time(12, 34), ZoneInfo(self.zone))


def spec_of(seed: int, today: date) -> ShopSpec:
    """A random shop, mostly small; one in twelve is empty or has one part alone, or all but one."""
    result = random.Random(seed)
    shape = result.randrange(24)
    if shape < 3:
        parts: tuple[str, ...] = ((), ("source_file",), (result.choice(PARTS), "source_file"))[shape]
    elif shape < 6:
        parts = tuple(name for name in PARTS if name != result.choice(PARTS))
    elif shape < 12:
        parts = PARTS
    else:
        share = result.choice((0.3, 0.6, 0.85))
        parts = tuple(name for name in PARTS if result.random() < share)
    return ShopSpec(
        seed,
        today,
        parts,
        tuple(result.sample(PLATFORMS, result.choice((1, 1, 2, 3)))),
        tuple(result.sample(CURRENCIES, result.choice((1, 1, 2, 3)))),
        result.choice((1, 2, 9, 40, 120, 400, 800)),
        result.choice((1, 2, 6, 20, 60)),
        result.choice(ABSENT),
        result.choice(MONEY),
        result.choice(("Asia/Shanghai", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu")),
        result.choice(("zh", "en")),
    )


def build(spec: ShopSpec, path: Path) -> Path:
    """The database file of the shop that a spec describes."""
    for end in ("", "-wal", "-shm"):  # of the shop before
        Path(f"{path}{end}").unlink(missing_ok=True)
    with time_machine.travel(spec.noon, tick=True):
        db = new_database(path)
        with db.write() as connection:
            store_settings(connection, ShopSettings(1, "", spec.zone, spec.currencies[0]))
        _state(db, spec)
        for name in BY_HAND:
            if name in spec.parts:
                result = random.Random(f"{spec.seed} {name}")
                BY_HAND[name](Hand(db, result, spec.today, min(spec.days, 60), spec.rows, spec.currencies[0]))
        db.close()
    return path


@dataclass(frozen=True)
class Hand:
    """The arguments of a studio's commands; a command that rejects them is skipped."""

    db: Database
    random: random.Random
    today: date
    days: int
    rows: int
    currency: str

    def do(self, command: Callable[..., Any], *values: Any, **named: Any) -> Any:
        """The result of the command, None where it raises an error."""
        with suppress(ShopError):
            return command(self.db, *values, **named)
        return None

    def day(self, first: int | None = None) -> date:
        """A day of the shop's, at most `first` days ago."""
        return self.today - timedelta(days=self.random.randrange(min(first or self.days, self.days)))

    def skus(self) -> list[str]:
        """The SKUs of the catalog."""
        with self.db.read() as connection:
            return [row[0] for row in connection.execute(text("SELECT sku FROM variant ORDER BY sku"))]


def _state(db: Database, spec: ShopSpec) -> None:
    """What files and platforms state, in one load."""
    rows = Rows(spec, random.Random(f"{spec.seed} rows"))
    with db.write() as connection:
        load = Upsert(connection, 1, 1)
        for table in FACT_TABLES:
            for platform in spec.platforms if table in spec.parts else ():
                batch = rows.batch(table, platform)
                load.put(batch)
                if table in WITHOUT_PLATFORM:
                    break
        load.finish()
        for table in ("source_file", "rejected_record", "sync_run", "read_stretch"):
            for place in range(rows.random.randint(1, spec.rows) if table in spec.parts else 0):
                row = rows.row(table, spec.platforms[0], place)
                row = {"shop_id": 1} | {name: value for name, value in row.items() if value is not None}
                if table == "read_stretch":
                    row["since_at"], row["until_at"] = sorted((row["since_at"], row["until_at"]))
                names, marks = ", ".join(f'"{name}"' for name in row), ", ".join(f":{name}" for name in row)
                connection.execute(text(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"), row)


KINDS = ("orders", "aftersale", "settlement", "sessions", "works")
REFUND_REASONS = ("破损", "七天无理由", "质量问题", "damaged", "other")
CHOICES: dict[str, tuple[Any, ...]] = {
    "order_line.status": STATUSES,
    "carrier": CARRIERS,
    "seller": SELLERS,
    "attribution": ("A", "B", "C", "D"),
    "product_statement.carrier": ("all", "live", "video", "product_card"),
    "refund.status": ("refunded", "refunded", "refunded", "requested", "closed"),
    "refund.kind": ("refund", "return_refund", "exchange", "resend", "unknown"),
    "refund.stage": ("before_ship", "after_ship", "unknown"),
    "reason": REFUND_REASONS,
    "reason_label": REFUND_REASONS,
    "province": ("江西省", "浙江省", "California", ""),
    "listing.status": ("draft", "live", "paused", "retired"),
    "stock_policy": ("stocked", "made_to_order", "one_of_a_kind"),
    "grade": ("prime", "second", "unique"),
    "form": ("主人杯", "盘", "cup"),
    "family": ("茶", "花", "table"),
    "glaze": ("青瓷", "天目", "celadon"),
    "packing": ("box", "crate"),
    "place": ("A1", "B2"),
    "comment.language": ("zh", "en", "other"),
    "text": ("好看！多少钱？", "a lovely cup", "可以微波吗", "裂了一道", "哈哈哈", "how much is it?"),
    "title": ("青瓷杯", "Celadon cup", "今晚八点开窑"),
    "code": tuple(REASONS),
    "outcome": ("running", "done", "done", "stopped", "failed"),
    "error": ("rate_limited",),
    "source_file.kind": (*(f"{name}_{kind}" for name in PLATFORMS for kind in KINDS), "comments"),
    "read_stretch.kind": ("orders", "refunds", "live", "comments"),
    "read_stretch.platform": ("douyin_shop", "kuaishou_shop", "tiktok_shop", "douyin_open"),
    "sync_run.kind": ("orders", "refunds", "live", "comments"),
    "sync_run.platform": ("douyin_shop", "kuaishou_shop", "tiktok_shop", "douyin_open"),
    "details": ('{"found": "x", "known": "y", "expected": 3}',),
    "raw": ('{"cell": "x"}',),
    "extras": ('{"header": "x"}',),
    "name": ("orders.csv",),
    "profile": (None,),
    "stated_sku": (None,),
    "wanted_status": (None, "live", "paused", "retired"),
    "seconds_of": ("sku0",),
}
NUMBERED = {  # columns that name rows of other tables
    "order_id": "order",
    "line_id": "line",
    "sku": "sku",
    "product_code": "code",
    "product_id": "code",
    "platform_sku": "sku",
    "session_id": "session",
    "video_id": "video",
    "content_id": "session",
}
ALWAYS = {
    "source_file.imported_at",
    "sync_run.started_at",
    "read_stretch.since_at",
    "read_stretch.until_at",
    "source_file.profile",
}
TOGETHER = {
    "order_line": ("paid_at", "paid_on"),
    "refund": ("refunded_at", "refunded_on"),
    "settlement": ("settled_at", "settled_on"),
    "live_session": ("started_at", "started_on"),
    "video": ("published_at", "published_on"),
    "comment": ("written_at", "written_on"),
    "source_file": ("first_on", "last_on"),
}


@dataclass
class Rows:
    """The rows of one shop's tables, column by column as the models declare them."""

    spec: ShopSpec
    random: random.Random
    _whole_columns: dict[str, bool] = field(default_factory=dict)

    def batch(self, table: str, platform: str) -> IngestBatch:
        """The rows of one table and platform; at most one row has the same key."""
        several = [
            self.row(table, platform, place) for place in range(self.random.randint(1, self.spec.rows))
        ]
        names = [
            name for name in several[0] if name not in ("shop_id", "platform", "source_id", "stated_sku")
        ]
        columns = {name: [row[name] for row in several] for name in names}
        return IngestBatch(table, platform, columns, list(range(len(several))))

    def row(self, table: str, platform: str, place: int) -> dict[str, Any]:
        """One row of a table, some of its optional cells missing."""
        last = datetime.combine(self.spec.today, time(12), ZoneInfo(self.spec.zone)).astimezone(UTC)
        moment = last - timedelta(minutes=self.random.randrange(self.spec.days * 1440 - 720 or 720))
        columns = SQLModel.metadata.tables[table].columns
        row = {column.name: self._cell(table, column, place, moment) for column in columns}
        row |= {"shop_id": 1} | ({"platform": platform} if table in CELL_KEYS else {})
        if table == "order_line":
            given = ("seller_discount_cents", "platform_discount_cents", "buyer_paid_cents")
            row["list_cents"] = sum(row[name] for name in given)
            row |= dict.fromkeys(("product_id", "platform_sku", "title", "spec"))
            row |= {"title": self.random.choice(CHOICES["title"]), "product_id": f"code{place % 5}"}
            del row["name_key"]
        return row

    def _cell(self, table: str, column: Any, place: int, moment: datetime) -> Any:
        name = column.name
        if column.nullable and self._is_absent(table, name):
            return None
        if name in ("updated_at", "payload_hash"):
            return place + 1
        if isinstance(column.type, Instant):
            return int((moment + timedelta(minutes=self.random.randrange(90))).timestamp())
        if isinstance(column.type, Day):
            return moment.astimezone(ZoneInfo(self.spec.zone)).date().isoformat()
        kinds = CHOICES.get(f"{table}.{name}") or CHOICES.get(name)
        if kinds:
            return self.random.choice(kinds)
        if column.primary_key and name not in ("product_id",) and CELL_KEYS.get(table, ("",))[-1] == name:
            return f"{NUMBERED.get(name, name)}{place}"
        if name in NUMBERED:
            return f"{NUMBERED[name]}{self.random.randrange(max(2, self.spec.rows))}"
        return self._value(table, column, place)

    def _value(self, table: str, column: Any, place: int) -> Any:
        name, kind = column.name, column.type.python_type
        if name.endswith("_cents"):
            return self._money()
        if name == "currency":
            return self.random.choice(self.spec.currencies)
        if column.primary_key and table not in CELL_KEYS:
            return None  # the database counts it
        if name == "source_id":
            return 1
        if kind is bool:
            return self.random.random() < 0.3
        if kind is float:
            return self.random.choice((0.0, 0.37, 1.0, 12.5))
        if kind is int:
            return self.random.choice((0, 1, 1, 2, 7, 130)) + (name == "quantity")
        return f"{name}{place}"

    def _money(self) -> int:
        plain = self.random.randint(100, 40_000)
        return {
            "plain": plain,
            "zero": 0,
            "negative": -plain,
            "mixed": self.random.choice((0, plain, -plain)),
            "huge": plain * 10**8,
        }[self.spec.money]

    def _is_absent(self, table: str, name: str) -> bool:
        """Whether a cell is missing; a moment and its day are missing together where both exist."""
        if self.spec.absent == "none" or f"{table}.{name}" in ALWAYS:
            return False
        joined = "+".join(TOGETHER.get(table, ())) if name in TOGETHER.get(table, ()) else name
        if self.spec.absent == "all":
            key = f"{table}.{joined}"
            return self._whole_columns.setdefault(key, self.random.random() < 0.6)
        return random.Random(f"{self.random.getstate()[1][0]} {joined}").random() < 0.4
