"""`kilnboard listing state`, `check`, `offer`, `link` and `todo`: what is on which platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import done, json_option, opened
from dashboard.i18n.messages import t

if TYPE_CHECKING:
    from shop.db.database import Database
    from shop.listings.readiness import Finding

if TYPE_CHECKING:
    from shop.db.database import Database
    from shop.listings.readiness import Finding


STATES = ("live", "paused", "retired", "draft")


def readiness_of(db: Database, platform: str, listing: str) -> tuple[Finding, ...]:
    """The findings that block a listing, or warn."""
    from shop.listings.readiness import check

    return check(db, platform, listing).findings


def finding_contract(result: Finding) -> dict[str, Any]:
    """A finding as JSON."""
    return {"code": result.code, "blocks": result.blocks, **result.details}


def print_findings(result: tuple[Finding, ...], currency: str) -> None:
    """Print findings in words."""
    from dashboard.text.catalog import finding

    for item in result:
        click.echo(f"  {'✗' if item.blocks else '·'} {finding(item, currency)}")


@click.command("state", help=t("commands.listing.state.help"))
@click.argument("listing", metavar="PLATFORM/ID")
@click.argument("to", type=click.Choice(STATES))
@json_option
def state_command(listing: str, to: str, as_json: bool) -> None:
    """Take a listing to another state; live only through the check."""
    from shop.listings import listings

    platform, listing_id = _listing(listing)
    with opened() as (db, actor):
        changed = listings.change_state(db, platform, listing_id, to, actor=actor)
    result = changed.readiness.findings if changed.readiness else ()
    if as_json:
        print_json(
            {
                "listing": listing,
                "status": to,
                "undo": changed.audit_id,
                "check": [finding_contract(item) for item in result],
            }
        )
        return
    done("state", changed.audit_id, listing=listing, state=t(f"listings.one.to.{to}"))
    print_findings(result, "")


def _listing(text: str) -> tuple[str, str]:
    platform, _, listing = text.partition("/")
    if not listing:
        raise click.UsageError(t("commands.listing.no_listing", text=text))
    return platform, listing


@click.command("check", help=t("commands.listing.check.help"))
@click.argument("listing", metavar="PLATFORM/ID")
@json_option
@click.pass_context
def check_command(ctx: click.Context, listing: str, as_json: bool) -> None:
    """What a listing lacks before it goes live; 1 when something is missing."""
    with opened() as (db, _):
        result = readiness_of(db, *_listing(listing))
    blocks = [item for item in result if item.blocks]
    if as_json:
        print_json(
            {"listing": listing, "ready": not blocks, "check": [finding_contract(item) for item in result]}
        )
    else:
        click.echo(
            t("commands.listing.check.missing" if blocks else "commands.listing.check.ready", listing=listing)
        )
        print_findings(result, "")
    ctx.exit(int(bool(blocks)))


@click.command("offer", help=t("commands.listing.offer.help"))
@click.argument("sku")
@click.argument("platform")
@click.option("--title", metavar="TEXT", help=t("commands.listing.offer.title"))
def offer_command(sku: str, platform: str, title: str | None) -> None:
    """Put up a draft of a variant for a platform."""
    from shop.listings import listings

    with opened() as (db, actor):
        number = listings.create_draft(db, sku, platform, title=title, actor=actor)
    done("offered", number, sku=sku, platform=platform)


@click.command("link", help=t("commands.listing.link.help"))
@click.argument("listing", metavar="PLATFORM/ID")
@click.argument("platform_id")
def link_command(listing: str, platform_id: str) -> None:
    """Give a draft the id that the platform gave it."""
    from shop.listings import link_draft

    with opened() as (db, actor):
        number = link_draft.link(db, *_listing(listing), platform_id, actor=actor)
    done("linked", number, listing=listing, platform_id=platform_id)


@click.command("todo", help=t("commands.listing.todo.help"))
@json_option
@click.pass_context
def todo_command(ctx: click.Context, as_json: bool) -> None:
    """What was changed here and is still to be changed on the platforms; 1 when there is any."""
    from dashboard.text import catalog
    from shop.listings import details

    with opened() as (db, _):
        result = details.to_do(db)
    if as_json:
        print_json(
            {
                "rows": [
                    {
                        "platform": item.platform,
                        "listing_id": item.listing_id,
                        "sku": item.sku,
                        "field": item.field,
                        "stated": item.current,
                        "wanted": item.wanted,
                        "currency": item.currency,
                    }
                    for item in result
                ]
            }
        )
    elif not result:
        click.echo(t("commands.listing.todo.none"))
    for item in () if as_json else result:
        click.echo(
            t(
                "listings.table.change",
                what=f"{catalog.platform(item.platform)} {item.title}",
                field=catalog.label(item.field),
                before=catalog.shown(item.field, item.current, item.currency),
                after=catalog.shown(item.field, item.wanted, item.currency),
            )
        )
    ctx.exit(int(bool(result)))
