"""A result with what is known about it, under Prefect's names."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from blake3 import blake3

from recoup.engine.carried import token_and_code
from recoup.engine.ledger import refer
from recoup.environment import producer
from recoup.exceptions import SerializationError
from recoup.hashing import token
from recoup.records import FORMAT, DamagedRecord, KeyPart, Record, decode_record, fold
from recoup.serializers import decoder, resolve_serializer
from recoup.types import Key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recoup.abc import Buffer, Serializer
    from recoup.context import FlowRunContext
    from recoup.engine.ledger import Ledger
    from recoup.serializers.prefect import PrefectMetadata

__all__ = ["OWN_TASK", "ResultRecord", "ResultRecordMetadata", "deserialize_parts", "recorded"]

R = TypeVar("R")

OWN_TASK = "recoup.results:ResultStore"
"""The identity under which results are kept that no task computed."""

_LONGEST_TEXT = 200


@dataclass(frozen=True)
class ResultRecordMetadata:
    """What is known about a result: its key, when it expires, and how it is written.

    `prefect_version` says which Prefect wrote it, if one did; `task` whose result it is, if that is known.
    """

    storage_key: str
    expiration: datetime | None = None
    serializer: Serializer = field(default_factory=resolve_serializer)
    prefect_version: str = ""
    task: str = ""

    @classmethod
    def of(cls, record: Record) -> ResultRecordMetadata:
        """Return what a record of Recoup's says."""
        expiration = None if record.expires is None else datetime.fromtimestamp(record.expires, UTC)
        return cls(record.key, expiration, decoder(record.serializer), task=record.task)

    @classmethod
    def split(cls, data: bytes) -> tuple[bytes, ResultRecordMetadata] | None:
        """Return the value's bytes and the metadata of a record file of Prefect's, or `None` when it is none."""
        from recoup.serializers.prefect import read_record  # noqa: PLC0415 - for programs that read what Prefect wrote

        theirs = read_record(data)
        return None if theirs is None else (theirs.result, _of_prefect(theirs.metadata))

    @classmethod
    def load_bytes(cls, data: bytes) -> ResultRecordMetadata:
        """Read the metadata that Prefect kept in a file of its own. Raise `SerializationError` for anything else."""
        from recoup.serializers.prefect import read_metadata  # noqa: PLC0415 - as above

        found = read_metadata(data)
        if found is None:
            raise SerializationError("the bytes are no metadata of a result of Prefect's")
        return _of_prefect(found)


@dataclass(frozen=True)
class ResultRecord(Generic[R]):
    """A result, decoded, with what is known about it. Two reads give two objects."""

    result: R
    metadata: ResultRecordMetadata

    @property
    def expiration(self) -> datetime | None:
        """Return when the result stops being served, `None` for never."""
        return self.metadata.expiration

    @property
    def serializer(self) -> Serializer:
        """Return what the result is written with."""
        return self.metadata.serializer

    @classmethod
    def deserialize(cls, data: bytes, backup_serializer: Serializer | None = None) -> ResultRecord[Any]:
        """Read a record file: one of Prefect's, or one of Recoup's with the value inside.

        Bytes that are neither are decoded by `backup_serializer`. Without one, raises `SerializationError`. Pickles inside
        run code when they are loaded: read only what lies in a storage of your own.
        """
        theirs = ResultRecordMetadata.split(data)
        if theirs is not None:
            return deserialize_parts(*theirs)
        try:
            record, payload = decode_record(data)
        except DamagedRecord as exc:
            if backup_serializer is None:
                raise SerializationError(
                    "the bytes are no record of a result: neither Prefect's, nor an undamaged one of Recoup's"
                ) from exc
            return cls(backup_serializer.decode(data), ResultRecordMetadata("", serializer=backup_serializer))
        if not record.value.inline:
            raise SerializationError(f"the value of {record.key!r} lies beside its record; read it with ResultStore.read")
        if blake3(payload).hexdigest() != record.value.digest:
            raise SerializationError(f"the record of {record.key!r} is damaged: its bytes do not match their digest")
        return deserialize_parts(payload, ResultRecordMetadata.of(record))

    @classmethod
    def deserialize_from_result_and_metadata(cls, result: bytes, metadata: bytes) -> ResultRecord[Any]:
        """Read a result and the metadata that Prefect kept apart from it."""
        return deserialize_parts(result, ResultRecordMetadata.load_bytes(metadata))


def deserialize_parts(data: Buffer, metadata: ResultRecordMetadata) -> ResultRecord[Any]:
    """Return the result in `data`, as `metadata` says it is written."""
    return ResultRecord(metadata.serializer.decode(data), metadata)


def recorded(
    ledger: Ledger, result: ResultRecord[Any], *, task: str, run: FlowRunContext | None
) -> tuple[Record, Sequence[Buffer]]:
    """Return a record of Recoup's, verified, listed and swept like those of tasks, and the bytes of its value."""
    key, expiration = Key(result.metadata.storage_key), result.expiration
    encoded = result.serializer.encode(result.result)
    input_token, holds = token_and_code(result.result) if encoded.exact else ("", ())
    record = Record(
        recoup=FORMAT,
        key=str(key),
        task=task,
        parts=(KeyPart("custom", fold(token(str(key))), str(key)[:_LONGEST_TEXT]),),
        serializer=encoded.serializer,
        exact=encoded.exact,
        value=refer(encoded.chunks),
        input=input_token,
        holds=holds,
        created=ledger.clock.time(),
        expires=None if expiration is None else expiration.timestamp(),
        compute_seconds=0.0,
        run=run.run if run is not None else None,
        run_name=run.flow_run.name if run is not None else None,
        producer=producer(),
    )
    return record, encoded.chunks


def _of_prefect(found: PrefectMetadata) -> ResultRecordMetadata:
    from recoup.serializers.prefect import PrefectFormat  # noqa: PLC0415 - as above

    return ResultRecordMetadata(found.storage_key, found.expiration, PrefectFormat(found.serializer), found.prefect_version)
