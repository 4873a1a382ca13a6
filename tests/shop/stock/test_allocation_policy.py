"""The allocation rule by hand: shipped first, then by payment, ties by order number, reservations in their turn."""

from shop.stock.allocation_policy import Reservation, StockDemand, distribute


def demand(order: str, paid_at: int, quantity: int = 1, **more: bool) -> StockDemand:
    return StockDemand(("douyin", order, order, 0), quantity, paid_at, **more)


def allocated(
    capacity: int, *demands: StockDemand, reservations: tuple[Reservation, ...] = ()
) -> dict[str, int]:
    outcome = distribute(capacity, demands, reservations)
    return {key[1]: pieces for key, pieces in outcome.allocated.items()}


def test_the_first_payment_is_served_first_whatever_the_order_number():
    assert allocated(2, demand("1", 30), demand("2", 20), demand("3", 10)) == {"1": 0, "2": 1, "3": 1}


def test_a_shipped_order_has_its_pieces_before_any_payment():
    assert allocated(1, demand("1", 10), demand("2", 20, is_shipped=True)) == {"1": 0, "2": 1}


def test_payments_of_the_same_second_are_served_by_order_number():
    assert allocated(1, demand("2", 10), demand("1", 10)) == {"1": 1, "2": 0}


def test_what_is_left_of_the_stock_is_allocated_in_part():
    assert allocated(3, demand("1", 10, 2), demand("2", 20, 2)) == {"1": 2, "2": 1}


def test_a_reservation_has_the_priority_of_its_moment():
    reservation = Reservation(1, 1, created_at=15, until=99)
    demands = (demand("1", 20), demand("2", 10))
    assert allocated(2, *demands, reservations=(reservation,)) == {"1": 0, "2": 1}
    assert distribute(2, demands, (reservation,)).reserved == {1: 1}
