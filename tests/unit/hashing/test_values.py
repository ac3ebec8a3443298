"""Which values share a digest, and which never do."""

import collections
import datetime as dt
import decimal
import enum
import fractions
import functools
import io
import itertools
import math
import pathlib
import re
import struct
import types
import typing
import uuid
import zoneinfo
from dataclasses import dataclass, field

import pytest

from recoup.hashing import digest


class Color(enum.Enum):
    RED = 1
    GREEN = 2
    CRIMSON = 1  # noqa: PIE796 - an alias is one of the cases


class Hue(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    LOW = 1


class Access(enum.Flag):
    READ = 1
    WRITE = 2


class MyInt(int):
    pass


class MyStr(str):
    __slots__ = ()


class MyList(list):
    pass


class MyDict(dict):
    pass


class MySet(set):
    pass


class Plain:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Derived(Plain):
    pass


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a, b=None):
        self.a = a
        if b is not None:
            self.b = b


@dataclass
class Point:
    x: int
    y: int = 0


@dataclass
class SubPoint(Point):
    pass


@dataclass(frozen=True, slots=True)
class Frozen:
    x: int


class Pair(typing.NamedTuple):
    x: int
    y: int


def double(x):
    return x * 2


def halve(x):
    return x / 2


def _nan_with_payload():
    return struct.unpack("<d", b"\x01\0\0\0\0\0\xf8\xff")[0]


BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
NOON = dt.datetime(2026, 1, 1, 12)  # noqa: DTZ001 - a naive moment is one of the cases

