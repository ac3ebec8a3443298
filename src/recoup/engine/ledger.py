"""Records and values in a storage: where they lie, how they are written, and how they are trusted.

    records/<task>-<6 hex>/<digest of key>[.<slot>]
    values/<ab>/<digest>
    parts/<ab>/<digest>

Values are written before the record that speaks of them, so that a record never points to nothing. Whatever is
read is verified before it is decoded.
"""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from blake3 import blake3

from recoup.engine.history import History
from recoup.engine.publishing import withdraw
from recoup.engine.steps import Absent, Found, LoadFailed, Rejected
from recoup.engine.streams.reading import gone, stored_bytes, stored_items
from recoup.exceptions import NewerFormat, ObjectNotFound, SerializationError, StoreError
from recoup.forking import renew_in_children
from recoup.records import DamagedRecord, ValueRef, decode_code_parts, decode_record, encode_code_parts, encode_record
from recoup.serializers import decoder
from recoup.storage.marker import ensure_marker, open_storage
from recoup.storage.split import SplitStorage
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from recoup.abc import Buffer, Clock, ObjectStore
    from recoup.records import CodeParts, Record
    from recoup.types import Key

__all__ = ["Examined", "Ledger", "refer"]

INLINE_BYTES = 64 * 1024
"""Values up to this size lie in their record."""

_ABSENT = Absent()
_REMEMBERED_BYTES = 16 * 1024 * 1024


class Examined(NamedTuple):
    """A record object under its full name; `record` is `None` where it cannot be read, and `problem` says what is wrong.

    `elsewhere` says that nothing may be: its value lies in another storage, which is not looked at.
    """

    name: str
    record: Record | None
    payload: memoryview | None
    problem: str
    elsewhere: bool = False


