"""The Kuaishou shop's gateway (快手小店, openapi.kwaixiaodian.com): signature, tokens, methods.

Reads are GET with everything in the query, writes POST with `param` in a form. Of its codes only
those of tokens, of bad business parameters and of the daily quota are documented; 802001 for a
wrong signature, 802002 for a wrong timestamp and 802003 for an unknown method are our own.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from sample_data.generator.clock import DAY
from sample_data.mock_platforms.history.offers import Offers
from sample_data.mock_platforms.history.order_store import OrderStore
from sample_data.mock_platforms.kuaishou import orders, products
from sample_data.mock_platforms.server.faults import RequestFaults
from sample_data.mock_platforms.server.pagination import Listing, Position, Window
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

LONGEST_BACK = 90 * DAY
END = "nomore"
SYSTEM = ("appkey", "method", "version", "access_token", "timestamp", "signMethod", "sign")
WRITES = ("open.item.sku.stock.update",)
TOKEN_ERROR = 100200102
SCOPES = ["merchant_order", "merchant_item", "merchant_refund", "merchant_comment", "user_info"]
Body = dict[str, Any]


def sign(parameters: Mapping[str, str], secret: str) -> str:
    """Return the signature over the parameters as they were sent, before any encoding."""
    pairs = (f"{key}={parameters[key]}" for key in sorted(parameters) if key != "sign")
    plain = ("&".join(pairs) + f"&signSecret={secret}").encode()
    if parameters.get("signMethod") == "HMAC_SHA256":
        return base64.b64encode(hmac.new(secret.encode(), plain, hashlib.sha256).digest()).decode()
    return hashlib.md5(plain).hexdigest()


def bad(text: str) -> Refusal:
    """Return the refusal of a business parameter."""
    return Refusal(2001, "807000", "业务处理失败", text)


class KuaishouShop(Platform):
    """The Kuaishou shop of the practice studio."""

    name = "kuaishou_shop"
    secret_names = ("app_secret", "sign_secret")

    def __init__(self, setting: PlatformSettings, store: OrderStore, goods: Offers) -> None:
        super().__init__(setting)
        self.store, self.goods = store, goods
        self.orders = Listing(store.orders, orders.order, matches=orders.wanted, arrive=store.arrive)
        self.refunds = Listing(store.cases, orders.refund)
        self._methods: dict[str, Callable[[Body, RequestFaults], bytes]] = {
            "open.order.cursor.list": self._list_orders,
            "open.order.detail": self._order_detail,
            "open.seller.order.refund.pcursor.list": self._list_refunds,
            "open.seller.order.refund.detail": self._refund_detail,
            "open.item.list.get": self._list_items,
            "open.item.get": self._item,
            "open.item.sku.list.get": self._list_skus,
            "open.item.sku.stock.update": self._change_stock,
            "open.comment.list.get": self._list_reviews,
        }

    def default_app(self) -> dict[str, str]:
        """Return fictional keys of the right shape."""
        return {
            "app_key": "ks700123456789012345",
            "app_secret": "ksAppSecr3tCanaryQ1w2",
            "sign_secret": "ks-sign-s3cret-canary-0f1e",
        }

    def make_tokens(self) -> Tokens:
        """Return tokens of 2 days, to be refreshed within 180."""
        return Tokens(
            self.clock,
            "ks",
            lasts=2 * DAY,
            refresh_lasts=180 * DAY,
            inherits=True,
            grace=300,
            worn_after=self.faults.expire_tokens_every,
        )

    def resource(self, request: Request) -> str:
        """Name the method."""
        return request.path.strip("/").replace("/", ".")

    def too_many(self) -> Reply:
        """Return HTTP 429; the platform's own code is not documented."""
        return self._error((429, "802429", "请求过于频繁", ""), status=429)

    def busy(self) -> Reply:
        """Return the server's error of the token calls, the only documented one."""
        return self._error((100200500, "100200500", "server_error", ""))

    def answer(self, request: Request) -> Reply:
        """Check parameters, signature and token, then answer the method."""
        try:
            if request.path.startswith("/oauth2/"):
                return Reply(dumps({"result": 1, **self._token(request)}))
            parameters = self._checked(request)
            param = self._business(parameters)
            self._check_token(parameters)
            self.store.at(self.now)
            data = self._methods[parameters["method"]](param, request.request_faults)
        except Refusal as refusal:
            return self._error(refusal.codes)
        head = dumps(
            {
                "result": 1,
                "code": "1",
                "msg": "success",
                "sub_code": "",
                "sub_msg": "",
                "requestId": f"{self.now}{self.log.total}",
            }
        )
        return Reply(head[:-1] + b',"data":' + data + b"}")

    def _error(self, codes: tuple[Any, ...], status: int = 200) -> Reply:
        result, code, message, sub = codes
        body = {
            "result": result,
            "code": code,
            "msg": message,
            "error_msg": message,
            "sub_code": "",
            "sub_msg": sub,
            "requestId": f"{self.now}{self.log.total}",
        }
        return Reply(dumps(body), outcome=f"{result} {code}", status=status)

    # --- authentication -----------------------------------------------------------------

    def _checked(self, request: Request) -> dict[str, str]:
        """Return the parameters of a request that is valid and signed."""
        parameters = dict(request.query)
        if request.method == "POST":
            parameters |= request.form
        method = self.resource(request)
        if method not in self._methods or parameters.get("method") != method:
            raise Refusal(802003, "802003", "API不存在", "method无效")
        if request.method not in ("GET", "POST") or (method in WRITES) != (request.method == "POST"):
            raise Refusal(802003, "802003", "请求方式错误", "")
        missing = [name for name in SYSTEM if not parameters.get(name)]
        if missing or "param" not in parameters:
            raise Refusal(100200100, "100200100", "invalid_request", f"缺少{missing or ['param']}")
        if parameters["appkey"] != self.app["app_key"]:
            raise Refusal(100200101, "100200101", "unauthorized_client", "")
        if parameters["version"] != "1" or parameters["signMethod"] not in ("MD5", "HMAC_SHA256"):
            raise Refusal(100200100, "100200100", "invalid_request", "version或signMethod无效")
        stamp = parameters["timestamp"]
        if not stamp.isdigit() or abs(int(stamp) / 1000 - self.now) > TOLERANCE:
            raise Refusal(802002, "802002", "系统参数错误", "timestamp无效")
        if parameters["sign"] != sign(parameters, self.app["sign_secret"]):
            raise Refusal(802001, "802001", "签名验证失败", "sign无效")
        return parameters

    def _business(self, parameters: Mapping[str, str]) -> Body:
        try:
            param = json.loads(parameters["param"])
        except ValueError:
            raise bad("param无效") from None
        if not isinstance(param, dict):
            raise bad("param无效")
        return param

    def _check_token(self, parameters: Mapping[str, str]) -> None:
        if self.tokens.use(parameters["access_token"]) is not TokenStatus.GOOD:
            raise Refusal(TOKEN_ERROR, str(TOKEN_ERROR), "access_denied", "access_token无效或已过期")

    def _token(self, request: Request) -> Body:
        fresh = request.path.rstrip("/") == "/oauth2/access_token" and request.method == "GET"
        again = request.path.rstrip("/") == "/oauth2/refresh_token" and request.method == "POST"
        given = request.form if again else dict(request.query)
        if not (fresh or again) or not given.get("app_id") or not given.get("app_secret"):
            raise Refusal(100200100, "100200100", "invalid_request", "")
        if (given["app_id"], given["app_secret"]) != (self.app["app_key"], self.app["app_secret"]):
            raise Refusal(100200101, "100200101", "unauthorized_client", "")
        if given.get("grant_type") != ("code" if fresh else "refresh_token"):
            raise Refusal(100200104, "100200104", "unsupported_grant_type", "")
        if fresh:
            pair = self.tokens.redeem(given.get("code", ""))
            if pair is None:
                raise Refusal(100200105, "100200105", "invalid_grant", "")
            return self._pair(pair)
        pair = self.tokens.refresh(given.get("refresh_token", ""))
        if pair is None:
            raise Refusal(TOKEN_ERROR, str(TOKEN_ERROR), "access_denied", "refreshToken.discarded")
        return self._pair(pair)

    def _pair(self, pair: Pair) -> Body:
        return {
            "access_token": pair.access,
            "expires_in": seconds_left(pair, self.clock),
            "refresh_token": pair.refresh,
            "refresh_token_expires_in": int(pair.refresh_expires - self.clock.now()),
            "open_id": "f1a2c3practice",
            "scopes": SCOPES,
        }

    # --- methods --------------------------------------------------------------------------------

    def _list_orders(self, param: Body, request_faults: RequestFaults) -> bytes:
        view = _whole(param, "orderViewStatus", 1, 7)
        size = _whole(param, "pageSize", 1, 50)
        by_update = _whole(param, "queryType", 1, 2, 1) == 2
        start, end = self._window(param, 7 * DAY)
        newest = _whole(param, "sort", 1, 2, 1) == 1
        window = Window("updated" if by_update else "created", start, end, newest, orders.VIEWS.get(view))
        after = _position(param.get("cursor"))
        page = self.orders.following(window, after, size, request_faults)
        head = dumps(
            {
                "cursor": _cursor(page.after),
                "pageSize": size,
                "beginTime": param["beginTime"],
                "endTime": param["endTime"],
            }
        )
        return head[:-1] + b',"orderList":[' + page.joined + b"]}"

    def _window(self, param: Body, longest: int) -> tuple[int, int]:
        """Return the window in seconds, the end exclusive."""
        start, end = _whole(param, "beginTime"), _whole(param, "endTime")
        if start < 10**12 or start < (self.now - LONGEST_BACK) * 1000:
            raise bad("beginTime无效")
        if end <= start or end - start > longest * 1000:
            raise bad("endTime无效")
        return -(-start // 1000), -(-end // 1000)

    def _list_refunds(self, param: Body, request_faults: RequestFaults) -> bytes:
        if _whole(param, "type", 8, 9) == 8:
            raise bad("type无效")
        size = _whole(param, "pageSize", 1, 100)
        _whole(param, "currentPage", 1)
        by_update = _whole(param, "queryType", 1, 2, 1) == 2
        newest = _whole(param, "sort", 1, 2, 1) == 1
        start, end = self._window(param, DAY)
        window = Window("updated" if by_update else "created", start, end, newest)
        after = _position(param.get("pcursor"))
        page = self.refunds.following(window, after, size, request_faults)
        head = dumps({"pcursor": _cursor(page.after), "totalSize": page.total if not after else 0})
        return head[:-1] + b',"refundOrderInfoList":[' + page.joined + b"]}"

    def _order_detail(self, param: Body, request_faults: RequestFaults) -> bytes:
        number = _whole(param, "oid")
        for place, order in self.store.orders.known():
            if order.number == number:
                return b"".join(self.orders.bytes_of([place]))
        raise bad("oid无效")

    def _refund_detail(self, param: Body, request_faults: RequestFaults) -> bytes:
        number = _whole(param, "refundId")
        for place, case in self.store.cases.known():
            if case.number == number:
                return b"".join(self.refunds.bytes_of([place]))
        raise bad("refundId无效")

    def _list_items(self, param: Body, request_faults: RequestFaults) -> bytes:
        size = _whole(param, "pageSize", 10, 100)
        return dumps(products.items(self.goods, _whole(param, "pageNumber", 1), size))

    def _item(self, param: Body, request_faults: RequestFaults) -> bytes:
        item = _whole(param, "kwaiItemId")
        rows = products.items(self.goods, 1, 10_000)["items"]
        result = [row for row in rows if row["kwaiItemId"] == item]
        if not result:
            raise bad("kwaiItemId无效")
        return dumps(result[0])

    def _list_skus(self, param: Body, request_faults: RequestFaults) -> bytes:
        rows = products.skus(self.goods, _whole(param, "kwaiItemId"))
        if not rows:
            raise bad("kwaiItemId无效")
        return dumps(rows)

    def _change_stock(self, param: Body, request_faults: RequestFaults) -> bytes:
        wanted, change = _whole(param, "skuId"), _whole(param, "skuChangeStock", 1)
        signed = change if _whole(param, "changeType", 1, 2) == 1 else -change
        stock = self.goods.stock[self.name]
        for line in products.find(self.goods, _whole(param, "kwaiItemId")):
            if orders.sku_id(line) == wanted:
                if stock[line.variant.sku] + signed < 0:
                    raise bad("skuChangeStock无效")
                stock[line.variant.sku] += signed
                return b"{}"
        raise bad("skuId无效")

    def _list_reviews(self, param: Body, request_faults: RequestFaults) -> bytes:
        first, size = _whole(param, "offset", 0), _whole(param, "limit", 1, 20)
        start, end = _whole(param, "createTimeFrom", 0, missing=0), param.get("createTimeTo", 2**62)
        written = (products.review(order) for _, order in self.store.orders.known())
        rows = [
            review
            for review in written
            if review and review["createTime"] <= self.now * 1000 and start <= review["createTime"] < end
        ]
        rows.sort(key=lambda review: -review["createTime"])
        return dumps({"rootComment": rows[first : first + size], "total": len(rows)})


def _whole(param: Body, name: str, least: int = 0, most: int = 2**62, missing: int | None = None) -> int:
    value = param.get(name, missing)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise bad(f"{name}无效")
    return value


def _cursor(after: Position | None) -> str:
    if after is None:
        return END
    return base64.urlsafe_b64encode(f"{after.moment}:{after.place}".encode()).decode()


def _position(cursor: Any) -> Position | None:
    """Return where a cursor stands; it must be given, "" at first."""
    if cursor == "":
        return None
    try:
        moment, place = base64.urlsafe_b64decode(str(cursor)).decode().split(":")
        return Position(int(moment), int(place))
    except ValueError:
        raise bad("cursor无效") from None
