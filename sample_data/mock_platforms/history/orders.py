"""Orders of a mock platform with everything that happens to each, past and future.

Times are Unix seconds, 0 for what never happens; money is whole cents of the shop's
currency. What is true at a moment follows from the times alone.
"""

from dataclasses import dataclass, field

from sample_data.generator.catalog import Variant
from sample_data.generator.clock import DAY
from sample_data.generator.douyin.aftersale import KINDS, Kind
from sample_data.generator.douyin.orders import service_limit

UNPAID, PAID, SHIPPED, COMPLETED, CANCELLED = range(5)


def by(moment: int, now: int) -> bool:
    """Return whether a moment has come."""
    return 0 < moment <= now


@dataclass(slots=True, eq=False)
class Line:
    """One variant in one order; a line with `gone` vanishes from its order then."""

    number: int
    variant: Variant
    product: int
    quantity: int
    price: int
    seller: int = 0
    platform: int = 0
    talent: int = 0
    change: int = 0
    channel: int = 0
    shipping: int = 0
    carrier: str = "unknown"
    session_id: int = 0
    video: int = 0
    partner: int = -1
    shipped: int = 0
    done: int = 0
    closed: int = 0
    gone: int = 0
    gift: bool = False

    @property
    def list_value(self) -> int:
        """List price times quantity."""
        return self.price * self.quantity

    @property
    def payable(self) -> int:
        """What is to be paid, shipping included, before the payment channel's discount."""
        off = self.seller + self.platform + self.talent + self.change
        return self.list_value - off + self.shipping

    @property
    def gmv(self) -> int:
        """What the shop is credited for: list less its own discounts."""
        return self.list_value - self.seller - self.change

    @property
    def buyer_paid(self) -> int:
        """What the buyer paid for the goods, without shipping."""
        return self.payable - self.shipping - self.channel


@dataclass(slots=True, eq=False)
class Case:
    """One after-sale case of a line: opened at `created`, over at `ended`; money goes back then."""

    number: int
    order: "Order"
    line: Line
    kind: int
    created: int
    ended: int
    amount: int
    shipping: int
    reason: int

    @property
    def how(self) -> Kind:
        """The way this case runs."""
        return KINDS[self.kind]

    @property
    def refunded(self) -> int:
        """When the money goes back, 0 if never."""
        return self.ended if self.how.refunds else 0

    def moments(self) -> list[int]:
        """Return when it was opened and ended."""
        return [self.created, self.ended]


@dataclass(slots=True, eq=False)
class Order:
    """One checkout with its lines and after-sale cases."""

    number: int
    buyer: int
    created: int
    paid: int
    lines: list[Line]
    cases: list[Case] = field(default_factory=list)
    cancelled: int = 0
    _moments: list[int] | None = None

    @property
    def lapses(self) -> int:
        """When an order that nobody pays is closed."""
        return 0 if self.paid else self.created + DAY

    @property
    def promised(self) -> int:
        """By when a paid order should leave."""
        return self.paid + int(service_limit(max(line.shipped for line in self.lines) - self.paid))

    def moments(self) -> list[int]:
        """Return when it was created and changed, in order."""
        if self._moments is None:
            moments = {self.created, self.paid, self.lapses, self.cancelled}
            for line in self.lines:
                moments |= {line.closed, line.gone}
                end = line.closed or line.done
                moments |= {moment for moment in (line.shipped, line.done) if moment <= end}
            moments |= {moment for case in self.cases for moment in case.moments()}
            self._moments = sorted(moments - {0})
        return self._moments

    def lines_at(self, now: int) -> list[Line]:
        """Return the lines that it has at a moment."""
        return [line for line in self.lines if not by(line.gone, now)]

    def status(self, line: Line, now: int) -> int:
        """Return a line's status at a moment."""
        if by(self.cancelled, now) or by(line.closed, now) or by(self.lapses, now):
            return CANCELLED
        if not by(self.paid, now):
            return UNPAID
        return COMPLETED if by(line.done, now) else SHIPPED if by(line.shipped, now) else PAID
