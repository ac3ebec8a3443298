"""Tasks and flows as methods: the instance is the first argument."""

from recoup import flow, task
from recoup.events import WillCompute


class Scale:
    def __init__(self, by):
        self.by = by

    @task(cache=True)
    def of(self, number):
        return self.by * number

    @flow
    def of_all(self, numbers):
        return self.of.map(numbers).result()


def test_a_flow_is_bound_as_a_function_is():
    assert Scale(2).of_all([1, 2]) == [2, 4]
    assert Scale.of_all(Scale(3), [1]) == [3]


def test_a_bound_task_stays_bound_with_other_options(recoup_events):
    doubled = Scale(2).of
    assert [doubled(4), doubled.with_options(refresh_cache=True)(4)] == [8, 8]
    assert [event.cause for event in recoup_events if isinstance(event, WillCompute)] == ["first", "refresh"]
