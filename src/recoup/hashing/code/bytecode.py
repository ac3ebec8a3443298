"""Code objects of functions whose source cannot be found, or is not what was loaded.

Without file names, line numbers and docstrings. Bytecode differs between versions of Python, so such functions
have one digest per version; everything else about them works alike.
"""

from __future__ import annotations

import dis
from types import CodeType
from typing import TYPE_CHECKING, Any

from blake3 import blake3

from recoup.hashing.code.names import CHANGING_METHODS, Names
from recoup.hashing.code.scopes import Import
from recoup.types import Digest

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["digest_of_code", "names_of_code"]

SCHEME = b"recoup.code.bytecode/1\n"


def digest_of_code(code: CodeType) -> Digest:
    """Return the digest of what a code object does."""
    return Digest(blake3(SCHEME + _encode_code(code)).digest())


def names_of_code(code: CodeType) -> Names:
    """Return what a code object reaches by name, as far as its instructions tell."""
    reads: set[tuple[str, ...]] = set()
    imports: set[Import] = set()
    changes: set[tuple[str, ...]] = set()
    calls: set[tuple[str, ...]] = set()
    attributes: set[str] = set()
    for each in _with_inner(code):
        for chain in _chains(each):
            reads.add(chain)
            if len(chain) > 1 and chain[-1] in CHANGING_METHODS:
                calls.add(chain)
        for instruction in dis.get_instructions(each):
            match instruction.opname:
                case "IMPORT_NAME":
                    imports.add(Import(0, instruction.argval, bare=True))
                case "STORE_GLOBAL" | "DELETE_GLOBAL":
                    changes.add((instruction.argval,))
                case "STORE_ATTR" | "DELETE_ATTR":
                    attributes.add(instruction.argval)
    return Names(
        reads=tuple(sorted(reads)),
        imports=tuple(sorted(imports, key=lambda each: each.module)),
        changes=frozenset(changes),
        calls=frozenset(calls),
        changed_attributes=frozenset(attributes),
    )


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _with_inner(constant)


def _chains(code: CodeType) -> Iterator[tuple[str, ...]]:
    chain: tuple[str, ...] = ()
    for instruction in dis.get_instructions(code):
        match instruction.opname:
            case "LOAD_GLOBAL" | "LOAD_NAME" | "LOAD_DEREF" | "LOAD_CLASSDEREF":
                if chain:
                    yield chain
                chain = (instruction.argval,)
            case "LOAD_ATTR" | "LOAD_METHOD" if chain:
                chain = (*chain, instruction.argval)
            case "PUSH_NULL" | "CACHE":
                pass
            case _:
                if chain:
                    yield chain
                chain = ()
    if chain:
        yield chain


def _encode_code(code: CodeType) -> bytes:
    documented = code.co_consts[:1] if code.co_consts and isinstance(code.co_consts[0], str) else ()
    constants = [None, *code.co_consts[1:]] if documented and _is_function(code) else list(code.co_consts)
    fields = (
        code.co_name,
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_flags,
        code.co_code,
        tuple(constants),
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_exceptiontable,
    )
    return _encode(fields)


def _is_function(code: CodeType) -> bool:
    return bool(code.co_flags & 0x02) and code.co_name != "<lambda>"  # CO_NEWLOCALS: its first constant is the docstring


def _encode(value: Any) -> bytes:
    match value:
        case CodeType():
            body = _encode_code(value)
        case tuple():
            body = b"".join(map(_encode, value))
        case frozenset():
            body = b"".join(sorted(map(_encode, value)))
        case str():
            body = value.encode("utf-8", "surrogatepass")
        case bytes():
            body = value
        case float() | complex():
            body = value.hex().encode() if isinstance(value, float) else _encode((value.real, value.imag))
        case int():
            body = f"{value:x}".encode()
        case _:
            body = repr(value).encode()  # None and Ellipsis
    return b"%b%d:%b" % (type(value).__name__.encode(), len(body), body)
