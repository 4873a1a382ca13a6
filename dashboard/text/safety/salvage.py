"""What was saved of a damaged database and what was lost, in words."""

from __future__ import annotations

from dashboard.i18n.messages import t
from shop.salvage import Salvage, TableLoss

AREAS = {  # by the beginning of a table's name; all others are settings
    "orders": ("order_", "row_statement", "parcel", "picked_line", "presale_deposit", "buyer_"),
    "refunds": ("refund", "return_"),
    "payouts": ("settlement", "stated_"),
    "catalog": ("product", "variant", "listing", "photo", "sold_", "match_rule", "set_part", "label_code"),
    "stock": ("stock", "piece"),
    "kiln": ("kiln", "firing", "batch_", "material"),
    "costs": ("cost_rate", "labour_", "ad_", "platform_terms", "exchange_rate"),
    "comments": ("comment", "own_author", "lead", "demand"),
    "live": ("live_", "session_", "video", "attribution_"),
    "files": ("source_file", "rejected_record"),
    "sync": ("sync_", "cursor", "read_stretch", "raw_page", "rejected_answer", "lease", "background_job"),
}


def area_of(table: str) -> str:
    """The part of the shop that a table belongs to."""
    key = next((name for name, begun in AREAS.items() if table.startswith(begun)), "settings")
    return t(f"backups.areas.{key}")


def tables_in_words(tables: list[str]) -> str:
    """Damaged tables by the parts of the shop that they belong to; the names themselves where none is known."""
    return (
        t("backups.areas.between").join(dict.fromkeys(area_of(name) for name in tables if name != "?")) or "?"
    )


def salvage_lines(result: Salvage) -> list[str]:
    """Where the rows are, what is lost, and what to do next."""
    first = t("backups.salvage.saved", name=result.path.name)
    if not result.losses:
        return [first, t("backups.salvage.whole")]
    return [first, *map(_loss, result.losses), t("backups.salvage.next")]


def _loss(loss: TableLoss) -> str:
    key = "some_lost" if loss.lost is None else "lost"
    return t(f"backups.salvage.{key}", area=area_of(loss.table), **vars(loss))
