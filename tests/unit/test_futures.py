"""What `submit` and `map` return."""

import threading

import pytest

from recoup import events, flow, task, unmapped
from recoup.context import FlowRunContext
from recoup.engine.runs import read_runs
from recoup.exceptions import (
    ConfigurationError,
    MappingLengthMismatch,
    MappingMissingIterable,
    ParameterBindError,
    UpstreamTaskError,
)
from recoup.futures import as_completed, resolve_futures_to_results, resolve_futures_to_states, wait
from recoup.states import StateType
from recoup.storage import MemoryStorage
from recoup.task_runners import ThreadPoolTaskRunner

pytestmark = pytest.mark.filterwarnings("error")


@task
def double(x):
    return 2 * x


@task
def fail(x):
    raise ValueError(f"no {x}")


def in_flow(body, **options):
    """Run `body` in a flow and return what it returns."""
    return flow(**options)(body)() if options else flow(body)()


def test_results_and_states():
    def body():
        future = double.submit(2)
        assert future.result() == 4
        return future.done(), future.state.name, future.state.result(), resolve_futures_to_results({"a": [future]})

    assert in_flow(body) == (True, "Completed", 4, {"a": [4]})


def test_a_failure_is_raised_where_its_result_is_asked_for():
    def body():
        future = fail.submit(1)
        future.wait()
        with pytest.raises(ValueError, match="no 1"):
            future.result()
        assert str(future.result(raise_on_failure=False)) == "no 1"
        return resolve_futures_to_states([future])[0].type

    assert in_flow(body) is StateType.FAILED


def test_what_depends_on_a_failure_is_not_started():
    def body():
        future = double.submit(fail.submit(1))
        future.wait()
        assert future.state.name == "NotReady"
        with pytest.raises(UpstreamTaskError) as caught:
            future.result()
        return str(caught.value)

    assert in_flow(body).startswith("double was not started, because fail-")


def test_wait_for_is_waited_for_and_must_complete():
    seen = []

    @task
    def note(x):
        seen.append(x)

    def body():
        first = note.submit(1)
        note.submit(2, wait_for=[first]).wait()
        state = note(3, wait_for=[fail.submit(0)], return_state=True)
        assert state.name == "NotReady"

    in_flow(body)
    assert seen == [1, 2]


def test_a_timeout_is_told():
    may_end = threading.Event()

    @task
    def endless():
        may_end.wait(30)

    def body():
        future = endless.submit()
        assert not future.done()
        assert wait([future], timeout=0.01).not_done == {future}
        with pytest.raises(TimeoutError, match=r"did not complete within 0\.01 seconds"):
            future.result(timeout=0.01)
        with pytest.raises(TimeoutError, match="1 of 1 futures"):
            list(as_completed([future], timeout=0.01))
        may_end.set()

    in_flow(body)


def test_as_completed_yields_each_once():
    def body():
        futures = double.map(range(5))
        return sorted(future.result() for future in as_completed([*futures, futures[0]]))

    assert in_flow(body) == [0, 2, 4, 6, 8]


def test_done_callbacks_run():
    seen = []

    def body():
        future = double.submit(1)
        future.add_done_callback(lambda ended: seen.append(ended.result()))
        future.wait()
        future.add_done_callback(lambda ended: seen.append(ended.result()))

    in_flow(body)
    assert seen == [2, 2]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_bounded_pool_does_not_fill_up_with_waiters(workers):
    """A task that waits for one it submitted does that one's work itself."""

    @task
    def outer(x):
        return double.submit(x).result() + double.submit(x).result()

    def body():
        return outer.map([1, 2, 3]).result()

    assert in_flow(body, task_runner=ThreadPoolTaskRunner(workers)) == [4, 8, 12]


def test_chains_longer_than_the_pool_end():
    def body():
        future = double.submit(1)
        for _ in range(20):
            future = double.submit(future)
        return future.result()

    assert in_flow(body, task_runner=ThreadPoolTaskRunner(1)) == 2**21


def test_map_takes_iterables_of_one_length_and_passes_the_rest_whole():
    @task
    def pair(x, y, z="z"):
        return (x, y, z)

    def body():
        return pair.map([1, 2], unmapped([3]), "text").result(), pair.map((n for n in (1, 2)), y=5).result()

    assert in_flow(body) == ([(1, [3], "text"), (2, [3], "text")], [(1, 5, "z"), (2, 5, "z")])


def test_map_takes_futures_and_passes_on_the_failure_of_each_alone():
    @task
    def odd(x):
        if x % 2 == 0:
            raise ValueError
        return x

    def body():
        futures = double.map(odd.map([1, 2, 3]))
        futures.wait()
        return [future.state.name for future in futures]

    assert in_flow(body) == ["Completed", "NotReady", "Completed"]


