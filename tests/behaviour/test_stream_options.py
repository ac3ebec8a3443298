"""Generator tasks heed the options that surround a body: hooks, time limits, prints, retries."""

import asyncio
import logging
import threading
import time

import pytest

from recoup import flow, task
from recoup.cache_policies import INPUTS
from recoup.exceptions import TaskRunTimeoutError


def listening(seen):
    def hook(task, run, state):
        seen.append((run.run_count, state.name))

    return {name: [hook] for name in ("on_running", "on_completion", "on_failure")}


def taken(stream):
    """Return the items of a stream, which may be asynchronous."""

    async def take():
        return [item async for item in stream]

    return asyncio.run(take()) if hasattr(stream, "__aiter__") else list(stream)


def streams(**options):
    """Return a sync and an async task of two numbers."""

    @task(**options)
    def numbers():
        print("began")
        yield 1
        yield 2

    @task(**options)
    async def later():
        print("began")
        yield 1
        yield 2

    return numbers, later


@pytest.mark.parametrize("which", [0, 1])
def test_hooks_hear_of_streams_that_are_taken_and_that_are_collected(which):
    seen = []
    numbers = streams(cache_policy=INPUTS, **listening(seen))[which]
    assert [taken(numbers()), taken(numbers())] == [[1, 2], [1, 2]]
    assert seen == [(1, "Running"), (1, "Completed"), (1, "Running"), (1, "Cached")]
    seen.clear()
    assert flow(lambda: numbers.submit().result())() == [1, 2]
    assert seen == [(1, "Running"), (1, "Cached")]


@pytest.mark.parametrize("which", [0, 1])
def test_a_stream_that_nobody_took_to_its_end_has_completed(which):
    """As under Prefect: who takes the items says how many are enough."""
    seen = []
    numbers = streams(**listening(seen))[which]

    async def begin():
        stream = numbers()
        await anext(stream)
        await stream.aclose()

    if which:
        asyncio.run(begin())
    else:
        stream = numbers()
        next(stream)
        stream.close()
    assert seen == [(1, "Running"), (1, "Completed")]


def test_hooks_hear_of_each_attempt_and_of_the_failure():
    seen = []

    @task(retries=1, **listening(seen))
    def fail():
        raise ValueError
        yield

    with pytest.raises(ValueError):
        taken(fail())
    assert seen == [(1, "Running"), (2, "Retrying"), (2, "Failed")]


@pytest.mark.parametrize("which", [0, 1])
def test_prints_of_streams_are_logged_and_those_of_their_consumers_are_not(which, caplog, capsys):
    caplog.set_level(logging.INFO)
    numbers = streams(log_prints=True)[which]
    if which:

        async def take():
            async for number in numbers():
                print(number)

        asyncio.run(take())
    else:
        for number in numbers():
            print(number)
    assert "began" in caplog.messages
    assert capsys.readouterr().out == "1\n2\n"


def test_a_stream_has_its_time_limit_for_what_its_body_takes():
    @task(timeout_seconds=0.1)
    def slow():
        yield 1
        threading.Event().wait(30)
        yield 2

    @task(timeout_seconds=0.1)
    async def slow_too():
        yield 1
        await asyncio.sleep(30)

    @task(timeout_seconds=0.1)
    def slow_in_all():
        for number in range(2):
            threading.Event().wait(0.06)
            yield number

    for stream in (slow, slow_too, slow_in_all):
        with pytest.raises(TaskRunTimeoutError, match=r"exceeded timeout of 0\.1 second"):
            taken(stream())
    assert slow(return_state=True).name == "TimedOut"


def test_the_time_of_who_takes_the_items_does_not_count():
    @task(timeout_seconds=0.1)
    def numbers():
        yield from (1, 2)

    stream = numbers()
    first = next(stream)
    time.sleep(0.15)
    assert [first, *stream] == [1, 2]


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_sent_and_thrown_reaches_a_surrounded_body(which):
    def converse():
        try:
            got = yield "what?"
        except KeyError:
            got = "error"
        yield got

    async def converse_too():
        try:
            got = yield "what?"
        except KeyError:
            got = "error"
        yield got

    talk = task(timeout_seconds=30)([converse, converse_too][which])

    async def talk_later(answer):
        stream = talk()
        return await anext(stream), await answer(stream)

    if which:
        assert asyncio.run(talk_later(lambda stream: stream.asend("this"))) == ("what?", "this")
        assert asyncio.run(talk_later(lambda stream: stream.athrow(KeyError()))) == ("what?", "error")
    else:
        one, other = talk(), talk()
        assert (next(one), one.send("this")) == ("what?", "this")
        assert (next(other), other.throw(KeyError())) == ("what?", "error")
