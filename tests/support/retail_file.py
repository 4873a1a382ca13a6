"""A wholesaler's invoice lines with returns by SKU, as a file of the shape of UCI Online Retail, and its true sums."""

import csv
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

HEADERS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)


@dataclass
class RetailTruth:
    """Net sales in pence by day, month and SKU, and how many returns have a sale that they belong to."""

    days: Counter[str] = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)
    skus: Counter[str] = field(default_factory=Counter)
    joined: int = 0
    returns: int = 0


def write_retail_file(path: Path, lines: int, *, skus: int, seed: int) -> RetailTruth:
    """Write so many lines; half of the returns take back a line sold before, half something never sold to them."""
    rng, truth = random.Random(seed), RetailTruth()
    codes = [f"{20000 + number}{rng.choice(['', 'A', 'B'])}" for number in range(skus)]
    prices = {code: Decimal(rng.randrange(100, 9000)) / rng.choice((100, 1000)) for code in codes}
    sold: list[tuple[str, int, str]] = []
    now, invoice, written = datetime(2010, 12, 1, 8, 26), 536365, 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        while written < lines:
            now += timedelta(minutes=rng.randrange(1, 60))
            invoice += 1
            is_return = bool(sold) and rng.random() < 0.08
            buyer = str(12346 + rng.randrange(400))
            rows = [(rng.choice(codes), rng.choice((1, 2, 3, 6, 12)), buyer)] * is_return
            if is_return and rng.random() < 0.5:
                rows = [sold.pop(rng.randrange(len(sold)))]
                truth.joined += 1
            elif is_return:
                rows = [(rows[0][0], rows[0][1], "")]  # a buyer who is not known
            truth.returns += is_return
            if not is_return:
                chosen = rng.sample(
                    codes, min(skus // 2, 1 + int(rng.lognormvariate(2.2, 1.2)))
                )  # some very long orders
                rows = [(code, rng.choice((1, 2, 3, 6, 12)), buyer) for code in chosen]
                sold += rows
            for code, quantity, who in rows:
                cents = int((prices[code] * quantity * 100).quantize(Decimal(1), ROUND_HALF_UP))
                sign = -1 if is_return else 1
                day = now.date().isoformat()
                truth.days[day] += sign * cents
                truth.months[day[:7]] += sign * cents
                truth.skus[code] += sign * cents
                number = f"C{invoice}" if is_return else str(invoice)
                at = f"{now.month}/{now.day}/{now.year} {now.hour}:{now.minute:02d}"
                name = f"ITEM {code} MUG"
                price = f"{prices[code].normalize():f}"
                writer.writerow([number, code, name, sign * quantity, at, price, who, "United Kingdom"])
                written += 1
    return truth
