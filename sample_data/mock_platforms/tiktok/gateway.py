"""The TikTok Shop gateway (Partner API): signature over path, query, body; versions in the path.

Documented of its codes are the groups 105xxx and 360xxx for tokens and two transient ones; the
exact numbers for signature and time (106001, 106002) and for parameters (36009004) are our own.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from sample_data.generator.clock import DAY
from sample_data.mock_platforms.history.offers import Offers
from sample_data.mock_platforms.history.order_store import OrderStore
from sample_data.mock_platforms.history.streams import Streams
from sample_data.mock_platforms.server.pagination import Listing, Page, Position
from sample_data.mock_platforms.server.platform import (
    TOLERANCE,
    Platform,
    PlatformSettings,
    Refusal,
    Reply,
    Request,
    dumps,
    seconds_left,
)
from sample_data.mock_platforms.server.tokens import Pair, Tokens, TokenStatus
from sample_data.mock_platforms.tiktok import analytics, orders
from sample_data.mock_platforms.tiktok.parameters import (
    date_range,
    page_size,
    page_token,
    position_of,
    rendered_page,
    time_window,
    wrong,
)

Body = dict[str, Any]
Route = tuple[str, re.Pattern[str], Callable[[Request, Body, re.Match[str]], bytes]]


def sign(path: str, query: Mapping[str, str], body: bytes, secret: str) -> str:
    """Return the signature over path, sorted query and the body as it was sent."""
    pairs = "".join(key + query[key] for key in sorted(query) if key not in ("sign", "access_token"))
    plain = secret.encode() + path.encode() + pairs.encode() + body + secret.encode()
    return hmac.new(secret.encode(), plain, hashlib.sha256).hexdigest()


class TikTokShop(Platform):
    """The TikTok shop of the practice studio; its token calls answer on the same port."""

    name = "tiktok_shop"
    secret_names = ("app_secret", "shop_cipher")

    def __init__(self, setting: PlatformSettings, store: OrderStore, goods: Offers, streams: Streams) -> None:
        super().__init__(setting)
        self.store, self.goods, self.streams = store, goods, streams
        self.orders = Listing(store.orders, orders.order, matches=orders.wanted, arrive=store.arrive)
        self.cases = Listing(store.cases, orders.case, matches=orders.is_cancellation)
        self._routes: list[Route] = [
            (method, re.compile(path + "$"), answer)
            for method, path, answer in (
                ("GET", r"/authorization/202309/shops", self._shops),
                ("POST", r"/order/202309/orders/search", self._search_orders),
                ("GET", r"/order/(202309|202507)/orders", self._orders_by_id),
                ("POST", r"/product/(202309|202312|202502)/products/search", self._products),
                ("POST", r"/product/202309/inventory/search", self._inventory),
                ("POST", r"/product/202309/products/(\d+)/inventory/update", self._set_stock),
                (
                    "POST",
                    r"/return_refund/(?:202309|202602)/(returns|cancellations)/search",
                    self._search_cases,
                ),
                ("GET", r"/analytics/(202405|202409|202509|202605)/shop_videos/performance", self._videos),
                ("GET", r"/analytics/(202508|202509|202609)/shop_lives/performance", self._lives),
                ("GET", r"/analytics/202510/shop_lives/(\d+)/performance_per_minutes", self._minutes),
                ("GET", r"/analytics/(202405|202509|202609)/shop/performance", self._shop),
            )
        ]

    def default_app(self) -> dict[str, str]:
        """Return fictional keys of the right shape."""
        return {
            "app_key": "6k1lnb0ard7x2",
            "app_secret": "ttsAppSecr3tCanary9f8e7d6c5b4a3921",
            "shop_id": "7495000000000000001",
            "shop_cipher": "GCP_canaryAAAABh00qsWgtvOiGKilnboard",
        }

    def make_tokens(self) -> Tokens:
        """Return tokens of 7 days, to be refreshed within a year."""
        return Tokens(
            self.clock,
            "TTP_",
            lasts=7 * DAY,
            refresh_lasts=365 * DAY,
            worn_after=self.faults.expire_tokens_every,
        )

    def resource(self, request: Request) -> str:
        """Name the path, ids and version left out."""
        path = re.sub(r"/\d{6}(?=/)", "", request.path)
        return re.sub(r"/\d{8,}(?=/)", "/*", path).strip("/")

    def too_many(self) -> Reply:
        """Return HTTP 429 in the platform's envelope."""
        return self._error((429, 36009002, "Too many requests"))

    def busy(self) -> Reply:
        """Return one of the two documented passing errors."""
        return self._error((200, 66007001, "Rpc error"))

    def answer(self, request: Request) -> Reply:
        """Check time, signature, token and shop, then answer the path."""
        try:
            if request.path.startswith("/api/v2/token/"):
                data = dumps(self._token(request))
            else:
                answer, match = self._route(request)
                body = self._checked(request)
                self.store.at(self.now)
                data = answer(request, body, match)
        except Refusal as refusal:
            return self._error(refusal.codes)
        head = dumps({"code": 0, "message": "Success", "request_id": self._request_id()})
        return Reply(head[:-1] + b',"data":' + data + b"}")

    def _error(self, codes: tuple[Any, ...]) -> Reply:
        status, code, message = codes
        body = {"code": code, "message": message, "request_id": self._request_id()}
        return Reply(dumps(body), outcome=str(code), status=status)

    def _request_id(self) -> str:
        return f"{self.now}{self.log.total:010d}"

    # --- authentication -----------------------------------------------------------------

    def _route(self, request: Request) -> tuple[Callable[..., bytes], re.Match[str]]:
        for method, pattern, answer in self._routes:
            match = pattern.match(request.path)
            if match and method == request.method:
                return answer, match
        raise Refusal(403, 36009009, "no schema found")

    def _checked(self, request: Request) -> Body:
        """Return the body of a request that is valid and signed."""
        query = request.query
        for name in ("app_key", "timestamp", "sign"):
            if not query.get(name):
                raise wrong(f"{name} is required")
        if query["app_key"] != self.app["app_key"]:
            raise Refusal(401, 36009003, "invalid app_key")
        stamp = query["timestamp"]
        if not stamp.isdigit() or abs(int(stamp) - self.now) > TOLERANCE:
            raise Refusal(401, 106002, "timestamp is invalid")
        if query["sign"] != sign(request.path, query, request.body, self.app["app_secret"]):
            raise Refusal(401, 106001, "sign is invalid")
        if "application/json" not in request.headers.get("content-type", ""):
            raise wrong("content-type must be application/json")
        token = request.headers.get("x-tts-access-token", "")
        status = self.tokens.use(token)
        if status is not TokenStatus.GOOD:
            code = {TokenStatus.EXPIRED: 105002, TokenStatus.UNKNOWN: 105001}[status]
            raise Refusal(401, code if token else 105000, "access_token is invalid or expired")
        if not request.path.startswith("/authorization/"):
            if query.get("shop_cipher") != self.app["shop_cipher"]:
                raise Refusal(403, 36009005, "shop_cipher is missing or not of this shop")
        elif "shop_cipher" in query:
            raise wrong("shop_cipher is not allowed here")
        return self._body(request)

    def _body(self, request: Request) -> Body:
        if not request.body:
            return {}
        try:
            body = json.loads(request.body)
        except ValueError:
            raise wrong("body is not JSON") from None
        if request.method == "GET" or not isinstance(body, dict):
            raise wrong("body is not allowed here")
        return body

    def _token(self, request: Request) -> Body:
        query, kind = request.query, request.path.rsplit("/", 1)[-1]
        if request.method != "GET" or kind not in ("get", "refresh"):
            raise Refusal(404, 36009009, "Invalid path")
        if (query.get("app_key"), query.get("app_secret")) != (self.app["app_key"], self.app["app_secret"]):
            raise Refusal(200, 36004003, "app_key or app_secret is invalid")
        if query.get("grant_type") != ("authorized_code" if kind == "get" else "refresh_token"):
            raise Refusal(200, 36004005, "grant_type is invalid")
        if kind == "get":
            pair = self.tokens.redeem(query.get("auth_code", ""))
        else:
            pair = self.tokens.refresh(query.get("refresh_token", ""))
        if pair is None:
            raise Refusal(200, 36004004, "auth_code or refresh_token is invalid or expired")
        return self._pair(pair)

    def _pair(self, pair: Pair) -> Body:
        """Return a pair; its ends are moments, but every second time a duration (both are seen)."""
        ahead = 0 if self.tokens.refreshes % 2 else self.clock.now()
        return {
            "access_token": pair.access,
            "access_token_expire_in": int(ahead + seconds_left(pair, self.clock)),
            "refresh_token": pair.refresh,
            "refresh_token_expire_in": int(ahead + pair.refresh_expires - self.clock.now()),
            "open_id": "7010736057180325637",
            "seller_name": "Kiln Side",
            "seller_base_region": "US",
            "user_type": 0,
            "granted_scopes": ["seller.order.info", "data.shop_analytics.public.read"],
        }

    # --- orders and what comes back --------------------------------------------------------------

    def _shops(self, request: Request, body: Body, match: re.Match[str]) -> bytes:
        shop = {
            "id": self.app["shop_id"],
            "name": "Kiln Side",
            "region": "US",
            "seller_type": "LOCAL",
            "cipher": self.app["shop_cipher"],
            "code": "USLC0001",
        }
        return dumps({"shops": [shop]})

    def _search_orders(self, request: Request, body: Body, match: re.Match[str]) -> bytes:
        status = body.get("order_status")
        if status is not None and status not in orders.STATUS.values():
            raise wrong("order_status is invalid")
        return self._listed(self.orders, request, body, "orders", 50, status)

    def _search_cases(self, request: Request, body: Body, match: re.Match[str]) -> bytes:
        kind = match[1]
        name = "return_orders" if kind == "returns" else "cancellations"
        return self._listed(self.cases, request, body, name, 50, kind)

    def _listed(
        self, listing: Listing[Any], request: Request, body: Body, name: str, most: int, kind: Any
    ) -> bytes:
        """Return a page of a time window, its things left out when there are none."""
        window = time_window(request.query, body, kind)
        size = page_size(request.query, most)
        seal = hashlib.sha256(repr((name, window, size)).encode()).hexdigest()[:12]
        after = position_of(request.query.get("page_token", ""), seal)
        page = listing.following(window, after, size, request.request_faults)
        return rendered_page(page, name, seal)

    def _orders_by_id(self, request: Request, body: Body, match: re.Match[str]) -> bytes:
        wanted = request.query.get("ids", "").split(",")
        if not wanted[0] or len(wanted) > 50:
            raise wrong("ids must be 1 to 50")
        places = [place for place, order in self.store.orders.known() if str(order.number) in wanted]
        return b'{"orders":[' + b",".join(self.orders.bytes_of(places)) + b"]}"

    # --- products and stock ----------------------------------------------------------------------

    def _products(self, request: Request, body: Body, match: re.Match[str]) -> bytes:
        status = body.get("status", "ALL")
        if status not in orders.PRODUCT_STATUS:
            raise wrong("status is invalid")
        rows = orders.products(self.goods) if status in ("ALL", "ACTIVATE") else []
        return self._sliced(rows, request, "products", 100)

    def _inventory(self, request: Request, body: Body, match: re.Match[str]) -> bytes:
        products, skus = set(body.get("product_ids", ())), set(body.get("sku_ids", ()))
        if not products and not skus:
            raise wrong("product_ids or sku_ids is required")
        rows = []
        for product in orders.products(self.goods):
            selected = [sku for sku in product["skus"] if product["id"] in products or sku["id"] in skus]
            if selected:
                rows.append({"product_id": product["id"], "skus": [_stock(sku) for sku in selected]})
        return dumps({"inventory": rows})

    def _set_stock(self, request: Request, body: Body, match: re.Match[str]) -> bytes:
        known = {
            sku["id"]: sku["seller_sku"]
            for product in orders.products(self.goods)
            if product["id"] == match[1]
            for sku in product["skus"]
        }
        for sku in body.get("skus", ()):
            inventory = sku.get("inventory") or [{}]
            quantity = inventory[0].get("quantity")
            if sku.get("id") not in known or not isinstance(quantity, int) or quantity < 0:
                raise wrong("skus is invalid")
            self.goods.stock[self.name][known[sku["id"]]] = quantity
        return dumps({"errors": []})

    # --- analytics -------------------------------------------------------------------------------

    def _videos(self, request: Request, body: Body, match: re.Match[str]) -> bytes:
        start, end = date_range(request.query)
        answer = (analytics.video(work, start, end, match[1], self.now) for work in self.streams.works)
        return self._sliced([row for row in answer if row], request, "videos", 100)

    def _lives(self, request: Request, body: Body, match: re.Match[str]) -> bytes:
        start, end = date_range(request.query)
        if match[1] == "202609" and not request.query.get("account_type"):
            raise wrong("account_type is required")
        rows = analytics.sessions(self.streams, start, end, self.now)
        answer = [analytics.session(row, match[1]) for row in rows]
        return self._sliced(answer, request, "live_stream_sessions", 100)

    def _minutes(self, request: Request, body: Body, match: re.Match[str]) -> bytes:
        rows = [
            session
            for session in self.streams.sessions
            if str(session.number) == match[1] and session.end <= self.now
        ]
        if not rows:
            raise wrong("live_id is invalid")
        position = position_of(request.query.get("page_token", ""), match[1])
        first, size = position.place if position else 0, 60
        total = len(rows[0].views)
        answer: Body = {"performance": analytics.minutes(rows[0], first, size), "total_count": total}
        if first + size < total:
            answer["next_page_token"] = page_token(Position(0, first + size), match[1])
        return dumps(answer)

    def _shop(self, request: Request, body: Body, match: re.Match[str]) -> bytes:
        start, end = date_range(request.query)
        whole = request.query.get("granularity", "ALL") == "ALL"
        figures = self.store.figures(self.now)["by_day"]
        return dumps(
            {
                "latest_available_date": analytics.latest(self.now),
                "performance": {"intervals": analytics.shop_days(figures, start, end, self.now, whole)},
            }
        )

    def _sliced(self, rows: list[Body], request: Request, name: str, most: int) -> bytes:
        """Return a page of something that does not change while it is read."""
        size = page_size(request.query, most)
        query = {
            key: value
            for key, value in request.query.items()
            if key not in ("page_token", "timestamp", "sign")
        }
        seal = hashlib.sha256(repr((name, sorted(query.items()))).encode()).hexdigest()[:12]
        position = position_of(request.query.get("page_token", ""), seal)
        first = position.place if position else 0
        chunk = rows[first : first + size]
        after = Position(0, first + size) if len(chunk) == size else None
        page = Page([dumps(row) for row in chunk], len(rows), after)
        extra = {}
        if request.path.startswith("/analytics/"):
            extra["latest_available_date"] = analytics.latest(self.now)
        return rendered_page(page, name, seal, extra)


def _stock(sku: Body) -> Body:
    quantity = sku["inventory"][0]["quantity"]
    return {
        "id": sku["id"],
        "seller_sku": sku["seller_sku"],
        "total_available_quantity": quantity,
        "total_committed_quantity": 0,
        "warehouse_inventory": [
            {"warehouse_id": orders.WAREHOUSE, "available_quantity": quantity, "committed_quantity": 0}
        ],
    }
