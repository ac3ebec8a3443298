r"""The frozen values that are stored, each with its format version.

A record object is one line of JSON, then the payload when it is small:

    {"recoup":1,"key":"…","task":"…",…,"check":"<16 hex>"}\n<payload>

`check` is the last member and covers every byte before it, so that any damage to the line is seen; the
payload is covered by `value.digest`. `head -1 FILE | jq` shows the metadata.

A parts object is one such line: the code parts of one fingerprint, named by its digest, which the records of one
version of a task share. A run object is one JSON line about the run, then one line for each event.

Unknown members are ignored when read, so that members can be added without a new version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec
from blake3 import blake3

from recoup.exceptions import NewerFormat, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "FORMAT",
    "Argument",
    "CodePart",
    "CodeParts",
    "DamagedRecord",
    "KeyPart",
    "Leaf",
    "Marker",
    "Producer",
    "Record",
    "RunRecord",
    "StreamRef",
    "ValueRef",
    "decode_code_parts",
    "decode_record",
    "encode_code_parts",
    "encode_record",
    "fold",
]

V = TypeVar("V", "Record", "CodeParts")

FORMAT = 1
"""The version of everything in this module; older ones are read, newer ones are refused."""

CHECK_SIZE = 8
_FOLDED_SIZE = 16
_CHECK_TAIL = len(b',"check":""}') + 2 * CHECK_SIZE


class DamagedRecord(StoreError):
    """The bytes of a record are not what was written."""


# None of these can be in a cycle (`gc=False`): a process that remembers thousands is not slowed by the collector.


class Leaf(msgspec.Struct, frozen=True, array_like=True):
    """A named place inside an argument (`.lr`, `['day']`, column `delay`): its digest and a short text."""

    digest: str
    text: str = ""


class KeyPart(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One named ingredient of a key, such as `inputs.frame`, `task` or `run`.

    `digest` is that of its token (`fold`); `text` is at most 200 characters, with secrets left out.
    """

    name: str
    digest: str
    text: str = ""
    leaves: dict[str, Leaf] = {}


