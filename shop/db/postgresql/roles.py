"""Roles of the server for one shop: who reads its views by SQL, and who works in it; neither reaches another shop.

A role may use the schema of its shop and nothing else: what is granted is granted to it alone, it is a member of no
other role, and no function here runs with the rights of its owner. Renewed when an upgrade creates views again.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg import sql

Kind = Literal["reader", "writer"]
KINDS: tuple[Kind, ...] = ("reader", "writer")
LONGEST_NAME = 63  # of an identifier of PostgreSQL
SCHEMA_BEGINS = re.compile("(?=_shop_)")  # at several places: of several databases and shops
PASSWORD_BYTES = 24
IN_SCHEMA = (
    "SELECT c.relname, c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v') ORDER BY 1"
)
Run = Callable[..., Any]


@dataclass(frozen=True)
class ServerRole:
    """A role of the server, and its password where it got a new one."""

    name: str
    password: str


def role_name(database: str, schema: str, kind: Kind) -> str:
    """The name of the role of a shop: roles are the whole server's, so that the database is part of it."""
    name = f"{database}_{schema}_{kind}"
    if len(name.encode()) <= LONGEST_NAME and len(SCHEMA_BEGINS.findall(name)) == 1:
        return name
    mark = hashlib.sha256(f"{database}/{schema}".encode()).hexdigest()
    return f"{schema[:36]}_{kind}_{mark[:12]}"


def grant_role(raw: psycopg.Connection[Any], schema: str, kind: Kind) -> ServerRole:
    """Create the role of a shop, or give it a new password, with all its rights; raises what the server refuses.

    A reader may read the shop's views, of which none has a password or a session; a writer works in all its tables.
    """
    database = raw.info.dbname
    name, password = role_name(database, schema, kind), secrets.token_urlsafe(PASSWORD_BYTES)
    sealed = raw.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    role = sql.Identifier(name)
    is_there = raw.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
    verb = sql.SQL("ALTER" if is_there else "CREATE")
    with raw.transaction():
        raw.execute(
            sql.SQL("{} ROLE {} LOGIN NOINHERIT NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                verb, role, sql.Literal(sealed)
            )
        )
        raw.execute(
            sql.SQL("ALTER ROLE {} IN DATABASE {} SET search_path = {}").format(
                role, sql.Identifier(database), sql.Identifier(schema)
            )
        )
        _grant(raw.execute, name, schema, kind)
    return ServerRole(name, password)


def withdraw_role(raw: psycopg.Connection[Any], schema: str, kind: Kind) -> str:
    """Take the role of a shop off the server, with all its rights; its name. Nothing happens where there is none."""
    name = role_name(raw.info.dbname, schema, kind)
    if raw.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone():
        role, place = sql.Identifier(name), sql.Identifier(schema)
        with raw.transaction():
            for statement in (
                "REVOKE ALL ON ALL TABLES IN SCHEMA {place} FROM {role}",
                "REVOKE ALL ON SCHEMA {place} FROM {role}",
                "DROP ROLE {role}",
            ):
                raw.execute(sql.SQL(statement).format(place=place, role=role))
    return name


def renew_grants(raw: psycopg.Connection[Any], schema: str) -> None:
    """Give the roles of a shop their rights on tables and views that were created again."""
    for kind in KINDS:
        name = role_name(raw.info.dbname, schema, kind)
        if raw.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone():
            _grant(raw.execute, name, schema, kind)


def _grant(run: Run, name: str, schema: str, kind: Kind) -> None:
    role, place = sql.Identifier(name), sql.Identifier(schema)
    run(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(place, role))
    for table, rights in _rights(run, schema, kind):
        run(sql.SQL("GRANT {} ON {}.{} TO {}").format(sql.SQL(rights), place, sql.Identifier(table), role))


def _rights(run: Run, schema: str, kind: Kind) -> Iterator[tuple[str, str]]:
    for table, relation in run(IN_SCHEMA, (schema,)).fetchall():
        if relation == "v":
            yield table, "SELECT"
        elif kind == "writer":
            yield table, "SELECT, INSERT, UPDATE, DELETE"
