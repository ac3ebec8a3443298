"""Short texts for people: true, safe, never in the way."""

import collections
import datetime as dt
import decimal
import enum
import pathlib
import re
import types
import uuid
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import attrs
import numpy as np
import pandas as pd
import pyarrow as pa
import pydantic
import pytest
from scipy import sparse
from sklearn.linear_model import Ridge

from recoup.hashing import Reference, describe, token
from recoup.secrecy import is_secret_name


class Color(enum.StrEnum):
    RED = "red"


class Pair(NamedTuple):
    x: int
    y: int


@dataclass
class Point:
    x: int
    label: str = "a"


@attrs.define
class Attrs:
    x: int
    api_key: str = "k"


class Slotted:
    __slots__ = ("a", "b", "token")

    def __init__(self):
        self.a, self.token = 1, "t"


class Vault(pydantic.BaseModel):
    user: str
    secret: pydantic.SecretStr
    pin: pydantic.SecretStr


class Rude:
    def __init__(self):
        self.x = 1

    def __repr__(self):
        raise AssertionError

    __str__ = __len__ = __iter__ = __repr__

    def __getattr__(self, name):
        raise AssertionError


class RudeText(str):
    __slots__ = ()

    def __repr__(self):
        raise AssertionError

    __str__ = __len__ = __iter__ = __repr__


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (0.1, "0.1"),
        (-3, "-3"),
        (10**400, "int of 1,329 bits"),
        ("it's", '"it\'s"'),
        (b"ab", "b'ab'"),
        (bytes(5000), "bytes of 5,000"),
        ((1,), "(1,)"),
        ((), "()"),
        ([1, [2, "a"]], "[1, [2, 'a']]"),
        ({"b": 1, "a": {2, 1}}, "{'b': 1, 'a': {1, 2}}"),
        (set(), "set()"),
        (frozenset(range(100)), "frozenset of 100"),
        (list(range(1000)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …] (1,000 in all)"),
        (range(3), "range(0, 3)"),
        (collections.deque([1]), "deque([1])"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC), "2026-01-02T03:00:00+00:00"),
        (dt.timedelta(hours=1), "1:00:00"),
        (decimal.Decimal("1.50"), "1.50"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (pathlib.PurePosixPath("a/b"), "'a/b'"),
        (re.compile("a+"), "'a+'"),
        (Color.RED, "Color.RED"),
        (Pair(1, 2), "Pair(x=1, y=2)"),
        (Point(1), "Point(x=1, label='a')"),
        (Attrs(1), "Attrs(x=1, api_key=***)"),
        (Slotted(), "Slotted(a=1, token=***)"),
        (types.SimpleNamespace(a=1), "SimpleNamespace(a=1)"),
        (ValueError("x"), "ValueError('x')"),
        (Vault(user="u", secret="s", pin="p"), "Vault(user='u', secret=***, pin=***)"),  # noqa: S106 - made up
        (pydantic.SecretStr("s"), "***"),
        (len, "len"),
        (np.mean, "mean"),
        (re, "re"),
        (int, "builtins.int"),
        (np.zeros((100, 3)), "float64 array (100, 3)"),
        (np.float32(1.5), "float32(1.5)"),
        (np.array(["a"], object), "object array (1,)"),
        (pd.DataFrame({"a": range(2000), "b": 1}), "DataFrame 2,000 x 2"),
        (pd.Series([1.5], name="x"), "Series 'x' of 1 (float64)"),
        (pd.Timestamp("2020"), "2020-01-01T00:00:00"),
        (pd.NaT, "NaT"),
        (pa.table({"a": [1]}), "Table 1 x 1"),
        (sparse.eye_array(3).tocsr(), "sparse float64 csr_array (3, 3), 3 stored"),
        (
            Ridge(alpha=2).fit([[1.0]], [1.0]),
            "Ridge(alpha=2, fit_intercept=True, copy_X=True, max_iter=None, tol=0.0001, solver='auto', positive=False, random_state=None)",
        ),
        (Reference(token([1]), "DataFrame 3 x 4"), "DataFrame 3 x 4"),
        (Reference(token([1])), "a stored result"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_told_in_a_few_words(value, text):
    assert describe(value) == text


def _deep():
    value = []
    for _ in range(100_000):
        value = [value]
    return value


DEEP = _deep()
CYCLE: list[Any] = [1]
CYCLE.append(CYCLE)


@pytest.mark.parametrize(
    "value",
    [
        "a" * 10_000,
        "\n\x00\ud800" * 1000,
        ["a" * 50] * 50,
        {"k" * 300: "v" * 300},
        [[[[[[1]]]]]],
        DEEP,
        CYCLE,
        Rude(),
        RudeText("x"),
        [Rude(), RudeText("x")],
        Point(x=list(range(10_000)), label="x" * 1000),
        10**100_000,
        {Rude(): RudeText("a")},
        memoryview(b"abc")[::2],
        type("N" * 500, (), {})(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_the_value_the_text_is_short_and_made_without_its_help(value):
    text = describe(value)
    assert 0 < len(text) <= 200


SECRETS = [
    "password",
    "db_passwd",
    "SECRET",
    "clientSecret",
    "token",
    "auth_token",
    "accessToken",
    "api_key",
    "apikey",
    "API-KEY",
]
SECRETS += [
    "credentials",
    "aws_secret_access_key",
    "private_key",
    "privateKey",
    "authorization",
    "Authorization",
    "passphrase",
    "pwd",
    "cookie",
    "bearer",
]
HARMLESS = [
    "lr",
    "tokenizer",
    "n_tokens",
    "key",
    "keys",
    "monkey",
    "author",
    "passes",
    "compass",
    "secretary_count"[9:],
    "path",
    "by_key",
]


def test_secrets_in_urls_are_not_shown():
    assert describe("https://h/x?id=3&token=hunter2#top") == "'https://h/x?id=3&token=***#top'"
    assert describe("s3://me:hunter2@h/x") == "'s3://***@h/x'"
    assert "hunter2" not in describe("https://me:" + "hunter2" * 20 + "@h/x")


@pytest.mark.parametrize("name", SECRETS)
def test_what_is_named_like_a_secret_is_not_shown(name):
    assert is_secret_name(name)
    assert describe("hunter2", name) == "***"
    assert "hunter2" not in describe({"a": [{name: "hunter2"}]})
    assert "hunter2" not in describe(types.SimpleNamespace(**{name: "hunter2"}))


@pytest.mark.parametrize("name", HARMLESS)
def test_other_names_are_shown(name):
    assert describe("plain", name) == "'plain'"


def test_a_password_in_a_url_is_not_shown():
    assert describe("postgres://app:hunter2@db/prod") == "'postgres://***@db/prod'"
    assert "hunter2" not in describe(["https://u:hunter2@h/x"])


def test_private_attributes_are_not_told():
    @dataclass
    class Client:
        url: str
        _session: str = field(default="hidden")

    assert describe(Client("u")) == "Client(url='u')"
