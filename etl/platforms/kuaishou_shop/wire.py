"""Kuaishou's wire: two ways to sign, the envelope of results, tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from etl.http import errors
from etl.http.client import ApiRequest, ApiResponse, Call
from etl.http.errors import code_text
from etl.platforms.base import Account, Keys
from etl.platforms.records import needed, whole

NAME = "kuaishou_shop"
PLATFORM = "kuaishou"
SETTINGS = {"sign_method": "HMAC_SHA256"}


def signature(secret: str, parameters: Mapping[str, str], method: str) -> str:
    """MD5 in lower-case hex, or HMAC-SHA256 in base64, over the sorted raw parameters."""
    joined = "&".join(f"{name}={value}" for name, value in sorted(parameters.items()))
    plain = f"{joined}&signSecret={secret}".encode()
    if method == "MD5":
        return hashlib.md5(plain, usedforsecurity=False).hexdigest()
    digest = hmac.new(secret.encode(), plain, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def signed(call: Call, keys: Keys, moment: float) -> ApiRequest:
    """The request for this moment; token calls are not signed."""
    if call.open:
        body = "&".join(f"{name}={_form(value)}" for name, value in (call.data or {}).items())
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        if call.method == "GET":
            return ApiRequest("GET", call.host, call.path, tuple((call.data or {}).items()))
        return ApiRequest("POST", call.host, call.path, (), kind, body.encode())
    method = keys["sign_method"] or SETTINGS["sign_method"]
    parameters = {
        "appkey": keys["app_key"],
        "method": call.name,
        "version": "1",
        "signMethod": method,
        "access_token": keys.access_token,
        "timestamp": str(int(moment * 1000)),
        "param": json.dumps(call.data or {}, ensure_ascii=False, separators=(",", ":")),
    }
    parameters["sign"] = signature(keys["sign_secret"], parameters, method)
    path = "/" + call.name.replace(".", "/")
    if call.method == "GET":
        return ApiRequest("GET", call.host, path, tuple(parameters.items()))
    form = f"param={_form(parameters.pop('param'))}".encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return ApiRequest("POST", call.host, path, tuple(parameters.items()), kind, form)


def _form(value: Any) -> str:
    return quote(str(value), safe="")


# No source has the codes of token errors: they are known by their words.
TOKEN_WORDS = ("access_token", "accessToken", "access token", "token已过期", "token过期")


def opened(answer: ApiResponse) -> Any:
    """The data where `result` is 1; only the daily quota and token trouble have known codes."""
    body = answer.body
    if not isinstance(body, Mapping) or ("result" not in body and "access_token" not in body):
        raise errors.BadAnswer(platform=NAME, found="no result")
    if str(body.get("result", 1)) == "1":
        return body.get("data", body)
    result = code_text(body.get("result"), body.get("code"), body.get("sub_code"))
    given = " ".join(str(body.get(name) or "") for name in ("error", "error_msg", "msg", "sub_msg"))
    if str(body.get("code")) == "802006":
        raise errors.RateLimited(platform=NAME, wait=24 * 3600)
    if "refresh_token" in given:
        raise errors.NotAuthorised(platform=NAME, found=result)
    if any(word in given for word in TOKEN_WORDS):
        raise errors.TokenExpired(platform=NAME, found=result)
    if "timestamp" in given or "时间戳" in given:
        raise errors.ClockOff(platform=NAME, found=result)
    if "限流" in given or "频繁" in given:
        raise errors.RateLimited(platform=NAME, wait=0)
    if "系统" in given and "业务" not in given:
        raise errors.PlatformDown(platform=NAME, found=result)
    if "sign" in given or "签名" in given:
        raise errors.NotAuthorised(platform=NAME, found=result)
    if "权限" in given or "scope" in given:
        raise errors.NotPermitted(platform=NAME, found=result)
    raise errors.Refused(platform=NAME, found=result)


def get(account: Account, name: str, **data: Any) -> Any:
    """GET one call and return its decoded answer."""
    return account.call(Call("GET", "", name, data=data)) or {}


def first_token(account: Account) -> Keys:
    """The first token from the code of the consent page, or from a refresh token."""
    keys = account.keys
    if not keys["code"]:
        return next_token(account)
    data = {
        "app_id": keys["app_key"],
        "app_secret": keys["app_secret"],
        "code": keys["code"],
        "grant_type": "code",
    }
    return _token(account, Call("GET", "/oauth2/access_token", data=data, open=True))


def next_token(account: Account) -> Keys:
    """The next token from the refresh token."""
    keys = account.keys
    data = {
        "app_id": keys["app_key"],
        "app_secret": keys["app_secret"],
        "grant_type": "refresh_token",
        "refresh_token": keys.refresh_token or keys["refresh_token"],
    }
    return _token(account, Call("POST", "/oauth2/refresh_token", data=data, open=True))


def _token(account: Account, call: Call) -> Keys:
    result = account.call(call)
    ends_at = account.now() + (whole(result, "expires_in") or 0)
    return account.keys.with_token(
        needed(result, "access_token"), str(result.get("refresh_token") or ""), ends_at
    )
