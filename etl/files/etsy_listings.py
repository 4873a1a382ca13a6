"""Etsy listing download (shop manager, settings, download data): one row per listing.

The headers come in the language of the seller's account; where they are in one that is not known here,
ten numbered columns of pictures before the SKU prove the file, and the columns are known by their order,
which is the same in all: title, description, price, currency, quantity, tags, materials, pictures, two
variations with type, name and values, SKU. The file has no
listing ids: a listing is known by its SKU, else by its title. Several SKUs are in one cell, in the
order of the variation's values. Everything besides title, price and quantity is stored with the listing.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from functools import partial
from itertools import product

import numpy as np

from etl.files.base import Parsed, Recognised
from etl.files.fields import Context, FileField, Values
from etl.files.offers import (
    OfferRows,
    Once,
    as_json,
    decimal_of,
    extras_at,
    has_long_key,
    note_saved_at,
    widen,
)
from etl.files.rows import Rows
from etl.tables.amounts import amount
from etl.tables.base import Table
from etl.tables.hashes import content_key

NAME = "etsy_listings"
PLATFORM = "etsy"
VERSION = 2
PRIORITY = 90
FORBIDDEN = re.compile(  # what a sold item has and a listing has not
    r"order(?:id|number|no|date|status|value|total)?$|transactionid|buyer|saledate|datesold|dateshipped|datepaid|"
    r"ship(?:name|address|city|zip|country|state)|recipient|username|fullname|paymentid|"
    r"ordine|acquirente|venduto|datadivendita|destinatario|bestell|käufer|kaeufer|verkauf|empfänger|"
    r"commande|acheteur|vente|destinataire|pedido|comprador|venta|venda|koper|verkocht|"
    r"zamówieni|kupuj|sprzeda|objednávk|kupující|订单|买家|收件人|售出|成交"
)
WORDS = {  # in English, Italian, German, French, Spanish, Dutch, Portuguese, Polish
    "title": "TITLE TITOLO TITEL TITRE TITULO TYTUL",
    "description": "DESCRIPTION DESCRIZIONE BESCHREIBUNG DESCRIPCION BESCHRIJVING DESCRICAO OPIS",
    "price": "PRICE PREZZO PREIS PRIX PRECIO PRIJS PRECO CENA",
    "currency": "CURRENCYCODE CODICEVALUTA VALUTA WAHRUNGSCODE WAHRUNG CODEDEVISE DEVISE "
    "CODIGODEMONEDA CODIGODIVISA MONEDA CODIGODEDIVISA VALUTACODE CODIGODAMOEDA CODIGODEMOEDA MOEDA "
    "KODWALUTY WALUTA CURRENCY CODICEDIVALUTA CODICEDELLAVALUTA CODEDELADEVISE",
    "quantity": "QUANTITY QUANTITA ANZAHL MENGE STUCKZAHL QUANTITE CANTIDAD AANTAL QUANTIDADE ILOSC "
    "HOEVEELHEID",
    "tags": "TAGS TAG ETICHETTE ETICHETTA SCHLAGWORTER STICHWORTER ETIQUETAS ETIQUETTES TAGI",
    "materials": "MATERIALS MATERIALI MATERIALIEN MATERIAUX MATERIALES MATERIALEN MATERIAIS MATERIALY",
    "sku": "SKU CODICESKU ARTIKELNUMMER NUMERODESKU REFERENCESKU",
}
HINT = re.compile(r"[（(【\[]\s*(?:必填|选填|required|optional)\s*[)）】\]]", re.IGNORECASE)
PICTURE = re.compile(r"(IMAGE|IMMAGINE|FOTO|BILD|PHOTO|IMAGEN|AFBEELDING|IMAGEM|ZDJECIE|OBRAZ)\d+")
VARIATION = ("type", "name", "values")
WANTED = ("title", "description", "price", "currency", "quantity")
FIELDS = (
    *(FileField(name, (name.upper(),), required=True) for name in WANTED),
    *(FileField(name, (name.upper(),)) for name in ("tags", "materials", "sku")),
    *(
        FileField(f"variation_{number}_{part}", (f"VARIATION {number} {part.upper()}",))
        for number in (1, 2)
        for part in VARIATION
    ),
)


# --- which column is what ------------------------------------------------------------------------


def normal_header(header: str) -> str:
    """A header as it is matched: capitals and digits without accents, blanks, hints and marks."""
    text = HINT.sub("", header).replace("ß", "ss").replace("Ł", "L").replace("ł", "l")
    plain = unicodedata.normalize("NFKD", text).upper()
    return "".join(sign for sign in plain if sign.isascii() and sign.isalnum())


def places(headers: Sequence[str], table: Table, header: int) -> dict[str, int]:
    """Where each field stands, by the words of its header, else by the order of the columns."""
    result: dict[str, int] = {}
    named = [normal_header(item) for item in headers]
    for name, words in WORDS.items():
        known = words.split()
        place = next((at for at, item in enumerate(named) if item in known), None)
        if place is not None:
            result[name] = place
    if not result.keys() >= set(WANTED):
        result = _by_order(named, table.head[header + 1 :])
    if result:
        result |= _variations(named, result)
    return result


def _by_order(named: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """The columns around the one of currencies; nothing where the table is no such download."""
    rows = [row for row in rows if len(row) == len(named)]
    if not rows or not named or named[-1] not in WORDS["sku"].split() or not _has_ten_pictures(named):
        return {}
    for at in range(3, len(named) - 3):
        money = [row[at] for row in rows]
        if not all(re.fullmatch("[A-Z]{3}", cell) for cell in money):
            continue
        prices = all(re.fullmatch(r"\d[\d.,  ']*", row[at - 1]) for row in rows)
        pieces = all(re.fullmatch(r"\d+", row[at + 1]) for row in rows)
        if prices and pieces and all(row[at - 3] for row in rows):
            names = ("title", "description", "price", "currency", "quantity", "tags", "materials")
            order = {name: at - 3 + place for place, name in enumerate(names)}
            return {**order, "sku": len(named) - 1}
    return {}


def _has_ten_pictures(named: Sequence[str]) -> bool:
    """Whether one word, numbered from 1 to 10, names ten columns next to each other: no other file has them."""
    return any(
        item.endswith("1")
        and len(item) > 1
        and list(named[at : at + 10]) == [f"{item[:-1]}{n}" for n in range(1, 11)]
        for at, item in enumerate(named)
    )


def _variations(named: Sequence[str], result: dict[str, int]) -> dict[str, int]:
    """The six columns before the SKU, where they are no pictures: two variations."""
    last = result.get("sku", len(named))
    first = last - 6
    if first <= result["quantity"] or any(PICTURE.fullmatch(item) for item in named[first:last]):
        return {}
    if {first + n for n in range(6)} & set(result.values()):
        return {}
    names = (f"variation_{number}_{part}" for number in (1, 2) for part in VARIATION)
    return {name: first + place for place, name in enumerate(names)}


def prepare(recognised: Recognised, context: Context) -> None:
    """Read all columns, and find out how the file writes its prices and when it was saved."""
    from etl.tables.date_order import scan

    widen(recognised)
    note_saved_at(recognised, context)
    prices = [
        cell
        for chunk in scan(recognised.table, recognised.header, recognised.places, ("price",))
        for cell in chunk.columns["price"].to_pylist()
    ]
    context.settings["decimal"] = decimal_of(prices)


# --- the rows ------------------------------------------------------------------------------------


def parse(rows: Rows, context: Context) -> Parsed:
    """Products, variants and listings; of listings without a SKU the title is the key."""
    title = rows.text("title", required=True)
    currency, price = _money(rows, context)
    quantity = rows.whole("quantity")
    cells = {name: rows.cells(name).to_pylist() for name in ("description", "sku", "tags", "materials")}
    saved_at = int(rows.setting(context, "saved_at", 0))
    keys = rows.keys(context, title)
    result, codes, listings = (OfferRows(PLATFORM, saved_at), Once(context, "codes"), Once(context, "ids"))
    accepted = rows.accepted()
    for place in np.flatnonzero(accepted).tolist():
        skus = split(cells["sku"][place])
        code = skus[0] if skus else _from_title(title[place], keys[place])
        name, text = _unescaped(title[place]), _unescaped(cells["description"][place])
        pieces = None if quantity[place] < 0 else int(quantity[place])
        row = int(rows.numbers[place])
        variations = _variations_of(rows, place)
        forms = forms_of(skus, variations, code)
        if has_long_key(rows, place, "sku", code, *(sku for sku, _ in forms)):
            continue
        extras = as_json(
            {
                "description": text,
                "tags": split(cells["tags"][place]),
                "materials": split(cells["materials"][place]),
                "variations": variations,
                "images": _pictures(rows, place),
                "sku": cells["sku"][place],
                "quantity": pieces if len(forms) > 1 else None,
                "columns": {h: v for h, v in extras_at(rows, place).items() if not is_picture(h, v)},
            }
        )
        if codes.first(code):
            result.put("product", row, product_code=code, title=name, description=text)
        for sku, spec in forms:
            if len(skus) != 1 or codes.first(f"{code} as variant"):
                result.put(
                    "variant",
                    row,
                    sku=sku,
                    product_code=code,
                    title=spec,
                    price_cents=int(price[place]),
                    currency=currency[place],
                )
            result.put(
                "listing",
                row,
                listing_id=listings(sku),
                sku=sku,
                product_id=code,
                title=name,
                spec=spec,
                status="live",
                price_cents=int(price[place]),
                currency=currency[place],
                quantity=pieces if len(forms) == 1 else None,
                extras=extras,
            )
    return Parsed(rows, result.batches())


def _money(rows: Rows, context: Context) -> tuple[Values, Values]:
    """Currency and price of each row; what is no currency or no amount rejects its row."""
    decimal = str(rows.setting(context, "decimal", "."))
    currency = rows.currencies(None)
    price = rows.amounts("price", currency, partial(amount, decimal=decimal), required=True)
    rows.refuse_where(price < 0, "price", "Negative")
    return currency, price


def _from_title(title: str, key: str) -> str:
    """The code of a listing without a SKU: its title, numbered where another one has the same."""
    number = key.rpartition("-")[2]
    code = content_key(PLATFORM, title)
    return code if number == "1" else f"{code}-{number}"


def split(cell: str | None) -> list[str]:
    """The parts of a cell with several values."""
    return [part.strip() for part in (cell or "").split(",") if part.strip()]


def _unescaped(text: str | None) -> str | None:
    return None if text is None else html.unescape(text).replace("\r\n", "\n").strip()


def _variations_of(rows: Rows, place: int) -> list[dict[str, str]]:
    result = []
    for number in (1, 2):
        item = {part: rows.cells(f"variation_{number}_{part}")[place].as_py() for part in VARIATION}
        if any(item.values()):
            result.append({part: text for part, text in item.items() if text})
    return result


def _pictures(rows: Rows, place: int) -> list[str]:
    """The addresses of a listing's pictures, in their order."""
    return [text for header, text in extras_at(rows, place).items() if is_picture(header, text)]


def is_picture(header: str, text: str) -> bool:
    """Whether a cell is a picture: by its header in a known language, or as a plain address."""
    return bool(PICTURE.fullmatch(normal_header(header))) or text.startswith(("https://", "http://"))


def forms_of(
    skus: Sequence[str], variations: Sequence[dict[str, str]], code: str
) -> list[tuple[str, str | None]]:
    """The buyable forms of a listing: SKU and what it is called.

    As many SKUs as values (or as pairs of values) belong to them in their order; without any SKU each
    value is a form; one SKU for all values is one form.
    """
    values = [split(item.get("values")) for item in variations]
    pairs = [" / ".join(pair) for pair in product(*filter(None, values))] if any(values) else []
    if skus and len(skus) == len(pairs):
        return list(zip(skus, pairs, strict=True))
    if len(skus) > 1:
        first = next((some for some in values if len(some) == len(skus)), None)
        return list(zip(skus, first, strict=True)) if first else [(sku, None) for sku in skus]
    if skus:
        return [(skus[0], " / ".join(", ".join(some) for some in values if some) or None)]
    return [(f"{code}/{pair}", pair) for pair in pairs] or [(code, None)]
