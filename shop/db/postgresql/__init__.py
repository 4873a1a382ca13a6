"""A shop in a PostgreSQL database: `database.open_server` opens it, by a URL that begins with postgresql://.

The program writes one SQL, that of SQLite. Here it becomes PostgreSQL's: `translation` rewrites each statement once,
`functions` are SQLite's functions as functions of PostgreSQL (schema `sqlite`), `driver` behaves as Python's sqlite3
module does, and `schema` creates the tables of the models. Needs the extra `postgres` (psycopg and sqlglot).
May import the rest of shop.db.
"""
