"""The data of a workshop: plain values as somebody would type them, and the whole of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sample_data.studio.sales import Sale


@dataclass(frozen=True)
class Product:
    """One design."""

    code: str
    title: str
    family: str
    form: str
    glaze: str
    clay: str
    is_food_safe: bool | None


@dataclass(frozen=True)
class Variant:
    """One buyable form of a design, with its measures; `seconds_of` is the first choice of it."""

    sku: str
    product: str
    title: str
    price_cents: int
    policy: str
    size: str | None
    height_mm: int | None
    width_mm: int | None
    volume_ml: int | None
    weight_g: int | None
    area_cm2: int
    packing: str
    place: str | None
    reorder_point: int | None = None
    lead_days: int | None = None
    seconds_of: str | None = None


@dataclass(frozen=True)
class Piece:
    """One object that exists once, with its own number and SKU."""

    sku: str
    number: str
    product: str
    title: str
    price_cents: int
    height_mm: int
    width_mm: int
    weight_g: int
    area_cm2: int
    batch: str | None
    maker: str
    ready_on: date


@dataclass(frozen=True)
class Kiln:
    """One kiln; `fires` are the stages it is used for."""

    kiln_id: str
    name: str
    fuel: str
    area_cm2: int
    positions: tuple[str, ...]
    wear_cents: int


@dataclass(frozen=True)
class Firing:
    """One kiln load; a bill (`energy_cents`) that has not come yet is None."""

    firing_id: str
    kiln_id: str
    stage: str
    planned_on: date
    fired_on: date | None
    opened_on: date | None
    top_celsius: int
    energy_kwh: int | None
    gas_litres: int | None
    energy_cents: int | None
    wear_cents: int
    labour_cents: int


@dataclass(frozen=True)
class Step:
    """One stage of one batch, or a part of it; `out` is missing while it is under way."""

    stage: str
    part: int
    pieces_in: int
    out: int | None
    done_on: date
    firing_id: str | None = None
    position: str | None = None
    maker: str | None = None
    losses: tuple[tuple[str, int], ...] = ()
    grades: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Batch:
    """One making batch; `numbers` are the SKUs of its pieces where each exists once."""

    batch_id: str
    sku: str
    pieces: int
    maker: str
    clay: str
    started_on: date
    steps: tuple[Step, ...]
    numbers: tuple[str, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether all of it was checked."""
        checked = [step for step in self.steps if step.stage == "checked"]
        left = sum(step.out or 0 for step in self.steps if step.stage == "glaze_fired")
        return bool(checked) and sum(step.pieces_in for step in checked) == left


@dataclass(frozen=True)
class Material:
    """One material; amounts are thousandths of its unit."""

    material_id: str
    name: str
    kind: str
    unit: str
    reorder_point: int
    reorder_amount: int
    supplier: str
    lead_days: int
    price_cents: int
    is_food_safe: bool | None = None


@dataclass(frozen=True)
class Purchase:
    """So much of a material bought on a day for so much money."""

    material_id: str
    on: date
    amount: int
    cents: int


@dataclass(frozen=True)
class Use:
    """What one piece of a SKU takes of a material at a stage."""

    sku: str
    material_id: str
    stage: str
    amount: int


@dataclass(frozen=True)
class PlatformFees:
    """The fees of a platform; rates in hundredths of a percent."""

    platform: str
    fee_bp: int
    commission_bp: int
    breakage_bp: int
    shipping_cents: int


@dataclass(frozen=True)
class EnteredRate:
    """A rate from a day on: for `kind` (courier, packing, wage), of a platform, a province, up to so many grams."""

    kind: str
    from_on: date
    cents: int
    platform: str = ""
    province: str = ""
    up_to_g: int = 0


@dataclass(frozen=True)
class EnteredAds:
    """What advertising cost on a day on a platform, for one product or ("") for all."""

    on: date
    platform: str
    cents: int
    product: str = ""


@dataclass(frozen=True)
class Count:
    """One stocktake of a place; `found` are (SKU, expected, counted), an open one is not finished."""

    place: str
    rows: tuple[tuple[str, int, int], ...]
    finished: bool


@dataclass(frozen=True)
class Workshop:
    """Everything the studio's people know that no platform reports.

    `broken` are (SKU, day, pieces), `arrived` what came back (sale, pieces whole), `reservations` (SKU, pieces,
    what for), `by_hand` costs of a SKU that the owner typed in, `goals` GMV by month, `labour` minutes by day.
    """

    since: date
    until: date
    now: int
    currency: str
    products: tuple[Product, ...]
    variants: tuple[Variant, ...]
    pieces: tuple[Piece, ...]
    kilns: tuple[Kiln, ...]
    firings: tuple[Firing, ...]
    batches: tuple[Batch, ...]
    materials: tuple[Material, ...]
    purchases: tuple[Purchase, ...]
    uses: tuple[Use, ...]
    platform_fees: tuple[PlatformFees, ...]
    opening: dict[str, int]
    broken: tuple[tuple[str, date, int], ...]
    arrived: tuple[tuple[Sale, int], ...]
    counts: tuple[Count, ...]
    reservations: tuple[tuple[str, int, str], ...]
    presale: dict[str, int]
    sales: tuple[Sale, ...] = field(repr=False)
    by_hand: dict[str, int] = field(default_factory=dict)
    goals: tuple[tuple[date, int], ...] = ()
    piece_place: str = "孤品柜"
    broken_note: str = "上架时磕碰"
    rates: tuple[EnteredRate, ...] = ()
    labour: tuple[tuple[date, int], ...] = ()
    ads: tuple[EnteredAds, ...] = ()
