"""A small shop's waterfall by hand: costs, a catalog, and its steps that must add up."""

from datetime import date
from typing import Any

from sqlalchemy import text

from shop.db.database import Database
from shop.metrics.query import Query
from shop.profit.gross_to_net import Waterfall
from tests.support.shops.small_shop import store

MARCH = Query(("gmv",), date(2026, 3, 1), date(2026, 3, 31))


def cost(db: Database, sku: str, from_on: str, material: int, kiln: int, packing: int, **more: Any) -> None:
    row = {
        "shop_id": 1,
        "sku": sku,
        "from_on": from_on,
        "material_cents": material,
        "kiln_cents": kiln,
        "loss_cents": 0,
        "packing_cents": packing,
        "unit_cents": material + kiln + packing,
        "currency": "CNY",
        "is_complete": True,
        **more,
    }
    names = ", ".join(row)
    with db.write() as connection:
        connection.execute(
            text(f"INSERT INTO unit_cost ({names}) VALUES ({', '.join(':' + name for name in row)})"), row
        )


def catalog(db: Database, *skus: str) -> None:
    about = {"updated_at": 1, "payload_hash": 1}
    store(
        db,
        product=[{"product_code": "P", "title": "杯", **about}],
        variant=[{"sku": sku, "product_code": "P", "currency": "CNY", **about} for sku in skus],
    )


def cents(result: Waterfall) -> dict[str, int | None]:
    return {step.name: step.cents for step in result.steps}


def adds_up(result: Waterfall) -> None:
    running = 0
    for step in result.steps:
        if step.is_total and step.name != "list_value":
            assert step.cents is None or step.cents == running, step.name
        elif step.cents is not None:
            running += step.cents
