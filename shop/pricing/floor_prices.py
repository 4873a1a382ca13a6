"""Floor prices: the least price at which the shop loses nothing.

The formula: docs/manual/en/costing-rules.md. Everybody may see a floor; what it consists of only the owner.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import OWNER, Actor, require, require_reader
from shop.core.errors import ShopError
from shop.core.money import half_up
from shop.core.text import full_title
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.kiln.cost_arithmetic import BASIS, floor_of
from shop.metrics.refund_reasons import FOR_BREAKAGE, breakage_texts
from shop.metrics.refund_sql import COUNTS
from shop.metrics.settings import shop_settings, today
from shop.models.costs import RateKind
from shop.pricing import unit_costs
from shop.pricing.cost_rates import rate_table
from shop.pricing.price_endings import friendly
from shop.pricing.unit_costs import DatedUnitCost, why_incomplete
from shop.stats.proportions import Rate
from shop.stock.ledger import UnknownSku

RATES = ("fee_bp", "commission_bp", "breakage_bp")
MEASURED_DAYS = 365
MEASURED_FROM = 50  # pieces sold: with fewer, the measured rate is not used


class NoFloor(ShopError):
    """No price is high enough: fee, commission and breakage take all of it."""

    message = (
        "Fee, commission and breakage together take {percent} % of the price of {sku}: no price "
        "covers its cost. Lower the commission."
    )


class BadRate(ShopError):
    """A rate that is no share of a price."""

    message = "{found} is not a rate. Write a percentage between 0 and 100."


@dataclass(frozen=True)
class PlatformRates:
    """The rates of one platform (hundredths of a percent of what the buyer pays), and what sending
    costs the shop. `is_typed` is false while nobody has typed them in.
    """

    platform: str
    fee_bp: int = 0
    commission_bp: int = 0
    breakage_bp: int = 0
    shipping_cents: int = 0
    is_typed: bool = False


@dataclass(frozen=True)
class FloorPrice:
    """The floor price of one SKU on one platform, and what it rests on.

    `cost` is there for the owner only. `missing` lists what is not known yet ((code, name) pairs: those
    of `unit_costs.why_incomplete`, and rates); while there is any, the true floor may be higher.
    Without `floor_cents` nothing is known of the cost. `breakage` is what was counted where the
    breakage was measured and not typed in. The floor includes unit cost, courier and packing of a parcel of one piece
    (`rates.shipping_cents`), fee, commission and breakage; not advertising and work.
    """

    sku: str
    platform: str
    currency: str
    floor_cents: int | None
    friendly_cents: int | None
    coupon_cents: int
    rates: PlatformRates
    breakage: Rate | None
    missing: tuple[tuple[str, str], ...]
    cost: DatedUnitCost | None = None

    @property
    def is_complete(self) -> bool:
        """Whether all is known that it rests on."""
        return self.floor_cents is not None and not self.missing


def platform_rates(db: Database, platform: str, *, shop_id: int = 1) -> PlatformRates:
    """The rates of one platform as the owner entered them; zeros where none were. Raises NotAllowed for others."""
    require_reader(db, "see_margins")
    with db.read() as connection:
        return _read_rates(connection, platform, shop_id)


def _read_rates(connection: Connection, platform: str, shop_id: int) -> PlatformRates:
    cursor: Any = connection.connection.driver_connection
    row = cursor.execute(
        "SELECT fee_bp, commission_bp, breakage_bp, shipping_cents FROM platform_terms "
        "WHERE shop_id = ? AND platform = ?",
        (shop_id, platform),
    ).fetchone()
    return PlatformRates(*(platform, *row, any(row))) if row else PlatformRates(platform)


def set_platform_rates(
    db: Database,
    platform: str,
    *,
    actor: Actor,
    fee_bp: int | None = None,
    commission_bp: int | None = None,
    breakage_bp: int | None = None,
    shipping_cents: int | None = None,
    shop_id: int = 1,
) -> int:
    """Enter the rates of a platform and the cost of shipping; None leaves a value as it is."""
    require(actor, "set_costs")
    given = {
        "fee_bp": fee_bp,
        "commission_bp": commission_bp,
        "breakage_bp": breakage_bp,
        "shipping_cents": shipping_cents,
    }
    values = {name: value for name, value in given.items() if value is not None}
    for name, value in values.items():
        if value < 0 or (name in RATES and value > BASIS):
            raise BadRate(found=value / 100)
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        edits.put("platform_terms", {"platform": platform}, values)
        return log_action(
            connection,
            actor,
            "costs.terms",
            platform,
            changes=max(edits.changes, 1),
            undo=edits.undo or None,
            shop_id=shop_id,
        )


def floor_price(
    db: Database,
    sku: str,
    platform: str,
    coupon_cents: int = 0,
    commission_bp: int | None = None,
    *,
    actor: Actor = OWNER,
    on: date | None = None,
    shop_id: int = 1,
) -> FloorPrice:
    """The least price of a SKU on a platform at which nothing is lost.

    With this coupon borne by the shop and this commission; without, those of the platform's rates.
    Raises UnknownSku, NoFloor, BadRate.
    """
    return floor_prices_of(
        db, [sku], platform, coupon_cents, commission_bp, actor=actor, on=on, shop_id=shop_id
    )[0]


def floor_prices_of(
    db: Database,
    skus: Sequence[str],
    platform: str,
    coupon_cents: int = 0,
    commission_bp: int | None = None,
    *,
    actor: Actor,
    on: date | None = None,
    shop_id: int = 1,
    leave_out: bool = False,
) -> list[FloorPrice]:
    """The floor prices of several SKUs on one platform, in the given order.

    A SKU that no price covers raises NoFloor, or is left out.
    """
    if coupon_cents < 0 or (commission_bp is not None and not 0 <= commission_bp <= BASIS):
        raise BadRate(found=coupon_cents if coupon_cents < 0 else (commission_bp or 0) / 100)
    with db.read() as connection:
        day = on or today(connection, shop_id)
        typed = _read_rates(connection, platform, shop_id)
        measured = None if typed.breakage_bp else _breakage(connection, platform, day, shop_id)
        costs = unit_costs.costs_of(connection, shop_id, skus)
        _refuse_unknown(connection, shop_id, skus)
        sending = _sending(connection, platform, skus, day, shop_id)
    rates = typed if commission_bp is None else replace(typed, commission_bp=commission_bp)
    if measured is not None and measured.share is not None:
        rates = replace(rates, breakage_bp=_basis_points(measured))
    result = []
    for sku in skus:
        cost = unit_costs.valid_on(costs.get(sku, ()), day)
        with_sending = replace(rates, shipping_cents=sending[sku])
        try:
            result.append(_floor(db, sku, cost, with_sending, coupon_cents, measured, actor, day, shop_id))
        except NoFloor:
            if not leave_out:
                raise
    return result


def _sending(
    connection: Connection, platform: str, skus: Sequence[str], day: date, shop_id: int
) -> dict[str, int]:
    """What it costs to send one piece of each SKU alone: courier (to any province) and packing of its parcel."""
    currency = shop_settings(connection, shop_id).currency
    couriers, packings = (
        rate_table(connection, kind, currency, shop_id) for kind in (RateKind.COURIER, RateKind.PACKING)
    )
    sql = "SELECT sku, weight_g FROM variant WHERE shop_id = ? AND sku IN (SELECT value FROM json_each(?))"
    grams = dict(raw_cursor(connection).execute(sql, (shop_id, json.dumps(list(skus)))).fetchall())
    where = {sku: (day, platform, None, grams.get(sku)) for sku in skus}
    return {sku: (couriers.cents(*of) or 0) + (packings.cents(*of) or 0) for sku, of in where.items()}


def _basis_points(rate: Rate) -> int:
    """A measured share in hundredths of a percent."""
    return half_up(Fraction(rate.over * BASIS, rate.under))


def _floor(
    db: Database,
    sku: str,
    cost: DatedUnitCost | None,
    rates: PlatformRates,
    coupon_cents: int,
    measured: Rate | None,
    actor: Actor,
    day: date,
    shop_id: int,
) -> FloorPrice:
    missing = why_incomplete(db, sku, day, shop_id=shop_id)
    missing += () if rates.is_typed else (("terms", rates.platform),)
    least = None
    if cost is not None:
        least = floor_of(
            cost.unit_cents,
            coupon_cents=coupon_cents,
            shipping_cents=rates.shipping_cents,
            fee_bp=rates.fee_bp,
            commission_bp=rates.commission_bp,
            breakage_bp=rates.breakage_bp,
        )
        if least is None:
            taken = rates.fee_bp + rates.commission_bp + rates.breakage_bp
            raise NoFloor(sku=sku, percent=taken // 100)
    return FloorPrice(
        sku,
        rates.platform,
        cost.currency if cost else "",
        least,
        None if least is None else friendly(least),
        coupon_cents,
        rates,
        measured,
        missing,
        cost if actor.may("see_margins") else None,
    )


BROKEN = f"""
SELECT COUNT(*) FROM refund r WHERE r.shop_id = :shop AND r.platform = :platform
  AND r.refunded_on BETWEEN :start AND :end AND {COUNTS} AND {FOR_BREAKAGE}
