"""`collections`: deques, ordered dicts, counters."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from recoup.hashing._attributes import attributes_of
from recoup.hashing._forms import Attributes, Form, Kind, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_DEQUE, _ORDERED, _DEFAULTING, _COUNTER = tag("deque"), tag("ordered-dict"), tag("defaultdict"), tag("counter")
_COUNTED = tag("counter-of")


def _deque(value: deque[Any]) -> Form:
    return Form(_DEQUE, (value.maxlen, *value), lambda i: f"[{i - 1}]" if i else "")


def _ordered(value: OrderedDict[Any, Any]) -> Form:
    keys = list(value)

    def label(place: int) -> str:
        return f"[{keys[place // 2]!r:.60}]" if place % 2 else ""

    attributes = (attributes_of(value),) if vars(value) else ()
    return Form(_ORDERED, (*chain.from_iterable(value.items()), *attributes), label)


def _defaultdict(value: defaultdict[Any, Any]) -> Form:
    members = (value.default_factory, dict(value))
    return Form(_DEFAULTING, members if type(value) is defaultdict else (*members, *_owner(value)), _factory_label)


def _factory_label(place: int) -> str:
    return "" if place else ".default_factory"


def _counter(value: Counter[Any]) -> Form:
    if type(value) is Counter and not vars(value):
        return Form(_COUNTER, dict(value), None, Kind.MAPPING)
    return Form(_COUNTED, (dict(value), *_owner(value)), nameless)


def _owner(value: Any) -> tuple[type, Attributes]:
    """Return class and attributes of a subclass, which Python's own `__reduce__` forgets here."""
    return type(value), attributes_of(value)


HANDLERS: Final[dict[type, Encoder]] = {
    deque: _deque,
    OrderedDict: _ordered,
}

FAMILIES: Final[dict[type, Encoder]] = {defaultdict: _defaultdict, Counter: _counter}