DIFFERENT = {
    "constants": [None, True, False, ..., NotImplemented, "None", "True"],
    "one": [1, 1.0, True, "1", b"1", 1 + 0j, decimal.Decimal(1), fractions.Fraction(1), Level.LOW, MyInt(1), Color.RED],
    "numbers": [0, 0.0, -0.0, 0j, complex(0, -0.0), -1, 127, 128, 255, 256, -128, -129, 2**64, -(2**64), 10**400],
    "special floats": [math.nan, math.inf, -math.inf, complex(math.nan, 0), complex(0, math.nan), "nan"],
    "texts": [
        "",
        "a",
        "A",
        "ä",
        "a\u0308",
        "\ud800",
        b"",
        b"a",
        bytearray(b"a"),
        memoryview(b"a"),
        MyStr("a"),
        "a" * 100,
        b"a" * 100,
    ],
    "empty": [(), [], {}, set(), frozenset(), "", b"", bytearray(), range(0), MyList(), MyDict(), MySet(), collections.deque()],
    "nesting": [[1, 2], (1, 2), [[1], 2], [1, [2]], [[1, 2]], [1, 2, []], {1, 2}, frozenset([1, 2]), {1: 2}, [(1, 2)], [2, 1]],
    "where members end": [["a", "b"], ["ab"], ["ab", ""], ["", "ab"], ["a", "b", ""], [b"a", "b"], ["a\0b"], ["a,b"]],
    "dicts": [{"a": 1}, {"a": 2}, {"b": 1}, {"a": 1, "b": None}, {1: "a"}, {"1": "a"}, {(1,): 1}, [("a", 1)], {"a": {"b": 1}}],
    "kinds of dict": [
        {"a": 1},
        collections.OrderedDict(a=1),
        collections.defaultdict(int, a=1),
        collections.defaultdict(list, a=1),
        collections.defaultdict(None, a=1),
        collections.Counter(a=1),
        types.MappingProxyType({"a": 1}),
        MyDict(a=1),
        types.SimpleNamespace(a=1),
        Plain(a=1),
    ],
    "order that counts": [collections.OrderedDict(a=1, b=2), collections.OrderedDict(b=2, a=1), {"a": 1, "b": 2}],
    "deques": [collections.deque([1]), collections.deque([1], 5), collections.deque([1, 1]), [1]],
    "ranges and slices": [range(3), range(1, 3), range(0, 6, 2), [0, 1, 2], slice(3), slice(0, 3), slice(0, 3, 1), (0, 3, 1)],
    "dates": [
        dt.date(2026, 1, 1),
        dt.datetime(2026, 1, 1),  # noqa: DTZ001 - see NOON
        NOON,
        NOON.replace(microsecond=1),
        NOON.replace(tzinfo=dt.UTC),
        NOON.replace(tzinfo=BERLIN),
        NOON.replace(tzinfo=dt.timezone(dt.timedelta(hours=1))),
        NOON.replace(tzinfo=BERLIN, fold=1),
        dt.time(12),
        dt.time(12, tzinfo=dt.UTC),
        dt.timedelta(hours=12),
        dt.timedelta(microseconds=12),
        dt.UTC,
        BERLIN,
        NOON.isoformat(),
    ],
    "exact numbers": [decimal.Decimal("1.0"), decimal.Decimal("1.00"), decimal.Decimal("-1.0"), decimal.Decimal("NaN"), 1.0],
    "enums": [
        Color.RED,
        Color.GREEN,
        Hue.RED,
        Level.LOW,
        1,
        "RED",
        Access.READ,
        Access.READ | Access.WRITE,
        Access(0),
        Color,
        Hue,
    ],
    "names": [
        pathlib.PurePosixPath("a/b"),
        pathlib.PureWindowsPath("a/b"),
        pathlib.Path("a/b"),
        "a/b",
        re.compile("a/b"),
        re.compile(b"a/b"),
        re.compile("a/b", re.IGNORECASE),
        uuid.UUID(int=1),
        uuid.UUID(int=2),
    ],
    "objects": [Plain(a=1), Plain(a=2), Plain(b=1), Plain(), Derived(a=1), Slotted(1), Slotted(1, 2), Slotted(2), {"a": 1}],
    "fields": [Point(1), Point(0, 1), SubPoint(1), Frozen(1), Pair(1, 0), (1, 0), {"x": 1, "y": 0}, Point, Pair, SubPoint],
    "errors": [ValueError("x"), ValueError("y"), TypeError("x"), ValueError(), ValueError, KeyError("x")],
    "functions": [
        double,
        halve,
        len,
        str.upper,
        "a".upper,
        "b".upper,
        functools.partial(double),
        functools.partial(double, 1),
        functools.partial(double, x=1),
        Point(1).__eq__,
        Point(2).__eq__,
        functools,
        math,
    ],
    "types": [
        int,
        list,
        list[int],
        list[str],
        dict[str, int],
        int | str,
        int | None,
        typing.Any,
        typing.Literal[1],
        typing.Literal[True],
    ],
    "files in memory": [io.BytesIO(b"ab"), io.BytesIO(b"abc"), io.StringIO("ab"), b"ab", "ab"],
}


@pytest.mark.parametrize("family", DIFFERENT)
def test_values_that_differ_in_content_or_type_never_share_a_digest(family):
    for one, other in itertools.combinations(DIFFERENT[family], 2):
        assert digest(one) != digest(other), (one, other)


def test_no_two_types_share_a_digest():
    """Over all families: where two values have one digest, they have one type."""
    types_of = collections.defaultdict(set)
    for value in itertools.chain.from_iterable(DIFFERENT.values()):
        types_of[digest(value)].add(type(value))
    assert [found for found in types_of.values() if len(found) > 1] == []


def _moved_file():
    file = io.BytesIO(b"ab")
    file.read(1)
    return file


