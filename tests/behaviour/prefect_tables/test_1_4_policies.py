"""What keys are made of: Prefect's rules 1.4, with the differences of Recoup."""

import threading
from datetime import timedelta

import pytest

from recoup import flow, quote, task, task_input_hash
from recoup.cache_policies import (
    CODE,
    DEFAULT,
    FLOW_PARAMETERS,
    INPUTS,
    NO_CACHE,
    NONE,
    RUN_ID,
    TASK_SOURCE,
    CacheKeyFnPolicy,
    CachePolicy,
    CompoundCachePolicy,
    Inputs,
)
from recoup.events import NotCached
from recoup.exceptions import ConfigurationError


def add(x, y=1):
    return x + y


def keyed(policy, fn=add, **options):
    return task(cache_policy=policy, **options)(fn)


# --- each policy ---------------------------------------------------------------------------------


def test_inputs_are_the_bound_arguments_with_their_defaults():
    one = keyed(INPUTS)
    assert one.key(1) == one.key(1, 1) == one.key(x=1, y=1) == one.key(y=1, x=1)
    assert len({one.key(1), one.key(2), one.key(1, 2), one.key("1"), one.key(1.0), one.key(True)}) == 6


def test_inputs_without_some_do_not_depend_on_them():
    one = keyed(INPUTS - "y")
    assert one.key(1, 2) == one.key(1, 3) != one.key(2, 3)
    assert keyed(Inputs(exclude=["y"])).key(1, 2) == one.key(1, 2)


def test_inputs_are_those_of_one_task():
    """In Prefect they are shared by all tasks; the same `task_key` shares them on purpose."""
    other = keyed(INPUTS, lambda x, y=1: x * y)
    assert keyed(INPUTS).key(1) != other.key(1)
    shared = [keyed(INPUTS, fn, task_key="shared") for fn in (add, lambda x, y=1: x * y)]
    assert shared[0].key(1) == shared[1].key(1)


def test_a_future_or_a_state_among_the_arguments_counts_by_its_value():
    one, give = keyed(INPUTS), task(lambda: 1)

    @flow
    def program():
        return [one.key(give.submit()), one.key(give(return_state=True)), one.key(1)]

    assert len(set(program())) == 1


def test_self_and_the_class_are_inputs_that_can_be_left_out():
    class Scaled:
        def __init__(self, rate):
            self.rate = rate

        @task(cache_policy=INPUTS)
        def of(self, x):
            return self.rate * x

        @task(cache_policy=INPUTS - "self")
        def without(self, x):
            return x

    assert Scaled(1).of.key(1) == Scaled(1).of.key(1) != Scaled(2).of.key(1)
    assert Scaled(1).without.key(1) == Scaled(2).without.key(1)


def test_task_source_is_the_code_of_the_task_alone_and_code_all_that_it_reaches():
    def using(helper):
        def total(x):
            return helper(x)

        return total

    def twice(x):
        return 2 * x

    def thrice(x):
        return 3 * x

    two, three = using(twice), using(thrice)
    keys = {policy: [keyed(policy, fn, task_key="total").key(1) for fn in (two, three)] for policy in (TASK_SOURCE, CODE)}
    assert keys[TASK_SOURCE][0] == keys[TASK_SOURCE][1]
    assert keys[CODE][0] != keys[CODE][1]
    assert keyed(CODE).key(1) == keyed(CODE).key(2)


def test_flow_parameters_are_those_of_the_flow_around_and_none_outside():
    one = keyed(FLOW_PARAMETERS)

    @flow
    def program(day, n=1):
        return one.key(1)

    assert program("a") == program("a", 1) == program(day="a") != program("b")
    assert one.key(1) is None


def test_the_run_is_that_of_the_flow_or_outside_flows_of_the_call():
    one = keyed(RUN_ID)

    @flow
    def program():
        return one.key(1), one.key(2)

    first, second = program(), program()
    assert first[0] == first[1] != second[0] == second[1]
    assert one.key(1) != one.key(1)


def test_no_cache_makes_no_key_and_is_nothing_in_a_sum():
    assert keyed(NO_CACHE).key(1) is None
    assert NONE == NO_CACHE
    assert NO_CACHE + INPUTS == INPUTS + NO_CACHE == INPUTS


@pytest.mark.parametrize("policy", [CacheKeyFnPolicy, CachePolicy.from_cache_key_fn])
def test_a_key_function_is_given_the_context_and_the_arguments_and_its_text_is_the_key(policy):
    one = keyed(policy(lambda context, arguments: f"{context.task.name}-{arguments['x']}-{arguments['y']}"))
    assert one.key(3) == "add-3-1"
    assert keyed(policy(lambda context, arguments: None)).key(3) is None


def test_the_input_hash_is_inputs_and_code():
    one = task(cache_key_fn=task_input_hash, cache_expiration=timedelta(hours=1))(add)
    assert one.key(1) == one.key(1, 1) != one.key(2)
    assert one(1) == one(1) == 2
    assert one.cached(1)


# --- sums and differences ------------------------------------------------------------------------


def test_a_sum_is_in_any_order_and_flat():
    sums = [
        INPUTS + TASK_SOURCE + RUN_ID,
        RUN_ID + (TASK_SOURCE + INPUTS),
        CompoundCachePolicy(policies=[TASK_SOURCE, RUN_ID, INPUTS]),
    ]
    assert sums[0] == sums[1] == sums[2]

    @flow
    def program():
        return {keyed(policy).key(1) for policy in sums}

    assert len(program()) == 1


def test_the_default_is_inputs_code_and_run():
    assert DEFAULT == INPUTS + CODE + RUN_ID


def test_what_is_left_out_of_a_sum_is_left_out_of_its_inputs():
    one = keyed(INPUTS + CODE - "y")
    assert one.key(1, 2) == one.key(1, 3) != one.key(2, 3)


def test_only_names_are_subtracted_and_unknown_ones_are_refused():
    with pytest.raises(TypeError, match="subtract a name"):
        INPUTS - 3
    with pytest.raises(ConfigurationError, match="debgu"):
        keyed(INPUTS - "debgu", lambda x, debug: x)


def test_a_sum_of_policies_configured_differently_is_refused(tmp_path):
    one, other = INPUTS.configure(key_storage=tmp_path / "a"), CODE.configure(key_storage=tmp_path / "b")
    with pytest.raises(ValueError, match="key_storage"):
        one + other
    assert (one + CODE).key_storage == one.key_storage == (one - "x").key_storage
    assert INPUTS.key_storage is None, "a configured policy is a copy"


# --- keys that cannot be made --------------------------------------------------------------------


class Raising(CachePolicy):
    def compute_key(self, task_ctx, inputs, flow_parameters, **kwargs):
        raise KeyError("boom")


def refuse(context, arguments):
    raise KeyError("boom")


@pytest.mark.parametrize("options", [{"cache_policy": Raising()}, {"cache_key_fn": refuse}, {"cache_policy": INPUTS}])
def test_where_a_key_cannot_be_made_the_body_runs_and_one_line_says_why(recoup_events, options):
    one = task(**options)(lambda x: 5)
    assert [one(quote(threading.Lock())) for _ in range(2)] == [5, 5]
    assert len([event for event in recoup_events if isinstance(event, NotCached)]) == 1
