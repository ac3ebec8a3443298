"""The life of a task run, row by row as Prefect 3 has it: states, hooks, retries, time limits, names and tags."""

import asyncio
import builtins
import io
import logging
import threading
import time

import pytest

from recoup import flow, quote, tags, task
from recoup.cache_policies import INPUTS
from recoup.context import FlowRunContext, TaskRunContext
from recoup.events import DidFail, WillCompute, WillRetry, subscribed
from recoup.exceptions import CancelledRun, ConfigurationError, FailedRun, TaskRunTimeoutError
from recoup.runtime import task_run as here
from recoup.states import Cancelled, Completed, Failed, Running, StateType


def noting(seen, name):
    def hook(task, run, state):
        seen.append((name, task.name, run.run_count, state.name, run.state is state))

    return hook


def listening(seen):
    return {name: [noting(seen, name)] for name in ("on_running", "on_completion", "on_failure", "on_cached")}


# --- states --------------------------------------------------------------------------------


def test_a_hit_is_completed_under_the_name_cached_without_a_message():
    one = task(cache_policy=INPUTS)(lambda x: x)
    miss, hit = one(1, return_state=True), one(1, return_state=True)
    assert [(state.type, state.name, state.message, state.result()) for state in (miss, hit)] == [
        (StateType.COMPLETED, "Completed", None, 1),
        (StateType.COMPLETED, "Cached", None, 1),
    ]


def test_an_exception_is_a_failure_that_says_its_type_and_is_raised_by_the_result():
    @task
    def fail():
        raise ValueError("no such day")

    state = fail(return_state=True)
    assert (state.type, state.name) == (StateType.FAILED, "Failed")
    assert state.message == "Task run encountered an exception ValueError: no such day"
    assert repr(state.result(raise_on_failure=False)) == "ValueError('no such day')"
    with pytest.raises(ValueError, match="no such day"):
        fail()


def test_failures_are_not_kept():
    @task(cache_policy=INPUTS)
    def fail():
        raise ValueError

    fail(return_state=True)
    assert not fail.cached()


# --- hooks ---------------------------------------------------------------------------------


def test_hooks_hear_of_a_miss_and_of_a_hit():
    seen = []

    @task(cache_policy=INPUTS, **listening(seen))
    def one(x):
        return x

    assert [one(1), one(1)] == [1, 1]
    assert seen == [
        ("on_running", "one", 1, "Running", True),
        ("on_completion", "one", 1, "Completed", True),
        ("on_running", "one", 1, "Running", True),
        ("on_completion", "one", 1, "Cached", True),
        ("on_cached", "one", 1, "Cached", True),
    ]


def test_hooks_hear_of_each_attempt_and_only_of_the_last_failure():
    seen = []

    @task(retries=1, **listening(seen))
    def fail():
        raise ValueError

    fail(return_state=True)
    assert [(name, count, state) for name, _, count, state, _ in seen] == [
        ("on_running", 1, "Running"),
        ("on_running", 2, "Retrying"),
        ("on_failure", 2, "Failed"),
    ]


def test_hooks_hear_of_submitted_calls_and_may_be_coroutines_of_sync_and_async_tasks():
    seen = []

    async def later(task, run, state):
        await asyncio.sleep(0)
        seen.append((task.name, state.name, state.result()))

    @task(on_completion=[later])
    def one():
        return 1

    @task(on_completion=[later, lambda task, run, state: seen.append("sync")])
    async def two():
        return 2

    @flow
    def both():
        return one.submit().result(), two.submit().result(), asyncio.run(two())

    assert both() == (1, 2, 2)
    assert seen == [("one", "Completed", 1), ("two", "Completed", 2), "sync", ("two", "Completed", 2), "sync"]


def test_decorators_add_hooks_also_to_tasks_that_were_called():
    seen = []

    @task(on_completion=[noting(seen, "option")])
    def one():
        return 1

    one()

    @one.on_completion
    @one.on_running
    def heard(task, run, state):
        seen.append(state.name)

    one()
    assert seen[1:] == ["Running", ("option", "one", 1, "Completed", True), "Completed"]
    assert one.on_running_hooks == [heard]
    assert one.on_completion_hooks[1:] == [heard]


def test_a_hook_that_raises_is_logged_and_harms_nothing(caplog):
    @task(on_completion=[lambda task, run, state: 1 / 0], on_running=[lambda task, run, state: 1 / 0])
    def one():
        return 1

    assert one() == 1
    assert [record.levelname for record in caplog.records if "raised when the run became" in record.message] == ["ERROR", "ERROR"]


def test_a_hook_gets_an_object_of_its_own():
    @task(cache_policy=INPUTS, on_completion=[lambda task, run, state: state.result().append("hook")])
    def numbers():
        return [1]

    assert [numbers(), numbers()] == [[1], [1]]


