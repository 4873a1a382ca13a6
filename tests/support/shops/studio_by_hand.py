"""What a studio does by hand, at random: catalog, stock, kiln, materials, plans. One function a part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shop.access.roles import Actor
from shop.catalog import products as catalog
from shop.core.periods import Period, month_of
from shop.growth.alerts import alerts
from shop.growth.comparison import campaigns
from shop.growth.forecasting import goals
from shop.kiln import firings, materials, production
from shop.listings import listings
from shop.models.kiln import FIRED, LOSS_REASONS, STAGES
from shop.pricing import floor_prices, unit_costs
from shop.reconciliation import statements
from shop.stock import adjustments, counts, reservations, returns

if TYPE_CHECKING:
    from tests.support.shops.generated_shops import Hand

WHO = Actor("窑主")


def typed(hand: Hand) -> None:
    """Designs with their variants."""
    for number in range(hand.random.randint(1, 4)):
        fields = catalog.ProductFields(f"手作 {number}", form=hand.random.choice((None, "主人杯", "plate")))
        forms = [
            catalog.VariantFields(
                title=hand.random.choice((None, "小号")),
                price_cents=hand.random.choice((None, 100, 12_800)),
                shelf_cm2=hand.random.choice((None, 80, 900)),
                stock_policy=hand.random.choice(("stocked", "stocked", "made_to_order", "one_of_a_kind")),
                height_mm=hand.random.choice((None, 90)),
                place=hand.random.choice((None, "A1")),
                reorder_point=hand.random.choice((None, 3)),
            )
            for _ in range(hand.random.randint(1, 3))
        ]
        hand.do(catalog.add, fields, forms, actor=WHO)


def offers(hand: Hand) -> None:
    """Drafts, some of them live or paused."""
    for sku in hand.skus()[:6]:
        platform = hand.random.choice(("douyin", "kuaishou", "tiktok"))
        hand.do(listings.create_draft, sku, platform, actor=WHO)
        to = hand.random.choice(("live", "paused", "retired"))
        hand.do(listings.change_state, platform, f"{listings.OWN}{sku}", to, actor=WHO)


def kilns(hand: Hand) -> None:
    """Kilns, and batches that went some of the way."""
    for name in ("E1", "G1")[: hand.random.randint(1, 2)]:
        hand.do(
            firings.add_kiln,
            name,
            actor=WHO,
            shelf_cm2=hand.random.choice((100, 5000)),
            name=hand.random.choice((None, "电窑")),
            fuel=hand.random.choice(firings.FUELS),
            wear_cents=hand.random.choice((0, 500)),
        )
    skus = hand.skus()
    for _ in range(hand.random.randint(0, min(hand.rows, 6)) if skus else 0):
        _batch(hand, hand.random.choice(skus))
    hand.do(firings.plan_firing, "E1", "bisque", hand.today + timedelta(days=3), actor=WHO)


def _batch(hand: Hand, sku: str) -> None:
    """One batch from the wheel to where it stands now."""
    day = hand.day()
    pieces = hand.random.choice((1, 2, 12))
    maker = hand.random.choice((None, "Mei"))
    begun = hand.do(production.start_batch, sku, pieces, actor=WHO, on=day, maker=maker)
    if begun is None:
        return
    name = begun.batch.batch_id
    for stage in STAGES[: hand.random.randint(0, len(STAGES))]:
        day = min(hand.today, day + timedelta(days=hand.random.randint(0, 9)))
        lost = hand.random.choice((0, 0, 1, pieces))
        losses = {hand.random.choice(LOSS_REASONS): lost} if lost else {}
        if stage not in FIRED:
            hand.do(production.record_step, name, stage, actor=WHO, losses=losses, on=day)
        else:
            load = [firings.LoadItem(name, position=hand.random.choice((None, "top")))]
            fired = hand.do(
                firings.plan_firing, "E1", stage, day, actor=WHO, load=load, note="full", anyway=True
            )
            bill = firings.Bill(energy_kwh=hand.random.choice((None, 0, 40)), energy_cents=0)
            if fired is None or hand.random.random() < 0.2:
                break
            hand.do(firings.fire, fired.firing.firing_id, actor=WHO, on=day, bill=bill)
            out = [firings.OpeningResult(name, losses)] if losses else []
            if hand.random.random() < 0.2:
                break
            hand.do(firings.record_opening, fired.firing.firing_id, out, actor=WHO, on=day)
        pieces = max(pieces - lost, 1)
    end = hand.random.choice((None, None, production.close_batch, production.cancel_batch))
    if end:
        hand.do(end, name, actor=WHO)


def clay(hand: Hand) -> None:
    """Materials bought, wasted, counted, and what a piece takes."""
    names = {"clay": "clay", "celadon": "glaze", "box": "packing"}
    for name, kind in names.items():
        food = hand.random.choice((None, True, False))
        hand.do(materials.add_material, name, actor=WHO, kind=kind, is_food_safe=food)
        if hand.random.random() < 0.7:
            cents = hand.random.choice((0, 40_000))
            hand.do(materials.buy, name, 100_000, cents, actor=WHO, on=hand.day())
        hand.do(materials.waste, name, hand.random.choice((1, 900)), actor=WHO)
        hand.do(materials.count, name, hand.random.choice((0, 80_000)), actor=WHO)
    for sku in hand.skus()[:3]:
        uses = {("clay", "greenware"): 300, ("box", "packing"): 1000}
        hand.do(materials.set_uses, sku, uses, actor=WHO, again=hand.random.choice(("open", "all")))


def stock(hand: Hand) -> None:
    """An opening count, then pieces produced, sold, broken; a count under way; reserved pieces."""
    skus = hand.skus()
    counted = {sku: hand.random.choice((0, 1, 9)) for sku in skus if hand.random.random() < 0.8}
    at = datetime.now(UTC) - timedelta(days=hand.random.choice((0, hand.days - 1)))
    hand.do(counts.set_counts, counted, actor=WHO, at=at)
    for sku in skus[: hand.rows]:
        hand.do(
            adjustments.record, hand.random.choice(("made", "sold", "broken")), sku, 1, actor=WHO, why="x"
        )
        hand.do(adjustments.set_presale, sku, hand.random.choice((0, 2)), actor=WHO)
        until = datetime.now(UTC) + timedelta(hours=hand.random.choice((2, 72)))
        if hand.random.random() < 0.4:
            hand.do(
                reservations.reserve,
                sku,
                1,
                until=until,
                actor=WHO,
                note_text=hand.random.choice((None, "live")),
            )
    number = hand.do(counts.start, actor=WHO, place=hand.random.choice((None, "A1")))
    if number is not None:
        hand.do(counts.count, number, dict.fromkeys(skus[:2], 1), actor=WHO)
        if hand.random.random() < 0.5:
            hand.do(counts.finish, number, actor=WHO)


def parcels(hand: Hand) -> None:
    """Parcels that came back."""
    for item in returns.expected(hand.db)[:3]:
        hand.do(
            returns.receive_return,
            item.platform,
            item.order_id,
            item.line_id,
            actor=WHO,
            **{hand.random.choice(("whole", "broken", "missing")): 1},
        )


def costs(hand: Hand) -> None:
    """Costs typed by hand, and the fees of the platforms."""
    for sku in hand.skus()[:5]:
        hand.do(unit_costs.set_unit_cost, sku, hand.random.choice((0, 3000)), actor=WHO, on=hand.day())
    for platform in ("douyin", "tiktok"):
        rate = hand.random.choice((0, 500, 10_000))
        hand.do(
            floor_prices.set_platform_rates,
            platform,
            actor=WHO,
            fee_bp=rate,
            commission_bp=rate,
            shipping_cents=800,
        )


def plans(hand: Hand) -> None:
    """Goals, campaigns, totals that a platform states, and the check of an alert."""
    for metric in goals.METRICS:
        month = month_of(hand.day()).start
        hand.do(goals.set_goal, month, metric, hand.random.choice((1, 10**7)), actor=WHO)
    start = hand.day()
    hand.do(campaigns.set_campaign, "窑变节", start.year, Period(start, start), actor=WHO)
    for figure in ("gmv", "buyer_paid", "net_sales", "orders"):
        hand.do(
            statements.enter_statement,
            "douyin",
            hand.day(),
            figure,
            hand.random.choice((0, 12_345)),
            actor=WHO,
        )
    hand.do(alerts.find_alert, hand.today)
    if hand.random.random() < 0.3:
        hand.do(alerts.silence, "drop", hand.today + timedelta(days=9), actor=WHO)


BY_HAND: dict[str, Callable[[Hand], None]] = {
    "typed": typed,
    "offers": offers,
    "costs": costs,
    "clay": clay,
    "kilns": kilns,
    "shelf": stock,
    "parcels": parcels,
    "plans": plans,
}
