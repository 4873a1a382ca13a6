"""What one more layer of foam costs and saves, worked out by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.access.roles import OWNER, NotAllowed
from shop.db.database import Database
from shop.metrics.query import Query
from shop.models.costs import RateKind
from shop.performance.foam import FEWEST, LayerEffect, layer_effects, together
from shop.pricing.cost_rates import BadCostRate, RateScope, set_cost_rate
from shop.pricing.unit_costs import set_unit_cost
from shop.stats.proportions import Rate
from tests.shop.metrics.test_query import JANUARY, refund
from tests.support.shops.catalogs import design, match, sell

QUERY = Query(("gmv",), *JANUARY)
NEW_YEAR = date(2026, 1, 1)
SENT = {"stage": "after_ship", "kind": "refund_only", "reason": "破损"}
RESENT = {"stage": "after_ship", "kind": "resend", "status": "closed", "refunded_on": None, "reason": "破损"}


def test_the_layer_of_each_packing_by_hand(db: Database) -> None:
    design(db, "cup", "cup-s", form="cup", size="small", packing="thin")
    design(db, "bowl", "bowl-l", form="bowl", size="large", packing="thick")
    for place in range(40):
        sell(db, f"c{place}", "2026-01-05 10:00:00", 10_000)
    for place in range(3):
        sell(db, f"b{place}", "2026-01-06 10:00:00", 20_000, sku="B")
    match(db, {"sku": "code"}, "cup-s")
    match(db, {"sku": "B"}, "bowl-l")
    assert layer_effects(db, QUERY) is None
    for kind, cents in (("layer", 30), ("courier", 600), ("packing", 150)):
        set_cost_rate(db, RateScope(RateKind(kind)), cents, actor=OWNER, from_on=NEW_YEAR)
    set_unit_cost(db, "cup-s", 2_250, on=NEW_YEAR, actor=OWNER)
    for place in range(8):
        refund(db, f"r{place}", f"c{place}", "2026-01-20 10:00:00", 9_000, **SENT)
    refund(db, "r0 again", "c0", "2026-01-21 10:00:00", 1_000, **SENT)  # the same line: once, with both sums
    refund(db, "other", "c1", "2026-01-21 10:00:00", 500, **SENT | {"reason": "不喜欢"})
    refund(db, "resent", "c9", "2026-01-20 10:00:00", 0, **RESENT)  # cup 22.50 + courier 6.00 + packing 1.50
    refund(db, "unknown", "b0", "2026-01-20 10:00:00", 0, **RESENT)  # a bowl has no cost
    effects = layer_effects(db, QUERY)
    assert effects == [
        LayerEffect("thin", Rate(9, 40), 40 * 30, 8 * 9_000 + 1_000 + 3_000, 0),
        LayerEffect("thick", Rate(1, 3), 3 * 30, 0, 1),
    ]
    thin, thick = effects
    assert thin.break_even == pytest.approx(1_200 / 76_000)
    left, low, high = thin.saved(0.5) or (0, 0, 0)
    assert left == 36_800
    assert 0 < low < left < high
    assert thin.verdict(0.5) == "pays"
    assert (thick.saved(0.5), thick.break_even, thick.verdict(0.5)) == (None, None, "too_little_data")
    assert together(effects) == LayerEffect("", Rate(10, 43), 1_290, 76_000, 1)
    with pytest.raises(NotAllowed):
        layer_effects(db.read_as("assistant"), QUERY)
    with pytest.raises(BadCostRate):
        set_cost_rate(db, RateScope(RateKind.LAYER, "douyin"), 30, actor=OWNER)


@given(
    sent=st.integers(1, 3_000),
    broken=st.integers(0, 60),
    layer=st.integers(0, 500),
    loss=st.integers(1, 40_000),
    prevented=st.integers(1, 100),
)
def test_a_verdict_never_contradicts_its_interval(
    sent: int, broken: int, layer: int, loss: int, prevented: int
) -> None:
    over = min(broken, sent)
    effect = LayerEffect("", Rate(over, sent), layer * sent, loss * over, 0)
    saved, verdict = effect.saved(prevented / 100), effect.verdict(prevented / 100)
    if saved is None:
        assert (over, verdict) == (0, "too_little_data")
        return
    left, low, high = saved
    assert low <= left <= high
    assert (left >= 0) == (prevented / 100 >= (effect.break_even or 0)) or abs(left) <= 1
    if verdict == "pays":
        assert low > 0
        assert sent >= FEWEST
    if verdict == "does_not_pay":
        assert high < 0
