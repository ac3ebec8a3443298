"""The canonical bytes of a normalised tree.

The same on all supported versions of Python: fields that are absent or empty contribute nothing, so fields that a newer
Python adds do not matter until they are used.

Local variables are written by their place: the how many-th that its function uses. So a renamed local is the same
program. Names that others see stay: of parameters, of what a definition or an import binds, of attributes. So do all
names where the code looks at its own variables (`locals()`, `eval`), and each name that stands in a text of it: a query
such as `frame.query("x > @limit")` finds a local by its name.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, Final

from recoup.hashing.code.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Callable

    from recoup.hashing.code.scopes import AnyFunction, Comprehension, Scope

__all__ = ["SILENT", "encode"]

SILENT: Final = frozenset({"kind", "type_comment", "type_ignores", "ctx"})
"""Fields that say nothing about what a program does."""

_SEES_LOCALS: Final = frozenset({
    "_getframe", "currentframe", "dir", "eval", "exec", "f_back", "f_locals", "globals", "locals", "stack", "vars",
})  # fmt: skip
_WORDS: Final = re.compile(r"[^\W\d]\w*")


def encode(node: ast.AST, scopes: Scopes | None = None) -> bytes:
    """Return the canonical encoding of a normalised tree."""
    return _Encoder(node, scopes or Scopes()).run(node)


class _Frame:
    """A scope that is open, and the places of its variables, in the order in which they were met."""

    __slots__ = ("places", "scope")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.places: dict[str, bytes] = {}


class _Encoder:
    def __init__(self, tree: ast.AST, scopes: Scopes) -> None:
        self._scopes = scopes
        self._frames: list[_Frame] = []
        self._chunks: list[bytes] = []
        self._write = self._chunks.append
        self._keeps_all, self._kept = _names_to_keep(tree, scopes)

    def run(self, node: ast.AST) -> bytes:
        self._node(node)
        return b"".join(self._chunks)

    def _node(self, node: ast.AST) -> None:
        special = _SPECIAL.get(type(node))
        if special is not None:
            special(self, node)
            return
        head, fields = _head_of(type(node))
        self._write(head)
        for name, label in fields:
            self._labelled(label, getattr(node, name, None))
        self._write(b")")

    def _labelled(self, label: bytes, value: Any) -> None:
        if value is not None and value != []:
            self._write(label)
            self._field(value)

    def _field(self, value: Any) -> None:
        if isinstance(value, ast.AST):
            self._node(value)
        elif isinstance(value, list):
            self._write(b"[%d" % len(value))
            for item in value:
                self._field(item)
            self._write(b"]")
        else:
            self._write(_constant(value))

    # --- scopes and names ------------------------------------------------------------------

    def _scoped(self, node: AnyFunction | ast.ClassDef) -> None:
        """Encode a function or class, whose body is a scope of its own."""
        head, fields = _head_of(type(node))
        self._write(head)
        for name, label in fields:
            if name == "body":
                self._frames.append(_Frame(self._scopes.of(node)))
                self._labelled(label, node.body)
                self._frames.pop()
            else:
                self._labelled(label, getattr(node, name, None))
        self._write(b")")

    def _comprehension(self, node: Comprehension) -> None:
        """Encode a comprehension, a scope of its own but for what it first goes through."""
        head, fields = _head_of(type(node))
        self._write(head)
        self._node(node.generators[0].iter)
        self._frames.append(_Frame(self._scopes.of(node)))
        for number, generator in enumerate(node.generators):
            self._node(generator.target)
            if number:
                self._node(generator.iter)
            self._field(generator.ifs)
            self._field(generator.is_async)
        for name, label in fields:
            if name != "generators":
                self._labelled(label, getattr(node, name))
        self._frames.pop()
        self._write(b")")

    def _name(self, node: ast.Name) -> None:
        self._write(b"(Name id=")
        self._write(self._variable(node.id))
        self._write(b")")

    def _naming(self, node: ast.AST) -> None:
        """Encode a node that has the names of variables as texts."""
        head, fields = _head_of(type(node))
        self._write(head)
        for name, label in fields:
            value = getattr(node, name, None)
            if name in _NAMING and value:
                self._write(label)
                for variable in value if isinstance(value, list) else [value]:
                    self._write(self._variable(variable))
            else:
                self._labelled(label, value)
        self._write(b")")

    def _variable(self, name: str) -> bytes:
        """Return the place of a local variable, else the name."""
        for depth in range(len(self._frames) - 1, -1, -1):
            frame = self._frames[depth]
            scope = frame.scope
            if scope.is_class and depth < len(self._frames) - 1:
                continue  # the names of a class body are not visible in its methods
            if name in scope.outside:
                break
            if name in scope.bound:
                if self._keeps_all or scope.is_class or name in scope.fixed or name in self._kept:
                    break
                return frame.places.get(name) or frame.places.setdefault(name, b"l%d.%d;" % (depth, len(frame.places)))
        return _constant(name)


_NAMING = frozenset({"name", "names", "rest"})
_SPECIAL: dict[type[ast.AST], Callable[[_Encoder, Any], None]] = {
    ast.Name: _Encoder._name,  # noqa: SLF001 - a table of this class's own methods
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef), _Encoder._scoped),  # noqa: SLF001 - as above
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), _Encoder._comprehension),  # noqa: SLF001 - as above
    **dict.fromkeys((ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping, ast.Nonlocal), _Encoder._naming),  # noqa: SLF001 - as above
}


def _names_to_keep(tree: ast.AST, scopes: Scopes) -> tuple[bool, set[str]]:
    """Say whether the code may look at all its variables by name; else return the names that it may look for."""
    kept: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                if name in _SEES_LOCALS:
                    return True, kept
            case ast.Constant(value=str(text)):
                kept.update(_WORDS.findall(text))
            case ast.ClassDef():
                kept |= scopes.of(node).bound
    return False, kept


# --- nodes and constants ---------------------------------------------------------------------


def _head_of(kind: type[ast.AST]) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Return how a node of this kind begins, and its fields with their labels."""
    known = _heads.get(kind)
    if known is None:
        fields = [(name, b" %b=" % name.encode()) for name in kind._fields if name not in SILENT]
        known = _heads[kind] = b"(" + kind.__name__.encode(), fields
    return known


_heads: dict[type[ast.AST], tuple[bytes, list[tuple[str, bytes]]]] = {}


def _constant(value: Any) -> bytes:
    match value:
        case str():
            return _framed(b"s", value.encode("utf-8", "surrogatepass"))
        case bytes():
            return _framed(b"b", value)
        case bool() | None:
            return b"N" if value is None else b"T" if value else b"F"
        case int():
            return _framed(b"i", f"{value:x}".encode())
        case float():
            return _framed(b"f", value.hex().encode())
        case complex():
            return _framed(b"c", f"{value.real.hex()},{value.imag.hex()}".encode())
        case _:
            return _framed(b"e", repr(value).encode())  # Ellipsis, the only other literal


def _framed(tag: bytes, data: bytes) -> bytes:
    return b"%b%d:%b" % (tag, len(data), data)
