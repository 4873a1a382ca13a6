"""What the audience writes about one product: the comments that name it, and how many people want it.

A comment names a product where its label has the form of the product, and its glaze or none (any size). People count
once each, as on the demand board.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
from sqlalchemy import text

from shop.access.roles import require_reader
from shop.comments.topics import thing_of_words
from shop.core.periods import Period
from shop.db.database import Database
from shop.demand.board import COMMENTS, WANTING, thing_wanted

PRODUCT = "SELECT form, glaze FROM product WHERE shop_id = :shop AND product_code = :product"


@dataclass(frozen=True)
class ProductRemarks:
    """Comments that name a product, newest first: written_on, platform, text; how many there are in all, how many
    people want it, and how many of these wrote in the last four weeks of the range.
    """

    table: pd.DataFrame
    comments: int
    people: int
    recent: int


def product_remarks(
    db: Database, product: str, period: Period, *, most: int = 10, shop_id: int = 1
) -> ProductRemarks:
    """The comments of a range that name a product. Raises NotAllowed for a role that sees no sums."""
    require_reader(db, "see_sums")
    since = period.start - timedelta(days=1)
    values = {"shop": shop_id, "since": since.isoformat(), "until": period.end.isoformat()}
    with db.read() as connection:
        row = connection.execute(text(PRODUCT), {"shop": shop_id, "product": product}).one_or_none()
        rows = connection.execute(text(COMMENTS), values).fetchall() if row else []
    of_product = thing_of_words(row[0], row[1], None) if row else None
    remarks = []
    wanting: dict[str | int, str] = {}
    for platform, comment, remark, written_on, author, intents, wants, _ in rows:
        named = thing_wanted(json.loads(wants))
        if (
            of_product
            and named.form
            and named.form == of_product.form
            and named.glaze in ("", of_product.glaze)
        ):
            remarks.append((written_on, platform, remark))
            if not WANTING.isdisjoint(intents.split(",")):
                who = comment if author is None else author
                wanting[who] = max(wanting.get(who, ""), written_on)
    recently = (period.end - timedelta(days=28)).isoformat()
    return ProductRemarks(
        pd.DataFrame(remarks[:most], columns=["written_on", "platform", "text"]),
        len(remarks),
        len(wanting),
        sum(date_text > recently for date_text in wanting.values()),
    )
