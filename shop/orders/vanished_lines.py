"""Lines that vanished from their order: a platform's answer about a whole order replaces its earlier ones.

An API gives an order with all its lines; a line that vanished from it vanishes here. The outcome is
the same in whatever order the versions come: an older version neither takes lines from a newer one nor
brings lines back that the newer one no longer has, and a line of a newer export file stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shop.orders.batch import IngestBatch
from shop.orders.stored_rows import SOURCE

Key = tuple[Any, ...]
Version = tuple[int, int]  # updated_at, payload_hash


def outdated_lines(
    batch: IngestBatch,
    keys: Sequence[Key],
    stored: Mapping[Key, Sequence[Any]],
    *,
    whole: bool,
    again: bool = False,
    answers: Mapping[Key, Version] | None = None,
) -> tuple[list[bool], list[Key]]:
    """Which lines a whole order that is known already outdates, and which stored lines are gone.

    With `whole`, each row number of the batch is one order with all its lines. Without (a file), a
    line that is not stored is outdated when its order is known whole and as new. `again`: read at an
    equal time, this version replaces. `answers` are the API's versions of lines that files state too.
    """
    answers = answers or {}
    if again:
        stored = {key: (old[0], -1, *old[2:]) for key, old in stored.items()}
        answers = {key: (version[0], -1) for key, version in answers.items()}
    known = _whole_versions(stored, answers)
    times, hashes = batch.columns["updated_at"], batch.columns["payload_hash"]
    if not whole:
        outdated = [
            key not in stored and key[0] in known and known[key[0]][0] >= newest
            for key, newest in zip(keys, times, strict=True)
        ]
        return outdated, []
    newest = _batch_versions(keys, list(zip(times, hashes, strict=True)), batch.rows)
    outdated = [
        row != newest[key[0]][1] or newest[key[0]][0] < known.get(key[0], (0, 0))
        for key, row in zip(keys, batch.rows, strict=True)
    ]
    present = {key for key, old in zip(keys, outdated, strict=True) if not old}
    renewed = {key[0] for key in present if newest[key[0]][0] > known.get(key[0], (0, 0))}
    gone = [
        key
        for key, old in stored.items()
        if key[0] in renewed and key not in present and tuple(old[:2]) < newest[key[0]][0]
    ]
    return outdated, gone


def _whole_versions(
    stored: Mapping[Key, Sequence[Any]], answers: Mapping[Key, Version]
) -> dict[str, Version]:
    """The version of each order that is stored as a whole: the greatest of its lines."""
    versions: dict[str, Version] = {}
    for key, old in stored.items():
        if key in answers or old[SOURCE["order_line"]] is None:
            version = answers.get(key, (old[0], old[1]))
            versions[key[0]] = max(versions.get(key[0], version), version)
    return versions


def _batch_versions(
    keys: Sequence[Key], versions: Sequence[Version], rows: Sequence[int]
) -> dict[str, tuple[Version, int]]:
    """The newest version of each order in the batch, and its row."""
    by_row: dict[tuple[str, int], Version] = {}
    for key, version, row in zip(keys, versions, rows, strict=True):
        place = (key[0], row)
        by_row[place] = max(by_row.get(place, version), version)
    newest: dict[str, tuple[Version, int]] = {}
    for (order, row), version in by_row.items():
        if order not in newest or version > newest[order][0]:
            newest[order] = (version, row)
    return newest
