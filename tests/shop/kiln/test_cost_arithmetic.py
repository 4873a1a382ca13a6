"""What a piece costs, by hand: losses at two stages, kiln shares, rounding, and the floor price."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shop.kiln.cost_arithmetic import PieceCost, StageCost, floor_of, flow, kiln_shares, packing, unit
from shop.pricing.price_endings import friendly

# Ten cups of 300 g clay at ¥4.00 a kilo (¥1.20 each). One cracks while drying. Nine go through the
# bisque firing (their share of it: ¥9.00) and get glaze for ¥1.00 each; two of them stick to the kiln
# in the glaze firing (share: ¥27.00). Seven are good.
TEN_CUPS = (
    StageCost("greenware", 10, 9, material_cents=1200),
    StageCost("bisque", 9, 9, kiln_cents=900),
    StageCost("glazed", 9, 9, material_cents=900),
    StageCost("glaze_fired", 9, 7, kiln_cents=2700),
    StageCost("checked", 7, 7),
)


def test_a_piece_lost_at_greenware_carries_only_clay():
    assert flow(TEN_CUPS).losses[0] == 120


def test_a_piece_lost_in_the_glaze_firing_carries_clay_bisque_glaze_and_its_firing():
    clay, bisque, glaze, firing = 120, 100, 100, 300
    assert flow(TEN_CUPS).losses[3] == 2 * (clay + bisque + glaze + firing) == 1240


def test_the_good_pieces_carry_their_own_cost_and_all_losses():
    good = flow(TEN_CUPS).good
    assert good == PieceCost(material=7 * 220, kiln=7 * 400, loss=120 + 1240)
    assert good.whole == 1200 + 900 + 900 + 2700


def test_seven_good_cups_cost_8_14_each():
    cup = unit([(7, 7, flow(TEN_CUPS).good)])
    assert cup.cents == 814  # 5700 / 7 = 814.28…
    assert (cup.material, cup.kiln, cup.loss) == (220, 400, 194)


def test_seconds_carry_the_same_share():
    good = flow(TEN_CUPS).good
    assert unit([(5, 7, good)]) == unit([(2, 7, good)]) == unit([(7, 7, good)])


def test_two_batches_of_one_day_give_their_average_by_pieces():
    created = [(7, 7, PieceCost(5700, 0, 0)), (3, 6, PieceCost(3000, 600, 0))]
    assert unit(created).cents == 750  # (5700 + 3/6 of 3600) / 10


def test_pieces_in_progress_retain_their_cost():
    half = (StageCost("greenware", 10, 8, material_cents=1000), StageCost("bisque", 4, 4, kiln_cents=100))
    assert flow(half).good == PieceCost(material=400, kiln=100, loss=100)


def test_a_batch_that_was_lost_wholly_leaves_nothing_to_carry():
    lost = flow((StageCost("greenware", 5, 5, material_cents=500), StageCost("bisque", 5, 0, kiln_cents=70)))
    assert lost.losses == (0, 570)
    assert lost.good == PieceCost(0, 0, 570)


def test_a_firing_is_shared_by_kiln_area():
    # four plates of 600 cm2, twelve cups of 80: 2400 + 960; ¥100.00
    assert kiln_shares(10_000, [(4, 600), (12, 80)]) == [7143, 2857]


def test_without_the_kiln_area_of_one_the_load_is_shared_by_pieces():
    assert kiln_shares(1_000, [(4, 600), (12, None)]) == [250, 750]


def test_packing_is_rounded_once():
    # one box at ¥1.45, 30 g of paper at ¥6.25 a kilo: 145 + 18.75
    assert packing([(1000, Fraction(145, 1000)), (30, Fraction(625, 1000))]) == 164


def test_the_floor_price_by_hand():
    # unit 8.14 + shipping 3.00 over 1 - 5 % fee - 20 % commission - 2 % breakage: 11.14 / 0.73 = 15.26…
    cents = floor_of(814, shipping_cents=300, fee_bp=500, commission_bp=2000, breakage_bp=200)
    assert cents == 1527
    assert (
        floor_of(814, coupon_cents=500, shipping_cents=300, fee_bp=500, commission_bp=2000, breakage_bp=200)
        == 2027
    )
    assert friendly(1527) == 1590
    assert friendly(1590) == 1590
    assert friendly(1591) == 1690


def test_no_price_is_enough_where_the_rates_eat_it_all():
    assert floor_of(814, fee_bp=6000, commission_bp=4000) is None


stages = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 9999), st.integers(0, 9999)), min_size=1, max_size=5
)


@given(st.integers(7, 40), stages)
def test_what_was_spent_sits_in_the_good_pieces_and_their_losses(pieces, drawn):
    run, out = [], pieces
    for number, (lost, material, kiln) in enumerate(drawn):
        start = out
        out = max(start - lost, 1)
        run.append(StageCost(str(number), start, out, material, kiln))
    result = flow(run)
    assert result.good.whole == sum(s.material_cents + s.kiln_cents for s in run)
    assert result.good.loss == sum(result.losses)
    assert min(result.losses) >= 0


@given(
    st.integers(0, 10**6),
    st.integers(0, 10**4),
    st.integers(0, 10**4),
    st.integers(0, 3000),
    st.integers(0, 3000),
    st.integers(0, 500),
)
def test_at_the_floor_nothing_is_lost_and_a_cent_below_something_is(
    cents, coupon, shipping, fee, commission, breakage
):
    at = floor_of(
        cents,
        coupon_cents=coupon,
        shipping_cents=shipping,
        fee_bp=fee,
        commission_bp=commission,
        breakage_bp=breakage,
    )
    assert at is not None
    stored = Fraction(10_000 - fee - commission - breakage, 10_000)
    assert (at - coupon) * stored >= cents + shipping
    assert (at - 1 - coupon) * stored < cents + shipping


REFIRED = (  # twelve cups: losses at three passes, two glaze firings
    StageCost("greenware", 12, 11, material_cents=1200),
    StageCost("bisque", 11, 10, kiln_cents=1100),
    StageCost("glazed", 10, 10, material_cents=500),
    StageCost("glaze_fired", 10, 6, kiln_cents=3001, again=3),
    StageCost("glaze_fired", 3, 2, kiln_cents=1000, is_detour=True),
    StageCost("checked", 8, 8),
)


def test_two_glaze_firings_with_losses_at_three_passes_by_hand():
    result = flow(REFIRED)
    # greenware: 1200 for 12, one lost: 100. bisque: 1100 clay, 1100 kiln for 11, one lost: 100 + 100.
    # first glaze firing, 10 in: material 1000 + 500, kiln 1000 + 3001; 9 come out, one lost: 150 + 400 (401 - 1).
    # 9 carry 1350 + 3601 + 750 (losses); 3 of them go in again: 450 + 1200 (3601 by 3 and 6: 1200 and 2401) + 250.
    # second glaze firing: kiln 1200 + 1000 = 2200, two come out: 300 + 1467; one lost: 150 + 733.
    assert result.losses == (100, 200, 0, 550, 883, 0)
    assert result.good == PieceCost(material=1200, kiln=2401 + 1467, loss=100 + 200 + 550 + 883)
    assert result.good.whole == 1200 + 1100 + 500 + 3001 + 1000
    assert unit([(8, 8, result.good)]).cents == 850  # 6801 / 8 = 850.125


def test_a_decor_firing_of_some_pieces_is_shared_by_all_that_are_through():
    some = (
        StageCost("glaze_fired", 10, 10, material_cents=1000, kiln_cents=500),
        StageCost("decor_fired", 4, 3, material_cents=200, kiln_cents=100, is_detour=True),
        StageCost("checked", 9, 9),
    )
    result = flow(some)
    assert result.losses == (0, (400 + 200) // 4 + (200 + 100) // 4, 0)
    assert result.good.whole == 1800
