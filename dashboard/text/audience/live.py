"""Live sessions and videos in words: names, bases, sentences, tiles and facts for page, report and command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.text.metrics import label_of, meaning_of
from dashboard.text.tiles import Tile
from shop.streams.lift import Verdict
from shop.streams.lifts import PresentationLift
from shop.streams.marks import Mark
from shop.streams.pace import FigureRank, Pace
from shop.streams.reviews import Fact, LastAction
from shop.streams.session import SessionRecord
from shop.streams.sums import SessionSums

RATES = ("click_rate", "order_rate")
MONEY = ("gmv", "gmv_per_hour")


def title_of(title: str | None) -> str:
    """The title of a session or video, or that it has none."""
    return title or t("live.untitled")


def when(session: SessionRecord) -> str:
    """Day, weekday and hour at which a session started, on the shop's clock."""
    at = session.local(session.started_at)
    return t("live.when", day=at.date(), weekday=at.date(), at=format.clock(at))


def at_second(session: SessionRecord, second: float) -> str:
    """A second of a session on the shop's clock: 19:42."""
    return format.clock(session.local(session.started_at) + timedelta(seconds=second))


def basis(name: str | None) -> str:
    """The source of a sum: the platform, or which orders."""
    return t(f"live.basis.{name}") if name else t("live.basis.none")


def sentence(session: SessionRecord, sums: SessionSums, ranks: Sequence[FigureRank]) -> str:
    """What one session brought, how it was counted, and how it stands among the shop's own."""
    head = sums.headline
    fields = {
        "when": when(session),
        "seconds": session.length,
        "gmv": head.gmv_cents,
        "orders": head.orders,
        "basis": basis(sums.basis),
    }
    if head.gmv_cents is None:
        return t("live.session.sentence_unknown", **fields)
    key = "live.session.sentence_running" if session.is_running else "live.session.sentence"
    if session.is_inferred:
        return t("live.session.sentence_inferred", **fields)
    if head.orders is None:
        key = "live.session.sentence_money"
    result = t(key, **fields)
    pace = next((item for item in ranks if item.name == "gmv_per_hour"), None)
    if pace is not None and not session.is_running:
        key = "sentence_best" if pace.percentile == 100 else "sentence_rank"
        fields = {"gmv": pace.value, "percentile": pace.percentile, "others": pace.others}
        return result + t(f"live.session.{key}", **fields)
    return result


def matched(sums: SessionSums) -> str:
    """How many orders of the platform are matched by ours, and by how much sums differ; "" where it gives none."""
    parts = []
    if sums.matched is not None:
        own, stated = sums.matched
        parts.append(t("live.session.matched", own=own, stated=stated))
    if sums.minute_difference:
        parts.append(t("live.session.minutes_differ", difference=sums.minute_difference))
    return " ".join(parts)


def figure(name: str, value: float | None) -> str:
    """A figure of a session by its name: money, a rate, or a count."""
    if name in MONEY:
        return format.money(value)
    if name in RATES:
        return format.rate(value)
    return format.number(value) if name.endswith("per_hour") else format.count(value)


def figure_name(name: str) -> str:
    """What a figure of a session is called."""
    return t(f"live.figures.{name}")


def tiles(session: SessionRecord, sums: SessionSums, ranks: Sequence[FigureRank]) -> list[Tile]:
    """The session in a few figures, each with what is usual for the shop where that is known."""
    head, stated = sums.headline, session.figures
    usual = {item.name: rank_base(item) for item in ranks}
    shown = [
        Tile(
            label_of("session_gmv"),
            format.money(head.gmv_cents),
            base=basis(sums.basis),
            tip=meaning_of("session_gmv"),
        ),
        Tile(
            label_of("gmv_per_hour"),
            format.money(session.per_hour(head.gmv_cents)),
            base=usual.get("gmv_per_hour", ""),
            tip=meaning_of("gmv_per_hour"),
        ),
        Tile(
            label_of("session_orders"),
            format.count(head.orders),
            base=usual.get("orders_per_hour", ""),
            tip=meaning_of("session_orders"),
        ),
        Tile(
            label_of("viewers"),
            format.count(stated["viewers"]),
            base=usual.get("viewers", ""),
            tip=meaning_of("viewers"),
        ),
    ]
    if stated["followers_gained"] is not None:
        base = usual.get("followers_gained", "")
        tip = meaning_of("followers_gained")
        followers = format.count(stated["followers_gained"])
        shown.append(Tile(label_of("followers_gained"), followers, base=base, tip=tip))
    return shown


def rank_base(item: FigureRank) -> str:
    """What is usual, and where the session stands."""
    name = item.name
    key = "live.usual_per_hour" if name == "orders_per_hour" else "live.usual"
    return t(
        key, value=figure(name, item.value), median=figure(name, item.median), percentile=item.percentile
    )


def pace(item: Pace, minute: int) -> str:
    """What a running session has sold by now, and what is usual by then."""
    fields = {"orders": item.orders, "gmv": item.gmv_cents, "minute": minute, "others": item.others}
    if item.usual_gmv_cents is None or item.usual_orders is None:
        return t("live.pace.alone", **fields)
    key = (
        "ahead"
        if item.gmv_cents > item.usual_gmv_cents
        else "behind"
        if item.gmv_cents < item.usual_gmv_cents
        else "even"
    )
    return t(f"live.pace.{key}", usual=item.usual_gmv_cents, usual_orders=item.usual_orders, **fields)


def mark(item: Mark) -> str:
    """A mark: what happened, and of which piece."""
    name = t(f"live.marks.kinds.{item.kind}")
    return t("live.marks.named", kind=name, item=item.item) if item.item else name


def presentation(item: PresentationLift) -> str:
    """What was presented: the piece, else the kind of the mark."""
    return item.mark.item or t(f"live.marks.kinds.{item.mark.kind}")


def verdict(item: Verdict) -> str:
    """A verdict on a lift."""
    return t(f"live.lift.verdicts.{item}")


def fact(item: Fact, session: SessionRecord) -> str:
    """One fact of a review with its proof."""
    if item.lift is not None:
        result = item.lift.result
        return t(
            f"live.facts.{item.kind}",
            at=at_second(session, item.lift.window.start),
            item=presentation(item.lift),
            count=result.count,
            expected=result.expected,
            low=result.low,
            high=result.high,
        )
    rank = item.rank
    if rank is None:
        return ""
    side = "more" if rank.percentile >= 50 else "less"
    line = t(
        f"live.facts.{side}",
        figure=figure_name(rank.name),
        value=figure(rank.name, rank.value),
        median=figure(rank.name, rank.median),
        percentile=rank.percentile if side == "more" else 100 - rank.percentile,
        others=rank.others,
    )
    return line[:1].upper() + line[1:]


def last_action(item: LastAction) -> list[str]:
    """The action of the review before, what came of it, and the figures that changed."""
    lines = [t("live.review.last", action=item.action)]
    for name, (before, now) in item.changes.items():
        if before is not None and now is not None:
            lines.append(
                t(
                    "live.review.changed",
                    figure=figure_name(name),
                    before=figure(name, before),
                    now=figure(name, now),
                )
            )
    return lines


def money_in(cents: int | None, currency: str) -> str:
    """Money of any currency to the last cent; a dash where it is unknown."""
    return format.UNKNOWN if cents is None else format.exact_in(cents, currency)


def platform(name: str) -> str:
    """What a platform is called."""
    return catalog.platform(name)
