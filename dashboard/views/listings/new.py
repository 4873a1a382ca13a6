"""A new cup by phone: photo, form, glaze, measures and price on one screen, then the check at once."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import catalog as catalog_words
from dashboard.text.choices import distinct_labels
from dashboard.ui import actor, cache, feedback, text, upload
from dashboard.views.listings import common
from shop.catalog import photos
from shop.catalog.fields import price_of
from shop.catalog.pieces import PieceFields
from shop.catalog.products import ProductFields, VariantFields
from shop.core.errors import ShopError
from shop.listings import catalog_table, details, listings, new_item, readiness
from shop.listings.new_item import ItemAdded, NewItem
from shop.models.catalog import POLICIES
from shop.undo import catalog as undo

LAST, ROUND = "entry.last", "entry.round"
CARRIED_OVER = ("form", "glaze", "kind", "platforms", "food", "place")  # for the next one
PICTURES = ["jpg", "jpeg", "png", "webp", "heic", "heif"]
NEW = "new"
FORM = 560
HALF = 171  # two fields next to each other on a phone


def new() -> None:
    """The part of the page: what came of the last one, and the form for the next."""
    if entered := st.session_state.get(LAST):
        _result(entered)
    text.heading(t("listings.new.title"))
    upload.speak(t("listings.new.choose"), t("listings.new.drop"))
    used = cache.cached(catalog_table.words_used)
    products = {NEW: t("listings.new.product_new"), **cache.cached(catalog_table.named_products)}
    selling = _platforms()
    with st.form("entry", border=False, width=FORM), st.container(key="touch-entry"):
        st.file_uploader(
            t("listings.new.photo"),
            type=PICTURES,
            accept_multiple_files=True,
            key=_key("photos"),
            help=t("listings.new.photo_help"),
        )
        st.segmented_control(
            t("listings.new.kind"),
            POLICIES,
            default="stocked",
            required=True,
            key=_key("kind"),
            format_func=lambda name: t(f"listings.new.kinds.{name}"),
        )
        if len(products) > 1:
            st.selectbox(
                t("listings.new.product"),
                tuple(products),
                key=_key("product"),
                format_func=distinct_labels(products, products.__getitem__),
            )
        with st.container(horizontal=True, gap="small"):
            for name in ("form", "glaze"):
                st.selectbox(
                    t(f"listings.new.{name}"),
                    used[name],
                    index=None,
                    key=_key(name),
                    accept_new_options=True,
                    width=HALF,
                    placeholder=t("listings.new.no_form"),
                )
        with st.container(horizontal=True, gap="small"):
            st.text_input(
                t("listings.new.name"), key=_key("name"), width=HALF, placeholder=t("listings.new.name_hint")
            )
            st.text_input(
                t("listings.new.size"), key=_key("size"), width=HALF, placeholder=t("listings.new.size_hint")
            )
        _numbers()
        st.toggle(t("listings.new.food"), key=_key("food"))
        st.pills(
            t("listings.new.platforms"),
            selling,
            selection_mode="multi",
            default=selling[:1] if cache.cached(details.platforms) else [],
            key=_key("platforms"),
            format_func=catalog_words.platform,
        )
        with st.expander(t("listings.new.more")), st.container(horizontal=True, gap="small"):
            _number("volume")
            _number("lead")
            st.text_input(t("listings.new.place"), key=_key("place"), width=HALF)
            st.text_input(
                t("listings.new.sku"), key=_key("sku"), width=HALF, placeholder=t("listings.new.sku_hint")
            )
        st.form_submit_button(
            t("listings.new.save"), type="primary", width="stretch", key="entry-save", on_click=_save
        )
        st.form_submit_button(
            t("listings.new.save_next"),
            width="stretch",
            key="entry-next",
            on_click=partial(_save, carry_over=True),
        )


def _numbers() -> None:
    with st.container(horizontal=True, gap="small"):
        st.number_input(
            t("listings.new.price"),
            key=_key("price"),
            min_value=0.0,
            value=None,
            step=1.0,
            format="%.2f",
            width=HALF,
        )
        st.number_input(
            t("listings.new.pieces"), key=_key("pieces"), min_value=0, value=None, step=1, width=HALF
        )
    with st.container(horizontal=True, gap="small"):
        for name in ("height", "width"):
            _number(name)
    with st.container(horizontal=True, gap="small"):
        _number("weight")


def _number(name: str) -> None:
    st.number_input(t(f"listings.new.{name}"), key=_key(name), min_value=1, value=None, step=1, width=HALF)


def _key(name: str) -> str:
    """A field's key: those that are carried over stay, the others begin again with each piece."""
    number = 0 if name in CARRIED_OVER else st.session_state.setdefault(ROUND, 0)
    return f"entry-{name}-{number}"


