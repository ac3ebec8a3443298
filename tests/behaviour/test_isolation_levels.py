"""With isolation level SERIALIZABLE, of several calls or transactions with one key one runs at a time."""

import asyncio
import contextlib
import os
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from recoup import flow, task
from recoup.cache_policies import INPUTS
from recoup.events import NotLocked, WriteFailed
from recoup.exceptions import ConfigurationError, LockNotHeld, StoreError
from recoup.locking.filesystem import FileSystemLockManager
from recoup.locking.memory import MemoryLockManager
from recoup.results import ResultStore
from recoup.settings import temporary_settings
from recoup.storage import MemoryStorage
from recoup.testing.locks import until_somebody_waits
from recoup.transactions import CommitMode, IsolationLevel, atransaction, get_transaction, transaction

SERIAL = INPUTS.configure(isolation_level="SERIALIZABLE", lock_manager=MemoryLockManager())


@pytest.fixture
def store():
    return ResultStore(MemoryStorage(), lock_manager=MemoryLockManager())


def serial(store, key="k", **options):
    return transaction(key=key, store=store, isolation_level=IsolationLevel.SERIALIZABLE, **options)


def at_once(number, function, *arguments):
    """Call a function in so many threads, which begin together."""
    together = threading.Barrier(number)

    def begin():
        together.wait()
        return function(*arguments)

    with ThreadPoolExecutor(number) as pool:
        return [done.result() for done in [pool.submit(begin) for _ in range(number)]]


def locks_are_free():
    from recoup.locking import memory

    return not memory._table.lines


# --- tasks ----------------------------------------------------------------------------------


def test_of_sixteen_threads_one_runs_the_body():
    """Defect 16 of Prefect: eight identical calls run eight times."""
    ran = []

    @task(cache_policy=SERIAL)
    def work(x):
        ran.append(x)
        if len(ran) < 2:
            until_somebody_waits(15)
        return [x]

    assert at_once(16, work, 1) == [[1]] * 16
    assert ran == [1]
    assert locks_are_free()


def test_calls_with_other_keys_do_not_wait():
    together = threading.Barrier(2, timeout=60)

    @task(cache_policy=SERIAL)
    def work(x):
        together.wait()
        return x

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, [1, 2])) == [1, 2]


def test_of_many_coroutines_one_runs_the_body():
    ran = []

    @task(cache_policy=SERIAL)
    async def work(x):
        ran.append(x)
        await asyncio.sleep(0.01)
        return x

    async def main():
        return await asyncio.gather(*(work(1) for _ in range(16)))

    assert asyncio.run(main()) == [1] * 16
    assert ran == [1]
    assert locks_are_free()


def test_of_submitted_calls_one_runs_the_body():
    ran = []

    @task(cache_policy=SERIAL)
    def work(x):
        ran.append(x)
        return x

    @flow
    def mapped():
        return work.map([1] * 8).result()

    assert mapped() == [1] * 8
    assert ran == [1]


def test_a_body_that_fails_lets_the_next_one_try():
    ran = []

    @task(cache_policy=SERIAL)
    def work(x):
        ran.append(x)
        raise ValueError(x)

    for _ in range(2):
        with pytest.raises(ValueError, match="1"):
            work(1)
    assert ran == [1, 1]
    assert locks_are_free()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_a_body_that_is_interrupted_lets_go(error):
    @task(cache_policy=SERIAL)
    def work(x):
        raise error

    with pytest.raises(error):
        work(1)
    assert locks_are_free()


def test_a_cancelled_body_lets_go():
    @task(cache_policy=SERIAL)
    async def work(x):
        await asyncio.sleep(60)

    async def main():
        running, waiting = asyncio.ensure_future(work(1)), asyncio.ensure_future(work(1))
        await asyncio.sleep(0.01)
        for each in (waiting, running):
            each.cancel()
        return await asyncio.gather(running, waiting, return_exceptions=True)

    assert [type(end) for end in asyncio.run(main())] == [asyncio.CancelledError] * 2
    assert locks_are_free()


def test_a_result_that_is_not_kept_lets_go():
    @task(cache_policy=SERIAL)
    def work(items):
        items.append(1)
        return items

    work([])
    assert locks_are_free()


def test_a_stream_has_its_turn_until_it_ends():
    ran = []

    @task(cache_policy=SERIAL)
    def work(x):
        ran.append(x)
        yield x

    assert at_once(4, lambda: list(work(1))) == [[1]] * 4
    assert ran == [1]
    assert locks_are_free()


