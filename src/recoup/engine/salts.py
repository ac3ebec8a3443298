"""What secrets are hashed with: the same for everybody who shares a storage, and never what is stored of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blake3 import blake3

from recoup.exceptions import HashError, StoreError
from recoup.storage.marker import ensure_salt

if TYPE_CHECKING:
    from recoup.engine.ledger import Ledger

__all__ = ["salt_of"]

_CONTEXT = "recoup 2026-11-22 salt of secrets among arguments"


def salt_of(setting: str | None, ledger: Ledger | None) -> bytes:
    """Return 32 bytes: of the setting `key_salt`, else of the storage. Raises `HashError` where that does not answer."""
    if setting is not None:
        return _derived(setting.encode())
    if ledger is None:
        return _derived(b"")
    try:
        return _derived(ensure_salt(ledger.store))
    except StoreError as exc:
        raise HashError(
            f"cannot hash secrets: the storage does not give its salt ({exc}). Set RECOUP_KEY_SALT to a text that all have who share "
            "the storage, or leave the argument out of the key: Annotated[str, Ignore]."
        ) from exc


def _derived(material: bytes) -> bytes:
    return blake3(material, derive_key_context=_CONTEXT).digest()
