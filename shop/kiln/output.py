"""Finished pieces: what passes the check of a batch comes into stock, under its SKU, as seconds or numbered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from shop.access.change_log import Edits
from shop.access.roles import Actor
from shop.catalog import products
from shop.catalog.pieces import PieceFields, new_piece
from shop.core.errors import ShopError
from shop.core.text import folded
from shop.kiln.batches import BadPieces, Batch, BatchStepRecord, require_choice
from shop.metrics.settings import ShopSettings
from shop.models.catalog import GRADES
from shop.stock import adjustments, ledger
from shop.stock.ledger import UnknownSku

MEASURES = ("currency", "height_mm", "width_mm", "volume_ml", "weight_g", "shelf_cm2", "packing", "place")
COPIED = ("product_code", "title", "lead_days", "size", *MEASURES)


class AlreadySold(ShopError):
    """A check cannot be corrected: pieces that it gave have left the stock or are reserved."""

    message = (
        "Batch {batch} cannot give {fewer} pieces of {sku} less: they were sold or promised "
        "already. Book them as broken or counted in the stock instead."
    )
    exit_code = 1


@dataclass(frozen=True)
class Output:
    """Books the output of batches of one shop, inside one transaction; `today` is the shop's day."""

    connection: Connection
    shop: ShopSettings
    actor: Actor
    today: date

    @property
    def cursor(self) -> Any:
        """The driver's own connection."""
        return self.connection.connection.driver_connection

    def graded(
        self,
        batch: Batch,
        previous: BatchStepRecord | None,
        pieces_by_grade: Mapping[str, int],
        names: Sequence[str] = (),
        on: date | None = None,
    ) -> tuple[tuple[str, str, int], ...]:
        """The SKUs under which the good pieces of a check come into stock: (grade, SKU, pieces).

        First choice under the batch's own SKU, seconds under the SKU that is its second choice (created
        where there is none), unique pieces under a SKU of their own each: those of `names`, those that
        the `previous` record of this check gave, then new ones. Raises UnknownWord, BadPieces.
        """
        for grade, pieces in pieces_by_grade.items():
            require_choice(grade, GRADES)
            if pieces < 0:
                raise BadPieces(pieces=pieces)
        numbered = [sku for grade, sku, _ in previous.grades if grade == "unique"] if previous else []
        numbered = [sku for sku in numbered if sku not in names]
        rows: list[tuple[str, str, int]] = []
        for grade in GRADES:
            pieces = pieces_by_grade.get(grade, 0)
            if not pieces:
                continue
            if grade == "unique":
                again = numbered[: max(pieces - len(names), 0)]
                own = [*again, *self._new_pieces(batch, pieces - len(again), names, on)]
                rows += [(grade, sku, 1) for sku in sorted(own)]
            else:
                sku = batch.sku if grade == "prime" else self._seconds(batch.sku)
                rows.append((grade, sku, pieces))
        return tuple(rows)

    def _seconds(self, sku: str) -> str:
        """The SKU of the second choice of a SKU; created as a copy without a price where there is none."""
        row = self.cursor.execute(
            "SELECT sku FROM variant WHERE shop_id = ? AND seconds_of = ? ORDER BY is_archived, sku LIMIT 1",
            (self.shop.shop_id, sku),
        ).fetchone()
        if row:
            return str(row[0])
        edits = Edits(self.connection, self.shop.shop_id)
        values = _copied(edits, sku) | {"grade": "second", "seconds_of": sku}
        return self._new_variant(edits, f"{sku}-S", values)

    def _new_pieces(
        self, batch: Batch, count: int, names: Sequence[str] = (), on: date | None = None
    ) -> list[str]:
        """Numbered pieces of a batch: each exists once and has a SKU of its own.

        Those of `names` that are in the catalog already are taken as they are.
        """
        edits = Edits(self.connection, self.shop.shop_id)
        fired = {step.firing_id for step in batch.at("glaze_fired")}
        origin: dict[str, Any] = {
            "batch_id": batch.batch_id,
            "firing_id": fired.pop() if len(fired) == 1 else None,
            "maker": batch.maker,
            "made_on": on or self.today,
        }
        skus = []
        for place in range(count):
            name = names[place] if place < len(names) else None
            stored = name and edits.read("piece", {"sku": name}, tuple(origin))
            if name and stored:
                values = {**origin, "made_on": str(origin["made_on"])}
                edits.update("piece", {"sku": name}, {key: stored[key] or values[key] for key in values})
                skus.append(name)
                continue
            values = _copied(edits, batch.sku)
            fields = PieceFields(sku=name, **origin, **{key: values[key] for key in MEASURES})
            skus.append(new_piece(edits, values["product_code"], fields))
        return skus

    def _new_variant(self, edits: Edits, name: str, values: dict[str, Any]) -> str:
        rows = self.cursor.execute("SELECT sku FROM variant WHERE shop_id = ?", (self.shop.shop_id,))
        taken = {folded(row[0]) for row in rows}
        sku, number = name, 2
        while folded(sku) in taken:
            sku, number = f"{name}-{number}", number + 1
        edits.insert("variant", {"sku": sku}, {**values, **products.UNVERSIONED})
        return sku

    def follow(self, batch_id: str, before: Batch | None, after: Batch | None) -> None:
        """Bring the stock in line with what a batch's checks gave; corrections are counter-movements.

        Raises AlreadySold where pieces that have left the stock would have to come back.
        """
        then, now = _by_sku(before), _by_sku(after)
        for sku in sorted({*then, *now}):
            if change := now.get(sku, 0) - then.get(sku, 0):
                self._move(batch_id, sku, change, _checked_on(after) or _checked_on(before))
        for sku in {*then, *now}:  # numbered pieces that a corrected check no longer gives are archived
            self.cursor.execute(
                "UPDATE variant SET is_archived = ? WHERE shop_id = ? AND sku = ? AND EXISTS "
                "(SELECT 1 FROM piece p WHERE p.shop_id = variant.shop_id AND p.sku = variant.sku)",
                (int(sku not in now), self.shop.shop_id, sku),
            )

    def _move(self, batch_id: str, sku: str, change: int, on: date | None) -> None:
        """Book pieces in, or back out as long as so many of them are free."""
        shop_id = self.shop.shop_id
        (booked,) = self.cursor.execute(
            "SELECT COUNT(*) FROM stock_movement WHERE shop_id = ? AND batch_id = ? AND sku = ? "
            "AND reason = 'made'",
            (shop_id, batch_id, sku),
        ).fetchone()
        if change < 0:
            balance = ledger.balances(self.connection, [sku], shop_id=shop_id).get(sku)
            if balance is None:
                return  # produced to order: its pieces were never in stock
            if balance.on_hand - balance.reserved < -change:
                raise AlreadySold(batch=batch_id, sku=sku, fewer=-change)
        noon = datetime.combine(on or self.today, time(12), ZoneInfo(self.shop.time_zone))
        adjustments.book_output(
            self.connection,
            sku,
            change,
            key=f"made/{batch_id}/{sku}/{booked + 1}",
            actor=self.actor,
            at=min(noon, datetime.now(UTC)),
            batch_id=batch_id,
            shop_id=shop_id,
        )


def _copied(edits: Edits, sku: str) -> dict[str, Any]:
    values = edits.read("variant", {"sku": sku}, COPIED)
    if values is None:
        raise UnknownSku(sku=sku)
    return values


def _checked_on(batch: Batch | None) -> date | None:
    """The last day on which pieces of a batch were checked."""
    steps = batch.at("checked") if batch else ()
    return max((step.done_on for step in steps if step.done_on), default=None)


def _by_sku(batch: Batch | None) -> dict[str, int]:
    """Good pieces by SKU; none for a batch that was cancelled or does not exist."""
    pieces_by_sku: dict[str, int] = {}
    if batch is not None and batch.status != "cancelled":
        for (_, sku), pieces in batch.grades().items():
            pieces_by_sku[sku] = pieces_by_sku.get(sku, 0) + pieces
    return pieces_by_sku
