"""Laws of equality, for nested values of every type of the standard library that tasks are given.

`model` says independently of the hasher what is equal: it is the table of `docs/keys.md` once more, in Python's own terms.
"""

import array
import collections
import copy
import datetime as dt
import decimal
import enum
import fractions
import functools
import io
import itertools
import math
import operator
import pathlib
import re
import struct
import types
import typing
import uuid
import zoneinfo
from dataclasses import dataclass, field

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from recoup.exceptions import SerializationError
from recoup.hashing import Hasher, Reference, digest, token
from recoup.serializers import resolve_serializer


class Color(enum.Enum):
    RED = 1
    ROUGE = 1  # noqa: PIE796 - an alias is one of the cases
    GREEN = 2


class Level(enum.IntEnum):
    LOW = 1


class Access(enum.Flag):
    READ = 1
    WRITE = 2


@dataclass
class Point:
    x: typing.Any
    y: typing.Any = field(default=0, compare=False)


class Pair(typing.NamedTuple):
    x: typing.Any
    y: typing.Any


class Rows(list):
    pass


class Config(dict):
    pass


class Tags(set):
    pass


class Plain:
    def __init__(self, **state):
        vars(self).update(state)

    def method(self):
        return self


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a


# --- the model ------------------------------------------------------------------------------


def model(value):
    """Return a hashable stand-in that is equal for exactly those values that should share a digest."""
    kind = type(value)
    parts = PARTS.get(kind)
    if parts is None:
        parts = next((found for base, found in BASES.items() if issubclass(kind, base)), lambda plain: plain)
    return kind, parts(value)


def bag(members):
    return frozenset(collections.Counter(members).items())


def each(members):
    return tuple(map(model, members))


def by_name(state):
    return bag((name, model(member)) for name, member in state.items())


def pairs(mapping):
    return bag((model(key), model(member)) for key, member in mapping.items())


def bits(number):
    return "nan" if math.isnan(number) else struct.pack("d", number)


def zone(value):
    return None if value is None else model(value)


PARTS = {
    float: bits,
    complex: lambda value: (bits(value.real), bits(value.imag)),
    decimal.Decimal: lambda value: value.as_tuple(),
    dt.datetime: lambda value: (value.replace(tzinfo=None, fold=0), value.fold, zone(value.tzinfo)),
    dt.time: lambda value: (value.replace(tzinfo=None, fold=0), value.fold, zone(value.tzinfo)),
    dt.timezone: lambda value: (value.utcoffset(None), value.tzname(None)),
    zoneinfo.ZoneInfo: lambda value: value.key,
    slice: lambda value: each((value.start, value.stop, value.step)),
    bytearray: bytes,
    memoryview: lambda value: (value.format, value.shape, value.tobytes()),
    array.array: lambda value: (value.typecode, each(value)),
    list: each,
    tuple: each,
    set: lambda value: bag(map(model, value)),
    frozenset: lambda value: bag(map(model, value)),
    dict: pairs,
    collections.OrderedDict: lambda value: tuple((model(key), model(member)) for key, member in value.items()),
    collections.defaultdict: lambda value: (value.default_factory, pairs(value)),
    collections.Counter: pairs,
    collections.deque: lambda value: (value.maxlen, each(value)),
    collections.ChainMap: lambda value: each(value.maps),
    types.MappingProxyType: lambda value: model(value.copy()),
    types.SimpleNamespace: lambda value: by_name(vars(value)),
    Plain: lambda value: by_name(vars(value)),
    Slotted: lambda value: model(value.a),
    Point: lambda value: (model(value.x), model(value.y)),
    Pair: each,
    Rows: lambda value: (each(value), by_name(vars(value))),
    Config: lambda value: (pairs(value), by_name(vars(value))),
    Tags: lambda value: bag(map(model, value)),
    functools.partial: lambda value: (value.func, each(value.args), by_name(value.keywords)),
    types.MethodType: lambda value: (model(value.__self__), value.__func__),
    io.BytesIO: lambda value: (value.getvalue(), value.tell()),
    operator.itemgetter: lambda value: each(value.__reduce__()[1]),
}
BASES = {
    BaseException: lambda value: (each(value.args), by_name(vars(value)), value.__cause__ and model(value.__cause__)),
    enum.Enum: lambda value: value.value,
    re.Pattern: lambda value: (model(value.pattern), value.flags),
    types.GenericAlias: lambda value: (value.__origin__, value.__args__),
}

