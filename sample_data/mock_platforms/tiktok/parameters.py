"""Parameters and pages of the TikTok Shop API: time windows, dates, page sizes and page tokens."""

import base64
import re
from collections.abc import Mapping
from typing import Any

from sample_data.mock_platforms.server.pagination import Page, Position, Window
from sample_data.mock_platforms.server.platform import Refusal, dumps

FOR_EVER = 2**40
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Body = dict[str, Any]


def wrong(text: str) -> Refusal:
    """Return the refusal of a parameter."""
    return Refusal(400, 36009004, text)


def rendered_page(page: Page, name: str, seal: str, extra: Body | None = None) -> bytes:
    """Return a page with its token; without things their name is left out, too."""
    head: Body = {"total_count": page.total, **(extra or {})}
    head["next_page_token"] = page_token(page.after, seal) if page.after else ""
    if not page.things:
        return dumps(head)
    return dumps(head)[:-1] + b',"' + name.encode() + b'":[' + page.joined + b"]}"


def page_size(query: Mapping[str, str], most: int) -> int:
    """Return the requested page size; Refusal where it is not 1 to `most`."""
    text = query.get("page_size", "20")
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise wrong(f"page_size must be 1 to {most}")
    return int(text)


def time_window(query: Mapping[str, str], body: Body, kind: Any) -> Window:
    """Return the window of a search; the filters of one kind of time, half-open."""
    field, order = query.get("sort_field", "create_time"), query.get("sort_order", "DESC")
    if field not in ("create_time", "update_time") or order not in ("ASC", "DESC"):
        raise wrong("sort_field or sort_order is invalid")
    for name in ("create_time_ge", "create_time_lt", "update_time_ge", "update_time_lt"):
        if not isinstance(body.get(name, 0), int):
            raise wrong(f"{name} must be a number")
        if name in body and not name.startswith(field):
            raise wrong(f"{name} does not go with sort_field {field}")
    start, end = body.get(f"{field}_ge", 0), body.get(f"{field}_lt", FOR_EVER)
    return Window(field.removesuffix("_time") + "d", start, end, order == "DESC", kind)


def date_range(query: Mapping[str, str]) -> tuple[str, str]:
    """Return the first day and the day after the last, as ISO text; Refusal where they are invalid."""
    start, end = query.get("start_date_ge", ""), query.get("end_date_lt", "")
    if not ISO_DAY.fullmatch(start) or not ISO_DAY.fullmatch(end) or end <= start:
        raise wrong("start_date_ge and end_date_lt are required")
    if query.get("currency", "USD") not in ("USD", "LOCAL"):
        raise wrong("currency is invalid")
    return start, end


def page_token(after: Position, seal: str) -> str:
    """Return the token of the page after a position, bound to its query by a seal."""
    return base64.urlsafe_b64encode(f"{after.moment}:{after.place}:{seal}".encode()).decode()


def position_of(token: str, seal: str) -> Position | None:
    """Return the position of a page token; Refusal where it belongs to another query."""
    if not token:
        return None
    try:
        moment, place, sealed = base64.urlsafe_b64decode(token).decode().split(":")
        if sealed == seal:
            return Position(int(moment), int(place))
    except ValueError:
        pass
    raise wrong("page_token is invalid")
