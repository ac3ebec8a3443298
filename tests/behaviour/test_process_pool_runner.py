"""`ProcessPoolTaskRunner`: bodies run in worker processes, and everything else is as on threads.

The programs are scripts that are run as users run them, so their tasks live in `__main__`.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent, indent

import pytest

from projects import Project
from recoup.exceptions import ConfigurationError
from recoup.settings import temporary_settings
from recoup.task_runners import ProcessPoolTaskRunner

HEAD = """
import asyncio, json, logging, multiprocessing, os, signal, sys, threading, time
from pathlib import Path
from recoup import flow, get_run_logger, tags, task, unmapped
from recoup.events import subscribe
from recoup.task_runners import ProcessPoolTaskRunner
told = []
subscribe(told.append)

def names(*kinds):
    return [type(event).__name__ for event in told if type(event).__name__ in kinds]
"""


@pytest.fixture
def project(tmp_path):
    """Return a project whose `program.py` runs its flow `main` and prints what it returns as JSON."""
    return Project(tmp_path, {})


@pytest.fixture
def run(project):
    """Return a function that runs a program and returns what its `main` returns."""

    def run(tasks, main, runs=1):
        body = "@flow(task_runner=ProcessPoolTaskRunner(max_workers=2))\ndef main():\n" + indent(dedent(main), "    ")
        end = "if __name__ == '__main__':\n" + "    returned = main()\n" * runs + "    print(json.dumps(returned))\n"
        project.write({"program.py": "\n".join([HEAD, dedent(tasks), body, end])})
        return project.answer("program.py")

    return run


def test_bodies_run_in_other_processes_and_kept_results_come_back_as_references(run):
    tasks = """
        @task(cache=True)
        def pid_of(number):
            return os.getpid(), number

        @task
        def second(pair):
            return pair[1]
    """
    main = """
        futures = pid_of.map([1, 2, 3])
        numbers = second.map(futures).result()
        kinds = {type(future.state.data).__name__ for future in futures}
        return [os.getpid() in {pid for pid, _ in futures.result()}, numbers, sorted(kinds)]
    """
    assert run(tasks, main) == [False, [1, 2, 3], ["Reference"]]


def test_a_recorded_result_needs_no_worker(run):
    tasks = """
        @task(cache=True)
        def square(number):
            return number * number
    """
    main = """
        future = square.submit(square.submit(2))
        return [future.result(), future.state.name, len(multiprocessing.active_children())]
    """
    assert run(tasks, main, runs=2) == [16, "Cached", 0]


def test_what_happens_in_workers_is_told_in_the_parent_once_and_under_numbers_of_its_own(run):
    tasks = """
        @task(cache=True)
        def inner(number):
            return number

        @task(log_prints=True)
        def outer(number):
            print("printed", number)
            get_run_logger().info("logged %s", number)
            return inner(number) + inner.submit(10 + number).result()

        class Keep(logging.Handler):
            def emit(self, record):
                lines.append(record.getMessage())

        lines = []
        logging.getLogger("recoup").addHandler(Keep())
        logging.getLogger("recoup").setLevel("INFO")
    """
    main = """
        values = outer.map([1, 2, 3]).result()
        computed = [event.call for event in told if type(event).__name__ == "DidCompute"]
        here = outer(1)
        from recoup.context import FlowRunContext
        said = sorted(line for line in lines if line.startswith(("printed", "logged")))
        runs = {call.run for call in computed} == {FlowRunContext.get().run}
        return [values, sorted(call.task for call in computed), len({call.number for call in computed}), runs, said]
    """
    values, computed, numbers, runs, said = run(tasks, main)
    assert values == [12, 14, 16]
    assert computed == ["inner"] * 6 + ["outer"] * 3
    assert (numbers, runs) == (9, True)
    assert said == sorted(f"{verb} {number}" for verb in ("logged", "printed") for number in (1, 1, 2, 3))


def test_settings_tags_names_and_the_flow_run_are_those_of_the_parent(run, project):
    tasks = """
        from recoup.context import FlowRunContext, TaskRunContext
        from recoup.settings import get_current_settings, temporary_settings

        @task(tags=["own"])
        def known(number):
            context = TaskRunContext.get()
            return [
                FlowRunContext.get().run, FlowRunContext.get().flow.name, get_current_settings().results_previews,
                sorted(context.task_run.tags), context.task_run.name, number,
            ]
    """
    main = """
        with tags("around"), temporary_settings(results_previews="types"):
            there = known.submit(1).result()
        return [there, FlowRunContext.get().run]
    """
    there, run_id = run(tasks, main)
    assert there[:4] == [run_id, "main", "types", ["around", "own"]]
    assert there[4].startswith("known-")


def test_retries_timeouts_hooks_and_states_are_as_on_threads(run):
    tasks = """
        from recoup.states import Completed

        @task(retries=2)
        def third_time(file):
            with open(file, "a") as log:
                log.write("x")
            if Path(file).stat().st_size < 3:
                raise ValueError("not yet")
            return "there"

        @task(timeout_seconds=0.2)
        def slow():
            time.sleep(60)

        def hook(task, task_run, state):
            Path(f"hook-{state.name}").touch()

        @task(on_completion=[hook], on_failure=[hook])
        def heard(fail):
            if fail:
                raise KeyError(fail)

        @task
        def by_hand():
            return Completed(message="by hand", data=3)

        @task
        async def asynchronous(number):
            await asyncio.sleep(0)
            return number

        @task
        def items(number):
            yield from range(number)
    """
    main = """
        late, ok, bad, mine = slow.submit(), heard.submit(None), heard.submit("x"), by_hand.submit()
        after = heard.submit(late)
        for future in (late, ok, bad, after):
            future.wait()
        return [
            third_time.submit("attempts").result(), names("WillRetry"), late.state.name, after.state.name,
            sorted(file.name for file in Path().glob("hook-*")), mine.result(), mine.state.message,
            asynchronous.submit(7).result(), items.submit(3).result(),
        ]
    """
    assert run(f"{tasks}", main + "\n") == [
        "there", ["WillRetry"] * 2, "TimedOut", "NotReady",
        ["hook-Completed", "hook-Failed"], 3, "by hand", 7, [0, 1, 2],
    ]  # fmt: skip


def test_exceptions_come_back_whole_and_what_cannot_travel_is_said(run):
    tasks = """
        class Odd(Exception):
            def __init__(self, one, other):
                super().__init__(f"{one} and {other}")
                self.one, self.lock = one, threading.Lock()

        class Doubling(OSError):
            def __init__(self, text):
                super().__init__(5, f"could not: {text}", "a file")

        class Plain(Exception):
            pass

        class Stays(Exception):
            def __init__(self, lock):
                super().__init__(lock)

        @task
        def fails(kind):
            if kind == "odd":
                raise Odd(1, 2) from Doubling("write")
            if kind == "stays":
                raise Stays(threading.Lock())
            try:
                raise KeyError("before")
            except KeyError as exc:
                error = Plain("text", 5)
                error.extra = kind
                raise error from exc

        @task
        def returns_lock():
            return threading.Lock()

        @task
        def takes(number, lock):
            return number
    """
    main = """
        whole = fails.submit("plain").result(raise_on_failure=False)
        odd = fails.submit("odd").result(raise_on_failure=False)
        cause = odd.__cause__
        stays = fails.submit("stays").result(raise_on_failure=False)
        lock = returns_lock.submit().result(raise_on_failure=False)
        argument = takes.submit(1, threading.Lock()).result(raise_on_failure=False)
        return [
            [type(whole) is Plain, whole.args, whole.extra, repr(whole.__cause__), "in fails" in whole.__notes__[0]],
            [type(odd) is Odd, odd.args, odd.one, hasattr(odd, "lock"), odd.__notes__[0].partition(", ")[2]],
            [type(cause) is Doubling, cause.errno, cause.strerror, cause.filename],
            *[f"{type(error).__name__}: {error}" for error in (stays, lock, argument)], names("DidFail"),
        ]
    """
    whole, odd, cause, stays, lock, argument, failed = run(tasks, main)
    assert whole == [True, ["text", 5], "plain", "KeyError('before')", True]
    assert odd == [True, ["1 and 2"], 1, False, "because it cannot travel: lock"]
    assert cause == [True, 5, "could not: write", "a file"]
    assert stays.startswith("SerializationError: Stays: <unlocked _thread.lock object at ")
    assert "was raised in a worker process, and cannot travel from there whole: TypeError: cannot pickle" in stays
    assert "the result of returns_lock cannot travel from its worker: TypeError: cannot pickle '_thread.lock' object" in lock
    assert "the argument lock of takes cannot travel between processes" in argument
    assert len(failed) == 5


def test_a_worker_that_dies_crashes_its_call_alone(run):
    tasks = """
        @task
        def die(how):
            if how == "exit":
                os._exit(3)
            os.kill(os.getpid(), how)

        @task
        def live(number):
            return number
    """
    main = """
        dead = [die.submit("exit"), die.submit(signal.SIGKILL)]
        alive = live.map(range(6)).result()
        messages = [(future.wait(), future.state.name, future.state.message)[1:] for future in dead]
        after = live.submit(dead[0])
        after.wait()
        return [alive, messages, after.state.name, [event.state for event in told if type(event).__name__ == "DidFail"]]
    """
    alive, ((exited, how), (killed, by)), after, told = run(tasks, main)
    assert alive == list(range(6))
    assert (exited, killed, after) == ("Crashed", "Crashed", "NotReady")
    assert how.startswith("die ended with its worker process ")
    assert how.endswith("which exited with code 3")
    assert "was ended by SIGKILL" in by
    assert told == ["Crashed", "Crashed", "NotReady"]


def test_a_value_that_is_gone_is_computed_again_for_the_worker_that_needs_it(run, project):
    tasks = """
        import shutil

        @task(cache=True)
        def large(number):
            return bytes([number]) * 1_000_000

        @task
        def first(data):
            return data[0]
    """
    main = """
        future = large.submit(7)
        future.wait()
        (folder,) = Path(os.environ["RECOUP_RESULTS_LOCAL_STORAGE_PATH"]).glob("values")
        shutil.rmtree(folder)
        return [first.submit(future).result(), first.submit(future).result()]
    """
    assert run(tasks, main) == [7, 7]


def test_a_worker_with_other_code_runs_the_call_and_keeps_nothing(run, project):
    project.write({"limits.py": "LIMIT = 1\n"})
    tasks = """
        import limits

        @task(cache=True)
        def limited(number):
            return number + limits.LIMIT

        if __name__ == "__main__":
            limits.LIMIT = 5
    """
    main = """
        return [limited.submit(1).result(), limited.cached(1), names("OtherCodeOnWorker", "DidStore")]
    """
    assert run(tasks, main) == [2, False, ["OtherCodeOnWorker"]]


def test_local_tasks_changed_tasks_and_tasks_of_instances_keep_their_identity_in_workers(run):
    tasks = """
        @task(cache=True)
        def add(one, other):
            return one + other

        class Scale:
            def __init__(self, by):
                self.by = by

            @task(cache=True)
            def scaled(self, number):
                return self.by * number
    """
    main = """
        more = 10
        local = task(cache=True)(lambda number: number + more)
        changed = add.with_options(name="sum", retries=1)
        scaled = Scale(3).scaled
        values = [local.submit(1).result(), changed.submit(1, 2).result(), scaled.submit(4).result()]
        return [values, local.cached(1), add.cached(1, 2), scaled.cached(4), names("OtherCodeOnWorker")]
    """
    assert run(tasks, main) == [[11, 3, 12], True, True, True, []]


def test_nothing_is_left_of_runs_that_have_ended(run):
    tasks = """
        @task
        def square(number):
            return number * number
    """
    main = """
        return square.map(range(20)).result()[-1]
    """
    check = """
        def state():
            threads = [thread.name for thread in threading.enumerate() if thread.name.startswith("recoup_")]
            return [multiprocessing.active_children(), threads, len(os.listdir("/proc/self/fd"))]

        if __name__ == "__main__":
            @flow(task_runner=ProcessPoolTaskRunner(max_workers=2))
            def first():
                return square.map(range(4)).result()

            first()
            before = state()
            [first() for _ in range(2)]
            assert state() == before, (state(), before)
            assert before[:2] == [[], []]
    """
    assert run(tasks + check, main) == 361


WAITING = """
    @task
    def wait(number):
        Path(f"pid-{number}").write_text(str(os.getpid()))
        time.sleep(600)

    @flow(task_runner=ProcessPoolTaskRunner(max_workers=2))
    def main():
        wait.map([1, 2, 3, 4]).result()

    if __name__ == "__main__":
        main()
