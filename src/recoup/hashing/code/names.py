"""Which names a piece of code reaches out to: globals, free variables, imports, and what it changes.

The compiler's scoping rules, applied to a normalised tree: a name that no scope of the tree binds is looked up
outside. Chains of attributes are kept whole (`mod.table.clean`), since what lies behind a module is reached
through them. Imports inside functions are followed as if they stood outside.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recoup.hashing.code.scopes import AnyFunction, Chain, Comprehension, Import, Scope, Scopes, chain_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CHANGING_METHODS", "Names", "names_of"]

CHANGING_METHODS = frozenset({
    "__delitem__", "__setitem__", "add", "append", "appendleft", "clear", "difference_update", "discard", "extend",
    "extendleft", "fill", "insert", "intersection_update", "move_to_end", "pop", "popitem", "popleft", "put", "put_nowait",
    "remove", "reverse", "rotate", "setdefault", "sort", "subtract", "symmetric_difference_update", "update", "write",
})  # fmt: skip
"""Methods that change what they are called on, on the usual containers."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a piece of code reaches by name, and what it changes.

    `reads` are chains from global or free names. `changes` are those that are rebound, or whose value gets or loses
    an item or attribute; `calls` those on which a method is called that changes the usual containers, with its name.
    `changed_attributes` are attributes changed on anything (`self.seen.add(…)` → `seen`), except assigned on `self`.
    `defining` are chains read only where the thing itself is made: by its decorators, and in the body of a class. What
    these change, a registry of handlers, is changed before anything is called.
    """

    reads: tuple[Chain, ...] = ()
    imports: tuple[Import, ...] = ()
    changes: frozenset[Chain] = frozenset()
    calls: frozenset[Chain] = frozenset()
    changed_attributes: frozenset[str] = frozenset()
    defining: tuple[Chain, ...] = ()


def names_of(node: ast.AST, scopes: Scopes | None = None, *, is_metaclass: bool = False) -> Names:
    """Return what a normalised function, lambda or class reaches by name.

    Defaults of the outermost function are not searched: their values are known, and count.
    """
    finder = _Finder(scopes or Scopes(), _CALLED_WHEN_MADE + _MAKE_CLASSES * is_metaclass)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        finder.function(node, outermost=True)
    else:
        finder.visit(node)
    return Names(
        reads=tuple(sorted(finder.reads)),
        imports=tuple(sorted(finder.imports, key=lambda i: (i.level, i.module, i.chain, i.bare))),
        changes=frozenset(finder.changes),
        calls=frozenset(finder.calls),
        changed_attributes=frozenset(finder.changed_attributes),
        defining=tuple(sorted(finder.defining - finder.reads)),
    )


class _Finder(ast.NodeVisitor):
    """Walks a piece of code with the scopes that are open around each node."""

    def __init__(self, known: Scopes, called_when_made: tuple[str, ...]) -> None:
        self._known = known
        self._called_when_made = called_when_made
        self.reads: set[Chain] = set()
        self.imports: set[Import] = set()
        self.changes: set[Chain] = set()
        self.calls: set[Chain] = set()
        self.changed_attributes: set[str] = set()
        self.defining: set[Chain] = set()
        self._scopes: list[Scope] = []
        self._is_made = True
        """Whether what is visited runs when the piece of code itself is made, not when it is called."""

    # --- scopes ----------------------------------------------------------------------------

    def function(self, node: AnyFunction, *, outermost: bool = False) -> None:
        arguments = node.args
        if not isinstance(node, ast.Lambda):
            self._visit_all([*node.decorator_list, node.returns, *getattr(node, "type_params", ())])
        if not outermost:
            self._visit_all([*arguments.defaults, *arguments.kw_defaults])
        parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        self._visit_all([parameter.annotation for parameter in parameters if parameter])
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
        is_made, self._is_made = (
            self._is_made,
            self._is_made and not outermost and getattr(node, "name", "") in self._called_when_made,
        )
        self._inside(self._known.of(node), body)
        self._is_made = is_made

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_all([*node.decorator_list, *node.bases, *node.keywords, *getattr(node, "type_params", ())])
        self._inside(self._known.of(node), list(node.body))

    def _comprehension(self, node: Comprehension) -> None:
        self.visit(node.generators[0].iter)
        rest: list[ast.AST | None] = [generator.iter for generator in node.generators[1:]]
        rest += [condition for generator in node.generators for condition in generator.ifs]
        rest += [generator.target for generator in node.generators]
        rest += [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._inside(self._known.of(node), rest)

    visit_ListComp = visit_SetComp = _comprehension  # noqa: N815 - names that ast gives
    visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815 - as above

    def _inside(self, scope: Scope, nodes: Sequence[ast.AST | None]) -> None:
        if not self._is_made:
            self.changes |= {(name,) for name in scope.rebound if name in scope.outside or self._owner(name) is None}
        self._scopes.append(scope)
        self._visit_all(nodes)
        self._scopes.pop()

    def _visit_all(self, nodes: Sequence[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _owner(self, name: str) -> Scope | None:
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
        chain = chain_of(node)
        if chain:
            self._read(chain)
        else:
            self.visit(node.value)

    def _read(self, chain: Chain) -> None:
        owner = self._owner(chain[0])
        if owner is None:
            (self.defining if self._is_made else self.reads).add(chain)
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

    visit_AsyncFor = visit_For  # noqa: N815 - a name that ast gives

    def visit_withitem(self, node: ast.withitem) -> None:
        if node.optional_vars is not None:
            self._changed(node.optional_vars)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING_METHODS and not self._is_made:
            self._changed_value(node.func.value, self.calls, (node.func.attr,))
        match chain_of(node.func), node.args:
            case ("getattr",), [owner, ast.Constant(value=str(name)), *rest] if chain_of(owner) and name.isidentifier():
                self._visit_all([node.func, *rest])
                self._read((*chain_of(owner), name))
            case ((("importlib", "import_module") | ("import_module",) | ("__import__",)), [ast.Constant(value=str(module))]) if (
                not node.keywords and self._owner(chain_of(node.func)[0]) is None
            ):
                self.imports.add(Import(0, module))
                self._visit_all([node.func] if len(chain_of(node.func)) > 1 else [])
            case _:
                self.generic_visit(node)

    def _changed(self, *targets: ast.expr) -> None:
        for target in targets if not self._is_made else ():
            match target:
                case ast.Tuple() | ast.List():
                    self._changed(*target.elts)
                case ast.Starred():
                    self._changed(target.value)
                case ast.Subscript():
                    self._changed_value(target.value, self.changes)
                case ast.Attribute(value=ast.Name(id="self")):
                    pass  # an instance's own attribute, which hides the class's
                case ast.Attribute():
                    self.changed_attributes.add(target.attr)
                    self._note(chain_of(target), self.changes)
                    self._changed_value(target.value, self.changes)

    def _changed_value(self, node: ast.expr, changes: set[Chain], method: Chain = ()) -> None:
        """Note that the value of an expression is changed in place."""
        while isinstance(node, ast.Subscript):
            node = node.value
        if isinstance(node, ast.Attribute):
            self.changed_attributes.add(node.attr)
        self._note(chain_of(node), changes, method)

    def _note(self, chain: Chain, changes: set[Chain], method: Chain = ()) -> None:
        owner = self._owner(chain[0]) if chain else None
        if chain and owner is None:
            changes.add(chain + method)
        elif owner is not None and chain[0] in owner.aliases and self._owner(owner.aliases[chain[0]][0]) is None:
            changes.add(owner.aliases[chain[0]] + chain[1:] + method)


_CALLED_WHEN_MADE = ("__init_subclass__", "__set_name__")
_MAKE_CLASSES = ("__init__", "__new__", "__prepare__")


def _unquoted(annotation: ast.expr) -> ast.expr:
    """Return the expression inside a quoted annotation, so that the class it names is reached."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return annotation
    return annotation
