"""Kinds of export files in words."""

from __future__ import annotations

from dashboard.i18n.messages import has, t
from shop.core.money import to_decimal
from shop.orders.undo_import import Undone


def file_kind(name: str) -> str:
    """The name of a kind of file, of several joined by +; the code itself where it has no name."""
    return " + ".join(t(f"kinds.{one}") if has(f"kinds.{one}") else one for one in name.split(" + "))


def what_goes(undone: Undone) -> str:
    """What goes when an import is undone, what comes back to other imports, and what stays."""
    parts = [t(f"data.goes.{table}", count=count) for table, count in undone.removed.items() if count]
    if undone.orders:
        parts.insert(0, t("data.goes.orders", count=undone.orders))
    parts += [f"{amount(cents, currency)} {currency}" for currency, cents in sorted(undone.money.items())]
    if undone.rejected:
        parts.append(t("data.goes.rejected", count=undone.rejected))
    between = t("data.goes.between")
    sentences = [
        t(
            "data.goes.what",
            number=undone.source_id,
            file=undone.name,
            what=between.join(parts) or t("data.goes.nothing"),
        )
    ]
    if restored := sum(undone.restored.values()):
        sentences.append(t("data.goes.restored", count=restored))
    if kept := sum(undone.kept.values()):
        sentences.append(t("data.goes.kept", count=kept))
    return " ".join(sentences)


def amount(cents: int, currency: str) -> str:
    """Money of a currency in its major units, in full."""
    return f"{to_decimal(cents, currency):,}"
