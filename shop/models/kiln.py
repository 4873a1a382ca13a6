"""Making: kilns, batches through their stages, firings, materials, and what a piece came to cost."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from shop.core.enumerations import values_of
from shop.models.base import big, cents, count, day, instant, key, shop_key


class BatchStage(StrEnum):
    """The stages of a batch in their order: 坯, 素烧, 釉, 釉烧, 烤花 (描金, 贴花; not every piece has it), 质检."""

    GREENWARE = "greenware"
    BISQUE = "bisque"
    GLAZED = "glazed"
    GLAZE_FIRED = "glaze_fired"
    DECOR_FIRED = "decor_fired"
    CHECKED = "checked"


class BatchStatus(StrEnum):
    """Whether a batch is under way, has come to its end, or was called off."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class FiringStatus(StrEnum):
    """How far a firing has come, in this order; a cancelled one goes no further."""

    PLANNED = "planned"
    FIRED = "fired"
    OPENED = "opened"
    CANCELLED = "cancelled"


class LossReason(StrEnum):
    """Why a piece was lost."""

    CRACK = "crack"
    WARP = "warp"
    BURST = "burst"
    GLAZE_FLAW = "glaze_flaw"
    STUCK = "stuck"
    UNDERFIRED = "underfired"
    OVERFIRED = "overfired"
    KNOCKED = "knocked"
    OTHER = "other"


STAGES = values_of(BatchStage)
FIRED = (BatchStage.BISQUE.value, BatchStage.GLAZE_FIRED.value, BatchStage.DECOR_FIRED.value)
"""The stages that happen in a kiln."""
OPTIONAL = (BatchStage.DECOR_FIRED.value,)
"""The stages that some pieces of a batch pass, and others not."""
LOSS_REASONS = values_of(LossReason)


class Kiln(SQLModel, table=True):
    """One kiln of the studio with the kiln area (cm2, all levels together) that a load may use."""

    __tablename__ = "kiln"

    shop_id: int = shop_key()
    kiln_id: str = key()
    name: str
    fuel: str = "electric"
    shelf_cm2: int
    positions: str = "top,middle,bottom"
    wear_cents: int = cents()
    is_retired: bool = False


class Firing(SQLModel, table=True):
    """One kiln load: planned, fired or opened, with what its energy cost; a calendar entry.

    `wear_cents` is the share of elements, kiln furniture and relining that one firing uses up.
    """

    __tablename__ = "firing"
    __table_args__: ClassVar = (
        Index("firing_planned_on", "shop_id", "planned_on"),
        CheckConstraint("energy_cents >= 0 AND wear_cents >= 0 AND labour_cents >= 0", name="firing_signs"),
    )

    shop_id: int = shop_key()
    firing_id: str = key()
    kiln_id: str
    stage: str
    status: str = FiringStatus.PLANNED.value
    planned_on: date | None = day()
    fired_on: date | None = day()
    opened_on: date | None = day()
    top_celsius: int | None = count()
    energy_kwh: int | None = count()
    gas_litres: int | None = count()
    energy_cents: int = cents()
    wear_cents: int = cents()
    labour_cents: int = cents()
    currency: str
    note: str | None = None


class StoredCurve(SQLModel, table=True):
    """The temperature of one firing over time, from its controller's file `source`.

    `points` (JSON) lists (seconds from the first reading, tenths of °C) in the order of time.
    """

    __tablename__ = "firing_curve"

    shop_id: int = shop_key()
    firing_id: str = key()
    points: str = Field(sa_type=Text)
    source: str = ""
    added_at: datetime = instant()


class KilnBatch(SQLModel, table=True):
    """One making batch: pieces of one SKU that go through the stages together."""

    __tablename__ = "kiln_batch"
    __table_args__: ClassVar = (
        Index("kiln_batch_sku", "shop_id", "sku"),
        CheckConstraint("pieces > 0", name="kiln_batch_pieces"),
    )

    shop_id: int = shop_key()
    batch_id: str = key()
    sku: str
    pieces: int
    maker: str | None = None
    clay: str | None = None
    status: str = BatchStatus.OPEN.value
    started_on: date = day()
    closed_on: date | None = day()
    note: str | None = None


