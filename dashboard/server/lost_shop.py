"""The page of a lost shop: its file is gone but backups of it are there. Restore one, or begin a new shop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.server import documents
from dashboard.server.guard import LOST, use_language_of
from dashboard.text.errors import error
from shop.access.audit import log_action
from shop.access.roles import OWNER
from shop.backups.files import backups_of
from shop.connect import connect
from shop.core.errors import LostShop, ShopError
from shop.db.backup import restore
from shop.db.database import Database

NEW = "new"
OFFERED = 8  # backups, the newest first


class LostShopRoutes:
    """The page of a lost shop; the guard lets only this machine pass, and only while the shop is lost."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self.database = database

    def routes(self) -> list[Route]:
        """Both of them, for Streamlit's application."""
        return [Route(LOST, self.show, methods=["GET"]), Route(LOST, self.choose, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """The page; the dashboard once the shop is there."""
        use_language_of(request)
        return await run_in_threadpool(self._page)

    async def choose(self, request: Request) -> Response:
        """Restore the backup that was chosen, or begin a new shop."""
        use_language_of(request)
        form = await request.form(max_files=0, max_fields=2)
        return await run_in_threadpool(self._chosen, str(form.get("choice", "")))

    def _page(self, problem: str = "") -> Response:
        try:
            self.database()
        except LostShop as lost:
            path = Path(lost.details["path"])
            listed = [item for item in backups_of(path) if not item.is_sealed][:OFFERED]
            return HTMLResponse(documents.lost_shop_page(path, listed, problem), 503)
        return RedirectResponse("/", status_code=303)

    def _chosen(self, choice: str) -> Response:
        try:
            self.database()
        except LostShop as lost:
            path = Path(lost.details["path"])
            listed = {item.path.name: item.path for item in backups_of(path)}
            try:
                if choice == NEW:
                    connect(str(path), is_new=True).close()
                elif choice in listed:
                    _restore(listed[choice], path)
            except ShopError as problem:
                return self._page(error(problem))
            return self._page()
        return RedirectResponse("/", status_code=303)


def _restore(source: Path, path: Path) -> None:
    restore(source, path, connect)
    db = connect(str(path))
    with db.write() as connection:
        log_action(connection, OWNER, "backup.restore", source.name)
    db.close()
