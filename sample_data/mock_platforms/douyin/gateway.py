"""The Douyin shop's gateway (抖店, openapi-fxg): signature, tokens, envelope and methods.

POST /{method with slashes}, common parameters in the query, canonical JSON as the body; business
errors come with HTTP 200 in the platform's envelope of code and sub_code.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sample_data.generator.clock import BEIJING, DAY
from sample_data.mock_platforms.douyin import orders, products
from sample_data.mock_platforms.history.offers import Offers
from sample_data.mock_platforms.history.order_store import OrderStore
from sample_data.mock_platforms.server.faults import RequestFaults
from sample_data.mock_platforms.server.pagination import Listing, Window
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

LARGEST_PAGE, DEEPEST, LONGEST_BACK = 100, 50_000, 90 * DAY
HALF_YEAR = 183 * DAY
FOR_EVER = 2**40
MESSAGES = {
    10000: "success",
    20000: "服务不可用",
    30001: "授权权限不足",
    40001: "缺少必选参数",
    40002: "缺少业务参数",
    40003: "认证失败",
    40004: "非法的参数",
    50001: "平台处理失败",
    50002: "业务处理失败",
    60000: "请求过于频繁",
    70000: "接口已下线或不存在",
}
Body = dict[str, Any]


def sign(app_key: str, secret: str, method: str, body: bytes, timestamp: str, how: str) -> str:
    """Return the signature over the bytes that were sent."""
    pattern = b"app_key%bmethod%bparam_json%btimestamp%bv2" % (
        app_key.encode(),
        method.encode(),
        body,
        timestamp.encode(),
    )
    plain = secret.encode() + pattern + secret.encode()
    if how == "md5":
        return hashlib.md5(plain).hexdigest()
    return hmac.new(secret.encode(), plain, hashlib.sha256).hexdigest()


def is_canonical(body: bytes) -> bool:
    """Return whether JSON is compact with sorted keys, as the platform's own clients write it."""
    try:
        value = json.loads(body)
    except ValueError:
        return False
    return isinstance(value, dict) and any(
        body.decode() == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=ascii_only)
        for ascii_only in (False, True)
    )


