"""Tasks and flows as methods: the instance, or the class, is the first argument."""

import pickle

import pytest

from recoup import flow, task
from recoup.events import WillCompute


class Scale:
    factor = 1

    def __init__(self, by):
        self.by = by

    @task(cache=True)
    def of(self, number):
        return self.by * number

    @flow
    def of_all(self, numbers):
        return self.of.map(numbers).result()

    @task(cache=True)
    @classmethod
    def above(cls, number):
        return cls.__name__, cls.factor * number

    @classmethod
    @task(cache=True)
    def below(cls, number):
        return cls.__name__, cls.factor * number

    @task
    @staticmethod
    def free_above(number):
        return number

    @staticmethod
    @task
    def free_below(number):
        return number


class Other(Scale):
    factor = 10


def test_a_flow_is_bound_as_a_function_is():
    assert Scale(2).of_all([1, 2]) == [2, 4]
    assert Scale.of_all(Scale(3), [1]) == [3]


def test_a_bound_task_stays_bound_with_other_options(recoup_events):
    doubled = Scale(2).of
    assert [doubled(4), doubled.with_options(refresh_cache=True)(4)] == [8, 8]
    assert [event.cause for event in recoup_events if isinstance(event, WillCompute)] == ["first", "refresh"]


@pytest.mark.parametrize("name", ["above", "below"])
def test_a_class_method_is_bound_to_the_class_and_keyed_by_it(name):
    for owner, expected in ((Scale, ("Scale", 2)), (Other, ("Other", 20)), (Other(1), ("Other", 20))):
        assert getattr(owner, name)(2) == expected
    assert getattr(Other, name).cached(2)
    assert flow(lambda: getattr(Other, name).submit(3).result())() == ("Other", 30)
    assert flow(lambda: getattr(Other, name).with_options(retries=1).map([3]).result())() == [("Other", 30)]


@pytest.mark.parametrize("name", ["free_above", "free_below"])
def test_a_static_method_is_bound_to_nothing(name):
    assert [getattr(Scale, name)(2), getattr(Other(1), name)(2)] == [2, 2]
    assert flow(lambda: getattr(Other(1), name).submit(3).result())() == 3


@pytest.mark.parametrize("name", ["above", "below", "free_above", "free_below"])
def test_such_tasks_are_pickled_by_name(name):
    assert pickle.loads(pickle.dumps(getattr(Other, name)))(2) == getattr(Other, name)(2)
