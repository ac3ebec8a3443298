"""The named places inside an argument, by which two calls are compared: `.lr`, `['day']`, `[2]`, `column 'delay'`."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

from recoup.hashing._canonical import ATOMS
from recoup.hashing._forms import Attributes, Form, Kind
from recoup.hashing._refusal import join_path
from recoup.hashing._walk import form_items, form_of, place_label, walk
from recoup.hashing.describe import describe
from recoup.records import Leaf, fold
from recoup.secrecy import REDACTED, is_secret, secret_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recoup.hashing._walk import Known

__all__ = ["leaves_of"]

LEAVES: Final = 1_000
"""How many places of one argument are told."""


def leaves_of(value: Any, known: dict[int, Known], name: str = "") -> dict[str, Leaf]:
    """Return the named places of `value`, breadth first: what would go beyond the limit stays one place.

    Nothing is shown of what lies inside a secret.
    """
    leaves: dict[str, Leaf] = {}
    due = deque([("", is_secret(value, name), value)])
    seen: set[int] = set()
    while due:
        path, hidden, member = due.popleft()
        inner = [] if id(member) in seen else _named(path, member, LEAVES - len(leaves) - len(due), known)
        seen.add(id(member))
        marked = secret_fields(type(member))
        due.extend(
            (below, hidden or label.lstrip(".") in marked or is_secret(found, label.strip("[]'")), found)
            for below, label, found in inner
        )
        if path and not inner:
            leaves[path] = _leaf(walk(member, known, path), REDACTED if hidden else describe(member))
    return leaves


def _leaf(token: bytes, text: str) -> Leaf:
    """Pair what tells a place from others with what shows it to a person."""
    return Leaf(fold(token), text)


def _named(path: str, value: Any, room: int, known: dict[int, Known]) -> list[tuple[str, str, Any]]:
    """Return path, name and value of the places directly inside `value`; none if they are too many, except at the top."""
    found: list[tuple[str, str, Any]] = []
    for label, member in _members(value, known):
        if len(found) >= room:
            return [] if path else found
        if label:
            found.append((join_path(path, label), label, member))
        elif type(member) is Form or type(member) is Attributes:
            found += _named(path, member, room - len(found), known)
    return found


def _members(value: Any, known: dict[int, Known]) -> Iterator[tuple[str, Any]]:
    if type(value) in ATOMS:
        return
    remembered = known.get(id(value))
    form = remembered.form if remembered is not None and remembered.form is not None else form_of(value)
    if type(form) is not Form or form.kind is Kind.SET:
        return
    for place, member in form_items(form):
        yield place_label(form.kind, form.label, place), member
