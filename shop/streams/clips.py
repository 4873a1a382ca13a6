"""The same clip on two platforms as one row of the list of videos."""

from __future__ import annotations

from typing import Any

import pandas as pd

from shop.streams.videos import same_clips

SUMMED = (
    "views",
    "likes",
    "comments",
    "shares",
    "favorites",
    "followers_gained",
    "product_clicks",
    "gmv",
    "orders",
    "own_gmv",
    "own_orders",
)


def shared_clips(table: pd.DataFrame) -> int:
    """How many clips of a list (see `shop.streams.sessions.videos`) are on more than one platform."""
    if table.empty:
        return 0
    return int((table.groupby(same_clips(table))["platform"].nunique() > 1).sum())


def as_clips(table: pd.DataFrame) -> pd.DataFrame:
    """The list with the uploads of one clip as one row: sums of what is known, the rest that of the latest upload.

    `platforms` names all of them, joined by +; rates are left out where there are several uploads.
    """
    if table.empty:
        return table.assign(platforms=table["platform"])
    rules: dict[str, Any] = dict.fromkeys(table.columns, "first")
    rules |= dict.fromkeys(SUMMED, lambda values: values.sum(min_count=1))
    groups = table.groupby(same_clips(table), sort=False)
    result = groups.agg(rules)
    result["platforms"] = groups["platform"].agg(lambda names: "+".join(dict.fromkeys(names)))
    several = groups.size() > 1
    for name in ("finish_rate", "average_watch"):
        result[name] = result[name].mask(several)
    return result.reset_index(drop=True)