def _platforms() -> tuple[str, ...]:
    """The platforms where the shop sells; the usual ones in a new shop."""
    return cache.cached(details.platforms) or catalog_words.USUAL


def _typed(name: str) -> Any:
    result = st.session_state.get(_key(name))
    return result.strip() or None if isinstance(result, str) else result


# --- saving --------------------------------------------------------------------------------------


def _save(*, carry_over: bool = False) -> None:
    """Save what was typed; `keep` leaves form, glaze and the like for the next one."""
    try:
        entry = _entry()
    except ShopError as problem:
        feedback.store_error(problem)
        return
    added = feedback.act(new_item.add_item, entry)
    if added is None:
        return
    feedback.report(t("listings.undo.entered", sku=added.sku), partial(_undo, added.audit_id))
    st.session_state[LAST] = added
    st.session_state[ROUND] += 1
    if not carry_over:
        for name in CARRIED_OVER:
            st.session_state.pop(_key(name), None)


def _undo(audit_id: int) -> None:
    undo.undo(cache.database(), audit_id, actor=actor.actor())
    st.session_state.pop(LAST, None)


def _entry() -> NewItem:
    """What stands in the form as an entry; raises what is wrong with it."""
    pictures = tuple(photos.prepare(file.getvalue(), file.name) for file in _typed("photos") or ())
    product = _typed("product") or NEW
    fields = (
        None
        if product != NEW
        else ProductFields(
            title=_title(),
            form=_typed("form"),
            glaze=_typed("glaze"),
            is_food_safe=True if _typed("food") else None,
        )
    )
    return NewItem(
        product=fields,
        code=None if product == NEW else product,
        variant=None if _is_unique() else _variant(),
        piece=_piece() if _is_unique() else None,
        pictures=pictures,
        platforms=tuple(_typed("platforms") or ()),
        on_hand=int(_typed("pieces") or (1 if _is_unique() else 0)),
    )


def _is_unique() -> bool:
    return cast(str, _typed("kind")) == "one_of_a_kind"


def _title() -> str:
    """The name that was typed, else glaze and form; raises NamelessEntry without any of them."""
    parts = [_typed("name")] if _typed("name") else [_typed("glaze"), _typed("form")]
    result = " ".join(part for part in parts if part)
    if not result:
        raise new_item.NamelessItem()
    return result


def _measures() -> dict[str, Any]:
    return {
        "sku": _typed("sku"),
        "price_cents": price_of(_typed("price"), cache.cached(details.currency)),
        "height_mm": _typed("height"),
        "width_mm": _typed("width"),
        "volume_ml": _typed("volume"),
        "weight_g": _typed("weight"),
        "place": _typed("place"),
    }


def _variant() -> VariantFields:
    return VariantFields(
        title=_typed("size"),
        stock_policy=_typed("kind") or "stocked",
        lead_days=_typed("lead"),
        **_measures(),
    )


def _piece() -> PieceFields:
    return PieceFields(note=_typed("size"), **_measures())


# --- what came of it -----------------------------------------------------------------------------


def _result(entered: ItemAdded) -> None:
    """The check of what was just saved, with the button that puts it up for sale."""
    if not entered.listings:
        return
    with st.container(border=True, key="touch-entered"):
        text.heading(t("listings.new.saved_as", sku=entered.sku))
        for platform, listing in entered.listings:
            live_or_checked(platform, listing)


def live_or_checked(platform: str, listing: str) -> None:
    """A listing's way to being live: what the check reports, or the button that puts it up."""
    name = catalog_words.platform(platform)
    offered = cache.cached(details.listing_details, platform, listing)
    if offered is None or offered.status == "live":
        if offered:
            text.note(t("listings.new.is_live", platform=name))
        return
    result = cache.cached(readiness.check, platform, listing)
    common.findings(result.findings, offered.currency, key=f"{platform}-{listing}")
    if not result.blocks:
        st.button(
            t("listings.new.go_live", platform=name),
            key=f"live-{platform}-{listing}",
            type="primary",
            on_click=to_state,
            args=(platform, listing, "live"),
        )


def to_state(platform: str, listing: str, state: str) -> None:
    """Take a listing to a state, and report it."""
    changed = feedback.act(listings.change_state, platform, listing, state)
    if changed is not None:
        feedback.report(
            t("listings.undo.state", listing=listing, state=catalog_words.state(state)), changed.audit_id
        )
