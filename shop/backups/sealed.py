"""Backups in one file that only a passphrase opens: the database and its buyer key as a tar, encrypted in chunks.

Layout: MAGIC, one line of JSON (the key pair's sealed private half, the sealed key of the stream and its header), then
chunks of libsodium's secretstream (XChaCha20-Poly1305) of CHUNK bytes plus TAG_BYTES. The last chunk is marked final:
a file that was cut off is no backup. Writing needs the public key alone.
"""

from __future__ import annotations

import io
import json
import tarfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from shop.core.errors import ShopError
from shop.core.passphrase import KeyPair, open_private

SUFFIX = ".sealed"
MAGIC = b"KILNBOARD BACKUP 1\n"
CHUNK = 1 << 16
TAG_BYTES = 17


class DamagedSealedBackup(ShopError):
    """An encrypted backup is cut off, was changed, or is no such file."""

    message = "{path} is no whole encrypted backup. Take another one."


def seal_files(files: dict[str, Path], target: Path, pair: KeyPair) -> None:
    """Write these files (by their names inside) encrypted to a new file."""
    from nacl import bindings
    from nacl.public import PublicKey, SealedBox

    key = bindings.crypto_secretstream_xchacha20poly1305_keygen()
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    header = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    sealed = SealedBox(PublicKey(bytes.fromhex(pair.public_key))).encrypt(key)
    line = {**vars(pair), "key": b64encode(bytes(sealed)).decode(), "header": b64encode(header).decode()}

    def push(content: bytes, tag: int) -> bytes:
        result: bytes = bindings.crypto_secretstream_xchacha20poly1305_push(state, content, b"", tag)
        return result

    with target.open("xb") as file:
        file.write(MAGIC + json.dumps(line).encode() + b"\n")
        writer = _ChunkWriter(file, push)
        with tarfile.open(fileobj=writer, mode="w|") as archive:
            for name, path in files.items():
                archive.add(path, arcname=name, recursive=False)
        writer.finish()


class _ChunkWriter(io.RawIOBase):
    """Takes what is written in any pieces and encrypts it in chunks."""

    def __init__(self, file: IO[bytes], push: Any) -> None:
        self._file, self._push, self._rest = file, push, b""

    def write(self, content: Any) -> int:
        """Take a piece."""
        self._rest += bytes(content)
        while len(self._rest) > CHUNK:
            self._file.write(self._push(self._rest[:CHUNK], 0))
            self._rest = self._rest[CHUNK:]
        return len(content)

    def finish(self) -> None:
        """Write the last chunk, marked as such."""
        from nacl.bindings import crypto_secretstream_xchacha20poly1305_TAG_FINAL as FINAL

        self._file.write(self._push(self._rest, FINAL))


def open_sealed(source: Path, passphrase: str, folder: Path) -> list[Path]:
    """Decrypt a backup into a folder; its files. Raises WrongPassphrase or DamagedSealedBackup."""
    try:
        with source.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise DamagedSealedBackup(path=str(source))
            line = json.loads(file.readline(1 << 16))
            reader = _ChunkReader(_chunks(file, line, passphrase, source))
            with tarfile.open(fileobj=reader, mode="r|") as archive:
                archive.extractall(folder, filter="data")
            reader.read(-1)  # to the final chunk: a file that was cut off has none
    except (ValueError, KeyError, TypeError, tarfile.TarError) as problem:
        raise DamagedSealedBackup(path=str(source)) from problem
    return sorted(path for path in folder.iterdir() if path.is_file())


def _chunks(file: IO[bytes], line: dict[str, Any], passphrase: str, source: Path) -> Iterator[bytes]:
    from nacl import bindings
    from nacl.bindings import crypto_secretstream_xchacha20poly1305_TAG_FINAL as FINAL
    from nacl.exceptions import CryptoError
    from nacl.public import PrivateKey, SealedBox

    pair = KeyPair(**{name: line[name] for name in KeyPair.__dataclass_fields__})
    box = SealedBox(PrivateKey(open_private(pair, passphrase)))
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    try:
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(
            state, b64decode(line["header"]), box.decrypt(b64decode(line["key"]))
        )
        tag = None
        while content := file.read(CHUNK + TAG_BYTES):
            plain, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, content)
            yield plain
    except (CryptoError, RuntimeError) as problem:
        raise DamagedSealedBackup(path=str(source)) from problem
    if tag != FINAL:
        raise DamagedSealedBackup(path=str(source))


class _ChunkReader(io.RawIOBase):
    """The decrypted chunks as a file that is read forward."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes; all of them where `size` is negative."""
        while size < 0 or len(self._rest) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._rest += chunk
        size = len(self._rest) if size < 0 else size
        result, self._rest = self._rest[:size], self._rest[size:]
        return result
