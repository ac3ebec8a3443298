"""Any other format, compressed."""

from __future__ import annotations

import zlib
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from recoup.abc import Buffer, Encoded, Serializer
from recoup.exceptions import ConfigurationError, NotLoadableHere, SerializationError
from recoup.serializers.base import is_wrapper, register_maker, register_wrapper, resolve_serializer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

__all__ = ["CompressedJSONSerializer", "CompressedPickleSerializer", "CompressedSerializer", "decompress"]

_DEFAULT = "zstd"


class _Compressor(Protocol):
    def compress(self, data: Buffer, /) -> bytes: ...
    def flush(self) -> bytes: ...


# Modules are imported when they are used: zstandard takes 10 ms, and Python can be built without bz2 or lzma.
_COMPRESSORS: dict[str, Callable[[int], _Compressor]] = {
    "zstd": lambda size: import_module("zstandard").ZstdCompressor().compressobj(size=size),
    "gzip": lambda _: zlib.compressobj(wbits=31),
    "zlib": lambda _: zlib.compressobj(),
    "bz2": lambda _: import_module("bz2").BZ2Compressor(),
    "lzma": lambda _: import_module("lzma").LZMACompressor(),
}
_DECOMPRESS: dict[str, Callable[[Buffer], bytes]] = {
    "zstd": lambda data: import_module("zstandard").ZstdDecompressor().decompress(data),
    "gzip": lambda data: zlib.decompress(data, wbits=31),
    "zlib": zlib.decompress,
    "bz2": lambda data: import_module("bz2").decompress(data),
    "lzma": lambda data: import_module("lzma").decompress(data),
}


def decompress(library: str, data: Buffer) -> bytes:
    """Return the plain bytes; raise `NotLoadableHere` for a library that is not there, else `SerializationError`."""
    try:
        found = _DECOMPRESS.get(library) or _module(library).decompress
    except ConfigurationError as exc:
        raise NotLoadableHere(f"the value is compressed by {library}, which is not here: {exc}") from exc
    try:
        return found(data)
    except ImportError as exc:
        raise NotLoadableHere(f"the value is compressed by {library}, which this Python lacks: {exc}") from exc
    except Exception as exc:
        raise SerializationError(f"the bytes are not what {library} writes: {exc}") from exc


class _Whole:
    """A compressor that a module with `compress` makes: it takes all at once."""

    def __init__(self, library: ModuleType) -> None:
        self._library = library
        self._pieces: list[bytes] = []

    def compress(self, data: Buffer, /) -> bytes:
        self._pieces.append(bytes(data))
        return b""

    def flush(self) -> bytes:
        compressed: bytes = self._library.compress(b"".join(self._pieces))
        return compressed


def _module(library: str) -> ModuleType:
    """Return another module that compresses. Raise `ConfigurationError` where there is none of this name that does."""
    try:
        module = import_module(library)
    except (ImportError, ValueError, TypeError):
        module = None
    if not (hasattr(module, "compress") and hasattr(module, "decompress")):
        known = ", ".join(map(repr, _COMPRESSORS))
        raise ConfigurationError(
            f"compressionlib={library!r} is not one of {known}, nor a module here that has compress() and decompress()"
        )
    return cast("ModuleType", module)


class CompressedSerializer(Serializer):
    """The bytes of another serializer, compressed by `zstd`, `gzip`, `zlib`, `bz2` or `lzma`.

    Any other module with `compress` and `decompress` does, too, such as `lz4.frame`.

    Its type names both, as in `compressed/lzma/json`; `compressed/json` is by zstd.

    >>> CompressedSerializer("json").loads(CompressedSerializer("json").dumps([1, 2]))
    [1, 2]
    """

    def __init__(self, serializer: str | Serializer = "pickle", compressionlib: str = _DEFAULT) -> None:
        if compressionlib not in _COMPRESSORS:
            _module(compressionlib)
        self.serializer = resolve_serializer(serializer)
        self.compressionlib = compressionlib
        self.type = self._named(self.serializer.type)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.serializer!r}, compressionlib={self.compressionlib!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CompressedSerializer):
            return NotImplemented
        return (self.serializer, self.compressionlib) == (other.serializer, other.compressionlib)

    def __hash__(self) -> int:
        return hash((self.serializer, self.compressionlib))

    def encode(self, value: Any) -> Encoded:
        """Return the compressed bytes, under the name of the format that was chosen inside."""
        inner = self.serializer.encode(value)
        return Encoded(self._named(inner.serializer), list(filter(None, self._compress(inner))), inner.exact)

    def decode(self, data: Buffer) -> Any:
        """Return the value in the compressed bytes."""
        return self.serializer.decode(decompress(self.compressionlib, data))

    def loads(self, blob: bytes) -> Any:
        """Return the value in what `dumps` returned."""
        return self.serializer.loads(decompress(self.compressionlib, blob))

    def _named(self, inner: str) -> str:
        return f"compressed/{inner}" if self.compressionlib == _DEFAULT else f"compressed/{self.compressionlib}/{inner}"

    def _compress(self, inner: Encoded) -> Iterator[bytes]:
        made = _COMPRESSORS.get(self.compressionlib)
        size = sum(memoryview(chunk).nbytes for chunk in inner.chunks)
        compressor = _Whole(_module(self.compressionlib)) if made is None else made(size)
        for chunk in inner.chunks:
            yield compressor.compress(chunk)
        yield compressor.flush()


class CompressedPickleSerializer(CompressedSerializer):
    """`compressed/pickle`, under Prefect's name."""

    def __init__(self, compressionlib: str = _DEFAULT) -> None:
        super().__init__("pickle", compressionlib)

    def __repr__(self) -> str:
        return f"CompressedPickleSerializer({self.compressionlib!r})"


class CompressedJSONSerializer(CompressedSerializer):
    """`compressed/json`, under Prefect's name."""

    def __init__(self, compressionlib: str = _DEFAULT) -> None:
        super().__init__("json", compressionlib)

    def __repr__(self) -> str:
        return f"CompressedJSONSerializer({self.compressionlib!r})"


def _open(rest: str) -> CompressedSerializer:
    library, _, inner = rest.partition("/")
    if inner and not is_wrapper(library):
        return CompressedSerializer(inner, library)
    return CompressedSerializer(rest)


register_wrapper("compressed", _open)
register_maker("compressed", CompressedSerializer)
register_maker("compressed/pickle", CompressedPickleSerializer)
register_maker("compressed/json", CompressedJSONSerializer)
