"""The arithmetic of what a piece costs: pure functions on whole cents; the rules: docs/manual/en/costing-rules.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from shop.core.money import half_up, split

BASIS = 10_000  # rates are hundredths of a percent


@dataclass(frozen=True)
class StageCost:
    """One pass of one stage of a batch, its parts together: pieces in and out, and what was put into them.

    `again` pieces came out unfinished: they carry what the good ones carry. A detour (a further pass, the decor firing)
    takes its pieces from those that are through and returns them there.
    """

    stage: str
    pieces_in: int
    pieces_out: int
    material_cents: int = 0
    kiln_cents: int = 0
    again: int = 0
    is_detour: bool = False

    @property
    def left(self) -> int:
        """Pieces that came out, finished or not."""
        return self.pieces_out + self.again

    @property
    def lost(self) -> int:
        """Pieces lost at this stage."""
        return self.pieces_in - self.left


@dataclass(frozen=True)
class PieceCost:
    """The cost of some pieces in cents: material, firing share, and losses allocated to them."""

    material: int = 0
    kiln: int = 0
    loss: int = 0

    @property
    def whole(self) -> int:
        """All of it."""
        return self.material + self.kiln + self.loss


@dataclass(frozen=True)
class Flow:
    """A batch's money after its last stage: what its good pieces carry, and what each stage lost.

    `losses` are the cents that sat in the pieces lost at each stage, in the order of the stages.
    """

    good: PieceCost
    losses: tuple[int, ...]


def flow(stages: Sequence[StageCost]) -> Flow:
    """Follow material and kiln cost through the stages of one batch.

    At each stage what is put in is added to what the pieces going in carry; the lost pieces' share of
    material and of kiln (each split by pieces, largest remainder, good pieces first) is this stage's
    loss, which is added to the others. Pieces that do not go on to the next stage retain their share.
    After a detour, what its pieces carry is put together with the rest: all pieces that are through carry the same.
    """
    purse = PieceCost()
    losses: list[int] = []
    before: int | None = None
    for stage in stages:
        going, staying = _divided(purse, stage.pieces_in, before)
        shares = (stage.left, stage.lost)
        material, material_lost = split(going.material + stage.material_cents, shares)
        kiln, kiln_lost = split(going.kiln + stage.kiln_cents, shares)
        lost = material_lost + kiln_lost
        losses.append(lost)
        purse = PieceCost(material, kiln, going.loss + lost)
        if stage.is_detour:
            purse = PieceCost(
                purse.material + staying.material, purse.kiln + staying.kiln, purse.loss + staying.loss
            )
            before = (before or stage.pieces_in) - stage.pieces_in + stage.left
        else:
            before = stage.left
    return Flow(purse, tuple(losses))


def _divided(purse: PieceCost, pieces: int, before: int | None) -> tuple[PieceCost, PieceCost]:
    """What the pieces that go on carry, and what those that wait do."""
    if before is None or pieces >= before:
        return purse, PieceCost()
    shares = (pieces, before - pieces)
    pairs = [split(cents, shares) for cents in (purse.material, purse.kiln, purse.loss)]
    return PieceCost(*(pair[0] for pair in pairs)), PieceCost(*(pair[1] for pair in pairs))


def kiln_shares(cost_cents: int, load: Sequence[tuple[int, int | None]]) -> list[int]:
    """Each part's share of one firing's cost by kiln area, to the last cent.

    `load` lists (pieces in, `shelf_cm2` of one piece) of every part in the kiln, ordered by batch, stage
    and part. Where the kiln area of any piece is not known, the whole load is shared by pieces.
    """
    if any(not area for _, area in load):
        return split(cost_cents, [pieces for pieces, _ in load])
    return split(cost_cents, [pieces * (area or 0) for pieces, area in load])


@dataclass(frozen=True)
class Unit:
    """What one good piece costs before packing, in cents; material + kiln + loss = cents."""

    cents: int
    material: int
    kiln: int
    loss: int


def unit(outputs: Sequence[tuple[int, int, PieceCost]]) -> Unit:
    """The cost of one piece produced in several batches.

    `outputs` gives, for each batch, how many pieces of this SKU it gave, how many good pieces it gave in
    all, and what its good pieces carry together. Rounded half up once; the parts by largest remainder.
    """
    pieces = sum(count for count, _, _ in outputs)
    parts = [
        sum((Fraction(count * getattr(purse, name), good) for count, good, purse in outputs), Fraction())
        for name in ("material", "kiln", "loss")
    ]
    cents = half_up(sum(parts, Fraction()) / pieces)
    scale = lcm(*(part.denominator for part in parts))
    material, kiln, loss = split(cents, [int(part * scale) for part in parts])
    return Unit(cents, material, kiln, loss)


def packing(uses: Sequence[tuple[int, Fraction]]) -> int:
    """What packing one piece costs: (amount, cents per amount) of each material, rounded once."""
    return half_up(sum((amount * price for amount, price in uses), Fraction()))


def floor_of(
    unit_cents: int,
    *,
    coupon_cents: int = 0,
    shipping_cents: int = 0,
    fee_bp: int = 0,
    commission_bp: int = 0,
    breakage_bp: int = 0,
) -> int | None:
    """The least price, in whole cents, at which nothing is lost; None where the rates eat it all."""
    left = BASIS - fee_bp - commission_bp - breakage_bp
    if left <= 0:
        return None
    return coupon_cents - (-(unit_cents + shipping_cents) * BASIS // left)
