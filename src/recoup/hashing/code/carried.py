"""The code that values carry: the classes of instances, callbacks, modules."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from recoup.hashing.code.owners import Owner, owner_of_module
from recoup.hashing.code.pieces import ByIdentity
from recoup.hashing.code.values import module_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["carried"]

_known: ByIdentity[Any, bool] = ByIdentity()


def carried(met: Iterable[Any]) -> tuple[Any, ...]:
    """Return what of the code met in values is the project's or a library's, in no order; Python's own is no matter.

    A name stands for what is only known by a record, and could not be loaded here.
    """
    return tuple([thing for thing in met if type(thing) is str or _matters(thing)])


def _matters(thing: Any) -> bool:
    known = _known.get(thing)
    if known is None:
        name = thing.__name__ if isinstance(thing, ModuleType) else module_of(thing)
        known = owner_of_module(name) in (Owner.PROJECT, Owner.LIBRARY)
        try:
            _known.put(thing, known)
        except TypeError:  # it takes no weak references
            return known
    return known
