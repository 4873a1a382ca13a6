"""The desk where claims on the stock are changed: put down, handed out anew, and written all at once.

A claim is what one order line asks of one SKU and what it got. Whoever changes claims, or causes another
movement, puts that on a desk and closes it: then the pieces of every SKU concerned are handed out by
shop/stock/allocation_policy.py, and movements, claims and holds are written together. Where there is enough for all,
and nobody holds or lacks any, nothing needs to be shared and the other claims of the SKU are not read.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy import Connection

from shop.access.roles import Actor
from shop.stock import allocation_policy, ledger
from shop.stock.allocation_policy import Ask, Key
from shop.stock.ledger import Balance, Movement, cursor_of

Line = tuple[str, str, str]  # platform, order, line


@dataclass(frozen=True)
class Claim:
    """One row of stock_claim; moments are seconds UTC."""

    platform: str
    order_id: str
    line_id: str
    part: int
    sku: str
    wanted: int
    taken: int = 0
    short: int = 0
    returned: int = 0
    agreed: int = 0
    counted_out: int = 0
    paid_at: int = 0
    is_shipped: bool = False
    shipped_at: int | None = None
    content_id: str | None = None
    settled_at: int | None = None
    settled_by: str | None = None
    settled_how: str | None = None

    @property
    def key(self) -> Key:
        """Platform, order, line and part."""
        return self.platform, self.order_id, self.line_id, self.part

    @property
    def line(self) -> Line:
        """The order line that it stands for."""
        return self.platform, self.order_id, self.line_id

    @property
    def fixed(self) -> int:
        """Taken pieces that nobody else can get: a count explained them, or they came back."""
        return max(self.counted_out, self.returned)

    @property
    def is_idle(self) -> bool:
        """Whether nothing would be lost with this row."""
        return not (self.wanted or self.returned or self.agreed or self.settled_how)


NAMES = tuple(one.name for one in fields(Claim))
PUT = (
    f"INSERT INTO stock_claim (shop_id, {', '.join(NAMES)}) "
    f"VALUES ({', '.join('?' * (len(NAMES) + 1))}) ON CONFLICT DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in NAMES[4:])
)
DROP = (
    "DELETE FROM stock_claim WHERE shop_id = ? AND platform = ? AND order_id = ? AND line_id = ? AND part = ?"
)
COLUMNS = ", ".join("c." + name for name in NAMES)


def claims_where(connection: Connection, condition: str, **values: Any) -> list[Claim]:
    """The claims that meet a condition of ours on `c`, part by part."""
    sql = (
        f"SELECT {COLUMNS} FROM stock_claim c WHERE {condition} "
        "ORDER BY c.paid_at, c.platform, c.order_id, c.line_id, c.part"
    )
    return [Claim(*row) for row in cursor_of(connection).execute(sql, values)]


@dataclass
class Desk:
    """What changes in one transaction: claims, and causes of other movements, until `close`."""

    connection: Connection
    shop_id: int
    now: int
    actor: Actor
    causes: list[Movement] = field(default_factory=list)
    skus: set[str] = field(default_factory=set)
    _changed: dict[Key, tuple[Claim | None, Claim | None]] = field(default_factory=dict)
    _moved: list[tuple[Claim, str, int, int | None, str | None]] = field(default_factory=list)

    def cause(self, movement: Movement) -> None:
        """Another movement that is to be written, after which the pieces are handed out anew."""
        self.causes.append(movement)
        self.skus.add(movement.sku)

    def change(self, old: Claim | None, new: Claim | None) -> None:
        """A claim is to be `new`: what it has too much goes back, what it lacks is short for now."""
        if old is not None and (new is None or new.sku != old.sku):
            self._give_back(old, old.taken)
            if new is not None:
                new = replace(new, taken=0, counted_out=0)
        elif old is not None and new is not None and new.wanted < old.taken:
            new = self._give_back(old, old.taken - new.wanted, new)
        if new is not None:
            new = replace(new, short=new.wanted - new.taken)
            self.skus.add(new.sku)
        if old != new:
            first = new or old
            assert first is not None
            known = self._changed.get(first.key)
            self._changed[first.key] = (known[0] if known else old, new)

    def _give_back(self, old: Claim, pieces: int, new: Claim | None = None) -> Claim:
        """Take pieces back from a claim: those that left the shelf first, then those counted out."""
        self.skus.add(old.sku)
        unexplained = max(pieces - (old.taken - old.counted_out), 0)
        why = "rematched" if new is None and pieces else "cancelled"
        self._move(old, "sold", pieces, why)
        self._move(old, "counted", -unexplained, "uncounted")
        return replace(new or old, taken=old.taken - pieces, counted_out=old.counted_out - unexplained)

    def _move(self, claim: Claim, reason: str, pieces: int, note: str | None, at: int | None = None) -> None:
        if pieces:
            self._moved.append((claim, reason, pieces, at, note))

    def explain(self, claim: Claim, pieces: int) -> None:
        """Let a count account for pieces of a claim (or, below 0, no longer): the shelf gave none."""
        self._move(claim, "counted", pieces, "counted_out" if pieces > 0 else "uncounted")
        new = replace(claim, counted_out=claim.counted_out + pieces)
        self._changed[claim.key] = (self._changed.get(claim.key, (claim, None))[0], new)
        self.skus.add(claim.sku)

    def close(self) -> None:
        """Hand out what there is, and write movements, claims and holds."""
        from shop.stock import reservations

        self.skus |= reservations.expire(self.connection, self.shop_id, self.now)
        if not (self.skus or self._changed):
            return
        known = ledger.balances(self.connection, self.skus, shop_id=self.shop_id)
        contended = self._contended(known)
        self._serve_quickly(contended)
        self._write_claims()
        movements = list(self.causes)
        for sku in sorted(contended):
            movements += self._share_out(known[sku])
        movements += self._claim_movements()
        if movements:
            ledger.move(self.connection, movements, shop_id=self.shop_id)

    def _delta(self) -> defaultdict[str, int]:
        """By how many pieces the causes and what went back change what is there."""
        found: defaultdict[str, int] = defaultdict(int)
        for movement in self.causes:
            found[movement.sku] += movement.on_hand - movement.reserved
        for claim, _, pieces, _, _ in self._moved:
            found[claim.sku] += pieces
        return found

    def _contended(self, known: Mapping[str, Balance]) -> set[str]:
        """The SKUs where pieces have to be shared out: too few, held, short, or counted meanwhile."""
        delta, need = self._delta(), self._needed()
        cursor, values = cursor_of(self.connection), {"shop": self.shop_id, "skus": json.dumps(sorted(known))}
        inside = "sku IN (SELECT value FROM json_each(:skus))"
        found = {sku for sku, balance in known.items() if balance.available + delta[sku] < need[sku]}
        for sql in (
            f"SELECT DISTINCT sku FROM stock_hold WHERE shop_id = :shop AND {inside}",
            f"SELECT DISTINCT sku FROM stock_claim WHERE shop_id = :shop AND short > 0 AND {inside}",
        ):
            found.update(row[0] for row in cursor.execute(sql, values))
        counted = counts_of(self.connection, self.shop_id) if need else {}
        found.update(
            new.sku
            for _, new in self._changed.values()
            if new is not None and new.short and _was_counted_out(new, counted)
        )
        return found & known.keys()

    def _needed(self) -> defaultdict[str, int]:
        found: defaultdict[str, int] = defaultdict(int)
        for _, new in self._changed.values():
            if new is not None and new.short:
                found[new.sku] += new.short
        return found

    def _serve_quickly(self, contended: set[str]) -> None:
        """Give all who ask for a SKU of which there is enough what they ask."""
        for key, (old, new) in self._changed.items():
            if new is not None and new.short and new.sku not in contended:
                self._take(old, new, new.short)
                served = replace(new, taken=new.wanted, short=0)
                self._changed[key] = (old, served)

    def _take(self, old: Claim | None, claim: Claim, pieces: int, note: str | None = None) -> None:
        at = claim.paid_at if old is None else None
        self._move(claim, "sold", -pieces, note, at)

    def _write_claims(self) -> None:
        rows = [
            (self.shop_id, *(getattr(new, name) for name in NAMES))
            for _, new in self._changed.values()
            if new is not None
        ]
        gone = [
            (self.shop_id, *old.key) for old, new in self._changed.values() if new is None and old is not None
        ]
        cursor = cursor_of(self.connection)
        cursor.executemany(DROP, gone)
        cursor.executemany(PUT, rows)

    def _claim_movements(self) -> list[Movement]:
        """The movements of claims; each has the ledger's running number in its key."""
        serial = ledger.last_movement(self.connection, self.shop_id)
        return [
            Movement(
                claim.sku,
                reason,
                f"line/{'/'.join(claim.line)}/{serial + number}",
                pieces,
                moved_at=self.now if at is None else at,
                actor=self.actor.name,
                note=note,
                platform=claim.platform,
                order_id=claim.order_id,
                line_id=claim.line_id,
            )
            for number, (claim, reason, pieces, at, note) in enumerate(self._moved, 1)
        ]

    def _share_out(self, balance: Balance) -> list[Movement]:
        """Hand out one SKU's pieces anew among all its claims and holds."""
        from shop.stock import reservations

        sku = balance.sku
        delta = sum(one.on_hand for one in self.causes if one.sku == sku)
        delta += sum(pieces for claim, _, pieces, _, _ in self._moved if claim.sku == sku)
        claims = self._explained(
            claims_where(
                self.connection,
                "c.shop_id = :shop AND c.sku = :sku AND (c.wanted > 0 OR c.taken > 0)",
                shop=self.shop_id,
                sku=sku,
            )
        )
        taken = sum(claim.taken - claim.fixed for claim in claims)
        asks = [
            Ask(claim.key, claim.wanted - claim.fixed, claim.paid_at, claim.is_shipped, claim.content_id)
            for claim in claims
        ]
        held = reservations.of_sku(self.connection, self.shop_id, sku)
        capacity = balance.on_hand + delta + taken + balance.presale
        found = allocation_policy.share(capacity, asks, held)
        rows = []
        for claim in claims:
            target = found.given[claim.key] + claim.fixed
            if target != claim.taken:
                self._hand(claim, target)
                new = replace(claim, taken=target, short=claim.wanted - target)
                rows.append((self.shop_id, *(getattr(new, name) for name in NAMES)))
        cursor_of(self.connection).executemany(PUT, rows)
        return reservations.keep(self.connection, self.shop_id, sku, found, self.now, self.actor)

    def _hand(self, claim: Claim, target: int) -> None:
        """Move what a claim gets more, or has to give to one who comes before it."""
        changed = self._changed.get(claim.key)
        is_new = changed is not None and changed[0] is None
        if target > claim.taken:
            at = claim.paid_at if is_new else None
            self._move(claim, "sold", claim.taken - target, None if is_new else "served", at)
        else:
            self._move(claim, "sold", claim.taken - target, "reassigned")

    def _explained(self, claims: list[Claim]) -> list[Claim]:
        """Give lines that were sent before the last count what that count found missing."""
        counted = counts_of(self.connection, self.shop_id)
        found = []
        for claim in claims:
            if claim.short and _was_counted_out(claim, counted):
                pieces = claim.short
                self._move(claim, "counted", pieces, "counted_out")
                self._move(claim, "sold", -pieces, None, claim.paid_at)
                claim = replace(claim, taken=claim.wanted, short=0, counted_out=claim.counted_out + pieces)
                cursor_of(self.connection).executemany(
                    PUT, [(self.shop_id, *(getattr(claim, name) for name in NAMES))]
                )
            found.append(claim)
        return found


def counts_of(connection: Connection, shop_id: int) -> dict[str, int]:
    """When each SKU was last counted, by counts that are finished."""
    sql = (
        "SELECT l.sku, MAX(l.counted_at) FROM stocktake s JOIN stocktake_line l USING (count_id) "
        "WHERE s.shop_id = ? AND s.status = 'finished' AND l.counted IS NOT NULL GROUP BY l.sku"
    )
    return dict(cursor_of(connection).execute(sql, (shop_id,)).fetchall())


def _was_counted_out(claim: Claim, counted: Mapping[str, int]) -> bool:
    """Whether a parcel had left by the time its SKU was last counted."""
    return (
        claim.is_shipped and claim.shipped_at is not None and claim.shipped_at <= counted.get(claim.sku, -1)
    )
