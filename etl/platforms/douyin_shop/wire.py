"""Doudian's wire: canonical JSON, signature, envelope of codes, tokens."""

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

NAME = "douyin_shop"
PLATFORM = "douyin"


def canonical(data: Mapping[str, Any] | None) -> str:
    """The business parameters as they are signed and sent: sorted, compact, nothing escaped."""
    return json.dumps(data or {}, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def signature(secret: str, app_key: str, method: str, body: str, timestamp: str) -> str:
    """The lower-case hex HMAC-SHA256 over the fixed pattern of common parameters and body."""
    pattern = f"app_key{app_key}method{method}param_json{body}timestamp{timestamp}v2"
    plain = f"{secret}{pattern}{secret}".encode()
    return hmac.new(secret.encode(), plain, hashlib.sha256).hexdigest()


def signed(call: Call, keys: Keys, moment: float) -> ApiRequest:
    """The request for this moment."""
    body, timestamp = canonical(call.data), str(int(moment))
    query = {
        "app_key": keys["app_key"],
        "method": call.name,
        "timestamp": timestamp,
        "v": "2",
        "sign_method": "hmac-sha256",
        "sign": signature(keys["app_secret"], keys["app_key"], call.name, body, timestamp),
    }
    if not call.open:
        query["access_token"] = keys.access_token
    headers = {"Content-Type": "application/json", "x-open-no-old-err-code": "1"}
    path = "/" + call.name.replace(".", "/")
    return ApiRequest("POST", call.host, path, tuple(query.items()), headers, body.encode())


def opened(answer: ApiResponse) -> Any:
    """The data; the codes of the platform's error list decide which error is raised."""
    body = answer.body
    if not isinstance(body, Mapping) or "code" not in body:
        raise errors.BadAnswer(platform=NAME, found="no code")
    code, sub = code_of(body, "code"), str(body.get("sub_code") or "")
    if code in (10000, 10001):
        return body.get("data")
    result = code_text(code, sub)
    if sub in ("isv.access-token-expired", "isv.access-token-no-existed"):
        raise errors.TokenExpired(platform=NAME, found=result)
    if sub == "isv.timestamp-invalid":
        raise errors.ClockOff(platform=NAME, found=result)
    if code in (20000, 20001):
        raise errors.PlatformDown(platform=NAME, found=result)
    if code == 60000 or sub == "isv.business-failed:2010401":
        raise errors.RateLimited(platform=NAME, wait=0)
    if code in (30001, 30002):
        raise errors.NotPermitted(platform=NAME, found=result)
    if code == 50001 or sub in (
        "isv.access-token-invalid",
        "isv.app-id-invalid",
        "isv.signature-invalid",
        "isv.business-failed:31009",
    ):
        raise errors.NotAuthorised(platform=NAME, found=result)
    raise errors.Refused(platform=NAME, found=result)


def post(account: Account, name: str, once: bool = False, **data: Any) -> Any:
    """POST one call and return its decoded answer."""
    return account.call(Call("POST", "", name, data=data, once=once))


def first_token(account: Account) -> Keys:
    """A self-used app (自用型) requests it by its shop, a tool app (工具型) by the code of the consent page."""
    keys = account.keys
    if keys["code"]:
        data = {"code": keys["code"], "grant_type": "authorization_code"}
    else:
        data = {"code": "", "grant_type": "authorization_self", "shop_id": keys["shop_id"]}
    return _token(account, "token.create", data)


def next_token(account: Account) -> Keys:
    """The next token; a self-used app can request one again where its refresh token has ended."""
    refresh = account.keys.refresh_token
    if not refresh:
        return first_token(account)
    data = {"grant_type": "refresh_token", "refresh_token": refresh}
    try:
        return _token(account, "token.refresh", data)
    except errors.NotAuthorised:
        if not account.keys["shop_id"]:
            raise
        return first_token(account)


def _token(account: Account, name: str, data: Mapping[str, str]) -> Keys:
    result = account.call(Call("POST", "", name, data=data, open=True))
    ends_at = account.now() + (whole(result, "expires_in") or 0)
    access, refresh = needed(result, "access_token"), str(result.get("refresh_token") or "")
    return account.keys.with_token(access, refresh, ends_at, shop_id=str(result.get("shop_id") or ""))
