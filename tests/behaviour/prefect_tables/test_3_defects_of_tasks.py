"""Weaknesses of Prefect 3 that tasks must not have; the numbers are those of the list they were collected in."""

import asyncio

import pytest

from recoup import flow, tags, task
from recoup.cache_policies import CODE, INPUTS, NO_CACHE
from recoup.events import DidStore, NotCached, WillCompute
from recoup.storage import MemoryStorage
from recoup.testing.stores import Recording


@pytest.mark.parametrize("options", [{}, {"cache_policy": NO_CACHE}, {"persist_result": True}, {"cache": True}])
@pytest.mark.parametrize("make", [lambda: iter([1, 2]), lambda: (n for n in (1, 2)), lambda: map(int, "12"), lambda: zip("12")])
def test_1_a_body_gets_an_iterator_with_all_that_is_in_it(options, make, recoup_events):
    take = task(**options)(lambda items: len(list(items)))
    assert take(make()) == 2
    assert flow(lambda: take.submit(make()).result())() == 2


@pytest.mark.parametrize("policy", [INPUTS, INPUTS + CODE, INPUTS - "x"])
def test_6_a_task_without_arguments_has_a_key_of_its_own(policy):
    ran = []
    if policy == INPUTS - "x":
        one, other = (task(cache_policy=policy, name=name, task_key=name)(lambda x=0: ran.append(1)) for name in ("one", "other"))
    else:
        one, other = (task(cache_policy=policy, name=name, task_key=name)(lambda: ran.append(1)) for name in ("one", "other"))
    for call in (one, one, other, other):
        call()
    assert len(ran) == 2
    assert one.key() != other.key()


def test_9_a_nested_call_is_kept_when_it_ends_whatever_becomes_of_its_parent(recoup_events):
    ran = []

    @task(cache_policy=INPUTS)
    def child(x):
        ran.append(x)
        return x

    @task(retries=1)
    def parent():
        assert [child(1), child(1), child.submit(1).result() if ran else None] == [1, 1, 1]
        assert any(isinstance(event, DidStore) for event in recoup_events)
        raise ValueError

    flow(lambda: parent(return_state=True) and None)()
    assert ran == [1]
    assert child.cached(1)


def test_9_a_child_that_ends_after_its_parent_is_kept():
    @task(cache_policy=INPUTS)
    def child(x):
        return x

    @task
    def parent(kept):
        kept.append(child.submit(1))

    @flow
    def main():
        kept = []
        parent(kept)
        return kept[0].result()

    assert main() == 1
    assert child.cached(1)


def test_17_a_hit_runs_no_body_and_asks_its_storage_once_whatever_its_tags():
    store, ran = Recording(MemoryStorage()), []

    @task(cache_policy=INPUTS, result_storage=store, tags=["limited"], timeout_seconds=30, retries=2, log_prints=True)
    def one(x):
        ran.append(x)

    with tags("more"):
        one(1)
        one(1)
        store.asked.clear()
        assert one(1, return_state=True).name == "Cached"
    assert ran == [1]
    assert sum(store.asked.values()) == 1


class Client:
    """Has no stable content."""

    def __init__(self):
        self.lock = __import__("threading").Lock()


@pytest.mark.parametrize("options", [{}, {"retries": 1}, {"tags": ["x"]}, {"cache_policy": NO_CACHE}, {"cache": False}])
def test_22_nothing_is_said_of_what_cannot_be_hashed_where_nobody_asked_for_caching(options, recoup_events, caplog):
    assert task(**options)(lambda client: 1)(Client()) == 1
    assert not [event for event in recoup_events if isinstance(event, NotCached)]
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


def test_22_one_line_says_what_cannot_be_hashed_where_caching_was_asked_for(recoup_events):
    ask = task(cache_policy=INPUTS)(lambda client: 1)
    assert [ask(Client()), ask(Client())] == [1, 1]
    [told] = [event for event in recoup_events if isinstance(event, NotCached)]
    assert told.reason.startswith("cannot hash `client.lock`: _thread.lock has no stable content. Leave it out of the key: ")


def test_26_what_prefect_takes_only_as_a_decorator_is_an_option_too():
    """`with_options` that unsets is in `test_1_1_options_of_tasks`."""
    seen = []
    one = task(on_commit=[lambda txn: seen.append("option")])(lambda: 1)
    one.on_commit(lambda txn: seen.append("decorator"))
    one()
    assert seen == ["option", "decorator"]


def test_26_a_policy_is_the_same_in_any_order():
    one, other = (task(cache_policy=policy, task_key="k")(lambda x: 1) for policy in (INPUTS + CODE, CODE + INPUTS))
    assert one.key(1) == other.key(1)


def test_a_key_that_changes_says_so_in_the_event(recoup_events):
    one = task(cache_policy=INPUTS)(lambda x: x)
    one(1)
    one(2)
    assert [event.cause for event in recoup_events if isinstance(event, WillCompute)] == ["first", "argument"]


def test_28_generator_tasks_are_cached_and_give_what_they_yield(recoup_events):
    """More in `test_streams`."""

    @task(cache=True)
    def numbers(n):
        yield from range(n)

    @task(cache=True)
    async def later(n):
        for number in range(n):
            yield number

    async def taken():
        return [number async for number in later(3)]

    for _ in range(2):
        assert list(numbers(3)) == asyncio.run(taken()) == [0, 1, 2]
        assert flow(lambda: (numbers.submit(3).result(), later.submit(3).result()))() == ([0, 1, 2], [0, 1, 2])
    assert sum(isinstance(event, WillCompute) for event in recoup_events) == 2