"""


def _breakage(connection: Connection, platform: str, day: date, shop_id: int) -> Rate | None:
    """Refunds for pieces broken on the way, of all pieces sold on a platform within a year.

    None where fewer than MEASURED_FROM were sold.
    """
    cursor: Any = connection.connection.driver_connection
    span = ((day - timedelta(days=MEASURED_DAYS - 1)).isoformat(), day.isoformat())
    (sold,) = cursor.execute(
        "SELECT COALESCE(SUM(units), 0) FROM fact_day WHERE shop_id = ? AND day BETWEEN ? AND ? "
        "AND platform = ?",
        (shop_id, *span, platform),
    ).fetchone()
    if sold < MEASURED_FROM:
        return None
    (broken,) = cursor.execute(
        BROKEN,
        {
            "shop": shop_id,
            "platform": platform,
            "start": span[0],
            "end": span[1],
            "breakage": breakage_texts(cursor, shop_id, span[0]),
        },
    ).fetchone()
    return Rate(min(broken, sold), sold)


def _refuse_unknown(connection: Connection, shop_id: int, skus: Sequence[str]) -> None:
    cursor: Any = connection.connection.driver_connection
    sql = "SELECT sku FROM variant WHERE shop_id = ? AND sku IN (SELECT value FROM json_each(?))"
    known = {row[0] for row in cursor.execute(sql, (shop_id, json.dumps(list(skus))))}
    for sku in skus:
        if sku not in known:
            raise UnknownSku(sku=sku)


def offered(db: Database, *, shop_id: int = 1) -> list[tuple[str, str]]:
    """What a host may show: (SKU, title), those with a live listing first."""
    with db.read() as connection:
        cursor: Any = connection.connection.driver_connection
        rows = cursor.execute(
            "SELECT v.sku, p.title, COALESCE(v.title, v.size, p.size), EXISTS ("
            "SELECT 1 FROM listing l WHERE l.shop_id = v.shop_id AND l.sku = v.sku "
            "AND l.status = 'live') AS is_live, EXISTS (SELECT 1 FROM unit_cost c "
            "WHERE c.shop_id = v.shop_id AND c.sku = v.sku) AS is_known "
            "FROM variant v JOIN product p ON p.shop_id = v.shop_id "
            "AND p.product_code = v.product_code WHERE v.shop_id = ? AND NOT v.is_archived "
            "ORDER BY is_known DESC, is_live DESC, 2, 3, 1",
            (shop_id,),
        ).fetchall()
    return [(sku, full_title(design, variant)) for sku, design, variant, *_ in rows]


USUAL = ("douyin", "kuaishou", "tiktok")


def platforms(db: Database, *, shop_id: int = 1) -> tuple[str, ...]:
    """Where the shop sells or has rates, the one with most listings first; the usual ones else."""
    with db.read() as connection:
        cursor: Any = connection.connection.driver_connection
        rows = cursor.execute(
            "SELECT platform FROM (SELECT platform, COUNT(*) AS n FROM listing WHERE shop_id = :shop "
            "GROUP BY platform UNION ALL SELECT platform, 0 FROM platform_terms WHERE shop_id = :shop "
            "UNION ALL SELECT DISTINCT platform, 0 FROM fact_day WHERE shop_id = :shop) "
            "GROUP BY platform ORDER BY MAX(n) DESC, platform",
            {"shop": shop_id},
        ).fetchall()
    return tuple(row[0] for row in rows) or USUAL
