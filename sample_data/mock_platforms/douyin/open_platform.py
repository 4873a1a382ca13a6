"""The Douyin open platform (open.douyin.com): videos, their statistics, comments. No signature.

Numbers come as text now and then, as in the platform's own samples.
"""

import json
from collections.abc import Mapping
from typing import Any

from sample_data.generator.clock import DAY, unix
from sample_data.generator.comments import Comment
from sample_data.mock_platforms.history.buyers import ID_MARK, person
from sample_data.mock_platforms.history.figures import day
from sample_data.mock_platforms.history.streams import Streams, Work
from sample_data.mock_platforms.server.platform import (
    Platform,
    PlatformSettings,
    Refusal,
    Reply,
    Request,
    dumps,
    seconds_left,
)
from sample_data.mock_platforms.server.tokens import Pair, Tokens, TokenStatus

BAD, NOT_GRANTED, EXPIRED, INVALID = 2100005, 2190004, 2190008, 2190002
WORDS = {
    BAD: "参数不合法",
    NOT_GRANTED: "应用未获得该能力",
    EXPIRED: "access_token过期,请刷新",
    INVALID: "access_token无效",
    10002: "参数错误",
    10003: "client_key错误",
    10010: "refresh_token过期",
    10013: "client_key或者client_secret报错",
    10007: "授权码过期",
    2100004: "系统繁忙，此时请开发者稍候再试",
}
SCOPES = "video.list.bind,video.data.bind,data.external.item,item.comment"
KINDS = {"play": "views", "like": "likes", "comment": "comments", "share": "shares"}
AUTHOR = "studio"