def test_hooks_are_functions_in_a_list():
    for wrong in (3, [3], "name"):
        with pytest.raises(ConfigurationError, match=r"task one: on_failure is .*; give a list of functions"):
            task(name="one", on_failure=wrong)(lambda: 1)


def test_with_options_has_hooks_of_its_own():
    @task(on_completion=[print])
    def one():
        return 1

    other = one.with_options(name="other")
    other.on_completion(repr)
    assert (one.on_completion_hooks, other.on_completion_hooks) == ([print], [print, repr])
    assert other.with_options(on_completion=None).on_completion_hooks == []


# --- states that bodies return -------------------------------------------------------------


def test_a_body_may_say_in_which_state_it_ends():
    @task
    def say(state):
        return state

    fine = Completed(message="m", data=4, name="Fine")
    state = say(quote(fine), return_state=True)
    assert (state.name, state.message, state.result(), say(quote(fine))) == ("Fine", "m", 4, 4)
    failed = Failed(message="bad")
    assert say(quote(failed), return_state=True) == failed
    assert say(quote(failed)) is failed, "as in Prefect, who does not ask for the state gets what the body returned"
    with pytest.raises(FailedRun, match="bad"):
        say(quote(failed), return_state=True).result()
    with pytest.raises(CancelledRun):
        say(quote(Cancelled()), return_state=True).result()


def test_returned_states_of_other_runs_are_summed_up():
    @task
    def say(states):
        return states

    well, badly = [Completed(data=1), Completed(data=2)], [Completed(data=1), Failed(message="x")]
    assert say(quote(well), return_state=True).message == "All states completed."
    assert say(quote(well)) == well
    assert say(quote(badly), return_state=True).message == "1/2 states failed."
    assert say(quote(badly)) == badly
    assert say(quote(Running()), return_state=True).message == "1/1 states are not final."
    assert say(quote([Completed(), 5]), return_state=True).message is None


def test_a_returned_state_of_another_run_is_kept_with_its_value_and_given_back():
    inner = task(cache=True)(lambda x: [x])

    @task(cache=True)
    def passes(x, whole):
        state = inner(x, return_state=True)
        return state if whole else {"state": state}

    @flow
    def program():
        assert [passes(1, whole=True).result(), passes(2, whole=False)["state"].result()] == [[1], [2]]
        assert inner.invalidate(1)
        assert inner.invalidate(2)
        hits = [passes(1, whole=True, return_state=True), passes(2, whole=False, return_state=True)]
        assert [state.name for state in hits] == ["Cached", "Cached"]
        return quote([passes(1, whole=True), passes(2, whole=False)["state"]])

    assert [(state.name, state.result()) for state in program().value] == [("Completed", [1]), ("Completed", [2])]


def test_a_returned_failure_is_retried_and_never_kept(recoup_events):
    answers = [Failed(message="first"), Failed(message="second"), Completed(data=3)]

    @task(cache_policy=INPUTS, retries=1)
    def say():
        return answers.pop(0)

    assert [say(return_state=True).message, say(), say(return_state=True).name] == ["second", 3, "Cached"]
    assert [event.cause for event in recoup_events if isinstance(event, WillCompute)] == ["first", "first"]


def test_a_returned_cancellation_is_not_retried():
    ran = []

    @task(retries=3)
    def say():
        ran.append(1)
        return Cancelled(message="enough")

    assert say(return_state=True).type is StateType.CANCELLED
    assert ran == [1]


def test_async_bodies_say_how_they_end_too():
    @task
    async def say(state):
        return state

    async def ask():
        failed = Failed(message="bad")
        return await say(quote(Completed(data=4))), await say(quote(failed)) is failed

    assert asyncio.run(ask()) == (4, True)


# --- retries -------------------------------------------------------------------------------


def test_states_of_attempts_are_seen_by_the_body():
    seen = []

    @task(retries=2)
    def flaky():
        run = TaskRunContext.get().task_run
        seen.append((run.run_count, run.state.name, run.state.type.value, here.run_count))
        if run.run_count < 3:
            raise ValueError

    flaky()
    assert seen == [(1, "Running", "RUNNING", 1), (2, "Retrying", "RUNNING", 2), (3, "Retrying", "RUNNING", 3)]


def test_between_attempts_a_run_awaits_its_retry():
    seen, running = [], []

    @task(retries=1)
    def flaky():
        running.append(TaskRunContext.get().task_run)
        if here.run_count == 1:
            raise ValueError

    def watch(event):
        if isinstance(event, WillRetry):
            seen.append(running[0].state)

    with subscribed(watch):
        flaky()
    assert [(state.name, state.type.value) for state in seen] == [("AwaitingRetry", "SCHEDULED")]


