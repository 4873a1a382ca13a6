"""What is taken off the list price, and who bears it."""

import numpy as np

from sample_data.generator.columns import Ints, Mask
from sample_data.generator.douyin.order_lines import LIVE, Lines


def add_money(lines: Lines, rng: np.random.Generator) -> None:
    """Fill the discounts, price change, payment discount and shipping of each line, in fen."""
    count, value = len(lines), lines.list_value
    lines.seller_discount = _seller(value, lines.carrier == LIVE, rng)
    lines.platform_discount = _now_and_then(rng, count, 0.3, value * 8 // 100)
    partner_coupon = np.minimum(value // 20, 500)
    lines.talent_discount = np.where(lines.partner >= 0, _now_and_then(rng, count, 0.25, partner_coupon), 0)
    lines.price_change = np.where(rng.random(count) < 0.005, np.minimum(value // 20, 500), 0)
    lines.pay_discount = np.where(rng.random(count) < 0.06, _yuan(rng, count, 1, 5), 0)
    first_pays = (lines.place == 0) & (rng.random(count) < 0.07)
    lines.shipping = np.where(first_pays, _yuan(rng, count, 8, 12), 0)


def _seller(value: Ints, live: Mask, rng: np.random.Generator) -> Ints:
    """Session coupons in whole yuan, and a tenth off now and then elsewhere."""
    coupon = value * (5 + np.floor(rng.random(len(value)) * 11).astype(np.int64)) // 100
    chance = np.where(live, 0.6, 0.3)
    return np.where(rng.random(len(value)) < chance, coupon // 100 * 100, 0)


def _now_and_then(rng: np.random.Generator, count: int, chance: float, most: Ints) -> Ints:
    """Return any amount up to `most`, to the fen, in a share of the rows."""
    amount = (rng.random(count) * most).astype(np.int64)
    return np.where(rng.random(count) < chance, amount, 0)


def _yuan(rng: np.random.Generator, count: int, least: int, most: int) -> Ints:
    """Return whole yuan between two bounds, in fen."""
    return (least + (rng.random(count) * (most - least + 1)).astype(np.int64)) * 100


def split_by_value(total: int, values: Ints) -> Ints:
    """Split an amount by list value so that the parts add up to the last fen.

    Largest remainder: what is left after rounding down goes to the largest fractions, of equal
    ones to the earlier.
    """
    whole = total * values // values.sum()
    rest = total * values % values.sum()
    order = np.argsort(-rest, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return np.asarray(whole)
