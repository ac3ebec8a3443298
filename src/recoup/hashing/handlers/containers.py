"""`collections`: deques, ordered dicts, counters."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from recoup.hashing._forms import Form, Kind, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_DEQUE, _ORDERED, _DEFAULTING, _COUNTER = tag("deque"), tag("ordered-dict"), tag("defaultdict"), tag("counter")


def _deque(value: deque[Any]) -> Form:
    return Form(_DEQUE, (value.maxlen, *value), lambda i: f"[{i - 1}]" if i else "")


def _ordered(value: OrderedDict[Any, Any]) -> Form:
    keys = list(value)

    def label(place: int) -> str:
        return f"[{keys[place // 2]!r:.60}]" if place % 2 else ""

    return Form(_ORDERED, tuple(chain.from_iterable(value.items())), label)


HANDLERS: Final[dict[type, Encoder]] = {
    deque: _deque,
    OrderedDict: _ordered,
    defaultdict: lambda value: Form(_DEFAULTING, (value.default_factory, dict(value)), (".default_factory", "").__getitem__),
    Counter: lambda value: Form(_COUNTER, dict(value), None, Kind.MAPPING),
}

FAMILIES: Final[dict[type, Encoder]] = {}
