"""The command that compares our totals with those of a platform's back office."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.growth.goal import amount_of
from dashboard.i18n.messages import t
from dashboard.text.markdown import plain

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
    """Compare every reported total with ours; ends with 1 where something stays unexplained."""
    if ctx.invoked_subcommand:
        return
    from shop.connect import connect
    from shop.reconciliation.reconcile import reconcile
    from shop.reconciliation.statements import statements

    on = _day(day) if day else None
    db = connect()
    result = [
        reconcile(db, item)
        for item in statements(db, platform)
        if on is None or item.period.start <= on <= item.period.end
    ]
    db.close()
    if as_json:
        print_json({"reconciliations": [_contract(item) for item in result]})
    else:
        _print(result, all_orders)
    ctx.exit(1 if any(item.unexplained for item in result) else 0)


def _contract(item: Any) -> dict[str, Any]:
    message = item.statement
    return {
        "platform": message.platform,
        "from": message.period.start.isoformat(),
        "to": message.period.end.isoformat(),
        "figure": message.figure,
        "currency": message.currency,
        "source": message.source,
        "stated": message.amount,
        "ours": item.ours,
        "difference": item.difference,
        "unexplained": item.unexplained,
        "definition": asdict(item.definition),
        "counts_as_we_do": item.counts_as_we_do,
        "evidence": item.evidence,
        "causes": [_residual_contract(residual) for residual in item.residuals],
    }


def _residual_contract(residual: Any) -> dict[str, Any]:
    return {
        "kind": residual.kind,
        "rule": residual.rule or None,
        "amount": residual.amount,
        "is_certain": residual.is_certain,
        "orders": [asdict(order) for order in residual.orders],
        "rows": [asdict(row) for row in residual.rows],
        "days": [[days.start.isoformat(), days.end.isoformat()] for days in residual.days],
    }


def _print(result: list[Any], all_orders: bool) -> None:
    from dashboard.i18n import format
    from dashboard.text import reconciliation

    if not result:
        click.echo(t("commands.reconcile.none"))
    for item in result:
        format.use_currency(item.statement.currency)
        click.echo(plain(reconciliation.sentence(item)))
        if not item.difference:
            continue
        click.echo("  " + reconciliation.definition(item))
        for residual in item.residuals:
            guess = "" if residual.is_certain else t("reconcile.probably")
            _print_part(
                reconciliation.amount(item, residual.amount), reconciliation.residual(residual) + guess
            )
            _print_orders(item, residual, all_orders)
        if item.unexplained:
            _print_part(reconciliation.amount(item, item.unexplained), t("reconcile.unexplained"))


def _print_part(amount: str, words: str) -> None:
    click.echo(f"  {amount:>14}  {words}")


def _print_orders(item: Any, residual: Any, all_orders: bool) -> None:
    from dashboard.i18n import format
    from dashboard.text import reconciliation

    shown = residual.orders if all_orders else residual.orders[:SHOWN]
    for order in shown:
        format.use_currency(order.currency)
        click.echo(f"{'':18}{order.order_id}  {reconciliation.amount(item, order.amount)}")
    format.use_currency(item.statement.currency)
    for row in residual.rows if all_orders else residual.rows[:SHOWN]:
        click.echo(f"{'':18}{row.file}:{row.row}  {row.order_id or ''}".rstrip())
    more = len(residual.orders) + len(residual.rows) - len(shown) - min(len(residual.rows), SHOWN)
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
    from shop.reconciliation.statements import enter_statement

    on = _day(day)
    db = connect()
    with db.read() as connection:
        currency = currency or shop_settings(connection).currency
    cents = amount_of(amount, unit_of(figure), currency)
    result = enter_statement(
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
            amount=written(result.amount, unit_of(figure)),
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
    from shop.reconciliation.statements import delete_statement

    on = _day(day)
    db = connect()
    delete_statement(db, platform, on, figure, actor=OWNER, currency=currency)
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
