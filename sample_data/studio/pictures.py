"""Pictures of the practice shop's pots: wheel-thrown forms, turned and glazed by arithmetic.

A form is a profile (height, radius) turned round its axis and looked at from a little above; light
comes from a window on the left. Not photographs, and not meant to pass for any.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Profile = Sequence[tuple[float, float]]
Colour = tuple[float, float, float]

SIZE, FINE = 480, 2
FLOOR = 0.80
TILT = 0.26
LIGHT = np.array([-0.52, 0.55, 0.65]) / np.linalg.norm([-0.52, 0.55, 0.65])
PAPER = np.array([247.0, 244.0, 238.0])
CLAY: Colour = (214, 190, 160)
STONEWARE: Colour = (120, 84, 62)
# glaze: colour where it is thick, where it is thin, how restless it is
GLAZES: dict[str, tuple[Colour, Colour, float]] = {
    "青瓷": ((126, 160, 142), (186, 203, 182), 0.10),
    "影青": ((190, 212, 214), (228, 236, 233), 0.06),
    "天青": ((140, 174, 188), (200, 214, 214), 0.10),
    "釉里红": ((162, 60, 54), (226, 205, 190), 0.75),
    "青花": ((234, 238, 239), (240, 241, 238), 0.03),
    "柴烧": ((112, 82, 60), (176, 136, 92), 0.85),
    "钧红": ((138, 40, 62), (118, 132, 168), 0.80),
    "乌金": ((40, 36, 36), (122, 78, 42), 0.20),
    "哑光白": ((232, 228, 219), (240, 237, 230), 0.04),
    "粉青": ((166, 194, 180), (212, 222, 208), 0.08),
}
# form: profile as (height, radius) from the foot up, in units of the picture's width
FORMS: dict[str, Profile] = {
    "斗笠杯": ((0, 0.08), (0.022, 0.082), (0.04, 0.105), (0.13, 0.205), (0.24, 0.325)),
    "主人杯": (
        (0, 0.12),
        (0.022, 0.118),
        (0.045, 0.165),
        (0.11, 0.215),
        (0.19, 0.235),
        (0.27, 0.235),
        (0.34, 0.225),
    ),
    "盖碗": (
        (0, 0.095),
        (0.022, 0.095),
        (0.045, 0.13),
        (0.11, 0.195),
        (0.19, 0.235),
        (0.25, 0.258),
        (0.30, 0.29),
    ),
    "公道杯": (
        (0, 0.145),
        (0.02, 0.148),
        (0.05, 0.19),
        (0.11, 0.222),
        (0.18, 0.228),
        (0.26, 0.208),
        (0.32, 0.193),
        (0.38, 0.205),
    ),
    "马克杯": (
        (0, 0.165),
        (0.015, 0.17),
        (0.035, 0.193),
        (0.07, 0.205),
        (0.20, 0.205),
        (0.32, 0.202),
        (0.40, 0.202),
    ),
    "茶壶": (
        (0, 0.14),
        (0.02, 0.142),
        (0.05, 0.19),
        (0.10, 0.232),
        (0.15, 0.248),
        (0.20, 0.24),
        (0.25, 0.205),
        (0.285, 0.155),
        (0.295, 0.15),
        (0.30, 0.152),
        (0.33, 0.105),
        (0.355, 0.045),
        (0.362, 0.022),
        (0.375, 0.030),
        (0.392, 0.026),
        (0.402, 0.0),
    ),
    "花器": (
        (0, 0.115),
        (0.015, 0.118),
        (0.05, 0.155),
        (0.12, 0.195),
        (0.20, 0.215),
        (0.28, 0.208),
        (0.36, 0.165),
        (0.43, 0.108),
        (0.49, 0.078),
        (0.54, 0.074),
        (0.58, 0.088),
        (0.60, 0.108),
    ),
    "餐盘": ((0, 0.21), (0.014, 0.212), (0.026, 0.255), (0.05, 0.33), (0.085, 0.40)),
    "饭碗": (
        (0, 0.115),
        (0.03, 0.112),
        (0.045, 0.145),
        (0.09, 0.22),
        (0.15, 0.278),
        (0.22, 0.315),
        (0.28, 0.33),
    ),
    "香插": (
        (0, 0.15),
        (0.012, 0.16),
        (0.04, 0.192),
        (0.075, 0.20),
        (0.105, 0.175),
        (0.122, 0.12),
        (0.13, 0.04),
        (0.131, 0.0),
    ),
}
CLOSED = ("茶壶", "香插")
LID: Profile = (
    (0, 0.252),
    (0.012, 0.254),
    (0.04, 0.232),
    (0.075, 0.175),
    (0.098, 0.10),
    (0.106, 0.058),
    (0.118, 0.052),
    (0.134, 0.066),
    (0.14, 0.0),
)
SAUCER: Profile = ((0, 0.165), (0.010, 0.17), (0.020, 0.23), (0.034, 0.30), (0.05, 0.345))


def picture(form: str, glaze: str, seed: int = 0) -> bytes:
    """Return a JPEG of a form in a glaze; equal arguments give equal bytes."""
    from PIL import Image

    canvas = _Canvas(form, seed)
    _draw(canvas, form, glaze)
    image = Image.fromarray(np.clip(canvas.pixels, 0, 255).astype(np.uint8), "RGB")
    image = image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=88)
    return file.getvalue()


def _draw(canvas: _Canvas, form: str, glaze: str) -> None:
    floor = FLOOR + 0.06 * (form == "花器")
    skin = Skin(glaze, canvas.luck)
    if form == "盖碗":
        canvas.turn(SAUCER, floor + 0.03, skin)
        canvas.turn(FORMS[form], floor - 0.005, skin)
        canvas.turn(LID, floor - 0.295, skin, closed=True)
        return
    if form == "马克杯":
        canvas.tube(_arc(0.70, floor - 0.21, 0.115, -100, 100), 0.026, skin)
    if form == "茶壶":
        canvas.tube(_arc(0.74, floor - 0.17, 0.12, -95, 95), 0.022, skin)
        canvas.tube(_line((0.30, floor - 0.10), (0.13, floor - 0.27), 0.5), 0.03, skin, 0.62)
    if form == "公道杯":
        canvas.tube(_arc(0.705, floor - 0.20, 0.10, -95, 95), 0.02, skin)
    canvas.turn(FORMS[form], floor, skin, closed=form in CLOSED)
    if form == "香插":
        canvas.stick(0.5, floor - 0.13, 0.44)


def _arc(x: float, y: float, radius: float, first: float, last: float) -> Array:
    angle = np.radians(np.linspace(first, last, 220))
    return np.stack([x + radius * np.cos(angle) * 0.95, y + radius * np.sin(angle)], axis=1)


def _line(first: tuple[float, float], last: tuple[float, float], bend: float) -> Array:
    along = np.linspace(0, 1, 220)[:, None]
    start, end = np.array(first), np.array(last)
    middle = (start + end) / 2 + np.array([0.0, 0.06 * bend])
    found: Array = (1 - along) ** 2 * start + 2 * along * (1 - along) * middle + along**2 * end
    return found


@dataclass
class Skin:
    """A glaze on clay: its colour at a height (0 foot, 1 rim) and an angle round the pot."""

    glaze: str
    luck: np.random.Generator

    def __post_init__(self) -> None:
        self.thick, self.thin, self.restless = GLAZES[self.glaze]
        self.waves = self.luck.normal(size=(7, 4))
        self.clay = STONEWARE if self.glaze in ("柴烧", "乌金", "钧红") else CLAY

    def noise(self, height: Array, angle: Array) -> Array:
        """Return slow clouds between about -1 and 1."""
        bend = self.waves[0]
        round_it = angle + 0.55 * np.sin(5.0 * height + 2 * bend[0]) + 0.3 * np.sin(11 * height)
        up = height + 0.10 * np.sin(2 * angle + 3 * bend[1]) + 0.05 * np.sin(5 * angle + bend[2])
        total = np.zeros(np.broadcast(height, angle).shape)
        for place, (a, b, c, d) in enumerate(self.waves):
            turned = 1.3 * round_it * (0.4 + 0.5 * a) + 4.6 * up * (0.6 + 0.5 * b)
            total += np.sin((0.8 + 0.45 * place) * turned + 6 * c) * (0.7 + 0.2 * d)
        found: Array = np.tanh(total / 2.4)
        return found

    def colour(self, height: Array, angle: Array, *, inside: bool = False) -> Array:
        """Return the glaze: thin at the rim, thick at the foot, clouded where it is restless."""
        cloud = self.noise(height, angle)
        thin = 0.12 + 0.75 * np.clip((height - 0.90) / 0.10, 0, 1) ** 2
        thin = np.clip(thin + self.restless * 0.55 * cloud + 0.25 * self.restless * height, 0, 1)
        shade = np.array(self.thick) * (1 - thin[..., None]) + np.array(self.thin) * thin[..., None]
        if self.glaze == "青花" and not inside:
            shade = self._painted(shade, height, angle)
        speckle = self.luck.random(cloud.shape) < (0.012 if self.glaze in ("柴烧", "哑光白") else 0)
        shade = np.where(speckle[..., None], shade * 0.82, shade)
        foot = 0.035 + 0.012 * self.noise(height * 0, angle * 2)
        bare = np.clip((foot - height) / 0.008 + 0.5, 0, 1)[..., None]
        found: Array = shade * (1 - bare) + np.array(self.clay) * bare
        return found

    def _painted(self, shade: Array, height: Array, angle: Array) -> Array:
        """Blue-and-white: two fine bands and a vine with leaves between them."""
        blue = np.array([44.0, 70.0, 140.0])
        ink = np.zeros(height.shape)
        for band, wide in ((0.94, 0.008), (0.90, 0.004), (0.12, 0.006)):
            ink = np.maximum(ink, np.clip(1.4 - np.abs(height - band) / wide, 0, 1) * 0.9)
        vine = 0.52 + 0.10 * np.sin(angle * 3.0)
        ink = np.maximum(ink, np.clip(1.2 - np.abs(height - vine) / 0.012, 0, 1) * 0.85)
        turn = np.mod(angle * 3.0 + 0.4, np.pi) - np.pi / 2
        side = np.where(np.mod(np.floor((angle * 3.0 + 0.4) / np.pi), 2) == 0, 1.0, -1.0)
        leaf = (turn / 0.62) ** 2 + ((height - vine - 0.13 * side) / 0.085) ** 2
        brush = 0.72 + 0.25 * np.sin(turn * 9 + height * 30)
        ink = np.maximum(ink, np.where(leaf < 1, brush, 0))[..., None]
        found: Array = shade * (1 - ink * 0.92) + blue * ink * 0.92
        return found


class _Canvas:
    """A sheet of paper on which pots are turned."""

    def __init__(self, form: str, seed: int) -> None:
        self.luck = np.random.default_rng([seed, 5])
        self.side = SIZE * FINE
        line = (np.arange(SIZE) + 0.5) / SIZE
        glow = 1.02 - 0.10 * np.hypot(line[None, :] - 0.36, line[:, None] - 0.34)
        sheet = PAPER * (glow * self._shadow(form, line))[..., None]
        sheet += self.luck.normal(0, 0.5, (SIZE, SIZE, 1))
        self.pixels: Array = sheet.repeat(FINE, axis=0).repeat(FINE, axis=1)
        self.across = ((np.arange(self.side) + 0.5) / self.side)[None, :]
        self.down = self.across.T

    @staticmethod
    def _shadow(form: str, line: Array) -> Array:
        """Return how much of the light is left beside the foot of a pot."""
        floor = FLOOR + 0.06 * (form == "花器")
        wide = max(radius for _, radius in FORMS[form][:3]) * (1.9 if form == "盖碗" else 1.25)
        left = np.ones((SIZE, SIZE))
        for x, y, a, b, dark in (
            (0.55, floor + 0.015, wide * 1.65, wide * 0.34, 0.20),
            (0.515, floor + 0.012, wide * 1.12, wide * 0.25, 0.34),
        ):
            near = (
                np.exp(-1.6 * ((edge - middle) / size) ** 2)
                for edge, middle, size in ((line, x, a), (line, y, b))
            )
            across, down = near
            left *= 1 - dark * down[:, None] * across[None, :]
        return left

    def turn(self, profile: Profile, floor: float, skin: Skin, *, closed: bool = False) -> None:
        """Turn a profile round its axis, standing on the floor; open ones show their inside."""
        height, radius, slope = _smooth(profile)
        row, x, depth = _round(radius, (-1, 1))
        seen = self._seen(0.5 + x, floor - height[row] + TILT * depth)
        place = seen[seen >= 0]
        row, x, depth = row[place], x[place], depth[place]
        colours = skin.colour(height[row] / height[-1], np.arctan2(x, depth))
        light, shine = _lit(x, depth, slope[row], radius[row])
        shine *= 82 if skin.glaze != "哑光白" else 24
        self.pixels[seen >= 0] = colours * light[:, None] + shine[:, None]
        if not closed:
            self._inside(height, radius, floor, skin)

    def _inside(self, height: Array, radius: Array, floor: float, skin: Skin) -> None:
        """Show the inner wall and the bottom through the mouth, and the lip around it."""
        mouth, top = radius[-1], floor - height[-1]
        ring = (self.across - 0.5) ** 2 + ((self.down - top) / TILT) ** 2
        self.pixels[ring < mouth**2] = np.array(skin.thin) * 0.86
        inner = np.clip(radius - 0.012, 0.001, None)[::-1]
        up = height[::-1]
        row, x, depth = _round(inner, (1, -1))
        seen = self._seen(0.5 + x, floor - up[row] + TILT * depth)
        here = (seen >= 0) & (ring < (mouth - 0.009) ** 2)
        place = seen[here]
        below = (height[-1] - up[row[place]]) / max(mouth * 2, height[-1])
        shade = 0.99 - 0.60 * below + 0.15 * x[place] / mouth
        inside = np.clip(0.35 + 0.5 * up[row[place]] / height[-1], 0.1, 0.85)
        colours = skin.colour(inside, x[place] * 4, inside=True)
        self.pixels[here] = colours * shade[:, None]

    def _seen(self, x: Array, y: Array) -> NDArray[np.int64]:
        """Return which point is seen at each place of the sheet: the last one put there, else -1."""
        buffer = np.full((self.side, self.side), -1, dtype=np.int64)
        column = np.clip((x * self.side).astype(np.int64), 0, self.side - 1)
        line = np.clip((y * self.side).astype(np.int64), 0, self.side - 1)
        buffer[line, column] = np.arange(len(column))
        return buffer

    def tube(self, path: Array, radius: float, skin: Skin, taper: float = 1.0) -> None:
        """Draw a handle or a spout: balls along a path, each lit like a ball."""
        wide = np.linspace(1, taper, len(path)) * radius
        reach = np.linspace(-1, 1, int(radius * 2 * self.side * 1.4))
        right, below = (flat.ravel() for flat in np.meshgrid(reach, reach))
        inside = right**2 + below**2 < 1
        right, below = right[inside], below[inside]
        x = (path[:, :1] + right * wide[:, None]).ravel()
        seen = self._seen(x, (path[:, 1:] + below * wide[:, None]).ravel())
        place = seen[seen >= 0]
        ball = place % len(right)
        normal = np.stack([right, -below, np.sqrt(1 - right**2 - below**2)], axis=-1)[ball]
        facing = np.clip(normal @ LIGHT, 0, 1)
        colours = skin.colour(np.full(len(place), 0.55), x[place] * 4)
        self.pixels[seen >= 0] = colours * (0.40 + 0.72 * facing)[:, None] + (facing**30 * 70)[:, None]

    def stick(self, x: float, y: float, length: float) -> None:
        """Stand a stick of incense in its holder."""
        left, right = (int((x + edge) * self.side) for edge in (-0.0045, 0.0045))
        top, bottom = int((y - length) * self.side), int(y * self.side)
        light = np.linspace(1.2, 0.45, right - left)[None, :, None]
        self.pixels[top:bottom, left:right] = np.array([128.0, 92.0, 70.0]) * light


def _round(radius: Array, sides: tuple[int, int]) -> tuple[NDArray[np.int64], Array, Array]:
    """Return points all round an axis, ring after ring: ring, place across, depth to the viewer.

    The far halves (-1) of all rings or the near ones come first; later points hide earlier ones.
    """
    across = np.linspace(-1, 1, int(radius.max() * 2 * SIZE * FINE * 1.3))
    x = across[None, :] * radius[:, None]
    deep = np.sqrt(np.clip(radius[:, None] ** 2 - x**2, 0, None))
    row = np.broadcast_to(np.arange(len(radius))[:, None], x.shape)
    halves = [(row.ravel(), x.ravel(), (deep * side).ravel()) for side in sides]
    rings, places, depths = zip(*halves, strict=True)
    return np.concatenate(rings), np.concatenate(places), np.concatenate(depths)


def _lit(x: Array, depth: Array, slope: Array, radius: Array) -> tuple[Array, Array]:
    """Return how bright each place of the wall is, and the window's reflection in the glaze."""
    flat = 1 / np.sqrt(1 + slope**2)
    safe = np.maximum(radius, 1e-6)
    normal = np.stack([x / safe * flat, -slope * flat, depth / safe * flat], axis=-1)
    facing = np.clip(normal @ LIGHT, 0, 1)
    bounced = 0.10 * np.clip(x / safe, 0, 1) ** 6
    return 0.44 + 0.68 * facing + bounced, facing**42 + 0.32 * facing**12


