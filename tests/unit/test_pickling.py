"""Tasks and flows travel to other processes."""

import copy
import functools
import pickle

import cloudpickle
import pytest

from recoup import flow, task
from recoup.types import Key


class Scale:
    @task(cache=True)
    def double(self, number):
        return 2 * number


@task(cache=True)
def square(number):
    return number * number


def add(one, other):
    return one + other


@flow
def squares(number):
    return square(number)


@pytest.mark.parametrize("target", [square, squares, Scale.double], ids=lambda target: target.name)
def test_what_a_module_has_under_its_name_is_pickled_by_name(target):
    assert pickle.loads(pickle.dumps(target)) is target
    assert copy.deepcopy(target) is target


@pytest.mark.parametrize("make", [task(cache=True), flow], ids=["task", "flow"])
def test_what_no_module_has_is_pickled_with_its_function_also_after_calls(make):
    local = make(lambda number: number + 1)
    assert [local(1), cloudpickle.loads(cloudpickle.dumps(local))(1)] == [2, 2]
    assert copy.copy(local) is not local


def test_a_task_without_a_name_is_pickled_with_its_function():
    assert pickle.loads(pickle.dumps(task(functools.partial(add, 3))))(2) == 5


def test_a_bound_task_is_pickled_with_its_instance():
    assert pickle.loads(pickle.dumps(Scale().double))(2) == 4


def test_a_key_is_pickled_as_its_text():
    """Its parts hold the arguments themselves, which need not be picklable."""
    key = square.key(2)
    again = pickle.loads(pickle.dumps(key))
    assert (again, type(again), list(again.parts)) == (key, Key, [])
    assert len(pickle.dumps(square.key("x" * 10_000))) < 500