class Ledger:
    """The records of one storage. Safe to use from any thread; one for each storage and process is enough."""

    def __init__(self, store: ObjectStore, clock: Clock, *, remembers: bool = True) -> None:
        self.store = store
        self.clock = clock
        self.remembers = remembers
        self._values_in = repr(store.values) if isinstance(store, SplitStorage) else ""
        self._remembered_bytes = _REMEMBERED_BYTES if remembers else 0
        self.told: set[tuple[str, str]] = set()
        """What was told once of tasks that keep their results here: identity and cause."""
        self._read: OrderedDict[str, tuple[bytes, Record, memoryview]] = OrderedDict()
        self._read_bytes = 0
        self._lock = threading.Lock()
        self._histories: dict[str, History] = {}
        self._code_parts: dict[str, CodeParts | None] = {}
        self._kept_code: set[str] = set()
        self._opened = False
        self._marked = False
        renew_in_children(self)

    def __repr__(self) -> str:
        return f"Ledger({self.store!r})"

    def after_fork(self) -> None:
        """Take no lock over that another thread holds in the parent."""
        self._lock = threading.Lock()
        self._read_bytes = sum(len(data) for data, _, _ in self._read.values())

    @property
    def remembered(self) -> int:
        """Return how many bytes of records are remembered."""
        return self._read_bytes

    # --- records ---------------------------------------------------------------------------

    def find(self, task: str, key: Key, slot: int = 0) -> Found | Absent | Rejected:
        """Read the record of `key` for the task of that identity. One request to the storage."""
        name = _record_name(task, key, slot)
        try:
            if not self._opened:
                open_storage(self.store)
                self._opened = True
            data = self.store.find(name)
        except StoreError as exc:
            return Rejected("unknown", f"the storage could not be read: {exc}")
        if data is None:
            return _ABSENT
        try:
            record, payload = self._decode(name, data)
        except NewerFormat as exc:
            return Rejected("unreadable", str(exc))
        except DamagedRecord as exc:
            return Rejected("damaged", f"its record was damaged: {exc}")
        if record.key != key or record.task != task:
            return Rejected("damaged", "the record under its name belongs to another key")
        return Found(record, payload, self.clock.time())

    def _decode(self, name: str, data: bytes) -> tuple[Record, memoryview]:
        """Decode `data`, or remember it: equal bytes under one name were decoded and verified before."""
        known = self._read.get(name)
        if known is not None and known[0] == data:
            return known[1], known[2]
        record, payload = decode_record(data)
        if record.value.inline:
            _verify(record.value, (payload,))
        with self._lock:
            dropped = self._read.pop(name, None)
            self._read[name] = (data, record, payload)
            self._read_bytes += len(data) - (len(dropped[0]) if dropped else 0)
            while self._read_bytes > self._remembered_bytes:
                self._read_bytes -= len(self._read.popitem(last=False)[1][0])
        return record, payload

    def records(self, task: str | None = None) -> Iterator[Record]:
        """Yield the readable records of a task, or of all tasks, in no particular order."""
        for info in self.store.list(f"records/{_folder(task)}" if task else "records"):
            try:
                record, _ = decode_record(self.store.get(info.name))
            except StoreError:
                continue
            if task is None or record.task == task:
                yield record

    def with_key(self, key: Key) -> Iterator[Record]:
        """Yield the readable records that tasks have under `key`, with one request for each task."""
        for folder in self.store.folders("records"):
            record = self.read_record(f"{folder}/{_record_name('', key, 0).rpartition('/')[2]}")
            if record is not None and record.key == key:
                yield record

    def examine(self) -> Iterator[Examined]:
        """Yield each record object of the storage with what is wrong with it; nothing is decoded."""
        for info in self.store.list("records"):
            try:
                record, payload = self._decode(info.name, self.store.get(info.name))
            except ObjectNotFound:  # withdrawn since it was listed
                continue
            except StoreError as exc:
                yield Examined(info.name, None, None, str(exc))
            else:
                yield self._examined(info.name, record, payload)

    def _examined(self, name: str, record: Record, payload: memoryview) -> Examined:
        if self.complete(record, payload):
            return Examined(name, record, payload, "")
        if record.lies_in and not self._values_in:  # the keys are looked at alone
            return Examined(name, record, payload, f"its value lies in {record.lies_in}", elsewhere=True)
        return Examined(name, record, payload, "its stored value is gone")

    def withdraw(self, task: str, key: Key) -> bool:
        """Remove the records of `key`; say whether there were any. Values stay for others that share them."""
        removed, slot = False, 0
        while self.store.exists(name := _record_name(task, key, slot)):
            record = self.read_record(name)
            self.store.delete(name)
            if record is not None:
                withdraw(self.store, record)
            removed, slot = True, slot + 1
        return removed

    # --- values ----------------------------------------------------------------------------

    def present(self, record: Record) -> bool:
        """Say whether the value of `record` is there, without reading it."""
        return record.value.inline or self.holds(record.value)

    def complete(self, record: Record, payload: Buffer | None) -> bool:
        """Say as `present` whether the value is there, and all that it names if it is a stream."""
        return self.present(record) and (record.stream is None or not gone(self, record, payload))

    def holds(self, value: ValueRef) -> bool:
        """Say whether there are bytes under the digest of `value`, without reading them."""
        try:
            return self.store.info(_value_name(value.digest)).size == value.size
        except StoreError:
            return False

    def unusable(self, found: Found) -> Rejected | None:
        """Return why a record that was found cannot be served, if it cannot; large values are not read for that."""
        record = found.record
        if record.stream is not None or not record.value.inline:
            return None if self.complete(record, found.payload) else Rejected("missing", "its stored value is gone")
        try:
            self.load(record, found.payload)
        except LoadFailed as exc:
            return exc.because
        return None

    def load(self, record: Record, payload: Buffer | None = None) -> Any:
        """Return the value of `record`, a fresh object, decoded from verified bytes; of a stream the list of its items.

        Raises `LoadFailed` when the bytes are gone, are not what was written, or cannot be decoded here.
        """
        if record.stream is not None:
            return list(stored_items(self, record, payload))
        return self.decode(record.serializer, self.read(record, payload))

    def decode(self, serializer: str, data: Buffer) -> Any:
        """Return the value that `serializer` wrote as these verified bytes. Raises `LoadFailed` when it cannot be loaded here."""
        try:
            return decoder(serializer).decode(data)
        except Exception as exc:  # a serializer of a user's own raises anything
            why = str(exc) if isinstance(exc, SerializationError) else said(exc)
            raise LoadFailed(Rejected("unreadable", f"its stored value cannot be loaded here: {why}")) from exc

    def verify(self, record: Record, payload: Buffer | None) -> None:
        """Read every byte of what is stored, and decode nothing. Raises `LoadFailed` as `read` does."""
        if record.stream is None:
            self.read(record, payload)
            return
        for _ in stored_bytes(self, record, payload):
            pass

    def read(self, record: Record, payload: Buffer | None = None) -> Buffer:
        """Return the verified bytes of the value of `record`, as its serializer wrote them.

        Raises `LoadFailed` when they are gone or are not what was written.
        """
        if not record.value.inline:
            return self.read_value(record.value)
        if payload is None:
            raise LoadFailed(Rejected("missing", f"the record of {record.key} came without its value"))
        return payload

    def read_value(self, value: ValueRef) -> Buffer:
        """Return the verified bytes of a value that is an object of its own. Raises as `read` does."""
        try:
            data = self.store.get(_value_name(value.digest))
            _verify(value, (data,))
        except ObjectNotFound as exc:
            raise LoadFailed(Rejected("missing", "its stored value is gone")) from exc
        except DamagedRecord as exc:
            raise LoadFailed(Rejected("damaged", f"its stored value was damaged: {exc}")) from exc
        except StoreError as exc:
            raise LoadFailed(Rejected("unknown", f"its stored value could not be read: {exc}")) from exc
        return data

    # --- writing ---------------------------------------------------------------------------

    def keep(self, record: Record, chunks: Sequence[Buffer], code: CodeParts | None, *, slot: int, repair: bool) -> None:
        """Write the value, the code parts and then `record`.

        `record.value` is what `refer` says of `chunks`. A value that is there already is not written again, unless
        `repair` says that it may be damaged.
        Raises `StoreError` when the storage does not take it; nothing half-written is ever served.
        """
        self.capture(record, chunks, code, repair=repair)
        self._put(record, chunks, slot)

    def capture(self, record: Record, chunks: Sequence[Buffer], code: CodeParts | None, *, repair: bool) -> None:
        """Do as `keep`, all but the record itself: so far nothing speaks of what was written."""
        self._mark()
        if not record.value.inline and (repair or not self.present(record)):
            self.store.put(_value_name(record.value.digest), chunks)
        if code is not None:
            self._keep_code(code)

    def overwrite(self, record: Record, payload: Buffer, *, slot: int) -> bytes | None:
        """Write the record of what was captured; return the object that it replaced, for `restore`."""
        before = self.store.find(_record_name(record.task, record.key, slot))
        self._put(record, (payload,), slot)
        return before

    def restore(self, record: Record, before: bytes | None, *, slot: int) -> None:
        """Put back what `overwrite` replaced, if anything."""
        name = _record_name(record.task, record.key, slot)
        if before is None:
            self.store.delete(name)
        else:
            self.store.put(name, (before,))

    def _put(self, record: Record, chunks: Sequence[Buffer], slot: int) -> None:
        if self._values_in and not (record.value.inline and record.stream is None):
            record = msgspec.structs.replace(record, lies_in=self._values_in)
        line = encode_record(record)
        self.store.put(_record_name(record.task, record.key, slot), (line, *chunks) if record.value.inline else (line,))
        self.history(record.task).add(record)

    def keep_value(self, chunks: Sequence[Buffer], *, repair: bool) -> ValueRef:
        """Write bytes that a record yet to come will speak of, under their digest, as `keep` does."""
        self._mark()
        value = ValueRef(_digest(chunks), sum(map(_size, chunks)), inline=False)
        if repair or not self.holds(value):
            self.store.put(_value_name(value.digest), chunks)
        return value

    def _mark(self) -> None:
        if not self._marked:
            ensure_marker(self.store)
            self._marked = True

    def _keep_code(self, code: CodeParts) -> None:
        if code.digest not in self._kept_code:
            name, data = _parts_name(code.digest), encode_code_parts(code)
            if self.store.find(name) != data:
                self.store.put(name, (data,))
            self._kept_code.add(code.digest)
            self._code_parts[code.digest] = code

    # --- what earlier records say ------------------------------------------------------------

    def code_parts(self, digest: str) -> CodeParts | None:
        """Return the code parts a record refers to, or `None` when they are gone."""
        if digest not in self._code_parts:
            try:
                self._code_parts[digest] = decode_code_parts(self.store.get(_parts_name(digest)))
            except StoreError:
                self._code_parts[digest] = None
        return self._code_parts[digest]

    def history(self, task: str) -> History:
        """Return the latest records of a task, read when first asked for."""
        found = self._histories.get(task)
        if found is None:
            found = self._histories.setdefault(task, History(self, f"records/{_folder(task)}", task))
        return found

    def read_record(self, name: str) -> Record | None:
        """Return the record under a full name, or `None` when it cannot be read."""
        try:
            return decode_record(self.store.get(name))[0]
        except StoreError:
            return None


