"""Type a workshop into a shop's database, through the shop's own verbs, as its people would have.

What was known before the orders came (`type_in`) goes in first: catalog, materials, kilns and batches,
the opening count. What happened on the shelves since (`type_shelf`) needs the orders to be there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from sample_data.studio import kiln_room
from sample_data.studio.values import Variant, Workshop
from sample_data.studio.workshop import midnight
from shop.access.roles import Actor
from shop.catalog import pieces, products
from shop.db.database import Database
from shop.growth.forecasting import goals
from shop.kiln import materials
from shop.kiln.unit_of_work import kiln_transaction
from shop.listings import listings
from shop.listings.errors import AlreadyOffered
from shop.listings.readiness import NotReady
from shop.pricing import floor_prices, unit_costs
from shop.stock import adjustments, counts, ledger, reservations, returns

OWNER = Actor("窑主", "owner")
ASSISTANT = Actor("小林", "assistant")
DRAFTS, LISTED = 4, 30


def type_in(db: Database, workshop: Workshop) -> None:
    """Type in all that does not hang on orders; best before they are imported."""
    _catalog(db, workshop)
    _materials(db, workshop)
    _terms(db, workshop)
    _goals(db, workshop)
    _opening(db, workshop)
    kiln_room.work(db, workshop, OWNER, ASSISTANT)


def _catalog(db: Database, workshop: Workshop) -> None:
    sizes: dict[str, list[Variant]] = defaultdict(list)
    for one in workshop.variants:
        sizes[one.product].append(one)
    for product in workshop.products:
        fields = products.ProductFields(
            product.title,
            product.family,
            product.form,
            product.glaze,
            product.clay,
            is_food_safe=product.is_food_safe,
        )
        forms = [_variant(one) for one in sizes[product.code]]
        products.add(db, fields, forms, actor=ASSISTANT, code=product.code)
    packing = {one.sku: one.packing for one in workshop.variants}
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
                shelf_cm2=piece.shelf_cm2,
                packing=packing[piece.product],
                place="孤品柜",
                batch_id=piece.batch,
                maker=piece.maker,
                made_on=piece.made_on,
                sku=piece.sku,
            )
        )
    for code, ones in numbered.items():
        pieces.add(db, code, ones, actor=ASSISTANT)


def _variant(one: Variant) -> products.VariantFields:
    return products.VariantFields(
        sku=one.sku,
        title=one.title,
        price_cents=one.price_cents or None,
        stock_policy=one.policy,
        lead_days=one.lead_days,
        grade="second" if one.seconds_of else "prime",
        seconds_of=one.seconds_of,
        size=one.size,
        height_mm=one.height_mm,
        width_mm=one.width_mm,
        volume_ml=one.volume_ml,
        weight_g=one.weight_g,
        shelf_cm2=one.shelf_cm2,
        packing=one.packing,
        place=one.place,
        reorder_point=one.reorder_point,
    )


def at(day: date, hour: int = 0) -> datetime:
    """Return a moment of a shop day."""
    return datetime.fromtimestamp(midnight(day), UTC) + timedelta(hours=hour)


def _materials(db: Database, workshop: Workshop) -> None:
    """Materials, what was bought of them, and what a piece takes."""
    for one in workshop.materials:
        materials.add_material(
            db,
            one.material_id,
            actor=OWNER,
            name=one.name,
            kind=one.kind,
            unit=one.unit,
            reorder_point=one.reorder_point,
            reorder_amount=one.reorder_amount,
            supplier=one.supplier,
            lead_days=one.lead_days,
            is_food_safe=one.is_food_safe,
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


def _terms(db: Database, workshop: Workshop) -> None:
    """What the platforms keep."""
    for one in workshop.terms:
        floor_prices.set_platform_terms(
            db,
            one.platform,
            actor=OWNER,
            fee_bp=one.fee_bp,
            commission_bp=one.commission_bp,
            breakage_bp=one.breakage_bp,
            shipping_cents=one.shipping_cents,
        )


def _goals(db: Database, workshop: Workshop) -> None:
    for month, cents in workshop.goals:
        goals.set_goal(db, month, "gmv", cents, actor=OWNER, currency=workshop.currency)


def _opening(db: Database, workshop: Workshop) -> None:
    """The count with which the books begin."""
    counts.set_counts(db, workshop.opening, actor=OWNER, at=at(workshop.since))


# --- since then -----------------------------------------------------------------------------------


def type_shelf(db: Database, workshop: Workshop) -> None:
    """Type in what happened on the shelves since; the orders have to be there."""
    for number, (sku, day, count) in enumerate(workshop.broken):
        adjustments.record(
            db,
            "broken",
            sku,
            count,
            actor=ASSISTANT,
            why="上架时磕碰",
            at=at(day, 15),
            key=f"practice/broken/{number}",
        )
    waiting = {(one.platform, one.order_id, one.line_id) for one in returns.expected(db)}
    for sale, whole in workshop.arrived:
        if (sale.platform, sale.order_id, sale.line_id) not in waiting:
            continue  # a case that the platform tells a moment later
        returns.receive_return(
            db,
            sale.platform,
            sale.order_id,
            sale.line_id,
            whole=whole,
            broken=sale.quantity - whole,
            actor=ASSISTANT,
        )
    for sku, allowed in workshop.presale.items():
        adjustments.set_presale(db, sku, allowed, actor=OWNER)
    _counts(db, workshop)
    _holds(db, workshop)
    _listings(db, workshop)


def _counts(db: Database, workshop: Workshop) -> None:
    for one in workshop.counts:
        if one.found:
            number = counts.start(db, actor=ASSISTANT, place=one.place)
            with db.read() as connection:
                there = ledger.balances(connection, [sku for sku, _, _ in one.found])
            counted = {
                sku: max(0, there[sku].on_hand + pieces - expected) for sku, expected, pieces in one.found
            }
            counts.count(db, number, counted, actor=ASSISTANT)
            if one.finished:
                counts.finish(db, number, actor=ASSISTANT)


def _holds(db: Database, workshop: Workshop) -> None:
    """Pieces kept aside: two hours, a day, three days from now on."""
    now = datetime.now(UTC)
    for (sku, count, said), hours in zip(workshop.holds, (2, 24, 72), strict=False):
        reservations.reserve(
            db, sku, count, until=now + timedelta(hours=hours), actor=ASSISTANT, note_text=said
        )


def _listings(db: Database, workshop: Workshop) -> None:
    """Drafts for pieces that are not offered yet; where no platform told listings, those that sell."""
    with db.read() as connection:
        told = connection.execute(text("SELECT COUNT(*) FROM listing")).scalar()
    sold = Counter(sale.sku for sale in workshop.sales)
    unsold = [one.sku for one in workshop.pieces if not sold[one.sku]]
    for sku in unsold[-DRAFTS:]:
        with suppress(AlreadyOffered):
            listings.create_draft(db, sku, "douyin", actor=ASSISTANT)
    known = {one.sku for one in workshop.variants if one.policy == "stocked"}
    best = [sku for sku, _ in sold.most_common() if sku in known]
    for sku in () if told else best[:LISTED]:
        listings.create_draft(db, sku, "douyin", actor=ASSISTANT)
        with suppress(NotReady):  # without a photo or sold out: it stays a draft
            listings.change_state(db, "douyin", f"{listings.OWN}{sku}", "live", actor=ASSISTANT)