def test_map_refuses_what_cannot_be_mapped():
    def body():
        with pytest.raises(MappingMissingIterable, match=r"^double\.map\(\): no argument is iterable\."):
            double.map(1)
        with pytest.raises(MappingLengthMismatch, match=r"x has 2, y has 1\. Pass what is the same for all as unmapped"):
            task(lambda x, y: 1).map([1, 2], [1])
        with pytest.raises(ParameterBindError, match=r"^double\(x\) was called wrongly"):
            double.submit(1, 2)

    in_flow(body)


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt()])
def test_a_body_that_ends_the_program_ends_the_flow_that_looks(recoup_events, error):
    @task
    def leave():
        raise error

    def body():
        future = leave.submit()
        wait([future])
        assert future.state.name == "Crashed"
        future.result()

    with pytest.raises(type(error)):
        in_flow(body)
    assert recoup_events[-1].state in ("Crashed", "Cancelled")


def test_an_error_in_the_flow_gives_up_what_has_not_begun():
    ran, kept, begun, may_end = [], [], threading.Event(), threading.Event()

    @task
    def block():
        begun.set()
        assert may_end.wait(30)
        ran.append("block")

    @task
    def never():
        ran.append("never")

    def body():
        block.submit()
        kept.append(never.submit())
        kept.append(never.submit(wait_for=kept[:1]))
        kept[0].add_done_callback(lambda _: may_end.set())
        begun.wait(30)
        raise RuntimeError("x")

    with pytest.raises(RuntimeError):
        in_flow(body, task_runner=ThreadPoolTaskRunner(1))
    assert ran == ["block"]
    assert {future.state.name for future in kept} <= {"Cancelled", "NotReady"}


def test_work_runs_in_the_context_in_which_it_was_submitted():
    """Also when somebody else's thread does it: the run that it belongs to stays the same."""
    seen = []

    @task
    def who():
        from recoup.context import FlowRunContext

        seen.append(FlowRunContext.get().flow.name)

    @flow
    def inner(futures):
        futures[0].wait()

    @task
    def nested(box):
        inner(box())

    def body():
        futures = []
        first = nested.submit(lambda: futures)
        futures.append(who.submit())
        first.wait()

    in_flow(body, name="outer", task_runner=ThreadPoolTaskRunner(1))
    assert seen == ["outer"]


def test_what_depends_on_others_runs_though_nobody_waits_for_it():
    leaving, ran = threading.Event(), []

    class Runner(ThreadPoolTaskRunner):
        def duplicate(self):
            return Runner()

        def __exit__(self, *error):
            leaving.set()
            super().__exit__(*error)

    @task
    def slow():
        return leaving.wait(10)

    @task
    def after(x):
        ran.append(x)

    in_flow(lambda: after.submit(slow.submit()) and None, task_runner=Runner())
    assert ran == [True]


@task
async def triple(x):
    return 3 * x


@task
async def asks_at_once(x):
    return triple.submit(x).result()


@task
async def awaits(x):
    return await triple(triple.submit(x))


@task
def takes_as_they_come(x):
    return [future.result() for future in as_completed([triple.submit(x), double.submit(triple.submit(x))])]


@pytest.mark.parametrize(("outer", "expected"), [(asks_at_once, 3), (awaits, 9), (takes_as_they_come, [3, 6])])
def test_submitted_work_that_waits_for_more_never_lacks_a_thread(outer, expected):
    assert in_flow(lambda: outer.submit(1).result(), task_runner=ThreadPoolTaskRunner(max_workers=1)) == expected


class Numbers(list):
    """An iterable that has a task."""

    @task
    def plus(self, x, others=(1, 2)):
        return len(self) + x + len(others)


def test_neither_instances_nor_defaults_are_mapped():
    assert in_flow(lambda: Numbers([1, 2, 3]).plus.map([10, 20]).result()) == [15, 25]


def test_names_of_mapped_calls_show_plain_arguments_without_secrets():
    def body():
        futures = [*double.map(["UA", 10**5000, 1.5]), *login.map(["ann"], password=["hunter2"]), *login.map("a", ["hunter2"])]
        wait(futures)
        return [future.name for future in futures]

    @task
    def login(user, password):
        return user

    assert in_flow(body) == ["double-UA", "double-int of 16,610 bits", "double-1.5", "login-ann", "login-0"]


@pytest.mark.parametrize("workers", [0, -1])
def test_a_runner_without_threads_is_refused(workers):
    with pytest.raises(ConfigurationError, match="give 1 or more"):
        ThreadPoolTaskRunner(max_workers=workers)


class Broken(ThreadPoolTaskRunner):
    """A runner that cannot begin, or cannot end."""

    def __init__(self, where):
        super().__init__()
        self.where = where

    def duplicate(self):
        return Broken(self.where)

    def __enter__(self):
        if self.where == "enter":
            raise OSError("no workers")
        return super().__enter__()

    def __exit__(self, *error):
        super().__exit__(*error)
        raise OSError("workers were lost")


@pytest.mark.parametrize("where", ["enter", "exit"])
def test_a_runner_that_breaks_ends_its_flow_and_no_other(where):
    store, subscribers = MemoryStorage(), events._subscribers
    with pytest.raises(OSError, match="workers"):
        in_flow(lambda: 1, task_runner=Broken(where), result_storage=store)
    assert [run.state for run in read_runs(store)] == ["Failed"]
    assert events._subscribers == subscribers
    assert FlowRunContext.get() is None
