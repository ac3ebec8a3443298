"""What a function or class says on its own: its normalised syntax and the names it uses. Found once per code object."""

from __future__ import annotations

import ast
import builtins
import weakref
from dataclasses import dataclass, field
from operator import is_
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from recoup.hashing.code.bytecode import digest_of_code, names_of_code
from recoup.hashing.code.names import Names, names_of
from recoup.hashing.code.owners import Owner, owner_of_module
from recoup.hashing.code.scopes import Scopes
from recoup.hashing.code.source import class_node, function_node
from recoup.hashing.code.syntax import Decorator, digest_of, normalise, unparse
from recoup.hashing.code.unwrapping import functions_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recoup.types import Digest

__all__ = ["ByIdentity", "Piece", "file_of_class", "is_written_in", "methods_of", "piece_of_class", "piece_of_function"]

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Piece:
    """A function or class by itself: `tree` is its normalised syntax, `None` when only its bytecode is known."""

    digest: Digest
    names: Names
    tree: ast.AST | None = field(default=None, compare=False)

    def source(self) -> str:
        """Return normalised source for a person, empty when there is none."""
        return "" if self.tree is None else unparse(self.tree)


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
    return _classes.put(cls, (codes, _piece_of_tree(normalise(node, _judge_in(space)))))[1]


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
    code = function.__code__
    node = function_node(code, function.__globals__)
    if node is not None:
        try:
            return _piece_of_tree(normalise(node, _judge_in(function.__globals__)))
        except RecursionError:
            pass  # an expression too deep for us, though not for the compiler
    return Piece(digest_of_code(code), names_of_code(code))


def _piece_of_tree(tree: ast.AST) -> Piece:
    scopes = Scopes()
    return Piece(digest_of(tree, scopes), names_of(tree, scopes), tree)


# --- decorators --------------------------------------------------------------------------------


def _judge_in(globals_: Mapping[str, Any]) -> Any:
    def judge(decorator: ast.expr) -> Decorator:
        expression = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(expression, ast.Attribute) and expression.attr in ("setter", "getter", "deleter"):
            return Decorator.PLAIN
        value = _evaluate(expression, globals_)
        owner = _owner_of_value(value)
        if owner is Owner.RECOUP:
            return Decorator.OURS
        registers = isinstance(expression, ast.Attribute) and expression.attr == "register"
        return Decorator.PLAIN if owner is Owner.PYTHON and not registers else Decorator.READER

    return judge


def _evaluate(expression: ast.expr, globals_: Mapping[str, Any]) -> Any:
    """Return what a dotted name means, as far as looking it up runs no code."""
    match expression:
        case ast.Name(id=name):
            return globals_.get(name, getattr(builtins, name, None))
        case ast.Attribute(value=inner, attr=name):
            value = _evaluate(inner, globals_)
            return vars(value).get(name, value) if isinstance(value, ModuleType) else value
    return None


def _owner_of_value(value: Any) -> Owner | None:
    value = getattr(value, "func", value) if type(value).__module__ == "functools" else value
    if value is None:
        return None
    if isinstance(value, ModuleType):
        return owner_of_module(value.__name__)
    # An instance may carry the `__module__` of the function that it wraps, as a task does.
    named = value if isinstance(value, FunctionType | BuiltinFunctionType | type) else type(value)
    return owner_of_module(str(named.__module__))
