"""A hit and the miss before it give equal values of equal types, and each caller an object of its own."""

import dataclasses
import datetime as dt
import enum
from collections import OrderedDict
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from recoup import flow, task, unmapped
from recoup.events import DidCompute, Hit, MutatedInput
from recoup.hashing import digest


class Point(NamedTuple):
    x: int
    y: int


class Color(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Run:
    name: str
    scores: list


VALUES = [
    None,
    True,
    1,
    1.0,
    "text",
    b"bytes",
    (1, 2),
    [1, (2, 3)],
    {1: "a", "1": "b"},
    {1, 2},
    frozenset({1}),
    OrderedDict(b=1, a=2),
    Point(1, 2),
    Color.RED,
    Run("a", [1]),
    dt.date(2026, 1, 1),
    1 + 2j,
    bytearray(b"x"),
    np.arange(5),
    np.float32(1.5),
    pd.DataFrame({"a": [1, 2], "b": ["x", None]}),
    pd.Series([1.0, 2.0], name="s"),
]


@task(cache=True)
def give(number):
    return VALUES[number]


@task(cache=True)
def numbers(n):
    return list(range(n))


@task(cache=True)
def count(items):
    return len(items)


@pytest.mark.parametrize("number", range(len(VALUES)), ids=lambda number: type(VALUES[number]).__name__)
def test_a_hit_equals_the_miss_before_it(recoup_events, number):
    """By type, and by the digest, which tells `1` from `1.0` and a tuple from a list."""
    missed, hit = give(number), give(number)
    assert any(isinstance(event, Hit) for event in recoup_events)
    assert type(hit) is type(missed)
    assert digest(hit) == digest(missed)


def test_each_hit_is_an_object_of_its_own():
    results = [numbers(3) for _ in range(3)]
    results[1].append("mine")
    assert results == [[0, 1, 2], [0, 1, 2, "mine"], [0, 1, 2]]
    assert numbers(3) == [0, 1, 2]


def test_an_array_of_a_hit_may_be_written_to():
    give(18)
    hit = give(18)
    hit += 1
    assert give(18).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("warm", [False, True])
def test_each_result_of_a_future_is_an_object_of_its_own(warm):
    if warm:
        numbers(3)

    @flow
    def pipeline():
        future = numbers.submit(3)
        future.result().append("mine")
        assert future.state.result() == [0, 1, 2]
        return future.result()

    assert pipeline() == [0, 1, 2]


@pytest.mark.parametrize("warm", [False, True])
def test_each_result_of_a_state_is_an_object_of_its_own(warm):
    if warm:
        numbers(3)
    state = numbers(3, return_state=True)
    state.result().append("mine")
    assert state.result() == [0, 1, 2]


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("serializer", ["json", "pickle", "compressed/pickle"])
def test_whatever_the_serializer_each_result_of_a_future_is_its_own(warm, serializer):
    kept = numbers.with_options(result_serializer=serializer)

    @flow
    def pipeline():
        future = kept.submit(3)
        future.result().append("mine")
        return future.result()

    if warm:
        pipeline()
    assert pipeline() == [0, 1, 2]


def test_consumers_of_one_future_do_not_share_it():
    """A body that changes what it got from a future changes its own copy; its result is stored."""

    @task(cache=True)
    def spoil(items):
        items.append("spoiled")
        return len(items)

    @flow
    def pipeline():
        future = numbers.submit(3)
        return spoil.submit(future).result(), count.submit(future).result(), spoil.cached([0, 1, 2])

    assert pipeline() == (4, 3, True)


def test_a_lossy_serializer_gives_the_first_run_what_later_ones_get(recoup_events):
    """JSON makes lists of tuples: so the caller, and what follows, see a list from the start."""

    @task(cache=True, result_serializer="json")
    def pair(x):
        return (x, x)

    @flow
    def pipeline():
        future = pair.submit(1)
        return pair(1), future.result(), count.submit(future).result()

    assert pair(2) == pair(2) == [2, 2]
    assert pipeline() == pipeline() == ([1, 1], [1, 1], 2)
    assert sum(isinstance(event, DidCompute) for event in recoup_events) <= 4  # pair of 1 may run twice at once


def test_a_mutated_input_is_reported_and_its_result_not_stored(recoup_events):
    @task(cache=True)
    def total(items, more):
        items.extend(more)
        return sum(items)

    assert [total([1], [2]), total([1], [2])] == [3, 3]
    mutated = [event for event in recoup_events if isinstance(event, MutatedInput)]
    assert [event.arguments for event in mutated] == [("items",), ("items",)]
    assert not any(isinstance(event, Hit) for event in recoup_events)


def test_a_mutated_frame_is_noticed(recoup_events):
    @task(cache=True)
    def scale(frame):
        frame["a"] = frame["a"] * 2
        return frame

    frame = pd.DataFrame({"a": [1, 2]})
    scale(frame)
    assert [event.arguments for event in recoup_events if isinstance(event, MutatedInput)] == [("frame",)]


def test_unmapped_arguments_are_keyed_as_they_are():
    @flow
    def pipeline():
        return pair_up.map([1, 2], unmapped([1, 2])).result()

    @task(cache=True)
    def pair_up(x, whole):
        return (x, whole)

    assert pipeline() == [(1, [1, 2]), (2, [1, 2])]
    assert pair_up.cached(2, [1, 2])
