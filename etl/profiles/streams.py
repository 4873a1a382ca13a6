"""Listings, comments and live sessions of any table, read by a profile."""

from __future__ import annotations

import re

import numpy as np

from etl.files.base import Parsed
from etl.files.comments import authors, masked_texts, parents, remarks
from etl.files.cumulative import counts_of, growing
from etl.files.fields import Values
from etl.files.offers import OfferRows
from etl.profiles.cells import Cells
from etl.profiles.fields import COUNTS
from etl.tables.hashes import content_key
from etl.tables.timestamps import days_of, latest
from shop.orders.batch import MISSING, plain_values


def parse_comments(cells: Cells) -> Parsed:
    """Remarks; the author is a keyed hash, contacts are masked."""
    rows = cells.rows
    given, author = masked_texts(rows, cells.context), authors(rows, cells.context)
    written_at = cells.instant("written_at")
    rows.refuse_where(written_at == MISSING, "written_at", "Missing")
    counts = counts_of(rows, ("likes", "replies"))
    derived = rows.keys(cells.context, author, given, written_at)
    platform_ids = rows.identifier("comment_id", required=False)
    ids = [item or other for item, other in zip(platform_ids, derived, strict=True)]
    columns: dict[str, Values] = {
        "comment_id": np.array(ids or [], object),
        "parent_id": parents(rows),
        **{name: rows.identifier(name, required=False) for name in ("video_id", "session_id")},
        "author_key": author,
        **remarks(given),
        "written_at": written_at,
        "written_on": days_of(written_at, cells.context.time_zone),
        **counts,
        "updated_at": latest(written_at),
    }
    content = [values for name, values in sorted(columns.items()) if name != "comment_id"]
    columns["payload_hash"] = rows.version(content, growing(*counts.values()))
    columns["sealed_contact"] = rows.extra["sealed_contact"]
    return Parsed(rows, [rows.batch("comment", cells.platform, columns)])


def parse_sessions(cells: Cells) -> Parsed:
    """Live sessions with their counts; what the table does not state is unknown."""
    rows = cells.rows
    started_at, ended_at = cells.instant("started_at"), cells.instant("ended_at")
    rows.refuse_where(started_at == MISSING, "started_at", "Missing")
    seconds = rows.seconds("seconds")
    both = (started_at != MISSING) & (ended_at != MISSING)
    rows.refuse_where(both & (ended_at < started_at), "ended_at", "EndsBeforeStart")
    known = (started_at != MISSING) & (seconds != MISSING) & (ended_at == MISSING)
    counts = counts_of(rows, COUNTS)
    platform_ids, account = rows.identifier("session_id", required=False), rows.text("account")
    ids = [
        item or content_key(who, at)
        for item, who, at in zip(platform_ids, account, started_at.tolist(), strict=True)
    ]
    columns: dict[str, Values] = {
        "session_id": np.array(ids or [], object),
        "account": account,
        "title": rows.text("title"),
        "started_at": started_at,
        "ended_at": np.where(known, started_at + np.where(known, seconds, 0), ended_at),
        "started_on": days_of(started_at, cells.context.time_zone),
        "seconds": np.where(both & (seconds == MISSING), ended_at - started_at, seconds),
        **counts,
        "watch_seconds": rows.seconds("watch_seconds"),
        "followers_gained": rows.whole("followers_gained"),
        "gmv_cents": cells.amounts("gmv", missing=int(MISSING)),
        "currency": cells.currencies,
        "updated_at": latest(started_at, ended_at),
    }
    content = [values for name, values in sorted(columns.items()) if name != "session_id"]
    rank = growing(counts["views"], counts["viewers"], counts["exposed_viewers"])
    columns["payload_hash"] = rows.version(content, rank)
    return Parsed(rows, [rows.batch("live_session", cells.platform, columns)])


# --- listings ------------------------------------------------------------------------------------


def parse_listings(cells: Cells) -> Parsed:
    """Products, variants and listings of an offer file, as of when it was saved."""
    rows = cells.rows
    price = cells.amounts("price", required=True, missing=int(MISSING))
    rows.refuse_where((price < 0) & (price != MISSING), "price", "Negative")
    quantity = rows.whole("quantity")
    status = np.full(len(rows), cells.profile.constants.get("status", "live"), object)
    if rows.has("status"):
        status = rows.choice("status", cells.profile.status, missing="live", required=False)
    texts = {
        name: rows.text(name)
        for name in ("listing_id", "product_code", "title", "description", "family", "sku")
    }
    _fill_down(cells, texts)
    texts["spec"] = _specs(cells)
    saved_at = int(rows.setting(cells.context, "saved_at", 0))
    result = OfferRows(cells.platform, saved_at)
    money = zip(plain_values(price), plain_values(quantity), cells.currencies, status, strict=True)
    lines = zip(zip(*texts.values(), strict=True), money, strict=True)
    accepted = rows.accepted()
    for place, (words, facts) in enumerate(lines):
        if accepted[place]:
            _add(result, int(rows.numbers[place]), dict(zip(texts, words, strict=True)), *facts)
    return Parsed(rows, result.batches())


def _fill_down(cells: Cells, texts: dict[str, Values]) -> None:
    """A product's later rows take its title and text from its first one in the file."""
    rows, known = cells.rows, cells.context.settings.setdefault("products seen", {})
    names = ("title", "description", "family")
    for place, code in enumerate(texts["product_code"]):
        if code is None:
            continue
        first = known.setdefault(code, {})
        for name in names:
            if texts[name][place] is None:
                texts[name][place] = first.get(name)
            else:
                first.setdefault(name, texts[name][place])
    lacking = np.array([title is None for title in texts["title"]], bool)
    rows.refuse_where(lacking, "title", "Missing")


def _specs(cells: Cells) -> Values:
    parts = [cells.rows.text(name) for name in ("spec", "spec_2", "spec_3")]
    joined = [
        " / ".join(p for p in row if p and p != "Default Title") or None for row in zip(*parts, strict=True)
    ]
    return np.array(joined or [], object)


TAGS = re.compile(r"<[^>]*>")


def _add(
    result: OfferRows,
    row: int,
    words: dict[str, str | None],
    price: int | None,
    quantity: int | None,
    currency: str,
    status: str,
) -> None:
    """The product, the variants and the listings of one row."""
    title = words["title"] or ""
    code = words["product_code"] or content_key(result.platform, title)
    text = TAGS.sub(" ", words["description"] or "").strip() or None
    result.put("product", row, product_code=code, title=title, family=words["family"], description=text)
    forms = _forms(words["sku"], words["spec"], code)
    for sku, spec in forms:
        result.put(
            "variant", row, sku=sku, product_code=code, title=spec, price_cents=price, currency=currency
        )
        result.put(
            "listing",
            row,
            listing_id=words["listing_id"] or sku,
            sku=sku,
            product_id=code,
            title=title,
            spec=spec,
            status=status,
            price_cents=price,
            currency=currency,
            quantity=quantity if len(forms) == 1 else None,
        )


def _forms(sku: str | None, spec: str | None, code: str) -> list[tuple[str, str | None]]:
    """The variants of one row: several SKUs in one cell are paired with as many values."""
    skus = [item.strip() for item in (sku or "").split(",") if item.strip()]
    specs = [item.strip() for item in (spec or "").split(",") if item.strip()]
    if len(skus) > 1:
        return list(zip(skus, specs if len(specs) == len(skus) else [spec] * len(skus), strict=True))
    return [(skus[0] if skus else f"{code}/{spec}" if spec else code, spec)]
