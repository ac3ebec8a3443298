"""The fingerprint of a program: everything that one function can reach, as one digest with named parts."""

from __future__ import annotations

import functools
from types import FunctionType
from typing import TYPE_CHECKING, Any

from blake3 import blake3

from recoup.hashing.code.pieces import ByIdentity, piece_of_function
from recoup.hashing.code.reach import Part, Reach
from recoup.hashing.code.unwrapping import behind
from recoup.records import CodePart, CodeParts
from recoup.types import Digest, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recoup.hashing.code.watch import Watch

__all__ = ["Fingerprint", "fingerprint", "function_token", "source_token"]

SCHEME = "recoup.code/1"


class Fingerprint:
    """What a function's results depend on besides its arguments. Equal digests mean equal programs.

    `parts` are sorted by name: `code.<module path>.<qualname>` for functions, classes and constants,
    `package.<distribution>` for packages. `not_covered` names what has no stable content or is changed by the
    program itself.
    """

    def __init__(self, root: str, parts: Sequence[Part], not_covered: Sequence[str]) -> None:
        self._reached = tuple(sorted(parts, key=lambda part: part.name))
        self.root = root
        self.not_covered = tuple(sorted(not_covered))
        self._tokens = {part.name: _token_of_part(part) for part in self._reached}
        self.digest = Digest(_hash(SCHEME, root, *(text for name, token in self._tokens.items() for text in (name, token.hex()))))
        self.token = _token(self.digest)

    @functools.cached_property
    def parts(self) -> tuple[CodePart, ...]:
        """Everything that was reached; made when first asked for, since it includes readable source."""
        return tuple(
            CodePart(part.name, self._tokens[part.name].hex(), part.kind, part.text, part.source()) for part in self._reached
        )

    def code_parts(self) -> CodeParts:
        """Return the object that is kept under `parts/`."""
        return CodeParts(digest=self.digest.hex(), parts=self.parts, not_covered=self.not_covered)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fingerprint) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Fingerprint {self.root}: {self.digest.hex()[:8]}, {len(self._reached)} parts>"


_known: ByIdentity[Any, tuple[Fingerprint, Watch, Any]] = ByIdentity()


def fingerprint(target: Any) -> Fingerprint:
    """Return the fingerprint of the program that starts at a function, task or class, as it is loaded now."""
    function = target if type(target) is FunctionType else behind(target)
    known = _known.get(function)
    if known is not None and known[2] is getattr(function, "__code__", None) and known[1].holds():
        return known[0]
    reach = Reach(function)
    found = Fingerprint(reach.name, list(reach.parts.values()), list(reach.uncovered))
    _known.put(function, (found, reach.watch, getattr(function, "__code__", None)))
    return found


def source_token(target: Any) -> Token:
    """Return the token of a task's own normalised syntax, whatever it reaches (the policy `TASK_SOURCE`)."""
    function = behind(target)
    return _token(piece_of_function(function).digest) if isinstance(function, FunctionType) else fingerprint(function).token


def function_token(function: Any) -> Token:
    """Return the token that stands for a lambda or local function inside an argument: its syntax and what it closes over."""
    return source_token(function)


def _token_of_part(part: Part) -> Token:
    if part.kind == "constant" and not part.meanings:
        return Token(part.content) if len(part.content) <= _LONGEST_TOKEN else _token(Digest(blake3(part.content).digest()))
    meanings = (text for meaning in sorted(set(part.meanings)) for text in meaning)
    return _token(Digest(_hash(part.kind, part.content.hex(), *meanings)))


def _hash(*texts: str) -> bytes:
    return blake3(
        b"".join(b"%d:%b" % (len(data), data) for data in (text.encode("utf-8", "surrogatepass") for text in texts))
    ).digest()


def _token(digest: Digest) -> Token:
    return Token(b"\xff" + digest)


_LONGEST_TOKEN = 33
