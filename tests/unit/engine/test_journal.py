"""What a run leaves in its storage while it goes on, and who is known to run it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest
from msgspec.structs import replace

from recoup.engine import journal as journals
from recoup.engine.beat import PULSE_SECONDS
from recoup.engine.journal import Journal
from recoup.engine.runs import Fate, attempt_name, await_silence, encode_line, fate, read_attempt, read_runs, run_events
from recoup.environment import machine, own_start
from recoup.events import CallId, DidCompute, FlowEnded, RunLost, subscribed
from recoup.exceptions import RunIsAlive, StoreError
from recoup.records import FORMAT, RunRecord
from recoup.storage import LocalFileSystem, MemoryStorage
from recoup.testing.clock import ManualClock
from recoup.testing.stores import Failing

LEASE = 60.0
RUN = "0f0e0d0c-0000-4000-8000-000000000000"
HERE = RunRecord(
    recoup=FORMAT,
    run=RUN,
    name="pipeline-0f0e0d",
    flow="pipeline",
    state="Running",
    started=0.0,
    host="here",
    machine=machine(),
    pid=os.getpid(),
    process_start=own_start(os.getpid()),
    owner="first",
    lease_seconds=LEASE,
)
ELSEWHERE = replace(HERE, machine="another", host="elsewhere", owner="other")


def computed(number):
    return DidCompute(at=float(number), call=CallId("task", number, RUN), key=None, seconds=0.5)


def begun(store, clock=None, **fields):
    journal = Journal(store, clock or ManualClock(), replace(HERE, **fields))
    journal.begin()
    return journal


def write(store, record):
    store.put(attempt_name(record.run, record.attempt), [encode_line(record)])


# --- events --------------------------------------------------------------------------------------


def test_a_very_long_journal_stays_in_segments_that_are_read_in_order(tmp_path):
    """It would take too much memory to join them."""
    store = LocalFileSystem(tmp_path)
    journal = begun(store)
    for number in range(25_000):
        journal(computed(number))
        if number % 6000 == 5999:
            journal.tick()
    record = journal.end("Completed", completed=True)
    assert record.segments == len(list(store.list(f"events/{RUN}"))) >= 5
    assert store.info(f"runs/{RUN}").size < 2_000
    assert [event["call"]["number"] for event in run_events(store, RUN)] == list(range(25_000))


def test_what_waits_to_be_written_is_bounded_also_where_nothing_can_be(tmp_path, monkeypatch):
    monkeypatch.setattr(journals, "_SEGMENT_EVENTS", 100)
    monkeypatch.setattr(journals, "_MOST_WAITING", 300)
    store = Failing(MemoryStorage(), None, {"put"})
    journal = begun(store)
    store.error = StoreError("the disk is away")
    for number in range(1000):
        journal(computed(number))
        assert len(journal._events) <= 300
    assert isinstance(journal.broken, StoreError)


def test_events_that_could_not_be_written_are_written_when_they_can():
    store = Failing(MemoryStorage(), None, {"put"})
    journal = begun(store)
    store.error = StoreError("the disk is away")
    journal(computed(1))
    journal.tick()
    store.error = None
    journal(computed(2))
    journal.tick()
    assert journal.broken is None
    assert [event["call"]["number"] for event in run_events(store, RUN)] == [1, 2]


def test_events_of_an_attempt_that_was_killed_come_before_those_of_the_next():
    store = MemoryStorage()
    killed = begun(store)
    killed(computed(1))
    killed.tick()
    second = begun(store, attempt=2, owner="second")
    second(computed(2))
    second.end("Completed")
    assert [event["call"]["number"] for event in run_events(store, RUN)] == [1, 2]
    (run,) = read_runs(store)
    assert (run.attempt, run.state) == (2, "Completed")


def test_segments_that_were_left_behind_by_an_end_are_not_told_twice():
    """Killed after the journal was joined and before its segments were removed."""
    store = MemoryStorage()
    journal = begun(store)
    journal(computed(1))
    journal.tick()
    (segment,) = [info.name for info in store.list("events")]
    data = store.get(segment)
    journal.end("Completed")
    store.put(segment, [data])
    assert len(list(run_events(store, RUN))) == 1


def test_the_ends_of_a_run_are_told_by_its_record_alone():
    journal = begun(store := MemoryStorage())
    journal(FlowEnded(at=0.0, run=RUN, name="pipeline", flow="pipeline", state="Completed", seconds=1.0))
    journal.end("Completed")
    assert list(run_events(store, RUN)) == []


# --- the beat ------------------------------------------------------------------------------------


def test_a_run_shows_three_times_in_its_lease_that_it_lives():
    store, clock = MemoryStorage(), ManualClock()
    journal = begun(store, clock)
    beats = []
    for _ in range(60):
        clock.tick(1)
        journal.tick()
        beats.append(read_attempt(store, RUN, 1).beat)
    assert (beats[18], beats[19], beats[39], beats[59]) == (0, 1, 2, 3)


def test_a_beat_tells_the_counts_so_far():
    store, clock = MemoryStorage(), ManualClock()
    journal = begun(store, clock)
    journal(computed(1))
    clock.tick(LEASE)
    journal.tick()
    assert read_attempt(store, RUN, 1).ran == 1


def test_a_journal_that_has_ended_says_nothing_more():
    store, clock = MemoryStorage(), ManualClock()
    journal = begun(store, clock)
    journal(computed(1))
    journal.end("Failed")
    written = store.get(f"runs/{RUN}")
    clock.tick(LEASE)
    journal.tick()
    assert store.get(f"runs/{RUN}") == written


def test_an_owner_that_lost_its_run_says_so_once_and_beats_no_more():
    store, clock = MemoryStorage(), ManualClock()
    journal = begun(store, clock)
    write(store, replace(ELSEWHERE, attempt=2, pid=77))
    heard = []
    with subscribed(heard.append):
        for _ in range(3):
            clock.tick(LEASE)
            journal.tick()
        journal.end("Completed")
    assert [event.by for event in heard if isinstance(event, RunLost)] == ["process 77 on elsewhere"]
    assert read_attempt(store, RUN, 2).owner == "other"
    assert read_runs(store)[0].state == "Running"


def test_an_owner_that_ends_before_its_next_beat_notices_too():
    store, clock = MemoryStorage(), ManualClock()
    journal = begun(store, clock)
    write(store, replace(ELSEWHERE, attempt=2))
    clock.tick(LEASE)
    heard = []
    with subscribed(heard.append):
        journal.end("Completed")
    assert [type(event) for event in heard] == [RunLost]


def test_a_run_is_not_taken_over_while_the_storage_does_not_answer():
    """A first attempt may begin then, since nobody else can have its id."""
    store = Failing(MemoryStorage(), None, {"put"})
    begun(store).end("Failed")
    store.error = StoreError("the disk is away")
    with pytest.raises(StoreError, match="the disk is away"):
        begun(store, attempt=2)


# --- who runs it ---------------------------------------------------------------------------------


def test_on_one_machine_process_and_start_decide():
    assert fate(HERE) is Fate.ALIVE
    assert fate(replace(HERE, process_start="1")) is Fate.DEAD, "its id was given to another process"
    assert fate(replace(HERE, ended=1.0)) is Fate.ENDED
    assert fate(ELSEWHERE) is Fate.UNKNOWN


def test_a_process_that_was_killed_is_dead_before_its_parent_asks():
    """It is a zombie until then."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    run = replace(HERE, pid=process.pid, process_start=own_start.__wrapped__(process.pid))
    assert fate(run) is Fate.ALIVE
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert fate(run) is Fate.DEAD
    process.communicate()


