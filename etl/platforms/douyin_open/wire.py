"""The wire of the Douyin open platform: a token in a header, two envelopes of codes, tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from etl.http import errors
from etl.http.client import ApiRequest, ApiResponse, Call
from etl.http.errors import code_text
from etl.platforms.base import Account, Keys
from etl.platforms.records import code_of, needed, whole

NAME = "douyin_open"


PLATFORM = "douyin"


EXPIRED = (2190008, 2190002, 28001003, 10008)


NOT_GRANTED = (2190004, 28001018, 28001014)


REFRESH_ENDED = (10010, 10020)


WRONG_KEYS = (10003, 10013)


BUSY = (2100004, 28001005, 2119002)  # in no source but public clients: the platform is busy


TOO_OFTEN = (2100001, 28003017, 2190005)


def signed(call: Call, keys: Keys, moment: float) -> ApiRequest:
    """The request with its token; nothing is signed."""
    body = None if call.data is None else json.dumps(call.data, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    query = dict(call.query)
    if not call.open:
        headers["access-token"] = keys.access_token
        query = {"open_id": keys["open_id"], **query}
    elif call.name == "form":
        pairs = (f"{name}={_form(value)}" for name, value in (call.data or {}).items())
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = "&".join(pairs).encode()
    return ApiRequest(call.method, call.host, call.path, tuple(query.items()), headers, body)


def _form(value: Any) -> str:
    from urllib.parse import quote

    return quote(str(value), safe="")


def opened(answer: ApiResponse) -> Any:
    """The data where neither envelope has an error."""
    body = answer.body
    if not isinstance(body, Mapping) or not ("data" in body or "extra" in body or "err_no" in body):
        raise errors.BadAnswer(platform=NAME, found="no data")
    codes = (code_of(body, path) for path in ("data.error_code", "extra.error_code", "err_no"))
    code = next((record for record in codes if record), 0)
    if code == 0 and body.get("message") != "error":
        return body.get("data") or {}
    result = code_text(code)
    if code in EXPIRED:
        raise errors.TokenExpired(platform=NAME, found=result)
    if code in NOT_GRANTED:
        raise errors.NotPermitted(platform=NAME, found=result)
    if code in (*REFRESH_ENDED, *WRONG_KEYS):
        raise errors.NotAuthorised(platform=NAME, found=result)
    if code in BUSY:
        raise errors.PlatformDown(platform=NAME, found=result)
    if code in TOO_OFTEN:
        raise errors.RateLimited(platform=NAME, wait=0)
    raise errors.Refused(platform=NAME, found=result)


def get(account: Account, path: str, **query: str) -> Any:
    """GET one path and return its decoded answer."""
    return account.call(Call("GET", path, query=query))


def first_token(account: Account) -> Keys:
    """The first token from the code of the consent page."""
    keys = account.keys
    if not keys["code"]:
        return next_token(account)
    data = {
        "client_key": keys["client_key"],
        "client_secret": keys["client_secret"],
        "code": keys["code"],
        "grant_type": "authorization_code",
    }
    return _token(account, Call("POST", "/oauth/access_token/", data=data, open=True))


def next_token(account: Account) -> Keys:
    """The next token; the refresh token itself is renewed (30 days, five times) by its own call."""
    keys = account.keys
    data = {
        "client_key": keys["client_key"],
        "grant_type": "refresh_token",
        "refresh_token": keys.refresh_token or keys["refresh_token"],
    }
    return _token(account, Call("POST", "/oauth/refresh_token/", "form", data=data, open=True))


def _token(account: Account, call: Call) -> Keys:
    result = account.call(call)
    ends_at = account.now() + (whole(result, "expires_in") or 0)
    return account.keys.with_token(
        needed(result, "access_token"),
        str(result.get("refresh_token") or ""),
        ends_at,
        open_id=str(result.get("open_id") or ""),
    )
