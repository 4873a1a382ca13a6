"""The clock of the machine jumps, and its time zone changes: who is signed in, what is reserved and backed up stays."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from shop.access.accounts import add_account
from shop.access.roles import OWNER
from shop.access.sessions import person_of, sign_in
from shop.access.throttle import FREE_ATTEMPTS
from shop.backups.automatic import back_up, is_due
from shop.core.clock import today
from shop.db.database import Database
from shop.stock import adjustments, reservations
from shop.stock.history import open_reservations
from tests.support.stock.shop import catalog

PASSWORD = "celadon cups in spring"
NOW = datetime(2026, 3, 25, 12, tzinfo=UTC)
JUMPS = [
    sign * jump for jump in (timedelta(hours=1), timedelta(days=1), timedelta(days=30)) for sign in (1, -1)
]


@pytest.fixture
def shop(db: Database) -> Iterator[Database]:
    """A shop with an owner, three cups of which two are reserved for two weeks, and the backup of the day."""
    with time_machine.travel(NOW, tick=False):
        add_account(db, "Mei", "owner", PASSWORD, actor=OWNER)
        catalog(db, cup="stocked")
        adjustments.record(db, "made", "cup", 3, actor=OWNER, at=NOW)
        reservations.reserve(db, "cup", 2, until=NOW + timedelta(days=14), now=NOW, actor=OWNER)
        back_up(db, "daily")
        yield db


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_jump_of_the_clock_signs_nobody_out_and_frees_nothing(jump: timedelta, shop: Database) -> None:
    token = sign_in(shop, "Mei", PASSWORD, address="127.0.0.1")
    for moment in (NOW + jump, NOW):
        with time_machine.travel(moment, tick=False):
            assert person_of(shop, token) is not None
            assert person_of(shop, sign_in(shop, "Mei", PASSWORD, address="127.0.0.2")) is not None
            assert len(open_reservations(shop, now=moment)) == (moment < NOW + timedelta(days=14))
            if is_due(shop, moment):
                back_up(shop, "daily")
    assert not is_due(shop, NOW) and is_due(shop, NOW + timedelta(days=2))


def test_wrong_passwords_typed_while_the_clock_was_ahead_lock_nobody_out(shop: Database) -> None:
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        for _ in range(FREE_ATTEMPTS["pair"] + 3):
            with pytest.raises(Exception, match="wrong"):
                sign_in(shop, "Mei", "wrong", address="127.0.0.1")
    assert sign_in(shop, "Mei", PASSWORD, address="127.0.0.1")


@pytest.mark.skipif(
    not hasattr(time, "tzset"), reason="needs a system whose zone can be changed for a process"
)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_change_of_the_machines_zone_changes_nothing(
    zone: str, shop: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sign_in(shop, "Mei", PASSWORD, address="127.0.0.1")
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert person_of(shop, token) is not None
        assert len(open_reservations(shop, now=datetime.now(UTC))) == 1
        assert not is_due(shop, datetime.now(UTC)) and today("Asia/Shanghai").isoformat() == "2026-03-25"
    finally:
        monkeypatch.undo()
        assert os.environ.get("TZ") == before
        time.tzset()
