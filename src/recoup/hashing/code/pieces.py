"""What a function or class says on its own: its normalised syntax and the names it uses. Found once per code object."""

from __future__ import annotations

import ast
import builtins
import functools
import weakref
from dataclasses import dataclass, field
from operator import is_
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from recoup.hashing.code.bytecode import digest_of_code, names_of_code
from recoup.hashing.code.known_pieces import KnownPiece, find_known, keep_known
from recoup.hashing.code.names import Names, names_of
from recoup.hashing.code.owners import Owner, owner_of_module
from recoup.hashing.code.scopes import Scopes, chain_of
from recoup.hashing.code.source import class_node, function_node
from recoup.hashing.code.syntax import Decorator, digest_of, normalise, unparse
from recoup.hashing.code.unwrapping import functions_in
from recoup.types import Digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from recoup.hashing.code.scopes import Chain

__all__ = ["ByIdentity", "Piece", "file_of_class", "is_written_in", "methods_of", "piece_of_class", "piece_of_function"]

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Piece:
    """A function or class by itself: `tree` makes its normalised syntax, and is `None` when only its bytecode is known.

    `judged` are the decorators that were looked up to normalise it, with what they turned out to be.
    """

    digest: Digest
    names: Names
    tree: Callable[[], ast.AST | None] | None = field(default=None, compare=False)
    judged: tuple[tuple[Chain, str], ...] = field(default=(), compare=False)

    def source(self) -> str:
        """Return normalised source for a person, empty when there is none."""
        tree = None if self.tree is None else self.tree()
        return "" if tree is None else unparse(tree)


class ByIdentity(Generic[K, V]):
    """A cache keyed by the identity of objects, which it does not keep alive.

    Code objects and functions compare by value or not at all; here only the very same object counts.
    """

    def __init__(self) -> None:
        self._entries: dict[int, tuple[weakref.ref[Any], V]] = {}

    def get(self, key: K) -> V | None:
        """Return what was put for this object."""
        entry = self._entries.get(id(key))
        return entry[1] if entry is not None and entry[0]() is key else None

    def put(self, key: K, value: V) -> V:
        """Keep `value` as long as `key` lives. Of concurrent writers one wins."""
        number, entries = id(key), self._entries

        def forget(dead: weakref.ref[Any]) -> None:
            if number in entries and entries[number][0] is dead:
                del entries[number]

        entries[number] = weakref.ref(key, forget), value
        return value


_functions: ByIdentity[CodeType, Piece] = ByIdentity()
_classes: ByIdentity[type, tuple[list[CodeType], Piece]] = ByIdentity()  # a statement counts for these methods only


def piece_of_function(function: FunctionType) -> Piece:
    """Return what a function says on its own."""
    code = function.__code__
    return _functions.get(code) or _functions.put(code, _read_function(function))


def piece_of_class(cls: type, space: Mapping[str, Any]) -> Piece | None:
    """Return what a class statement in a module with these globals says on its own, `None` when it is not found."""
    codes = [method.__code__ for method in methods_of(cls) if _has_name_in(method, cls)]
    known = _classes.get(cls)
    if known is not None and len(known[0]) == len(codes) and all(map(is_, known[0], codes)):
        return known[1]
    node = class_node(cls, codes, file_of_class(cls) or space.get("__file__"))
    if node is None:
        return None
    return _classes.put(cls, (codes, _piece_of_node(node, space, is_metaclass=issubclass(cls, type))))[1]


def methods_of(cls: type) -> list[FunctionType]:
    """Return the functions that a class holds itself, out of their wrappings."""
    return [f for value in list(vars(cls).values()) for f in functions_in(value) if isinstance(f, FunctionType)]


def file_of_class(cls: type) -> str | None:
    """Return the file of the methods written in the class statement, which is right in notebooks too."""
    return next((method.__code__.co_filename for method in methods_of(cls) if _has_name_in(method, cls)), None)


def is_written_in(method: FunctionType, cls: type, file: str | None) -> bool:
    """Say whether a method is part of the class statement, which is in `file`."""
    return _has_name_in(method, cls) and method.__code__.co_filename == file


def _has_name_in(method: FunctionType, cls: type) -> bool:
    return method.__code__.co_qualname.startswith(f"{cls.__qualname__}.") and not method.__code__.co_filename.startswith(
        "<string"
    )


def _read_function(function: FunctionType) -> Piece:
    code, space = function.__code__, function.__globals__
    known = find_known(code)
    if known is not None and all(_judge(chain, space).value == verdict for chain, verdict in known.judged):
        return Piece(Digest(known.digest), known.names, functools.partial(_tree_of_function, code, space), known.judged)
    node = function_node(code, space)
    if node is not None:
        try:
            piece = _piece_of_node(node, space)
        except RecursionError:
            pass  # an expression too deep for us, though not for the compiler
        else:
            keep_known(code, KnownPiece(bytes(piece.digest), piece.names, piece.judged))
            return piece
    return Piece(digest_of_code(code), names_of_code(code))


def _tree_of_function(code: CodeType, space: dict[str, Any]) -> ast.AST | None:
    node = function_node(code, space)
    return None if node is None else normalise(node, _Judge(space))


def _piece_of_node(node: ast.AST, space: Mapping[str, Any], *, is_metaclass: bool = False) -> Piece:
    judge, scopes = _Judge(space), Scopes()
    tree = normalise(node, judge)
    return Piece(
        digest_of(tree, scopes), names_of(tree, scopes, is_metaclass=is_metaclass), lambda: tree, tuple(judge.judged.items())
    )


# --- decorators --------------------------------------------------------------------------------


class _Judge:
    """Judges decorators in a module with these globals, and remembers how."""

    def __init__(self, space: Mapping[str, Any]) -> None:
        self._space = space
        self.judged: dict[Chain, str] = {}

    def __call__(self, decorator: ast.expr) -> Decorator:
        chain = chain_of(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if not chain:
            attribute = decorator.attr if isinstance(decorator, ast.Attribute) else ""
            return Decorator.PLAIN if attribute in _ACCESSORS else Decorator.READER
        verdict = _judge(chain, self._space)
        self.judged[chain] = verdict.value
        return verdict


_ACCESSORS = ("setter", "getter", "deleter")


def _judge(chain: Chain, space: Mapping[str, Any]) -> Decorator:
    """Say what a decorator of this name is, as far as looking it up runs no code."""
    if len(chain) > 1 and chain[-1] in _ACCESSORS:
        return Decorator.PLAIN
    value = space.get(chain[0], getattr(builtins, chain[0], None))
    for name in chain[1:]:
        value = vars(value).get(name, value) if isinstance(value, ModuleType) else value
    owner = _owner_of_value(value)
    if owner is Owner.RECOUP:
        return Decorator.OURS
    registers = len(chain) > 1 and chain[-1] == "register"
    return Decorator.PLAIN if owner is Owner.PYTHON and not registers else Decorator.READER


def _owner_of_value(value: Any) -> Owner | None:
    value = getattr(value, "func", value) if type(value).__module__ == "functools" else value
    if value is None:
        return None
    if isinstance(value, ModuleType):
        return owner_of_module(value.__name__)
    # An instance may carry the `__module__` of the function that it wraps, as a task does.
    named = value if isinstance(value, FunctionType | BuiltinFunctionType | type) else type(value)
    return owner_of_module(str(named.__module__))
