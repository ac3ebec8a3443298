"""Values given in Python become what annotations say, as under pydantic's lax mode, which Prefect uses."""

import datetime as dt
import enum
import typing as t
import uuid
from collections import OrderedDict, abc, deque
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import msgspec
import pydantic
import pytest

from recoup.parameters.admitting import Inadmissible, admit


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Number(enum.IntEnum):
    ONE = 1


@dataclass
class Config:
    rate: float
    days: list[dt.date] = field(default_factory=list)
    name: str = "plain"


class Point(t.NamedTuple):
    x: int
    y: int = 0


class Movie(t.TypedDict):
    title: str
    year: int


class Connection:
    """Nothing that could be converted."""


class Told(str):
    """A text of a kind of its own."""

    __slots__ = ()


DAY = dt.date(2026, 1, 31)
MIDNIGHT = dt.datetime(2026, 1, 31)  # noqa: DTZ001 - a day is of no time zone
NOON = dt.datetime(2026, 1, 31, 12)  # noqa: DTZ001 - as above
AN_ID = uuid.UUID("123e4567-e89b-12d3-a456-426614174000")
LIKE_PYDANTIC = [
    (int, [1, "1", " 1 ", 1.0, "1.0", True, Decimal(2), 1.5, "x", "", None, [1], "1.5", b"x"]),
    (float, [1, 1.5, "1.5", True, "x", None, [1.0]]),
    (bool, [True, 0, 1.0, "yes", "off", "True", "0", 2, "x", None]),
    (str, ["a", b"a", 1, None, Path("a"), ["a"]]),
    (bytes, [b"a", "a", bytearray(b"a"), 1]),
    (dt.date, [DAY, "2026-01-31", MIDNIGHT, NOON, "x", None, [1]]),
    (dt.datetime, [NOON, DAY, "2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00", "x", None]),
    (dt.time, [dt.time(12), "12:00:00", "x"]),
    (dt.timedelta, [dt.timedelta(1), 5, 0.5, "PT5S", "00:00:05", "2 days, 01:00:00", "x"]),
    (Decimal, [Decimal("0.1"), "0.1", 0.1, 1, "x", None]),
    (Fraction, [Fraction(1, 3), "1/3", 1]),
    (complex, [1j, 1, "1+2j", "x"]),
    (uuid.UUID, [AN_ID, str(AN_ID), AN_ID.bytes, "x", 1]),
    (Path, [Path("a"), "a/b", 1, None]),
    (Color, [Color.RED, "red", "green", None]),
    (Number, [Number.ONE, 1, "1", 2]),
    (Connection, [1, "x", None]),
    (type(None), [None, "null", 0]),
    (int | None, [None, 1, "1", "x"]),
    (int | str, ["1", 1, "a", 1.5]),
    (dt.date | str, ["2026-01-31", DAY]),
    (t.Literal["a", 1], ["a", 1, "c", "1"]),
    (t.Any, [1, None]),
    (type[int], [int, bool, str, 1]),
    (abc.Callable[..., int], [len, 1]),
    (list, [[1], (1,), {1}, "a", {"a": 1}]),
    (list[int], [[1], ["1", 2], (1,), {1}, deque([1]), range(2), {1: 2}.keys(), "12", {"a": 1}, ["x"], 1]),
    (set[int], [{1}, ["1"], "1"]),
    (frozenset[int], [frozenset({1}), ["1"]]),
    (deque[int], [deque([1]), ["1"]]),
    (tuple[int, str], [(1, "a"), ["1", "a"], ("1",), (1, "a", "b")]),
    (tuple[int, ...], [(1, 2), ["1"], ()]),
    (tuple, [(1,), [1]]),
    (t.Sequence[int], [[1], ("1",), ["1"], "ab"]),
    (t.Mapping[str, int], [{"a": 1}, {"a": "1"}, [("a", 1)]]),
    (dict, [{"a": 1}, [1]]),
    (dict[str, int], [{"a": 1}, {"a": "1"}, {1: 2}]),
    (dict[str, list[dt.date]], [{"a": ["2026-01-31"]}, {"a": ["x"]}]),
    (Config, [Config(1.0), {"rate": "1"}, {"rate": 1, "days": ["2026-01-31"]}, {"name": "x"}, 1]),
    (Point, [Point(1), {"x": "1"}, (1, "2"), [1], {}, (1, 2, 3)]),
    (list[Config], [[{"rate": 1}, Config(2.0)], [{"rate": "x"}]]),
    (t.NewType("Id", int), ["1", "x"]),
]  # fmt: skip


def outcome(convert):
    """Return what converting gives, with the type of each part told, or that it is refused."""
    try:
        return repr(convert())
    except (ValueError, Inadmissible):
        return "refused"


@pytest.mark.parametrize(("annotation", "value"), [(kind, value) for kind, values in LIKE_PYDANTIC for value in values])
def test_values_are_converted_as_pydantic_does(annotation, value):
    adapter = pydantic.TypeAdapter(annotation, config=_config(annotation))
    assert outcome(lambda: admit(value, annotation)) == outcome(lambda: adapter.validate_python(value))


def _config(annotation):
    return None if annotation is Config else {"arbitrary_types_allowed": True}


FRAME = [1.0] * 3


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (list[float], FRAME), (list, FRAME), (t.Sequence[float], FRAME), (dict[str, list[float]], {"a": FRAME}), (tuple[int, ...], (1, 2)),
        (set[str], {"a"}), (Config, Config(1.0)), (Movie, {"title": "Up", "year": 2009}), (Connection, Connection()), (str, Told("x")),
        (Connection | None, Connection()), (t.TypeVar("T"), FRAME), ("NotDefined", FRAME), (abc.Iterable[int], iter([1])),
        (list[t.Any], FRAME), (t.Annotated[list[float], "meta"], FRAME),
    ],
)  # fmt: skip
def test_what_is_of_its_type_is_passed_on_as_the_very_object(annotation, value):
    assert admit(value, annotation) is value


def test_an_iterator_becomes_a_list_only_where_one_is_asked_for():
    assert admit((x for x in "12"), list[int]) == [1, 2]
    given = (x for x in "12")
    assert admit(given, t.Iterator[int]) is given
    assert list(given) == ["1", "2"]


def test_members_are_found_by_their_names_too():
    assert admit("RED", Color) is Color.RED


def test_what_pydantic_leaves_open_is_converted_too():
    assert admit(0, dt.datetime) == dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    assert admit({"title": "Up", "year": "2009"}, Movie) == {"title": "Up", "year": 2009}
    assert type(admit(OrderedDict(a="1"), dict[str, int])) is dict


def test_structs_are_made_of_dicts():
    class Setup(msgspec.Struct):
        rate: float

    assert admit({"rate": "1"}, Setup) == Setup(1.0)
    with pytest.raises(Inadmissible):
        admit({"rate": "x"}, Setup)


@pytest.mark.parametrize(
    ("annotation", "value", "text"),
    [
        (list[int], [1, "x"], "at [1]: it takes int, and is a str"),
        (dict[str, list[int]], {"a": [None]}, "at ['a'][0]: it takes int, and is a NoneType"),
        (Config, {"rate": 1, "days": [5]}, "at .days[0]: it takes date, and is a int"),
        (Config, {}, "at .rate: it is missing"),
        (Config, {"rate": 1, "nope": 2}, "at .nope: there is no such field"),
        (tuple[int, str], (1,), "it has 1 members, not 2"),
        (Movie, {"title": "Up"}, "at .year: it is missing"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(annotation, value, text):
    with pytest.raises(Inadmissible) as caught:
        admit(value, annotation)
    assert str(caught.value) == text
