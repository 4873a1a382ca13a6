"""Personal data that earlier versions stored is taken out.

They stored every column of a product file, buyers' columns among them, and took Etsy's sold items for listings.
"""

import json
import zlib

from alembic import op

from shop.core.personal import clean_extras, hide_contacts, is_personal_header, mask_contacts, without_contacts

revision = "0020"
down_revision = "0019"

SOLD = ("Sale Date", "Buyer", "Ship Name")  # columns of Etsy's sold items
MASKED = {"sold_name": ("title", "spec"), "sold_sku": ("title", "spec"), "live_session": ("title",), "video": ("title",)}
HIDDEN = {"rejected_record": ("details", "raw"), "rejected_answer": ("details",)}


def upgrade():
    """Bring the database from 0019 to 0020: extras, rejected rows, landed pages and the log lose people's cells."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute("PRAGMA secure_delete = ON")
    sold = _sold_as_listings(cursor)
    for table in ("product", "variant", "listing"):
        _rewrite(cursor, table, "extras", clean_extras)
    for rowid, product in sold:
        cursor.execute("UPDATE listing SET extras = NULL WHERE rowid = ?", (rowid,))
        cursor.execute(
            "UPDATE product SET extras = NULL, description = NULL WHERE product_code = ? AND shop_id = "
            "(SELECT shop_id FROM listing WHERE rowid = ?)",
            (product, rowid),
        )
    for table, columns in MASKED.items():
        for column in columns:
            _rewrite(cursor, table, column, mask_contacts)
    for table, columns in HIDDEN.items():
        for column in columns:
            _rewrite(cursor, table, column, _without_contacts)
    _rewrite(cursor, "audit", "undo", _undo_without_people)
    _rewrite(cursor, "raw_page", "body", _page_without_contacts)
    cursor.execute("PRAGMA secure_delete = OFF")  # of the connection: every later roll-up would write zeros


def _sold_as_listings(cursor):
    """The listings that were made of sold items, with their product."""
    marks = " AND ".join("extras LIKE ?" for _ in SOLD)
    values = [f'%"{name}":%' for name in SOLD]
    return cursor.execute(f"SELECT rowid, product_id FROM listing WHERE {marks}", values).fetchall()


def _rewrite(cursor, table, column, clean):
    """Write the cells of a column again that are not clean; equal cells are read once."""
    for (cell,) in cursor.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL").fetchall():
        try:
            result = clean(cell)
        except (ValueError, zlib.error):  # no JSON: nothing that this program wrote
            continue
        if result != cell:
            cursor.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (result, cell))


def _without_contacts(stored):
    cells = json.loads(stored)
    hidden = {
        name: hide_contacts(cell, name)
        for name, cell in cells.items()
        if not (name.startswith("extra:") and is_personal_header(name.removeprefix("extra:")))
    }
    return stored if hidden == cells else json.dumps(hidden, ensure_ascii=False)


def _undo_without_people(stored):
    changes = json.loads(stored)
    before = json.dumps(changes)
    for change in changes if isinstance(changes, list) else ():
        for row in change.get("rows", ()) if isinstance(change, dict) else ():
            for values in (row.get("before"), row.get("after")):
                if isinstance(values, dict) and values.get("extras"):
                    values["extras"] = clean_extras(values["extras"])
    return stored if json.dumps(changes) == before else json.dumps(changes, ensure_ascii=False)


def _page_without_contacts(body):
    records = json.loads(zlib.decompress(body))
    cleaned = without_contacts(records)
    if cleaned == records:
        return body
    return zlib.compress(json.dumps(cleaned, ensure_ascii=False, separators=(",", ":")).encode(), 3)
