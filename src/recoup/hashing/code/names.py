"""Which names a piece of code reaches out to: globals, free variables, imports, and what it changes.

The compiler's scoping rules, applied to a normalised tree: a name that no scope of the tree binds is looked up
outside. Chains of attributes are kept whole (`mod.table.clean`), since what lies behind a module is reached
through them. Imports inside functions are followed as if they stood outside.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

__all__ = ["CHANGING_METHODS", "Import", "Names", "names_of"]

Chain = tuple[str, ...]
"""A name and the attributes read from it."""

CHANGING_METHODS = frozenset({
    "__delitem__", "__setitem__", "add", "append", "appendleft", "clear", "difference_update", "discard", "extend",
    "extendleft", "fill", "insert", "intersection_update", "move_to_end", "pop", "popitem", "popleft", "put", "put_nowait",
    "remove", "reverse", "rotate", "setdefault", "sort", "subtract", "symmetric_difference_update", "update", "write",
})  # fmt: skip
"""Methods that change what they are called on, on the usual containers."""


@dataclass(frozen=True, slots=True)
class Import:
    """An import inside code: `level` dots, the module, and what is read from it.

    `bare` is the statement itself, which names a module without using it as a value.
    """

    level: int
    module: str
    chain: Chain = ()
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """What a piece of code reaches by name, and what it changes.

    `reads` are chains from global or free names; `changes` those whose value is changed in place or rebound;
    `changed_attributes` the attributes that are assigned or changed on anything (`self.seen.add(…)` → `seen`).
    """

    reads: tuple[Chain, ...] = ()
    imports: tuple[Import, ...] = ()
    changes: frozenset[Chain] = frozenset()
    changed_attributes: frozenset[str] = frozenset()


def names_of(node: ast.AST) -> Names:
    """Return what a normalised function, lambda or class reaches by name.

    Defaults of the outermost function are not searched: their values are known, and count.
    """
    finder = _Finder()
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            finder.function(node, outermost=True)
        case ast.Lambda():
            finder.function(node, outermost=True)
        case _:
            finder.visit(node)
    return Names(
        reads=tuple(sorted(finder.reads)),
        imports=tuple(sorted(finder.imports, key=lambda i: (i.level, i.module, i.chain, i.bare))),
        changes=frozenset(finder.changes),
        changed_attributes=frozenset(finder.changed_attributes),
    )


@dataclass(slots=True)
class _Scope:
    is_class: bool = False
    bound: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)  # declared `global`
    nonlocals: set[str] = field(default_factory=set)
    imports: dict[str, Import] = field(default_factory=dict)
    aliases: dict[str, Chain] = field(default_factory=dict)


class _Finder(ast.NodeVisitor):
    def __init__(self) -> None:
        self.reads: set[Chain] = set()
        self.imports: set[Import] = set()
        self.changes: set[Chain] = set()
        self.changed_attributes: set[str] = set()
        self._scopes: list[_Scope] = []

    # --- scopes ----------------------------------------------------------------------------

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, *, outermost: bool = False) -> None:
        arguments = node.args
        if not isinstance(node, ast.Lambda):
            self._visit_all([*node.decorator_list, node.returns, *getattr(node, "type_params", ())])
        if not outermost:
            self._visit_all([*arguments.defaults, *arguments.kw_defaults])
        parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        self._visit_all([parameter.annotation for parameter in parameters if parameter])
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
        self._inside(_scope_of(body, bound={parameter.arg for parameter in parameters if parameter}), body)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_all([*node.decorator_list, *node.bases, *node.keywords, *getattr(node, "type_params", ())])
        self._inside(_scope_of(node.body, is_class=True), list(node.body))

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        self.visit(node.generators[0].iter)
        targets = [part for generator in node.generators for part in ast.walk(generator.target)]
        scope = _Scope(bound={part.id for part in targets if isinstance(part, ast.Name)})
        rest: list[ast.AST | None] = [generator.iter for generator in node.generators[1:]]
        rest += [condition for generator in node.generators for condition in generator.ifs]
        rest += [generator.target for generator in node.generators]
        rest += [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._inside(scope, rest)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def _inside(self, scope: _Scope, nodes: list[ast.AST] | list[ast.AST | None]) -> None:
        self._scopes.append(scope)
        self._visit_all(nodes)
        self._scopes.pop()

    def _visit_all(self, nodes: list[ast.AST] | list[ast.AST | None] | list[ast.expr | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _owner(self, name: str) -> _Scope | None:
        """Return the scope that binds `name`, or `None` when it is looked up outside."""
        for depth, scope in enumerate(reversed(self._scopes)):
            if scope.is_class and depth:
                continue  # the names of a class body are not visible in its methods
            if name in scope.outside:
                return None
            if name in scope.bound:
                return scope
        return None

    # --- reads -----------------------------------------------------------------------------

    def visit_Name(self, node: ast.Name) -> None:
        self._read((node.id,))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        chain = _chain(node)
        if chain:
            self._read(chain)
        else:
            self.visit(node.value)

    def _read(self, chain: Chain) -> None:
        owner = self._owner(chain[0])
        if owner is None:
            self.reads.add(chain)
        elif chain[0] in owner.imports:
            imported = owner.imports[chain[0]]
            self.imports.add(Import(imported.level, imported.module, imported.chain + chain[1:]))

    def visit_Import(self, node: ast.Import) -> None:
        self.imports |= {Import(0, alias.name, bare=True) for alias in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.imports |= {Import(node.level or 0, node.module or "", (alias.name,), bare=True) for alias in node.names}

    def visit_Constant(self, node: ast.Constant) -> None:
        """Constants reach nothing."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit_all([_unquoted(node.annotation), node.value, node.target])

    # --- changes ---------------------------------------------------------------------------

    def visit_Global(self, node: ast.Global) -> None:
        self.changes |= {(name,) for name in node.names}

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.changes |= {(name,) for name in node.names if self._owner(name) is None}

    def visit_Assign(self, node: ast.Assign) -> None:
        self._changed(*node.targets)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._changed(node.target)
        self.generic_visit(node)

    def visit_Delete(self, node: ast.Delete) -> None:
        self._changed(*node.targets)
        self.generic_visit(node)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._changed(node.target)
        self.generic_visit(node)

    visit_AsyncFor = visit_For

    def visit_withitem(self, node: ast.withitem) -> None:
        if node.optional_vars is not None:
            self._changed(node.optional_vars)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING_METHODS:
            self._changed_value(node.func.value)
        self.generic_visit(node)

    def _changed(self, *targets: ast.expr) -> None:
        for target in targets:
            match target:
                case ast.Tuple() | ast.List():
                    self._changed(*target.elts)
                case ast.Starred():
                    self._changed(target.value)
                case ast.Subscript():
                    self._changed_value(target.value)
                case ast.Attribute():
                    self.changed_attributes.add(target.attr)
                    self._changed_chain(_chain(target))
                    self._changed_value(target.value)

    def _changed_value(self, node: ast.expr) -> None:
        """Note that the value of an expression is changed in place."""
        while isinstance(node, ast.Subscript):
            node = node.value
        if isinstance(node, ast.Attribute):
            self.changed_attributes.add(node.attr)
        self._changed_chain(_chain(node))

    def _changed_chain(self, chain: Chain) -> None:
        if not chain:
            return
        owner = self._owner(chain[0])
        if owner is None:
            self.changes.add(chain)
        elif chain[0] in owner.aliases and self._owner(owner.aliases[chain[0]][0]) is None:
            self.changes.add(owner.aliases[chain[0]] + chain[1:])


