"""Pickle, protocol 5: any Python value, with large buffers written as they lie in memory."""

from __future__ import annotations

import importlib
import pickle
from collections import ChainMap
from dataclasses import dataclass
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar

import cloudpickle

from recoup.abc import Buffer, Encoded, Serializer
from recoup.exceptions import ConfigurationError, NotLoadableHere, SerializationError
from recoup.project import name_in_module
from recoup.serializers.base import register_serializer
from recoup.serializers.failures import not_encoded
from recoup.serializers.raised import reduced
from recoup.serializers.references import find, reference_to
from recoup.serializers.views import reduced_view

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PickleSerializer", "ProjectPickler", "pickle_as_functions"]

_PROTOCOL = 5
_OURS = ("cloudpickle", "pickle")


@register_serializer
@dataclass(frozen=True)
class PickleSerializer(Serializer):
    """Any value that pickle takes, or cloudpickle where pickle does not.

    Classes and functions of the user's project are written as references from the project root, so a script's
    instances have the same class wherever they are loaded. `picklelib` may name another module with `dumps`, such
    as `dill`, whose pickles `pickle.loads` reads.
    """

    picklelib: str = "cloudpickle"
    type = "pickle"

    def __post_init__(self) -> None:
        if self.picklelib not in _OURS:
            _dumps_of(self.picklelib)

    def encode(self, value: Any) -> Encoded:
        """Return the pickle, in the pieces that the pickler writes."""
        try:
            if self.picklelib not in _OURS:
                return Encoded(self.type, [_dumps_of(self.picklelib)(value)], exact=True)
            chunks, exact = _dump(value)
        except Exception as exc:
            raise not_encoded(value, self.type, exc, _dump) from exc
        return Encoded(self.type, chunks, exact)

    def decode(self, data: Buffer) -> Any:
        """Return the value, with classes of the project as they are known to this process."""
        try:
            return pickle.loads(data)
        except NotLoadableHere:
            raise
        except (ImportError, AttributeError) as exc:
            raise NotLoadableHere(f"a pickled value cannot be loaded in this environment: {exc}") from exc
        except Exception as exc:
            raise SerializationError(f"a pickled value cannot be loaded: {type(exc).__name__}: {exc}") from exc


def _dump(value: Any) -> tuple[list[Buffer], bool]:
    """Return the pickle in pieces, and whether it gives back all that the value holds."""
    pieces = _Pieces()
    pickler = ProjectPickler(pieces, protocol=_PROTOCOL)
    pickler.dump(value)
    return pieces.chunks, pickler.exact


class _Pieces:
    """A file for the pickler that keeps what is written to it instead of joining it."""

    def __init__(self) -> None:
        self.chunks: list[Buffer] = []

    def write(self, piece: Any) -> int:
        if isinstance(piece, pickle.PickleBuffer):
            piece = piece.raw()
        elif isinstance(piece, memoryview):
            piece = bytes(piece)  # of memory that the pickler lends for the moment
        self.chunks.append(piece)
        return len(piece)


class ProjectPickler(cloudpickle.Pickler):  # type: ignore[misc]  # cloudpickle is not typed
    """Writes what a project file offers for import as a reference; the rest is cloudpickle's."""

    exact = True
    """Whether all that was written comes back; pickle leaves the causes of exceptions behind."""

    dispatch_table: ClassVar[ChainMap[type, Any]] = ChainMap({memoryview: reduced_view}, cloudpickle.Pickler.dispatch_table)

    def reducer_override(self, obj: Any) -> Any:
        """Return how a class or function of a project is found again, and an exception made again."""
        if isinstance(obj, type | FunctionType):
            reference = reference_to(obj)
            if reference is not None:
                return find, reference
            return super().reducer_override(obj)
        if isinstance(obj, BaseException):
            self.exact = self.exact and obj.__cause__ is None
            return reduced(obj)
        return NotImplemented


def pickle_as_functions(kind: type, by_value: Callable[[Any], tuple[Any, ...]]) -> None:
    """Have instances of `kind`, which modules have under names, pickled as functions are.

    That is by name, but for those of `__main__`: cloudpickle writes them by value, since other programs have another
    `__main__`, and results refer to them from the project root.
    """

    def anywhere(value: Any) -> str | tuple[Any, ...]:
        name = None if value.__module__ == "__main__" else name_in_module(value)
        return name or by_value(value)

    def in_project(value: Any) -> str | tuple[Any, ...]:
        reference = reference_to(value)
        return anywhere(value) if reference is None else (find, reference)

    cloudpickle.Pickler.dispatch_table[kind] = anywhere
    ProjectPickler.dispatch_table[kind] = in_project


def _dumps_of(library: str) -> Callable[[Any], bytes]:
    try:
        dumps: Callable[[Any], bytes] = importlib.import_module(library).dumps
    except (ImportError, AttributeError) as exc:
        raise ConfigurationError(
            f"picklelib={library!r} is not a module with `dumps`: {exc}. Write 'cloudpickle', or install it."
        ) from exc
    return dumps
