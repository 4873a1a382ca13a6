"""`kilnboard listing match`: the queue of what sold without a variant, and the rules that settle it."""

from __future__ import annotations

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import done, json_option, opened
from dashboard.i18n.messages import t

FIELDS = ("code", "title_spec", "platform_sku")


@click.group("match", help=t("commands.listing.match.help"))
def match_group() -> None:
    """What sold and waits for its variant."""


@match_group.command("queue", help=t("commands.listing.match.queue"))
@json_option
@click.pass_context
def queue_command(ctx: click.Context, as_json: bool) -> None:
    """What waits, what brought in most first, with likely variants; 1 when something waits."""
    from dashboard.i18n import format
    from dashboard.text import catalog
    from shop.catalog import match_queue

    with opened() as (db, _):
        result = match_queue.unmatched(db)
    if as_json:
        print_json({"rows": [match_queue.as_json(row) for row in result]})
    elif not result:
        click.echo(t("listings.queue.none"))
    for row in () if as_json else result:
        click.echo(f"{row.field} “{row.value}”  {row.title} {row.spec}".rstrip())
        if row.units and row.last_on:
            format.use_currency(row.currency)
            click.echo("  " + t("listings.queue.sold", units=row.units, gmv=row.gmv_cents, last=row.last_on))
        click.echo("  " + t(f"listings.queue.why.{row.why}", claimed=", ".join(row.candidate_skus)))
        for item in row.suggestions:
            click.echo(f"    {catalog.label('sku')} {item.sku}  {item.title}  {item.likely:.2f}")
    ctx.exit(int(bool(result)))


@match_group.command("confirm", help=t("commands.listing.match.confirm"))
@click.argument("field", type=click.Choice(FIELDS))
@click.argument("value")
@click.argument("sku")
@json_option
def confirm_command(field: str, value: str, sku: str, as_json: bool) -> None:
    """Assign a SKU to all wordings that read so."""
    from shop.catalog import match_rules

    with opened() as (db, actor):
        settled = match_rules.confirm(db, field, value, sku, actor=actor)
    done("matched", settled.audit_id, as_json=as_json, value=value, sku=sku, wordings=settled.wordings)


@match_group.command("ignore", help=t("commands.listing.match.ignore"))
@click.argument("field", type=click.Choice(FIELDS))
@click.argument("value")
def ignore_command(field: str, value: str) -> None:
    """Mark what reads so as no piece of ours."""
    from shop.catalog import match_rules

    with opened() as (db, actor):
        settled = match_rules.ignore(db, field, value, actor=actor)
    done("ignored", settled.audit_id, value=value)


@match_group.command("back", help=t("commands.listing.match.back"))
@click.argument("field", type=click.Choice(FIELDS))
@click.argument("value")
def back_command(field: str, value: str) -> None:
    """Take a rule back."""
    from shop.catalog import match_rules

    with opened() as (db, actor):
        settled = match_rules.remove_rule(db, field, value, actor=actor)
    done("rule_back", settled.audit_id, value=value, wordings=settled.wordings)


@match_group.command("new", help=t("commands.listing.match.new"))
@click.argument("value")
def new_command(value: str) -> None:
    """Make a new product of what waits under this wording."""
    from shop.catalog import match_queue, match_rules
    from shop.catalog.match_rules import NothingUnmatched

    with opened() as (db, actor):
        row = next((item for item in match_queue.unmatched(db, suggest=0) if item.value == value), None)
        if row is None:
            raise NothingUnmatched(value=value)
        result = match_rules.create_product(db, row, actor=actor)
    done("added", result.audit_id, sku=result.skus[0], product=result.product_code)


@match_group.command("rules", help=t("commands.listing.match.rules"))
@json_option
def rules_command(as_json: bool) -> None:
    """The rules that were confirmed, and how many wordings each settles."""
    from shop.catalog import match_rules

    with opened() as (db, _):
        result = match_rules.rules(db)
    if as_json:
        print_json(
            {
                "rules": [
                    {
                        "field": item.field,
                        "value": item.value,
                        "sku": item.sku or None,
                        "who": item.created_by,
                        "wordings": item.wordings,
                    }
                    for item in result
                ]
            }
        )
        return
    for item in result:
        sku = item.sku or t("listings.queue.rule_ignored")
        note = t("listings.queue.rule_note", who=item.created_by, wordings=item.wordings)
        click.echo(f"{item.field}  {t('listings.queue.rule', value=item.value, sku=sku)}  ({note})")
