"""Ctrl-C cancels a run in order, a second one ends it at once, and SIGTERM crashes it: with real processes and signals."""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from recoup import flow, task
from recoup.engine.runs import read_runs
from recoup.futures import PrefectFuture
from recoup.storage import LocalFileSystem
from recoup.task_runners import ThreadPoolTaskRunner
from recoup.task_runners.crew import Crew

RECOUP = (sys.executable, "-m", "recoup.cli.main")

PROGRAM = """
import asyncio, os, sys, time
from recoup import flow, task
from recoup.task_runners import ThreadPoolTaskRunner

def say(*words):
    os.write(1, f"{' '.join(words)}\\n".encode())  # in one piece, whatever other threads say

def note(flow, flow_run, state):
    say("hook", state.name, state.message)

@task(cache=True)
def kept():
    return 1

@task
def stuck(x, tells=True):
    if tells:
        say("began")
    while x == "long" or not os.path.exists("enough"):
        time.sleep(0.01)
    say("ended")

@task
async def astuck():
    say("began")
    await asyncio.Event().wait()

def say_when_begun(future):
    while future.state.is_pending():
        time.sleep(0.01)
    say("began")

options = dict(on_cancellation=[note], on_crashed=[note], on_failure=[note], task_runner=ThreadPoolTaskRunner(1))

@flow(**options)
def sync():
    kept()
    stuck("long")

@flow(**options)
async def coroutine():
    kept()
    await astuck()

@flow(**options)
def threads():
    kept()
    futures = stuck.map(["until told", "long", "long"], tells=False)
    for future in futures:
        future.add_done_callback(lambda future: say(future.state.name))
    say_when_begun(futures[0])
    time.sleep(60)

@flow(**options)
def hanging():
    kept()
    say_when_begun(stuck.submit("long", tells=False))
    time.sleep(60)

async def wake():
    while True:  # a loop that just falls asleep sleeps through a signal
        await asyncio.sleep(0.02)

@flow(**options)
async def async_hanging():
    kept()
    waking = asyncio.ensure_future(wake())
    await asyncio.to_thread(say_when_begun, stuck.submit("long", tells=False))
    await asyncio.sleep(60)

@flow(**options)
def outer():
    sync()

if __name__ == "__main__":
    chosen = globals()[sys.argv[1]]
    asyncio.run(chosen()) if chosen.isasync else chosen()
"""


@pytest.fixture
def started(tmp_path):
    """Return a function that starts a flow of the program, in a process of its own, and waits until its task has begun."""
    (tmp_path / "program.py").write_text(PROGRAM)
    environment = os.environ | {"RECOUP_RESULTS_LOCAL_STORAGE_PATH": str(tmp_path / "storage")}
    with contextlib.ExitStack() as stack:

        def start(flow, *, by="command"):
            command = (*RECOUP, "run", f"program.py:{flow}") if by == "command" else (sys.executable, "program.py", flow)
            process = stack.enter_context(
                subprocess.Popen(
                    command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
                )
            )
            stack.callback(process.kill)
            while "began" not in (line := process.stdout.readline()):
                assert line, process.stderr.read()
            return process

        yield start


def runs(folder):
    return [(run.flow, run.state) for run in read_runs(LocalFileSystem(folder / "storage"))]