@pytest.mark.parametrize(("error", "attempts"), [(ValueError("again"), 4), (KeyError("no"), 1)])
def test_a_condition_says_whether_to_retry(error, attempts):
    asked, ran = [], []

    def condition(task, run, state):
        asked.append((task.name, run.run_count, state.name))
        try:
            state.result()
        except ValueError:
            return True
        except KeyError:
            return False

    @task(retries=3, retry_condition_fn=condition)
    def fail():
        ran.append(1)
        raise error

    assert fail(return_state=True).message == f"Task run encountered an exception {type(error).__name__}: {error}"
    assert len(ran) == attempts
    assert asked == [("fail", count, "Failed") for count in range(1, min(attempts, 3) + 1)]


def test_a_condition_may_be_a_coroutine_and_one_that_raises_is_logged_and_means_no(caplog):
    ran = []

    async def yes(task, run, state):
        return True

    def broken(task, run, state):
        raise KeyError("x")

    def fail():
        ran.append(1)
        raise ValueError

    task(retries=1, retry_condition_fn=yes)(fail)(return_state=True)
    task(retries=3, retry_condition_fn=broken)(fail)(return_state=True)
    assert len(ran) == 2 + 1
    assert "retry_condition_fn of task fail raised" in caplog.text


def test_jitter_makes_pauses_longer_or_shorter_by_at_most_its_part(recoup_clock, recoup_events):
    @task(retries=50, retry_delay_seconds=[10, 100], retry_jitter_factor=0.5)
    def fail():
        raise ValueError

    fail(return_state=True)
    first, *rest = [event.delay for event in recoup_events if isinstance(event, WillRetry)]
    assert 5 <= first <= 15
    assert all(50 <= delay <= 150 for delay in rest)
    assert len(set(rest)) > 1


# --- time limits ---------------------------------------------------------------------------


@pytest.mark.parametrize("retries", [0, 1])
def test_a_body_that_takes_too_long_is_interrupted_and_retried(retries):
    ran = []

    @task(timeout_seconds=0.05, retries=retries)
    def endless():
        ran.append(1)
        threading.Event().wait(30)

    state = endless(return_state=True)
    assert (state.type, state.name) == (StateType.FAILED, "TimedOut")
    assert state.message == "Task run exceeded timeout of 0.05 second(s)"
    assert len(ran) == 1 + retries
    with pytest.raises(TaskRunTimeoutError, match="exceeded timeout"):
        state.result()


def test_a_body_on_a_worker_thread_is_interrupted_at_its_next_step():
    @task(timeout_seconds=0.05)
    def endless():
        while True:
            time.sleep(0.001)

    @flow
    def main():
        return endless.submit(return_state=True).name

    assert main() == "TimedOut"


def test_a_body_that_cannot_be_interrupted_is_told_of_while_it_goes_on(monkeypatch):
    monkeypatch.setattr("recoup.tasks.bodies.GRACE", 0.01)
    told, lock = threading.Event(), threading.Lock()
    monkeypatch.setattr("recoup.tasks.bodies.logger.warning", lambda text, *args: (told.set(), lock.release()))
    lock.acquire()

    @task(timeout_seconds=0.01)
    def stuck():
        lock.acquire()  # on this thread, no exception ends that

    @flow
    def main():
        return stuck.submit(return_state=True).name

    assert main() == "TimedOut"
    assert told.is_set()


def test_a_coroutine_that_takes_too_long_is_cancelled():
    ended = []

    @task(timeout_seconds=0.05)
    async def endless():
        try:
            await asyncio.sleep(30)
        finally:
            ended.append(1)

    assert asyncio.run(endless(return_state=True)).name == "TimedOut"
    assert ended == [1]


def test_a_body_that_hides_the_interruption_is_late_all_the_same():
    @task(timeout_seconds=0.05)
    def stubborn():
        try:
            threading.Event().wait(30)
        except Exception:
            return "caught"

    assert stubborn(return_state=True).name == "TimedOut"


def test_a_timeout_of_the_bodys_own_is_told_as_such():
    @task(timeout_seconds=30)
    def own():
        raise TimeoutError("mine")

    state = own(return_state=True)
    assert (state.name, state.message) == ("TimedOut", "Task run failed due to timeout: TimeoutError('mine')")


def test_a_late_result_is_not_kept_and_the_event_says_why(recoup_events):
    @task(cache_policy=INPUTS, timeout_seconds=0.05)
    def endless():
        threading.Event().wait(30)

    endless(return_state=True)
    assert not endless.cached()
    assert [event.state for event in recoup_events if isinstance(event, DidFail)] == ["TimedOut"]


# --- names, tags, runtime ------------------------------------------------------------------


