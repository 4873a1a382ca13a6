"""`kilnboard listing edit`, `archive`, `delete` and `undo`."""

from __future__ import annotations

from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import done, json_option, key_of, opened
from dashboard.i18n.messages import t


@click.command("edit", help=t("commands.listing.edit.help"))
@click.argument("row")
@click.argument("values", nargs=-1, required=True, metavar="FIELD=VALUE...")
@json_option
@click.pass_context
def edit_command(ctx: click.Context, row: str, values: tuple[str, ...], as_json: bool) -> None:
    """Change fields of a SKU, a product or a listing; wrong ones are reported in words, the others saved."""
    from dashboard.text import catalog
    from dashboard.text.errors import error
    from shop.catalog.fields import BY_NAME
    from shop.listings import bulk_edit
    from shop.listings.plan import Cell

    cells = []
    for text in values:
        name, separator, value = text.partition("=")
        if not separator or name not in BY_NAME:
            known = ", ".join(item for item, field in BY_NAME.items() if not field.is_key)
            raise click.UsageError(t("commands.listing.edit.unknown", name=name, known=known))
        cells.append(Cell(name, key_of(row), value))
    with opened() as (db, actor):
        planned = bulk_edit.plan(db, cells, actor=actor)
        number = bulk_edit.apply(db, planned, actor=actor) if planned.changes else None
    rejected = [{"field": item.where.field, "reason": error(item.problem)} for item in planned.rejected]
    if as_json:
        changes = [
            {"field": item.field, "before": item.before, "after": item.after} for item in planned.changes
        ]
        print_json({"changes": changes, "refused": rejected, "undo": number})
    else:
        for item in planned.changes:
            click.echo(
                t(
                    "listings.table.change",
                    what=row,
                    field=catalog.label(item.field),
                    before=catalog.shown(item.field, item.before, item.currency),
                    after=catalog.shown(item.field, item.after, item.currency),
                )
            )
        for refusal in rejected:
            click.echo(t("listings.table.refusal", what=row, reason=refusal["reason"]), err=True)
        if number is not None:
            click.echo(t("commands.listing.done.undo", number=number))
        elif not rejected:
            click.echo(t("commands.listing.edit.nothing"))
    ctx.exit(int(bool(rejected)))


@click.command("archive", help=t("commands.listing.archive.help"))
@click.argument("sku")
@click.option("--product", is_flag=True, help=t("commands.listing.archive.product"))
@click.option("--back", is_flag=True, help=t("commands.listing.archive.back"))
def archive_command(sku: str, product: bool, back: bool) -> None:
    """Put a SKU (or a product) out of sight, or bring it back."""
    from shop.catalog import products

    named: dict[str, Any] = {"code": sku} if product else {"sku": sku}
    with opened() as (db, actor):
        number = products.archive(db, actor=actor, back=back, **named)
    done("restored" if back else "archived", number, sku=sku)


@click.command("delete", help=t("commands.listing.delete.help"))
@click.argument("what", metavar="SKU|PLATFORM/ID")
@click.option("--product", is_flag=True, help=t("commands.listing.archive.product"))
@click.option("--yes", is_flag=True, help=t("commands.listing.delete.yes"))
def delete_command(what: str, product: bool, yes: bool) -> None:
    """Delete what nothing references, or a draft."""
    from shop.catalog import products
    from shop.listings import listings

    if not yes:
        click.confirm(t("commands.listing.delete.sure", what=what), abort=True)
    key = key_of(what)
    with opened() as (db, actor):
        if len(key) == 2 and not product:
            number = listings.delete_draft(db, *key, actor=actor)
        else:
            named: dict[str, Any] = {"code": what} if product else {"sku": what}
            number = products.delete(db, actor=actor, **named)
    done("deleted", number, what=what)


@click.command("undo", help=t("commands.listing.undo.help"))
@click.argument("number", type=int, required=False)
@json_option
def undo_command(number: int | None, as_json: bool) -> None:
    """Undo what one command changed; without a number, the last changes."""
    from dashboard.text.catalog import COMMANDS, command
    from shop.access.audit import recent
    from shop.undo.catalog import undo

    with opened() as (db, actor):
        if number is not None:
            done("undone", undo(db, number, actor=actor), as_json=as_json, which=number)
            return
        result = recent(db, actions=COMMANDS)
    if as_json:
        print_json(
            {
                "changes": [
                    {
                        "number": item.audit_id,
                        "at": item.done_at.isoformat(),
                        "who": item.actor,
                        "verb": item.action,
                        "subject": item.subject,
                        "changes": item.changes,
                        "can_undo": item.can_undo,
                    }
                    for item in result
                ]
            }
        )
        return
    if not result:
        click.echo(t("commands.listing.undo.nothing"))
    for item in result:
        mark = " " if item.can_undo else "–"
        click.echo(f"{item.audit_id:>6} {mark} {item.actor}: {command(item)}")
