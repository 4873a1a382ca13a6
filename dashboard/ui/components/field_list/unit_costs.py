"""What each piece costs, the best sold first, typed one after another and saved together."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.ui import cache, feedback, text
from dashboard.ui.components import field_list
from dashboard.ui.components.field_list import FieldRow, Outcome, TypedValue
from shop.core.money import to_decimal, to_minor_rounded
from shop.metrics.settings import shop_settings
from shop.pricing import unit_costs as stored
from shop.pricing.unit_costs import CostChanged, NoCost

ROWS = 400


def show() -> None:
    """A field for each piece; what is typed is saved at a click, with one undo."""
    rows = cache.cached(stored.costs_to_type)[:ROWS]
    if not rows:
        text.note(t("start.no_pieces"))
        return
    currency = _currency()
    format.use_currency(currency)
    text.note(t("start.cost", unit=format.symbol().strip()))
    fields = [FieldRow(sku, title, sku, _as_text(cents, currency)) for sku, title, cents in rows]
    field_list.show("costs", fields, save, t("start.save_costs"))


def _currency() -> str:
    with cache.database().read() as connection:
        return shop_settings(connection).currency


def _as_text(cents: int | None, currency: str) -> str:
    return "" if cents is None else str(to_decimal(cents, currency))


def _cents(typed: str, currency: str) -> int | None:
    """A typed cost in minor units, None for an empty field; raises NoCost."""
    plain = typed.strip().replace("，", ".").replace(",", ".")
    if not plain:
        return None
    try:
        return to_minor_rounded(Decimal(plain), currency)
    except InvalidOperation:
        raise NoCost(found=typed) from None


def save(numbers: list[TypedValue]) -> Outcome:
    """Store typed costs (in the shop's currency); what somebody else changed meanwhile stays as it is."""
    currency, outcome = _currency(), Outcome()
    costs: dict[str, int | None] = {}
    before: dict[str, int | None] = {}
    for number in numbers:
        try:
            costs[number.key] = _cents(number.value, currency)
            before[number.key] = _cents(number.before, currency)
        except NoCost as problem:
            outcome.problems[number.key] = problem
            costs.pop(number.key, None)
    known = {sku: cents for sku, _, cents in stored.costs_to_type(cache.database())}
    mine = {sku: cents for sku, cents in costs.items() if before[sku] == known.get(sku)}
    if mine:
        number_ = feedback.act(stored.set_unit_costs, mine, before=before)
        if number_ is not None:
            outcome.saved = [number for number in numbers if number.key in mine]
            feedback.report(t("start.costs_saved", skus=len(mine)), number_)
    if len(mine) < len(costs):
        feedback.store_error(CostChanged(count=len(costs) - len(mine)))
    return outcome