"""


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda end: end.name)
def test_workers_end_with_the_program_however_it_ends(project, end):
    project.write({"program.py": HEAD + dedent(WAITING)})
    environment = os.environ | {"RECOUP_HOME": str(project.home)}
    program = subprocess.Popen([sys.executable, "program.py"], cwd=project.code, env=environment, stderr=subprocess.DEVNULL)
    files = [project.code / f"pid-{number}" for number in (1, 2)]
    while not all(file.exists() and file.read_text() for file in files):
        assert program.poll() is None
    os.kill(program.pid, end)
    assert program.wait(60) != 0
    for file in files:
        while _lives(int(file.read_text())):
            pass
    assert not (project.code / "pid-3").exists()


def _lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_script_that_calls_its_flow_without_a_guard_is_told_to(project):
    program = """
        @task
        def square(number):
            return number * number

        @flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
        def main():
            future = square.submit(1)
            future.wait()
            return future.state.message

        print(json.dumps(main()))
    """
    project.write({"program.py": HEAD + dedent(program)})
    assert 'call the flow there under: if __name__ == "__main__":' in project.answer("program.py")


def test_runners_of_the_same_options_are_equal_and_the_settings_say_how_many_workers_there_are():
    assert ProcessPoolTaskRunner(2).duplicate() == ProcessPoolTaskRunner(2) != ProcessPoolTaskRunner(3)
    assert ProcessPoolTaskRunner().workers() == os.cpu_count()
    with temporary_settings(tasks_runner_process_pool_max_workers=3):
        assert ProcessPoolTaskRunner().workers() == 3
    with pytest.raises(ConfigurationError, match="give 1 or more"):
        ProcessPoolTaskRunner(0)