class BatchStep(SQLModel, table=True):
    """One stage of one batch (a part of it, where it was split over firings): pieces in and out.

    `pieces_out` is missing while the stage is planned or under way; lost = in - out - again. `pieces_again` came out
    unfinished (underfired) and go in once more: in a step of the same stage with the next `pass_number`. `position`
    is the place in the kiln.
    """

    __tablename__ = "batch_step"
    __table_args__: ClassVar = (
        Index("batch_step_firing", "shop_id", "firing_id"),
        CheckConstraint(
            "pieces_in > 0 AND (pieces_out IS NULL OR pieces_out BETWEEN 0 AND pieces_in)",
            name="batch_step_pieces",
        ),
        CheckConstraint("pass_number > 0", name="batch_step_pass"),
        CheckConstraint("pieces_again BETWEEN 0 AND pieces_in", name="batch_step_again"),
    )

    shop_id: int = shop_key()
    batch_id: str = key()
    stage: str = key()
    part: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    pieces_in: int
    pieces_out: int | None = count()
    done_on: date | None = day()
    firing_id: str | None = None
    position: str | None = None
    maker: str | None = None
    note: str | None = None
    pass_number: int = 1
    pieces_again: int = 0


class BatchLoss(SQLModel, table=True):
    """Pieces of one step that were lost for one reason; the reasons of a step add up to its loss."""

    __tablename__ = "batch_loss"
    __table_args__: ClassVar = (CheckConstraint("pieces > 0", name="batch_loss_pieces"),)

    shop_id: int = shop_key()
    batch_id: str = key()
    stage: str = key()
    part: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    cause: str = key()
    pieces: int


class BatchGrade(SQLModel, table=True):
    """Good pieces of one checked part by grade, and the SKU under which they came into stock."""

    __tablename__ = "batch_grade"
    __table_args__: ClassVar = (CheckConstraint("pieces > 0", name="batch_grade_pieces"),)

    shop_id: int = shop_key()
    batch_id: str = key()
    part: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    grade: str = key()
    sku: str = key()
    pieces: int


class Material(SQLModel, table=True):
    """One material (clay, glaze, box): stock and its value, which the moving average price is from.

    Amounts are thousandths of `unit` (g of a kg, 1000 for one box); `value_cents` is what the stock on
    hand was bought for.
    """

    __tablename__ = "material"
    __table_args__: ClassVar = (CheckConstraint("on_hand >= 0 AND value_cents >= 0", name="material_signs"),)

    shop_id: int = shop_key()
    material_id: str = key()
    name: str
    kind: str
    unit: str = "kg"
    on_hand: int = big(default=0)
    value_cents: int = cents()
    currency: str
    reorder_point: int | None = count()
    reorder_amount: int | None = count()
    supplier: str | None = None
    lead_days: int | None = count()
    is_food_safe: bool | None = None
    is_retired: bool = False


class MaterialMovement(SQLModel, table=True):
    """One signed change of a material's stock (thousandths of its unit) and of its value (cents).

    `reason` is bought, used, counted or wasted; `move_key` makes the same event count once.
    """

    __tablename__ = "material_movement"
    __table_args__: ClassVar = (
        UniqueConstraint("shop_id", "move_key"),
        Index("material_movement_material", "shop_id", "material_id", "moved_at"),
        Index("material_movement_batch", "shop_id", "batch_id"),
    )

    movement_id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    material_id: str
    reason: str
    amount: int = big(default=0)
    value_cents: int = cents()
    moved_at: datetime = instant()
    actor: str
    note: str | None = None
    move_key: str
    batch_id: str | None = None
    stage: str | None = None
    undoes: int | None = None


class MaterialUse(SQLModel, table=True):
    """How much of one material one piece of a SKU takes, and at which stage (packing at "packing").

    `amount` is thousandths of the material's unit.
    """

    __tablename__ = "material_use"
    __table_args__: ClassVar = (CheckConstraint("amount > 0", name="material_use_amount"),)

    shop_id: int = shop_key()
    sku: str = key()
    material_id: str = key()
    stage: str = key()
    amount: int = big()


class BatchCost(SQLModel, table=True):
    """What one finished batch cost by stage, and what of it sits in lost pieces; computed again on change.

    All passes of a stage together; a piece that went in again counts where it came out finished or was lost.

    material + kiln of all stages = cost of the good pieces; `loss_cents` is the part of it that had
    gone into pieces lost at this stage.
    """

    __tablename__ = "batch_cost"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    batch_id: str = key()
    stage: str = key()
    pieces_in: int
    pieces_out: int
    material_cents: int = cents()
    kiln_cents: int = cents()
    loss_cents: int = cents()


class UnitCost(SQLModel, table=True):
    """What one good piece of a SKU costs from a shop day on, in cents of `currency`.

    unit = material + kiln + loss + packing; `is_complete` is false where a price or an energy bill is
    still missing. Typed in by the owner where `batch_id` is missing.
    """

    __tablename__ = "unit_cost"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    sku: str = key()
    from_on: date = day(primary_key=True)
    material_cents: int = cents()
    kiln_cents: int = cents()
    loss_cents: int = cents()
    packing_cents: int = cents()
    unit_cents: int = cents()
    currency: str
    is_complete: bool = True
    batch_id: str | None = None