# --- names -------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=4096)
def _folder(task: str) -> str:
    qualname = task.rpartition(":")[2].partition("~")[0]
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "_.-") else "_" for c in qualname)
    return f"{plain.strip('._-')[:60] or 'task'}-{blake3(task.encode()).hexdigest(3)}"


def _record_name(task: str, key: str, slot: int) -> str:
    name = f"records/{_folder(task)}/{blake3(key.encode(errors='surrogatepass')).hexdigest()}"
    return f"{name}.{slot}" if slot else name


def _value_name(digest: str) -> str:
    return f"values/{digest[:2]}/{digest}"


def _parts_name(digest: str) -> str:
    return f"parts/{digest[:2]}/{digest}"


# --- trust -------------------------------------------------------------------------------------


def refer(chunks: Sequence[Buffer]) -> ValueRef:
    """Return what a record says of a value with these bytes."""
    size = sum(map(_size, chunks))
    return ValueRef(_digest(chunks), size, inline=size <= INLINE_BYTES)


def _size(chunk: Buffer) -> int:
    return chunk.nbytes if isinstance(chunk, memoryview) else len(chunk)


def _digest(chunks: Sequence[Buffer]) -> str:
    """Hash on one thread: BLAKE3's own pool does not survive a fork."""
    hasher = blake3()
    for chunk in chunks:
        hasher.update(chunk)
    return hasher.hexdigest()


def _verify(value: ValueRef, chunks: Sequence[Buffer]) -> None:
    size = sum(map(_size, chunks))
    if size != value.size:
        raise DamagedRecord(f"{size} bytes instead of {value.size}")
    if _digest(chunks) != value.digest:
        raise DamagedRecord("its bytes do not match their digest")
