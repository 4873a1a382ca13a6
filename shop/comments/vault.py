"""Contacts that people leave: sealed with the shop's public key as they are read, opened by the owner's passphrase.

The key pair is of shop/core/passphrase.py. Whoever has the database alone reads no contact. A lost passphrase cannot be
restored: contacts sealed with its key stay closed.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.comments.contacts import Contact, find_contacts, mask_personal
from shop.core.errors import ShopError
from shop.core.passphrase import KeyPair, new_key_pair, open_private, seal_private
from shop.db.database import Database


class NoContactKey(ShopError):
    """Contacts are to be read in a shop without a key."""

    message = (
        "No passphrase is set up yet, so contacts are not kept. Set one up on the Comments page under Leads."
    )


class ContactKeyExists(ShopError):
    """A key is to be created where there is one."""

    message = "A passphrase is set up already. Change it instead: a new key could not open what is sealed."


@dataclass(frozen=True)
class Sealed:
    """A remark that is ready to be stored: its contacts blotted out, and sealed where the shop has a key."""

    text: str
    contact: str | None


def mask_and_seal(remark: str, public_key: str) -> Sealed:
    """The remark with its contacts masked, and the contacts sealed with the key (hex; "" for none)."""
    masked = mask_personal(remark)
    if masked == remark or not public_key or not (contacts := find_contacts(remark)):
        return Sealed(masked, None)
    return Sealed(masked, seal(contacts, public_key))


def seal(contacts: Iterable[Contact], public_key: str) -> str:
    """Contacts sealed with a public key (hex), as base64; another text at every call."""
    plain = json.dumps([[item.kind, item.value] for item in contacts], ensure_ascii=False)
    return b64encode(_box(public_key).encrypt(plain.encode())).decode()


@lru_cache(4)
def _box(public_key: str):  # type: ignore[no-untyped-def]  # PyNaCl is loaded where a key exists
    from nacl.public import PublicKey, SealedBox

    return SealedBox(PublicKey(bytes.fromhex(public_key)))


def public_key(connection: Connection, shop_id: int = 1) -> str:
    """The shop's public key in hex, "" where none is set up."""
    row = connection.execute(
        text("SELECT public_key FROM comment_settings WHERE shop_id = :shop"), {"shop": shop_id}
    ).scalar()
    return str(row or "")


def has_key(db: Database, shop_id: int = 1) -> bool:
    """Whether contacts are stored."""
    with db.read() as connection:
        return bool(public_key(connection, shop_id))


def create_key(db: Database, passphrase: str, *, actor: Actor, shop_id: int = 1) -> None:
    """Set up the key pair; raises ContactKeyExists, PassphraseTooShort, NotAllowed."""
    require(actor, "read_contacts")
    with db.write() as connection:
        if public_key(connection, shop_id):
            raise ContactKeyExists
        _store(connection, shop_id, new_key_pair(passphrase))
        log_action(connection, actor, "contacts.key", "", shop_id=shop_id)


def change_passphrase(db: Database, old: str, new: str, *, actor: Actor, shop_id: int = 1) -> None:
    """Seal the private key with another passphrase; raises WrongPassphrase, NoContactKey, PassphraseTooShort."""
    require(actor, "read_contacts")
    with db.write() as connection:
        private = _private_key(connection, old, shop_id)
        _store(connection, shop_id, seal_private(private, public_key(connection, shop_id), new))
        log_action(connection, actor, "contacts.passphrase", "", shop_id=shop_id)


def open_contacts(
    db: Database, passphrase: str, *, actor: Actor, shop_id: int = 1
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """All contacts by platform and comment: kind and value each; logged.

    Raises NoContactKey, WrongPassphrase, NotAllowed.
    """
    require(actor, "read_contacts")
    from nacl.exceptions import CryptoError
    from nacl.public import PrivateKey, SealedBox

    with db.write() as connection:
        box = SealedBox(PrivateKey(_private_key(connection, passphrase, shop_id)))
        rows = connection.execute(
            text(
                "SELECT platform, comment_id, sealed_contact FROM comment "
                "WHERE shop_id = :shop AND sealed_contact IS NOT NULL ORDER BY platform, comment_id"
            ),
            {"shop": shop_id},
        ).all()
        result: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for platform, comment, sealed in rows:
            try:
                pairs = json.loads(box.decrypt(b64decode(sealed)))
            except (CryptoError, ValueError):
                continue  # sealed with another shop's key, or damaged
            result[platform, comment] = [(kind, value) for kind, value in pairs]
        log_action(connection, actor, "contacts.read", str(len(result)), shop_id=shop_id)
    return result


def _private_key(connection: Connection, passphrase: str, shop_id: int) -> bytes:
    row = connection.execute(
        text(
            "SELECT public_key, private_key, salt, operations, memory FROM comment_settings "
            "WHERE shop_id = :shop AND private_key IS NOT NULL"
        ),
        {"shop": shop_id},
    ).one_or_none()
    if row is None:
        raise NoContactKey
    return open_private(KeyPair(*row), passphrase)


def _store(connection: Connection, shop_id: int, pair: KeyPair) -> None:
    connection.execute(
        text(
            "INSERT INTO comment_settings (shop_id, public_key, private_key, salt, operations, memory) "
            "VALUES (:shop, :public_key, :private_key, :salt, :operations, :memory) "
            "ON CONFLICT (shop_id) DO UPDATE SET "
            "public_key = excluded.public_key, private_key = excluded.private_key, salt = excluded.salt, "
            "operations = excluded.operations, memory = excluded.memory"
        ),
        {"shop": shop_id, **vars(pair)},
    )
