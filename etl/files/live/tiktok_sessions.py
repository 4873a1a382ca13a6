"""TikTok Shop live analysis export: one row per LIVE of a creator.

Money is in the currency that the headers or the user name; times are on the shop's clock. A missing figure is
unknown. Figures only grow, so the export that was exported later wins.
"""

from __future__ import annotations

import re
from functools import partial

import numpy as np

from etl.files.base import Parsed, Recognised
from etl.files.cumulative import counts_of, growing, length_and_end
from etl.files.fields import Context, FileField, Values
from etl.files.rows import Rows
from etl.tables.amounts import SYMBOLS, amount
from etl.tables.cells import FINER
from etl.tables.hashes import content_key
from etl.tables.timestamps import days_of, latest
from shop.core.money import minor_digits
from shop.orders.batch import MISSING

NAME = "tiktok_sessions"
PLATFORM = "tiktok"
VERSION = 1
PRIORITY = 420

MONEY = ("", "($)", "(US$)", "(£)", "(€)", "(RM)", "(฿)", "(₫)", "(₱)", "(Rp)", "(S$)")


def _money(*words: str) -> tuple[str, ...]:
    """Every spelling of a money header: with the currency's mark in brackets or without."""
    return tuple(f"{word} {mark}".strip() for word in words for mark in MONEY)


FIELDS = (
    FileField("account", ("Creator", "Creator name", "Nickname", "Creator handle")),
    FileField("account_id", ("Creator ID",)),
    FileField("session_id", ("LIVE ID", "Livestream ID", "Room ID")),
    FileField("title", ("LIVE title", "Livestream name", "LIVE name", "Title")),
    FileField("started_at", ("Launched Time", "Start time", "LIVE start time", "Launch time"), required=True),
    FileField("ended_at", ("End time", "LIVE end time")),
    FileField(
        "seconds", ("Duration", "LIVE duration", "Duration (min)"), required=True, instead=("ended_at",)
    ),
    FileField(
        "gmv",
        _money("Gross Revenue", "GMV", "Gross merchandise value", "Live attributed GMV", "Attributed GMV"),
        money=True,
    ),
    FileField("orders_created", ("Orders Created", "Created SKU orders", "SKU orders created")),
    FileField("orders", ("Orders Paid", "Orders", "SKU orders", "Paid orders")),
    FileField("units", ("Unit Sales", "Items sold", "Products sold")),
    FileField("buyers", ("Buyers", "Customers")),
    FileField("viewers", ("Viewers", "Unique viewers"), required=True),
    FileField("views", ("Views", "LIVE views")),
    FileField("average_watch", ("Avg. Viewing Duration", "Avg. viewing duration", "Average watch time")),
    FileField("peak_viewers", ("Peak viewers", "ACU peak", "PCU")),
    FileField("average_viewers", ("ACU", "Average concurrent viewers")),
    FileField("comments", ("Comments",)),
    FileField("shares", ("Shares",)),
    FileField("likes", ("Likes",)),
    FileField("followers_gained", ("New Followers", "New followers")),
    FileField("product_impressions", ("Product Impressions", "Product impressions")),
    FileField("product_clicks", ("Product Clicks", "Product clicks")),
    FileField("impressions", ("LIVE impressions", "Impressions")),
)
COUNTS = (
    "orders_created",
    "orders",
    "units",
    "buyers",
    "viewers",
    "views",
    "peak_viewers",
    "average_viewers",
    "comments",
    "shares",
    "likes",
    "product_impressions",
    "product_clicks",
    "impressions",
)


def prepare(recognised: Recognised, context: Context) -> None:
    """Take the currency from the mark in the money header, unless the user names one."""
    if "gmv" in recognised.places:
        header = recognised.table.head[recognised.header][recognised.places["gmv"]]
        if (mark := re.search(r"[(（](.+?)[)）]", header)) and (code := SYMBOLS.get(mark[1])):
            context.settings.setdefault("currency", code)


def parse(rows: Rows, context: Context) -> Parsed:
    """The sessions of one chunk."""
    currency = str(rows.setting(context, "currency", context.currency))
    started_at = rows.instant("started_at", context.time_zone, required=True)
    seconds, ended_at = length_and_end(rows, started_at, context.time_zone)
    average = rows.seconds("average_watch")
    counts = counts_of(rows, COUNTS)
    both = (counts["viewers"] != MISSING) & (average != MISSING)
    in_file, account = rows.identifier("session_id", required=False), rows.text("account")
    ids = [
        known_id or content_key(who, at)
        for known_id, who, at in zip(in_file, account, started_at.tolist(), strict=True)
    ]
    read = partial(amount, currency=currency, decimal=rows.decimal, extra=FINER, rounded=True)
    money = rows.rounded_amounts("gmv", read, minor_digits(currency), missing=int(MISSING))
    columns: dict[str, Values] = {
        "session_id": np.array(ids or [], object),
        "account": account,
        "title": rows.text("title"),
        "started_at": started_at,
        "ended_at": ended_at,
        "started_on": days_of(started_at, context.time_zone),
        "seconds": seconds,
        **counts,
        "followers_gained": rows.whole("followers_gained"),
        "watch_seconds": np.where(
            both, np.where(both, counts["viewers"], 0) * np.where(both, average, 0), MISSING
        ),
        "gmv_cents": money,
        "currency": np.full(len(rows), currency, object),
        "updated_at": latest(started_at, ended_at),
    }
    content = [values for name, values in sorted(columns.items()) if name != "session_id"]
    columns["payload_hash"] = rows.version(content, growing(counts["views"], counts["viewers"]))
    return Parsed(rows, [rows.batch("live_session", PLATFORM, columns)])
