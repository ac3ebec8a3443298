"""The fingerprint of a program: everything that one function can reach, as one digest with named parts."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

from recoup.exceptions import HashError
from recoup.forking import free_in_children
from recoup.hashing.code.counting import counted
from recoup.hashing.code.known_pieces import save_known
from recoup.hashing.code.parts import digest_of_texts, token_of_digest
from recoup.hashing.code.pieces import ByIdentity, piece_of_function
from recoup.hashing.code.reach import Reach
from recoup.hashing.code.unwrapping import behind
from recoup.records import CodePart, CodeParts, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from recoup.hashing.code.counting import Packages, Python
    from recoup.hashing.code.parts import Part
    from recoup.hashing.code.watch import Watch
    from recoup.types import Token

__all__ = ["Fingerprint", "fingerprint", "function_token", "source_token"]

SCHEME = "recoup.code/1"


class Fingerprint:
    """What the results of a function depend on besides its arguments. Equal digests mean equal programs.

    `root` says what the function means. `not_covered` says what has no stable content, is changed by the program itself
    or could not be followed: a change of it makes no miss.
    """

    def __init__(self, root: str, parts: Iterable[Part], not_covered: Mapping[str, str], left_out: Iterable[str] = ()) -> None:
        self.root = root
        self.left_out = frozenset(left_out)
        self.uncovered = dict(not_covered)
        self.not_covered = tuple(f"{name}: {why}" for name, why in sorted(not_covered.items()))
        self._reached = sorted(parts, key=lambda part: part.name)
        self._tokens = {part.name: part.token() for part in self._reached}
        self.digest = digest_of_texts(
            SCHEME, root, *(text for name, token in self._tokens.items() for text in (name, token.hex()))
        )
        self.token = token_of_digest(self.digest)
        self._counted: dict[tuple[str, str], Fingerprint] = {}

    def counting(self, packages: Packages, python: Python) -> Fingerprint:
        """Return this fingerprint with versions as exact as asked for."""
        if (packages, python) == ("exact", "off"):
            return self
        known = self._counted.get((packages, python))
        if known is None:
            parts = counted(self._reached, packages, python)
            known = self._counted[packages, python] = Fingerprint(self.root, parts, self.uncovered, self.left_out)
        return known

    @functools.cached_property
    def parts(self) -> tuple[CodePart, ...]:
        """Everything that was reached, by name: `code.<module path>.<qualname>` and `package.<distribution>`.

        Made when first asked for, since writing normalised source takes longer than everything else.
        """
        tokens = self._tokens
        return tuple(CodePart(part.name, fold(tokens[part.name]), part.kind, part.text, part.source()) for part in self._reached)

    def code_parts(self) -> CodeParts:
        """Return the object that is kept under `parts/`."""
        return CodeParts(digest=self.digest.hex(), parts=self.parts, not_covered=self.not_covered)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fingerprint) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Fingerprint {self.digest.hex()[:8]} of {self.root}: {len(self._reached)} parts>"


class _Known(NamedTuple):
    """What was found for a function, and the function's own state then. It holds what is `beside` it, not the function."""

    fingerprint: Fingerprint
    watch: Watch
    code: Any
    defaults: Any
    beside: tuple[Any, ...]


_Variant = tuple[int | str, ...]
_known: ByIdentity[Any, dict[_Variant, _Known]] = ByIdentity()
_MOST_VARIANTS = 256


def fingerprint(target: Any, *, beside: tuple[Any, ...] = (), without: tuple[str, ...] = ()) -> Fingerprint:
    """Return the fingerprint of the program that starts at a task, function or class, as it is loaded now.

    The first time, the program is walked; from then on a few microseconds tell whether it is still the same. May be
    called from any thread: those that meet here for the first time wait for the one that walks.

    `beside` are functions, classes and modules that count as well, because arguments carry them; `without` names parts
    that do not count, and neither does what only they reach.
    """
    function = target if type(target) is FunctionType else behind(target)
    variant: _Variant = (*sorted(map(id, beside)), *without) if beside or without else ()
    found = _remembered(function, variant)
    if found is not None:
        return found
    # Not for ever: the values on the way may run code of the user's.
    locked = _walk_lock.acquire(timeout=_LONGEST_WALK)
    try:
        return _remembered(function, variant) or _walk(function, variant, beside, without)
    finally:
        if locked:
            _walk_lock.release()


def _remembered(function: Any, variant: _Variant) -> Fingerprint | None:
    variants = _known.get(function)
    known = variants.get(variant) if variants is not None else None
    if known is None or known.code is not getattr(function, "__code__", None):
        return None
    if known.defaults is not getattr(function, "__defaults__", None) or not known.watch.holds():
        return None
    return known.fingerprint


class _Walking(threading.local):
    """The functions whose programs this thread is walking, because the value of one holds the next."""

    def __init__(self) -> None:
        self.functions: set[int] = set()
        self.met_itself = False


_walking = _Walking()
_walk_lock = threading.RLock()
_LONGEST_WALK = 1.0
free_in_children(Fingerprint.parts)


def _free() -> None:
    global _walk_lock  # noqa: PLW0603 - a forked child does not have the thread that holds it
    _walk_lock = threading.RLock()


if hasattr(os, "register_at_fork"):  # where there are forks
    os.register_at_fork(after_in_child=_free)


def _walk(function: Any, variant: _Variant, beside: tuple[Any, ...], without: tuple[str, ...]) -> Fingerprint:
    if id(function) in _walking.functions:
        _walking.met_itself = True
        raise HashError(
            f"cannot hash the function {getattr(function, '__qualname__', function)}: it closes over something that holds it again. "
            "Pass what it needs as an argument.",
            kind="function",
        )
    variants = _known.get(function) or {}
    known = variants.get(variant)
    code, defaults = getattr(function, "__code__", None), getattr(function, "__defaults__", None)
    _walking.functions.add(id(function))
    try:
        reach = Reach(function, known and known.watch, beside, without)
        found = Fingerprint(reach.name, reach.parts.values(), reach.uncovered, reach.left_out)
        save_known()
    finally:
        _walking.functions.discard(id(function))
    if _walking.functions and _walking.met_itself:
        return found  # which depends on where the walk came from, and so is nothing to remember
    _walking.met_itself = False
    with contextlib.suppress(TypeError):  # what has no weak references is walked every time
        if not variants:
            _known.put(function, variants)
        elif len(variants) >= _MOST_VARIANTS:
            variants.clear()
        variants[variant] = _Known(found, reach.watch, code, defaults, beside)
    return found


def source_token(target: Any) -> Token:
    """Return the token of a task's own normalised syntax, whatever it reaches (the policy `TASK_SOURCE`)."""
    function = behind(target)
    return (
        token_of_digest(piece_of_function(function).digest) if isinstance(function, FunctionType) else fingerprint(function).token
    )


def function_token(function: FunctionType) -> Token:
    """Return the token that stands for a lambda or local function as a value: all it reaches and all it closes over.

    Raises `HashError` when it closes over something without stable content.
    """
    found = fingerprint(function)
    for name in found.uncovered:
        if name.startswith(f"{found.root}."):
            variable = name.removeprefix(f"{found.root}.")
            raise HashError(
                f"cannot hash the function {function.__qualname__}: its variable {variable!r} has no stable content. "
                "Pass a function of a module, and what it needs as an argument.",
                kind="function",
            )
    return found.token
