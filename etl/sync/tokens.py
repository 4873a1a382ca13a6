"""Access tokens: refreshed ahead of their end or once on the platform's word, by one process at a time."""

from __future__ import annotations

from etl import credentials
from etl.http.errors import NotAuthorised, Refused, of_answers
from etl.platforms.base import Account, Keys
from etl.sync.failpoints import step
from etl.sync.lease import lease_of
from shop.db.database import Database

MAX_WAIT = 60.0
LEASE = "credentials"


def renewed(db: Database, shop_id: int, account: Account, old: Keys) -> Keys:
    """New keys in place of the old ones: those another process has just stored, else refreshed ones.

    Raises NotAuthorised when the platform does not take the refresh token either.
    """
    with lease_of(db, shop_id, LEASE, account.client.clock, max_wait=MAX_WAIT):
        stored = credentials.load(account.connector)
        if stored.access_token and stored.access_token != old.access_token:
            return stored
        account.keys = old
        try:
            with of_answers(account.connector.NAME):
                keys = account.connector.next_token(account)
        except (NotAuthorised, Refused) as problem:
            raise NotAuthorised(platform=account.connector.NAME, **_code(problem)) from None
        step("token-renewed")
        credentials.save(account.connector, keys)
        step("token-stored")
        return keys


def _code(problem: Refused) -> dict[str, str]:
    return {"found": str(problem.details.get("found", "?"))}