# --- the values -----------------------------------------------------------------------------

FEW = [None, 0, 1, True, False, 1.0, 0.0, -0.0, math.nan, "", "1", b"1", -1, 2**70, 1 + 0j, ..., "\ud800"]
"""Values that are easily taken for each other."""

SMALL = [
    *FEW, decimal.Decimal(1), decimal.Decimal("1.0"), decimal.Decimal("-0"), decimal.Decimal("sNaN"), fractions.Fraction(1),
    fractions.Fraction(1, 2), Color.RED, Color.GREEN, Level.LOW, Access.READ, Access.READ | Access.WRITE, Access(0),
    dt.date(2026, 1, 1), dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, fold=1),  # noqa: DTZ001 - naive moments are cases
    dt.datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo("UTC")), dt.time(0), dt.time(0, fold=1), dt.timedelta(1), dt.timedelta(seconds=1),
    dt.UTC, dt.timezone(dt.timedelta(0), "x"), zoneinfo.ZoneInfo("UTC"), uuid.UUID(int=1), pathlib.Path("1"), pathlib.PurePosixPath("1"),
    pathlib.PureWindowsPath("1"), range(0), range(1), range(5, 5), range(0, 5, 5), slice(1), slice(None, 1, None), slice(0, 1),
    re.compile("1"), re.compile(b"1"), re.compile("1", re.IGNORECASE), int, bool, list[int], list[str], len, operator.itemgetter(1),
]  # fmt: skip

mutable = st.sampled_from([
    lambda: bytearray(b"1"), lambda: memoryview(b"1"), lambda: memoryview(b"1.1.")[::2], lambda: memoryview(b"11"),
    lambda: array.array("b", [1]), lambda: array.array("d", [1]), lambda: array.array("d", [math.nan]), lambda: io.BytesIO(b"1"), list, dict,
    set, collections.deque, collections.OrderedDict, collections.Counter, Rows, Config, Plain, types.SimpleNamespace,
]).map(lambda make: make())  # fmt: skip

scalars = st.sampled_from(SMALL) | mutable
keys = st.sampled_from(FEW) | st.tuples(st.sampled_from(FEW)) | st.frozensets(st.sampled_from(FEW), max_size=2)
names = st.sampled_from(["a", "b"])


def with_attributes(made, state):
    vars(made).update(state)
    return made


def caused(cause, *args):
    error = ValueError(*args)
    error.__cause__ = cause
    return error


def containers(inner):
    state = st.dictionaries(names, inner, max_size=2)
    mapping = st.dictionaries(keys, inner, max_size=2)
    members = st.lists(inner, max_size=2)
    return st.one_of(
        members, members.map(tuple), mapping, st.sets(keys, max_size=3), st.frozensets(keys, max_size=3), st.sets(keys, max_size=2).map(Tags),
        members.map(collections.deque), st.builds(collections.deque, members, st.sampled_from([2, 3])),
        mapping.map(collections.OrderedDict), mapping.map(lambda pairs: collections.OrderedDict(reversed(pairs.items()))),
        st.builds(collections.defaultdict, st.sampled_from([None, int, list]), mapping), mapping.map(types.MappingProxyType),
        st.lists(mapping, min_size=1, max_size=2).map(lambda maps: collections.ChainMap(*maps)),
        state.map(lambda state: types.SimpleNamespace(**state)), state.map(lambda state: Plain(**state)), inner.map(Slotted),
        st.builds(Point, inner, inner), st.builds(Point, inner), st.builds(Pair, inner, inner), st.builds(with_attributes, members.map(Rows), state),
        st.builds(with_attributes, mapping.map(Config), state), members.map(lambda args: functools.partial(max, *args)),
        state.map(lambda state: functools.partial(dict, **state)), inner.map(lambda member: Plain(a=member).method),
        members.map(lambda args: ValueError(*args)), members.map(lambda args: caused(KeyError(1), *args)), st.builds(with_attributes, members.map(lambda args: KeyError(*args)), state),
    )  # fmt: skip