class Watched(ManualClock):
    """A clock whose sleeper sees something happen after a number of seconds."""

    def __init__(self, seconds=None, happens=None):
        super().__init__()
        self.seconds, self.happens = seconds, happens

    def sleep(self, seconds):
        super().sleep(seconds)
        if self.happens is not None and self.monotonic() >= self.seconds:
            self.happens()
            self.happens = None


def test_an_owner_elsewhere_is_dead_when_it_was_silent_for_its_lease():
    store, clock, told = MemoryStorage(), Watched(), []
    write(store, ELSEWHERE)
    assert await_silence(store, ELSEWHERE, clock, told.append).attempt == 1
    assert LEASE <= clock.monotonic() < LEASE * 1.1
    assert told == [f"pipeline-0f0e0d was begun by process {os.getpid()} on elsewhere: watching for 60 s whether it is alive"]


@pytest.mark.parametrize("change", [{"beat": 1}, {"attempt": 2, "owner": "third"}])
def test_an_owner_elsewhere_that_shows_a_sign_of_life_is_alive(change):
    store = MemoryStorage()
    write(store, ELSEWHERE)
    clock = Watched(LEASE / 2, lambda: write(store, replace(ELSEWHERE, **change)))
    with pytest.raises(RunIsAlive, match="is being run by process"):
        await_silence(store, ELSEWHERE, clock, lambda _: None)


