"""The scheme is a format: these digests stay what they are.

A failure here means that everybody's stored results would be missed. If that is meant, raise the version in the tag
of the handler that changed, write a design note, and add the new digests beside the old ones:
`python tests/golden/test_digests.py` prints what the table would be.
"""

import collections
import datetime as dt
import decimal
import enum
import fractions
import functools
import json
import pathlib
import re
import types
import uuid
import zoneinfo
from dataclasses import dataclass

import pytest

from recoup.hashing import digest, token

GOLDEN = pathlib.Path(__file__).with_name("digests.json")


class Color(enum.Enum):
    RED = 1


class Access(enum.Flag):
    READ = 1
    WRITE = 2


Pair = collections.namedtuple("Pair", ["x", "y"])  # noqa: PYI024 - made without annotations, as old code does


@dataclass
class Point:
    x: int
    y: float = 0.5


class Plain:
    def __init__(self):
        self.a, self.b = 1, "two"


class Config(dict):
    pass


def helper(x):
    return x


def _cycle():
    members = [1, {}]
    members[1]["again"] = members
    return members


for _own in (Color, Access, Pair, Point, Plain, Config, helper):
    _own.__module__ = "golden"  # the names in the digests are not to depend on how this file is run

PLAIN = {
    "none": None,
    "true": True,
    "false": False,
    "int": 1,
    "int negative": -129,
    "int big": 10**50,
    "float": 0.1,
    "float minus zero": -0.0,
    "float nan": float("nan"),
    "float inf": float("inf"),
    "complex": 1 + 2j,
    "str": "text",
    "str long": "text" * 100,
    "str of many": "ä" * 70_000,
    "str surrogate": "\ud800",
    "bytes": b"bytes",
    "bytes long": bytes(range(256)) * 400,
    "bytearray": bytearray(b"bytes"),
    "memoryview": memoryview(b"bytes"),
    "ellipsis": ...,
    "notimplemented": NotImplemented,
    "list": [1, "a", None],
    "list empty": [],
    "list long": list(range(1000)),
    "tuple": (1, "a", None),
    "dict": {"b": 1, "a": [2]},
    "set": {3, 1, 2},
    "frozenset": frozenset({(1, 2), (3,)}),
    "nested": {"rows": [{"x": (1, {2, 3})}] * 3},
    "cycle": _cycle(),
    "range": range(1, 10, 2),
    "slice": slice(1, None, 2),
    "deque": collections.deque([1, 2], 5),
    "ordered dict": collections.OrderedDict(b=1, a=2),
    "defaultdict": collections.defaultdict(list, a=[1]),
    "counter": collections.Counter("aab"),
    "mappingproxy": types.MappingProxyType({"a": 1}),
    "namespace": types.SimpleNamespace(a=1),
    "date": dt.date(2026, 1, 2),
    "datetime": dt.datetime(2026, 1, 2, 3, 4, 5, 6),  # noqa: DTZ001 - a naive moment is a case
    "datetime utc": dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
    "datetime zone": dt.datetime(2026, 1, 2, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
    "time": dt.time(3, 4),
    "timedelta": dt.timedelta(1, 2, 3),
    "timezone": dt.timezone(dt.timedelta(hours=2), "x"),
    "zoneinfo": zoneinfo.ZoneInfo("Europe/Berlin"),
    "decimal": decimal.Decimal("-1.50"),
    "fraction": fractions.Fraction(1, 3),
    "uuid": uuid.UUID(int=5),
    "path": pathlib.PurePosixPath("a/b"),
    "pattern": re.compile("a+", re.IGNORECASE),
    "enum": Color.RED,
    "flag": Access.READ | Access.WRITE,
    "exception": ValueError("x", 1),
    "namedtuple": Pair(1, 2),
    "dataclass": Point(1),
    "object": Plain(),
    "dict subclass": Config(a=1),
    "class": Plain,
    "builtin class": int,
    "builtin": len,
    "partial": functools.partial(len, [1]),
    "method": [1].append,
    "alias": dict[str, int],
    "union": int | None,
}


def _libraries():
    np, pd, pa = (pytest.importorskip(name) for name in ("numpy", "pandas", "pyarrow"))
    sparse = pytest.importorskip("scipy.sparse")
    frame = pd.DataFrame({"n": [1, 2], "f": [0.5, np.nan], "s": pd.array(["a", None], dtype="str"), "o": ["x", None]})
    frame["o"] = frame["o"].astype(object)
    table = {
        "i": pa.array([1, None]),
        "s": pa.array(["a", None]),
        "l": pa.array([[1], []]),
        "d": pa.array(["x", "y"]).dictionary_encode(),
        "r": pa.array([{"x": 1}, None]),
    }
    return {
        "numpy array": np.arange(6.0).reshape(2, 3),
        "numpy nan": np.array([np.nan, -0.0]),
        "numpy texts": np.array(["a", "bc"]),
        "numpy objects": np.array(["a", None, 1, "ä"], object),
        "numpy records": np.array([(1, 0.5)], [("a", "i4"), ("b", "f8")]),
        "numpy scalar": np.float32(1.5),
        "numpy datetime": np.datetime64("2026-01-02", "ns"),
        "numpy dtype": np.dtype("i4"),
        "numpy masked": np.ma.array([1, 2], mask=[False, True]),
        "pandas frame": frame,
        "pandas series": pd.Series([1, 2], name="x"),
        "pandas index": pd.Index([1, 2], name="x"),
        "pandas multiindex": pd.MultiIndex.from_tuples([(1, "a"), (2, "b")], names=["n", None]),
        "pandas days": pd.date_range("2026-01-01", periods=2, freq="D", unit="us"),
        "pandas categorical": pd.Categorical(["a", None], categories=["b", "a"]),
        "pandas nullable": pd.array([1, None], dtype="Int64"),
        "pandas interval": pd.arrays.IntervalArray.from_breaks([0, 1, 2]),
        "pandas period": pd.period_range("2026", periods=2, freq="M"),
        "pandas sparse": pd.arrays.SparseArray([0, 0, 1]),
        "pandas timestamp": pd.Timestamp("2026-01-02", tz="UTC").as_unit("us"),
        "pandas nat": pd.NaT,
        "pandas na": pd.NA,
        "arrow table": pa.table(table),
        "arrow array": pa.array([1.5, None]),
        "arrow scalar": pa.scalar("a"),
        "arrow schema": pa.schema([("a", pa.list_(pa.int8()))]),
        "scipy sparse": sparse.csr_array(np.eye(2)),
    }


def table():
    """Return name -> hex digest of every case, as it is now."""
    return {name: digest(value).hex() for name, value in {**PLAIN, **_libraries()}.items()}


def test_digests_are_what_they_were():
    assert table() == json.loads(GOLDEN.read_text())


def test_short_tokens_can_be_read():
    """The encoding itself, byte by byte: length, tag with its version, payload."""
    assert token(1) == b"\x03i\x01\x01"
    assert token("ab") == b"\x04s\x01ab"
    assert token(None) == b"\x05none\x01"
    assert token((1, "ab")) == b"\x10tuple\x01\x02" + token(1) + token("ab")
    assert token({"b": 1, "a": 2}) == b"\x16dict\x01\x02" + token("a") + token(2) + token("b") + token(1)


if __name__ == "__main__":
    print(json.dumps(table(), indent=1))