def test_nested_and_parent_tasks_do_not_wait_for_each_other():
    """Prefect's #18600: equal calls inside one parent wait for ever."""
    ran = []

    @task(cache_policy=SERIAL)
    def child(x):
        ran.append(x)
        return x

    @task(cache_policy=SERIAL)
    def parent(x):
        return [child(x), child(x)]

    assert parent(1) == [1, 1]
    assert ran == [1]
    assert locks_are_free()


def test_a_task_that_calls_itself_with_its_own_key_does_not_wait_for_itself():
    depth = []

    @task(cache_policy=SERIAL)
    def work(x):
        depth.append(x)
        return work(x) if len(depth) < 3 else x

    assert work(1) == 1
    assert depth == [1, 1, 1]


def test_a_task_without_the_level_takes_no_lock(monkeypatch):
    monkeypatch.setattr(MemoryLockManager, "acquire_lock", lambda *_: pytest.fail("it locks"))
    assert task(cache_policy=INPUTS.configure(lock_manager=MemoryLockManager()))(lambda x: x)(1) == 1


def test_a_hit_takes_no_lock(monkeypatch):
    work = task(cache_policy=SERIAL)(lambda x: x)
    work(1)
    monkeypatch.setattr(MemoryLockManager, "acquire_lock", lambda *_: pytest.fail("it locks"))
    assert work(1) == 1


def test_a_policy_without_a_lock_manager_says_what_it_needs():
    work = task(cache_policy=INPUTS.configure(isolation_level="SERIALIZABLE"))(lambda x: x)
    with pytest.raises(ConfigurationError, match="SERIALIZABLE needs a lock manager"):
        work(1)


def test_a_lock_manager_may_be_that_of_the_transaction_around(store):
    work = task(cache_policy=INPUTS.configure(isolation_level="SERIALIZABLE"))(lambda x: x)
    with transaction(store=store):
        assert work(1) == 1
        assert not locks_are_free()
    assert locks_are_free()


def test_a_task_inherits_the_level_of_the_transaction_around(store):
    work, plain = task(cache_policy=INPUTS)(lambda x: x), task(cache_policy=INPUTS.configure(isolation_level="READ_COMMITTED"))
    with serial(store, key=None):
        plain(lambda x: x)(2)
        assert locks_are_free()
        work(1)
        assert not locks_are_free()
    assert locks_are_free()


# --- several keys ---------------------------------------------------------------------------


def test_two_calls_that_wait_for_each_others_key_go_on_after_the_longest_wait_and_say_so(recoup_events):
    together = threading.Barrier(2, timeout=60)

    def work(x, inside=False):
        if not inside:
            together.wait()
            work(1 - x, inside=True)
        return x

    work = task(cache_policy=SERIAL - "inside")(work)

    def call(x):
        with temporary_settings(tasks_longest_wait_seconds=0.05):
            return work(x)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(call, [0, 1])) == [0, 1]
    [event, *_] = [event for event in recoup_events if isinstance(event, NotLocked)]
    assert "RECOUP_TASKS_LONGEST_WAIT_SECONDS" in event.reason
    assert locks_are_free()


def test_a_synchronous_call_on_a_loops_own_thread_does_not_wait_for_that_loop_for_ever(recoup_events):
    @task(cache_policy=SERIAL, task_key="one")
    async def slow(x):
        await asyncio.sleep(0)
        return quick(x)

    quick = task(cache_policy=SERIAL, task_key="other")(lambda x: x)

    async def main():
        assert await MemoryLockManager().aacquire_lock(f"other/{quick.key(1)}", "a coroutine of this loop")
        return await slow(1)

    with temporary_settings(tasks_longest_wait_seconds=0.05):
        assert asyncio.run(main()) == 1
    assert [event.call.task for event in recoup_events if isinstance(event, NotLocked)] == ["<lambda>"]


# --- transactions ---------------------------------------------------------------------------


def test_of_several_transactions_with_one_key_one_does_the_work(store):
    done = []

    def work():
        with serial(store) as txn:
            if not txn.is_committed():
                done.append(1)
                txn.stage("done")
            return store.read("k", txn.holder).result if txn.is_committed() else "done"

    assert at_once(8, work) == ["done"] * 8
    assert done == [1]
    assert not store.is_locked("k")


def test_of_several_asynchronous_transactions_one_does_the_work(store):
    done = []

    async def work():
        async with atransaction(key="k", store=store, isolation_level=IsolationLevel.SERIALIZABLE) as txn:
            if not txn.is_committed():
                done.append(1)
                await asyncio.sleep(0.01)
                txn.stage("done")

    async def main():
        await asyncio.gather(*(work() for _ in range(8)))

    asyncio.run(main())
    assert done == [1]
    assert not store.is_locked("k")


