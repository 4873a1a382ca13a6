"""Leases: one worker at a time for a connector or the credentials, across processes and machines.

A lease is a row with a holder and an end. Its holder renews it while it works; when the holder dies, the
lease ends by itself, or at once where the holder was a process of this machine that is gone.
"""

from __future__ import annotations

import os
import platform
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from etl.http.errors import SyncRunning
from etl.http.rate_limit import Clock
from shop.db.database import Database

LASTS = 120  # seconds without a sign of life
RENEWED_AFTER = 30

TAKE = text(
    "INSERT INTO lease (shop_id, name, holder, expires_at) VALUES (:shop, :name, :holder, :until) "
    "ON CONFLICT (shop_id, name) DO UPDATE SET holder = excluded.holder, "
    "expires_at = excluded.expires_at WHERE lease.expires_at <= :now OR lease.holder = :holder "
    "OR lease.holder = :gone OR lease.expires_at > :until"  # written when the clock was ahead
)


@dataclass
class SyncLease:
    """A lease of this process."""

    db: Database
    shop_id: int
    name: str
    clock: Clock
    holder: str = field(default_factory=lambda: f"{platform.node()}/{os.getpid()}/{secrets.token_hex(6)}")
    _renewed: float = 0.0

    def take(self) -> bool:
        """Take the lease if it is free, ended, or left by a process of this machine that is gone."""
        now = int(self.clock.now())
        with self.db.write(quiet=True) as connection:
            current = connection.execute(
                text("SELECT holder FROM lease WHERE shop_id = :shop AND name = :name"),
                {"shop": self.shop_id, "name": self.name},
            ).scalar()
            gone = current if current is not None and _is_gone(current) else None
            done = connection.execute(
                TAKE,
                {
                    "shop": self.shop_id,
                    "name": self.name,
                    "holder": self.holder,
                    "gone": gone,
                    "now": now,
                    "until": now + LASTS,
                },
            )
            self._renewed = self.clock.stopwatch()
            return bool(done.rowcount)

    def renew(self) -> None:
        """Sign of life: renew the lease now and then; raises SyncRunning when another took it."""
        if self.clock.stopwatch() - self._renewed >= RENEWED_AFTER and not self.take():
            raise SyncRunning(platform=self.name)

    def check(self, connection: Connection) -> None:
        """Make sure, inside the transaction that writes, that the lease is still ours."""
        current = connection.execute(
            text("SELECT holder FROM lease WHERE shop_id = :shop AND name = :name"),
            {"shop": self.shop_id, "name": self.name},
        ).scalar()
        if current != self.holder:
            raise SyncRunning(platform=self.name)

    def release(self) -> None:
        """End the lease, if it is still ours."""
        with self.db.write(quiet=True) as connection:
            connection.execute(
                text("DELETE FROM lease WHERE shop_id = :shop AND name = :name AND holder = :holder"),
                {"shop": self.shop_id, "name": self.name, "holder": self.holder},
            )


@contextmanager
def lease_of(
    db: Database, shop_id: int, name: str, clock: Clock, *, max_wait: float = 0.0
) -> Iterator[SyncLease]:
    """A lease for the block; raises SyncRunning when another process has it for longer than `max_wait` seconds."""
    lease, elapsed = SyncLease(db, shop_id, name, clock), 0.0
    while not lease.take():
        if elapsed >= max_wait:
            raise SyncRunning(platform=name)
        clock.sleep(0.5)
        elapsed += 0.5
    try:
        yield lease
    finally:
        lease.release()


def _is_gone(holder: str) -> bool:
    """Whether the holder was a process of this machine that is no more; False where that is unknown."""
    node, _, rest = holder.rpartition("/")[0].rpartition("/")
    if os.name != "posix" or node != platform.node() or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
