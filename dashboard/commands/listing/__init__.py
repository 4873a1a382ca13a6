"""`kilnboard listing`: what the Listings page does, for scripts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common.output import say_json, table
from dashboard.commands.common.session import done, json_option, key_of, opened
from dashboard.commands.listing.files import export_command, import_command
from dashboard.commands.listing.match import match_group
from dashboard.i18n.messages import t
from shop.metrics.tables import records

if TYPE_CHECKING:
    from shop.db.database import Database
    from shop.listings.readiness import Finding

STATES = ("live", "paused", "retired", "draft")
POLICIES = ("stocked", "made_to_order", "one_of_a_kind")


@click.group("listing", help=t("commands.listing.help"))
@click.option("--as", "name", metavar="NAME", help=t("commands.listing.as_"))
def listing_command(name: str | None) -> None:
    """Products, variants, pieces and listings."""
    if name:
        from dashboard.ui.actor import USER

        os.environ[USER] = name


for command in (match_group, import_command, export_command):
    listing_command.add_command(command)


@listing_command.command("list", help=t("commands.listing.list.help"))
@click.argument("text", default="")
@click.option("--platform", metavar="NAME", default="", help=t("commands.listing.platform"))
@click.option("--status", type=click.Choice(STATES), default=None, help=t("commands.listing.list.status"))
@click.option(
    "--lacking",
    type=click.Choice(("measures", "photo")),
    default=None,
    help=t("commands.listing.list.lacking"),
)
@click.option("--archived", is_flag=True, help=t("commands.listing.list.archived"))
@json_option
def list_command(
    text: str, platform: str, status: str | None, lacking: str | None, archived: bool, as_json: bool
) -> None:
    """The catalog, a row for every listing and for what is not listed yet."""
    from dashboard.text import catalog
    from shop.listings.sheet import SheetFilter, sheet

    wanted = SheetFilter(text, platform, status or "", lacking=lacking or "", archived=archived)
    with opened() as (db, _):
        rows = records(sheet(db, wanted))
    if as_json:
        say_json({"rows": [_plain(row) for row in rows]})
        return
    heads = [
        catalog.label(name)
        for name in ("sku", "product_title", "platform", "listing_id", "status", "listing_price")
    ]
    cells = [
        [
            row["sku"] or "–",
            " ".join(filter(None, (row["product_title"] or row["listing_title"], row["variant_title"]))),
            catalog.platform(row["platform"]) if row["platform"] else "–",
            row["listing_id"] or "–",
            catalog.state(row["status"]) if row["status"] else "–",
            _price(row),
        ]
        for row in rows
    ]
    click.echo(table(heads, cells, left=5) if cells else t("listings.table.no_rows"))


def _price(row: Any) -> str:
    """The price that the shop wants of a row: of its listing, else of its variant."""
    from dashboard.text.catalog import money

    if row["platform"]:
        cents = row["wanted_price"] if row["wanted_price"] is not None else row["listing_price"]
        return "–" if cents is None else money(int(cents), row["listing_currency"])
    return "–" if row["price"] is None else money(int(row["price"]), row["currency"])


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.endswith("_extras")}


@listing_command.command("show", help=t("commands.listing.show.help"))
@click.argument("sku")
@json_option
def show_command(sku: str, as_json: bool) -> None:
    """Everything about one SKU: what is known, where it is offered, what the checks say."""
    from dashboard.text import catalog
    from shop.catalog import photos
    from shop.catalog.fields import FIELDS
    from shop.catalog.products import UnknownSku
    from shop.listings import details
    from shop.listings.sheet import extras_of, sheet

    with opened() as (db, actor):
        rows = [row for row in records(sheet(db)) if row["sku"] == sku]
        if not rows:
            raise UnknownSku(sku=sku)
        offers = details.listings_of(db, sku)
        checks = {offer.platform: _check(db, offer.platform, offer.listing_id) for offer in offers}
        pictures = len(photos.of_owner(db, "sku", sku))
        extras = {name: extras_of(rows[0][f"{name}_extras"]) for name in ("product", "variant")}
        if not actor.may("see_margins"):
            extras = {
                name: {key: value for key, value in found.items() if "cost" not in key.casefold()}
                for name, found in extras.items()
            }
    first = rows[0]
    if as_json:
        offered = [
            {
                "platform": one.platform,
                "listing_id": one.listing_id,
                "title": one.title,
                "status": one.status,
                "price": one.price_cents,
                "wanted_price": one.wanted_price_cents,
                "currency": one.currency,
                "quantity": one.quantity,
                "check": [_finding(found) for found in checks[one.platform]],
            }
            for one in offers
        ]
        say_json({**_plain(first), "photos": pictures, "listings": offered, "extras": extras})
        return
    for field in FIELDS:
        if field.table != "listing" and first[field.name] is not None:
            value = catalog.shown(field.name, first[field.name], first["currency"] or "")
            click.echo(f"{catalog.label(field.name)}: {value}")
    click.echo(f"{t('listings.one.photos')}: {pictures}")
    for offer in offers:
        click.echo(f"\n{catalog.platform(offer.platform)} {offer.listing_id} · {catalog.state(offer.status)}")
        _say_findings(checks[offer.platform], offer.currency)


def _check(db: Database, platform: str, listing: str) -> tuple[Finding, ...]:
    from shop.listings.readiness import check

    return check(db, platform, listing).findings


def _finding(found: Finding) -> dict[str, Any]:
    return {"code": found.code, "blocks": found.blocks, **found.details}


def _say_findings(found: tuple[Finding, ...], currency: str) -> None:
    from dashboard.text.catalog import finding

    for one in found:
        click.echo(f"  {'✗' if one.blocks else '·'} {finding(one, currency)}")


@listing_command.command("add", help=t("commands.listing.add.help"))
@click.argument("title", default="")
@click.option("--to", "code", metavar="CODE", help=t("commands.listing.add.to"))
@click.option("--form", metavar="TEXT", help=t("commands.listing.add.form"))
@click.option("--glaze", metavar="TEXT", help=t("commands.listing.add.glaze"))
@click.option("--clay", metavar="TEXT", help=t("commands.listing.add.clay"))
@click.option("--family", metavar="TEXT", help=t("commands.listing.add.family"))
@click.option("--food-safe/--not-food-safe", default=None, help=t("commands.listing.add.food_safe"))
@click.option("--sku", metavar="SKU", help=t("commands.listing.add.sku"))
@click.option("--variant", metavar="TEXT", help=t("commands.listing.add.variant"))
@click.option("--price", metavar="MONEY", help=t("commands.listing.add.price"))
@click.option("--currency", metavar="ISO", help=t("commands.listing.add.currency"))
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    default="stocked",
    show_default=True,
    help=t("commands.listing.add.policy"),
)
@click.option("--lead-days", type=int, metavar="N", help=t("commands.listing.add.lead_days"))
@click.option("--height", type=int, metavar="MM", help=t("commands.listing.add.height"))
@click.option("--width", type=int, metavar="MM", help=t("commands.listing.add.width"))
@click.option("--volume", type=int, metavar="ML", help=t("commands.listing.add.volume"))
@click.option("--weight", type=int, metavar="G", help=t("commands.listing.add.weight"))
@click.option("--shelf", type=int, metavar="CM2", help=t("commands.listing.add.shelf"))
@click.option("--place", metavar="TEXT", help=t("commands.listing.add.place"))
@click.option("--on", "platforms", multiple=True, metavar="PLATFORM", help=t("commands.listing.add.on"))
@click.option(
    "--photo",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help=t("commands.listing.add.photo"),
)
@click.option(
    "--pieces", type=click.IntRange(0), default=0, metavar="N", help=t("commands.listing.add.pieces")
)
@json_option
def add_command(
    title: str,
    code: str | None,
    files: tuple[Path, ...],
    platforms: tuple[str, ...],
    pieces: int,
    as_json: bool,
    **typed: Any,
) -> None:
    """A new product with its variant, photos, drafts and pieces, in one go."""
    from shop.catalog import photos
    from shop.listings import new_item

    with opened() as (db, actor):
        pictures = [photos.prepare(path.read_bytes(), path.name) for path in files]
        entry = _entry(db, title, code, typed, pictures, platforms, pieces)
        made = new_item.add_item(db, entry, actor=actor)
    done("added", made.audit_id, as_json=as_json, sku=made.sku, product=made.product_code)


def _entry(
    db: Database,
    title: str,
    code: str | None,
    typed: dict[str, Any],
    pictures: list[Any],
    platforms: tuple[str, ...],
    pieces: int,
) -> Any:
    from shop.catalog.fields import price_of
    from shop.catalog.pieces import PieceFields
    from shop.catalog.products import ProductFields, VariantFields
    from shop.listings import details
    from shop.listings.new_item import NamelessItem, NewItem

    name = title or " ".join(filter(None, (typed["glaze"], typed["form"])))
    if not name and not code:
        raise NamelessItem()
    currency = typed["currency"] or details.currency(db)
    shared = {
        "sku": typed["sku"],
        "price_cents": price_of(typed["price"], currency),
        "currency": currency,
        "height_mm": typed["height"],
        "width_mm": typed["width"],
        "volume_ml": typed["volume"],
        "weight_g": typed["weight"],
        "shelf_cm2": typed["shelf"],
        "place": typed["place"],
    }
    unique = typed["policy"] == "one_of_a_kind"
    product = (
        None
        if code
        else ProductFields(
            name,
            typed["family"],
            typed["form"],
            typed["glaze"],
            typed["clay"],
            is_food_safe=typed["food_safe"],
        )
    )
    variant = (
        None
        if unique
        else VariantFields(
            title=typed["variant"], stock_policy=typed["policy"], lead_days=typed["lead_days"], **shared
        )
    )
    piece = PieceFields(note=typed["variant"], **shared) if unique else None
    return NewItem(product, code, variant, piece, pictures, platforms, on_shelf=pieces)


@listing_command.command("edit", help=t("commands.listing.edit.help"))
@click.argument("row")
@click.argument("values", nargs=-1, required=True, metavar="FIELD=VALUE...")
@json_option
@click.pass_context
def edit_command(ctx: click.Context, row: str, values: tuple[str, ...], as_json: bool) -> None:
    """Change fields of a SKU, a product or a listing; wrong ones are said, the others saved."""
    from dashboard.text import catalog
    from dashboard.text.errors import error
    from shop.catalog.fields import BY_NAME
    from shop.listings import bulk_edit

    cells = []
    for text in values:
        name, separator, value = text.partition("=")
        if not separator or name not in BY_NAME:
            known = ", ".join(one for one, field in BY_NAME.items() if not field.is_key)
            raise click.UsageError(t("commands.listing.edit.unknown", name=name, known=known))
        cells.append(bulk_edit.Cell(name, key_of(row), value))
    with opened() as (db, actor):
        planned = bulk_edit.plan(db, cells, actor=actor)
        number = bulk_edit.apply(db, planned, actor=actor) if planned.changes else None
    refused = [{"field": one.cell.field, "reason": error(one.problem)} for one in planned.refused]
    if as_json:
        changes = [{"field": one.field, "before": one.before, "after": one.after} for one in planned.changes]
        say_json({"changes": changes, "refused": refused, "undo": number})
    else:
        for one in planned.changes:
            click.echo(
                t(
                    "listings.table.change",
                    what=row,
                    field=catalog.label(one.field),
                    before=catalog.shown(one.field, one.before, one.currency),
                    after=catalog.shown(one.field, one.after, one.currency),
                )
            )
        for refusal in refused:
            click.echo(t("listings.table.refusal", what=row, reason=refusal["reason"]), err=True)
        if number is not None:
            click.echo(t("commands.listing.done.undo", number=number))
        elif not refused:
            click.echo(t("commands.listing.edit.nothing"))
    ctx.exit(int(bool(refused)))


@listing_command.command("state", help=t("commands.listing.state.help"))
@click.argument("listing", metavar="PLATFORM/ID")
@click.argument("to", type=click.Choice(STATES))
@json_option
def state_command(listing: str, to: str, as_json: bool) -> None:
    """Take a listing to another state; live only through the check."""
    from shop.listings import listings

    platform, listing_id = _listing(listing)
    with opened() as (db, actor):
        moved = listings.change_state(db, platform, listing_id, to, actor=actor)
    found = moved.readiness.findings if moved.readiness else ()
    if as_json:
        say_json(
            {
                "listing": listing,
                "status": to,
                "undo": moved.audit_id,
                "check": [_finding(one) for one in found],
            }
        )
        return
    done("state", moved.audit_id, listing=listing, state=t(f"listings.one.to.{to}"))
    _say_findings(found, "")


def _listing(text: str) -> tuple[str, str]:
    platform, _, listing = text.partition("/")
    if not listing:
        raise click.UsageError(t("commands.listing.no_listing", text=text))
    return platform, listing


@listing_command.command("check", help=t("commands.listing.check.help"))
@click.argument("listing", metavar="PLATFORM/ID")
@json_option
@click.pass_context
def check_command(ctx: click.Context, listing: str, as_json: bool) -> None:
    """What a listing lacks before it goes live; 1 when something is missing."""
    with opened() as (db, _):
        found = _check(db, *_listing(listing))
    blocks = [one for one in found if one.blocks]
    if as_json:
        say_json({"listing": listing, "ready": not blocks, "check": [_finding(one) for one in found]})
    else:
        click.echo(
            t("commands.listing.check.missing" if blocks else "commands.listing.check.ready", listing=listing)
        )
        _say_findings(found, "")
    ctx.exit(int(bool(blocks)))


@listing_command.command("offer", help=t("commands.listing.offer.help"))
@click.argument("sku")
@click.argument("platform")
@click.option("--title", metavar="TEXT", help=t("commands.listing.offer.title"))
def offer_command(sku: str, platform: str, title: str | None) -> None:
    """Put up a draft of a variant for a platform."""
    from shop.listings import listings

    with opened() as (db, actor):
        number = listings.create_draft(db, sku, platform, title=title, actor=actor)
    done("offered", number, sku=sku, platform=platform)


@listing_command.command("link", help=t("commands.listing.link.help"))
@click.argument("listing", metavar="PLATFORM/ID")
@click.argument("platform_id")
def link_command(listing: str, platform_id: str) -> None:
    """Give a draft the id that the platform gave it."""
    from shop.listings import link_draft

    with opened() as (db, actor):
        number = link_draft.link(db, *_listing(listing), platform_id, actor=actor)
    done("linked", number, listing=listing, platform_id=platform_id)


@listing_command.command("archive", help=t("commands.listing.archive.help"))
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


@listing_command.command("delete", help=t("commands.listing.delete.help"))
@click.argument("what", metavar="SKU|PLATFORM/ID")
@click.option("--product", is_flag=True, help=t("commands.listing.archive.product"))
@click.option("--yes", is_flag=True, help=t("commands.listing.delete.yes"))
def delete_command(what: str, product: bool, yes: bool) -> None:
    """Delete what nothing hangs on, or a draft."""
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


@listing_command.group("photo", help=t("commands.listing.photo.help"))
def photo_group() -> None:
    """Photos of a SKU."""


@photo_group.command("add", help=t("commands.listing.photo.add"))
@click.argument("sku")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
def photo_add_command(sku: str, files: tuple[Path, ...]) -> None:
    """Put photos behind those that a SKU has."""
    from shop.catalog import photos

    with opened() as (db, actor):
        pictures = [photos.prepare(path.read_bytes(), path.name) for path in files]
        number = photos.add(db, "sku", sku, pictures, actor=actor)
    done("photos", number, sku=sku, count=len(pictures))


@photo_group.command("list", help=t("commands.listing.photo.list"))
@click.argument("sku")
@json_option
def photo_list_command(sku: str, as_json: bool) -> None:
    """The photos of a SKU in their order."""
    from shop.catalog import photos

    with opened() as (db, _):
        found = photos.of_owner(db, "sku", sku)
    if as_json:
        say_json(
            {
                "sku": sku,
                "photos": [
                    {"photo_id": one.photo_id, "width": one.width, "height": one.height} for one in found
                ],
            }
        )
        return
    for place, one in enumerate(found, 1):
        click.echo(f"{place}  {one.photo_id[:12]}  {one.width} x {one.height}")


@photo_group.command("remove", help=t("commands.listing.photo.remove"))
@click.argument("sku")
@click.argument("place", type=click.IntRange(1))
def photo_remove_command(sku: str, place: int) -> None:
    """Take a photo away; undo brings it back."""
    from shop.catalog import photos

    with opened() as (db, actor):
        found = photos.of_owner(db, "sku", sku)
        if place > len(found):
            raise photos.NoSuchPhoto(owner=sku)
        number = photos.remove(db, "sku", sku, found[place - 1].photo_id, actor=actor)
    done("photo_removed", number, sku=sku)


@listing_command.command("todo", help=t("commands.listing.todo.help"))
@json_option
@click.pass_context
def todo_command(ctx: click.Context, as_json: bool) -> None:
    """What was changed here and is still to be changed on the platforms; 1 when there is any."""
    from dashboard.text import catalog
    from shop.listings import details

    with opened() as (db, _):
        found = details.to_do(db)
    if as_json:
        say_json(
            {
                "rows": [
                    {
                        "platform": one.platform,
                        "listing_id": one.listing_id,
                        "sku": one.sku,
                        "field": one.field,
                        "stated": one.stated,
                        "wanted": one.wanted,
                        "currency": one.currency,
                    }
                    for one in found
                ]
            }
        )
    elif not found:
        click.echo(t("commands.listing.todo.none"))
    for one in () if as_json else found:
        click.echo(
            t(
                "listings.table.change",
                what=f"{catalog.platform(one.platform)} {one.title}",
                field=catalog.label(one.field),
                before=catalog.shown(one.field, one.stated, one.currency),
                after=catalog.shown(one.field, one.wanted, one.currency),
            )
        )
    ctx.exit(int(bool(found)))


@listing_command.command("undo", help=t("commands.listing.undo.help"))
@click.argument("number", type=int, required=False)
@json_option
def undo_command(number: int | None, as_json: bool) -> None:
    """Take back what one command changed; without a number, the last changes."""
    from dashboard.text.catalog import VERBS, verb
    from shop.access.audit import recent
    from shop.undo.catalog import undo

    with opened() as (db, actor):
        if number is not None:
            done("undone", undo(db, number, actor=actor), as_json=as_json, which=number)
            return
        found = recent(db, actions=VERBS)
    if as_json:
        say_json(
            {
                "changes": [
                    {
                        "number": one.audit_id,
                        "at": one.done_at.isoformat(),
                        "who": one.actor,
                        "verb": one.action,
                        "subject": one.subject,
                        "changes": one.changes,
                        "can_undo": one.can_undo,
                    }
                    for one in found
                ]
            }
        )
        return
    if not found:
        click.echo(t("commands.listing.undo.nothing"))
    for one in found:
        mark = " " if one.can_undo else "–"
        click.echo(f"{one.audit_id:>6} {mark} {one.actor}: {verb(one)}")
