"""Values and code to digests.

A digest is BLAKE3 over a canonical, typed, framed encoding of the value (`_canonical`), walked without recursion
(`_walk`), taken apart by handlers that are strangers to each other (`handlers/`, found by `_dispatch`). Two equal
values have one digest whatever their layout in memory, the process or the machine; two types never share one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recoup.hashing._dispatch import register_digest
from recoup.hashing._forms import Reference
from recoup.hashing.describe import describe
from recoup.hashing.hasher import Hasher, digest, token

if TYPE_CHECKING:
    from recoup.hashing.code import fingerprint

__all__ = ["Hasher", "Reference", "describe", "digest", "fingerprint", "register_digest", "token"]


def __getattr__(name: str) -> Any:
    """Find `fingerprint` when it is first asked for: reading code needs more than hashing values."""
    if name == "fingerprint":
        from recoup.hashing.code import fingerprint  # noqa: PLC0415 - this is what makes the import lazy

        return fingerprint
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
