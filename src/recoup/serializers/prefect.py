"""What Prefect 3 wrote, read back: its record files and the formats inside them. Nothing is written this way.

A record file is JSON, `{"metadata": {…}, "result": "<text>"}`; with a key storage, the metadata lies alone in one file
and the text in another. The text is base64 of a pickle or of compressed bytes, or JSON itself.

Unlike Recoup's records these files have no check: they are read from where the user keeps results, and believed.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec looks at it
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from recoup.abc import Encoded, Serializer
from recoup.exceptions import NotLoadableHere, SerializationError
from recoup.serializers.compressed import decompress
from recoup.serializers.pickle import PickleSerializer
from recoup.serializers.typed import class_named, exception_of
from recoup.wording import said

if TYPE_CHECKING:
    from recoup.abc import Buffer

__all__ = ["PrefectFormat", "PrefectMetadata", "PrefectRecord", "read_metadata", "read_record"]


class PrefectMetadata(msgspec.Struct, frozen=True):
    """What Prefect notes of a result."""

    storage_key: str
    serializer: dict[str, Any]
    expiration: datetime | None = None
    prefect_version: str = ""
    storage_block_id: str | None = None


class PrefectRecord(NamedTuple):
    """A record file: the metadata, and the bytes of the value as its serializer wrote them."""

    metadata: PrefectMetadata
    result: bytes


class _File(msgspec.Struct):
    metadata: PrefectMetadata
    result: str


def read_record(data: bytes) -> PrefectRecord | None:
    """Return the record in a file of Prefect's, or `None` when it is none."""
    try:
        found = msgspec.json.decode(data, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return PrefectRecord(found.metadata, found.result.encode())


def read_metadata(data: bytes) -> PrefectMetadata | None:
    """Return the metadata in a file of a key storage, or `None` when it is none."""
    try:
        return msgspec.json.decode(data, type=PrefectMetadata)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


@dataclass(frozen=True, eq=False)
class PrefectFormat(Serializer):
    """A serializer as Prefect's metadata describe it; it only reads."""

    spec: dict[str, Any]

    @property
    def type(self) -> str:  # type: ignore[override]  # it depends on what is read
        """Return Prefect's name of the format."""
        return f"prefect/{self.spec.get('type')}"

    def encode(self, value: Any) -> Encoded:
        """Refuse: what Recoup writes is not what Prefect writes."""
        raise SerializationError(
            f"{self.type} is only read. Write {type(value).__name__} with one of Recoup's serializers, such as 'json'."
        )

    def decode(self, data: Buffer) -> Any:
        """Return the value in the text that Prefect's serializer wrote."""
        try:
            return _loads(self.spec, bytes(data))
        except SerializationError:
            raise
        except Exception as exc:  # what a class named in the file makes of the data
            raise SerializationError(f"a value that Prefect wrote as {self.type!r} cannot be read: {said(exc)}") from exc


def _loads(spec: dict[str, Any], data: bytes) -> Any:
    kind = str(spec.get("type"))
    if kind == "json":
        return _from_json(data)
    if kind == "pickle":
        return PickleSerializer().decode(binascii.a2b_base64(data))
    if kind.partition("/")[0] == "compressed":
        plain = decompress(spec.get("compressionlib") or "lzma", binascii.a2b_base64(data))
        return _loads(spec.get("serializer") or {"type": kind.partition("/")[2]}, plain)
    raise NotLoadableHere(f"the value was written by Prefect's serializer {kind!r}, which Recoup does not read")


# --- JSON ----------------------------------------------------------------------------------------


def _from_json(data: bytes) -> Any:
    import json  # noqa: PLC0415 - 3 ms that most programs never pay

    try:
        return json.loads(data, object_hook=_object)
    except (ValueError, RecursionError) as exc:
        raise SerializationError(f"the text is not JSON: {exc}") from exc


def _object(members: dict[str, Any]) -> Any:
    """Return what Prefect writes as an object with the name of a class."""
    if "__exc_type__" in members:
        return exception_of(members["__exc_type__"], members.get("message"))
    if "__class__" in members:
        return _made(class_named(members["__class__"]), members.get("data"))
    return members


def _made(kind: Any, data: Any) -> Any:
    """Make an instance from its plain form, as pydantic does it."""
    try:
        from pydantic import TypeAdapter  # noqa: PLC0415 - only for what Prefect wrote with it
    except ImportError:
        return data.encode() if kind is bytes else msgspec.convert(data, kind)
    return TypeAdapter(kind).validate_python(data)
