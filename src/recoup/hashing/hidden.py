"""Secrets inside arguments: where they are, and how a text of somebody else's might spell them."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from recoup.hashing.describe import fields_of
from recoup.secrecy import is_secret, remember_secrets, secret_fields, url_secrets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

__all__ = ["Hidden", "remember_arguments", "secrets_within"]

_LOOKED_AT: Final = 10_000
"""How many members of an argument are looked at: of a large structure the first levels."""

_PLAIN: Final = frozenset({type(None), bool, int, float, complex, bytes, bytearray})


class Hidden(NamedTuple):
    """A secret inside an argument: the name that leads to it, and its value, which may be the text of a URL that has it."""

    name: str
    value: Any
    in_url: bool = False


def secrets_within(value: Any, name: str = "") -> Iterator[Hidden]:
    """Yield what is secret in `value` by its name, its type, or as the password of a URL; breadth first.

    Runs no code of the user's. What lies inside a secret is part of it.
    """
    due = deque([(name, value, False)])
    seen: set[int] = set()
    room = _LOOKED_AT
    while due and room:
        room -= 1
        found, member, marked = due.popleft()
        if marked or is_secret(member, found):
            yield Hidden(found, member)
            continue
        kind = type(member)
        if kind is str:
            if "://" in member and url_secrets(member):
                yield Hidden(found, member, in_url=True)
        elif kind not in _PLAIN and id(member) not in seen:
            seen.add(id(member))
            due.extend(_members(member, max(room - len(due), 0)))


def _members(value: Any, room: int) -> Iterable[tuple[str, Any, bool]]:
    """Return what stands directly inside a value: its name, if it has one, itself, and whether an annotation marks it."""
    if isinstance(value, dict):
        return [(key if isinstance(key, str) else "", member, False) for key, member in islice(dict.items(value), room)]
    if isinstance(value, list | tuple | set | frozenset) and not hasattr(type(value), "_fields"):
        return () if _PLAIN.issuperset(map(type, value)) else [("", member, False) for member in islice(value, room)]
    if callable(value) or any(hasattr(type(value), name) for name in ("dtype", "shape")):  # asked of the type, which runs nothing
        return ()
    try:
        marked = secret_fields(type(value))
        return [(name, member, name in marked) for name, member in fields_of(value, private=True).items()]
    except Exception:  # noqa: BLE001 - an object of any kind; what cannot be looked at is not shown either
        return ()


# --- texts -------------------------------------------------------------------------------------


def remember_arguments(arguments: Mapping[str, Any], secret: Collection[str] = ()) -> None:
    """Leave the secrets among `arguments` out of what is told of errors from now on; those of the names in `secret` too."""
    for name, value in arguments.items():
        if name in secret:
            remember_secrets(_texts(value))
        else:
            for hidden in secrets_within(value, name):
                remember_secrets(url_secrets(hidden.value) if hidden.in_url else _texts(hidden.value))


def _texts(value: Any, depth: int = 3) -> Iterator[str]:
    """Yield how the members of a secret are spelled."""
    if isinstance(value, str):
        text = str.__str__(value)
        yield from {text, repr(text)[1:-1], *url_secrets(text)}
    elif isinstance(value, bytes | bytearray):
        yield from {bytes(value).decode(errors="replace"), repr(bytes(value))[2:-1]}
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
    elif depth:
        members = value.values() if isinstance(value, dict) else value
        if not isinstance(value, dict | list | tuple | set | frozenset):
            members = _state(value)
        for member in members:
            yield from _texts(member, depth - 1)


def _state(value: Any) -> list[Any]:
    """Return what an object made for secrets holds (`_secret_value`, of pydantic's)."""
    try:
        return list(vars(value).values())
    except TypeError:
        return [getattr(value, slot) for slot in getattr(type(value), "__slots__", ()) if hasattr(value, slot)]
