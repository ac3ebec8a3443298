"""What the methods of a class change of their own instance: the memo of a client, the count of a counter."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from recoup.hashing.code.lookup import globals_of_class
from recoup.hashing.code.names import CHANGING_METHODS
from recoup.hashing.code.owners import Owner, owner_of_module
from recoup.hashing.code.pieces import piece_of_class

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["changed_by"]

_MAKERS = ("__init__", "__new__", "__post_init__", "__setstate__")


@dataclass(slots=True)
class _Methods:
    """Of each method what it changes and which others it names; what instances begin with."""

    changes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    written: set[str] = field(default_factory=set)
    """Attributes that begin as it is written in the class."""
    given: set[str] = field(default_factory=set)
    """Attributes that begin as something that the maker of an instance gave."""


def changed_by(cls: type, called: Iterable[str]) -> frozenset[str]:
    """Return the attributes that methods of `cls`, when these of them are called, change of their instance.

    Those that begin as something given to the constructor are left out: what was given is data like any other.
    """
    methods = _Methods()
    for base in cls.__mro__:
        piece = piece_of_class(base, globals_of_class(base)) if owner_of_module(base.__module__) is Owner.PROJECT else None
        tree = piece.tree() if piece is not None and piece.tree is not None else None
        if isinstance(tree, ast.ClassDef):
            _read(tree, methods)
    waiting, seen = list(called), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += methods.names.get(name, ())
    changed = {attribute for name in seen for attribute in methods.changes.get(name, ())}
    return frozenset(changed & methods.written - methods.given)


def _read(tree: ast.ClassDef, methods: _Methods) -> None:
    known = set(methods.changes) | set(methods.names)
    for statement in tree.body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                arguments = [*statement.args.posonlyargs, *statement.args.args]
                if arguments and statement.name in _MAKERS:
                    _read_maker(statement, arguments[0].arg, methods)
                elif arguments and statement.name not in known:
                    methods.changes[statement.name] |= set(_changed(statement, arguments[0].arg))
                    methods.names[statement.name] |= set(_named(statement, arguments[0].arg))
            case ast.Assign(targets=[ast.Name(id=name)]):
                methods.written.add(name)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as call):
                options = {option.arg: option.value for option in call.keywords}
                init = options.get("init")
                (methods.written if isinstance(init, ast.Constant) and init.value is False else methods.given).add(name)


def _read_maker(node: ast.FunctionDef | ast.AsyncFunctionDef, me: str, methods: _Methods) -> None:
    """Note what a constructor sets to what is written there, and what to what it was given."""
    own = {name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
    own |= {argument.arg for argument in ast.walk(node) if isinstance(argument, ast.arg)}
    for statement in ast.walk(node):
        if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
            continue
        used = {name.id for name in ast.walk(statement.value) if isinstance(name, ast.Name)} if statement.value else set()
        for attribute in _targets(statement, me):
            (methods.given if used & own else methods.written).add(attribute)


def _named(node: ast.AST, me: str) -> Iterator[str]:
    for part in ast.walk(node):
        match part:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name == me:
                yield attribute


def _changed(node: ast.AST, me: str) -> Iterator[str]:
    for part in ast.walk(node):
        yield from _targets(part, me)
        match part:
            case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in CHANGING_METHODS:
                yield from _root(value, me)


def _targets(node: ast.AST, me: str) -> Iterator[str]:
    """Yield the attributes of `me` that a statement assigns, or into which it assigns."""
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            pass
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target) | ast.For(target=target):
            targets = [target]
        case _:
            return
    for target in targets:
        for part in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
            yield from _root(part, me)


def _root(node: ast.AST, me: str) -> Iterator[str]:
    """Yield `x` for `me.x`, `me.x[0]` and `me.x.y`."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name == me:
                yield attribute
                return
        node = node.value
