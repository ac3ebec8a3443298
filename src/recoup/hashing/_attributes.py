"""What hangs on an instance: its dict and its slots, without what was only computed from the rest."""

from __future__ import annotations

import copyreg
import functools
from typing import TYPE_CHECKING, Any, Final

from recoup.hashing._forms import Attributes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["attributes_of", "derived_names", "without"]

_CACHING: Final = frozenset({"cached_property", "reify"})
"""Descriptors of these names (of `functools` and of others) keep what they computed in the instance's dict."""


def attributes_of(value: Any, besides: Collection[str] = ()) -> Attributes:
    """Return the state that `value` carries as an object, without the names in `besides`."""
    kind: type = type(value)
    found = Attributes(value.__dict__ if kind.__dictoffset__ else ())
    for name in _slots(kind):
        try:
            found[name] = object.__getattribute__(value, name)
        except AttributeError:  # never set
            continue
    return without(found, (*besides, *derived_names(kind)))


def without(attributes: Mapping[str, Any], names: Collection[str]) -> Attributes:
    """Return `attributes` but those called as in `names`."""
    if not names:
        return attributes if type(attributes) is Attributes else Attributes(attributes)
    return Attributes({name: member for name, member in attributes.items() if name not in names})


@functools.lru_cache(maxsize=1024)
def derived_names(kind: type) -> frozenset[str]:
    """Return the names under which an instance keeps what it computed from the rest of its state."""
    return frozenset(
        name
        for base in kind.__mro__
        for name, member in vars(base).items()
        if any(ancestor.__name__ in _CACHING for ancestor in type(member).__mro__)
    )


@functools.lru_cache(maxsize=1024)
def _slots(kind: type) -> tuple[str, ...]:
    return tuple(copyreg._slotnames(kind))  # type: ignore[attr-defined]  # noqa: SLF001 - the rule of `pickle`, private names included
