"""Any other format, compressed."""

from __future__ import annotations

import zlib
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from recoup.abc import Buffer, Encoded, Serializer
from recoup.exceptions import ConfigurationError, NotLoadableHere, SerializationError
from recoup.serializers.base import register_wrapper, resolve_serializer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    if library not in _DECOMPRESS:
        raise NotLoadableHere(f"the value is compressed by {library}, which Recoup does not read")
    try:
        return _DECOMPRESS[library](data)
    except ImportError as exc:
        raise NotLoadableHere(f"the value is compressed by {library}, which this Python lacks: {exc}") from exc
    except Exception as exc:
        raise SerializationError(f"the bytes are not what {library} writes: {exc}") from exc


class CompressedSerializer(Serializer):
    """The bytes of another serializer, compressed by `zstd`, `gzip`, `zlib`, `bz2` or `lzma`.

    Its type names both, as in `compressed/lzma/json`; `compressed/json` is by zstd.

    >>> CompressedSerializer("json").loads(CompressedSerializer("json").dumps([1, 2]))
    [1, 2]
    """

    def __init__(self, serializer: str | Serializer = "pickle", compressionlib: str = _DEFAULT) -> None:
        if compressionlib not in _COMPRESSORS:
            known = ", ".join(map(repr, _COMPRESSORS))
            raise ConfigurationError(f"compressionlib={compressionlib!r} is not one of {known}")
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
        compressor = _COMPRESSORS[self.compressionlib](sum(memoryview(chunk).nbytes for chunk in inner.chunks))
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
    if inner and library in _COMPRESSORS:
        return CompressedSerializer(inner, library)
    return CompressedSerializer(rest)


register_wrapper("compressed", _open)