class DouyinShop(Platform):
    """The Douyin shop of the practice studio."""

    name = "douyin_shop"
    secret_names = ("app_secret",)

    def __init__(self, setting: PlatformSettings, store: OrderStore, goods: Offers) -> None:
        super().__init__(setting)
        self.store, self.goods = store, goods
        self.orders = Listing(store.orders, orders.order, matches=orders.wanted, arrive=store.arrive)
        self.cases = Listing(store.cases, orders.case)
        self._stock_calls: set[str] = set()
        self._methods: dict[str, Callable[[Body, RequestFaults], bytes]] = {
            "order.searchList": self._search_orders,
            "order.orderDetail": self._order_detail,
            "afterSale.List": self._list_cases,
            "afterSale.Detail": self._case_detail,
            "product.listV2": self._list_products,
            "sku.list": self._list_skus,
            "sku.syncStock": self._sync_stock,
        }

    def default_app(self) -> dict[str, str]:
        """Return fictional keys of the right shape."""
        return {
            "app_key": "7012345678901234567",
            "app_secret": "dd5ecre7-c0de-4b1d-9a3f-5c0ffee0d0d1",
            "shop_id": str(orders.SHOP_ID),
        }

    def make_tokens(self) -> Tokens:
        """Return tokens of 7 days, to be refreshed within 14."""
        return Tokens(
            self.clock,
            "dd",
            lasts=7 * DAY,
            refresh_lasts=14 * DAY,
            worn_after=self.faults.expire_tokens_every,
        )

    def resource(self, request: Request) -> str:
        """Name the method."""
        return request.path.strip("/").replace("/", ".")

    def too_many(self) -> Reply:
        """Return code 60000; with HTTP 429."""
        return self._error((60000, "isv.traffic-limited"), status=429)

    def busy(self) -> Reply:
        """Return code 20000, service error."""
        return self._error((20000, "isp.service-error:20005"))

    def answer(self, request: Request) -> Reply:
        """Check common parameters, signature and token, then answer the method."""
        try:
            body = self._checked(request)
            method = self.resource(request)
            if method in ("token.create", "token.refresh"):
                data = dumps(self._token(method, body))
            else:
                self._check_token(request)
                self.store.at(self.now)
                data = self._methods[method](body, request.request_faults)
        except Refusal as refusal:
            return self._error(refusal.codes)
        return Reply(self._envelope(10000, "", data, request))

    def _error(self, codes: tuple[Any, ...], status: int = 200) -> Reply:
        code, sub = codes
        return Reply(self._envelope(code, sub, b"{}"), outcome=f"{code} {sub}", status=status)

    def _envelope(self, code: int, sub: str, data: bytes, request: Request | None = None) -> bytes:
        good = code == 10000
        head: dict[str, Any] = {
            "code": code,
            "msg": MESSAGES[code],
            "sub_code": sub,
            "sub_msg": "" if good else MESSAGES[code],
            "log_id": f"{self.now}010004{self.log.total:08d}",
        }
        if request is None or request.headers.get("x-open-no-old-err-code") != "1":
            head |= {"err_no": 0 if good else code, "message": MESSAGES[code]}
        return dumps(head)[:-1] + b',"data":' + data + b"}"

    # --- authentication -----------------------------------------------------------------

    def _checked(self, request: Request) -> Body:
        """Return the business parameters of a request that is valid and signed."""
        query, method = request.query, self.resource(request)
        known = {*self._methods, "token.create", "token.refresh"}
        if request.method != "POST" or method not in known or request.path.endswith("/"):
            raise Refusal(70000, "isp.api-service-off")
        for name, code in (
            ("app_key", "app-id-missing"),
            ("method", "parameter-missing"),
            ("timestamp", "parameter-missing"),
            ("v", "parameter-missing"),
            ("sign", "signature-missing"),
        ):
            if not query.get(name):
                raise Refusal(40001, f"isv.{code}")
        if query["app_key"] != self.app["app_key"]:
            raise Refusal(40003, "isv.app-id-invalid")
        if query["v"] != "2" or query["method"] != method:
            raise Refusal(40003, "isv.parameter-format-invalid")
        self._check_time(query["timestamp"])
        how = query.get("sign_method", "md5")
        if how not in ("md5", "hmac-sha256"):
            raise Refusal(40003, "isv.parameter-format-invalid")
        right = sign(
            self.app["app_key"], self.app["app_secret"], method, request.body, query["timestamp"], how
        )
        if query["sign"] != right or not is_canonical(request.body):
            raise Refusal(40003, "isv.signature-invalid")
        body: Body = json.loads(request.body)
        return body

    def _check_time(self, text: str) -> None:
        try:
            if text.isdigit():
                at = float(text)
            else:
                at = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).timestamp()
        except ValueError:
            raise Refusal(40003, "isv.timestamp-format-error") from None
        if abs(at - self.now) > TOLERANCE:
            raise Refusal(40003, "isv.timestamp-invalid")

    def _check_token(self, request: Request) -> None:
        token = request.query.get("access_token")
        if not token:
            raise Refusal(40001, "isv.access-token-missing")
        status = self.tokens.use(token)
        if status is TokenStatus.EXPIRED:
            raise Refusal(40003, "isv.access-token-expired")
        if status is TokenStatus.UNKNOWN:
            raise Refusal(40003, "isv.access-token-no-existed")

    def _token(self, method: str, body: Body) -> Body:
        kind = body.get("grant_type")
        if method == "token.refresh":
            if kind != "refresh_token":
                raise Refusal(50001, "dop.token-generate-failed:grant-type-invalid")
            pair = self.tokens.refresh(str(body.get("refresh_token", "")))
            if pair is None:
                raise Refusal(50002, "isv.business-failed:31009")
            return self._pair(pair)
        if "code" not in body:
            raise Refusal(40002, "isv.missing-parameter:20000")
        if kind == "authorization_self":
            if str(body.get("shop_id")) != self.app["shop_id"]:
                raise Refusal(50001, "dop.token-generate-failed:no-authorization")
            return self._pair(self.tokens.issue())
        if kind == "authorization_code":
            redeemed = self.tokens.redeem(str(body["code"]))
            if redeemed is None:
                raise Refusal(50001, "dop.token-generate-failed:code-invalid")
            return self._pair(redeemed)
        raise Refusal(50001, "dop.token-generate-failed:grant-type-invalid")

    def _pair(self, pair: Pair) -> Body:
        return {
            "access_token": pair.access,
            "expires_in": str(seconds_left(pair, self.clock)),
            "scope": "SCOPE",
            "shop_id": self.app["shop_id"],
            "shop_name": orders.SHOP_NAME,
            "refresh_token": pair.refresh,
            "authority_id": "",
            "auth_subject_type": "Shop",
        }

    # --- methods --------------------------------------------------------------------------------

    def _search_orders(self, body: Body, request_faults: RequestFaults) -> bytes:
        page, size = _paging(body, first=0)
        by_update = body.get("order_by", "create_time") == "update_time"
        if body.get("order_by", "create_time") not in ("create_time", "update_time"):
            raise Refusal(40004, "isv.parameter-invalid:20008")
        if not {"create_time_start", "update_time_start"} & set(body):
            raise Refusal(40004, "isv.parameter-invalid:20011")
        name = "update_time" if "update_time_start" in body else "create_time"
        if by_update != (name == "update_time"):
            raise Refusal(40004, "isv.parameter-invalid:20011")
        start, end = _whole(body, f"{name}_start"), _whole(body, f"{name}_end", FOR_EVER)
        if start < self.now - LONGEST_BACK:
            raise Refusal(40004, "isv.parameter-invalid:20022")
        window = Window(
            name.split("_")[0] + "d", start, end, not body.get("order_asc", False), _statuses(body)
        )
        page_rows = self.orders.numbered(window, page, size, request_faults)
        # Samples in the wild have these as text now and then.
        total: int | str = str(page_rows.total) if request_faults.number % 3 == 0 else page_rows.total
        head = dumps({"page": page, "size": size, "total": total})
        return head[:-1] + b',"shop_order_list":[' + page_rows.joined + b"]}"

    def _order_detail(self, body: Body, request_faults: RequestFaults) -> bytes:
        number = str(body.get("shop_order_id", ""))
        if not number:
            raise Refusal(40002, "isv.missing-parameter:20000")
        for place, order in self.store.orders.known():
            if str(order.number) == number:
                [rendered] = self.orders.bytes_of([place])
                return b'{"shop_order_detail":' + rendered + b"}"
        raise Refusal(40004, "isv.parameter-invalid:20014")

    def _list_cases(self, body: Body, request_faults: RequestFaults) -> bytes:
        page, size = _paging(body, first=0)
        if "update_start_time" in body:
            start, end = (_whole(body, "update_start_time"), _whole(body, "update_end_time", FOR_EVER))
            # Without this order the platform loses rows; the mock platform refuses.
            if body.get("order_by") != ["update_time asc"]:
                raise Refusal(40004, "isv.parameter-invalid:11000")
            window = Window("updated", start, end)
        else:
            start = _whole(body, "start_time", self.now - HALF_YEAR)
            window = Window("created", start, _whole(body, "end_time", FOR_EVER), newest_first=True)
        page_rows = self.cases.numbered(window, page, size, request_faults)
        more = (page + 1) * size < page_rows.total
        head = dumps({"has_more": more, "total": page_rows.total, "page": page, "size": size})
        return head[:-1] + b',"items":[' + page_rows.joined + b"]}"

    def _case_detail(self, body: Body, request_faults: RequestFaults) -> bytes:
        number = str(body.get("after_sale_id", ""))
        for _, case in self.store.cases.known():
            if str(case.number) == number:
                return dumps(orders.detail(case, self.store.cases.now))
        raise Refusal(40004, "isv.parameter-invalid:11000")

    def _list_products(self, body: Body, request_faults: RequestFaults) -> bytes:
        if body.get("use_cursor"):
            size, first = _whole(body, "size"), int(body.get("cursor_id") or 0)
        else:
            page, size = _paging(body, first=1, deepest=10_000)
            first = (page - 1) * size
        return dumps(products.products(self.goods, first, size, request_faults))

    def _list_skus(self, body: Body, request_faults: RequestFaults) -> bytes:
        product = _whole(body, "product_id", 0)
        if not product:
            raise Refusal(40002, "isv.missing-parameter:20000")
        skus = products.skus(self.goods, product)
        if not skus:
            raise Refusal(40004, "isv.parameter-invalid:20014")
        return dumps(skus)

    def _sync_stock(self, body: Body, request_faults: RequestFaults) -> bytes:
        if "stock_num" not in body or not {"sku_id", "code"} & set(body):
            raise Refusal(40002, "isv.missing-parameter:20000")
        sku = products.sku_of(self.goods, body)
        if sku is None:
            raise Refusal(40004, "isv.parameter-invalid:20014")
        number = _whole(body, "stock_num")
        if body.get("incremental"):
            call = str(body.get("idempotent_id", ""))
            if not call:
                raise Refusal(40002, "isv.missing-parameter:20000")
            if call in self._stock_calls:
                raise Refusal(40003, "isv.idempotent-id-existed")
            self._stock_calls.add(call)
            number += self.goods.stock[self.name][sku]
        if number < 0:
            raise Refusal(40004, "isv.parameter-invalid:20008")
        self.goods.stock[self.name][sku] = number
        return b"{}"


def _paging(body: Body, *, first: int, deepest: int = DEEPEST) -> tuple[int, int]:
    if "page" not in body or "size" not in body:
        raise Refusal(40002, "isv.missing-parameter:20000")
    page, size = _whole(body, "page"), _whole(body, "size")
    if page < first:
        raise Refusal(40004, "isv.parameter-invalid:10035")
    if not 1 <= size <= LARGEST_PAGE:
        raise Refusal(40004, "isv.parameter-invalid:20008")
    if page * size > deepest:
        raise Refusal(40004, "isv.parameter-invalid:20013")
    return page, size


def _whole(body: Body, name: str, missing: int | None = None) -> int:
    value = body.get(name, missing)
    if value is None:
        raise Refusal(40002, "isv.missing-parameter:20000")
    if isinstance(value, bool) or not str(value).lstrip("-").isdigit():
        raise Refusal(40003, "isv.parameter-format-invalid")
    return int(value)


def _statuses(body: Body) -> frozenset[int] | None:
    filters = body.get("combine_status") or []
    if len(filters) > 1:
        raise Refusal(40004, "isv.parameter-invalid:20012")
    words = str(filters[0].get("order_status", "")) if filters else ""
    return frozenset(int(word) for word in words.split(",") if word) or None