def test_run_names_are_made_of_parameters_with_defaults_and_of_results():
    @task(task_run_name="load {day} of {year:>6}")
    def load(day, year=2026):
        return here.name

    @task
    def monday():
        return "monday"

    @flow
    def main():
        future = load.submit(monday.submit(), 7)
        return future.result(), future.name, load(monday.submit())

    assert load("tuesday") == "load tuesday of   2026"
    assert main() == ("load monday of      7", "load monday of      7", "load monday of   2026")


@pytest.mark.parametrize("name", [lambda: f"{here.task_name} {here.parameters}", lambda parameters: f"load {parameters}"])
def test_run_names_are_made_by_functions(name):
    @task(task_run_name=name)
    def load(day):
        return TaskRunContext.get().task_run.name

    assert load(1) == "load {'day': 1}"


def test_a_name_that_no_parameter_fills_is_refused_where_it_is_written():
    with pytest.raises(ConfigurationError, match=r"task load: task_run_name names \{dya\}"):
        task(name="load", task_run_name="{dya}")(lambda day: day)
    with pytest.raises(ConfigurationError, match="task_run_name is 3"):
        task(task_run_name=3)(lambda day: day)


def test_tags_are_those_of_the_task_and_of_everything_around_it():
    @task(tags=["own"])
    def tagged():
        return here.tags, sorted(TaskRunContext.get().task_run.tags)

    @flow
    def main():
        with tags("a", "b") as known:
            assert known == {"a", "b", "outer"}
            return tagged(), tagged.submit().result(), FlowRunContext.get().flow_run.tags

    with tags("outer"):
        all_of_them = ["a", "b", "outer", "own"]
        assert main() == ((all_of_them, all_of_them), (all_of_them, all_of_them), ["outer"])
    assert tagged() == (["own"], ["own"])


def test_tags_and_names_are_no_part_of_keys():
    @task(cache=True, tags=["x"], task_run_name="{x}")
    def one(x):
        return x

    one(1)
    with tags("y"):
        assert one.cached(1)
        assert one.with_options(tags=["z"], task_run_name=None, version="2").cached(1)


def test_the_runtime_tells_of_the_run_and_is_empty_outside():
    @task(name="known")
    def asks(x, y=2):
        return here.id, here.name, here.parameters, here.run_count, here.task_name, here.tags, dir(here)

    @flow
    def main():
        future = asks.submit(1)
        return str(future.task_run_id), future.name, future.result()

    run_id, name, told = main()
    assert told[:6] == (run_id, name, {"x": 1, "y": 2}, 1, "known", [])
    assert {"id", "name", "parameters", "run_count", "tags", "task_name"} <= set(told[6])
    assert (here.id, here.name, here.parameters, here.run_count, here.task_name, here.tags) == (None, None, {}, 0, None, [])
    with pytest.raises(AttributeError, match="has no field 'nmae'"):
        here.nmae


def test_a_run_knows_when_it_began_and_ended():
    seen = []

    @task(on_completion=[lambda task, run, state: seen.append((run.start_time, run.end_time, run.flow_run_id))])
    def one():
        return TaskRunContext.get().task_run.end_time

    assert one() is None
    [(began, ended, flow_run)] = seen
    assert began <= ended
    assert flow_run is None


# --- prints --------------------------------------------------------------------------------


def test_prints_are_logged_where_the_task_or_its_flow_asks_for_it(caplog, capsys):
    caplog.set_level(logging.INFO)
    file = io.StringIO()

    @task(log_prints=True)
    def logs():
        print("of the task", 1)
        print("to a file", file=file)

    @task
    def inherits():
        print("inherited")

    @task(log_prints=False)
    def prints():
        print("printed")

    @flow(log_prints=True)
    def main():
        print("of the flow")
        logs()
        inherits()
        inherits.submit().wait()
        prints()

    main()
    inherits()
    logged = [(record.name, record.message) for record in caplog.records if record.name != "recoup"]
    assert logged == [
        ("recoup.flow.main", "of the flow"),
        ("recoup.task.logs", "of the task 1"),
        ("recoup.task.inherits", "inherited"),
        ("recoup.task.inherits", "inherited"),
    ]
    assert (capsys.readouterr().out, file.getvalue()) == ("printed\ninherited\n", "to a file\n")


def test_print_is_the_programs_own_again_when_no_body_logs_it():
    seen, own = [], builtins.print

    @task(log_prints=True)
    def fail():
        seen.append(builtins.print)
        raise ValueError

    fail(return_state=True)
    assert seen != [own]
    assert builtins.print is own


def test_a_setting_logs_all_prints(caplog, capsys, monkeypatch):
    from recoup.settings import temporary_settings

    caplog.set_level(logging.INFO)

    @task
    def says():
        print("x")

    with temporary_settings(logging_log_prints=True):
        says()
    assert "x" in caplog.messages
    assert capsys.readouterr().out == ""
