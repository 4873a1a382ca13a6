"""Logging in to a platform with what the owner pasted, and trying one call of each of its resources."""

from __future__ import annotations

from dataclasses import dataclass

from etl import credentials, platforms
from etl.http.errors import NotAuthorised, NotConnected, Refused, TryLater, of_answers
from etl.platforms.base import DAY, Account, Keys, Resource, TimeWindow
from etl.sync import windows
from etl.sync.account import open_account
from etl.sync.options import Options
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.metrics.settings import shop_settings


@dataclass(frozen=True)
class ResourceCheck:
    """Whether one resource answers for this login; `error` where it does not."""

    kind: str
    error: ShopError | None = None


def connect(
    db: Database, platform: str, values: dict[str, str], *, shop_id: int = 1, options: Options | None = None
) -> list[ResourceCheck]:
    """Log in with what the owner pasted, store keys and token, and try one call of each resource.

    Raises NotConnected when something is missing and NotAuthorised when the platform refuses.
    """
    options = options or Options()
    connector = platforms.connector(platform)
    missing = [item.name for item in connector.CREDENTIALS if not item.optional and not values.get(item.name)]
    if missing:
        raise NotConnected(platform=platform, missing=", ".join(missing))
    given = {name: value.strip() for name, value in values.items() if value.strip()}
    keys = Keys(given, given.pop("access_token", ""), given.get("refresh_token", ""))
    with db.read() as connection:
        facts = shop_settings(connection, shop_id)
    account = open_account(db, connector, keys, facts, options)
    try:
        if not keys.access_token:
            account.keys = _first_token(account)
        credentials.save(connector, account.keys)
        return [_tried(account, resource) for resource in connector.RESOURCES]
    finally:
        account.client.close()


def _first_token(account: Account) -> Keys:
    try:
        with of_answers(account.connector.NAME):
            return account.connector.first_token(account)
    except Refused as problem:  # whatever the platform answers here, it is about the login
        result = str(problem.details.get("found", "?"))
        raise NotAuthorised(platform=account.connector.NAME, found=result) from None


def _tried(account: Account, resource: Resource) -> ResourceCheck:
    now = account.now()
    try:
        window = windows.split(resource, TimeWindow(now - DAY, now), account.context)[0]
        with of_answers(account.connector.NAME):
            next(resource.fetch(account, window), None)
    except (Refused, TryLater) as problem:
        return ResourceCheck(resource.kind, problem)
    return ResourceCheck(resource.kind)
