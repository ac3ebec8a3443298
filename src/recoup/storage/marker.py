"""`recoup.json` at the root of a storage: which format is kept there.

The marker is looked at once per storage and process. A storage without one is new, and becomes Recoup's by its first
write. A newer one stops us before we read or write anything else.
"""

from __future__ import annotations

import os
import time
import weakref
from typing import TYPE_CHECKING

import msgspec

from recoup.exceptions import NewerFormat, NotAStorage, ObjectExists, ObjectNotFound
from recoup.records import FORMAT, Marker
from recoup.version import __version__

if TYPE_CHECKING:
    from recoup.abc import ObjectStore

__all__ = ["MARKER", "ensure_marker", "ensure_salt", "open_storage"]

MARKER = "recoup.json"

_SALT_SIZE = 32

_seen: weakref.WeakKeyDictionary[ObjectStore, Marker | None] = weakref.WeakKeyDictionary()


def open_storage(store: ObjectStore) -> Marker | None:
    """Return the marker of `store`, or `None` if it is new; to be called before the first read.

    Raises `NewerFormat` if a newer Recoup keeps its results there, and `StoreError` if the storage does not answer;
    neither is remembered, so the next call asks again.
    """
    if store not in _seen:
        return _seen.setdefault(store, _read(store))
    return _seen[store]


def ensure_marker(store: ObjectStore) -> Marker:
    """Return the marker of `store`, which is written if there is none; to be called before the first write."""
    marker = open_storage(store)
    if marker is None:
        marker = _seen[store] = _write(store)
    return marker


def ensure_salt(store: ObjectStore) -> bytes:
    """Return the salt of `store`; a storage that was made without one gets one."""
    marker = ensure_marker(store)
    if not marker.salt:
        salted = msgspec.structs.replace(marker, salt=os.urandom(_SALT_SIZE).hex())
        store.put(MARKER, [_encode(salted)])
        marker = _seen[store] = _read(store) or salted  # somebody may have been a moment later: theirs is what stands
    return marker.salt.encode()


class _Version(msgspec.Struct):
    recoup: int


def _read(store: ObjectStore) -> Marker | None:
    try:
        data = store.get(MARKER)
    except ObjectNotFound:
        return None
    if not data.strip(b"\0"):  # torn by a power loss; the records have their own checks
        return None
    try:
        version = msgspec.json.decode(data, type=_Version).recoup
        if version <= FORMAT:
            return msgspec.json.decode(data, type=Marker)
    except msgspec.DecodeError as exc:
        raise NotAStorage(
            f"{MARKER} in {store!r} is not what Recoup writes: {exc}. Choose another folder, or move that file away."
        ) from exc
    raise NewerFormat(
        f"{store!r} is kept in format {version}, and this Recoup knows formats up to {FORMAT}. "
        f"Update Recoup (pip install -U recoup), or use another storage."
    )


def _encode(marker: Marker) -> bytes:
    return msgspec.json.encode(marker) + b"\n"


def _write(store: ObjectStore) -> Marker:
    marker = Marker(recoup=FORMAT, created=time.time(), by=f"recoup {__version__}", salt=os.urandom(_SALT_SIZE).hex())
    data = _encode(marker)
    try:
        store.put(MARKER, [data], create=True)
    except ObjectExists:
        found = _read(store)  # somebody was faster, or it is torn
        if found is not None:
            return found
        store.put(MARKER, [data])
    return marker
