"""Pre-sale orders of the mock Douyin shop: a deposit at once, the balance when the order is paid."""

from typing import Any

from sample_data.generator.catalog import TO_ORDER
from sample_data.generator.clock import DAY
from sample_data.mock_platforms.history.orders import Line, Order, by

DEPOSIT_AFTER = 3  # seconds


def is_presale(line: Line) -> bool:
    """Whether a line is sold with a deposit: pots that are made to order."""
    glaze, form, *_ = line.variant.sku.split("-")
    return (form, glaze) in TO_ORDER and not line.gift


def phases(order: Order, line: Line, whole: int, now: int) -> list[dict[str, Any]]:
    """Return the two payments of a pre-sale line of `whole` fen: a fifth as deposit at once, the rest as balance."""
    if not is_presale(line):
        return []
    deposit = whole // 5 // 100 * 100
    payments = (
        (deposit, order.created + DEPOSIT_AFTER, order.lapses),
        (whole - deposit, order.paid, order.lapses),
    )
    return [
        {
            "phase_order_id": f"{line.number}{number}",
            "sku_order_id": str(line.number),
            "total_phase": 2,
            "current_phase": number,
            "pay_success": by(at, now),
            "phase_payable_price": cents,
            "phase_pay_time": at if by(at, now) else 0,
            "phase_close_time": ends or order.created + DAY,
        }
        for number, (cents, at, ends) in enumerate(payments, 1)
    ]
