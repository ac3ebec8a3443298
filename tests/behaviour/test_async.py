"""Sync and async tasks and flows follow one logic."""

import asyncio
import threading

import pytest

from recoup import flow, task
from recoup.events import DidCompute, DidFail, Hit, WillCompute, WillRetry
from recoup.exceptions import MissingContextError
from recoup.states import StateType


@task(cache=True)
async def double(x):
    await asyncio.sleep(0)
    return [2 * x]


@task(cache=True)
def triple(x):
    return 3 * x


@task(cache=True)
async def first(items):
    return items[0]


def kinds(events):
    return [type(event).__name__ for event in events if not type(event).__name__.startswith("Flow")]


def program_for(kind, body):
    """Return a task with `body` as a sync or async function, and a function that calls it."""
    if kind == "sync":

        @task(cache=True, retries=1, retry_delay_seconds=5)
        def program(x):
            return body(x)

        return program, program

    @task(cache=True, retries=1, retry_delay_seconds=5)
    async def program(x):
        return body(x)

    return program, lambda *args, **kwargs: asyncio.run(program(*args, **kwargs))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_miss_and_a_hit_emit_the_same_events(recoup_events, kind):
    _, call = program_for(kind, lambda x: x)
    assert [call(1), call(1)] == [1, 1]
    assert kinds(recoup_events) == ["WillCompute", "DidCompute", "DidStore", "Hit"]


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_failing_body_is_retried_after_its_pause(recoup_events, recoup_clock, kind):
    _, call = program_for(kind, lambda x: 1 // x)
    with pytest.raises(ZeroDivisionError):
        call(0)
    assert kinds(recoup_events) == ["WillCompute", "WillRetry", "DidFail"]
    assert recoup_clock.slept == [5]
    assert next(e for e in recoup_events if isinstance(e, WillRetry)).error.startswith("ZeroDivisionError: ")


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_body_that_recovers_is_kept(recoup_events, recoup_clock, kind):
    answers = [0, 1]
    _, call = program_for(kind, lambda x: x // answers.pop(0))
    assert [call(4), call(4)] == [4, 4]
    assert kinds(recoup_events) == ["WillCompute", "WillRetry", "DidCompute", "DidStore", "Hit"]


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_return_state_raises_nothing(recoup_clock, kind):
    _, call = program_for(kind, lambda x: 1 // x)
    failed, completed, cached = call(0, return_state=True), call(1, return_state=True), call(1, return_state=True)
    assert (failed.type, completed.name, cached.name) == (StateType.FAILED, "Completed", "Cached")
    assert [completed.result(), cached.result()] == [1, 1]
    assert failed.message.startswith("Task run encountered an exception ZeroDivisionError: ")


def test_sync_and_async_tasks_are_keyed_alike():
    """`key`, `cached`, `record` and `invalidate` are the same for both, and are not awaited."""
    asyncio.run(double(1))
    assert double.cached(1)
    assert double.record(1).key == double.key(1)
    assert double.invalidate(1)
    assert not double.cached(1)


def test_gathered_calls_run_side_by_side():
    """Each waits for the other: in turn they would wait for ever."""
    arrived = asyncio.Event()

    @task(cache=True)
    async def wait_for_the_other():
        await asyncio.wait_for(arrived.wait(), 30)

    @task(cache=True)
    async def arrive():
        arrived.set()

    @flow
    async def pipeline():
        await asyncio.gather(wait_for_the_other(), arrive())

    asyncio.run(pipeline())


def test_gathered_calls_keep_their_values(recoup_events):
    async def program():
        return await asyncio.gather(*(double(x) for x in range(5)))

    assert asyncio.run(program()) == asyncio.run(program()) == [[0], [2], [4], [6], [8]]
    assert kinds(recoup_events).count("DidCompute") == kinds(recoup_events).count("Hit") == 5


def test_async_and_sync_tasks_mix_in_an_async_flow():
    @flow
    async def pipeline(x):
        doubled = await double(x)
        return triple(doubled[0]), await first(doubled), triple.submit(x).result()

    assert asyncio.run(pipeline(1)) == (6, 2, 3)


def test_submitted_async_tasks_run_in_sync_flows(recoup_events):
    @flow
    def pipeline(x):
        future = double.submit(x)
        return first.submit(future).result(), future.result()

    assert pipeline(1) == pipeline(1) == (2, [2])
    assert kinds(recoup_events).count("Hit") == 2


def test_submitted_tasks_run_in_async_flows_and_what_they_return_are_states():
    @flow
    async def pipeline(x):
        return [double.submit(x), *triple.map([1, 2])]

    assert [state.result() for state in asyncio.run(pipeline(1))] == [[2], 3, 6]


def test_an_async_flow_does_not_hold_up_its_loop_while_it_ends():
    """What was submitted is waited for on another thread: the loop lets it go on."""

    async def program():
        may_end = threading.Event()

        @task
        def wait():
            assert may_end.wait(30)

        @flow
        async def pipeline():
            wait.submit()

        running = asyncio.create_task(pipeline())
        await asyncio.sleep(0)
        may_end.set()
        await running

    asyncio.run(program())


def test_a_cancelled_body_is_not_kept(recoup_events):
    started = asyncio.Event()

    @task(cache=True)
    async def endless():
        started.set()
        await asyncio.Event().wait()

    async def program():
        running = asyncio.create_task(endless())
        await started.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(program())
    (failed,) = [event for event in recoup_events if isinstance(event, DidFail)]
    assert failed.state == "Crashed"
    assert not endless.cached()


def test_an_async_flow_ends_as_failed_when_it_raises(recoup_events):
    @flow
    async def pipeline():
        await double(1)
        raise KeyError("x")

    with pytest.raises(KeyError):
        asyncio.run(pipeline())
    assert (recoup_events[-1].state, recoup_events[-1].message) == ("Failed", "KeyError: 'x'")


def test_an_async_subflow_hands_its_tasks_its_own_run(recoup_events):
    @flow
    async def inner():
        await double(1)

    @flow
    async def outer():
        await inner()
        await double(1)

    asyncio.run(outer())
    runs = {type(e).__name__: e.call.run for e in recoup_events if isinstance(e, WillCompute | DidCompute | Hit)}
    assert runs["WillCompute"] == runs["DidCompute"] != runs["Hit"]


def test_a_future_that_is_awaited_by_an_async_task_does_not_stop_the_loop():
    """A submitted call that is passed to an async one is waited for elsewhere: here it needs the loop to go on."""

    async def program():
        may_end = threading.Event()

        @task
        def wait():
            assert may_end.wait(30)
            return [1]

        @flow
        async def pipeline():
            asked = asyncio.create_task(first(wait.submit()))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            may_end.set()
            return await asked

        return await pipeline()

    assert asyncio.run(program()) == 1


def test_submit_outside_flows_says_what_to_do():
    with pytest.raises(MissingContextError) as caught:
        double.submit(1)
    assert str(caught.value) == (
        "double.submit() and .map() work inside a flow: call them in a function decorated with @flow, or call double(...) itself"
    )