def test_an_owner_elsewhere_that_fails_meanwhile_leaves_a_run_to_resume():
    store = MemoryStorage()
    write(store, ELSEWHERE)
    clock = Watched(LEASE / 2, lambda: write(store, replace(ELSEWHERE, state="Failed", ended=1.0)))
    assert await_silence(store, ELSEWHERE, clock, lambda _: None).state == "Failed"


# --- the thread ----------------------------------------------------------------------------------


def program(tmp_path, text, **environment):
    """Run a program and return what it prints."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "program.py").write_text(textwrap.dedent(text))
    environment = (
        os.environ | {"RECOUP_HOME": str(tmp_path / "home"), "RECOUP_RESULTS_LOCAL_STORAGE_PATH": "storage"} | environment
    )
    command = [sys.executable, "-W", "error", "program.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_thread_serves_all_runs_of_a_process_and_ends_after_them(tmp_path):
    assert PULSE_SECONDS <= 2
    printed = program(
        tmp_path,
        """
        import threading
        from recoup import flow

        def pulses():
            return [thread for thread in threading.enumerate() if thread.name == "recoup-pulse"]

        @flow
        def inner():
            return pulses()

        @flow
        def outer():
            return inner() + inner()

        first, second = outer()
        (third,) = inner()
        assert first is second is third
        third.join(30)
        print(pulses())
        """,
        RECOUP_RUNS_LEASE_SECONDS="0.3",
    )
    assert printed == "[]\n"


def test_no_thread_looks_after_runs_in_memory(tmp_path):
    printed = program(
        tmp_path,
        """
        import threading
        from recoup import flow

        @flow(result_storage="memory://here")
        def pipeline():
            return threading.active_count()

        print(pipeline())
        """,
    )
    assert printed == "1\n"


def test_runs_survive_a_fork_and_children_tell_what_they_do(tmp_path):
    """Both go on writing, neither writes what the other did, and the child does not end its parent's run."""
    program(
        tmp_path,
        """
        import multiprocessing, os, time
        from recoup import flow, task

        @task
        def work(where):
            return where

        def in_child(flag):
            work("child")

        @flow
        def pipeline():
            work("before")
            processes = multiprocessing.get_context("fork")
            for number in range(3):
                child = processes.Process(target=in_child, args=(number,))
                child.start()
                child.join()
                assert child.exitcode == 0
            time.sleep(0.3)
            work("after")

        pipeline()
        """,
        RECOUP_RUNS_LEASE_SECONDS="0.3",
    )
    store = LocalFileSystem(tmp_path / "storage")
    (run,) = read_runs(store)
    kinds = [event["type"] for event in run_events(store, run.run)]
    assert kinds.count("DidCompute") == 5
    assert (run.state, run.pid != 0, run.beat > 0) == ("Completed", True, True)


def test_a_child_that_returns_from_the_flow_does_not_end_the_run(tmp_path):
    printed = program(
        tmp_path,
        """
        import os
        from recoup import flow
        from recoup.engine.runs import read_runs
        from recoup.results import get_default_result_storage

        @flow
        def pipeline():
            child = os.fork()
            if child:
                os.waitpid(child, 0)
                return read_runs(get_default_result_storage())[0].state

        state = pipeline()
        if state is None:
            os._exit(0)
        print(state)
        """,
    )
    assert printed == "Running\n"
