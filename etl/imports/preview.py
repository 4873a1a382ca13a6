"""What a profile makes of a file, before anything is stored: its first records and its totals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from etl.files.fields import Context
from etl.imports import registry
from etl.imports.report import RejectReason
from etl.imports.worker import ParsedChunk, open_chunks
from etl.profiles.kind import kind_of
from etl.profiles.model import Profile
from etl.tables.base import Reread
from etl.tables.open import open_table
from shop.metrics.settings import ShopSettings
from shop.orders.batch import IngestBatch, plain_values

FIRST_ROWS = 10


@dataclass
class Preview:
    """The first ten records by field, and the totals of all; money in minor units by currency.

    `paid`, `refunded` and `shipping` are of paid orders, gifts left out, as the figures count them.
    """

    records: list[dict[str, Any]] = field(default_factory=list)
    read: int = 0
    orders: int = 0
    unpaid: int = 0
    pieces: int = 0
    paid: Counter[str] = field(default_factory=Counter)
    refunded: Counter[str] = field(default_factory=Counter)
    shipping: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    reasons: list[RejectReason] = field(default_factory=list)


def preview(
    path: Path,
    profile: Profile,
    settings: ShopSettings,
    *,
    name: str | None = None,
    password: str | None = None,
) -> Preview:
    """Read a file by a profile and store nothing; raises a FileRejected as the import would."""
    try:
        return _preview(path, profile, settings, name, password, careful=False)
    except Reread:
        return _preview(path, profile, settings, name, password, careful=True)


def _preview(
    path: Path,
    profile: Profile,
    settings: ShopSettings,
    name: str | None,
    password: str | None,
    *,
    careful: bool,
) -> Preview:
    kind = kind_of(profile)
    recognised = registry.recognise(
        open_table(path, name=name, password=password, **kind.csv_settings), [kind]
    )
    context = Context(settings.time_zone, settings.currency, b"preview", recognised.table.name)
    kind.prepare(recognised, context)
    result = Preview()
    orders: set[str] = set()
    unpaid: set[str] = set()
    with open_chunks(recognised, context, careful=careful) as chunks:
        for chunk in chunks:
            _add(result, chunk, orders, unpaid)
    result.orders, result.unpaid = len(orders), len(unpaid - orders)
    return result


def _add(result: Preview, chunk: ParsedChunk, orders: set[str], unpaid: set[str]) -> None:
    result.read += chunk.read
    result.reasons += [RejectReason(r.row, r.column, r.code, dict(r.details)) for r in chunk.rejects]
    for batch in chunk.batches:
        if batch.table == "order_line":
            _add_lines(result, batch, orders, unpaid)
        elif batch.table == "refund":
            _sum(result.refunded, batch, "amount_cents", np.ones(len(batch), bool))
        if not result.records or result.records[0]["table"] == batch.table:
            _first(result, batch)
        if batch.table not in ("order_line", "refund"):
            result.others[batch.table] += len(batch)


def _first(result: Preview, batch: IngestBatch) -> None:
    for place in range(min(FIRST_ROWS - len(result.records), len(batch))):
        record = {name: plain_values(values[place : place + 1])[0] for name, values in batch.columns.items()}
        result.records.append({"table": batch.table, **record})


def _add_lines(result: Preview, batch: IngestBatch, orders: set[str], unpaid: set[str]) -> None:
    columns = batch.columns
    paid = np.array([day is not None for day in columns["paid_on"]], bool)
    sold = paid & ~np.asarray(columns.get("is_gift", np.zeros(len(batch), bool)), bool)
    orders.update(np.asarray(columns["order_id"], object)[sold])
    unpaid.update(np.asarray(columns["order_id"], object)[~paid])
    result.pieces += int(np.asarray(columns["quantity"])[sold].sum())
    _sum(result.paid, batch, "buyer_paid_cents", sold)
    _sum(result.paid, batch, "platform_discount_cents", sold)
    _sum(result.shipping, batch, "shipping_cents", sold)


def _sum(totals: Counter[str], batch: IngestBatch, name: str, mask: np.ndarray) -> None:
    currencies = np.asarray(batch.columns["currency"], object)
    for currency in set(currencies[mask].tolist()):
        totals[currency] += int(np.asarray(batch.columns[name])[mask & (currencies == currency)].sum())
