"""The studio's four kilns, what goes wrong in them, and what a load costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sample_data.studio.values import Firing, Kiln

ELECTRIC = Kiln("K1", "大电窑", "electric", 26_000, ("上层", "中层", "下层"), 3_500)
SMALL = Kiln("K2", "小电窑", "electric", 5_200, ("上层", "下层"), 1_800)
GAS = Kiln("K3", "气窑", "gas", 9_000, ("上层", "中层", "下层"), 4_800)
WOOD = Kiln("K4", "柴窑", "wood", 8_000, ("窑头", "窑中", "窑尾"), 9_000)
KILNS = (ELECTRIC, SMALL, GAS, WOOD)
IN_GAS = ("JH", "YLH")
IN_WOOD = ("CS",)
EVERY = {"electric": 1, "gas": 2, "wood": 5}  # weeks
CENTS_A_KWH, CENTS_A_LITRE = 82, 345

# The truth behind every loss, in thousandths: what a stage costs, and how much worse it gets by
# position in the kiln, glaze and maker (percent).
LOST = {"greenware": 35, "bisque": 40, "glazed": 8, "glaze_fired": 75, "checked": 15}
SECOND = 55
BY_POSITION = {"上层": 80, "中层": 90, "下层": 140, "窑头": 160, "窑中": 90, "窑尾": 120}
BY_GLAZE = {"JH": 210, "YLH": 180, "CS": 160, "QH": 110, "TQ": 120}
BY_MAKER = {"老陈": 70, "小林": 100, "阿梅": 135}
LOSS_REASONS = {
    "greenware": (("crack", 5), ("warp", 3), ("knocked", 2)),
    "bisque": (("burst", 4), ("crack", 5), ("knocked", 1)),
    "glazed": (("knocked", 6), ("glaze_flaw", 4)),
    "glaze_fired": (("glaze_flaw", 5), ("stuck", 2), ("warp", 2), ("overfired", 1), ("underfired", 1)),
    "checked": (("glaze_flaw", 6), ("crack", 3), ("other", 1)),
}


def glaze_kilns(glaze: str) -> tuple[Kiln, ...]:
    """Return the kilns that a glaze is fired in, the first one first."""
    if glaze in IN_WOOD:
        return (WOOD,)
    return (GAS,) if glaze in IN_GAS else (ELECTRIC, SMALL)


def electric_kilns(area: int) -> tuple[Kiln, ...]:
    """Return the electric kilns, the small one first where all pieces fit."""
    return (SMALL, ELECTRIC) if area <= SMALL.area_cm2 else (ELECTRIC, SMALL)


def weeks_between(glaze: str) -> int:
    """Return how many weeks lie between two firings that a glaze is put into."""
    return EVERY[glaze_kilns(glaze)[0].fuel]


def chance(stage: str, glaze: str, position: str | None, maker: str) -> float:
    """Return the probability that a piece is lost at a stage."""
    thousandths = float(LOST[stage])
    if stage == "greenware":
        thousandths *= BY_MAKER[maker] / 100
    if stage == "glaze_fired":
        thousandths *= BY_GLAZE.get(glaze, 100) / 100
    if position:
        thousandths *= BY_POSITION[position] / 100
    return thousandths / 1000


def lose(rng: Random, pieces: int, likely: float) -> int:
    """Return how many of some pieces are lost."""
    return sum(rng.random() < likely for _ in range(pieces))


def loss_reasons(rng: Random, stage: str, lost: int) -> tuple[tuple[str, int], ...]:
    """Return why pieces were lost, and how many for each reason."""
    names, weights = zip(*LOSS_REASONS[stage], strict=True)
    drawn = rng.choices(names, weights, k=lost)
    return tuple((name, drawn.count(name)) for name in names if name in drawn)


@dataclass
class Load:
    """One kiln load while it is being packed."""

    kiln: Kiln
    stage: str
    fired_on: date
    used_cm2: int = 0
    firing_id: str = ""

    @property
    def opened_on(self) -> date:
        """The day the kiln is cool."""
        return self.fired_on + timedelta(days=3 if self.kiln is WOOD else 1)

    @property
    def free_cm2(self) -> int:
        """The kiln area that is left."""
        return self.kiln.area_cm2 - self.used_cm2

    def bill(self, rng: Random, until: date, missing: bool) -> Firing:
        """Return the load as a firing with what it cost, as far as it is known on a day."""
        fired, opened = self.fired_on <= until, self.opened_on <= until
        bisque = self.stage == "bisque"
        kwh, litres, cents = self._energy(rng, bisque)
        known = opened and not missing
        return Firing(
            self.firing_id,
            self.kiln.kiln_id,
            self.stage,
            self.fired_on,
            self.fired_on if fired else None,
            self.opened_on if opened else None,
            820 if bisque else {"wood": 1300, "gas": 1280}.get(self.kiln.fuel, 1240),
            kwh if known else None,
            litres if known else None,
            cents if known else None,
            self.kiln.wear_cents,
            {"wood": 24_000, "gas": 9_000}.get(self.kiln.fuel, 4_000),
        )

    def _energy(self, rng: Random, bisque: bool) -> tuple[int | None, int | None, int]:
        full = self.used_cm2 / self.kiln.area_cm2
        if self.kiln is WOOD:
            return None, None, 52_000 + rng.randrange(0, 16_000)
        size = self.kiln.area_cm2 / 100
        need = size * (0.8 if bisque else 1.25) * (0.7 + 0.3 * full) * rng.uniform(0.95, 1.05)
        if self.kiln is GAS:
            return None, int(need), int(need) * CENTS_A_LITRE
        return int(need), None, int(need) * CENTS_A_KWH


def pack(
    loads: list[Load], busy: Sequence[Load], kilns: Sequence[Kiln], stage: str, day: date, area: int
) -> Load:
    """Return the load of a week that something goes into: where it fits, else a new one.

    `busy` are the loads of other weeks; a wood kiln needs a day more to cool.
    """
    for load in loads:
        if load.free_cm2 >= area and load.fired_on >= day and load.kiln in kilns:
            load.used_cm2 += area
            return load
    used = {(load.kiln.kiln_id, load.fired_on) for load in (*loads, *busy)}
    for later in range(60):
        for kiln in kilns:
            on = day + timedelta(days=later)
            cools = (-1, 1) if kiln.fuel == "wood" else ()
            free = all((kiln.kiln_id, on + timedelta(days=near)) not in used for near in (0, *cools))
            if free and kiln.area_cm2 >= area:
                load = Load(kiln, stage, on, area)
                loads.append(load)
                return load
    raise ValueError(f"no kiln for {area} cm2")
