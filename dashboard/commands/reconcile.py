"""The command that lays our totals beside those of a platform's back office."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import click

from dashboard.commands.common.output import say_json
from dashboard.commands.forecast import amount_of
from dashboard.i18n.messages import t

SHOWN = 5


@click.group("reconcile", help=t("commands.reconcile.help"), invoke_without_command=True)
@click.option("--platform", metavar="NAME", help=t("commands.reconcile.platform"))
@click.option("--day", metavar="D", help=t("commands.reconcile.day"))
@click.option("--orders", "all_orders", is_flag=True, help=t("commands.reconcile.orders"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
@click.pass_context
def reconcile_command(
    ctx: click.Context, platform: str | None, day: str | None, all_orders: bool, as_json: bool
) -> None:
    """Lay every stated total beside ours; ends with 1 where something stays unexplained."""
    if ctx.invoked_subcommand:
        return
    from shop.connect import connect
    from shop.reconciliation.reconcile import reconcile
    from shop.reconciliation.statements import stated

    on = _day(day) if day else None
    db = connect()
    found = [
        reconcile(db, one)
        for one in stated(db, platform)
        if on is None or one.period.start <= on <= one.period.end
    ]
    db.close()
    if as_json:
        say_json({"reconciliations": [_contract(one) for one in found]})
    else:
        _say(found, all_orders)
    ctx.exit(1 if any(one.unexplained for one in found) else 0)


def _contract(one: Any) -> dict[str, Any]:
    said = one.stated
    return {
        "platform": said.platform,
        "from": said.period.start.isoformat(),
        "to": said.period.end.isoformat(),
        "figure": said.figure,
        "currency": said.currency,
        "source": said.source,
        "stated": said.amount,
        "ours": one.ours,
        "difference": one.difference,
        "unexplained": one.unexplained,
        "definition": asdict(one.definition),
        "counts_as_we_do": one.counts_as_we_do,
        "evidence": one.evidence,
        "causes": [_cause_contract(cause) for cause in one.causes],
    }


def _cause_contract(cause: Any) -> dict[str, Any]:
    return {
        "kind": cause.kind,
        "rule": cause.rule or None,
        "amount": cause.amount,
        "is_certain": cause.is_certain,
        "orders": [asdict(order) for order in cause.orders],
        "rows": [asdict(row) for row in cause.rows],
        "days": [[days.start.isoformat(), days.end.isoformat()] for days in cause.days],
    }


def _say(found: list[Any], all_orders: bool) -> None:
    from dashboard.i18n import format
    from dashboard.text import reconciliation

    if not found:
        click.echo(t("commands.reconcile.none"))
    for one in found:
        format.use_currency(one.stated.currency)
        click.echo(reconciliation.sentence(one).replace("*", ""))
        if not one.difference:
            continue
        click.echo("  " + reconciliation.definition(one))
        for cause in one.causes:
            guess = "" if cause.is_certain else t("reconcile.probably")
            _say_part(reconciliation.amount(one, cause.amount), reconciliation.cause(cause) + guess)
            _say_orders(one, cause, all_orders)
        if one.unexplained:
            _say_part(reconciliation.amount(one, one.unexplained), t("reconcile.unexplained"))


def _say_part(amount: str, words: str) -> None:
    click.echo(f"  {amount:>14}  {words}")


def _say_orders(one: Any, cause: Any, all_orders: bool) -> None:
    from dashboard.i18n import format
    from dashboard.text import reconciliation

    shown = cause.orders if all_orders else cause.orders[:SHOWN]
    for order in shown:
        format.use_currency(order.currency)
        click.echo(f"{'':18}{order.order_id}  {reconciliation.amount(one, order.amount)}")
    format.use_currency(one.stated.currency)
    for row in cause.rows if all_orders else cause.rows[:SHOWN]:
        click.echo(f"{'':18}{row.file}:{row.row}  {row.order_id or ''}".rstrip())
    more = len(cause.orders) + len(cause.rows) - len(shown) - min(len(cause.rows), SHOWN)
    if more > 0 and not all_orders:
        click.echo(f"{'':18}{t('commands.reconcile.others', count=more)}")


@reconcile_command.command("state", help=t("commands.reconcile.state"))
@click.argument("platform")
@click.argument("day")
@click.argument("figure")
@click.argument("amount")
@click.option("--orders", type=click.IntRange(0), help=t("commands.reconcile.count"))
@click.option("--currency", metavar="ISO", help=t("commands.report.currency"))
@click.option("--note", help=t("commands.reconcile.note"))
def reconcile_state(
    platform: str,
    day: str,
    figure: str,
    amount: str,
    orders: int | None,
    currency: str | None,
    note: str | None,
) -> None:
    """Type in what the back office states."""
    from dashboard.commands.common.output import figure as written
    from dashboard.i18n import format
    from dashboard.text import metrics, reconciliation
    from shop.access.roles import OWNER
    from shop.connect import connect
    from shop.metrics.query import unit_of
    from shop.metrics.settings import shop_settings
    from shop.reconciliation.statements import state_total

    on = _day(day)
    db = connect()
    with db.read() as connection:
        currency = currency or shop_settings(connection).currency
    cents = amount_of(amount, unit_of(figure), currency)
    made = state_total(
        db, platform, on, figure, cents, actor=OWNER, currency=currency, orders=orders, remark=note
    )
    db.close()
    format.use_currency(currency)
    click.echo(
        t(
            "commands.reconcile.stated",
            platform=reconciliation.platform(platform),
            day=on,
            metric=metrics.label_of(figure),
            amount=written(made.amount, unit_of(figure)),
        )
    )


@reconcile_command.command("forget", help=t("commands.reconcile.forget"))
@click.argument("platform")
@click.argument("day")
@click.argument("figure")
@click.option("--currency", metavar="ISO", help=t("commands.report.currency"))
def reconcile_forget(platform: str, day: str, figure: str, currency: str | None) -> None:
    """Take a typed total back."""
    from dashboard.text import metrics, reconciliation
    from shop.access.roles import OWNER
    from shop.connect import connect
    from shop.reconciliation.statements import forget_total

    on = _day(day)
    db = connect()
    forget_total(db, platform, on, figure, actor=OWNER, currency=currency)
    db.close()
    click.echo(
        t(
            "commands.reconcile.forgotten",
            platform=reconciliation.platform(platform),
            day=on,
            metric=metrics.label_of(figure),
        )
    )


def _day(text: str) -> date:
    from shop.core.errors import BadPeriod

    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise BadPeriod(text=text) from problem
