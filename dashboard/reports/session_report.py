"""One live session on one page: HTML in one file without script, PDF, or a picture card for a group chat."""

from __future__ import annotations

from html import escape
from itertools import chain

from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.reports import html as pages
from dashboard.reports import pdf, png_card, svg
from dashboard.text.audience import live as wording
from dashboard.text.markdown import plain, strong
from dashboard.text.metrics import label_of
from shop.db.database import Database
from shop.metrics.settings import shop_settings
from shop.metrics.tables import cells
from shop.streams import reviews
from shop.streams.funnel import STEPS, FunnelStep, funnels
from shop.streams.lifts import PresentationLift, presentation_lifts
from shop.streams.minutes import SessionMinutes, session_minutes, session_products
from shop.streams.pace import figure_ranks
from shop.streams.session import SessionRecord
from shop.streams.sums import SessionSums, session_sums

KINDS = ("html", "pdf", "png")
PRODUCTS = 8
BARS = 36  # at most so many bars of minutes put together
STEP_MINUTES = 5
PRINT_STYLE = """@media print { body { font-size: 12px; line-height: 1.4; } h1 { font-size: 18px; margin: 8px 0 4px; }
  h2 { font-size: 13px; margin: 12px 0 3px; } p { margin: 0 0 2px; } .muted { font-size: 11px; }
  table { font-size: 11px; } th, td { padding: 1px 6px; } svg { height: 36mm; } }"""


def as_file(db: Database, session: SessionRecord, kind: str) -> bytes:
    """The report as `html`, `pdf` or `png`, money in the session's currency. Raises NoBrowser, NoChineseFont."""
    format.use_currency(session.currency)
    if kind == "png":
        return _card(db, session)
    page = report(db, session)
    return pdf.pdf(page) if kind == "pdf" else page.encode()


def report(db: Database, session: SessionRecord) -> str:
    """The page: sentence, figures, curve, funnel, what sold, presentations, and the review."""
    sums = session_sums(db, session)
    minutes = session_minutes(db, session, sums)
    usual = figure_ranks(db, session)
    lifts = presentation_lifts(db, session, minutes=minutes)
    title = t("live.report.heading", when=wording.when(session))
    about = " · ".join(filter(None, (wording.title_of(session.title), wording.matched(sums))))
    tiles = [(tile.label, tile.figure, tile.base) for tile in wording.tiles(session, sums, usual)]
    body = [
        f"<header><b>{escape(_shop(db, session))}</b><span>{escape(title)}</span></header>",
        f"<h1>{strong(wording.sentence(session, sums, usual))}</h1>",
        f'<p class="muted">{escape(about)}</p>',
        pages.part(t("sheet.figures"), pages.table(["", "", ""], tiles, words=(0, 2))),
        _curve(session, minutes),
        _funnels(session),
        _products(db, session, sums),
        _lifts(session, lifts),
        _review(db, session, lifts),
        f'<p class="muted">{escape(t("live.sums.rule"))}</p>',
    ]
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{pages.STYLE}{PRINT_STYLE}</style></head><body>{''.join(body)}</body></html>"
    )


def _shop(db: Database, session: SessionRecord) -> str:
    with db.read() as connection:
        return shop_settings(connection, session.shop_id).name or t("frame.name")


