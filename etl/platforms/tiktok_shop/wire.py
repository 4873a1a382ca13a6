"""TikTok Shop's wire: signature over path, query and body; envelope, tokens, the shop's cipher."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from etl.http import errors
from etl.http.client import ApiRequest, ApiResponse, Call
from etl.http.errors import code_text
from etl.platforms.base import Account, Keys
from etl.platforms.records import code_of, needed, whole

NAME = "tiktok_shop"
PLATFORM = "tiktok"


def signature(secret: str, path: str, query: Mapping[str, str], body: str) -> str:
    """The lower-case hex HMAC-SHA256 over path, sorted query and raw body."""
    pairs = "".join(
        name + value for name, value in sorted(query.items()) if name not in ("sign", "access_token")
    )
    plain = f"{secret}{path}{pairs}{body}{secret}".encode()
    return hmac.new(secret.encode(), plain, hashlib.sha256).hexdigest()


def signed(call: Call, keys: Keys, moment: float) -> ApiRequest:
    """The request for this moment; token calls are not signed and go to another host."""
    if call.open:
        return ApiRequest("GET", "auth", call.path, tuple((call.data or {}).items()))
    query = {"app_key": keys["app_key"], "timestamp": str(int(moment)), **call.query}
    if keys["shop_cipher"] and not call.path.startswith(("/authorization/", "/seller/")):
        query["shop_cipher"] = keys["shop_cipher"]
    body = "" if call.data is None else json.dumps(call.data, separators=(",", ":"), ensure_ascii=False)
    query["sign"] = signature(keys["app_secret"], call.path, query, body)
    headers = {"x-tts-access-token": keys.access_token, "Content-Type": "application/json"}
    return ApiRequest(call.method, call.host, call.path, tuple(query.items()), headers, body.encode() or None)


TRANSIENT = (36009003, 66007001)
RATES = (36009002, 36009036)  # not in any source: used next to HTTP 429


def opened(answer: ApiResponse) -> Any:
    """The data where `code` is 0."""
    body = answer.body
    if not isinstance(body, Mapping) or "code" not in body:
        raise errors.BadAnswer(platform=NAME, found="no code")
    code = code_of(body, "code")
    if code == 0:
        return body.get("data") or {}
    result, given = code_text(code), str(body.get("message") or "").lower()
    if code in TRANSIENT or "rpc error" in given:
        raise errors.PlatformDown(platform=NAME, found=result)
    if code in RATES or "too many" in given:
        raise errors.RateLimited(platform=NAME, wait=0)
    if "no schema" in given or "scope" in given:
        raise errors.NotPermitted(platform=NAME, found=result)
    if "timestamp" in given:
        raise errors.ClockOff(platform=NAME, found=result)
    if "sign" in given or "refresh" in given:
        raise errors.NotAuthorised(platform=NAME, found=result)
    if str(code).startswith(("105", "360")):
        raise errors.TokenExpired(platform=NAME, found=result)
    raise errors.Refused(platform=NAME, found=result)


def get(account: Account, path: str, **query: str) -> Any:
    """GET one call and return its decoded answer."""
    return account.call(Call("GET", path, query={n: v for n, v in query.items() if v}))


def search(account: Account, path: str, query: Mapping[str, str], data: Mapping[str, Any]) -> Any:
    """POST one search and return its decoded answer; empty query fields are left out."""
    wanted = {name: value for name, value in query.items() if value}
    return account.call(Call("POST", path, query=wanted, data=data))


def first_token(account: Account) -> Keys:
    """The first token from the code of the consent page, with the shop's cipher."""
    keys = account.keys
    if keys["code"]:
        data = {
            "app_key": keys["app_key"],
            "app_secret": keys["app_secret"],
            "auth_code": keys["code"],
            "grant_type": "authorized_code",
        }
        account.keys = _token(account, "/api/v2/token/get", data)
    else:
        account.keys = next_token(account)
    return with_cipher(account)


def next_token(account: Account) -> Keys:
    """The next token from the refresh token."""
    keys = account.keys
    data = {
        "app_key": keys["app_key"],
        "app_secret": keys["app_secret"],
        "refresh_token": keys.refresh_token or keys["refresh_token"],
        "grant_type": "refresh_token",
    }
    return _token(account, "/api/v2/token/refresh", data)


def _token(account: Account, path: str, data: Mapping[str, str]) -> Keys:
    result = account.call(Call("GET", path, data=data, open=True))
    ends = whole(result, "access_token_expire_in") or 0
    ends_at = ends if ends > 10**9 else account.now() + ends  # some answers give a duration
    access = needed(result, "access_token")
    return account.keys.with_token(access, str(result.get("refresh_token") or ""), ends_at)


def with_cipher(account: Account) -> Keys:
    """The keys with the cipher of the token's first shop, which every later call names."""
    if account.keys["shop_cipher"]:
        return account.keys
    data = get(account, f"/authorization/{account.setting('shops')}/shops")
    shops = data.get("shops") or [{}]
    keys = account.keys
    return keys.with_token(
        keys.access_token, keys.refresh_token, keys.ends_at, shop_cipher=str(shops[0].get("cipher") or "")
    )
