"""Whether a page that is open shows the newest data: its script (changes.js) requests this every other second."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from shop.access.accounts import have_accounts
from shop.access.sessions import COOKIE, visitor_of
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.group.access import enter

REDRAWS_PER_SECOND = 5
REDRAWS_AT_ONCE = 10


class NewerData:
    """The route `/changes?since=VERSION&shop=NAME`: 200 for a page to be rerun because the data are newer, else 204.

    At most `REDRAWS_PER_SECOND` pages are let go ahead, so that a hundred open pages after one change, or one change
    after another, do not take the server from those who work; the others request it again.
    """

    def __init__(self, database: Callable[[], Database]) -> None:
        self.database = database
        self._left, self._counted_at = float(REDRAWS_AT_ONCE), time.monotonic()

    async def answer(self, request: Request) -> Response:
        """Answer one page."""
        since = request.query_params.get("since", "")
        try:
            version = await run_in_threadpool(self._version, request)
        except ShopError:  # being restored; the page requests it again
            version = 0
        is_newer = since.isdecimal() and version > int(since[:18])
        headers = {"cache-control": "no-store"}
        return Response(status_code=200 if is_newer and self._may_redraw() else 204, headers=headers)

    def _version(self, request: Request) -> int:
        """The version of the shop that the page shows, where whoever is signed in may see it."""
        home, name = self.database(), request.query_params.get("shop", "")
        if not name:
            return home.version()
        visitor = visitor_of(home, request.cookies.get(COOKIE)) if have_accounts(home) else None
        return enter(home, name, visitor).db.version()

    def _may_redraw(self) -> bool:
        """Whether one more page may be rerun now."""
        now = time.monotonic()
        self._left = min(self._left + (now - self._counted_at) * REDRAWS_PER_SECOND, float(REDRAWS_AT_ONCE))
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