def told(process):
    """Wait for the end; return the exit code and what was printed."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out.splitlines(), err.splitlines()


@pytest.mark.parametrize(("flow", "by"), [("sync", "command"), ("coroutine", "command"), ("coroutine", "python")])
def test_ctrl_c_cancels_the_run(started, tmp_path, flow, by):
    process = started(flow, by=by)
    process.send_signal(signal.SIGINT)
    code, out, err = told(process)
    assert code == (130 if by == "command" else -signal.SIGINT)
    assert "hook Cancelled Flow run was interrupted" in out
    assert runs(tmp_path) == [(flow, "Cancelled")]
    if by == "command":
        assert err[-1] == "interrupted"
        assert not any("Traceback" in line for line in err)


def test_ctrl_c_gives_up_what_has_not_begun_and_waits_for_what_has(started, tmp_path):
    process = started("threads")
    process.send_signal(signal.SIGINT)
    while not (line := process.stderr.readline()).endswith("interrupted: 1 submitted call has begun and is waited for\n"):
        assert line
    (tmp_path / "enough").touch()
    _, out, _ = told(process)
    assert sorted(out[: out.index("hook Cancelled Flow run was interrupted")]) == ["Cancelled", "Cancelled", "Completed", "ended"]


def test_a_second_ctrl_c_ends_a_command_at_once(started, tmp_path):
    process = started("hanging")
    process.send_signal(signal.SIGINT)
    while "waited for" not in process.stderr.readline():
        pass
    process.send_signal(signal.SIGINT)
    code, _, err = told(process)
    assert (code, err[-1:]) == (130, ["ended at once"]), err
    assert runs(tmp_path) == [("hanging", "Running")]


def test_ctrl_c_cancels_the_flows_inside_too(started, tmp_path):
    process = started("outer")
    process.send_signal(signal.SIGINT)
    _, out, _ = told(process)
    assert out.count("hook Cancelled Flow run was interrupted") == 2
    assert sorted(runs(tmp_path)) == [("outer", "Cancelled"), ("sync", "Cancelled")]


@pytest.mark.parametrize(
    ("flow", "by"), [("sync", "python"), ("coroutine", "command"), ("coroutine", "python"), ("hanging", "command")]
)
def test_a_run_that_is_told_to_end_crashes_at_once_and_says_so(started, tmp_path, flow, by):
    """Calls that have begun on threads are not waited for: whoever sends SIGTERM soon sends SIGKILL."""
    process = started(flow, by=by)
    process.terminate()
    code, out, err = told(process)
    assert code == -signal.SIGTERM
    assert "hook Crashed Flow run was ended by SIGTERM" in out
    assert not any("Traceback" in line for line in err)
    assert runs(tmp_path) == [(flow, "Crashed")]
    assert [info.name for info in LocalFileSystem(tmp_path / "storage").list("records") if "kept" in info.name]


def test_handlers_of_signals_are_the_programs_own_again_when_the_run_has_ended():
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    inside = flow(lambda: [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)])()
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert inside != handlers


def test_a_program_that_handles_sigterm_itself_goes_on_doing_so():
    heard = []
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append(True))
    try:
        flow(lambda: os.kill(os.getpid(), signal.SIGTERM))()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == [True]


# --- in the middle of things -------------------------------------------------------------------


class InterruptsAt:
    """Has Ctrl-C come at the nth step of submitting where Python looks for signals: a call begins, or one into C has ended."""

    FILES = tuple(sys.modules[kind.__module__].__file__ for kind in (ThreadPoolTaskRunner, Crew, PrefectFuture))
    LEAVING = ("_end", "__exit__", "join", "dismiss", "wait", "give_up")

    def __init__(self, number):
        self.left = number

    def __call__(self, frame, event, arg):
        code = frame.f_code
        if event in ("call", "c_return") and code.co_filename in self.FILES and code.co_name not in self.LEAVING:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGINT)


def interrupted_at(number, program):
    """Run `program` with Ctrl-C at the nth step; return whether it came."""
    interrupting, before = InterruptsAt(number), sys.getprofile()
    sys.setprofile(interrupting)
    try:
        program()
    except KeyboardInterrupt:
        pass
    finally:
        sys.setprofile(before)
    return interrupting.left <= 0


@pytest.mark.parametrize("caught_inside", [False, True])
def test_ctrl_c_in_the_middle_of_submit_loses_no_call_that_has_begun(caught_inside):
    """Whatever has begun has ended when the flow ends, no thread is left, and nobody waits for what was never handed over."""
    begun, ended = [], []

    @task
    def work(number):
        begun.append(number)
        time.sleep(0.002)
        ended.append(number)

    @flow
    def program():
        with contextlib.suppress(KeyboardInterrupt) if caught_inside else contextlib.nullcontext():
            first = work.submit(1)
            work.submit(2, wait_for=[first])
            work.submit(3)

    threads = threading.active_count()
    for number in itertools.count(1):
        came = interrupted_at(number, program)
        assert sorted(begun) == sorted(ended)
        assert threading.active_count() == threads
        if not came:
            break
    assert number > 30
    assert len(ended) < 3 * number


def test_a_second_ctrl_c_ends_a_script_without_waiting_for_what_is_busy(started):
    for name in ("hanging", "async_hanging"):
        process = started(name, by="python")
        process.send_signal(signal.SIGINT)
        while "waited for" not in (line := process.stderr.readline()):
            assert line
        process.send_signal(signal.SIGINT)
        code, out, _ = told(process)
        assert (code, "ended" in out) == (-signal.SIGINT, False)
        assert "hook Cancelled Flow run was interrupted" in out
