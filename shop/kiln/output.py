"""What comes out of the check comes into stock: under its SKU, as seconds, or as numbered pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from shop.access.change_log import Edits
from shop.catalog import products
from shop.catalog.pieces import PieceFields, new_piece
from shop.core.errors import ShopError
from shop.core.text import folded
from shop.kiln.batches import BadPieces, Batch, Step, one_of
from shop.models.kiln import GRADES
from shop.stock import adjustments, ledger

if TYPE_CHECKING:
    from shop.kiln.unit_of_work import Workbench

COPIED = (
    "product_code",
    "title",
    "currency",
    "lead_days",
    "size",
    "height_mm",
    "width_mm",
    "volume_ml",
    "weight_g",
    "shelf_cm2",
    "packing",
    "place",
)


MEASURES = ("currency", "height_mm", "width_mm", "volume_ml", "weight_g", "shelf_cm2", "packing", "place")


class AlreadySold(ShopError):
    """A check was to be corrected although pieces that it gave have left the shelf."""

    message = (
        "Batch {batch} cannot give {fewer} pieces of {sku} less: they were sold or promised "
        "already. Book them as broken or counted in the stock instead."
    )
    exit_code = 1


def graded(
    bench: Workbench,
    batch: Batch,
    known: Step | None,
    told: Mapping[str, int],
    named: Sequence[str] = (),
    on: date | None = None,
) -> tuple[tuple[str, str, int], ...]:
    """The SKUs under which the good pieces of a check come into stock: (grade, SKU, pieces).

    First choice under the batch's own SKU, seconds under the SKU that is its second choice (made where
    there is none), unique pieces under a number of their own each.
    """
    for grade, pieces in told.items():
        one_of(grade, GRADES)
        if pieces < 0:
            raise BadPieces(pieces=pieces)
    numbered = [sku for grade, sku, _ in known.grades if grade == "unique"] if known else []
    numbered = [sku for sku in numbered if sku not in named]
    found: list[tuple[str, str, int]] = []
    for grade in GRADES:
        pieces = told.get(grade, 0)
        if not pieces:
            continue
        if grade == "unique":
            again = numbered[: max(pieces - len(named), 0)]
            own = [*again, *new_pieces(bench, batch, pieces - len(again), named, on)]
            found += [(grade, sku, 1) for sku in sorted(own)]
        else:
            sku = batch.sku if grade == "prime" else seconds(bench, batch.sku)
            found.append((grade, sku, pieces))
    return tuple(found)


def seconds(bench: Workbench, sku: str) -> str:
    """The SKU of the second choice of a SKU; made as a copy without a price where there is none."""
    place = {"shop": bench.shop_id, "sku": sku}
    row = bench.cursor.execute(
        "SELECT sku FROM variant WHERE shop_id = :shop AND seconds_of = :sku "
        "ORDER BY is_archived, sku LIMIT 1",
        place,
    ).fetchone()
    if row:
        return str(row[0])
    edits = Edits(bench.connection, bench.shop_id)
    values = _copied(edits, sku) | {"grade": "second", "seconds_of": sku}
    return _new_variant(bench, edits, f"{sku}-S", values)


def new_pieces(
    bench: Workbench, batch: Batch, count: int, named: Sequence[str] = (), on: date | None = None
) -> list[str]:
    """Numbered pieces of a batch: each exists once and has a SKU of its own.

    Those that are `named` and in the catalog already are taken as they are.
    """
    edits = Edits(bench.connection, bench.shop_id)
    fired = {step.firing_id for step in batch.at("glaze_fired")}
    origin: dict[str, Any] = {
        "batch_id": batch.batch_id,
        "firing_id": fired.pop() if len(fired) == 1 else None,
        "maker": batch.maker,
        "made_on": on or bench.today,
    }
    found = []
    for place in range(count):
        wish = named[place] if place < len(named) else None
        known = wish and edits.read("piece", {"sku": wish}, tuple(origin))
        if wish and known:
            told = {**origin, "made_on": str(origin["made_on"])}
            edits.update("piece", {"sku": wish}, {name: known[name] or told[name] for name in told})
            found.append(wish)
            continue
        values = _copied(edits, batch.sku)
        code = values.pop("product_code")
        given = {name: values[name] for name in MEASURES}
        fields = PieceFields(sku=wish, **origin, **given)
        found.append(new_piece(edits, code, fields))
    return found


def _copied(edits: Edits, sku: str) -> dict[str, Any]:
    found = edits.read("variant", {"sku": sku}, COPIED)
    if found is None:
        raise products.UnknownSku(sku=sku)
    return found


def _new_variant(bench: Workbench, edits: Edits, wish: str, values: dict[str, Any]) -> str:
    rows = bench.cursor.execute("SELECT sku FROM variant WHERE shop_id = ?", (bench.shop_id,))
    taken = {folded(row[0]) for row in rows}
    sku, number = wish, 2
    while folded(sku) in taken:
        sku, number = f"{wish}-{number}", number + 1
    edits.insert("variant", {"sku": sku}, {**values, **products.UNVERSIONED})
    return sku


def follow(bench: Workbench, batch_id: str, before: Batch | None, after: Batch | None) -> None:
    """Bring the stock in line with what a batch's checks gave; corrections are counter-movements.

    Raises AlreadySold where pieces would have to come back that are gone.
    """
    then, now = _by_sku(before), _by_sku(after)
    for sku in sorted({*then, *now}):
        if change := now.get(sku, 0) - then.get(sku, 0):
            _move(bench, batch_id, sku, change, _checked_on(after) or _checked_on(before))
    _keep_pieces(bench, before, after)


def _checked_on(batch: Batch | None) -> date | None:
    """The last day on which pieces of a batch were checked."""
    steps = batch.at("checked") if batch else ()
    return max((step.done_on for step in steps if step.done_on), default=None)


def _by_sku(batch: Batch | None) -> dict[str, int]:
    found: dict[str, int] = {}
    if batch is not None and batch.status != "cancelled":
        for (_, sku), pieces in batch.grades().items():
            found[sku] = found.get(sku, 0) + pieces
    return found


def _move(bench: Workbench, batch_id: str, sku: str, change: int, on: date | None) -> None:
    """Book pieces in, or back out as long as so many of them are free."""
    place = (bench.shop_id, batch_id, sku)
    (booked,) = bench.cursor.execute(
        "SELECT COUNT(*) FROM stock_movement WHERE shop_id = ? AND batch_id = ? AND sku = ? "
        "AND reason = 'made'",
        place,
    ).fetchone()
    if change < 0:
        known = ledger.balances(bench.connection, [sku], shop_id=bench.shop_id).get(sku)
        if known is None:
            return  # made to order: its pieces were never in stock
        if known.on_hand - known.reserved < -change:
            raise AlreadySold(batch=batch_id, sku=sku, fewer=-change)
    noon = datetime.combine(on or bench.today, time(12), ZoneInfo(bench.shop.time_zone))
    adjustments.book_made(
        bench.connection,
        sku,
        change,
        key=f"made/{batch_id}/{sku}/{booked + 1}",
        actor=bench.actor,
        at=min(noon, datetime.now(UTC)),
        batch_id=batch_id,
        shop_id=bench.shop_id,
    )


def _keep_pieces(bench: Workbench, before: Batch | None, after: Batch | None) -> None:
    """Put numbered pieces out of sight that a corrected check no longer gives, and back again."""
    now = set(_by_sku(after))
    for sku in {*_by_sku(before), *now}:
        bench.cursor.execute(
            "UPDATE variant SET is_archived = ? WHERE shop_id = ? AND sku = ? AND EXISTS "
            "(SELECT 1 FROM piece p WHERE p.shop_id = variant.shop_id AND p.sku = variant.sku)",
            (int(sku not in now), bench.shop_id, sku),
        )
