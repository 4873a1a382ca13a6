"""Key pairs whose private half only a passphrase opens: what is sealed with the public half needs no passphrase.

X25519 sealed boxes and secret boxes of libsodium (PyNaCl); the key of the private half is derived by argon2id (RFC
9106, second recommended option: 3 passes over 64 MiB). A lost passphrase cannot be restored.
"""

from __future__ import annotations

from dataclasses import dataclass

from shop.core.errors import ShopError

OPERATIONS, MEMORY = 3, 64 << 20
SHORTEST = 8


class WrongPassphrase(ShopError):
    """The passphrase does not open the private key."""

    message = "This passphrase is wrong."


class PassphraseTooShort(ShopError):
    """A passphrase is easy to guess."""

    message = "Take a passphrase of at least {least} characters, such as four words."


@dataclass(frozen=True)
class KeyPair:
    """A key pair as it is stored: the public key, the sealed private key and the salt in hex, the cost of argon2id."""

    public_key: str
    private_key: str
    salt: str
    operations: int
    memory: int


def new_key_pair(passphrase: str) -> KeyPair:
    """A new pair; raises PassphraseTooShort."""
    from nacl.public import PrivateKey

    key = PrivateKey.generate()
    return seal_private(bytes(key), bytes(key.public_key).hex(), passphrase)


def seal_private(private: bytes, public_key: str, passphrase: str) -> KeyPair:
    """The pair with its private half sealed by this passphrase; raises PassphraseTooShort."""
    from nacl.pwhash import argon2id
    from nacl.secret import SecretBox
    from nacl.utils import random

    if len(passphrase) < SHORTEST:
        raise PassphraseTooShort(least=SHORTEST)
    salt = random(argon2id.SALTBYTES)
    sealed = SecretBox(_derived(passphrase, salt, OPERATIONS, MEMORY)).encrypt(private)
    return KeyPair(public_key, bytes(sealed).hex(), salt.hex(), OPERATIONS, MEMORY)


def open_private(pair: KeyPair, passphrase: str) -> bytes:
    """The private half; raises WrongPassphrase."""
    from nacl.exceptions import CryptoError
    from nacl.secret import SecretBox

    key = _derived(passphrase, bytes.fromhex(pair.salt), pair.operations, pair.memory)
    try:
        return SecretBox(key).decrypt(bytes.fromhex(pair.private_key))
    except CryptoError:
        raise WrongPassphrase from None


def _derived(passphrase: str, salt: bytes, operations: int, memory: int) -> bytes:
    from nacl.pwhash import argon2id

    return argon2id.kdf(32, passphrase.encode(), salt, operations, memory)
