"""`kilnboard listing`: what the Listings page does, for scripts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common.output import print_json, table
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
    from shop.listings.sheet import Narrowed
    from shop.listings.sheet import sheet as worksheet

    wanted = Narrowed(text, platform, status or "", lacking=lacking or "", archived=archived)
    with opened() as (db, _):
        rows = records(worksheet(db, wanted))
    if as_json:
        print_json({"rows": [_plain(row) for row in rows]})
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
    from shop.listings import listings
    from shop.listings.sheet import extras_of
    from shop.listings.sheet import sheet as worksheet

    with opened() as (db, actor):
        rows = [row for row in records(worksheet(db)) if row["sku"] == sku]
        if not rows:
            raise UnknownSku(sku=sku)
        offers = listings.offers_of(db, sku)
        checks = {offer.platform: _check(db, offer.platform, offer.listing_id) for offer in offers}
        pictures = len(photos.of_owner(db, "sku", sku))
        extras = {name: extras_of(rows[0][f"{name}_extras"]) for name in ("product", "variant")}
        if not actor.may("see_margins"):
            extras = {
                name: {key: value for key, value in result.items() if "cost" not in key.casefold()}
                for name, result in extras.items()
            }
    first = rows[0]
    if as_json:
        offered = [
            {
                "platform": item.platform,
                "listing_id": item.listing_id,
                "title": item.title,
                "status": item.status,
                "price": item.price_cents,
                "wanted_price": item.wanted_price_cents,
                "currency": item.currency,
                "quantity": item.quantity,
                "check": [_finding(result) for result in checks[item.platform]],
            }
            for item in offers
        ]
        print_json({**_plain(first), "photos": pictures, "listings": offered, "extras": extras})
        return
    for field in FIELDS:
        if field.table != "listing" and first[field.name] is not None:
            value = catalog.shown(field.name, first[field.name], first["currency"] or "")
            click.echo(f"{catalog.label(field.name)}: {value}")
    click.echo(f"{t('listings.one.photos')}: {pictures}")
    for offer in offers:
        click.echo(f"\n{catalog.platform(offer.platform)} {offer.listing_id} · {catalog.state(offer.status)}")
        _print_findings(checks[offer.platform], offer.currency)


def _check(db: Database, platform: str, listing: str) -> tuple[Finding, ...]:
    from shop.listings.readiness import check

    return check(db, platform, listing).findings


def _finding(result: Finding) -> dict[str, Any]:
    return {"code": result.code, "blocks": result.blocks, **result.details}


def _print_findings(result: tuple[Finding, ...], currency: str) -> None:
    from dashboard.text.catalog import finding

    for item in result:
        click.echo(f"  {'✗' if item.blocks else '·'} {finding(item, currency)}")


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
        result = new_item.enter(db, entry, actor=actor)
    done("added", result.audit_id, as_json=as_json, sku=result.sku, product=result.product_code)


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
    from shop.listings import listings
    from shop.listings.new_item import Entry, NamelessEntry

    name = title or " ".join(filter(None, (typed["glaze"], typed["form"])))
    if not name and not code:
        raise NamelessEntry()
    currency = typed["currency"] or listings.currency(db)
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
    return Entry(product, code, variant, piece, pictures, platforms, on_shelf=pieces)


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
            known = ", ".join(item for item, field in BY_NAME.items() if not field.is_key)
            raise click.UsageError(t("commands.listing.edit.unknown", name=name, known=known))
        cells.append(bulk_edit.Cell(name, key_of(row), value))
    with opened() as (db, actor):
        planned = bulk_edit.plan(db, cells, actor=actor)
        number = bulk_edit.apply(db, planned, actor=actor) if planned.changes else None
    refused = [{"field": item.cell.field, "reason": error(item.problem)} for item in planned.refused]
    if as_json:
        changes = [
            {"field": item.field, "before": item.before, "after": item.after} for item in planned.changes
        ]
        print_json({"changes": changes, "refused": refused, "undo": number})
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
        changed = listings.change_state(db, platform, listing_id, to, actor=actor)
    result = changed.readiness.findings if changed.readiness else ()
    if as_json:
        print_json(
            {
                "listing": listing,
                "status": to,
                "undo": changed.audit_id,
                "check": [_finding(item) for item in result],
            }
        )
        return
    done("state", changed.audit_id, listing=listing, state=t(f"listings.one.to.{to}"))
    _print_findings(result, "")


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
        result = _check(db, *_listing(listing))
    blocks = [item for item in result if item.blocks]
    if as_json:
        print_json({"listing": listing, "ready": not blocks, "check": [_finding(item) for item in result]})
    else:
        click.echo(
            t("commands.listing.check.missing" if blocks else "commands.listing.check.ready", listing=listing)
        )
        _print_findings(result, "")
    ctx.exit(int(bool(blocks)))


@listing_command.command("offer", help=t("commands.listing.offer.help"))
@click.argument("sku")
@click.argument("platform")
@click.option("--title", metavar="TEXT", help=t("commands.listing.offer.title"))
def offer_command(sku: str, platform: str, title: str | None) -> None:
    """Put up a draft of a variant for a platform."""
    from shop.listings import listings

    with opened() as (db, actor):
        number = listings.offer(db, sku, platform, title=title, actor=actor)
    done("offered", number, sku=sku, platform=platform)


@listing_command.command("link", help=t("commands.listing.link.help"))
@click.argument("listing", metavar="PLATFORM/ID")
@click.argument("platform_id")
def link_command(listing: str, platform_id: str) -> None:
    """Give a draft the id that the platform gave it."""
    from shop.listings import listings

    with opened() as (db, actor):
        number = listings.link(db, *_listing(listing), platform_id, actor=actor)
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
        result = photos.of_owner(db, "sku", sku)
    if as_json:
        print_json(
            {
                "sku": sku,
                "photos": [
                    {"photo_id": item.photo_id, "width": item.width, "height": item.height} for item in result
                ],
            }
        )
        return
    for place, item in enumerate(result, 1):
        click.echo(f"{place}  {item.photo_id[:12]}  {item.width} x {item.height}")


@photo_group.command("remove", help=t("commands.listing.photo.remove"))
@click.argument("sku")
@click.argument("place", type=click.IntRange(1))
def photo_remove_command(sku: str, place: int) -> None:
    """Take a photo away; undo brings it back."""
    from shop.catalog import photos

    with opened() as (db, actor):
        result = photos.of_owner(db, "sku", sku)
        if place > len(result):
            raise photos.NoSuchPhoto(owner=sku)
        number = photos.remove(db, "sku", sku, result[place - 1].photo_id, actor=actor)
    done("photo_removed", number, sku=sku)


@listing_command.command("todo", help=t("commands.listing.todo.help"))
@json_option
@click.pass_context
def todo_command(ctx: click.Context, as_json: bool) -> None:
    """What was changed here and is still to be changed on the platforms; 1 when there is any."""
    from dashboard.text import catalog
    from shop.listings import listings

    with opened() as (db, _):
        result = listings.to_do(db)
    if as_json:
        print_json(
            {
                "rows": [
                    {
                        "platform": item.platform,
                        "listing_id": item.listing_id,
                        "sku": item.sku,
                        "field": item.field,
                        "stated": item.stated,
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
                before=catalog.shown(item.field, item.stated, item.currency),
                after=catalog.shown(item.field, item.wanted, item.currency),
            )
        )
    ctx.exit(int(bool(result)))


@listing_command.command("undo", help=t("commands.listing.undo.help"))
@click.argument("number", type=int, required=False)
@json_option
def undo_command(number: int | None, as_json: bool) -> None:
    """Take back what one command changed; without a number, the last changes."""
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
