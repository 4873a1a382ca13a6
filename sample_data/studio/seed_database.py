"""Type a workshop into a shop's database, through the shop's own functions, as its people would have.

What was known before the orders came (`type_in`) goes in first: catalog, materials, kilns and batches,
the opening count. Stock events since (`type_shelf`) needs the orders to be there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from sample_data.studio import kiln_log
from sample_data.studio.values import Variant, Workshop
from sample_data.studio.workshop import DAYS_BACK, midnight
from shop.access.roles import Actor
from shop.catalog import pieces, products
from shop.db.database import Database
from shop.growth.forecasting import goals
from shop.kiln import materials
from shop.kiln.unit_of_work import kiln_transaction
from shop.listings import listings
from shop.listings.errors import AlreadyOffered
from shop.listings.readiness import NotReady
from shop.models.costs import RateKind
from shop.pricing import day_costs, floor_prices, unit_costs
from shop.pricing.cost_rates import RateScope, set_cost_rate
from shop.stock import adjustments, counts, ledger, reservations, returns

OWNER = Actor("窑主", "owner")
ASSISTANT = Actor("小林", "assistant")
DRAFTS, LISTED = 4, 30


def enter_studio(db: Database, workshop: Workshop) -> None:
    """Type in all that is independent of orders; best before they are imported."""
    _catalog(db, workshop)
    _materials(db, workshop)
    _platform_fees(db, workshop)
    _running_costs(db, workshop)
    _goals(db, workshop)
    _opening(db, workshop)
    kiln_log.work(db, workshop, OWNER, ASSISTANT)


def _catalog(db: Database, workshop: Workshop) -> None:
    sizes: dict[str, list[Variant]] = defaultdict(list)
    for variant in workshop.variants:
        sizes[variant.product].append(variant)
    for product in workshop.products:
        fields = products.ProductFields(
            product.title,
            product.family,
            product.form,
            product.glaze,
            product.clay,
            is_food_safe=product.is_food_safe,
        )
        forms = [_variant(variant) for variant in sizes[product.code]]
        products.add(db, fields, forms, actor=ASSISTANT, code=product.code)
    packing = {variant.sku: variant.packing for variant in workshop.variants}
    numbered: dict[str, list[pieces.PieceFields]] = defaultdict(list)
    for piece in workshop.pieces:
        numbered[piece.product].append(
            pieces.PieceFields(
                piece.number,
                price_cents=piece.price_cents,
                currency=workshop.currency,
                height_mm=piece.height_mm,
                width_mm=piece.width_mm,
                weight_g=piece.weight_g,
                shelf_cm2=piece.area_cm2,
                packing=packing[piece.product],
                place=workshop.piece_place,
                batch_id=piece.batch,
                maker=piece.maker,
                made_on=piece.ready_on,
                sku=piece.sku,
            )
        )
    for code, ones in numbered.items():
        pieces.add(db, code, ones, actor=ASSISTANT)


def _variant(variant: Variant) -> products.VariantFields:
    return products.VariantFields(
        sku=variant.sku,
        title=variant.title,
        price_cents=variant.price_cents or None,
        stock_policy=variant.policy,
        lead_days=variant.lead_days,
        grade="second" if variant.seconds_of else "prime",
        seconds_of=variant.seconds_of,
        size=variant.size,
        height_mm=variant.height_mm,
        width_mm=variant.width_mm,
        volume_ml=variant.volume_ml,
        weight_g=variant.weight_g,
        shelf_cm2=variant.area_cm2,
        packing=variant.packing,
        place=variant.place,
        reorder_point=variant.reorder_point,
    )


def at(day: date, hour: int = 0) -> datetime:
    """Return a moment of a shop day."""
    return datetime.fromtimestamp(midnight(day), UTC) + timedelta(hours=hour)


def _materials(db: Database, workshop: Workshop) -> None:
    """Materials, what was bought of them, and what a piece takes."""
    for material in workshop.materials:
        materials.add_material(
            db,
            material.material_id,
            actor=OWNER,
            name=material.name,
            kind=material.kind,
            unit=material.unit,
            reorder_point=material.reorder_point,
            reorder_amount=material.reorder_amount,
            supplier=material.supplier,
            lead_days=material.lead_days,
            is_food_safe=material.is_food_safe,
        )
    with kiln_transaction(db, OWNER) as bench:
        for bought in workshop.purchases:
            materials.record_movement(
                bench, bought.material_id, "bought", bought.amount, cents=bought.cents, on=bought.on
            )
    recipes: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for use in workshop.uses:
        recipes[use.sku][use.material_id, use.stage] = use.amount
    for sku, recipe in recipes.items():
        materials.set_uses(db, sku, recipe, actor=OWNER)
    for sku, cents in workshop.by_hand.items():
        unit_costs.set_unit_cost(db, sku, cents, actor=OWNER, on=workshop.since)


def _platform_fees(db: Database, workshop: Workshop) -> None:
    """The fees of the platforms."""
    for fees in workshop.platform_fees:
        floor_prices.set_platform_rates(
            db,
            fees.platform,
            actor=OWNER,
            fee_bp=fees.fee_bp,
            commission_bp=fees.commission_bp,
            breakage_bp=fees.breakage_bp,
            shipping_cents=fees.shipping_cents,
        )


def _running_costs(db: Database, workshop: Workshop) -> None:
    """Rates of couriers, packing and work; hours and advertising by the day."""
    for rate in workshop.rates:
        scope = RateScope(RateKind(rate.kind), rate.platform, rate.province, rate.up_to_g)
        set_cost_rate(db, scope, rate.cents, actor=OWNER, from_on=rate.from_on, currency=workshop.currency)
    for day, minutes in workshop.labour:
        day_costs.set_labour(db, day, minutes, actor=OWNER)
    for spent in workshop.ads:
        day_costs.set_advertising(
            db,
            spent.on,
            spent.platform,
            spent.cents,
            actor=OWNER,
            product_code=spent.product,
            currency=workshop.currency,
        )


def _goals(db: Database, workshop: Workshop) -> None:
    for month, cents in workshop.goals:
        goals.set_goal(db, month, "gmv", cents, actor=OWNER, currency=workshop.currency)


def _opening(db: Database, workshop: Workshop) -> None:
    """The count with which the books begin."""
    counts.set_counts(db, workshop.opening, actor=OWNER, at=at(workshop.since))


# --- since then -----------------------------------------------------------------------------------


def enter_stock(db: Database, workshop: Workshop) -> None:
    """Type in the stock events since; the orders have to be there."""
    for number, (sku, day, count) in enumerate(workshop.broken):
        adjustments.record(
            db,
            "broken",
            sku,
            count,
            actor=ASSISTANT,
            why=workshop.broken_note,
            at=at(day, 15),
            key=f"practice/broken/{number}",
        )
    expected = {(line.platform, line.order_id, line.line_id) for line in returns.expected(db)}
    for sale, whole in workshop.arrived:
        if (sale.platform, sale.order_id, sale.line_id) not in expected:
            continue  # a case that the platform reports a moment later
        returns.receive_return(
            db,
            sale.platform,
            sale.order_id,
            sale.line_id,
            whole=whole,
            broken=sale.quantity - whole,
            at=datetime.fromtimestamp(sale.paid, UTC) + timedelta(days=DAYS_BACK),
            actor=ASSISTANT,
        )
    for sku, allowed in workshop.presale.items():
        adjustments.set_presale(db, sku, allowed, actor=OWNER)
    _counts(db, workshop)
    _reservations(db, workshop)
    _listings(db, workshop)


def _counts(db: Database, workshop: Workshop) -> None:
    for stocktake in workshop.counts:
        if stocktake.rows:
            number = counts.start(db, actor=ASSISTANT, place=stocktake.place)
            with db.read() as connection:
                there = ledger.balances(connection, [sku for sku, _, _ in stocktake.rows])
            counted = {
                sku: max(0, there[sku].on_hand + pieces - expected)
                for sku, expected, pieces in stocktake.rows
            }
            counts.count(db, number, counted, actor=ASSISTANT)
            if stocktake.finished:
                counts.finish(db, number, actor=ASSISTANT)


def _reservations(db: Database, workshop: Workshop) -> None:
    """Reserved pieces: two hours, a day, three days from now on."""
    now = datetime.now(UTC)
    for (sku, count, note), hours in zip(workshop.reservations, (2, 24, 72), strict=False):
        reservations.reserve(
            db, sku, count, until=now + timedelta(hours=hours), actor=ASSISTANT, note_text=note
        )


def _listings(db: Database, workshop: Workshop) -> None:
    """Drafts for pieces that are not offered yet; where no platform reported listings, those that sell."""
    with db.read() as connection:
        listings_count = connection.execute(text("SELECT COUNT(*) FROM listing")).scalar()
    sold = Counter(sale.sku for sale in workshop.sales)
    unsold = [piece.sku for piece in workshop.pieces if not sold[piece.sku]]
    for sku in unsold[-DRAFTS:]:
        with suppress(AlreadyOffered):
            listings.create_draft(db, sku, "douyin", actor=ASSISTANT)
    known = {variant.sku for variant in workshop.variants if variant.policy == "stocked"}
    best = [sku for sku, _ in sold.most_common() if sku in known]
    for sku in () if listings_count else best[:LISTED]:
        listings.create_draft(db, sku, "douyin", actor=ASSISTANT)
        with suppress(NotReady):  # without a photo or sold out: it stays a draft
            listings.change_state(db, "douyin", f"{listings.OWN}{sku}", "live", actor=ASSISTANT)
