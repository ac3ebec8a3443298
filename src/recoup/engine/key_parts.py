"""The named parts of a key as records keep them: digests and short texts, worked out when a body runs, never on a hit."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

from msgspec.structs import replace

from recoup.engine.reference import Reference
from recoup.exceptions import HashError
from recoup.hashing import describe
from recoup.hashing.marks import salted
from recoup.records import KeyPart, Leaf, fold
from recoup.secrecy import REDACTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recoup.engine.call import Call
    from recoup.records import CodeParts, Record
    from recoup.types import Token

__all__ = ["IMMUTABLE", "described", "described_code", "spelled_out"]

IMMUTABLE = frozenset({type(None), bool, int, float, str, bytes, complex, Reference})
"""Types of arguments that have no members, and that no body changes."""

_SALT_SIZE = 32


def described(call: Call) -> tuple[KeyPart, ...]:
    """Return the parts of the key of `call`, as its record is to show them.

    Where something secret is inside, the digests are salted, so that nobody finds it by trying what it might be.
    """
    return tuple(_described(call))


def _described(call: Call) -> Iterator[KeyPart]:
    assert call.key is not None
    marks = call.context.task.marks
    marked = marks.stand_ins if marks is not None else {}
    for name, token, subject in call.key.parts:
        kind, _, argument = name.partition(".")
        if not argument:
            yield _described_once(name, token, subject if isinstance(subject, str) else "")
            continue
        value = call.inputs.get(argument, subject) if kind == "inputs" and argument not in marked else subject
        part = KeyPart(name, fold(token), describe(value, name=argument), _leaves(call, value, argument))
        if argument not in marked and _hides(part):
            part = _salted(part, _salt(call))
        yield _shown(part, value, call.terms.settings.results_previews)


def _hides(part: KeyPart) -> bool:
    return REDACTED in part.text or any(REDACTED in leaf.text for leaf in part.leaves.values())


def _salt(call: Call) -> bytes:
    try:
        return call.context.task.salt()
    except HashError:  # the storage does not answer, and nothing will be kept there either
        return os.urandom(_SALT_SIZE)


def _salted(part: KeyPart, salt: bytes) -> KeyPart:
    leaves = {
        path: Leaf(fold(salted(leaf.digest.encode(), salt)), leaf.text) if REDACTED in leaf.text else leaf
        for path, leaf in part.leaves.items()
    }
    return KeyPart(part.name, fold(salted(part.digest.encode(), salt)), part.text, leaves)


def described_code(call: Call) -> CodeParts | None:
    """Return the code parts of the key of `call`, with the digests of secret constants salted."""
    assert call.key is not None
    code: CodeParts | None = next((subject.code_parts() for name, _, subject in call.key.parts if name == "code"), None)
    if code is None or not any(REDACTED in part.text for part in code.parts):
        return code
    salt = _salt(call)
    return replace(
        code,
        parts=tuple(
            replace(part, digest=fold(salted(part.digest.encode(), salt))) if REDACTED in part.text else part
            for part in code.parts
        ),
    )


def _leaves(call: Call, value: object, argument: str) -> dict[str, Leaf]:
    if type(value) in IMMUTABLE:
        return {}
    try:
        return call.hasher.leaves(value, argument)
    except Exception:  # noqa: BLE001 - a value's own code runs again here, and a text for people is no reason to fail a task
        return {}


def _shown(part: KeyPart, value: object, previews: str) -> KeyPart:
    """Show as much of an argument as the settings allow."""
    if previews == "full":
        return part
    return KeyPart(part.name, part.digest, type(value).__name__ if previews == "types" else "")


@functools.lru_cache(maxsize=1024)
def _described_once(name: str, token: Token, text: str) -> KeyPart:
    """Return the part for what is the same for all calls of a task."""
    return KeyPart(name, fold(token), describe(text) if text else "")


def spelled_out(record: Record, code: CodeParts | None) -> Record:
    """Return `record` with each part of its code by name (`code.pkg.clean`, `package.pandas`) instead of all as one.

    They are stored once for all records of one version of a task.
    """
    if code is None:
        return record
    reached = tuple(KeyPart(part.name, part.digest, part.text or part.kind) for part in code.parts)
    others = tuple(part for part in record.parts if part.name != "code")
    return replace(record, parts=(*reached, *others))
