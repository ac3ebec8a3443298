"""What one scope of a program binds: a function, class or comprehension, without the scopes inside it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["AnyFunction", "Chain", "Comprehension", "Import", "Scope", "Scopes", "chain_of"]


Chain = tuple[str, ...]
"""A name and the attributes read from it."""


@dataclass(frozen=True, slots=True)
class Import:
    """An import inside code: `level` dots, the module, and what is read from it.

    `bare` is the statement itself, which names a module without using it as a value.
    """

    level: int
    module: str
    chain: Chain = ()
    bare: bool = False


@dataclass(slots=True)
class Scope:
    """What a scope binds, and what it declares to be bound elsewhere.

    `rebound` are the globals and `nonlocal` names that it assigns; `imports` the names it binds by importing;
    `aliases` those that it binds once, to what a chain means. `fixed` are names that others see: of parameters, and of
    what a definition or an import binds.
    """

    is_class: bool = False
    bound: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    rebound: set[str] = field(default_factory=set)
    imports: dict[str, Import] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)
    aliases: dict[str, Chain] = field(default_factory=dict)


def chain_of(node: ast.AST) -> Chain:
    """Return `a.b.c` as names, empty for anything that does not start with a name."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    return (node.id, *reversed(attributes)) if isinstance(node, ast.Name) else ()


def scope_of(body: Sequence[ast.AST], bound: set[str] | None = None, *, is_class: bool = False) -> Scope:
    """Return the scope of a body; `bound` are its parameters."""
    scope = Scope(is_class=is_class, bound=set(bound or ()), fixed=set(bound or ()))
    binder = _Binder(scope)
    for node in body:
        binder.visit(node)
    scope.rebound = scope.bound & (scope.outside | scope.nonlocals)
    scope.bound -= scope.rebound
    return scope


AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Scopes:
    """The scopes of one tree, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[ast.AST, Scope] = {}

    def of(self, node: AnyFunction | Comprehension | ast.ClassDef) -> Scope:
        """Return the scope that a function, comprehension or class opens."""
        return self._known.get(node) or self._known.setdefault(node, _scope_at(node))


def _scope_at(node: AnyFunction | Comprehension | ast.ClassDef) -> Scope:
    match node:
        case ast.ClassDef():
            return scope_of(node.body, is_class=True)
        case ast.Lambda():
            return scope_of([node.body], bound=_parameters(node.args))
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return scope_of(node.body, bound=_parameters(node.args))
    targets = [part for generator in node.generators for part in ast.walk(generator.target)]
    return Scope(bound={part.id for part in targets if isinstance(part, ast.Name)})


def _parameters(arguments: ast.arguments) -> set[str]:
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {parameter.arg for parameter in listed if parameter}


class _Binder(ast.NodeVisitor):
    """Collects what one scope binds, without entering the scopes inside it."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self._scope.bound.add(node.name)
        self._scope.fixed.add(node.name)
        for decorator in node.decorator_list:
            self.visit(decorator)

    visit_AsyncFunctionDef = visit_ClassDef = visit_FunctionDef  # noqa: N815 - names that ast gives

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Its names are its own."""

    def visit_Name(self, node: ast.Name) -> None:
        """Bind nothing: the name is read."""

    def visit_Constant(self, node: ast.Constant) -> None:
        """Bind nothing."""

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        for part in ast.walk(node):  # only `:=` binds outside a comprehension
            if isinstance(part, ast.NamedExpr):
                self._scope.bound.add(part.target.id)

    visit_ListComp = visit_SetComp = _comprehension  # noqa: N815 - names that ast gives
    visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815 - as above

    def visit_Global(self, node: ast.Global) -> None:
        self._scope.outside |= set(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self._scope.nonlocals |= set(node.names)

    def visit_Assign(self, node: ast.Assign) -> None:
        chain = chain_of(node.value)
        match node.targets:
            case [ast.Name(id=name)] if chain and name not in self._scope.bound:
                self._bind(*node.targets)
                self._scope.aliases[name] = chain
            case targets:
                self._bind(*targets)
        self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._bind(node.target)
        self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._bind(node.target)
        if node.value is not None:
            self.visit(node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._bind(node.target)
        self.visit(node.value)

    def visit_Delete(self, node: ast.Delete) -> None:
        self._bind(*node.targets)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._bind(node.target)
        self.generic_visit(node)

    visit_AsyncFor = visit_For  # noqa: N815 - a name that ast gives

    def visit_withitem(self, node: ast.withitem) -> None:
        if node.optional_vars is not None:
            self._bind(node.optional_vars)
        self.visit(node.context_expr)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._scope.bound.add(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self._scope.bound.add(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs  # noqa: N815 - a name that ast gives

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self._scope.bound.add(node.rest)
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            top, _, _ = alias.name.partition(".")
            self._imported(alias.asname or top, Import(0, alias.name if alias.asname else top))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self._imported(alias.asname or alias.name, Import(node.level or 0, node.module or "", (alias.name,)))

    def _imported(self, name: str, what: Import) -> None:
        self._scope.bound.add(name)
        self._scope.fixed.add(name)
        self._scope.imports[name] = what

    def _bind(self, *targets: ast.expr) -> None:
        for target in targets:
            match target:
                case ast.Name():
                    self._scope.bound.add(target.id)
                    self._scope.aliases.pop(target.id, None)
                case ast.Tuple() | ast.List():
                    self._bind(*target.elts)
                case ast.Starred():
                    self._bind(target.value)
                case _:
                    self.visit(target)
