"""A group of shops: which there are (`shops`), who may see which (`access`), side by side (`comparison`).

Each shop is a database of its own: a file of SQLite, or a schema in a database of any PostgreSQL server. One of them,
the home, has the list. Imports connect, access and metrics; `comparison` imports growth.
"""
