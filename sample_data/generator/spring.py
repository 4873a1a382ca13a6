"""The committed small set: a studio's first winter, 2021-11-01 to 2022-03-15.

`python -m sample_data.generator.spring` writes it again, byte for byte. Two months against two months would
mean less than it seems: January and February have 59 days, November and December 61, so growth
is given per day (units per day up 68 %).
"""

from datetime import date
from pathlib import Path

import numpy as np

from sample_data.generator.clock import DAY, seconds
from sample_data.generator.columns import Ints
from sample_data.generator.douyin.discounts import split_by_value
from sample_data.generator.douyin.edge_cases import give_away, join_order
from sample_data.generator.douyin.order_lines import Lines
from sample_data.generator.expected import Truth
from sample_data.generator.plan import Plan
from sample_data.generator.practice import write_plan
from sample_data.generator.seasonality import daily_weights, spread
from sample_data.generator.sessions import session_days

FOLDER = Path(__file__).parents[1] / "spring_2022"
START, NEW_YEAR, MARCH, UNTIL = (date(2021, 11, 1), date(2022, 1, 1), date(2022, 3, 1), date(2022, 3, 15))
SEED = 2022
# Order lines in November and December, in January and February, and in March.
LINES = (973, 1590, 610)
MONTHLY_GROWTH = 1.22
TRAPS_FROM, TRAPS_UNTIL = date(2021, 11, 15), date(2021, 12, 1)


def spring_plan() -> Plan:
    """Return the plan of the first winter."""
    days = (UNTIL - START).days + 1
    live = session_days(START, days, SEED)
    becoming_known = MONTHLY_GROWTH ** (np.arange(days) / 30)
    weights = daily_weights(START, days, live, SEED) * becoming_known
    edges = [(day - START).days for day in (NEW_YEAR, MARCH)]
    parts = zip(LINES, np.split(weights, edges), strict=True)
    return Plan(
        start=START,
        counts=np.concatenate([spread(lines, part) for lines, part in parts]),
        now=seconds(UNTIL) + DAY - 1,
        seed=SEED,
        pieces=40,
        comments=400,
        lines_per_order=1.06,
        shapes={
            "2021-12": "gb18030",
            "2022-01": "xlsx",
            "2022-02": "xlsx",
            "2022-03": "75",
            "settlement": "xlsx",
        },
        adjust=_set_traps,
        presents=False,
    )


def write_spring(folder: Path = FOLDER) -> Truth:
    """Write the first winter's files into a folder and return the truth about them."""
    return write_plan(folder, spring_plan())


def _set_traps(lines: Lines) -> None:
    """Put two joined rows and an order without money into the first November."""
    inside = (lines.submitted >= seconds(TRAPS_FROM)) & (lines.submitted < seconds(TRAPS_UNTIL))
    if not inside.any():
        return
    late = inside & (lines.paid > 0) & (lines.partner < 0)
    size = np.bincount(lines.order)[lines.order]
    give_away(lines, int(lines.order[late & (size == 1)][0]))
    several = late & (size >= 2) & (lines.place == 0)
    for order, shipping in zip(lines.order[several][:2], (0, 800), strict=True):
        discount = _even_discount(lines.list_value[lines.order == order], shipping)
        join_order(lines, int(order), discount=discount, shipping=shipping)


def _even_discount(values: Ints, shipping: int) -> int:
    """Return a discount that leaves the same in each line whichever amount is split first."""
    total = int(values.sum())
    for discount in range(1_000, total, 10):
        due = split_by_value(total - discount + shipping, values)
        left = values - split_by_value(discount, values)
        if (due - split_by_value(shipping, values) == left).all():
            return discount
    raise ValueError(f"no discount splits evenly over {values}")


if __name__ == "__main__":
    written = write_spring()
    print(f"{FOLDER}: {sum(written.files.values())} rows in {len(written.files)} files")
