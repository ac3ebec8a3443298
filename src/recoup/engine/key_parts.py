"""The named parts of a key as records keep them: digests and short texts, worked out when a body runs, never on a hit."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from msgspec.structs import replace

from recoup.engine.reference import Reference
from recoup.hashing import describe
from recoup.records import KeyPart, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recoup.engine.call import Call
    from recoup.records import CodeParts, Leaf, Record
    from recoup.types import Token

__all__ = ["IMMUTABLE", "described", "spelled_out"]

IMMUTABLE = frozenset({type(None), bool, int, float, str, bytes, complex, Reference})
"""Types of arguments that have no members, and that no body changes."""


def described(call: Call) -> tuple[KeyPart, ...]:
    """Return the parts of the key of `call`, as its record is to show them."""
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
        yield _shown(part, value, call.terms.settings.results_previews)


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