def _bars(minutes: SessionMinutes, column: str) -> tuple[list[float], int]:
    """The sums of a column over steps of some minutes, and how long a step is."""
    values = [0.0 if value is None else float(value) for value in cells(minutes.table[column])]
    step = max(STEP_MINUTES, -(-len(values) // BARS))
    return [sum(values[place : place + step]) for place in range(0, len(values), step)], step


def _curve(session: SessionRecord, minutes: SessionMinutes) -> str:
    column = next((name for name in ("gmv_cents", "orders", "comments") if name in minutes.sources), None)
    if column is None:
        return ""
    bars, step = _bars(minutes, column)
    labels = [wording.at_second(session, place * step * 60) for place in range(len(bars))]
    unit = "cents" if column == "gmv_cents" else "count"
    title = t(f"live.report.curve_{column}", minutes=step)
    return pages.part(title, svg.days(bars, [], labels, lambda value: format.tick(value, unit), title))


def _funnels(session: SessionRecord) -> str:
    """A row for each step; in people and in times next to each other, as far as each is known."""
    known = {
        basis: {step.name: step for step in funnel.steps}
        for basis, funnel in funnels(session).items()
        if funnel.steps
    }
    rows = []
    for name, _ in STEPS["times"]:  # people take the same steps but one
        counted = [steps.get(name) for steps in known.values()]
        if any(counted):
            pairs = (
                ["", ""] if step is None else [format.whole(step.count), _rate(step)] for step in counted
            )
            rows.append([t(f"live.funnel.steps.{name}"), *chain.from_iterable(pairs)])
    heads = ["", *chain.from_iterable((t(f"live.funnel.{basis}"), "") for basis in known)]
    table = pages.table(heads, rows, words=range(0, 2 * len(known) + 1, 2))
    return pages.part(t("live.funnel.title"), table) if rows else ""


def _rate(step: FunnelStep) -> str:
    if step.base is None:
        return ""
    rate = None if step.rate is None else float(step.rate)
    return t("live.funnel.rate", rate=rate, base=t(f"live.funnel.steps.{step.base}"))


def _products(db: Database, session: SessionRecord, sums: SessionSums) -> str:
    table = session_products(db, session, sums).head(PRODUCTS)
    if table.empty:
        return ""
    rows = [
        [str(title), format.whole(orders), format.whole(units), format.exact(gmv)]
        for title, orders, units, gmv in zip(
            *(cells(table[name]) for name in ("title", "orders", "units", "gmv_cents")), strict=True
        )
    ]
    heads = [t("live.products.title_of"), label_of("orders"), label_of("units"), label_of("gmv")]
    return pages.part(t("live.products.title"), pages.table(heads, rows))


def _lifts(session: SessionRecord, lifts: list[PresentationLift]) -> str:
    measured = [one for one in lifts if one.result.expected is not None]
    rows = [
        [
            wording.at_second(session, one.window.start),
            wording.presentation(one),
            format.whole(one.result.count),
            format.number(one.result.expected),
            format.change(one.result.lift),
            format.change(one.result.low),
            format.change(one.result.high),
            wording.verdict(one.result.verdict),
        ]
        for one in measured
    ]
    heads = ["item", "count", "expected", "lift", "low", "high", "verdict"]
    names = [t("live.marks.at"), *(t(f"live.lift.{name}") for name in heads)]
    content = pages.table(names, rows, words=(0, 1, 7)) if rows else ""
    if unclear := len(lifts) - len(measured):
        line = t("live.report.too_little", count=unclear)
        content += f'<p class="muted">{escape(line)}</p>'
    return pages.part(t("live.lift.title"), content)


def _review(db: Database, session: SessionRecord, lifts: list[PresentationLift]) -> str:
    review = reviews.review(db, session)
    lines = [wording.fact(fact, session) for fact in reviews.facts(db, session, lifts)]
    if (last := reviews.last_action(db, session)) is not None:
        lines += wording.last_action(last)
    if review.notes:
        lines.append(review.notes)
    if review.action:
        lines.append(t("live.report.action", action=review.action))
    return pages.part(t("live.review.title"), "".join(f"<p>{strong(line)}</p>" for line in lines))


def _card(db: Database, session: SessionRecord) -> bytes:
    sums = session_sums(db, session)
    minutes = session_minutes(db, session, sums)
    usual = figure_ranks(db, session)
    first, *more = wording.tiles(session, sums, usual)
    bars = _bars(minutes, "gmv_cents") if "gmv_cents" in minutes.sources else ([], 0)
    return png_card.draw(
        png_card.Card(
            shop=_shop(db, session),
            title=wording.when(session),
            label=f"{first.label} · {first.base}",
            figure=first.figure,
            change="",
            direction="flat",
            sentence=plain(wording.sentence(session, sums, usual)),
            tiles=[png_card.CardTile(tile.label, tile.figure) for tile in more[:3]],
            days=bars[0],
            before=[],
            chart=t("live.report.curve_gmv_cents", minutes=bars[1]) if bars[0] else "",
            footer=wording.title_of(session.title),
            up_is_red=format.red_is_up(),
        )
    )
