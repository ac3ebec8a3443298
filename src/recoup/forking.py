"""What a forked child must not take over as it was: locks whose holders it does not have.

A fork copies the memory of a process and one of its threads. A lock that another thread holds at that moment stays
locked in the child for ever, and what the lock protects may be half-changed. So whatever holds such a lock makes it
anew in the child (`after_fork`).
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any, Protocol

__all__ = ["free_in_children", "renew_in_children"]


class Renewed(Protocol):
    """What has locks."""

    def after_fork(self) -> None:
        """Make new locks, and bring what they protect in order. Called in the child, before anything else runs there."""
        ...


_renewed: weakref.WeakValueDictionary[int, Renewed] = weakref.WeakValueDictionary()  # by `id`: some are equal
_properties: list[Any] = []


def renew_in_children(thing: Renewed) -> None:
    """Call `thing.after_fork()` in every forked child from now on, as long as it lives."""
    _renewed[id(thing)] = thing


def free_in_children(cached_property: Any) -> None:
    """Free the lock that Python 3.11 takes while it computes a property; later versions have none."""
    if hasattr(cached_property, "lock"):
        _properties.append(cached_property)


def _in_child() -> None:
    for thing in list(_renewed.values()):
        thing.after_fork()
    for found in _properties:
        found.lock = threading.RLock()


if hasattr(os, "register_at_fork"):  # where there are forks
    os.register_at_fork(after_in_child=_in_child)