def test_a_transaction_holds_its_key_until_it_ends(store):
    with serial(store) as txn:
        assert store.is_locked("k")
        assert store.is_lock_holder("k", txn.holder)
    assert not store.is_locked("k")


@pytest.mark.parametrize("ends", ["commit", "rollback", "error"])
def test_a_transaction_lets_go_however_it_ends(store, ends):
    with contextlib.suppress(ZeroDivisionError), serial(store) as txn:
        txn.stage(1)
        getattr(txn, ends, lambda: 1 / 0)()
    assert not store.is_locked("k")


def test_hooks_of_a_rollback_run_before_others_begin(store):
    seen = []
    with serial(store) as txn:
        txn.stage(1, [lambda _: seen.append(store.is_locked("k"))])
        txn.rollback()
    assert seen == [True]


def test_what_was_done_before_is_not_waited_for(store):
    store.write("before", "k")
    with serial(store) as txn:
        assert txn.is_committed()
        assert not store.is_locked("k")
        assert txn.read().result == "before"


def test_a_lazy_inner_transaction_keeps_its_key_until_the_outer_one_commits(store):
    with transaction(store=store):
        with serial(store) as inner:
            inner.stage(1)
        assert store.is_locked("k")
        with serial(store, key="k"):  # the same holder, all of it
            pass
    assert not store.is_locked("k")
    with transaction(store=store):
        with serial(store, key="other", commit_mode=CommitMode.EAGER) as inner:
            inner.stage(1)
        assert not store.is_locked("other")


def test_nested_transactions_on_one_key_do_not_wait_for_each_other(store):
    with serial(store), serial(store), serial(store) as inner:
        inner.stage(1)
    assert not store.is_locked("k")


def test_equal_calls_side_by_side_in_one_transaction_run_the_body_once():
    ran = []

    @task(cache_policy=SERIAL)
    def work(x):
        ran.append(x)
        return x

    @flow
    def together():
        with transaction():
            futures = work.map([1] * 8)
        return futures.result()

    assert together() == [1] * 8
    assert ran == [1]
    assert locks_are_free()


def test_what_was_taken_over_is_not_kept(store, recoup_events):
    """The late owner's commit does not stand."""
    notes = []

    @task(cache_policy=SERIAL, on_commit=[lambda _: notes.append("commit")], on_rollback=[lambda _: notes.append("rollback")])
    def work(x):
        (held,) = get_transaction().locks
        held.manager.release_lock(held.key, held.holder)  # as one does who finds it silent
        held.manager.acquire_lock(held.key, "another")
        return x

    assert work(1) == 1
    [failed] = [event for event in recoup_events if isinstance(event, WriteFailed)]
    assert "taken over by another" in failed.error
    assert notes == ["rollback"]
    assert not work.cached(1)


@pytest.mark.parametrize("level", ["SERIALIZABLE", IsolationLevel.SERIALIZABLE])
def test_a_level_needs_a_lock_manager(level):
    with (
        pytest.raises(ConfigurationError, match="needs a result store with a lock manager"),
        transaction(key="k", isolation_level=level),
    ):
        pytest.fail("it began")


# --- stores ---------------------------------------------------------------------------------


def test_a_store_locks_its_results(store):
    assert store.supports_isolation_level(IsolationLevel.SERIALIZABLE)
    assert not ResultStore(MemoryStorage()).supports_isolation_level("SERIALIZABLE")
    assert ResultStore(MemoryStorage()).supports_isolation_level(IsolationLevel.READ_COMMITTED)
    assert store.acquire_lock("k", "ann")
    assert store.is_locked("k")
    assert store.is_lock_holder("k", "ann")
    assert not store.acquire_lock("k", "bob", timeout=0)
    assert not store.wait_for_lock("k", timeout=0.01)
    store.release_lock("k", "ann")
    assert store.wait_for_lock("k")
    with pytest.raises(LockNotHeld):
        store.release_lock("k", "ann")


def test_a_store_locks_in_coroutines(store):
    async def main():
        assert await store.aacquire_lock("k", "ann")
        assert not await store.aacquire_lock("k", "bob", timeout=0)
        assert not await store.await_for_lock("k", timeout=0.01)
        store.release_lock("k", "ann")
        assert await store.await_for_lock("k")
        await store.awrite(1, "k", holder="ann")
        return (await store.aread("k", holder="ann")).result

    assert asyncio.run(main()) == 1


def test_a_store_without_a_lock_manager_says_what_to_write():
    with pytest.raises(ConfigurationError, match="lock_manager="):
        ResultStore(MemoryStorage()).acquire_lock("k", "ann")


