"""What the options of a flow do, and that one that cannot work is refused where it is written."""

import asyncio
import contextlib
import logging
import threading
import time
from datetime import UTC, datetime

import pytest

from recoup import flow, tags, task
from recoup.context import FlowRunContext
from recoup.engine.runs import read_runs
from recoup.events import FlowEnded, FlowWillRetry
from recoup.exceptions import ConfigurationError, FlowRunTimeoutError
from recoup.results import get_default_result_storage
from recoup.runtime import flow_run
from recoup.states import Cancelled, Completed, Crashed, Failed, Running
from recoup.task_runners import ThreadPoolTaskRunner

HOOKS = ("on_running", "on_completion", "on_failure", "on_cancellation", "on_crashed")
OPTIONS = (
    "name, version, flow_run_name, description, retries, retry_delay_seconds, timeout_seconds, task_runner, validate_parameters, "
    "persist_result, result_storage, result_serializer, cache_result_in_memory, log_prints, on_running, on_completion, on_failure, "
    "on_cancellation, on_crashed"
)


def nothing(day=1):
    """Do nothing."""


def run():
    """Return the run of the flow that is going on."""
    return FlowRunContext.get().flow_run


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"retrys": 3}, f"there is no option retrys (did you mean 'retries'?); the options are {OPTIONS}."),
        ({"name": 5}, "name is 5; give a text"),
        ({"version": 2}, "version is 2; give a text, such as '2'"),
        ({"retries": -1}, "retries is -1; give a whole number, 0 or more"),
        ({"retries": True}, "retries is True; give a whole number, 0 or more"),
        (
            {"retry_delay_seconds": "soon"},
            "retry_delay_seconds is 'soon'; give a number of seconds, a list of them, or a function such as exponential_backoff(2)",
        ),
        ({"timeout_seconds": 0}, "timeout_seconds is 0; give a number of seconds above 0"),
        ({"task_runner": "threads"}, "task_runner is 'threads'; give a task runner, such as ThreadPoolTaskRunner(max_workers=4)"),
        ({"validate_parameters": "no"}, "validate_parameters is 'no'; give True or False"),
        ({"persist_result": 1}, "persist_result is 1; give True or False"),
        (
            {"flow_run_name": "of {dya}"},
            "flow_run_name names {dya}, which is no parameter (did you mean 'day'?); the parameters are day. Write {{ for a brace.",
        ),
        (
            {"on_failure": "notify"},
            (
                "on_failure is 'notify'; give a list of functions that take (flow, flow_run, state), as in on_failure=[notify], "
                "or decorate one with @nothing.on_failure"
            ),
        ),
        (
            {"on_completion": [5]},
            (
                "on_completion is 5; give a list of functions that take (flow, flow_run, state), as in on_completion=[notify], "
                "or decorate one with @nothing.on_completion"
            ),
        ),
    ],
)
def test_an_option_that_cannot_work_is_refused(options, message):
    for make in (lambda: flow(**options)(nothing), lambda: flow(nothing).with_options(**options)):
        with pytest.raises(ConfigurationError) as caught:
            make()
        subject = f"flow {options['name']}" if "name" in options else "flow nothing"
        assert str(caught.value) == f"{subject}: {message}"


def test_options_are_attributes_as_in_prefect():
    made = flow(name="Nothing", version="2", retries=3, timeout_seconds=5, task_runner=ThreadPoolTaskRunner, log_prints=True)(
        nothing
    )
    assert (made.name, made.version, made.description) == ("Nothing", "2", "Do nothing.")
    assert (made.retries, made.timeout_seconds, made.log_prints, made.should_validate_parameters) == (3, 5, True, True)
    assert made.task_runner == ThreadPoolTaskRunner()
    assert flow(result_serializer="json")(nothing).persist_result is True
    assert flow(nothing).persist_result is None


# --- names ---------------------------------------------------------------------------------------


def test_runs_are_called_what_the_template_or_function_says():
    assert flow(flow_run_name="of {day:03d}")(lambda day: run().name)(7) == "of 007"
    assert flow(flow_run_name=lambda: "nightly")(lambda: run().name)() == "nightly"
    assert {record.name for record in read_runs(get_default_result_storage())} == {"nightly", "of 007"}


# --- hooks ---------------------------------------------------------------------------------------


class Noted(list):
    """Hooks that note that they were called."""

    def hook(self, name):
        def hook(flow, flow_run, state):
            self.append((name, flow.name, flow_run.run_count, state.name))

        return hook

    def all(self):
        return {name: [self.hook(name)] for name in HOOKS}


def ending(what):
    """Return a function that returns or raises `what`."""

    def body():
        if isinstance(what, BaseException):
            raise what
        return what

    return body


def awaitable(body):
    """Return a coroutine function that does what `body` does."""

    async def same():
        return body()

    return same


def in_its_way(made, **options):
    """Call a flow, be it sync or async, and let it raise what it likes."""
    with contextlib.suppress(BaseException):
        return asyncio.run(made(**options)) if made.isasync else made(**options)


