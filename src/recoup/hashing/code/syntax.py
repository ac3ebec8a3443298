"""Normalised syntax: what a piece of code says, without how it is written down.

Gone are comments, formatting, docstrings and other statements without effect, positions, and annotations where
nothing reads them: of parameters, results and local variables, and in classes without bases and decorators (a
dataclass or a model is made of its annotations). Of decorators, `@task` and what stands above it go: they wrap the
task, not what it computes, so `retries=3` changes nothing. Decorators below it, and those of helpers, stay.

The digest is taken of an encoding of our own (`encoding`), the same on all supported versions of Python, in which a
renamed local variable is the same program.
"""

from __future__ import annotations

import ast
import enum
from typing import TYPE_CHECKING, Any

from blake3 import blake3

from recoup.hashing.code.encoding import SILENT, encode
from recoup.types import Digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from recoup.hashing.code.scopes import Scopes

__all__ = ["Decorator", "digest_of", "normalise", "unparse"]

SCHEME = b"recoup.code.syntax/2\n"

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


class Decorator(enum.Enum):
    """What a decorator means to the syntax below it."""

    OURS = "ours"
    """Recoup's own: it and whatever stands above are no part of the code."""
    PLAIN = "plain"
    """Part of the code, and known not to read annotations."""
    READER = "reader"
    """Part of the code, and might read annotations."""


def normalise(node: ast.AST, judge: Callable[[ast.expr], Decorator]) -> ast.AST:
    """Return a normalised copy of a function, lambda or class; `judge` knows its decorators."""
    copy: ast.AST = _Normaliser(judge).visit(node)
    return copy


def digest_of(node: ast.AST, scopes: Scopes | None = None) -> Digest:
    """Return the digest of a normalised tree."""
    return Digest(blake3(SCHEME + encode(node, scopes)).digest())


def unparse(node: ast.AST) -> str:
    """Return a normalised tree as source for a person."""
    return ast.unparse(ast.fix_missing_locations(node))


class _Normaliser(ast.NodeVisitor):
    """Builds the copy, bottom up; a visitor returns `None` for what is left out."""

    def __init__(self, judge: Callable[[ast.expr], Decorator]) -> None:
        self._judge = judge
        self._keeps_fields = False

    def generic_visit(self, node: ast.AST) -> ast.AST:
        return self._copy_of(node, {name: getattr(node, name, None) for name in node._fields if name not in SILENT})

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return node  # never changed, so it need not be copied

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return node

    def _copy_of(self, node: ast.AST, fields: dict[str, Any]) -> ast.AST:
        """Return a node of the same kind with copies of these fields."""
        for name, value in fields.items():
            if isinstance(value, ast.AST):
                fields[name] = self.visit(value)
            elif isinstance(value, list):
                fields[name] = self._block(name, value) if name in _BLOCKS else [self._copy(item) for item in value]
        return type(node)(**fields) if fields else node

    def _copy(self, item: Any) -> Any:
        return self.visit(item) if isinstance(item, ast.AST) else item

    def _block(self, name: str, statements: list[ast.stmt]) -> list[ast.stmt]:
        copies = [self.visit(statement) for statement in statements if not _is_idle(statement)]
        kept = [copy for copy in copies if copy is not None]
        return kept or ([ast.Pass()] if name == "body" else [])

    def visit_FunctionDef(self, node: AnyFunction) -> ast.AST:
        decorators = self._decorators(node.decorator_list)
        annotated = any(self._judge(decorator) is Decorator.READER for decorator in decorators)
        kept_fields, self._keeps_fields = self._keeps_fields, False
        fields = {name: value for name, value in ast.iter_fields(node) if name not in SILENT}
        fields["decorator_list"] = decorators
        if not annotated:
            fields |= {"returns": None, "args": _bare(node.args)} | ({"type_params": []} if "type_params" in fields else {})
        copy = self._copy_of(node, fields)
        self._keeps_fields = kept_fields
        return copy

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - a name that ast gives

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        decorators = self._decorators(node.decorator_list)
        kept_fields, self._keeps_fields = self._keeps_fields, bool(decorators or node.bases or node.keywords)
        fields = dict(ast.iter_fields(node)) | {"decorator_list": decorators}
        copy = self._copy_of(node, fields)
        self._keeps_fields = kept_fields
        return copy

    def _decorators(self, decorators: list[ast.expr]) -> list[ast.expr]:
        """Return the decorators that stand below the last one of ours."""
        ours = [i for i, decorator in enumerate(decorators) if self._judge(decorator) is Decorator.OURS]
        return decorators[ours[-1] + 1 :] if ours else decorators

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if self._keeps_fields:
            return self.generic_visit(node)
        if node.value is None:
            return None
        return ast.Assign(targets=[self.visit(node.target)], value=self.visit(node.value))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return ast.JoinedStr(values=list(self._merged(node.values)))

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        spec = self.visit(node.format_spec) if node.format_spec is not None else None
        if isinstance(spec, ast.JoinedStr) and not spec.values:
            spec = None
        return ast.FormattedValue(value=self.visit(node.value), conversion=node.conversion, format_spec=spec)

    def _merged(self, values: list[ast.expr]) -> Iterator[ast.expr]:
        """Yield the pieces of an f-string with neighbouring texts joined; Pythons cut them differently."""
        text = ""
        for value in values:
            if isinstance(value, ast.Constant):
                text += str(value.value)
                continue
            if text:
                yield ast.Constant(value=text)
            text = ""
            yield self.visit(value)
        if text:
            yield ast.Constant(value=text)


_BLOCKS = frozenset({"body", "orelse", "finalbody"})


def _is_idle(statement: ast.stmt) -> bool:
    """Say whether a statement does nothing: `pass`, `...`, a docstring or another bare constant."""
    return isinstance(statement, ast.Pass) or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))


def _bare(arguments: ast.arguments) -> ast.arguments:
    """Return the parameters without their annotations."""
    fields = dict(ast.iter_fields(arguments))
    for name in ("posonlyargs", "args", "kwonlyargs"):
        fields[name] = [ast.arg(arg=parameter.arg) for parameter in fields[name]]
    for name in ("vararg", "kwarg"):
        fields[name] = fields[name] and ast.arg(arg=fields[name].arg)
    return ast.arguments(**fields)
