"""A refund for breakage is the same refund on the Products page and in a floor price."""

from datetime import date

from shop.db.database import Database
from shop.metrics.query import Query
from shop.performance.breakage import breakage_rates, overall
from shop.pricing.floor_prices import floor_price
from tests.support.shops.kilns import OWNER, on, studio
from tests.support.shops.small_shop import line, refund, store

BREAKAGE = (
    ("破损", None),
    ("路上摔坏了", None),
    ("杯子碰坏", None),
    ("It broke on the way", None),
    ("Shattered", None),
    ("ZERBROCHEN", None),
    ("Article cassé", None),
    ("Arrivé abîmé", None),
    ("BESCHÄDIGT ANGEKOMMEN", None),
    (None, "商品破损"),
    ("其他", "包装/商品破损"),
)
OTHER = (
    ("不喜欢", None),
    ("尺寸不符", "商品质量问题"),
    (None, None),
    ("Changed my mind", "No longer needed"),
)


def test_both_readings_count_the_same_refunds(db: Database) -> None:
    studio(db)
    cases = [(reason, label, "after_ship") for reason, label in (*BREAKAGE, *OTHER)]
    cases.append(("破损", "商品破损", "before_ship"))  # it cannot have broken on the way
    orders = range(60)
    store(
        db,
        lines=[line(f"A{n}", "2026-03-20 12:00:00", 6_800, sku="CUP", title="CUP") for n in orders],
        refunds=[
            refund(
                f"r{n}",
                f"A{n}",
                "2026-03-25 10:00:00",
                6_800,
                kind="refund_only",
                stage=stage,
                reason=reason,
                reason_label=label,
            )
            for n, (reason, label, stage) in enumerate(cases)
        ],
    )
    rate = overall(breakage_rates(db, Query(("refunds",), date(2026, 3, 1), date(2026, 3, 31))))
    floor = floor_price(db, "CUP", "douyin", actor=OWNER, on=on(30))
    assert (rate.over, rate.under) == (len(BREAKAGE), 59)  # of those that were sent
    assert floor.breakage is not None
    assert (floor.breakage.over, floor.breakage.under) == (len(BREAKAGE), 60)  # of those that were sold