@pytest.mark.parametrize("way", [lambda body: body, awaitable])
@pytest.mark.parametrize(
    ("ends", "hook", "state"),
    [
        (1, "on_completion", "Completed"),
        (Completed(name="Skipped"), "on_completion", "Skipped"),
        (ValueError("no"), "on_failure", "Failed"),
        (Failed(message="no"), "on_failure", "Failed"),
        (Cancelled(), "on_cancellation", "Cancelled"),
        (KeyboardInterrupt(), "on_cancellation", "Cancelled"),
        (SystemExit(3), "on_crashed", "Crashed"),
        (Crashed(), "on_crashed", "Crashed"),
    ],
)
def test_hooks_are_called_when_a_run_enters_their_state(way, ends, hook, state):
    noted = Noted()
    in_its_way(flow(name="f", **noted.all())(way(ending(ends))))
    assert noted == [("on_running", "f", 1, "Running"), (hook, "f", 1, state)]


@pytest.mark.parametrize("way", [lambda body: body, awaitable])
def test_hooks_are_functions_or_coroutine_functions_and_one_that_raises_does_no_harm(way, caplog):
    noted = []

    async def slowly(flow, flow_run, state):
        await asyncio.sleep(0)
        noted.append(state.result())

    def broken(flow, flow_run, state):
        raise RuntimeError("hook")

    made = flow(on_running=[broken], on_completion=[broken, slowly])(way(ending(5)))
    with caplog.at_level(logging.ERROR, "recoup"):
        assert in_its_way(made) == 5
    assert noted == [5]
    assert [record.getMessage() for record in caplog.records] == [
        "the hook broken raised when the run became Running; the run is not affected",
        "the hook broken raised when the run became Completed; the run is not affected",
    ]
    assert "RuntimeError: hook" in caplog.text


def test_hooks_are_added_by_decorators_and_go_with_copies_of_the_flow():
    noted = Noted()
    first = flow(name="first", on_completion=[noted.hook("listed")])(nothing)
    assert first.on_completion(hook := noted.hook("added")) is hook
    second = first.with_options(name="second")
    second.on_completion(noted.hook("added to the copy"))
    first()
    second()
    assert [(name, of) for name, of, *_ in noted] == [
        ("listed", "first"), ("added", "first"), ("listed", "second"), ("added", "second"), ("added to the copy", "second")
    ]  # fmt: skip


def test_a_hook_sees_the_run_that_it_is_about():
    seen = []

    @flow
    def inner():
        pass

    @inner.on_completion
    def see(flow, flow_run, state):
        seen.append((flow is inner, flow_run.parent_flow_run_id, FlowRunContext.get().flow_run is flow_run, flow_run.parameters))

    @flow
    def outer():
        inner()
        return str(run().id)

    outer_id = outer()
    assert seen == [(True, outer_id, True, {})]


# --- retries -------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [lambda body: body, awaitable])
@pytest.mark.parametrize("failure", [ValueError("no"), Failed(message="no")])
def test_a_failing_flow_runs_again_in_the_same_run(way, failure, recoup_events):
    attempts, noted = [], Noted()

    def body():
        attempts.append((run().id, run().run_count))
        return ending(failure if len(attempts) < 3 else "done")()

    made = flow(name="f", retries=2, retry_delay_seconds=[0, 0.001], **noted.all())(way(body))
    assert in_its_way(made) == "done"
    assert [count for _, count in attempts] == [1, 2, 3]
    assert len({run_id for run_id, _ in attempts}) == 1
    assert [name for name, *_ in noted] == ["on_running", "on_running", "on_running", "on_completion"]
    told = [event for event in recoup_events if isinstance(event, FlowWillRetry)]
    assert [(event.attempt, event.of, event.delay) for event in told] == [(1, 2, 0), (2, 2, 0.001)]
    assert told[0].error in ("ValueError: no", "no")


def test_a_flow_fails_when_no_retries_are_left():
    attempts, noted = [], Noted()
    state = flow(lambda: Failed(message=str(attempts.append(1))), retries=1, **noted.all())(return_state=True)
    assert (len(attempts), state.name) == (2, "Failed")
    assert [name for name, *_ in noted] == ["on_running", "on_running", "on_failure"]


def test_what_an_attempt_kept_is_served_to_the_next():
    """Results kept for their run (`RUN_ID`) are those of all its attempts."""
    ran = []

    @task(persist_result=True)
    def load(x):
        ran.append(x)
        return x

    @flow(retries=1)
    def pipeline():
        loaded = load(1) + load.submit(2).result()
        if run().run_count == 1:
            raise ValueError("no")
        return loaded

    assert pipeline() == 3
    assert ran == [1, 2]


def test_what_a_failed_attempt_submitted_has_ended_or_is_given_up_when_the_next_begins():
    began, ended = threading.Event(), []

    @task
    def slow(x):
        began.set()
        ended.append(x)

    @flow(retries=1, task_runner=ThreadPoolTaskRunner(1))
    def pipeline():
        if run().run_count == 1:
            slow.submit(1)
            began.wait()
            raise ValueError("no")
        return list(ended)

    assert pipeline() == [1]


