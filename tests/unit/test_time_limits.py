"""What takes too long is ended where it is."""

import asyncio
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from recoup import flow, quote, task
from recoup.runs.time_limits import async_time_limit, in_time_limit, time_limit, undisturbed
from recoup.task_runners import ThreadPoolTaskRunner


def busy():
    """Never end, but execute Python, so that it can be ended on any thread."""
    while True:
        time.sleep(0.001)


def stubborn():
    while True:
        try:
            busy()
        except Exception:
            busy()


def on_main(body):
    body()


def on_thread(body):
    with ThreadPoolExecutor(1) as pool:
        pool.submit(body).result()


@pytest.mark.parametrize("run", [on_main, on_thread])
def test_a_body_that_takes_too_long_is_ended(run):
    def body():
        with pytest.raises(TimeoutError, match=r"^it took longer than 0\.01 seconds$"), time_limit(0.01):
            busy()

    run(body)


@pytest.mark.parametrize("run", [on_main, on_thread])
def test_a_body_cannot_hold_up_its_end_by_catching_exceptions(run):
    def body():
        with pytest.raises(TimeoutError), time_limit(0.01):
            stubborn()

    run(body)


@pytest.mark.parametrize("run", [on_main, on_thread])
@pytest.mark.parametrize(
    ("outer", "inner", "ends"), [(0.01, 60, ["outer"]), (60, 0.01, ["inner"]), (0.05, 0.01, ["inner", "outer"])]
)
def test_of_nested_limits_each_ends_its_own_block(run, outer, inner, ends):
    ended = []

    def body():
        try:
            with time_limit(outer):
                try:
                    with time_limit(inner):
                        busy()
                except TimeoutError:
                    ended.append("inner")
                if len(ends) == 2:
                    busy()
        except TimeoutError:
            ended.append("outer")

    run(body)
    assert ended == ends


@pytest.mark.parametrize("run", [on_main, on_thread])
def test_a_body_within_its_limit_is_left_alone_and_nothing_is_left_over(run):
    def body():
        with time_limit(60):
            assert sum(range(10)) == 45

    threads, handler = threading.active_count(), signal.getsignal(signal.SIGALRM)
    run(body)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is handler
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join()
    assert threading.active_count() == threads


def test_what_a_body_raises_itself_is_raised():
    with pytest.raises(TimeoutError, match="its own"), time_limit(60):
        raise TimeoutError("its own")


def test_an_alarm_of_the_programs_own_rings_too():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append("theirs"))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        with pytest.raises(TimeoutError), time_limit(0.05):
            busy()
        assert rung == ["theirs"]
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with time_limit(60):
            pass
        while len(rung) < 2:
            signal.pause()
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_coroutine_that_takes_too_long_is_cancelled():
    async def body():
        async with async_time_limit(0.01):
            await asyncio.sleep(60)

    with pytest.raises(TimeoutError, match=r"^it took longer than 0\.01 seconds$"):
        asyncio.run(body())


def test_a_timeout_of_the_coroutines_own_is_its_own():
    async def body():
        async with async_time_limit(60):
            raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        asyncio.run(body())


def test_a_limit_does_not_end_work_of_others_that_is_done_while_waiting():
    """A thread that waits for a call which nobody has begun does it itself; its own time limit is not that call's."""
    ended = threading.Event()

    @task
    def work():
        for _ in range(40):
            time.sleep(0.01)
        ended.set()
        return "done"

    @task(timeout_seconds=0.1)
    def impatient(box):
        box.append(work.submit())
        return box[0].result()

    @flow(task_runner=ThreadPoolTaskRunner(max_workers=1))
    def program():
        box = []
        state = impatient.submit(quote(box), return_state=True)
        return state.name, box[0].result()

    assert program() == ("TimedOut", "done")
    assert ended.is_set()


def test_a_limit_ends_the_wait_for_a_call_that_is_under_way():
    let_go = threading.Event()

    @task
    def work():
        let_go.wait(60)

    @task(timeout_seconds=0.1)
    def impatient():
        future = work.submit()
        while future.state.is_pending():
            time.sleep(0.001)
        future.result()

    @flow
    def program():
        state = impatient.submit(return_state=True)
        let_go.set()
        return state.name

    assert program() == "TimedOut"


@pytest.mark.parametrize("run", [on_main, on_thread])
def test_work_of_others_is_not_ended_and_what_follows_it_is(run):
    seen = []

    def others_work():
        until = time.monotonic() + 0.05
        while time.monotonic() < until:
            time.sleep(0.001)
        seen.append("done")

    def limited():
        with time_limit(60), time_limit(0.01):
            with undisturbed():
                others_work()
            seen.append("never")

    def body():
        with pytest.raises(TimeoutError):
            limited()
        with pytest.raises(TimeoutError), time_limit(0.01):
            busy()
        seen.append("ended")

    run(body)
    assert seen == ["done", "ended"]


@pytest.mark.parametrize("run", [on_main, on_thread])
def test_work_of_others_has_its_own_limit(run):
    def body():
        with time_limit(60), undisturbed(), pytest.raises(TimeoutError), time_limit(0.01):
            busy()

    run(body)


def test_a_signal_ends_waits_by_itself():
    """Only a thread has to look up now and then while it waits."""
    seen = []

    def body():
        with time_limit(60):
            seen.append(in_time_limit())

    on_main(body)
    on_thread(body)
    assert seen == [False, True]
