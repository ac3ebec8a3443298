"""Two different inputs, or two different programs, never share a key by accident."""

import itertools

import pytest

from recoup import flow, task
from recoup.cache_policies import DEFAULT, INPUTS, RUN_ID, TASK_SOURCE
from recoup.events import DidCompute
from recoup.storage import MemoryStorage

ALIKE = [1, 1.0, True, "1", b"1", (1, 2), [1, 2], {1: 2}, {"1": 2}, {1, 2}, frozenset({1, 2}), None, "None", "", 0, -0.0, 0.0]


@task(cache_policy=INPUTS)
def kind(x):
    return type(x).__name__


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(range(len(ALIKE)), 2)))
def test_values_that_look_alike_have_keys_of_their_own(one, other):
    assert kind.key(ALIKE[one]) != kind.key(ALIKE[other])


def test_two_tasks_with_the_same_arguments_do_not_share_results():
    add, multiply = task(cache_policy=INPUTS)(lambda x: x + x), task(cache_policy=INPUTS)(lambda x: x * x)
    assert [add(5), multiply(5), add(5), multiply(5)] == [10, 25, 10, 25]


def test_tasks_without_arguments_do_not_share_results():
    one, two = task(cache_policy=INPUTS)(lambda: 1), task(cache_policy=INPUTS)(lambda: 2)
    assert [one(), two(), one(), two()] == [1, 2, 1, 2]


def test_tasks_with_all_arguments_left_out_do_not_share_results():
    one = task(cache_policy=INPUTS - "x")(lambda x: 1)
    two = task(cache_policy=INPUTS - "x")(lambda x: 2)
    assert [one(1), two(1), one(2), two(2)] == [1, 2, 1, 2]


def test_equal_texts_of_key_functions_are_kept_apart_by_task():
    one, two = (task(cache_key_fn=lambda ctx, args: "same", name=name)(fn) for name, fn in [("a", first), ("b", second)])
    assert [one(), two(), one(), two()] == [1, 2, 1, 2]


def first():
    return 1


def second():
    return 2


def test_a_task_key_shares_on_purpose(recoup_events):
    one, two = task(cache_policy=INPUTS, task_key="shared")(first), task(cache_policy=INPUTS, task_key="shared")(second)
    assert [one(), two()] == [1, 1]


def test_positional_and_keyword_arguments_and_defaults_are_one_call(recoup_events):
    @task(cache=True)
    def area(x, y=2):
        return x * y

    assert [area(3), area(3, 2), area(x=3), area(y=2, x=3), area(2, 3)] == [6] * 5
    assert sum(isinstance(event, DidCompute) for event in recoup_events) == 2


def test_the_instance_is_part_of_the_key():
    class Scale:
        def __init__(self, by):
            self.by = by

        @task(cache=True)
        def of(self, x):
            return self.by * x

    assert [Scale(2).of(1), Scale(3).of(1), Scale(2).of(1)] == [2, 3, 2]


class Shop:
    def price(self):
        return 1

    @task(cache=True)
    def total(self, count):
        return count * self.price()


def test_a_changed_method_of_the_class_is_another_program_for_a_task_that_is_its_method(monkeypatch):
    assert [Shop().total(3), Shop().total(3)] == [3, 3]
    monkeypatch.setattr(Shop, "price", lambda self: 2)
    assert Shop().total(3) == 6


def test_a_changed_global_of_a_helper_is_another_program(monkeypatch):
    @task(cache=True)
    def limited(x):
        return limit(x)

    assert limited(9) == 3
    monkeypatch.setitem(globals(), "LIMIT", 4)
    assert limited(9) == 4


LIMIT = 3


def limit(x):
    return min(x, LIMIT)


def test_the_default_policy_does_not_reuse_across_runs(recoup_events):
    kept = task(persist_result=True)(kind.fn)

    @flow
    def pipeline():
        return kept(1), kept(1)

    pipeline()
    pipeline()
    assert sum(isinstance(event, DidCompute) for event in recoup_events) == 2


def test_results_of_one_storage_are_not_seen_in_another():
    stores = MemoryStorage(), MemoryStorage()
    one, two = (kind.with_options(result_storage=store) for store in stores)
    one(1)
    assert (one.cached(1), two.cached(1)) == (True, False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (INPUTS + TASK_SOURCE, TASK_SOURCE + INPUTS),
        (INPUTS + RUN_ID + TASK_SOURCE, TASK_SOURCE + (RUN_ID + INPUTS)),
        (DEFAULT - "x", (INPUTS - "x") + DEFAULT),
        (INPUTS + INPUTS, INPUTS),
    ],
)
def test_the_order_in_which_a_policy_is_written_does_not_matter(one, other):
    @flow
    def pipeline():
        return [task(cache_policy=policy)(first_of).key(1, 2) for policy in (one, other)]

    keys = pipeline()
    assert keys[0] == keys[1] is not None


def first_of(x, y):
    return x


def test_a_key_function_is_given_values_of_futures_not_what_stands_for_them(recoup_events):
    numbers = task(cache=True)(lambda x: [x])
    seen = []
    keyed = task(cache_key_fn=lambda ctx, args: seen.append((args["x"], ctx.parameters["x"])) or str(args["x"]))(lambda x: x)

    @flow
    def pipeline(x):
        return keyed.submit(numbers.submit(x)).result()

    assert [pipeline(1), pipeline(1), pipeline(2)] == [[1], [1], [2]]
    assert seen == [([1], [1]), ([1], [1]), ([2], [2])]
    assert keyed.key([1]) == "[1]"
