"""The database file: opening and transactions (`database`), bulk insert, backup and restore.

What differs between engines is here alone: constructs of SQLite have names in `dialect`, and `postgresql` translates
all SQL where the shop is on a server. Knows no figures:
`shop.connect.connect` opens a shop. May import shop.core, shop.models, shop.migrations.
"""
