"""Clay, glazes and boxes: what the studio stores, what it buys and what that cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from sample_data.generator.catalog import GLAZES
from sample_data.studio.values import Batch, Material, Purchase, Use

GLAZE_PRICES = {
    "QC": 3_800,
    "YQ": 4_200,
    "TQ": 4_600,
    "YLH": 9_800,
    "QH": 3_200,
    "CS": 2_400,
    "JH": 8_600,
    "WJ": 5_200,
    "YB": 3_000,
    "FQ": 4_400,
}
UNTESTED = ("JH", "CS")


def materials() -> list[Material]:
    """Return all materials with their price at first and the amount that is ordered at once."""
    clay = [
        Material("CLAY-W", "高白泥", "clay", "kg", 40_000, 200_000, "三宝瓷泥厂", 5, 420),
        Material("CLAY-C", "粗陶泥", "clay", "kg", 20_000, 100_000, "三宝瓷泥厂", 5, 360),
        Material("CLAY-Z", "紫金土", "clay", "kg", 20_000, 100_000, "湖田老泥坊", 7, 560),
    ]
    glaze = [
        Material(
            f"GLAZE-{code}",
            f"{name}釉",
            "glaze",
            "kg",
            1_500,
            8_000,
            "新平釉料行",
            4,
            GLAZE_PRICES[code],
            None if code in UNTESTED else True,
        )
        for code, name, _, _ in GLAZES
    ]
    paint = [
        Material("PAINT-QH", "青花料", "glaze", "kg", 60, 500, "新平釉料行", 4, 46_000, True),
        Material("PAINT-YLH", "铜红料", "glaze", "kg", 60, 500, "新平釉料行", 6, 38_000, True),
    ]
    boxes = [
        Material("BOX-S", "小盒", "packing", "个", 100_000, 400_000, "昌南包装", 3, 180),
        Material("BOX-M", "中盒", "packing", "个", 100_000, 400_000, "昌南包装", 3, 290),
        Material("BOX-L", "大盒", "packing", "个", 60_000, 200_000, "昌南包装", 3, 520),
        Material("FOAM", "珍珠棉", "packing", "米", 100_000, 500_000, "昌南包装", 3, 85),
    ]
    return clay + glaze + paint + boxes


def purchases(
    materials: list[Material],
    batches: Iterable[Batch],
    uses: Iterable[Use],
    since: date,
    until: date,
    seed: int,
) -> list[Purchase]:
    """Return what was bought: a first order of everything, then more before it runs out."""
    rng = Random(f"{seed} bought")
    needs = _needs(batches, uses)
    bought: list[Purchase] = []
    for material in materials:
        on_hand = 0
        drift = 1.0
        for days in range((until - since).days + 8):
            day = since + timedelta(days=days - 7)  # clay has to be there for the first week
            need = needs[material.material_id].get(day, 0)
            now_and_then = material.kind == "packing" and days % 90 == 45
            if days == 0 or on_hand - need < material.reorder_point or now_and_then:
                orders = 1 + max(0, need + material.reorder_point - on_hand) // material.reorder_amount
                amount = material.reorder_amount * orders
                cents = int(amount * material.price_cents * drift) // 1000 + rng.randrange(100)
                bought.append(Purchase(material.material_id, day, amount, cents))
                on_hand += amount
                drift *= rng.uniform(0.96, 1.07)
            on_hand -= need
    return sorted(bought, key=lambda purchase: (purchase.on, purchase.material_id))


def _needs(batches: Iterable[Batch], uses: Iterable[Use]) -> dict[str, dict[date, int]]:
    by_step: dict[tuple[str, str], list[Use]] = defaultdict(list)
    for use in uses:
        by_step[use.sku, use.stage].append(use)
    needs: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for batch in batches:
        for use in by_step[batch.sku, "greenware"]:
            needs[use.material_id][batch.started_on] += use.amount * batch.pieces
        for step in batch.steps:
            for use in by_step[batch.sku, step.stage] if step.stage != "greenware" else ():
                needs[use.material_id][step.done_on] += use.amount * step.pieces_in
    return needs
