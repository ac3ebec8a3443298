"""Finds the syntax of code that is loaded, in the file that it was loaded from.

A file may have been edited since. So a found function is believed only when the file's text compiles to the very
code object that is loaded; texts seen earlier in the process are tried too.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import linecache
import marshal
import struct
from collections import defaultdict
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["class_node", "function_node"]

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_KEPT_TEXTS = 4
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def function_node(code: CodeType, globals_: dict[str, Any]) -> FunctionNode | None:
    """Return the syntax of a loaded code object, or `None` when no known text compiles to it."""
    for text in _texts(code.co_filename, globals_):
        node = text.function(code)
        if node is not None:
            return node
    return None


def class_node(cls: type, methods: list[CodeType], file: str | None) -> ast.ClassDef | None:
    """Return the syntax of a loaded class, or `None` when no known text of `file` compiles to these methods of it."""
    for text in _texts(file, {}) if file else ():
        node = text.class_(cls, methods)
        if node is not None:
            return node
    return None


class _Text:
    """One text of a file, parsed and compiled."""

    def __init__(self, lines: list[str], filename: str) -> None:
        self.lines = lines
        text = "".join(lines)
        self._tree = ast.parse(text)
        self._functions: dict[tuple[str, int], ast.FunctionDef | ast.AsyncFunctionDef] = {}
        self._classes: dict[str, list[ast.ClassDef]] = defaultdict(list)
        self._codes: dict[tuple[str, int], list[CodeType]] = defaultdict(list)
        self._note_definitions(self._tree, "")
        self._note_codes(_compiled_by_import(filename) or compile(text, filename, "exec", dont_inherit=True))

    @functools.cached_property
    def _lambdas(self) -> list[ast.Lambda]:
        return [node for node in ast.walk(self._tree) if isinstance(node, ast.Lambda)]

    def function(self, code: CodeType) -> FunctionNode | None:
        if code not in self._codes.get((code.co_qualname, code.co_firstlineno), ()):
            return None
        if code.co_name == "<lambda>":
            return _lambda_at(code, [node for node in self._lambdas if node.lineno == code.co_firstlineno])
        return self._functions.get((code.co_name, code.co_firstlineno))

    def class_(self, cls: type, methods: list[CodeType]) -> ast.ClassDef | None:
        if any(code not in self._codes.get((code.co_qualname, code.co_firstlineno), ()) for code in methods):
            return None
        agreeing = [node for node in self._classes.get(cls.__qualname__, []) if _agrees(node, cls, methods)]
        return agreeing[-1] if agreeing else None

    def _note_definitions(self, node: ast.AST, prefix: str) -> None:
        for block in _BLOCKS:
            for child in getattr(node, block, ()):
                match child:
                    case ast.FunctionDef() | ast.AsyncFunctionDef():
                        self._functions[child.name, _first_line(child)] = child
                        self._note_definitions(child, f"{prefix}{child.name}.<locals>.")
                    case ast.ClassDef():
                        self._classes[prefix + child.name].append(child)
                        self._note_definitions(child, f"{prefix}{child.name}.")
                    case ast.stmt() | ast.ExceptHandler() | ast.match_case():
                        self._note_definitions(child, prefix)

    def _note_codes(self, code: CodeType) -> None:
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self._codes[constant.co_qualname, constant.co_firstlineno].append(constant)
                self._note_codes(constant)


_known: dict[str, tuple[_Text, ...]] = {}


def _texts(filename: str, globals_: dict[str, Any]) -> Iterator[_Text]:
    """Yield the texts of a file, the present one first."""
    linecache.checkcache(filename)
    lines = linecache.getlines(filename, globals_)
    known = _known.get(filename, ())
    if lines and not any(text.lines is lines or text.lines == lines for text in known):
        try:
            known = (_Text(lines, filename), *known)[:_KEPT_TEXTS]
        except (SyntaxError, ValueError, RecursionError):
            pass  # being edited, or not Python at all
        else:
            _known[filename] = known
    yield from known


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _compiled_by_import(filename: str) -> CodeType | None:
    """Return the code that importing compiled from the present text of a file: reading it is much faster than compiling.

    What importing compares is whole seconds, and a text can be edited within the second in which it was imported: the
    code has to be younger than the text, too.
    """
    try:
        stat, compiled = Path(filename).stat(), Path(importlib.util.cache_from_source(filename))
        if compiled.stat().st_mtime_ns <= stat.st_mtime_ns:
            return None
        data = compiled.read_bytes()
        magic, flags, mtime, size = struct.unpack("<4sLLL", data[:_HEADER])
        if (
            magic == importlib.util.MAGIC_NUMBER
            and not flags
            and (mtime, size) == (int(stat.st_mtime) & 0xFFFFFFFF, stat.st_size)
        ):
            code = marshal.loads(data[_HEADER:])  # noqa: S302 - the file that Python itself has just run
            return code if isinstance(code, CodeType) else None
    except (OSError, ValueError, EOFError, TypeError, NotImplementedError, struct.error):
        pass
    return None


_HEADER = 16


def _lambda_at(code: CodeType, nodes: list[ast.Lambda]) -> ast.Lambda | None:
    """Return the one of several lambdas on a line whose body holds the code: the smallest."""
    if len(nodes) == 1:
        return nodes[0]
    spans = [(line, column, end, end_column) for line, end, column, end_column in code.co_positions()
             if None not in (line, column, end, end_column) and (line, column) != (code.co_firstlineno, 0)]  # fmt: skip
    if not spans:  # of a lambda that returns a constant, Python 3.12 does not know where it stands
        return next((node for node in nodes if _compiles_to(node, code)), None)
    start, end = min(span[:2] for span in spans), max(span[2:] for span in spans)
    return min((node for node in nodes if _holds(node.body, start, end)), key=lambda node: _size(node.body), default=None)


def _compiles_to(node: ast.Lambda, code: CodeType) -> bool:
    found = next(each for each in compile(ast.Expression(node), "", "eval").co_consts if isinstance(each, CodeType))
    return found.co_code == code.co_code and _signature(found) == _signature(code)


def _signature(code: CodeType) -> tuple[Any, ...]:
    return repr(code.co_consts), code.co_varnames, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount


def _holds(node: ast.expr, start: tuple[Any, ...], end: tuple[Any, ...]) -> bool:
    return (node.lineno, node.col_offset) <= start and end <= (node.end_lineno, node.end_col_offset)


def _size(node: ast.expr) -> tuple[int, int]:
    return (node.end_lineno or 0) - node.lineno, (node.end_col_offset or 0) - node.col_offset


def _agrees(node: ast.ClassDef, cls: type, methods: list[CodeType]) -> bool:
    """Say whether a class statement may have made `cls`: its methods stand inside, and its fields are known."""
    if not all(_first_line(node) <= code.co_firstlineno <= (node.end_lineno or 0) for code in methods):
        return False
    fields = {s.target.id for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)}
    return fields <= {*vars(cls).get("__annotations__", ()), *vars(cls)}
