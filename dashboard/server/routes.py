"""The routes of our own: sign-in, set-up, Streamlit's page for every page of ours, manifest and icons."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import theme
from dashboard.i18n.language import LANGUAGES, language
from dashboard.i18n.messages import t
from dashboard.server import documents
from dashboard.server.changes import NewerData
from dashboard.server.guard import use_language_of
from dashboard.server.hosts import is_loopback
from dashboard.server.lost_shop import LostShopRoutes
from dashboard.text import errors
from shop.access.accounts import have_accounts, set_up
from shop.access.sessions import COOKIE, LASTS_SECONDS, WrongSignIn, sign_in
from shop.access.throttle import TooManyAttempts, count_attempt
from shop.core.errors import ShopError
from shop.db.database import Database

NO_STORE = {"cache-control": "no-store"}
SETUP_NAME = "\0setup"  # what wrong set-up codes count against: no account has this name


def local_path(text: str) -> str:
    """A path of this server to go on to; the first page for anything that leads elsewhere."""
    is_local = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return quote(text, safe="/?=&%+-_.,:~") if is_local and "\\" not in text else "/"


class _Word(Convertor[str]):
    """A path of one word, as those of pages are."""

    regex = "[a-z_]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("word", _Word())


class OwnRoutes:
    """Our routes on a shop's database."""

    def __init__(self, database: Callable[[], Database], names: list[str]) -> None:
        self.database, self.names = database, names
        self.changes = NewerData(database).answer

    def routes(self) -> list[Route]:
        """All of them, for Streamlit's application."""
        pages = [Route(f"/{name}", self.app_page, methods=["GET"]) for name in ("", *self.names)]
        return [
            Route("/sign-in", self.show_sign_in, methods=["GET"]),
            Route("/sign-in", self.sign_in, methods=["POST"]),
            Route("/set-up", self.show_set_up, methods=["GET"]),
            Route("/set-up", self.set_up, methods=["POST"]),
            Route("/manifest.webmanifest", self.manifest, methods=["GET"]),
            Route("/app-icon.png", self.icon_picture, methods=["GET"]),
            Route("/app-icon.svg", self.icon, methods=["GET"]),
            Route("/changes", self.changes, methods=["GET"]),
            *LostShopRoutes(self.database).routes(),
            *pages,
            Route("/{name:word}", self.unknown_page, methods=["GET"]),
        ]

    async def app_page(self, request: Request) -> Response:
        """Streamlit's page, which opens the web socket."""
        use_language_of(request)
        return HTMLResponse(documents.app_page(), headers={"cache-control": "no-cache"})

    async def unknown_page(self, request: Request) -> Response:
        """The answer to an address that is like a page's and is none."""
        use_language_of(request)
        return HTMLResponse(documents.unknown_page(request.url.path), status_code=404, headers=NO_STORE)

    async def manifest(self, request: Request) -> Response:
        """The web app manifest."""
        use_language_of(request)
        return Response(documents.manifest(), media_type="application/manifest+json")

    async def icon_picture(self, request: Request) -> Response:
        """The icon as PNG."""
        return Response(documents.icon_picture(), media_type="image/png")

    async def icon(self, request: Request) -> Response:
        """The icon as SVG."""
        return Response(theme.icon(), media_type="image/svg+xml")

    async def show_sign_in(self, request: Request) -> Response:
        """The page for signing in; without accounts the one that creates the first."""
        use_language_of(request)
        if not await run_in_threadpool(have_accounts, self.database()):
            return RedirectResponse(f"/set-up?{request.url.query}", status_code=303)
        back = local_path(request.query_params.get("next", "/"))
        page = documents.sign_in_page(back=back, is_plain=_is_plain(request))
        return HTMLResponse(page, headers=NO_STORE)

    async def sign_in(self, request: Request) -> Response:
        """Check name and password, and start a session."""
        use_language_of(request)
        form = await request.form(max_files=0, max_fields=8)
        user, password, back = (str(form.get(name, "")) for name in ("user", "password", "next"))
        try:
            token = await run_in_threadpool(
                sign_in,
                self.database(),
                user,
                password,
                address=_address(request),
                browser=request.headers.get("user-agent", ""),
            )
        except TooManyAttempts as problem:
            return self._sign_in_again(request, back, user, t("sign_in.wait", **problem.details), 429)
        except WrongSignIn:
            return self._sign_in_again(request, back, user, t("sign_in.wrong"), 403)
        return _signed_in(request, local_path(back), token)

    def _sign_in_again(self, request: Request, back: str, user: str, problem: str, status: int) -> Response:
        page = documents.sign_in_page(
            back=local_path(back), user=user, problem=problem, is_plain=_is_plain(request)
        )
        return HTMLResponse(page, status, headers=NO_STORE)

    async def show_set_up(self, request: Request) -> Response:
        """The page that creates the first account; where there is one, that for signing in."""
        use_language_of(request)
        if await run_in_threadpool(have_accounts, self.database()):
            return RedirectResponse("/sign-in", status_code=303)
        back = local_path(request.query_params.get("next", "/"))
        page = documents.set_up_page(code=request.query_params.get("code", ""), back=back)
        return HTMLResponse(page, headers=NO_STORE)

    async def set_up(self, request: Request) -> Response:
        """Create the first owner's account with the code from the terminal, and sign in."""
        use_language_of(request)
        form = await request.form(max_files=0, max_fields=8)
        code, user, password, again, back = (
            str(form.get(name, "")) for name in ("code", "user", "password", "again", "next")
        )
        back = local_path(back)
        try:
            if password != again:
                return HTMLResponse(
                    documents.set_up_page(
                        user=user, code=code, back=back, problem=t("sign_in.set_up.differs")
                    ),
                    400,
                )
            token = await run_in_threadpool(self._create_owner, request, code, user, password)
        except ShopError as problem:
            status = 429 if isinstance(problem, TooManyAttempts) else 403
            page = documents.set_up_page(user=user, code=code, back=back, problem=errors.error(problem))
            return HTMLResponse(page, status, headers=NO_STORE)
        return _signed_in(request, _in_language(back), token)

    def _create_owner(self, request: Request, code: str, user: str, password: str) -> str:
        db, address = self.database(), _address(request)
        count_attempt(db, SETUP_NAME, address)
        set_up(db, code, user, password)
        return sign_in(db, user, password, address=address, browser=request.headers.get("user-agent", ""))


def _in_language(path: str) -> str:
    """A path that opens in the language of this request; a new shop's pages open in Chinese without one."""
    if language() == LANGUAGES[0] or "lang=" in path:
        return path
    return f"{path}{'&' if '?' in path else '?'}lang={language()}"


def _signed_in(request: Request, to: str, token: str) -> Response:
    response = RedirectResponse(to, status_code=303, headers=NO_STORE)
    is_secure = request.url.scheme == "https"
    response.set_cookie(
        COOKIE, token, max_age=LASTS_SECONDS, httponly=True, samesite="strict", secure=is_secure, path="/"
    )
    return response


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _is_plain(request: Request) -> bool:
    return request.url.scheme != "https" and not is_loopback(_address(request))
