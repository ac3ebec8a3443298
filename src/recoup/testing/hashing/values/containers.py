"""Lists, tuples, dicts, sets, ranges, slices, and what `collections` has."""

from __future__ import annotations

import copy
import math
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, UserString, defaultdict, deque
from types import MappingProxyType
from typing import Any, Final

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]


def _ring(*members: Any) -> list[Any]:
    """Return a list whose last member is itself."""
    ring: list[Any] = list(members)
    ring.append(ring)
    return ring


def _deep(depth: int, bottom: Any) -> list[Any]:
    """Nest `bottom` in lists."""
    for _ in range(depth):
        bottom = [bottom]
    return list(bottom)


def _shared() -> list[list[int]]:
    member = [1, 2]
    return [member, member]


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "list": (
        Differ("a list and a tuple", lambda: ([1, 2], (1, 2)), "type"),
        Differ("the other order", lambda: ([1, 2], [2, 1]), "order"),
        Differ("one level more", lambda: ([1], [[1]]), "nesting"),
        Differ("brackets elsewhere", lambda: ([[1], 2], [1, [2]]), "nesting"),
        Differ("empty lists in another nesting", lambda: ([[], [[]]], [[[]], []]), "order"),
        Differ("the end", lambda: ([1, 2], [1, 2, None]), "length"),
        Differ("a list and its text", lambda: ([1, 2], "[1, 2]"), "type"),
        Differ("around itself, and around an equal one", lambda: (_ring(1), _ring(2)), "value"),
        Differ("at the bottom of 5,000 levels", lambda: (_deep(5000, [1]), _deep(5000, [2])), "value"),
        Differ("the depth", lambda: (_deep(500, [1]), _deep(501, [1])), "nesting"),
        Agree("shared and copied members", lambda: (_shared(), [[1, 2], [1, 2]])),
        Agree("a deep copy of a ring", lambda: (_ring(1), copy.deepcopy(_ring(1)))),
        Stable("a ring", lambda: _ring(1, "a")),
    ),
    "tuple": (
        Differ("of one and its member", lambda: ((1,), 1), "nesting"),
        Differ("the other order", lambda: ((1, 2), (2, 1)), "order"),
        Differ("nested to the left and to the right", lambda: (((1, 2), 3), (1, (2, 3))), "nesting"),
        Differ("empty tuple and empty list", lambda: ((), []), "type"),
        Differ("members of another type", lambda: ((1, 0), (True, False)), "type"),
        Differ("a tuple and a frozenset", lambda: ((1, 2), frozenset({1, 2})), "type"),
        Agree("a literal and one made", lambda: ((1, 2), tuple(range(1, 3)))),
        Agree("one member twice, and two", lambda: ((_shared()[0],) * 2, ([1, 2], [1, 2]))),
    ),
    "dict": (
        Differ("keys 1 and '1'", lambda: ({1: "a"}, {"1": "a"}), "type"),
        Differ("keys 1 and 1.0", lambda: ({1: "a"}, {1.0: "a"}), "type"),
        Differ("values exchanged", lambda: ({"a": 1, "b": 2}, {"a": 2, "b": 1}), "order"),
        Differ("keys and values exchanged", lambda: ({"a": "b"}, {"b": "a"}), "order"),
        Differ("a dict and its items", lambda: ({"a": 1}, [("a", 1)]), "type"),
        Differ("a value that is None, and none", lambda: ({"a": None}, {}), "length"),
        Differ("empty dict and empty set", lambda: ({}, set()), "type"),
        Differ("nested elsewhere", lambda: ({"a": {"b": 1}}, {"a": {}, "b": 1}), "nesting"),
        Agree("the other order", lambda: ({"a": 1, "b": 2}, {"b": 2, "a": 1})),
        Agree("keys of several types in another order", lambda: ({1: 1, "a": 2, None: 3}, {None: 3, "a": 2, 1: 1})),
        Agree("a deleted key", lambda: ({"a": 1}, _without({"b": 0, "a": 1}, "b"))),
        Stable("keys that are tuples of texts", lambda: {("a", "b"): 1, ("c",): 2}),
    ),
    "set": (
        Differ("a set and a frozenset", lambda: ({1, 2}, frozenset({1, 2})), "type"),
        Differ("a set and the sorted list", lambda: ({1, 2}, [1, 2]), "type"),
        Differ("one member more", lambda: ({1, 2}, {1, 2, 3}), "length"),
        Differ("members of another type", lambda: ({1}, {True}), "type"),
        Agree("colliding members in another order", lambda: ({8, 0}, {0, 8})),
        Agree("grown and shrunk", lambda: ({1, 2}, set(range(1000)) - set(range(3, 1000)) - {0})),
        Stable("texts", lambda: {"a", "b", "c", "recoup"}),
        Stable("texts, numbers and None", lambda: {"a", 1, None, (1, "b")}),
        Differ("one NaN and two", lambda: ({math.nan}, {math.nan, -math.nan}), "length"),
    ),
    "frozenset": (
        Differ("nested", lambda: (frozenset({frozenset({1})}), frozenset({1})), "nesting"),
        Differ("empty, and of an empty one", lambda: (frozenset(), frozenset({frozenset()})), "nesting"),
        Agree("members in another order", lambda: (frozenset([16, 0, 8]), frozenset([8, 0, 16]))),
        Stable("of sets of texts", lambda: frozenset({frozenset({"a", "b"}), frozenset({"c"})})),
        Differ("a frozenset and a set", lambda: (frozenset({1}), {1}), "type"),
        Differ("a frozenset and a tuple", lambda: (frozenset({1, 2}), (1, 2)), "type"),
        Differ("one member more", lambda: (frozenset({1}), frozenset({1, 2})), "length"),
        Differ("members of another type", lambda: (frozenset({1}), frozenset({1.0})), "type"),
    ),
    "range": (
        Differ("a range and its list", lambda: (range(3), [0, 1, 2]), "type"),
        Differ("another step", lambda: (range(0, 10, 2), range(0, 10, 3)), "value"),
        Differ("backwards", lambda: (range(3), range(2, -1, -1)), "order"),
        Agree("another end after the last member", lambda: (range(0, 10, 3), range(0, 12, 3))),
        Agree("empty ones", lambda: (range(0), range(5, 1))),
        Differ("a range and its parts", lambda: (range(3), (3, 0, 1)), "type"),
        Differ("one member more", lambda: (range(3), range(4)), "length"),
        Differ("another start", lambda: (range(3), range(1, 4)), "value"),
        Differ("two members, near and far", lambda: (range(2), range(0, 4, 2)), "value"),
        Stable("a range of a billion", lambda: range(10**9)),
    ),
    "slice": (
        Differ("start and stop", lambda: (slice(1, None), slice(None, 1)), "order"),
        Differ("a step of one and none", lambda: (slice(0, 5, 1), slice(0, 5)), "value"),
        Differ("a slice and a range", lambda: (slice(0, 5, 1), range(0, 5, 1)), "type"),
        Agree("two equal ones", lambda: (slice(1, 10**9), slice(1, 10**9))),
        Differ("a slice and its parts", lambda: (slice(1, 2, 3), (1, 2, 3)), "type"),
        Differ("the start", lambda: (slice(1, 5), slice(2, 5)), "value"),
        Differ("the stop", lambda: (slice(1, 5), slice(1, 6)), "value"),
        Differ("the type of a bound", lambda: (slice(0, 1), slice(False, True)), "type"),
    ),
    "deque": (
        Differ("its greatest length", lambda: (deque([1], 2), deque([1], 3)), "length"),
        Differ("a deque and a list", lambda: (deque([1]), [1]), "type"),
        Agree("rotated there and back", lambda: (deque([1, 2]), _rotated())),
        Differ("a member", lambda: (deque([1]), deque([2])), "value"),
        Differ("the order", lambda: (deque([1, 2]), deque([2, 1])), "order"),
        Differ("bounded and not", lambda: (deque([1]), deque([1], 9)), "length"),
        Differ("a deque and its parts", lambda: (deque([1]), (None, 1)), "type"),
        Differ("one member more", lambda: (deque([1]), deque([1, 1])), "length"),
        Differ("the second member", lambda: (deque([1, 2]), deque([1, 3])), "value"),
    ),
    "OrderedDict": (
        Differ("the order", lambda: (OrderedDict(a=1, b=2), OrderedDict(b=2, a=1)), "order"),
        Differ("an ordered and a plain dict", lambda: (OrderedDict(a=1), {"a": 1}), "type"),
        Agree("moved to the end", lambda: (OrderedDict(a=1, b=2), _moved())),
        Differ("a key", lambda: (OrderedDict(a=1), OrderedDict(b=1)), "name"),
        Differ("a value", lambda: (OrderedDict(a=1), OrderedDict(a=2)), "value"),
        Differ("the second key", lambda: (OrderedDict(a=1, b=2), OrderedDict(a=1, c=2)), "name"),
        Differ("the second value", lambda: (OrderedDict(a=1, b=2), OrderedDict(a=1, b=3)), "value"),
        Differ("an ordered dict and its items", lambda: (OrderedDict(a=1), ("a", 1)), "type"),
    ),
    "defaultdict": (
        Differ("the factory", lambda: (defaultdict(list), defaultdict(set)), "value"),
        Differ("a defaultdict and a dict", lambda: (defaultdict(list), {}), "type"),
        Agree("the order", lambda: (defaultdict(int, a=1, b=2), defaultdict(int, b=2, a=1))),
        Differ("a value", lambda: (defaultdict(int, a=1), defaultdict(int, a=2)), "value"),
        Differ("a factory and none", lambda: (defaultdict(int, a=1), defaultdict(None, a=1)), "value"),
        Differ("a defaultdict and its parts", lambda: (defaultdict(int, a=1), (int, {"a": 1})), "type"),
        Differ("a key that was only asked for", lambda: (defaultdict(list), _asked_for("a")), "length"),
        Stable("of a factory of a program", lambda: defaultdict(_shared, a=1)),
    ),
    "Counter": (
        Differ("a count of zero and none", lambda: (Counter(a=0), Counter()), "length"),
        Differ("a counter and a dict", lambda: (Counter(a=1), {"a": 1}), "type"),
        Agree("counted in another order", lambda: (Counter("ab"), Counter("ba"))),
        Differ("a count", lambda: (Counter("a"), Counter("aa")), "value"),
        Differ("what was counted", lambda: (Counter("a"), Counter("b")), "name"),
        Differ("a counter and the list of what it counted", lambda: (Counter("aab"), list("aab")), "type"),
        Differ("texts and numbers", lambda: (Counter("1"), Counter([1])), "type"),
        Stable("a counter", lambda: Counter("recoup")),
    ),
    "mappingproxy": (
        Differ("a proxy and its dict", lambda: (MappingProxyType({"a": 1}), {"a": 1}), "type"),
        Agree("of two dicts", lambda: (MappingProxyType({"a": 1, "b": 2}), MappingProxyType({"b": 2, "a": 1}))),
        Differ("a value", lambda: (MappingProxyType({"a": 1}), MappingProxyType({"a": 2})), "value"),
        Differ("a key", lambda: (MappingProxyType({"a": 1}), MappingProxyType({"b": 1})), "name"),
        Differ("an order behind it", lambda: (_ordered_proxy("ab"), _ordered_proxy("ba")), "order"),
        Differ("a plain and an ordered dict behind it", lambda: (MappingProxyType({"a": 1}), _ordered_proxy("a")), "type"),
        Differ("a proxy and its parts", lambda: (MappingProxyType({"a": 1}), ({"a": 1},)), "type"),
        Stable("a proxy", lambda: MappingProxyType({"b": {"x", "y"}})),
    ),
    "collections": (
        Differ("the order of maps in a chain", lambda: (ChainMap({"a": 1}, {"a": 2}), ChainMap({"a": 2}, {"a": 1})), "order"),
        Differ("a UserDict and a dict", lambda: (UserDict(a=1), {"a": 1}), "type"),
        Agree("two UserLists", lambda: (UserList([1]), UserList((1,)))),
        Differ("a chain and its dict", lambda: (ChainMap({"a": 1}), {"a": 1}), "type"),
        Differ("one map more", lambda: (ChainMap({"a": 1}), ChainMap({"a": 1}, {})), "length"),
        Differ("a UserList and a list", lambda: (UserList([1]), [1]), "type"),
        Differ("a UserString and its text", lambda: (UserString("a"), "a"), "type"),
        Differ("a UserDict and a UserList", lambda: (UserDict(), UserList()), "type"),
    ),
    "view of a dict": (
        Differ("the keys and the set of them", lambda: ({"a": 1}.keys(), frozenset({"a"})), "type"),
        Differ("the items and the dict", lambda: ({"a": 1}.items(), {"a": 1}), "type"),
        Differ("the values and the tuple of them", lambda: ({"a": 1}.values(), (1,)), "type"),
        Differ("keys and values", lambda: ({1: 1}.keys(), {1: 1}.values()), "type"),
        Differ("the first value", lambda: ({"a": 1, "b": 2}.values(), {"a": 3, "b": 2}.values()), "value"),
        Differ("the order of values", lambda: ({"a": 1, "b": 2}.values(), {"a": 2, "b": 1}.values()), "order"),
        Differ("a value", lambda: ({"a": 1}.items(), {"a": 2}.items()), "value"),
        Differ("ordered keys", lambda: (OrderedDict(a=1, b=2).keys(), OrderedDict(b=2, a=1).keys()), "order"),
        Differ("ordered keys and values", lambda: (OrderedDict({1: 1}).keys(), OrderedDict({1: 1}).values()), "type"),
        Differ("ordered keys and their parts", lambda: (OrderedDict(a=1).keys(), (0, "a")), "type"),
        Differ("ordered keys of two dicts", lambda: (OrderedDict(a=1, b=2).keys(), OrderedDict(a=1, c=2).keys()), "value"),
        Agree("the order of keys", lambda: ({"a": 1, "b": 2}.keys(), {"b": 1, "a": 2}.keys())),
        Stable("keys", {"a": 1, "b": 2}.keys),
        Differ("the second value", lambda: ({"a": 1, "b": 2}.values(), {"a": 1, "b": 3}.values()), "value"),
        Differ("the first ordered value", lambda: (OrderedDict(a=1, b=2).values(), OrderedDict(a=3, b=2).values()), "value"),
    ),
}  # fmt: skip


def _without(value: dict[str, int], key: str) -> dict[str, int]:
    del value[key]
    return value


def _rotated() -> deque[int]:
    turned = deque([2, 1])
    turned.rotate()
    return turned


def _moved() -> OrderedDict[str, int]:
    moved = OrderedDict(b=2, a=1)
    moved.move_to_end("b")
    return moved


def _asked_for(key: str) -> defaultdict[str, list[Any]]:
    made: defaultdict[str, list[Any]] = defaultdict(list)
    assert made[key] == []
    return made


def _ordered_proxy(names: str) -> MappingProxyType[str, int]:
    return MappingProxyType(OrderedDict((name, 1) for name in names))
