"""Shops side by side in words: their names, what is known of them, and the table of one currency."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.errors import error
from dashboard.text.markdown import emphasis
from dashboard.text.metrics import label_of
from shop.core.periods import Period
from shop.group.comparison import FIGURES, CurrencyFigures, CurrencySum, ShopFigures, ShopToCompare
from shop.group.parallel import ShopAnswer
from shop.metrics.query import unit_of

Answers = Sequence[tuple[ShopToCompare, ShopAnswer[ShopFigures]]]


def shop_title(shop: ShopToCompare, figures: ShopFigures | None = None) -> str:
    """What a shop is called: by the list, else by itself."""
    own = figures.name if figures else ""
    return shop.entry.title or own or shop.entry.name or t("group.home")


def known(figures: ShopFigures, row: CurrencyFigures | None) -> str:
    """What a reader has to know of the days of a shop; empty where all of them are known."""
    if figures.first_sale is None or row is None:
        return t("group.never")
    parts = []
    if figures.missing_days:
        parts.append(t("group.missing", days=figures.missing_days))
    range_now, range_before = (row.figures["gmv"].now.period, row.figures["gmv"].before.period)
    if figures.first_sale > range_now.end:
        parts.append(t("group.not_yet", on=figures.first_sale))
    elif figures.first_sale > range_before.start:
        parts.append(t("group.since", on=figures.first_sale))
    return " ".join(parts)


def lines(answers: Answers, total: CurrencySum) -> tuple[list[str], list[list[str]]]:
    """The table of the shops that sold in a currency: its heads and rows, the largest first, and their sums."""
    sellers = [
        (shop, answer.value, row)
        for shop, answer in answers
        if answer.value is not None
        for row in answer.value.rows
        if row.currency == total.currency
    ]
    sellers.sort(key=lambda item: -(item[2].figures["gmv"].now.total or 0))
    heads = [
        t("group.shop"),
        label_of("gmv"),
        t("group.per_day"),
        t("group.change"),
        *map(label_of, FIGURES[1:]),
        t("group.known"),
    ]
    rows = [
        [
            shop_title(shop, figures),
            _figure(row, "gmv"),
            _money(row.figures["gmv"].now.per_day, row.currency),
            format.FORMATS["change"](row.figures["gmv"].change),
            *(_figure(row, name) for name in FIGURES[1:]),
            known(figures, row),
        ]
        for shop, figures, row in sellers
    ]
    if total.shops > 1:
        sums = [_sum(total, name) for name in FIGURES[1:]]
        rows.append([t("group.all", shops=total.shops), _sum(total, "gmv"), "", "", *sums, ""])
    return heads, rows


def table(answers: Answers, total: CurrencySum) -> str:
    """The same as HTML of our own."""
    heads, rows = lines(answers, total)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    head = "".join(f"<th>{escape(item)}</th>" for item in heads)
    return f'<table class="kb-card"><tr>{head}</tr>{body}</table>'


def contract(answers: Answers, sums: Sequence[CurrencySum], period: Period, against: str) -> dict[str, Any]:
    """What `group report --json` prints: money in minor units, days as ISO text, what is not known as null."""
    shops: list[dict[str, Any]] = []
    failed: list[dict[str, str]] = []
    for shop, answer in answers:
        if answer.problem is not None:
            failed.append(
                {"name": shop.entry.name, "code": answer.problem.code, "text": error(answer.problem)}
            )
        for row in answer.value.rows if answer.value else ():
            shops.append(_written(shop, answer.value, row))
    return {
        "from": period.start.isoformat(),
        "to": period.end.isoformat(),
        "against": against,
        "shops": shops,
        "totals": [
            {"currency": item.currency, "shops": item.shops, "figures": item.figures} for item in sums
        ],
        "failed": failed,
    }


def _written(shop: ShopToCompare, figures: ShopFigures | None, row: CurrencyFigures) -> dict[str, Any]:
    assert figures is not None
    before = row.figures["gmv"].before.period
    return {
        "name": shop.entry.name,
        "title": shop_title(shop, figures),
        "currency": row.currency,
        "days": list(row.days),
        "missing_days": figures.missing_days,
        "first_sale": figures.first_sale.isoformat() if figures.first_sale else None,
        "before": [before.start.isoformat(), before.end.isoformat()],
        "figures": {
            name: {
                "now": item.now.total,
                "before": item.before.total,
                "per_day": item.now.per_day,
                "change": item.change,
            }
            for name, item in row.figures.items()
        },
    }


def without_figures(answers: Answers) -> list[str]:
    """Why shops have no figures: those that did not answer, and those that never sold."""
    lines = []
    for shop, answer in answers:
        if answer.problem is not None:
            lines.append(f"{emphasis(shop_title(shop))}: {error(answer.problem)}")
        elif answer.value is not None and not answer.value.rows:
            lines.append(f"{emphasis(shop_title(shop, answer.value))}: {t('group.never')}")
    return lines


def _figure(row: CurrencyFigures, name: str) -> str:
    value = row.figures[name].now.total
    return _money(value, row.currency) if unit_of(name) == "cents" else format.count(value)


def _sum(total: CurrencySum, name: str) -> str:
    if name not in total.figures:
        return ""
    value = total.figures[name]
    return _money(value, total.currency) if unit_of(name) == "cents" else format.count(value)


def _money(value: float | None, currency: str) -> str:
    return format.UNKNOWN if value is None else format.exact_in(int(value), currency)