def _scope_of(body: list[ast.AST] | list[ast.stmt], bound: set[str] | None = None, *, is_class: bool = False) -> _Scope:
    scope = _Scope(is_class=is_class, bound=set(bound or ()))
    binder = _Binder(scope)
    for node in body:
        binder.visit(node)
    scope.bound -= scope.outside | scope.nonlocals
    return scope


class _Binder(ast.NodeVisitor):
    """Collects what one scope binds, without entering the scopes inside it."""

    def __init__(self, scope: _Scope) -> None:
        self._scope = scope

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self._scope.bound.add(node.name)
        for decorator in node.decorator_list:
            self.visit(decorator)

    visit_AsyncFunctionDef = visit_ClassDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Its names are its own."""

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        for part in ast.walk(node):  # only `:=` binds outside a comprehension
            if isinstance(part, ast.NamedExpr):
                self._scope.bound.add(part.target.id)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_Global(self, node: ast.Global) -> None:
        self._scope.outside |= set(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self._scope.nonlocals |= set(node.names)

    def visit_Assign(self, node: ast.Assign) -> None:
        match node.targets, _chain(node.value):
            case [ast.Name(id=name)], (_, *_) as chain:
                self._scope.aliases[name] = chain
        self._bind(*node.targets)
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

    visit_AsyncFor = visit_For

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

    visit_MatchStar = visit_MatchAs

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
        self._scope.imports[name] = what

    def _bind(self, *targets: ast.expr) -> None:
        for target in targets:
            match target:
                case ast.Name():
                    self._scope.bound.add(target.id)
                case ast.Tuple() | ast.List():
                    self._bind(*target.elts)
                case ast.Starred():
                    self._bind(target.value)
                case _:
                    self.visit(target)


def _chain(node: ast.AST) -> Chain:
    """Return `a.b.c` as names, empty for anything that does not start with a name."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    return (node.id, *reversed(attributes)) if isinstance(node, ast.Name) else ()


def _unquoted(annotation: ast.expr) -> ast.expr:
    """Return the expression inside a quoted annotation, so that the class it names is reached."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return annotation
    return annotation
