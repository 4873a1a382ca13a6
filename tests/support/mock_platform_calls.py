"""Calls to the mock platforms, signed by hand with `requests` alone, as documented."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import requests

from sample_data.mock_platforms import MockPlatforms

DAY = 86_400


def canonical(body: Any) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Caller:
    """One app of one platform, with the credentials of a fresh consent."""

    def __init__(self, mock: MockPlatforms, platform: str) -> None:
        self.mock, self.platform = mock, platform
        self.keys = mock.credentials(platform)
        self.url = mock.url(platform)
        self.web = requests.Session()

    @property
    def now(self) -> int:
        return int(self.mock.clock.now())

    def close(self) -> None:
        self.web.close()


class Douyin(Caller):
    def query(self, method: str, body: bytes, **change: str) -> dict[str, str]:
        query = {
            "app_key": self.keys["app_key"],
            "method": method,
            "timestamp": str(self.now),
            "v": "2",
            "sign_method": "hmac-sha256",
            "access_token": self.keys["access_token"],
            **change,
        }
        pattern = (
            f"app_key{query['app_key']}method{method}param_json{body.decode()}timestamp{query['timestamp']}v2"
        )
        secret = self.keys["app_secret"]
        plain = (secret + pattern + secret).encode()
        if query["sign_method"] == "md5":
            query["sign"] = hashlib.md5(plain).hexdigest()
        else:
            query["sign"] = hmac.new(secret.encode(), plain, hashlib.sha256).hexdigest()
        return {name: value for name, value in query.items() if value}

    def send(self, method: str, body: bytes, query: dict[str, str]) -> requests.Response:
        path = "/" + method.replace(".", "/")
        return self.web.post(self.url + path, params=query, data=body, timeout=60)

    def call(self, method: str, **body: Any) -> dict[str, Any]:
        data = canonical(body)
        return self.send(method, data, self.query(method, data)).json()

    def orders(self, start: int, end: int, size: int = 100) -> Iterator[dict[str, Any]]:
        page = 0
        while True:
            answer = self.call(
                "order.searchList",
                page=page,
                size=size,
                order_by="update_time",
                order_asc=True,
                update_time_start=start,
                update_time_end=end,
            )
            assert answer["code"] == 10000, answer
            yield from answer["data"]["shop_order_list"]
            page += 1
            if page * size >= int(answer["data"]["total"]):
                return


class Kuaishou(Caller):
    def query(self, method: str, param: str, **change: str) -> dict[str, str]:
        query = {
            "appkey": self.keys["app_key"],
            "method": method,
            "version": "1",
            "param": param,
            "access_token": self.keys["access_token"],
            "timestamp": str(self.now * 1000),
            "signMethod": "HMAC_SHA256",
            **change,
        }
        plain = "&".join(f"{name}={query[name]}" for name in sorted(query))
        plain += f"&signSecret={self.keys['sign_secret']}"
        if query["signMethod"] == "MD5":
            query["sign"] = hashlib.md5(plain.encode()).hexdigest()
        else:
            key = self.keys["sign_secret"].encode()
            digest = hmac.new(key, plain.encode(), hashlib.sha256).digest()
            query["sign"] = base64.b64encode(digest).decode()
        return query

    def call(self, method: str, **param: Any) -> dict[str, Any]:
        query = self.query(method, json.dumps(param, ensure_ascii=False))
        path = "/" + method.replace(".", "/")
        if method.endswith("update"):
            form = {"param": query.pop("param")}
            return self.web.post(self.url + path, params=query, data=form, timeout=60).json()
        return self.web.get(self.url + path, params=query, timeout=60).json()

    def pages(self, method: str, name: str, start: int, end: int, days: int, **more: Any) -> Iterator[Any]:
        cursor = "pcursor" if "refund" in method else "cursor"
        for first in range(start, end, days * DAY):
            last, at = min(end, first + days * DAY), ""
            while at != "nomore":
                window = {"beginTime": first * 1000, "endTime": last * 1000, cursor: at}
                answer = self.call(method, queryType=2, sort=2, **window, **more)
                assert answer["result"] == 1, answer
                yield from answer["data"][name]
                at = answer["data"][cursor]

    def orders(self, start: int, end: int) -> Iterator[dict[str, Any]]:
        yield from self.pages(
            "open.order.cursor.list", "orderList", start, end, 7, orderViewStatus=1, pageSize=50, cpsType=0
        )

    def refunds(self, start: int, end: int) -> Iterator[dict[str, Any]]:
        yield from self.pages(
            "open.seller.order.refund.pcursor.list",
            "refundOrderInfoList",
            start,
            end,
            1,
            type=9,
            pageSize=100,
            currentPage=1,
        )


class TikTok(Caller):
    def query(self, path: str, body: bytes, **change: str) -> dict[str, str]:
        query = {
            "app_key": self.keys["app_key"],
            "timestamp": str(self.now),
            "shop_cipher": self.keys["shop_cipher"],
            **change,
        }
        query = {name: value for name, value in query.items() if value}
        pairs = "".join(name + query[name] for name in sorted(query))
        secret = self.keys["app_secret"]
        plain = secret + path + pairs + body.decode() + secret
        query["sign"] = hmac.new(secret.encode(), plain.encode(), hashlib.sha256).hexdigest()
        return query

    def send(self, path: str, body: Any = None, **query: str) -> requests.Response:
        data = b"" if body is None else json.dumps(body).encode()
        headers = {"x-tts-access-token": self.keys["access_token"], "content-type": "application/json"}
        return self.web.request(
            "GET" if body is None else "POST",
            self.url + path,
            data=data,
            headers=headers,
            params=self.query(path, data, **query),
            timeout=60,
        )

    def pages(self, path: str, name: str, body: Any = None, **query: str) -> Iterator[Any]:
        token = ""
        while True:
            answer = self.send(path, body, page_token=token, **query).json()
            assert answer["code"] == 0, answer
            yield from answer["data"].get(name, [])
            token = answer["data"].get("next_page_token")
            if not token:
                return

    def orders(self, start: int, end: int, size: int = 50) -> Iterator[dict[str, Any]]:
        body = {"update_time_ge": start, "update_time_lt": end}
        yield from self.pages(
            "/order/202309/orders/search",
            "orders",
            body,
            page_size=str(size),
            sort_field="update_time",
            sort_order="ASC",
        )


class Open(Caller):
    def send(self, method: str, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
        query = {"open_id": self.keys["open_id"], **query}
        headers = {"access-token": self.keys["access_token"]}
        return self.web.request(
            method, self.url + path, params=query, json=body, headers=headers, timeout=120
        ).json()


CALLERS: dict[str, type[Caller]] = {
    "douyin_shop": Douyin,
    "kuaishou_shop": Kuaishou,
    "tiktok_shop": TikTok,
    "douyin_open": Open,
}