def _curve(points: Array, fine: int) -> Array:
    """Return close points on a smooth curve through some points (Catmull-Rom, centripetal)."""
    ends = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    found = []
    for p0, p1, p2, p3 in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        t0 = 0.0
        t1 = t0 + np.hypot(*(p1 - p0)) ** 0.5
        t2 = t1 + np.hypot(*(p2 - p1)) ** 0.5
        t3 = t2 + np.hypot(*(p3 - p2)) ** 0.5
        steps = max(2, int(np.hypot(*(p2 - p1)) * fine))
        t = np.linspace(t1, t2, steps, endpoint=False)[:, None]
        a1 = (t1 - t) / (t1 - t0) * p0 + (t - t0) / (t1 - t0) * p1
        a2 = (t2 - t) / (t2 - t1) * p1 + (t - t1) / (t2 - t1) * p2
        a3 = (t3 - t) / (t3 - t2) * p2 + (t - t2) / (t3 - t2) * p3
        b1 = (t2 - t) / (t2 - t0) * a1 + (t - t0) / (t2 - t0) * a2
        b2 = (t3 - t) / (t3 - t1) * a2 + (t - t1) / (t3 - t1) * a3
        found.append((t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2)
    return np.vstack([*found, points[-1:]])


def _smooth(profile: Profile) -> tuple[Array, Array, Array]:
    """Return a profile as close points along its curve: height, radius, and slope of the wall."""
    curve = _curve(np.array(profile, dtype=float), int(SIZE * FINE * 1.3))
    width = max(3, len(curve) // 40) | 1
    kernel = np.hanning(width + 2)[1:-1]
    kernel /= kernel.sum()
    half = width // 2
    sides = [
        np.concatenate([2 * v[0] - v[half:0:-1], v, 2 * v[-1] - v[-2 : -half - 2 : -1]]) for v in curve.T
    ]
    height, radius = (np.convolve(v, kernel, "valid") for v in sides)
    height = np.maximum.accumulate(height - height[0])
    slope = np.gradient(radius) / np.maximum(np.gradient(height), 1e-5)
    return height, np.maximum(radius, 0.0005), np.clip(slope, -6, 6)


def main(folder: str) -> None:
    """Take the pictures asked for on standard input (form, glaze, seed a line) into a folder."""
    for place, line in enumerate(sys.stdin.buffer.read().decode().splitlines()):
        form, glaze, seed = line.split("\t")
        file = Path(folder) / f"{place}.jpg"
        part = file.with_suffix(".part")
        part.write_bytes(picture(form, glaze, int(seed)))
        part.replace(file)


if __name__ == "__main__":
    main(sys.argv[1])