class CodePart(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One reached piece of the program: `code.pkg.mod.clean`, `code.pkg.mod.LIMIT`, `package.pandas`.

    `kind` is what a person would call it; `text` shows a constant's value or a package's version; `source` is
    the normalised source of a function or class.
    """

    name: str
    digest: str
    kind: Literal["function", "class", "constant", "package", "code"]
    text: str = ""
    source: str = ""


class CodeParts(msgspec.Struct, frozen=True, kw_only=True):
    """The object under `parts/`: everything one fingerprint is made of."""

    recoup: int = FORMAT
    digest: str
    parts: tuple[CodePart, ...]
    not_covered: tuple[str, ...] = ()


class ValueRef(msgspec.Struct, frozen=True, gc=False):
    """Where the serialized bytes are and what they hash to (BLAKE3, hexadecimal)."""

    digest: str
    size: int
    inline: bool


class StreamRef(msgspec.Struct, frozen=True, gc=False):
    """What a stored stream holds: how many items, and how many bytes they and what was returned have together."""

    items: int
    size: int


class Producer(msgspec.Struct, frozen=True, gc=False):
    """The environment that computed a value."""

    host: str
    pid: int
    python: str
    recoup: str
    packages: dict[str, str] = {}


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What is known about one stored result.

    `created` and `expires` are seconds since the epoch by the storage's clock; `compute_seconds` is what
    a hit saves; `run` names the flow run that computed it; `code` is the digest of the parts object, `input`
    the token that the value has when it is passed on as an argument (empty when it cannot be hashed), and `holds`
    names the classes and functions of the project and of libraries inside it (`module path:qualname`).
    `exact` is false when the serializer does not give back an equal value; `published` says that a plain copy was
    to lie under the key. With `stream`, what was computed is the items of a generator, and `value` the last segment
    of them. `lies_in` shows the storage of the value where that is another than the record's.
    """

    recoup: int
    key: str
    task: str
    parts: tuple[KeyPart, ...]
    code: str = ""
    serializer: str
    exact: bool = True
    value: ValueRef
    input: str = ""
    holds: tuple[str, ...] = ()
    created: float
    expires: float | None = None
    compute_seconds: float
    run: str | None = None
    run_name: str | None = None
    producer: Producer
    not_covered: tuple[str, ...] = ()
    published: bool = False
    lies_in: str = ""
    signature: str | None = None
    stream: StreamRef | None = None

    @property
    def size(self) -> int:
        """Return how many bytes of what was computed are stored."""
        return self.value.size if self.stream is None else self.stream.size


class Argument(msgspec.Struct, frozen=True, omit_defaults=True):
    """A parameter of a run, so that the run can be resumed: as its serializer wrote it, or the reason why it was not kept.

    What is text is in `text`, so that a person can read it; other bytes in `data`, or under `place` where there are many.
    """

    serializer: str = ""
    text: str = ""
    data: bytes = b""
    place: str = ""
    reason: str = ""


class RunRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The first line of `runs/<run>`: one attempt at a run of a flow; a resumed run has `runs/<run>.2` and so on.

    `target` is where the flow is: `FILE.py:FLOW`, with the file counted from `project`, or `package.module:FLOW`.
    `parameters` are short texts, `arguments` what resuming needs; `parent` is the run that called this flow. `storage`
    shows where the run was kept, as its owner saw it; `refresh` says that it was to overwrite what other runs had kept.

    The owner is the process that writes this object: `owner` names it, `machine` and `process_start` say which one of
    its `host` and `pid` is meant. `beat` grows while it lives; silent for `lease_seconds`, it is dead.

    `state` is a state's name, and `completed` whether its type is that; times are seconds since the epoch, `begun` that of the first attempt. `segments` says how
    many objects of events were left in place. The last three are known of runs that the command line started:
    `wall_seconds` since the start of the process, `import_seconds` of them for the user's modules, and `own_seconds`,
    which is what remains beside imports and bodies.
    """

    recoup: int
    run: str
    name: str
    flow: str
    target: str = ""
    project: str = ""
    parameters: dict[str, str] = {}
    arguments: dict[str, Argument] = {}
    parent: str = ""
    storage: str = ""
    attempt: int = 1
    begun: float | None = None
    refresh: bool = False
    host: str = ""
    machine: str = ""
    pid: int = 0
    process_start: str = ""
    owner: str = ""
    beat: int = 0
    lease_seconds: float = 0.0
    state: str
    completed: bool = False
    message: str = ""
    started: float
    ended: float | None = None
    segments: int = 0
    ran: int = 0
    cached: int = 0
    failed: int = 0
    saved_seconds: float = 0.0
    body_seconds: float = 0.0
    wall_seconds: float | None = None
    import_seconds: float | None = None
    own_seconds: float | None = None


class Marker(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """`recoup.json` at the root of a storage; `salt` is what secrets among the arguments are hashed with, in hexadecimal."""

    recoup: int
    created: float
    by: str
    salt: str = ""


_encode = msgspec.json.Encoder().encode
_decode_record = msgspec.json.Decoder(Record).decode
_decode_code_parts = msgspec.json.Decoder(CodeParts).decode


class _Version(msgspec.Struct):
    recoup: int


_decode_version = msgspec.json.Decoder(_Version).decode


def fold(token: bytes) -> str:
    """Return the digest that stands for a token in a record: equal for equal tokens, and it does not spell the value out."""
    return blake3(token).hexdigest(_FOLDED_SIZE)


def encode_record(record: Record, payload: bytes = b"") -> bytes:
    """Return the bytes of a record object: the checked line, then `payload`."""
    return _seal(_encode(record)) + payload


def decode_record(data: bytes) -> tuple[Record, memoryview]:
    """Read a record object back into the record and its inline payload (unverified).

    Raises `DamagedRecord` when the line is not what was written, `NewerFormat` when a newer Recoup wrote it.
    """
    line = _unseal(data)
    return _decoded(line, _decode_record), memoryview(data)[len(line) + 1 :]


def encode_code_parts(code: CodeParts) -> bytes:
    """Return the bytes of a parts object: one checked line."""
    return _seal(_encode(code))


def decode_code_parts(data: bytes) -> CodeParts:
    """Read a parts object back. Raises as `decode_record` does."""
    return _decoded(_unseal(data), _decode_code_parts)


# --- checked lines -----------------------------------------------------------------------------


def _seal(line: bytes) -> bytes:
    """Add the check as the last member of a line of JSON."""
    body = line[:-1]
    return b'%b,"check":"%b"}\n' % (body, _check(body))


def _unseal(data: bytes) -> bytes:
    """Return the first line of `data` if its check says that it is what was written."""
    end = data.find(b"\n")
    body = data[: max(end - _CHECK_TAIL, 0)]
    if end < 0 or data[len(body) : end] != b',"check":"%b"}' % _check(body):
        raise DamagedRecord("its first line does not match its check")
    return data[:end]


def _check(body: bytes) -> bytes:
    return blake3(body).hexdigest(CHECK_SIZE).encode()


def _decoded(line: bytes, decode: Callable[[bytes], V]) -> V:
    try:
        found = decode(line)
        version = found.recoup
    except msgspec.DecodeError as exc:
        version = _version_of(line)
        if version <= FORMAT:
            raise DamagedRecord(f"its first line is not what Recoup writes: {exc}") from exc
    else:
        if version <= FORMAT:
            return found
    raise NewerFormat(f"format {version} is newer than {FORMAT}, the newest that this Recoup reads")


def _version_of(line: bytes) -> int:
    try:
        return _decode_version(line).recoup
    except msgspec.DecodeError:
        return 0
