"""Type a workshop into a shop's database, through the shop's own verbs, as its people would have.

What was known before the orders came (`type_in`) goes in first: catalog, materials, kilns and batches,
the opening count. What happened on the shelves since (`type_shelf`) needs the orders to be there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from sample_data.workshop.studio import midnight
from sample_data.workshop.things import Batch, Firing, Step, Variant, Workshop
from shop import (
    catalog,
    firings,
    floors,
    holds,
    kiln,
    ledger,
    listings,
    materials,
    photos,
    pieces,
    returns,
    stock,
    stocktakes,
    unit_costs,
)
from shop.db import Database
from shop.going_live import NotReady
from shop.people import Actor
from shop.workbench import Workbench, at_work

OWNER = Actor("窑主", "owner")
ASSISTANT = Actor("小林", "assistant")
DRAFTS, LISTED = 4, 30
PHOTOS, PORTRAITS = 18, 6


def type_in(db: Database, workshop: Workshop) -> None:
    """Type in all that does not hang on orders; best before they are imported."""
    _catalog(db, workshop)
    _materials(db, workshop)
    _terms(db, workshop)
    _opening(db, workshop)
    _kiln_room(db, workshop)


def _catalog(db: Database, workshop: Workshop) -> None:
    sizes: dict[str, list[Variant]] = defaultdict(list)
    for one in workshop.variants:
        sizes[one.product].append(one)
    for product in workshop.products:
        fields = catalog.ProductFields(
            product.title, product.family, product.form, product.glaze, product.clay,
            is_food_safe=product.is_food_safe,
        )  # fmt: skip
        forms = [_variant(one) for one in sizes[product.code]]
        catalog.add(db, fields, forms, actor=ASSISTANT, code=product.code)
    packing = {one.sku: one.packing for one in workshop.variants}
    numbered: dict[str, list[pieces.PieceFields]] = defaultdict(list)
    for piece in workshop.pieces:
        numbered[piece.product].append(
            pieces.PieceFields(
                piece.number, price_cents=piece.price_cents, currency=workshop.currency,
                height_mm=piece.height_mm, width_mm=piece.width_mm, weight_g=piece.weight_g,
                shelf_cm2=piece.shelf_cm2, packing=packing[piece.product], place="孤品柜",
                batch_id=piece.batch, maker=piece.maker, made_on=piece.made_on, sku=piece.sku,
            )
        )  # fmt: skip
    for code, ones in numbered.items():
        pieces.add(db, code, ones, actor=ASSISTANT)


def _variant(one: Variant) -> catalog.VariantFields:
    return catalog.VariantFields(
        sku=one.sku, title=one.title, price_cents=one.price_cents or None, stock_policy=one.policy,
        lead_days=one.lead_days, grade="second" if one.seconds_of else "prime",
        seconds_of=one.seconds_of, size=one.size, height_mm=one.height_mm, width_mm=one.width_mm,
        volume_ml=one.volume_ml, weight_g=one.weight_g, shelf_cm2=one.shelf_cm2,
        packing=one.packing, place=one.place, reorder_point=one.reorder_point,
    )  # fmt: skip


# --- the kiln room --------------------------------------------------------------------------------


def _kiln_room(db: Database, workshop: Workshop) -> None:
    for one in workshop.kilns:
        firings.add_kiln(
            db, one.kiln_id, actor=OWNER, shelf_cm2=one.shelf_cm2, name=one.name, fuel=one.fuel,
            positions=one.positions, wear_cents=one.wear_cents,
        )  # fmt: skip
    with at_work(db, ASSISTANT) as bench:
        for event in sorted(_events(workshop), key=lambda one: (one.on, one.rank, one.place)):
            event.happens(bench)


@dataclass(frozen=True)
class _Event:
    """Something that happens in the kiln room on a day; `rank` orders what happens on one day."""

    on: date
    rank: int
    place: int
    happens: Callable[[Workbench], object]


def _events(workshop: Workshop) -> Iterator[_Event]:
    loads: dict[str, list[tuple[Batch, Step]]] = defaultdict(list)
    for place, batch in enumerate(workshop.batches):
        yield _Event(batch.started_on, 0, place, _start(batch))
        for step in batch.steps:
            if step.firing_id:
                loads[step.firing_id].append((batch, step))
            elif step.out is not None:
                rank = {"greenware": 2, "glazed": 3, "checked": 3}[step.stage]
                yield _Event(step.done_on, rank, place, _record(batch, step))
    for place, firing in enumerate(workshop.firings):
        load = loads[firing.firing_id]
        yield _Event(firing.planned_on, 4, place, _fire(firing, load))
        if firing.opened_on:
            yield _Event(firing.opened_on, 1, place, _open(firing, load))


def _start(batch: Batch) -> Callable[[Workbench], object]:
    return lambda bench: kiln.start(
        bench, batch.sku, batch.pieces, on=batch.started_on, maker=batch.maker, clay=batch.clay,
        batch_id=batch.batch_id,
    )  # fmt: skip


def _record(batch: Batch, step: Step) -> Callable[[Workbench], object]:
    return lambda bench: kiln.record(
        bench, batch.batch_id, step.stage, part=step.part, pieces_in=step.pieces_in,
        pieces_out=step.out, losses=dict(step.losses), grades=dict(step.grades) or None,
        on=step.done_on, maker=step.maker,
        named=batch.numbers if step.stage == "checked" else (),
    )  # fmt: skip


def _fire(firing: Firing, load: list[tuple[Batch, Step]]) -> Callable[[Workbench], object]:
    def happens(bench: Workbench) -> None:
        firings.plan(bench, firing.kiln_id, firing.stage, firing.planned_on,
                     firing_id=firing.firing_id, top_celsius=firing.top_celsius)  # fmt: skip
        for batch, step in load:
            kiln.record(bench, batch.batch_id, step.stage, part=step.part, under_way=True,
                        pieces_in=step.pieces_in, firing_id=firing.firing_id,
                        position=step.position, maker=step.maker)  # fmt: skip
        bill = firings.Bill(wear_cents=firing.wear_cents, labour_cents=firing.labour_cents)
        if firing.fired_on:
            firings.light(bench, firing.firing_id, on=firing.fired_on, bill=bill)

    return happens


def _open(firing: Firing, load: list[tuple[Batch, Step]]) -> Callable[[Workbench], object]:
    came_out = [firings.CameOut(batch.batch_id, dict(step.losses), part=step.part)
                for batch, step in load]  # fmt: skip
    bill = firings.Bill(energy_kwh=firing.energy_kwh, gas_litres=firing.gas_litres,
                        energy_cents=firing.energy_cents)  # fmt: skip
    return lambda bench: firings.unload(bench, firing.firing_id, came_out, on=firing.opened_on,
                                        bill=bill)  # fmt: skip


def at(day: date, hour: int = 0) -> datetime:
    """Return a moment of a shop day."""
    return datetime.fromtimestamp(midnight(day), UTC) + timedelta(hours=hour)


def _materials(db: Database, workshop: Workshop) -> None:
    """Materials, what was bought of them, and what a piece takes."""
    for one in workshop.materials:
        materials.add_material(
            db, one.material_id, actor=OWNER, name=one.name, kind=one.kind, unit=one.unit,
            reorder_point=one.reorder_point, reorder_amount=one.reorder_amount,
            supplier=one.supplier, lead_days=one.lead_days, is_food_safe=one.is_food_safe,
        )  # fmt: skip
    with at_work(db, OWNER) as bench:
        for bought in workshop.purchases:
            materials.book(bench, bought.material_id, "bought", bought.amount, cents=bought.cents,
                           on=bought.on)  # fmt: skip
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
        floors.set_terms(
            db, one.platform, actor=OWNER, fee_bp=one.fee_bp, commission_bp=one.commission_bp,
            breakage_bp=one.breakage_bp, shipping_cents=one.shipping_cents,
        )  # fmt: skip


def _opening(db: Database, workshop: Workshop) -> None:
    """The count with which the books begin."""
    stocktakes.set_counts(db, workshop.opening, actor=OWNER, at=at(workshop.since))


# --- since then -----------------------------------------------------------------------------------


def type_shelf(db: Database, workshop: Workshop) -> None:
    """Type in what happened on the shelves since; the orders have to be there."""
    for number, (sku, day, count) in enumerate(workshop.broken):
        stock.record(db, "broken", sku, count, actor=ASSISTANT, why="上架时磕碰", at=at(day, 15),
                     key=f"practice/broken/{number}")  # fmt: skip
    waiting = {(one.platform, one.order_id, one.line_id) for one in returns.expected(db)}
    for sale, whole in workshop.arrived:
        if (sale.platform, sale.order_id, sale.line_id) not in waiting:
            continue  # a case that the platform tells a moment later
        returns.receive_return(
            db, sale.platform, sale.order_id, sale.line_id, whole=whole,
            broken=sale.quantity - whole, actor=ASSISTANT,
        )  # fmt: skip
    for sku, allowed in workshop.presale.items():
        stock.set_presale(db, sku, allowed, actor=OWNER)
    _counts(db, workshop)
    _holds(db, workshop)
    _listings(db, workshop)


def _counts(db: Database, workshop: Workshop) -> None:
    for one in workshop.counts:
        if one.found:
            number = stocktakes.start(db, actor=ASSISTANT, place=one.place)
            with db.read() as connection:
                there = ledger.balances(connection, [sku for sku, _, _ in one.found])
            counted = {sku: max(0, there[sku].on_hand + pieces - expected)
                       for sku, expected, pieces in one.found}  # fmt: skip
            stocktakes.count(db, number, counted, actor=ASSISTANT)
            if one.finished:
                stocktakes.finish(db, number, actor=ASSISTANT)


def _holds(db: Database, workshop: Workshop) -> None:
    """Pieces kept aside: two hours, a day, three days from now on."""
    now = datetime.now(UTC)
    for (sku, count, said), hours in zip(workshop.holds, (2, 24, 72), strict=False):
        holds.hold(db, sku, count, until=now + timedelta(hours=hours), actor=ASSISTANT,
                   note_text=said)  # fmt: skip


def _listings(db: Database, workshop: Workshop) -> None:
    """Drafts for pieces that are not offered yet; where no platform told listings, those that sell."""
    with db.read() as connection:
        told = connection.execute(text("SELECT COUNT(*) FROM listing")).scalar()
    sold = Counter(sale.sku for sale in workshop.sales)
    unsold = [one.sku for one in workshop.pieces if not sold[one.sku]]
    for sku in unsold[-DRAFTS:]:
        with suppress(listings.AlreadyOffered):
            listings.offer(db, sku, "douyin", actor=ASSISTANT)
    known = {one.sku for one in workshop.variants if one.policy == "stocked"}
    best = [sku for sku, _ in sold.most_common() if sku in known]
    for sku in () if told else best[:LISTED]:
        listings.offer(db, sku, "douyin", actor=ASSISTANT)
        with suppress(NotReady):  # without a photo or sold out: it stays a draft
            listings.change_state(db, "douyin", f"{listings.OWN}{sku}", "live", actor=ASSISTANT)


# --- photos ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sitter:
    """Something that has its picture taken: whose photo it is, and what is seen."""

    kind: photos.Owner
    owner: str
    form: str
    glaze: str
    seed: int


def sitters(workshop: Workshop) -> list[Sitter]:
    """Return what is photographed: designs of every form, those that sell first, and some pieces."""
    design = {one.code: one for one in workshop.products}
    product = {one.sku: one.product for one in workshop.variants}
    sold = Counter(product[one.sku] for one in workshop.sales if one.sku in product)
    ranked = sorted((code for code in design if not code.startswith("GP-")),
                    key=lambda code: (-sold[code], code))  # fmt: skip
    first_of_form = {design[code].form: code for code in reversed(ranked)}
    chosen = sorted({*first_of_form.values(), *ranked[:PHOTOS]}, key=ranked.index)[:PHOTOS]
    found = [Sitter("product", code, design[code].form, design[code].glaze, place)
             for place, code in enumerate(chosen)]  # fmt: skip
    for one in workshop.pieces[-PORTRAITS:]:
        of = design[one.product]
        found.append(Sitter("sku", one.sku, of.form, of.glaze, int(one.number)))
    return found


def draw(sitter: Sitter) -> bytes:
    """Return the picture of one thing (a JPEG)."""
    from sample_data.workshop.pots import picture

    return picture(sitter.form, sitter.glaze, sitter.seed)


def hang(db: Database, sitter: Sitter, picture: bytes) -> None:
    """Put a picture to what it shows."""
    prepared = photos.prepare(picture)
    photos.add(db, sitter.kind, sitter.owner, [prepared], actor=ASSISTANT)