class DouyinOpen(Platform):
    """The open platform with the studio's own account."""

    name = "douyin_open"
    secret_names = ("client_secret",)

    def __init__(self, setting: PlatformSettings, streams: Streams) -> None:
        super().__init__(setting)
        self.streams = streams
        self._items = {work.item: work for work in streams.works}

    def default_app(self) -> dict[str, str]:
        """Return fictional keys; `scope` may be cut down to test what is not granted."""
        return {
            "client_key": "aw7kilnboardpract",
            "client_secret": "0pendyS3cr3tCanary5a4b3c2d1e",
            "open_id": "_000QadFMhmU1jNCI3JdPnyVDL6XavC70dFy",
            "scope": SCOPES,
        }

    def make_tokens(self) -> Tokens:
        """Return tokens of 15 days, to be refreshed within 30; a refresh does not extend that."""
        return Tokens(
            self.clock,
            "act.",
            lasts=15 * DAY,
            refresh_lasts=30 * DAY,
            rotates=False,
            worn_after=self.faults.expire_tokens_every,
        )

    def resource(self, request: Request) -> str:
        """Name the path."""
        return request.path.strip("/")

    def too_many(self) -> Reply:
        """Return HTTP 429; the platform's own code is not documented."""
        return self._error((2100004,), status=429)

    def busy(self) -> Reply:
        """Return the platform's "busy, try again"."""
        return self._error((2100004,))

    def answer(self, request: Request) -> Reply:
        """Check token, account and scope, then answer the path."""
        try:
            if request.path.startswith("/oauth/"):
                return Reply(dumps({"data": self._token(request), "message": "success"}))
            data = self._data(request)
        except Refusal as refusal:
            return self._error(refusal.codes, token=request.path.startswith("/oauth/"))
        return Reply(self._envelope(0, data))

    def _error(self, codes: tuple[Any, ...], *, status: int = 200, token: bool = False) -> Reply:
        code = codes[0]
        if token:
            data = {"error_code": code, "description": WORDS[code], "captcha": "", "desc_url": ""}
            return Reply(dumps({"data": data, "message": "error"}), outcome=str(code))
        return Reply(self._envelope(code, {}), outcome=str(code), status=status)

    def _envelope(self, code: int, data: Mapping[str, Any]) -> bytes:
        words = WORDS.get(code, "")
        extra = {
            "error_code": code,
            "description": words,
            "sub_error_code": 0,
            "sub_description": "",
            "logid": f"{self.now}{self.log.total:012X}",
            "now": self.now * 1000,
        }
        return dumps({"data": {"error_code": code, "description": words, **data}, "extra": extra})

    def _token(self, request: Request) -> dict[str, Any]:
        given = _given(request)
        if request.method != "POST" or not given.get("client_key"):
            raise Refusal(10002)
        if given["client_key"] != self.app["client_key"]:
            raise Refusal(10003)
        path = request.path.strip("/")
        if path == "oauth/access_token":
            if given.get("client_secret") != self.app["client_secret"]:
                raise Refusal(10013)
            pair = self.tokens.redeem(str(given.get("code", "")))
            if pair is None or given.get("grant_type") != "authorization_code":
                raise Refusal(10007)
            return self._pair(pair)
        if path == "oauth/refresh_token" and given.get("grant_type") == "refresh_token":
            pair = self.tokens.refresh(str(given.get("refresh_token", "")))
            if pair is None:
                raise Refusal(10010)
            return self._pair(pair)
        raise Refusal(10002)

    def _pair(self, pair: Pair) -> dict[str, Any]:
        return {
            "access_token": pair.access,
            "expires_in": seconds_left(pair, self.clock),
            "refresh_token": pair.refresh,
            "refresh_expires_in": int(pair.refresh_expires - self.clock.now()),
            "open_id": self.app["open_id"],
            "scope": self.app["scope"],
            "error_code": 0,
            "description": "",
        }

    def _data(self, request: Request) -> dict[str, Any]:
        path, query = request.path.rstrip("/"), request.query
        scope, method = SCOPES_OF.get(path, SCOPES_OF.get(path.rsplit("/", 1)[0], ("", "GET")))
        if not scope or request.method != method:
            raise Refusal(BAD)
        status = self.tokens.use(request.headers.get("access-token", ""))
        if status is not TokenStatus.GOOD:
            raise Refusal(EXPIRED if status is TokenStatus.EXPIRED else INVALID)
        if query.get("open_id") != self.app["open_id"]:
            raise Refusal(BAD)
        if scope not in self.app["scope"].split(","):
            raise Refusal(NOT_GRANTED)
        if path.endswith("video_list"):
            return self._list(query, request.request_faults.number)
        if path.endswith("video_data"):
            return self._details(_given(request), request.request_faults.number)
        work = self._items.get(query.get("item_id", ""))
        if work is None or work.published > self.now:
            raise Refusal(BAD)
        if path.startswith("/item/comment"):
            return self._comments(work, query, replies="reply" in path)
        kind = path.rsplit("/", 1)[-1]
        return self._base(work) if kind == "base" else self._daily(work, kind, query)

    # --- videos ----------------------------------------------------------------------------------

    def _known(self) -> list[Work]:
        """Return the works by now, newest first, one pinned on top."""
        works = [work for work in reversed(self.streams.works) if work.published <= self.now]
        return works[-1:] + works[:-1]

    def _list(self, query: Mapping[str, str], number: int) -> dict[str, Any]:
        first, size = _number(query, "cursor", 0, 2**62), _number(query, "count", 1, 20)
        works = self._known()
        chunk = works[first : first + size]
        return {
            "cursor": first + len(chunk),
            "has_more": first + len(chunk) < len(works),
            "list": [self._video(item, number, item is works[0]) for item in chunk],
        }

    def _details(self, body: Mapping[str, Any], number: int) -> dict[str, Any]:
        items, videos = body.get("item_ids") or [], body.get("video_ids") or []
        if not isinstance(items, list) or not isinstance(videos, list) or not (items or videos):
            raise Refusal(BAD)
        works = [work for work in self._known() if work.item in items or str(work.number) in videos]
        return {"list": [self._video(work, number, False) for work in works]}

    def _video(self, work: Work, number: int, on_top: bool) -> dict[str, Any]:
        counts = {
            "play_count": self._count(work, work.video.views),
            "digg_count": self._count(work, work.likes),
            "comment_count": self._count(work, work.comments),
            "share_count": self._count(work, work.shares),
            "forward_count": self._count(work, work.shares // 3),
            "download_count": 0,
        }
        as_text = (number + work.number) % 3 == 0
        return {
            "item_id": work.item,
            "video_id": str(work.number),
            "title": work.video.title,
            "cover": "https://p3-sign.example/cover.jpeg",
            "share_url": f"https://www.iesdouyin.example/share/video/{work.number}",
            "create_time": work.published,
            "is_top": on_top,
            "is_reviewed": True,
            "video_status": 1,
            "media_type": 2 if work.video.pictures else 4,
            "statistics": {k: str(v) for k, v in counts.items()} if as_text else counts,
        }

    def _count(self, work: Work, final: int) -> int:
        """Return a count by now: that of the works list at the moment of export, then growing."""
        later = max(0, self.now - self.streams.shop.moment) // DAY
        return final + final * later // 50

    def _base(self, work: Work) -> dict[str, Any]:
        """Return the last 30 days' sums, as text."""
        sums = {
            name: str(self._count(work, getattr(work, field, work.video.views)))
            for name, field in KINDS.items()
        }
        return {"result": {"avg_play_duration": "7.5"} | {f"total_{k}": v for k, v in sums.items()}}

    def _daily(self, work: Work, kind: str, query: Mapping[str, str]) -> dict[str, Any]:
        if kind not in KINDS or query.get("date_type") not in ("7", "15", "30"):
            raise Refusal(BAD)
        final = getattr(work, KINDS[kind], work.video.views)
        days = [self.now - DAY * back for back in range(int(query["date_type"]), 0, -1)]
        rows = []
        for moment in days:
            age = (moment - work.published) // DAY
            share = work.by(age + 1) - work.by(age) if age >= 0 else 0.0
            rows.append({"date": day(moment), kind: int(final * share)})
        return {"result_list": rows}

    # --- comments --------------------------------------------------------------------------------

    def _comments(self, work: Work, query: Mapping[str, str], *, replies: bool) -> dict[str, Any]:
        first = _number(query, "cursor", 0, 2**62)
        size = _number(query, "count", 1, 20 if replies else 50)
        known = [
            comment for comment in self.streams.comments_by_item[work.item] if unix(comment.at) <= self.now
        ]
        if replies:
            known = [comment for comment in known if str(comment.answers) == query.get("comment_id")]
        else:
            known = [comment for comment in known if not comment.answers]
        if query.get("sort_type", "time") == "time":
            known = known[::-1]
        chunk = known[first : first + size]
        return {
            "cursor": first + len(chunk),
            "has_more": first + len(chunk) < len(known),
            "list": [_comment(item) for item in chunk],
        }


SCOPES_OF = {
    "/api/douyin/v1/video/video_list": ("video.list.bind", "GET"),
    "/api/douyin/v1/video/video_data": ("video.data.bind", "POST"),
    "/data/external/item": ("data.external.item", "GET"),
    "/item/comment/list": ("item.comment", "GET"),
    "/item/comment/reply/list": ("item.comment", "GET"),
}


def _comment(comment: Comment) -> dict[str, Any]:
    studio = comment.author == 9_999_999
    who = person(comment.author)
    return {
        "comment_id": str(comment.number),
        "comment_user_id": f"{ID_MARK}{AUTHOR if studio else 'open'}{comment.author:07d}",
        "content": comment.text,
        "create_time": unix(comment.at),
        "digg_count": comment.likes,
        "reply_comment_total": comment.replies,
        "top": False,
        "nick_name": comment.nickname if studio else who.name,
        "avatar": f"https://p6.example/{who.phone}.jpeg",
    }


def _given(request: Request) -> dict[str, Any]:
    """Return a body that may be JSON or a form."""
    if "json" in request.headers.get("content-type", ""):
        try:
            value = json.loads(request.body)
        except ValueError:
            raise Refusal(10002) from None
        return value if isinstance(value, dict) else {}
    return dict(request.form)


def _number(query: Mapping[str, str], name: str, least: int, most: int) -> int:
    text = query.get(name, "")
    if not text.isdigit() or not least <= int(text) <= most:
        raise Refusal(BAD)
    return int(text)