# --- time limits ---------------------------------------------------------------------------------


@flow(timeout_seconds=0.05)
def busy():
    while True:
        time.sleep(0.001)


@flow(timeout_seconds=0.05)
async def waits():
    await asyncio.sleep(60)


@pytest.mark.parametrize("late", [busy, waits])
def test_a_flow_that_takes_too_long_fails_as_timed_out(late):
    state = in_its_way(late, return_state=True)
    assert (state.type.value, state.name) == ("FAILED", "TimedOut")
    assert state.message == "Flow run exceeded timeout of 0.05 second(s)"
    with pytest.raises(FlowRunTimeoutError, match=rf"^flow {late.name} ran longer than its timeout_seconds=0\.05$"):
        state.result()
    assert [(r.state, r.message) for r in read_runs(get_default_result_storage())] == [("Failed", f"TimedOut: {state.message}")]


def test_a_flow_that_takes_too_long_is_retried():
    noted = Noted()
    assert busy.with_options(retries=1, **noted.all())(return_state=True).name == "TimedOut"
    assert [name for name, *_ in noted] == ["on_running", "on_running", "on_failure"]


def test_a_flow_in_another_that_takes_too_long_is_an_error_there():
    state = flow(lambda: busy())(return_state=True)  # noqa: PLW0108 - a flow of its own
    assert state.name == "Failed"
    assert isinstance(state.data, FlowRunTimeoutError)


def test_submitted_tasks_are_ended_by_their_own_limits_not_by_that_of_the_flow():
    """A thread that has begun is waited for, and its result is kept."""
    begun, timed_out, ended = threading.Event(), threading.Event(), []

    @task
    def slow():
        begun.set()
        ended.append(timed_out.wait(60))

    @flow(timeout_seconds=1)
    def pipeline():
        future = slow.submit()
        begun.wait(60)
        try:
            future.result()
        finally:
            timed_out.set()

    assert pipeline(return_state=True).name == "TimedOut"
    assert ended == [True]


def test_a_flow_returns_no_state_in_which_no_run_ends():
    with pytest.raises(ConfigurationError, match=r"^flow f returned a state in which no run ends, Running\(type=RUNNING\);"):
        flow(ending(Running()), name="f")()


def test_a_flow_that_is_retried_calls_its_flows_again_under_the_ids_that_they_had():
    ids = []

    @flow
    def inner(x):
        ids.append((x, run().id))

    @flow(retries=1)
    def outer():
        inner(1)
        inner(2)
        if run().run_count == 1:
            raise ValueError("no")

    outer()
    assert ids[:2] == ids[2:]
    assert ids[0] != ids[1]


# --- what a run knows of itself ------------------------------------------------------------------


def known(*names):
    return [getattr(flow_run, name) for name in names]


def test_a_run_knows_itself_and_the_runs_around_it():
    seen = {}

    @task
    def look():
        seen["task"] = known("name", "id")

    @flow(name="Inner", version="7", flow_run_name="inner-{x}")
    def inner(x, y=2):
        seen["inner"] = known("name", "flow_name", "flow_version", "parameters", "run_count", "tags")
        seen["above"] = known("parent_flow_run_id", "root_flow_run_id")
        look()

    @flow
    def middle():
        seen["middle"] = flow_run.id
        inner(1)

    @flow
    def outer():
        with tags("nightly"):
            middle()
        return known("id", "parent_flow_run_id", "root_flow_run_id")

    outer_id, parent, root = outer()
    assert seen["inner"] == ["inner-1", "Inner", "7", {"x": 1, "y": 2}, 1, ["nightly"]]
    assert seen["above"] == [seen["middle"], outer_id]
    assert (parent, root) == (None, outer_id)
    assert seen["task"][0] == "inner-1"


def test_outside_runs_there_is_nothing_and_an_unknown_field_is_told():
    assert known("id", "name", "parameters", "tags", "run_count", "ui_url") == [None, None, {}, [], 0, None]
    assert flow_run.scheduled_start_time <= datetime.now(UTC)
    with pytest.raises(AttributeError, match=r"^recoup\.runtime\.flow_run has no field 'nmae'; it has id, name, "):
        flow_run.nmae


def test_a_run_counts_the_calls_of_the_flows_that_it_calls(recoup_events):
    load = task(cache=True)(lambda x: x)

    @flow
    def inner():
        load(1)

    @flow
    def middle():
        inner()
        load(2)

    @flow
    def outer():
        middle()
        inner()

    outer()
    ended = {event.flow: event.summary for event in recoup_events if isinstance(event, FlowEnded) and event.flow != "inner"}
    assert {name: summary.split(" · ")[:3] for name, summary in ended.items()} == {
        "middle": ["2 tasks", "0 cached", "2 ran"], "outer": ["3 tasks", "1 cached", "2 ran"]
    }  # fmt: skip
    assert {run.flow: run.ran for run in read_runs(get_default_result_storage()) if run.flow != "inner"} == {
        "middle": 2,
        "outer": 2,
    }
