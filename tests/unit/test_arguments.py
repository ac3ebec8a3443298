"""Binding arguments, and replacing what stands inside them."""

from collections import OrderedDict
from typing import NamedTuple

import hypothesis.strategies as st
import pytest
from hypothesis import given

from recoup.arguments import Binder, replace_members
from recoup.exceptions import ParameterBindError, ReservedArgumentError


class Pair(NamedTuple):
    x: object
    y: object


def plain(a, b=2): ...


def rich(a, /, b, *args, c=3, **kwargs): ...


@pytest.mark.parametrize(
    ("args", "kwargs", "inputs"),
    [((1,), {}, {"a": 1, "b": 2}), ((1, 3), {}, {"a": 1, "b": 3}), ((), {"b": 1, "a": 0}, {"a": 0, "b": 1})],
)
def test_plain_signatures(args, kwargs, inputs):
    assert Binder(plain).bind(args, kwargs) == inputs


@pytest.mark.parametrize(
    ("args", "kwargs"), [((1, 2, 3), {}), ((1,), {}), ((1,), {"c": 3}), ((), {"c": 3, "a": 1}), ((), {"b": 2, "a": 1})]
)
def test_arguments_stand_in_the_order_of_the_signature(args, kwargs):
    """However they are given: a key function may write them down as they come."""
    assert list(Binder(lambda a, b=2, c=3: None).bind(args, kwargs)) == ["a", "b", "c"]


@pytest.mark.parametrize(("args", "kwargs"), [((), {}), ((1, 2, 3), {}), ((1,), {"a": 2}), ((1,), {"c": 3}), ((), {"b": 1})])
def test_what_does_not_fit_is_refused_as_by_the_function(args, kwargs):
    with pytest.raises(TypeError):
        plain(*args, **kwargs)
    with pytest.raises(ParameterBindError, match=r"^plain\(a, b=2\) was called wrongly: "):
        Binder(plain).bind(args, kwargs)


def test_rich_signatures_go_there_and_back():
    binder = Binder(rich)
    inputs = binder.bind((1, 2, 3, 4), {"c": 5, "d": 6})
    assert inputs == {"a": 1, "b": 2, "args": (3, 4), "c": 5, "kwargs": {"d": 6}}
    assert binder.unbind(inputs) == ((1, 2, 3, 4), {"c": 5, "d": 6})


@given(st.lists(st.integers(), max_size=4), st.dictionaries(st.sampled_from("abcd"), st.integers()))
def test_binding_agrees_with_calling(args, kwargs):
    """What a function takes, the binder takes, and the other way round; and the function is called with the same."""

    def function(a, b, c=3, d=4):
        return {"a": a, "b": b, "c": c, "d": d}

    try:
        expected = function(*args, **kwargs)
    except TypeError:
        with pytest.raises(ParameterBindError):
            Binder(function).bind(tuple(args), kwargs)
        return
    inputs = Binder(function).bind(tuple(args), kwargs)
    assert inputs == expected
    again = Binder(function).unbind(inputs)
    assert function(*again[0], **again[1]) == expected


@pytest.mark.parametrize(
    ("function", "name"), [(lambda return_state: 1, "return_state"), (lambda x, *, wait_for=None: 1, "wait_for")]
)
def test_names_that_calls_take_for_themselves_are_refused(function, name):
    with pytest.raises(ReservedArgumentError, match=f"has a parameter '{name}'.*; rename the parameter"):
        Binder(function)


@pytest.mark.parametrize(
    ("tree", "replaced"),
    [
        (bytearray(b"1"), "1"),
        ([1, [bytearray(b"2")]], [1, ["2"]]),
        ((bytearray(b"1"), {"a": bytearray(b"2")}), ("1", {"a": "2"})),
        (Pair(1, bytearray(b"2")), Pair(1, "2")),
    ],
)
def test_members_are_replaced_at_any_depth(tree, replaced):
    result = replace_members(tree, bytearray, bytearray.decode)
    assert result == replaced
    assert type(result) is type(replaced)


@pytest.mark.parametrize("tree", [[1, [2]], (1, (2,)), {"a": [1]}, {1, 2}, Pair(1, 2), OrderedDict(a=1), "text", None])
def test_what_holds_nothing_to_replace_stays_the_same_object(tree):
    assert replace_members(tree, bytearray, bytearray.decode) is tree


def test_circles_and_depths_are_left_as_they_are():
    circle, deep = [], []
    circle.append(circle)
    for _ in range(100_000):
        deep = [deep]
    assert replace_members(circle, bytearray, bytearray.decode) is circle
    assert replace_members(deep, bytearray, bytearray.decode) is deep
