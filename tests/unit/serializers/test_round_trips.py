"""Values come back equal and of equal types, or the encoding says that they do not."""

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import math
import pathlib
import re
import typing
import uuid

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.serializers import AutoSerializer, JSONSerializer, decoder, resolve_serializer


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Celsius(float):
    pass


class Name(str):
    __slots__ = ()


class Count(int):
    pass


class Bag(dict):
    pass


@dataclasses.dataclass
class Config:
    rate: float
    layers: list


class Point(typing.NamedTuple):
    x: int
    y: int


def alike(one, other):
    """Say whether two values are equal, of equal types, in equal order, at every depth."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    if isinstance(one, float):
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    if isinstance(one, dict):
        return alike(list(one.items()), list(other.items()))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if dataclasses.is_dataclass(one):
        return alike(vars(one), vars(other))
    return bool(one == other)


def trip(serializer, value):
    encoded = serializer.encode(value)
    return encoded, decoder(encoded.serializer).decode(b"".join(encoded.chunks))


PLAIN = [
    None, True, False, 0, 1, -1, 2**63 - 1, -(2**63), 0.0, -0.0, 1.0, 0.1, 1e16, 1e22, 5e-324, 1.7976931348623157e308, -1e-7,
    "", "text", "äöü 漢字 🎈", '\0\x1f"\\/\u2028', [], {}, [[]], [{}], {"": None}, [1, 1.0, True, "1", None],
    {"b": 1, "a": {"z": [1, 2, {"y": 0.5}], "c": -0.0}},
]  # fmt: skip
NOT_PLAIN = [
    2**63, -(2**63) - 1, 10**400, math.nan, math.inf, -math.inf, "\ud800", "\ud83d\ude00 as two", "a\udfff", b"", b"bytes", bytearray(b"x"), (), (1, 2),
    [(1, 2)], {"a": (1, (2, [3]))}, {1: "a"}, {"1": "a", 1: "b"}, {None: 1}, {(1, 2): 3}, set(), {1, 2}, frozenset({1}), 1j, ..., range(3),
    Colour.RED, Level.LOW, [Level.LOW], Celsius(1.5), Name("x"), Count(3), Bag(a=1), {Name("x"): 1}, Point(1, 2), Config(0.1, [1, (2,)]),
    collections.OrderedDict(b=1, a=2), collections.Counter("ab"), collections.deque([1], maxlen=3), collections.defaultdict(list, a=[1]),
    dt.datetime(2024, 1, 31, tzinfo=dt.UTC), dt.timedelta(days=1), decimal.Decimal("1.10"), fractions.Fraction(1, 3),
    pathlib.PurePosixPath("/a"), uuid.UUID(int=7), re.compile("a+"), np.float64(1.5), np.int64(3), np.bool_(True), int, len, math.sqrt, Config,
]  # fmt: skip


@pytest.mark.parametrize("value", PLAIN, ids=repr)
@pytest.mark.parametrize("name", ["auto", "json"])
def test_plain_values_are_exact_text(name, value):
    encoded, decoded = trip(resolve_serializer(name), value)
    assert alike(decoded, value)
    assert (encoded.serializer, encoded.exact) == ("json", True)


@pytest.mark.parametrize("value", NOT_PLAIN, ids=lambda value: repr(value)[:40])
@pytest.mark.parametrize("name", ["auto", "compressed/auto", "pickle"])
def test_other_values_are_exact_by_pickle(name, value):
    encoded, decoded = trip(resolve_serializer(name), value)
    assert alike(decoded, value)
    assert (encoded.serializer, encoded.exact) == (name.replace("auto", "pickle"), True)


@pytest.mark.parametrize(
    "name",
    [
        "pickle",
        "compressed/pickle",
        "compressed/lzma/pickle",
        "compressed/gzip/pickle",
        "compressed/bz2/auto",
        "compressed/zlib/json",
    ],
)
@pytest.mark.parametrize(
    "value", [None, {"a": [1, 2.5, "x"]}, "long " * 50_000, list(range(1000))], ids=lambda value: repr(value)[:20]
)
def test_compressed_formats_are_exact_for_plain_values(name, value):
    encoded, decoded = trip(resolve_serializer(name), value)
    assert alike(decoded, value)
    assert encoded.exact


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@given(values)
def test_auto_never_changes_a_value(value):
    encoded, decoded = trip(AutoSerializer(), value)
    assert alike(decoded, value)
    assert encoded.exact


@given(values)
def test_json_says_when_it_changes_a_value(value):
    """`exact` is the truth: whatever comes back unlike the original was announced."""
    encoded, decoded = trip(JSONSerializer(), value)
    assert alike(decoded, value) or not encoded.exact


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_float_survives_text(value):
    encoded, decoded = trip(AutoSerializer(), value)
    assert encoded.serializer == "json"
    assert alike(decoded, value)


# --- arrays and tables -----------------------------------------------------------------------------

ARRAYS = {
    "plain": np.arange(20_000.0),
    "fortran": np.asfortranarray(np.arange(40_000.0).reshape(200, 200)),
    "strided": np.arange(40_000)[::2],
    "reversed": np.arange(20_000)[::-1],
    "transposed view": np.arange(40_000).reshape(200, 200).T[:, 3:],
    "empty": np.empty((0, 3)),
    "scalar": np.array(3),
    "structured": np.array([(1, "a"), (2, "b")], dtype=[("n", "i4"), ("s", "U1")]),
    "objects": np.array([1, "a", None], dtype=object),
    "big endian": np.arange(20_000, dtype=">i4"),
    "dates": np.array(["2024-01-31", "NaT"], dtype="datetime64[D]"),
    "nan": np.array([np.nan, -0.0]),
}


@pytest.mark.parametrize("kind", ARRAYS)
def test_arrays_come_back_as_they_were(kind):
    """Values, type and shape; and one can write to them."""
    array = ARRAYS[kind]
    encoded, decoded = trip(AutoSerializer(), array)
    assert encoded.exact
    np.testing.assert_array_equal(decoded, array)
    assert (decoded.dtype, decoded.shape, decoded.flags.writeable) == (array.dtype, array.shape, True)


def test_a_read_only_array_stays_read_only():
    array = np.arange(20_000.0)
    array.flags.writeable = False
    _, decoded = trip(AutoSerializer(), array)
    assert not decoded.flags.writeable


FRAMES = {
    "mixed": pd.DataFrame({"n": [1, 2], "x": [0.5, None], "s": ["a", "b"], "d": pd.to_datetime(["2024-01-31", None])}),
    "indexed": pd.DataFrame({"x": range(3)}, index=pd.Index(["a", "b", "c"], name="key")),
    "two levels": pd.DataFrame(np.eye(2), columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
    "categories": pd.DataFrame({"c": pd.Categorical(["a", "b"], categories=["b", "a"], ordered=True)}),
    "wide": pd.DataFrame(np.random.default_rng(1).normal(size=(5000, 8))),
    "empty": pd.DataFrame(),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_frames_come_back_as_they_were(kind):
    _, decoded = trip(AutoSerializer(), FRAMES[kind])
    pd.testing.assert_frame_equal(decoded, FRAMES[kind], check_exact=True)


# --- fresh objects ---------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [[1], {"a": [1]}, ([1],), Config(1, [2]), np.arange(3)], ids=repr)
def test_every_decoding_is_a_fresh_object(value):
    encoded = AutoSerializer().encode(value)
    data = b"".join(encoded.chunks)
    first, second = (decoder(encoded.serializer).decode(data) for _ in range(2))
    assert first is not second
    assert first is not value


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("name", ["auto", "pickle", "json", "compressed/json", "compressed/gzip/pickle"])
def test_any_buffer_is_decoded(name, kind):
    serializer = resolve_serializer(name)
    assert serializer.decode(kind(serializer.dumps({"a": [1]}))) == {"a": [1]}


@pytest.mark.parametrize("value", [{"a": 1}, (1, 2), "\x80"])
def test_auto_reads_what_it_wrote(value):
    assert AutoSerializer().loads(AutoSerializer().dumps(value)) == value


def test_shared_and_circular_parts_stay_so():
    """Text would unroll or never end; pickle keeps the shape."""
    circle = [1]
    circle.append(circle)
    encoded, decoded = trip(AutoSerializer(), circle)
    assert encoded.serializer == "pickle"
    assert decoded[1] is decoded


def test_what_grows_when_it_is_written_out_is_pickled():
    """Thirty lists that hold each other twice would be a gigabyte of text."""
    value = []
    for _ in range(30):
        value = [value, value]
    encoded, _ = trip(AutoSerializer(), value)
    assert encoded.serializer == "pickle"


@pytest.mark.parametrize(("size", "format_name"), [(60_000, "json"), (70_000, "pickle")])
def test_large_text_is_pickled(size, format_name):
    assert AutoSerializer().encode("x" * size).serializer == format_name
    assert AutoSerializer().encode({"x" * size: 1}).serializer == format_name
    assert AutoSerializer().encode([10] * (size // 3)).serializer == format_name


def test_the_limit_counts_bytes_of_text():
    assert AutoSerializer().encode("漢" * 30_000).serializer == "pickle"
