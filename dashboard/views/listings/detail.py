"""One SKU on the phone: its photos, where it is offered, the findings of the check, its next state."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.ui import cache, feedback, text, upload, url_state
from dashboard.views.listings import new, set_parts
from shop.catalog import photos, products
from shop.core.errors import ShopError
from shop.listings import catalog_table, details, link_draft, listings
from shop.listings.details import ListingDetails
from shop.listings.listings import STEPS
from shop.metrics import settings

PICTURE = 150


def one() -> None:
    """The part of the page: choose a SKU, then everything about it."""
    named = cache.cached(catalog_table.named_skus)
    if not named:
        text.note(t("listings.one.none"))
        return
    value = url_state.get("sku")
    known = tuple(named)
    sku = url_state.choice(
        st.selectbox,
        t("listings.one.pick"),
        known,
        "sku",
        named.__getitem__,
        default=known[0] if value not in named else None,
    )
    _photos(sku)
    set_parts.parts(sku)
    offers = cache.cached(details.listings_of, sku)
    for place, offer in enumerate(offers):
        _offer(place, offer)
    _further(sku, {offer.platform for offer in offers if offer.status != "retired"})


def _photos(sku: str) -> None:
    text.heading(t("listings.one.photos"))
    upload.speak(t("listings.new.choose"), t("listings.new.drop"))
    shown = cache.cached(photos.of_owner, "sku", sku)
    with st.container(horizontal=True, key="photos"):
        for place, photo in enumerate(shown):
            with st.container(width=PICTURE, key=f"photo-{photo.photo_id[:12]}"):
                st.image(photo.thumb, width=PICTURE)
                with st.container(horizontal=True, gap="small"):
                    if place:
                        st.button(
                            t("listings.one.first"),
                            key=f"first-{photo.photo_id[:12]}",
                            type="tertiary",
                            on_click=_first,
                            args=(sku, photo.photo_id),
                        )
                    st.button(
                        t("listings.one.remove"),
                        key=f"remove-{photo.photo_id[:12]}",
                        type="tertiary",
                        on_click=_remove,
                        args=(sku, photo.photo_id),
                    )
    number = st.session_state.setdefault("photos-added", 0)
    added = st.file_uploader(
        t("listings.one.add_photos"),
        type=new.PICTURES,
        accept_multiple_files=True,
        key=f"add-photos-{sku}-{number}",
        help=t("listings.new.photo_help"),
    )
    if added:
        try:
            pictures = [photos.prepare(file.getvalue(), file.name) for file in added]
        except ShopError as problem:
            feedback.store_error(problem)
        else:
            if (audit := feedback.act(photos.add, "sku", sku, pictures)) is not None:
                feedback.report(t("listings.undo.photo"), audit)
        st.session_state["photos-added"] += 1
        st.rerun()


def _first(sku: str, photo_id: str) -> None:
    if (audit := feedback.act(photos.move, "sku", sku, photo_id, 0)) is not None:
        feedback.report(t("listings.undo.photo"), audit)


def _remove(sku: str, photo_id: str) -> None:
    if (audit := feedback.act(photos.remove, "sku", sku, photo_id)) is not None:
        feedback.report(t("listings.undo.photo"), audit)


def _offer(place: int, offer: ListingDetails) -> None:
    """One listing: what the platform states, the findings of the check, the steps that are possible."""
    with st.container(border=True, key=f"touch-offer-{place}"):
        name = catalog.platform(offer.platform)
        text.heading(f"{name} · {catalog.state(offer.status)}")
        text.note(_platform_values(offer))
        if offer.status in ("draft", "paused"):
            new.live_or_checked(offer.platform, offer.listing_id)
        with st.container(horizontal=True):
            for to in STEPS[offer.status]:
                if to != "live":
                    st.button(
                        t(f"listings.one.to.{to}"),
                        key=f"to-{place}-{to}",
                        on_click=new.to_state,
                        args=(offer.platform, offer.listing_id, to),
                    )
            if offer.is_own and offer.status == "draft":
                st.button(
                    t("listings.one.delete"),
                    key=f"delete-{place}",
                    type="tertiary",
                    on_click=_delete,
                    args=(offer,),
                )
        if offer.reported_at is None and offer.is_own:
            with st.container(horizontal=True, vertical_alignment="bottom"):
                st.text_input(
                    t("listings.one.link"), key=f"link-{place}", width=200, help=t("listings.one.link_help")
                )
                st.button(
                    t("listings.one.link_save"),
                    key=f"link-save-{place}",
                    on_click=_link,
                    args=(offer, f"link-{place}"),
                )


def _platform_values(offer: ListingDetails) -> str:
    if offer.reported_at is None:
        return t("listings.one.unstated")
    with cache.database().read() as connection:
        zone = ZoneInfo(settings.shop_settings(connection).time_zone)
    before = format.currency()
    format.use_currency(offer.currency)
    try:
        return t(
            "listings.one.stated",
            when=format.short_day(offer.reported_at.astimezone(zone).date()),
            status=catalog.state(offer.status),
            price=offer.price_cents,
            quantity=format.UNKNOWN if offer.quantity is None else offer.quantity,
        )
    finally:
        format.use_currency(before)


def _delete(offer: ListingDetails) -> None:
    audit = feedback.act(listings.delete_draft, offer.platform, offer.listing_id)
    if audit is not None:
        feedback.report(t("listings.undo.deleted"), audit)


def _link(offer: ListingDetails, key: str) -> None:
    given = str(st.session_state.get(key, ""))
    audit = feedback.act(link_draft.link, offer.platform, offer.listing_id, given)
    if audit is not None:
        feedback.report(t("listings.undo.linked", listing=given.strip()), audit)


def _further(sku: str, taken: set[str]) -> None:
    """Put it up on a further platform, or archive it."""
    free = [name for name in (cache.cached(details.platforms) or catalog.USUAL) if name not in taken]
    with st.container(horizontal=True, vertical_alignment="bottom", key="touch-further"):
        if free:
            platform = st.selectbox(
                t("listings.one.offer"), free, key=f"offer-{sku}", width=180, format_func=catalog.platform
            )
            st.button(t("listings.one.offer_go"), key="offer-go", on_click=_offered, args=(sku, platform))
        st.button(t("listings.one.archive"), key="archive", type="tertiary", on_click=_archive, args=(sku,))


def _offered(sku: str, platform: str) -> None:
    audit = feedback.act(listings.create_draft, sku, platform)
    if audit is not None:
        feedback.report(t("listings.undo.entered", sku=sku), audit)


def _archive(sku: str) -> None:
    audit = feedback.act(products.archive, sku=sku)
    if audit is not None:
        feedback.report(t("listings.undo.archived", sku=sku), audit)
