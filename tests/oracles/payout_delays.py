"""What became of each paid line, read line by line from the rows: independent of the roll-up `fact_payout_delay`."""

from collections import Counter, defaultdict
from typing import Any

from shop.db.database import Database
from shop.db.dialect import raw_cursor

LINES = (
    "SELECT platform, order_id, line_id, paid_on, currency, seller, buyer_paid_cents, platform_discount_cents "
    "FROM order_line WHERE shop_id = 1 AND paid_on IS NOT NULL AND NOT is_gift ORDER BY platform, order_id, line_id"
)
PAYOUTS = (
    "SELECT platform, order_id, line_id, currency, settled_on, paid_out_cents FROM settlement "
    "WHERE shop_id = 1 AND settled_on IS NOT NULL"
)
REFUNDS = (
    "SELECT platform, order_id, line_id, refunded_on, amount_cents, is_estimate FROM refund WHERE shop_id = 1 "
    "AND status = 'refunded' AND amount_cents > 0 ORDER BY refunded_on"
)


def delays_by_line(db: Database) -> Counter[tuple[Any, ...]]:
    """Sums of lines, gmv, its squares, paid out and its squares, as (day, ..., name of the sum).

    For shops whose files state each payout and each refund once.
    """
    with db.read() as connection:
        cursor = raw_cursor(connection)
        lines, payouts, refunds = (cursor.execute(sql).fetchall() for sql in (LINES, PAYOUTS, REFUNDS))
    orders = defaultdict(list)
    for line in lines:
        orders[line[:2]].append(line)
    sums: Counter[tuple[Any, ...]] = Counter()
    for order, own in orders.items():
        names = {line[2] for line in own}
        back = _counted([row for row in refunds if row[:2] == order])
        of_order = _reached([(row[3], row[4]) for row in back], sum(line[6] for line in own))
        for line in own:
            of_line = _reached([(row[3], row[4]) for row in back if row[2] == line[2]], line[6])
            paid = [row for row in payouts if row[:2] == order and row[3] == line[4]]
            own_rows = [row for row in paid if row[2] == line[2]]
            shared = [row for row in paid if row[2] not in names]
            settled = min((row[4] for row in own_rows + shared), default="")
            void = min((day for day in (of_order, of_line) if day), default="")
            cents = sum(row[5] for row in own_rows + (shared if line is own[0] else []))
            key = (line[3], line[0], line[4], line[5], settled, void if not settled or void < settled else "")
            gmv = line[6] + line[7]
            for name, value in zip(NAMES, (1, gmv, gmv**2, cents, cents**2), strict=True):
                sums[(*key, name)] += value
    return sums


NAMES = ("lines", "gmv_cents", "gmv_squares", "paid_out_cents", "paid_out_squares")


def _counted(refunds: list[Any]) -> list[Any]:
    """Of one order's refunds: the stated ones; where there is none, the estimates of its lines or of all of it."""
    stated = [row for row in refunds if not row[5]]
    of_lines = [row for row in refunds if row[2] is not None]
    of_order = [row for row in refunds if row[2] is None]
    more = of_lines if sum(row[4] for row in of_lines) >= sum(row[4] for row in of_order) else of_order
    return stated or more


def _reached(parts: list[tuple[str, int]], whole: int) -> str:
    """The day on which parts, by their days, add up to a whole above nothing; "" where they never do."""
    upto = 0
    for day, cents in parts:
        upto += cents
        if upto >= whole > 0:
            return day
    return ""
