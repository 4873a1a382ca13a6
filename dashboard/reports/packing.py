"""Pick list and packing lists on paper, without a name, an address or a sum: A4, or 76 x 130 mm like a waybill."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Literal
from zoneinfo import ZoneInfo

from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.text.parcels import box_text, promised, wrap_text
from shop.orders.packing import PackingAdvice
from shop.orders.parcels import Shipment
from shop.orders.picking import PickStop

Paper = Literal["a4", "76x130"]
PAPERS: dict[Paper, tuple[int, int, int]] = {"a4": (210, 297, 14), "76x130": (76, 130, 4)}


def html(
    stops: Sequence[PickStop],
    parcels: Sequence[tuple[Sequence[Shipment], PackingAdvice]],
    paper: Paper,
    zone: ZoneInfo,
) -> str:
    """The walk first, then one list per parcel, each on a page of its own where the paper is small.

    Promised moments are written on the clock of `zone`, the shop's.
    """
    width, height, margin = PAPERS[paper]
    body = _walk(stops) if stops else ""
    body += "".join(_parcel(orders, advice, zone) for orders, advice in parcels)
    small = paper == "76x130"
    style = f"""
@page {{ size: {width}mm {height}mm; margin: {margin}mm; }}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; max-width: {width - 2 * margin}mm; color: #000; font: {9 if small else 11}pt/1.4 -apple-system,
  'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif; font-variant-numeric: tabular-nums; }}
h1 {{ font-size: 1.25em; margin: 0 0 4px; }} h2 {{ font-size: 1.1em; margin: 0 0 2px; overflow-wrap: anywhere; }}
p {{ margin: 0 0 3px; }} small {{ color: #444; }}
section {{ break-inside: avoid; border-top: 1px solid #000; padding: 6px 0 10px;
  break-before: {"page" if small else "auto"}; }}
section:first-child {{ border: 0; break-before: auto; }}
table {{ width: 100%; border-collapse: collapse; }}
td {{ padding: 3px 4px 3px 0; border-bottom: 1px solid #bbb; vertical-align: top; }}
td:first-child {{ width: 1.6em; }} td.n {{ text-align: right; font-weight: 700; white-space: nowrap; }}
"""
    title = escape(t("orders.paper.title"))
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>{style}</style></head><body>{body}</body></html>"
    )


def _row(name: str, detail: str, pieces: int) -> str:
    return f'<tr><td>☐</td><td>{escape(name)}<br><small>{escape(detail)}</small></td><td class="n">× {pieces}</td></tr>'


def _walk(stops: Sequence[PickStop]) -> str:
    rows = "".join(
        _row(stop.name, f"{stop.place or t('stock.places.none')} · {stop.sku}", stop.pieces) for stop in stops
    )
    return f"<section><h1>{escape(t('orders.paper.walk'))}</h1><table>{rows}</table></section>"


def _parcel(orders: Sequence[Shipment], advice: PackingAdvice, zone: ZoneInfo) -> str:
    heads = "".join(
        f"<h2>{escape(catalog.platform(item.order.platform))} {escape(item.order.order_id)}</h2>"
        f"<p><small>{escape(promised(item.order.promised_at, zone))}</small></p>"
        for item in orders
    )
    rows = "".join(_row(line.name, f"{line.sku} · {wrap_text(line)}", line.pieces) for line in advice.lines)
    notes = "".join(f"<p>{escape(item.order.note)}</p>" for item in orders if item.order.note)
    return f"<section>{heads}<table>{rows}</table><p>{escape(box_text(advice))}</p>{notes}</section>"