def test_only_its_holder_writes_a_locked_result(store):
    store.acquire_lock("k", "ann")
    with pytest.raises(RuntimeError, match="locked by another holder"):
        store.write(1, "k", holder="bob")
    store.write(2, "k", holder="ann")
    assert store.read("k", holder="ann").result == 2


def test_who_reads_a_locked_result_waits_for_it(store):
    store.acquire_lock("k", "ann")
    with ThreadPoolExecutor(1) as other:
        reading = other.submit(store.read, "k")
        until_somebody_waits()
        store.write("new", "k", holder="ann")
        store.release_lock("k", "ann")
        assert reading.result().result == "new"


def test_who_asks_is_known_by_host_process_thread_and_coroutine(store):
    assert store.acquire_lock("k")
    assert store.is_lock_holder("k", store.generate_default_holder())
    here = ResultStore.generate_default_holder()

    async def inside():
        return ResultStore.generate_default_holder()

    assert f":{os.getpid()}:{threading.get_ident()}:MainThread" in here
    assert asyncio.run(inside()).startswith(f"{here}:")
    with ThreadPoolExecutor(1) as other:
        assert other.submit(store.is_lock_holder, "k").result() is False


def test_the_store_of_a_task_locks_the_keys_of_its_calls():
    work = task(cache_policy=SERIAL)(lambda x: x)
    store = ResultStore(MemoryStorage()).update_for_task(work)
    watched = task(cache_policy=SERIAL, task_key=work.task_key)(lambda x: store.is_locked(watched.key(x)))
    assert watched(1) is True
    assert not store.is_locked(watched.key(1))
    assert store.lock_manager == MemoryLockManager()


# --- processes ------------------------------------------------------------------------------

PROGRAM = """
    import os, signal, sys, time
    from pathlib import Path
    from recoup import task
    from recoup.cache_policies import INPUTS
    from recoup.locking.filesystem import FileSystemLockManager

    policy = INPUTS.configure(isolation_level="SERIALIZABLE", lock_manager=FileSystemLockManager("locks"))

    @task(cache_policy=policy, result_storage="./results", task_key="work")
    def work(x):
        with open("ran", "a") as file:
            file.write("x")
        print("running", flush=True)
        if sys.argv[1] == "hangs":
            time.sleep(600)
        return x

    print("began", flush=True)
    print(work(1), flush=True)
"""


def test_of_several_processes_one_runs_the_body_and_a_killed_one_is_replaced(tmp_path):
    (tmp_path / "program.py").write_text(textwrap.dedent(PROGRAM))

    def begin(how):
        return subprocess.Popen([sys.executable, "program.py", how], cwd=tmp_path, stdout=subprocess.PIPE, text=True)

    hanging = begin("hangs")
    assert [hanging.stdout.readline() for _ in range(2)] == ["began\n", "running\n"]
    others = [begin("runs") for _ in range(4)]
    assert [other.stdout.readline() for other in others] == ["began\n"] * 4
    hanging.kill()
    hanging.communicate()
    assert sorted(other.communicate(timeout=120)[0] for other in others) == ["1\n"] * 3 + ["running\n1\n"]
    assert (tmp_path / "ran").read_text() == "xx"


def test_a_lock_server_that_does_not_answer_is_no_reason_not_to_compute(tmp_path, monkeypatch, recoup_events):
    def refuse(*_, **__):
        raise StoreError("no route to host")

    locks = FileSystemLockManager(tmp_path)
    monkeypatch.setattr(FileSystemLockManager, "acquire_lock", refuse)
    work = task(cache_policy=INPUTS.configure(isolation_level="SERIALIZABLE", lock_manager=locks))(lambda x: x)
    assert work(1) == 1
    [event] = [event for event in recoup_events if isinstance(event, NotLocked)]
    assert "no route to host" in event.reason


INSIDE = """
    from recoup import flow, task
    from recoup.cache_policies import INPUTS
    from recoup.locking.filesystem import FileSystemLockManager
    from recoup.task_runners import ProcessPoolTaskRunner

    policy = INPUTS.configure(isolation_level="SERIALIZABLE", lock_manager=FileSystemLockManager("locks")) - "inside"

    @task(cache_policy=policy, result_storage="./results", task_key="work")
    def work(x, inside=False):
        return x if inside else work.submit(x, inside=True).result()

    @flow(task_runner=ProcessPoolTaskRunner(max_workers=2))
    def run():
        return work(1)

    if __name__ == "__main__":
        print(run())
"""


def test_a_body_that_submits_its_own_key_to_other_processes_does_not_wait_for_itself(tmp_path):
    (tmp_path / "program.py").write_text(textwrap.dedent(INSIDE))
    ran = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ran.stdout == "1\n", ran.stderr
