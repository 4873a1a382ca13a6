"""Comments under videos, in the shapes that third-party readers write (no official export).

Grain: one remark. The long shape has 评论ID, 上级评论ID and 用户ID, the short one only the
nickname; then author, text and time with the occurrence in the file are the key. Readers such as MediaCrawler write
English headers with underscores, moments in seconds or milliseconds since 1970 and 0 for no
parent; aweme_id names Douyin, note_id Xiaohongshu. The author is a
keyed hash, the nickname is never stored, and numbers to call are blotted out of the text. Times
are Beijing time; one such as 3天前 cannot be placed and rejects its row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from etl.files.base import Parsed, places_of
from etl.files.cumulative import counts_of, growing
from etl.files.fields import Context, FileField, Values
from etl.files.headers import normal
from etl.files.rows import Rows
from etl.tables.base import Table
from etl.tables.timestamps import days_of, latest
from shop.comments.classify import language_of
from shop.comments.vault import mask_and_seal

NAME = "comments"
PLATFORM = "douyin"
ASKS_PLATFORM = True
VERSION = 2
PRIORITY = 80
ZONE = "Asia/Shanghai"

FIELDS = (
    FileField("comment_id", ("评论ID", "comment_id", "cid")),
    FileField("parent_id", ("上级评论ID", "父评论ID", "parent_comment_id")),
    FileField("author_id", ("用户ID", "user_id"), personal=True),
    FileField("nickname", ("昵称", "用户昵称", "nickname", "user_name"), personal=True),
    FileField("video_id", ("视频ID", "作品ID", "笔记ID", "aweme_id", "note_id", "video_id")),
    FileField("video_title", ("视频标题", "作品标题", "作品名称")),
    FileField("session_id", ("直播间ID",)),
    FileField("text", ("评论内容", "content"), required=True, personal=True),
    FileField("written_at", ("评论时间", "create_time"), required=True),
    FileField("likes", ("点赞数", "点赞量", "like_count", "comment_like_count", "digg_count")),
    FileField("replies", ("回复数", "回复量", "sub_comment_count", "reply_comment_total")),
)


def places(headers: Sequence[str], table: Table, header: int) -> Mapping[str, int]:
    """The columns of a table of comments; English headers count only where something was commented on."""
    matched = places_of(FIELDS, headers)
    is_english = "text" in matched and normal(headers[matched["text"]]) == "content"
    is_reply = "video_id" in matched or "parent_id" in matched
    return {} if is_english and not ("comment_id" in matched and is_reply) else matched


def parse(rows: Rows, context: Context) -> Parsed:
    """The remarks of one chunk."""
    given = masked_texts(rows, context)
    author = authors(rows, context)
    written_at = rows.instant("written_at", ZONE, required=True)
    counts = counts_of(rows, ("likes", "replies"))
    platform_ids = rows.identifier("comment_id", required=False)
    derived = rows.keys(context, author, given, written_at)
    columns: dict[str, Values] = {
        "comment_id": np.where([item is None for item in platform_ids], derived, platform_ids),
        "parent_id": parents(rows),
        "video_id": rows.identifier("video_id", required=False),
        "session_id": rows.identifier("session_id", required=False),
        "video_title": rows.text("video_title"),
        "author_key": author,
        **remarks(given),
        "written_at": written_at,
        "written_on": days_of(written_at, context.time_zone),
        **counts,
        "updated_at": latest(written_at),
    }
    content = [values for name, values in sorted(columns.items()) if name != "comment_id"]
    columns["payload_hash"] = rows.version(content, growing(*counts.values()))
    columns["sealed_contact"] = rows.extra["sealed_contact"]  # differs at every reading
    platform = str(rows.setting(context, "platform", PLATFORM))
    return Parsed(rows, [rows.batch("comment", platform, columns)])


def authors(rows: Rows, context: Context) -> Values:
    """Who wrote each remark: by the platform's user id, else by nickname, as a keyed hash."""
    by_id, by_name = rows.people(context, "author_id"), rows.people(context, "nickname")
    keys = np.array([a if a is not None else b for a, b in zip(by_id, by_name, strict=True)], object)
    rows.extra["person_key"] = keys
    return keys


def parents(rows: Rows) -> Values:
    """The remark that each one answers, None for one that answers none (0 in some exports)."""
    given = rows.identifier("parent_id", required=False)
    return np.array([None if item == "0" else item for item in given] or [], object)


def masked_texts(rows: Rows, context: Context) -> Values:
    """The texts, masked, with their contacts sealed; a row that is rejected stores these, never the raw text."""
    if rows.has("masked_text"):
        texts = rows.cells("masked_text").to_pylist()
        sealed = (
            rows.cells("sealed_contact").to_pylist() if rows.has("sealed_contact") else [None] * len(texts)
        )
    else:
        pairs = [text and mask_and_seal(text, context.contact_key) for text in rows.cells("text").to_pylist()]
        texts = [pair and pair.text for pair in pairs]
        sealed = [pair and pair.contact for pair in pairs]
    rows.extra["sealed_contact"] = np.array(sealed or [], object)
    rows.refuse([place for place, text in enumerate(texts) if text is None], "text", "Missing")
    result = np.array(texts or [], object)
    rows.extra["masked_text"] = result
    return result


def remarks(given: Values) -> dict[str, Values]:
    """Text and language of each comment; its labels come with the load (shop/comments/labels)."""
    texts = [text or "" for text in given]
    return {
        "text": np.array(texts or [], object),
        "language": np.array([language_of(text) for text in texts] or [], object),
    }