EQUAL = {
    "every NaN is one NaN": [math.nan, float("nan"), -math.nan, _nan_with_payload()],
    "the order of a dict says nothing": [{"a": 1, "b": 2, "c": 3}, {"c": 3, "a": 1, "b": 2}],
    "nor that of a dict of containers": [{"a": [1], (1, 2): [2]}, {(1, 2): [2], "a": [1]}],
    "nor that of a set": [{"a", "b", "c"}, {"c", "b", "a"}, set("cab")],
    "nor that of a set of containers": [{(1, (2,)), (2, (3,))}, {(2, (3,)), (1, (2,))}],
    "nor that of a Counter": [collections.Counter("aab"), collections.Counter("baa")],
    "nor that in which attributes were set": [Plain(a=1, b=2), Plain(b=2, a=1)],
    "nor that of a union": [int | str, str | int, typing.Union[str, int]],  # noqa: UP007 - the old spelling is the case
    "equal ranges are one range": [range(0, 10, 3), range(0, 12, 3), range(0, 11, 3)],
    "empty ranges are one range": [range(0), range(5, 5), range(9, 1)],
    "ranges of one member have no step": [range(4, 5), range(4, 6, 7)],
    "views show the same bytes": [memoryview(b"acb")[::2], memoryview(b"ab")],
    "an alias is its member": [Color.RED, Color.CRIMSON, Color(1)],
    "an int has one encoding": [2**70, 2**71 >> 1, int("1180591620717411303424")],
    "equal objects": [Plain(a=[1, {2}]), Plain(a=[1, {2}])],
    "unset slots are absent": [Slotted(1), Slotted(1, None)],
    "zones by key": [zoneinfo.ZoneInfo("Asia/Tokyo"), zoneinfo.ZoneInfo.no_cache("Asia/Tokyo")],
    "functions by name": [double, globals()["double"]],
    "patterns": [re.compile("a"), re.compile("a", re.UNICODE)],
}


@pytest.mark.parametrize("rule", EQUAL)
def test_equal_values_share_a_digest(rule):
    assert len({digest(value) for value in EQUAL[rule]}) == 1


def test_a_digest_is_the_same_each_time():
    for value in itertools.chain.from_iterable(DIFFERENT.values()):
        assert digest(value) == digest(value)


def test_the_position_in_a_memory_file_counts_and_is_left_alone():
    file = _moved_file()
    assert digest(file) != digest(io.BytesIO(b"ab"))
    assert file.tell() == 1


def test_what_a_cached_property_computed_is_no_part_of_an_object():
    class Circle:
        def __init__(self, radius):
            self.radius = radius

        @functools.cached_property
        def area(self):
            return self.radius**2 * 3

    before = digest(circle := Circle(2))
    assert circle.area == 12
    assert digest(circle) == before


def test_what_a_dataclass_computed_lazily_is_no_part_of_it_but_other_attributes_are():
    @dataclass
    class Rows:
        values: list = field(default_factory=list)

        @functools.cached_property
        def total(self):
            return sum(self.values)

    before = digest(rows := Rows([1, 2]))
    assert rows.total == 3
    assert digest(rows) == before
    rows.extra = 1
    assert digest(rows) != before


def test_an_object_that_says_what_its_state_is_is_believed():
    class Client:
        def __init__(self, url):
            self.url = url
            self.calls = 0

        def __getstate__(self):
            return {"url": self.url}

    called = Client("a")
    called.calls = 7
    assert digest(called) == digest(Client("a")) != digest(Client("b"))


def test_a_dataclass_that_says_what_its_state_is_is_believed():
    @dataclass
    class Client:
        url: str
        calls: int = 0

        def __getstate__(self):
            return {"url": self.url}

    assert digest(Client("a", 1)) == digest(Client("a", 2)) != digest(Client("b"))


def test_the_list_inside_a_dataclass_counts():
    @dataclass
    class Bag(list):
        name: str = ""

    one, other = Bag("a"), Bag("a")
    one.append(1)
    assert digest(one) != digest(other)


def test_large_buffers_differ_in_any_byte():
    base = bytes(300_000)
    for place in (0, 150_000, 299_999):
        changed = bytearray(base)
        changed[place] = 1
        assert digest(bytes(changed)) != digest(base)
        assert digest(changed) != digest(bytearray(base))
    assert digest("a" * 300_000) != digest("a" * 300_001)