values = st.recursive(scalars, containers, max_leaves=6)
anything = st.recursive(
    scalars | st.integers() | st.floats() | st.text(max_size=40) | st.binary(max_size=70), containers, max_leaves=30
)

# --- the laws -------------------------------------------------------------------------------


@settings(max_examples=300)
@given(st.lists(values, min_size=2, max_size=8))
def test_values_share_a_digest_exactly_if_the_table_calls_them_equal(some):
    for one, other in itertools.combinations(some, 2):
        assert (digest(one) == digest(other)) == (model(one) == model(other)), (one, other)


def test_the_small_values_are_told_apart_as_the_table_says():
    for one, other in itertools.product(SMALL, SMALL):
        assert (digest(one) == digest(other)) == (model(one) == model(other)), (one, other)


@given(anything)
def test_copies_share_the_digest(value):
    try:
        copied = copy.deepcopy(value)
    except TypeError:  # views of memory are not copied
        assume(False)
    assume(model(copied) == model(value))  # causes of exceptions are not copied
    assert digest(copied) == digest(value)


@given(anything)
def test_a_value_hashes_the_same_each_time_and_is_left_as_it_was(value):
    before = model(value)
    assert digest(value) == digest(value)
    assert model(value) == before


@given(st.lists(anything, min_size=1, max_size=3))
def test_a_reference_stands_for_its_value_wherever_it_is(members):
    references = [Reference(token(member)) for member in members]
    for build in (
        list,
        tuple,
        collections.deque,
        Rows,
        lambda m: dict(enumerate(m)),
        lambda m: Plain(a=m[0], b=m),
        lambda m: Pair(m[0], m),
    ):
        assert digest(build(references)) == digest(build(members))
    assert digest(functools.partial(max, *references)) == digest(functools.partial(max, *members))
    assert digest(Point(references[0], Point(references))) == digest(Point(members[0], Point(members)))


@pytest.mark.parametrize("name", ["auto", "pickle", "json", "compressed/auto", "compressed/pickle"])
@given(value=anything)
def test_what_an_exact_serializer_gives_back_has_the_digest_of_what_it_was_given(name, value):
    serializer = resolve_serializer(name)
    try:
        encoded = serializer.encode(value)
    except SerializationError:
        return
    if encoded.exact:
        assert digest(serializer.decode(b"".join(encoded.chunks))) == digest(value)


# --- graphs: shared members, cycles, any kind of node -------------------------------------------

NODES = (list, dict, Plain, types.SimpleNamespace, collections.deque, collections.OrderedDict, Config, ValueError, Point, set)


def put(node, name, member):
    """Hang `member` below `node` in the way of its type."""
    if isinstance(node, list | collections.deque):
        node.append((name, member))
    elif isinstance(node, dict):
        node[name] = member
    elif isinstance(node, set):
        node.add(Plain(name=name, member=member))
    else:
        vars(node)[name] = member


def graph(kinds, edges, label=0):
    """Return linked nodes; `label` is written into the last."""
    nodes = [kind(0) if kind is Point else kind() for kind in kinds]
    for number, (source, target) in enumerate(edges):
        put(nodes[source % len(nodes)], f"edge{number}", nodes[target % len(nodes)])
    put(nodes[-1], "label", label)
    return nodes


kinds = st.lists(st.sampled_from(NODES), min_size=1, max_size=6)
edges = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12)


@settings(max_examples=200)
@given(kinds, edges)
def test_any_graph_of_objects_has_a_digest_that_its_twin_shares(kinds, edges):
    one, other = graph(kinds, edges), graph(kinds, edges)
    assert digest(one) == digest(other)
    assert digest([one[0], one[0], [one[-1]]]) == digest([other[0], other[0], [other[-1]]])


@settings(max_examples=200)
@given(kinds, edges)
def test_one_label_anywhere_in_a_graph_counts(kinds, edges):
    assert digest(graph(kinds, edges, 1)) != digest(graph(kinds, edges, 2))


@given(kinds, edges, anything)
def test_no_graph_hangs_or_crashes_the_hasher(kinds, edges, value):
    nodes = graph(kinds, edges)
    put(nodes[0], "value", value)
    hasher = Hasher()
    assert hasher.token(nodes) == hasher.token(nodes) == token(nodes)
    assert hasher.leaves(nodes) == Hasher().leaves(nodes)
