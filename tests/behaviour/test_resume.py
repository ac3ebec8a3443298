"""A killed run goes on: what it had kept is not run again, what was fixed is, and only one process does it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from recoup.engine.runs import read_runs, run_events
from recoup.records import decode_record
from recoup.storage import LocalFileSystem

RECOUP = (sys.executable, "-W", "error", "-m", "recoup.cli.main")

HELPERS = """
def clean(rows):
    return [row + 1 for row in rows]

def shape(rows):
    return len(rows)
"""

KILLING = """
# Kills this process before or after the n-th time that it moves a file to its place, or that a body says that it began.
# What takes the place of a function of `os` says that it is of `os`, else it would be code of the project that tasks reach.
import itertools, os, signal

steps = itertools.count(1)
last = int(os.environ.get("KILL_AT_STEP", "0"))

def step():
    if next(steps) == last:
        os.kill(os.getpid(), signal.SIGKILL)

def killing(function):
    def moved(*args, **options):
        step()
        result = function(*args, **options)
        step()
        return result
    moved.__module__ = "os"
    return moved

if last:
    os.replace, os.link, os.write = map(killing, (os.replace, os.link, os.write))
"""

PIPELINE = """
import os, time
import killing
from helpers import clean, shape
from recoup import flow, task

def began(name, n):
    fd = os.open(os.environ["BODIES"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(fd, f"{name} {n}\\n".encode())
    os.close(fd)
    time.sleep(0.01)

@task
def load(n):
    began("load", n)
    return list(range(n))

@task
def large(n):
    began("large", n)
    return bytes([n]) * 100_000

@task
def tidy(rows, n):
    began("tidy", n)
    return clean(rows)

@task(cache=True)
def width(rows, n):
    began("width", n)
    return shape(rows)

@task
def inner(n):
    began("inner", n)
    return n

@flow
def part(n):
    return inner(n)

@task
def total(parts, n):
    began("total", n)
    return sum(map(sum, parts))

@flow
def pipeline(count, scale: float = 1.0):
    loaded = load.map(list(range(count)))
    tidied = [tidy.submit(rows, n) for n, rows in enumerate(loaded)]
    widths = [width(future, n) for n, future in enumerate(tidied)]
    parts = [part(n) for n in (1, 2, 2)]
    large(7)
    result = [total(tidied, 0) * scale, widths, parts]
    if os.path.exists("die"):
        os.kill(os.getpid(), 9)
    return result

if __name__ == "__main__":
    print(pipeline(5))
"""

COUNT = 5
CALLS = sorted(
    [f"{name} {n}" for name in ("load", "tidy", "width") for n in range(COUNT)]
    + ["inner 1", "inner 2", "inner 2", "large 7", "total 0"]
)
RESULT = "[20.0, [0, 1, 2, 3, 4], [1, 2, 2]]"
STEPS = 122
"""About how many steps a run has; killed at a later one, it has ended."""


class Program:
    """A project, a storage and a list of the bodies that began."""

    def __init__(self, folder):
        self.folder = folder / "project"
        self.folder.mkdir(parents=True)
        self.storage = folder / "storage"
        self.bodies_file = folder / "bodies"
        self.write({"pyproject.toml": "", "helpers.py": HELPERS, "killing.py": KILLING, "pipeline.py": PIPELINE})
        self.home = folder / "home"

    def write(self, files):
        for name, text in files.items():
            (self.folder / name).write_text(text)

    def edit(self, name, before, after):
        text = (self.folder / name).read_text()
        assert text.count(before) == 1
        (self.folder / name).write_text(text.replace(before, after))

    def start(self, *command, cwd=None, **environment):
        ours = {"RECOUP_HOME": str(self.home), "BODIES": str(self.bodies_file), "PYTHONPATH": ""}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=cwd or self.folder, env=os.environ | ours | environment, **pipes)

    def run(self, *command, **options):
        process = self.start(*command, **options)
        process.stdout_text, process.stderr_text = process.communicate(timeout=60)
        return process

    def recoup(self, *words, **options):
        return self.run(*RECOUP, *words, "--storage", str(self.storage), **options)

    def start_recoup(self, *words, **options):
        return self.start(*RECOUP, *words, "--storage", str(self.storage), **options)

    def bodies(self):
        return self.bodies_file.read_text().splitlines() if self.bodies_file.exists() else []

    def kept(self):
        """Return the calls whose results are in the storage, as the bodies write them."""
        store = LocalFileSystem(self.storage)
        records = [decode_record(store.get(info.name))[0] for info in store.list("records")]
        return sorted(
            f"{record.task.rpartition(':')[2]} {part.text}"
            for record in records
            for part in record.parts
            if part.name == "inputs.n"
        )

    def runs(self):
        return read_runs(LocalFileSystem(self.storage))

    def outermost(self):
        (run,) = [run for run in self.runs() if not run.parent]
        return run


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path)


def wait_until(condition):
    """Wait for another process; fail when it takes far too long."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def summary(process):
    return json.loads(process.stdout_text.splitlines()[-1])


# --- killed at any moment ------------------------------------------------------------------------

_seeded = random.Random(20260131)  # noqa: S311 - the same moments each time
MOMENTS = [("step", step) for step in sorted(_seeded.sample(range(2, STEPS + 2), 12))] + [
    ("seconds", round(_seeded.uniform(0, 0.35), 3)) for _ in range(8)
]


@pytest.mark.parametrize(("unit", "moment"), MOMENTS)
def test_a_run_killed_at_any_moment_resumes_without_repeating_what_it_had_kept(program, unit, moment):
    """Twenty moments: before and after files are moved to their place, when bodies begin, and at random times."""
    if unit == "step":
        killed = program.recoup("run", "pipeline.py:pipeline", "-p", f"count={COUNT}", KILL_AT_STEP=str(moment))
    else:
        killed = program.start_recoup("run", "pipeline.py:pipeline", "-p", f"count={COUNT}")
        wait_until(lambda: (program.storage / "runs").exists() or killed.poll() is not None)
        time.sleep(moment)
        killed.kill()
        killed.communicate()
    before, kept = program.bodies(), program.kept()
    if not program.runs():
        assert not before, "a run is known before its first body begins"
        assert program.recoup("resume").returncode == 2
        return
    run = program.outermost()
    resumed = program.recoup("resume", "--json")
    after = program.bodies()[len(before) :]
    if run.completed:
        assert resumed.returncode == 2
        assert after == []
        return
    assert resumed.returncode == 0, resumed.stderr_text
    assert sorted(kept + after) == CALLS, "what was not kept ran, once, and nothing else"
    assert (summary(resumed)["run"], summary(resumed)["result"]) == (run.run, RESULT)
    assert (program.outermost().completed, program.outermost().attempt) == (True, 2)
    assert program.outermost().ran + program.outermost().cached == len(CALLS)


def test_the_moments_lie_all_over_a_run(program):
    """The last of them are in its last quarter."""
    last = program.recoup("run", "pipeline.py:pipeline", "-p", f"count={COUNT}", KILL_AT_STEP=str(STEPS - 14))
    assert last.returncode == -signal.SIGKILL
    assert len(program.kept()) >= len(CALLS) * 3 / 4


def test_a_run_that_is_killed_again_and_again_ends(program):
    """Each attempt goes on where the one before it was killed."""
    program.recoup("run", "pipeline.py:pipeline", "-p", f"count={COUNT}", KILL_AT_STEP="20")
    attempts = 1
    while not program.outermost().completed:  # a kill may strike after the end was written
        resumed = program.recoup("resume", "--json", KILL_AT_STEP="40")
        assert resumed.returncode == -signal.SIGKILL or summary(resumed)["result"] == RESULT, resumed.stderr_text
        attempts += 1
        assert attempts < 20
    assert program.outermost().attempt == attempts > 3
    assert program.outermost().begun < program.outermost().started


def test_resuming_says_what_became_of_the_run(program):
    program.recoup("run", "pipeline.py:pipeline", "-p", f"count={COUNT}", KILL_AT_STEP="20")
    name = program.outermost().name
    assert (
        program.recoup("resume").stderr_text.splitlines()[0] == f"resuming {name}, which did not end, with pipeline.py:pipeline"
    )


def test_a_run_whose_tasks_run_in_process_workers_goes_on_too(program):
    program.edit("pipeline.py", "from recoup import flow, task", "from recoup import flow, task, task_runners")
    program.edit("pipeline.py", "@flow\ndef pipeline", "@flow(task_runner=task_runners.ProcessPoolTaskRunner(2))\ndef pipeline")
    killed = program.start_recoup("run", "pipeline.py:pipeline", "-p", f"count={COUNT}")
    wait_until(lambda: len(program.bodies()) >= 7 or killed.poll() is not None)
    killed.kill()
    killed.communicate()
    kept, before = program.kept(), program.bodies()
    assert kept
    resumed = program.recoup("resume", "--json")
    assert summary(resumed)["result"] == RESULT
    assert not {call for call in program.bodies()[len(before) :] if not call.startswith("inner")} & set(kept)


# --- a bug is fixed before resuming ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "again"),
    [
        ("return [1 + row for row in rows]", {"tidy"}),  # the same results, so that what comes after them is served
        ("return [row + 2 for row in rows]", {"tidy", "width", "total"}),
    ],
)
def test_a_helper_that_was_fixed_runs_its_users_again_and_nothing_else(program, after, again):
    program.write({"die": ""})
    program.recoup("run", "pipeline.py:pipeline", "-p", f"count={COUNT}")
    (program.folder / "die").unlink()
    kept, before = program.kept(), program.bodies()
    assert kept == CALLS, "killed when everything was done"
    program.edit("helpers.py", "return [row + 1 for row in rows]", after)
    resumed = program.recoup("resume", "--json")
    assert resumed.returncode == 0, resumed.stderr_text
    ran = sorted(program.bodies()[len(before) :])
    expected = [call for call in CALLS if call.split()[0] in again]
    if "width" in again:
        expected.remove("width 0")  # of an empty list, which the fix leaves as it is
    assert ran == expected


def test_a_run_that_failed_goes_on_with_what_was_fixed(program):
    program.edit("helpers.py", "return len(rows)", "return len(rows) / (len(rows) - 3)")
    assert program.recoup("run", "pipeline.py:pipeline", "-p", f"count={COUNT}").returncode == 1
    assert program.outermost().state == "Failed"
    before = program.bodies()
    program.edit("helpers.py", "return len(rows) / (len(rows) - 3)", "return len(rows)")
    resumed = program.recoup("resume", "--json")
    assert summary(resumed)["result"] == RESULT
    ran = {call.split()[0] for call in program.bodies()[len(before) :]}
    assert ran == {"width", "inner", "large", "total"}, "loaded and tidied were kept, and neither reaches what was fixed"


# --- one owner -------------------------------------------------------------------------------------

WAITING = """
import os, sys, time
from recoup import flow, task

@task
def first(n):
    with open(os.environ["BODIES"], "a") as file:
        file.write(f"first {n}\\n")
    return n

@task
def waits(n):
    with open(os.environ["BODIES"], "a") as file:
        file.write(f"waits {n}\\n")
    while not os.path.exists("go"):
        time.sleep(0.01)
    return n

@flow
def pipeline():
    return first(1) + waits(2)
"""

ELSEWHERE = """
import sys
from recoup import environment
environment.machine = lambda: "another machine"
environment.host = lambda: "elsewhere"
from recoup.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
"""The command line on another machine, as far as a process can tell."""

SHORT = {"RECOUP_RUNS_LEASE_SECONDS": "0.6"}


@pytest.fixture
def waiting(program):
    """Return the program whose second task waits until there is a file `go`."""
    program.write({"pipeline.py": WAITING})
    yield program
    (program.folder / "go").touch()


def begin(program, *, bodies, **environment):
    """Start a run, and wait until so many bodies have begun."""
    process = program.start_recoup("run", "pipeline.py", "--json", **environment)
    wait_until(lambda: len(program.bodies()) >= bodies or process.poll() is not None)
    return process


def end(process):
    process.stdout_text, process.stderr_text = process.communicate(timeout=60)
    return process


def test_of_two_that_resume_at_the_same_time_one_runs_and_the_other_says_who(waiting):
    killed = begin(waiting, bodies=2)
    killed.kill()
    killed.communicate()
    assert "Killed" in waiting.recoup("runs").stdout_text
    racers = [waiting.start_recoup("resume", "--json") for _ in range(3)]
    wait_until(lambda: sum(racer.poll() is not None for racer in racers) == 2)
    (waiting.folder / "go").touch()
    (winner,) = [racer for racer in map(end, racers) if racer.returncode == 0]
    losers = [racer for racer in racers if racer.returncode == 4]
    assert len(losers) == 2
    assert all(f"process {winner.pid} on " in loser.stderr_text for loser in losers), losers[0].stderr_text
    assert waiting.bodies() == ["first 1", "waits 2", "waits 2"]


def test_a_run_that_is_stopped_is_alive_on_its_own_machine(waiting):
    owner = begin(waiting, bodies=2, **SHORT)
    owner.send_signal(signal.SIGSTOP)
    refused = waiting.recoup("resume")
    assert (refused.returncode, f"is being run by process {owner.pid} on " in refused.stderr_text) == (4, True)
    owner.send_signal(signal.SIGCONT)
    (waiting.folder / "go").touch()
    assert end(owner).returncode == 0


def elsewhere(program, *words, **environment):
    command = (sys.executable, "-W", "error", "-c", ELSEWHERE, *words, "--storage", str(program.storage))
    return program.run(*command, **environment)


def test_a_run_that_lives_on_another_machine_is_not_resumed(waiting):
    owner = begin(waiting, bodies=2, RECOUP_RUNS_LEASE_SECONDS="3")
    refused = elsewhere(waiting, "resume")
    assert refused.returncode == 4
    assert "watching for 3 s whether it is alive" in refused.stderr_text
    (waiting.folder / "go").touch()
    assert end(owner).returncode == 0


def test_a_silent_run_is_taken_over_by_another_machine_and_its_owner_notices(waiting):
    """A suspended process comes back, says that it lost its run, and leaves the record of its successor as it is."""
    owner = begin(waiting, bodies=2, **SHORT)
    owner.send_signal(signal.SIGSTOP)
    (waiting.folder / "go").touch()
    resumed = elsewhere(waiting, "resume", "--json")
    assert resumed.returncode == 0, resumed.stderr_text
    assert waiting.outermost().host == "elsewhere"
    (waiting.folder / "go").unlink()
    owner.send_signal(signal.SIGCONT)
    wait_until(lambda: [e for e in told(waiting) if e["type"] == "RunLost"] or owner.poll() is not None)
    (waiting.folder / "go").touch()
    lost = [json.loads(line) for line in end(owner).stdout_text.splitlines() if '"RunLost"' in line]
    assert [event["by"] for event in lost] == [f"process {resumed.pid} on elsewhere"]
    assert (waiting.outermost().host, waiting.outermost().completed) == ("elsewhere", True)


def told(program):
    store = LocalFileSystem(program.storage)
    return list(run_events(store, program.outermost().run))


def test_a_run_that_is_going_on_shows_its_calls(waiting):
    owner = begin(waiting, bodies=2, **SHORT)
    wait_until(lambda: len(told(waiting)) >= 4)
    shown = waiting.recoup("runs", "show").stdout_text
    assert "Running" in shown
    assert f"run by process {owner.pid} on " in shown
    assert "ran first" in shown
    wait_until(lambda: waiting.outermost().beat > 0)
    assert waiting.outermost().ran == 1
    owner.kill()
    owner.communicate()
    shown = waiting.recoup("runs", "show").stdout_text
    assert "Killed" in shown
    assert "ran first" in shown


def test_the_events_of_all_attempts_are_kept(waiting):
    owner = begin(waiting, bodies=2, **SHORT)
    wait_until(lambda: len(told(waiting)) >= 4)
    owner.kill()
    owner.communicate()
    (waiting.folder / "go").touch()
    assert waiting.recoup("resume").returncode == 0
    kinds = [event["type"] for event in told(waiting)]
    first = ["WillCompute", "DidCompute", "DidStore", "WillCompute"]
    assert kinds == [*first, "Hit", "WillCompute", "DidCompute", "DidStore"]


# --- found again -----------------------------------------------------------------------------------


def test_a_run_goes_on_on_another_machine_in_another_checkout(program, tmp_path):
    """Only the storage is shared: home, checkout and working directory are others."""
    short = {"KILL_AT_STEP": "60", **SHORT}
    program.recoup("run", "pipeline.py:pipeline", "-p", f"count={COUNT}", **short)
    kept = program.kept()
    other = Program(tmp_path / "other")
    other.storage, other.bodies_file = program.storage, tmp_path / "other" / "bodies"
    (program.folder / "pipeline.py").unlink()
    (other.folder / "deep").mkdir()
    resumed = elsewhere(other, "resume", "--json", cwd=other.folder / "deep")
    assert resumed.returncode == 0, resumed.stderr_text
    assert summary(resumed)["result"] == RESULT
    assert sorted(kept + other.bodies()) == CALLS


def test_a_run_that_a_script_began_is_resumed_like_any_other(program, tmp_path):
    """`python pipeline.py` leaves what it takes; the working directory is another one when it is resumed."""
    keeps = {"RECOUP_RESULTS_PERSIST_BY_DEFAULT": "true", "RECOUP_RESULTS_LOCAL_STORAGE_PATH": str(program.storage)}
    program.run(sys.executable, "pipeline.py", KILL_AT_STEP="60", **keeps)
    assert program.outermost().target == "pipeline.py:pipeline"
    kept = program.kept()
    before = program.bodies()
    resumed = program.recoup("resume", "--json", cwd=tmp_path)
    assert summary(resumed)["result"] == RESULT
    assert sorted(kept + program.bodies()[len(before) :]) == CALLS


def test_a_flow_that_has_moved_is_named_by_the_user(program):
    program.recoup("run", "pipeline.py:pipeline", "-p", f"count={COUNT}", KILL_AT_STEP="60")
    (program.folder / "pipeline.py").rename(program.folder / "moved.py")
    refused = program.recoup("resume")
    assert refused.returncode == 2
    assert f"`recoup resume {program.outermost().name} --target FILE.py:FLOW`" in refused.stderr_text
    resumed = program.recoup("resume", "--target", "moved.py:pipeline", "--json")
    assert summary(resumed)["result"] == RESULT


def test_a_flow_that_is_no_longer_in_its_file_says_how_to_name_it(program):
    program.recoup("run", "pipeline.py:pipeline", "-p", f"count={COUNT}", KILL_AT_STEP="60")
    program.edit("pipeline.py", "def pipeline(", "def train(")
    refused = program.recoup("resume")
    assert refused.returncode == 2
    assert "--target FILE.py:FLOW" in refused.stderr_text


def test_a_flow_that_was_in_no_file_says_where_to_put_it(program):
    text = "from recoup import flow\n@flow\ndef typed(): raise ValueError\ntyped(return_state=True)"
    program.run(sys.executable, "-c", text, RECOUP_RESULTS_LOCAL_STORAGE_PATH=str(program.storage))
    refused = program.recoup("resume")
    assert refused.returncode == 2
    assert "the flow typed of typed-" in refused.stderr_text
    assert "was in no file" in refused.stderr_text


def test_an_interrupted_run_is_cancelled_and_goes_on(waiting):
    owner = begin(waiting, bodies=2)
    owner.send_signal(signal.SIGINT)
    assert end(owner).returncode == 130
    assert f"`recoup resume {waiting.outermost().name} --storage " in owner.stderr_text
    assert waiting.outermost().state == "Cancelled"
    (waiting.folder / "go").touch()
    assert waiting.recoup("resume", waiting.outermost().name).returncode == 0
    assert waiting.bodies() == ["first 1", "waits 2", "waits 2"]


def test_a_run_that_completed_is_not_resumed(waiting):
    (waiting.folder / "go").touch()
    assert waiting.recoup("run", "pipeline.py").returncode == 0
    refused = waiting.recoup("resume")
    assert (refused.returncode, "`recoup run pipeline.py:pipeline`" in refused.stderr_text) == (2, True)
