"""A task commits when it completes; an explicit transaction keeps all of its results or none."""

import asyncio
import contextlib
import contextvars
import multiprocessing
import threading

import pytest

from recoup import flow, task
from recoup.cache_policies import INPUTS
from recoup.events import DidCompute, DidRollBack, DidStore, Hit, WriteFailed
from recoup.exceptions import ConfigurationError, MissingResult, SerializationError, StoreError, StoreFull
from recoup.results import ResultStore, get_default_result_storage, get_result_store
from recoup.settings import temporary_settings
from recoup.storage import MemoryStorage
from recoup.testing.stores import Failing
from recoup.transactions import (
    AsyncTransaction,
    CommitMode,
    IsolationLevel,
    Transaction,
    TransactionState,
    atransaction,
    get_transaction,
    transaction,
)

BIG = 100_000


class Told:
    """Tasks with hooks that note what happens."""

    def __init__(self):
        self.notes = []

    def task(self, name, body=lambda x: x, **options):
        @task(name=name, task_key=name, **{"cache": True, **options})
        def work(x=0):
            self.notes.append(name)
            return body(x)

        work.on_commit(lambda txn: self.notes.append(f"commit {name}"))
        work.on_rollback(lambda txn: self.notes.append(f"rollback {name}"))
        return work


@pytest.fixture
def told():
    return Told()


@task
def fail():
    raise ValueError("no")


@contextlib.contextmanager
def failing():
    """Expect that the block raises."""
    with pytest.raises(ValueError, match="no"):
        yield


def records(store=None):
    return sorted(record.key for record in ResultStore(store).ledger.records())


def count(events, kind):
    return sum(isinstance(event, kind) for event in events)


# --- a task by itself ------------------------------------------------------------------------------


def test_a_task_commits_when_it_completes(told):
    a = told.task("a")
    a()
    assert told.notes == ["a", "commit a"]
    assert a.cached()


def test_commit_hooks_run_after_the_write(told):
    a, seen = told.task("a"), []
    a.on_commit_hooks.append(lambda txn: seen.append((a.cached(), txn.is_committed())))
    a()
    assert seen == [(True, True)]


def test_hooks_of_a_task_that_keeps_nothing_run_all_the_same(told):
    told.task("a", cache=None)()
    assert told.notes == ["a", "commit a"]


def test_a_hit_runs_no_hooks(told):
    a = told.task("a")
    a()
    a()
    assert told.notes == ["a", "commit a"]


def test_a_failing_body_runs_no_hooks(told):
    assert told.task("a", lambda x: 1 // 0)(return_state=True).is_failed()
    assert told.notes == ["a"]


@pytest.mark.parametrize("what", ["put", "encode"])
def test_a_result_that_cannot_be_kept_is_rolled_back_and_its_value_returned(told, recoup_events, what):
    """One of the two kinds of hooks runs, never both."""
    store = Failing(MemoryStorage(), StoreFull("no room"), {"put"} if what == "put" else set())
    value = 5 if what == "put" else threading.Lock()
    assert told.task("a", lambda x: value, result_storage=store)() is value
    assert told.notes == ["a", "rollback a"]
    assert (count(recoup_events, WriteFailed), count(recoup_events, DidRollBack)) == (1, 1)


@pytest.mark.parametrize("value", [5, threading.Lock()], ids=["not written", "not encoded"])
@pytest.mark.parametrize("grouped", [False, True])
def test_a_result_that_has_to_be_kept_and_cannot_be_fails_and_is_rolled_back(told, value, grouped):
    a = told.task("a", lambda x: value, result_storage=Failing(MemoryStorage(), StoreFull("no room"), {"put"}))
    group = transaction() if grouped else contextlib.nullcontext()
    with temporary_settings(results_on_persist_failure="fail"), pytest.raises((StoreFull, SerializationError)), group:
        a()
    assert told.notes == ["a", "rollback a"]


def test_a_commit_hook_that_raises_undoes_nothing(told, caplog):
    """The result is durable by then; the other hooks run."""
    a = told.task("a")
    a.on_commit_hooks.insert(0, lambda txn: 1 // 0)
    assert a() == 0
    assert told.notes == ["a", "commit a"]
    assert a.cached()
    assert "the commit hook '<lambda>' raised" in caplog.text


def test_hooks_say_that_they_run_unless_told_not_to(told, caplog):
    def quiet(txn):
        told.notes.append("quiet")

    quiet.log_on_run = False
    a = told.task("a")
    a.on_commit_hooks.append(quiet)
    with caplog.at_level("INFO"):
        a()
    assert [record.getMessage() for record in caplog.records if "hook" in record.getMessage()] == [
        "Running commit hook '<lambda>'"
    ]
    assert told.notes[-1] == "quiet"


def test_a_nested_task_commits_when_it_completes_though_its_parent_fails(told):
    """With Prefect it is discarded, and runs again when the parent does."""
    inner = told.task("inner")

    @task(cache=True)
    def outer():
        inner()
        assert inner.cached(), "its siblings are served already"
        raise ValueError("no")

    assert outer(return_state=True).is_failed()
    assert told.notes == ["inner", "commit inner"]
    assert inner.cached()


# --- a group ---------------------------------------------------------------------------------------


def test_a_transaction_writes_when_it_ends(told):
    a, b = told.task("a"), told.task("b")
    with transaction() as txn:
        assert (a(1), b(2)) == (1, 2)
        assert records() == []
        assert (txn.is_active(), told.notes) == (True, ["a", "b"])
    assert len(records()) == 2
    assert told.notes == ["a", "b", "commit a", "commit b"]
    assert txn.state is TransactionState.COMMITTED


def test_a_transaction_that_fails_keeps_nothing_and_undoes_in_reverse_order(told, recoup_events):
    a, b = told.task("a"), told.task("b")
    with failing(), transaction() as txn:
        a("x" * BIG)
        b()
        fail()
    assert records() == []
    assert told.notes == ["a", "b", "rollback b", "rollback a"]
    assert txn.is_rolled_back()
    assert [event.call.task for event in recoup_events if isinstance(event, DidRollBack)] == ["b", "a"]
    assert count(recoup_events, DidStore) == 0


def test_a_failing_task_rolls_back_also_where_its_error_is_caught(told):
    """As with Prefect: what comes after it in the block is undone, too."""
    a = told.task("a")
    with transaction() as txn:
        a(1)
        assert fail(return_state=True).is_failed()
        assert txn.is_rolled_back()
        a(2)
    assert told.notes == ["a", "rollback a", "a", "rollback a"]
    assert records() == []


def test_a_task_that_succeeds_at_its_second_attempt_rolls_nothing_back(told):
    """With Prefect its first failure rolls the transaction back, and the second attempt does not mend that."""
    attempts = iter([ValueError("first"), None])

    @task(retries=1)
    def flaky():
        error = next(attempts)
        if error:
            raise error

    with transaction() as txn:
        told.task("a")()
        flaky()
    assert txn.is_committed()
    assert told.notes == ["a", "commit a"]


def test_equal_calls_inside_a_transaction_are_computed_once(recoup_events):
    """With Prefect results are not seen before the commit, so that siblings compute them again."""
    numbers = task(cache=True)(lambda n: ["x" * BIG] * n)
    with transaction():
        numbers(1).append("mine")
        assert numbers.cached(1)
        assert numbers(1) == ["x" * BIG]
        assert numbers(1, return_state=True).result() == ["x" * BIG]
    assert numbers(1) == ["x" * BIG]
    assert (count(recoup_events, DidCompute), count(recoup_events, Hit)) == (1, 3)


def test_what_a_rolled_back_transaction_computed_is_computed_again(recoup_events):
    number = task(cache=True)(lambda: 1)
    for _ in range(2):
        with failing(), transaction():
            number()
            fail()
    assert count(recoup_events, DidCompute) == 2


def test_a_hit_inside_a_transaction_is_not_undone_with_it(told):
    a = told.task("a")
    a()
    with failing(), transaction():
        a()
        fail()
    assert a.cached()
    assert told.notes == ["a", "commit a"]


def test_when_one_record_cannot_be_written_none_is_kept(told, caplog):
    """The others are taken back, those that they had replaced are there again, and no commit hook runs."""

    class Picky(Failing):
        def before(self, operation, name):
            if operation == "put" and name.startswith("records/b"):
                raise StoreError("no room for b")

    store = Picky(MemoryStorage(), None, set())
    a, b = told.task("a", result_storage=store, refresh_cache=True), told.task("b", result_storage=store)
    a("same")
    told.notes.clear()
    before = {info.name: store.store.get(info.name) for info in store.store.list("records")}
    with transaction() as txn:
        a("same")
        a("new")
        b()
    assert {info.name: store.store.get(info.name) for info in store.store.list("records")} == before
    assert told.notes[-3:] == ["rollback b", "rollback a", "rollback a"]
    assert (txn.is_rolled_back(), any("commit" in note for note in told.notes)) == (True, False)
    assert "a transaction could not be committed and is rolled back: no room for b" in caplog.text


def test_named_copies_appear_with_the_commit():
    report = task(result_storage_key="report", result_serializer="json")(lambda: 1)
    with transaction():
        report()
        assert not get_default_result_storage().exists("report")
    assert get_default_result_storage().get("report") == b"1"


def test_a_result_of_a_transaction_can_be_looked_at_before_the_commit():
    numbers = task(cache=True)(lambda n: ["x"] * n)

    @flow
    def pipeline():
        with transaction():
            future = numbers.submit(BIG)
            return len(future.result()), len(numbers(BIG, return_state=True).result())

    assert pipeline() == (BIG, BIG)


# --- nesting and modes -----------------------------------------------------------------------------


def test_a_lazy_transaction_commits_with_the_one_around_it(told):
    a = told.task("a")
    with transaction() as outer:
        with transaction() as inner:
            a()
        assert inner.get_parent() is outer
        assert (inner.is_committed(), records()) == (False, [])
    assert (inner.is_committed(), outer.is_committed(), len(records())) == (True, True, 1)


def test_an_eager_transaction_commits_at_its_own_end_and_stays_committed(told):
    a, b = told.task("a"), told.task("b")
    with failing(), transaction():
        with transaction(commit_mode=CommitMode.EAGER) as inner:
            a()
        assert (inner.is_committed(), len(records())) == (True, 1)
        b()
        fail()
    assert told.notes == ["a", "commit a", "b", "rollback b"]
    assert a.cached()


def test_a_transaction_that_is_off_rolls_back_unless_it_is_committed_by_hand(told):
    a = told.task("a")
    with transaction(commit_mode=CommitMode.OFF):
        a()
    assert told.notes == ["a", "rollback a"]
    with transaction(commit_mode=CommitMode.OFF) as txn:
        a()
        assert txn.commit()
    assert told.notes[2:] == ["a", "commit a"]
    assert a.cached()


def test_a_failing_inner_transaction_rolls_back_the_outer_one(told):
    a = told.task("a")
    with transaction() as outer:
        a()
        with failing(), transaction():
            fail()
        assert outer.is_rolled_back()
    assert told.notes == ["a", "rollback a"]


def test_a_transaction_inside_a_task_ends_with_its_block(told):
    a = told.task("a")

    @task
    def outer():
        with transaction():
            a()
        return a.cached()

    assert outer() is True


def test_a_commit_mode_is_inherited():
    with transaction(commit_mode=CommitMode.EAGER), transaction() as inner:
        assert inner.commit_mode is CommitMode.EAGER


def test_a_transaction_ends_once(told):
    told_of = told.task("a")
    with transaction() as txn:
        told_of()
        assert txn.rollback()
        assert not txn.rollback()
        assert not txn.commit()
    assert told.notes == ["a", "rollback a"]


# --- data ------------------------------------------------------------------------------------------


def test_hooks_see_what_was_set_around_them(told):
    a, seen = told.task("a"), []
    a.on_rollback_hooks.append(lambda txn: seen.append((txn.get("path"), txn.get("mode", "default"))))
    with failing(), transaction() as txn:
        txn.set("path", "a.txt")
        a()
        fail()
    assert seen == [("a.txt", "default")]


def test_hooks_see_what_the_body_set_in_its_own_transaction():
    seen = []

    @task(cache=True)
    def write():
        get_transaction().set("path", "b.txt")

    write.on_commit_hooks.append(lambda txn: seen.append(txn.get("path")))
    write()
    assert seen == ["b.txt"]


def test_what_is_got_is_a_copy():
    with transaction() as txn:
        txn.set("paths", ["a"])
        txn.get("paths").append("mine")
        assert txn.get("paths") == ["a"]


def test_a_value_that_was_never_set_is_an_error():
    with transaction() as txn, pytest.raises(ValueError, match=r"the transaction knows no value 'path'; call txn.set"):
        txn.get("path")


def test_the_transaction_of_a_body_is_inside_the_explicit_one():
    @task
    def parent():
        own = get_transaction()
        with transaction() as explicit:
            return own, own.get_parent(), explicit, explicit.get_parent(), get_transaction()

    with transaction() as outer:
        own, around, explicit, inside, innermost = parent()
    assert (around, inside, innermost) == (outer, own, explicit)
    assert get_transaction() is Transaction.get_active() is None


# --- keys ------------------------------------------------------------------------------------------


def test_a_key_says_whether_it_was_done_before():
    def step(number):
        with transaction(key="step", store=get_result_store()) as txn:
            if txn.is_committed():
                return txn.read().result
            txn.stage(number)
            return "staged"

    assert [step(1), step(2)] == ["staged", 1]
    assert get_result_store().read("step").result == 1


def test_a_key_without_a_store_uses_the_one_in_force():
    with transaction(key="k"):
        pass
    assert get_result_store().read("k").result is None


def test_a_key_is_not_taken_for_that_of_a_task():
    task(cache_key_fn=lambda context, arguments: "k")(lambda: 1)()
    with transaction(key="k") as txn:
        assert not txn.is_committed()


def test_a_key_is_not_written_when_the_block_fails():
    with failing(), transaction(key="k") as txn:
        txn.stage(1)
        fail()
    assert not get_result_store().exists("k")


def test_a_key_can_be_overwritten_or_left_unwritten():
    store = get_result_store()
    store.write("before", key="k")
    with transaction(key="k", write_on_commit=False, overwrite=True) as txn:
        assert txn.is_active()
        txn.stage("unwritten")
    assert store.read("k").result == "before"
    with transaction(key="k", overwrite=True) as txn:
        txn.stage("after")
    assert store.read("k").result == "after"


def test_staged_values_bring_their_hooks():
    notes = []
    with transaction(key="k") as txn:
        txn.stage(1, [lambda txn: notes.append("rollback")], [lambda txn: notes.append("commit")])
        assert txn.is_staged()
    assert notes == ["commit"]
    with transaction(key="k") as txn:
        txn.stage(2, [], [lambda txn: notes.append("commit")])
    assert notes == ["commit"], "what was committed before is not staged again"


def test_a_transaction_without_a_key_has_nothing_to_read():
    with transaction() as txn, pytest.raises(MissingResult, match="write transaction"):
        txn.read()


def test_serializable_needs_a_lock_manager():
    with (
        pytest.raises(ConfigurationError, match="SERIALIZABLE needs a result store with a lock manager"),
        transaction(key="k", isolation_level=IsolationLevel.SERIALIZABLE),
    ):
        pytest.fail("it began")


# --- threads and loops -----------------------------------------------------------------------------


def test_submitted_tasks_join_and_the_block_waits_for_them(told):
    """With Prefect a task that ends after the block never commits."""
    a, go = told.task("a"), threading.Event()

    @task(cache=True)
    def slow():
        go.wait(10)
        return 1

    @flow
    def pipeline():
        with transaction() as txn:
            futures = [a.submit(1), slow.submit()]
            futures[0].wait()
            assert records() == []
            go.set()
        return txn.is_committed(), len(records())

    assert pipeline() == (True, 2)


def test_a_submitted_task_that_fails_rolls_back(told):
    a = told.task("a")

    @flow
    def pipeline():
        with transaction() as txn:
            a.submit().wait()
            fail.submit()
        return txn.is_rolled_back()

    assert pipeline()
    assert told.notes == ["a", "rollback a"]


def test_what_ends_after_its_transaction_ends_as_that_did(told):
    """In a thread of one's own, which nobody waits for."""
    a = told.task("a")
    with transaction():
        context = contextvars.copy_context()
    context.copy().run(a)
    assert told.notes == ["a", "commit a"]
    with failing(), transaction():
        context = contextvars.copy_context()
        fail()
    context.run(a, 5)
    assert told.notes[2:] == ["a", "rollback a"]
    assert not a.cached(5)


@task(cache=True)
def double(x):
    return 2 * x


def test_tasks_of_a_forked_child_commit_by_themselves(tmp_path):
    """The transaction is the parent's: nobody would ever write what a child left to it."""
    kept = double.with_options(result_storage=tmp_path)
    with failing(), transaction():
        child = multiprocessing.get_context("fork").Process(target=kept, args=(4,))
        child.start()
        child.join()
        fail()
    assert child.exitcode == 0
    assert kept.cached(4)


def test_many_tasks_of_one_transaction_commit_together():
    square = task(cache_policy=INPUTS)(lambda x: x * x)

    @flow
    def pipeline():
        with transaction():
            square.map(range(200))
        return len(records())

    assert pipeline() == 200


def test_an_async_transaction_groups_async_tasks(recoup_events):
    notes = []

    @task(cache=True)
    async def write(x):
        return x

    async def undo(txn):
        await asyncio.sleep(0)
        notes.append(f"undo {txn.get('path')}")

    write.on_rollback_hooks += [undo, lambda txn: notes.append(threading.current_thread() is threading.main_thread())]

    async def run(fails):
        async with atransaction() as txn:
            txn.set("path", "p")
            await asyncio.gather(write(1), write(2))
            assert records() == []
            if fails:
                raise ValueError("no")
        return txn

    with pytest.raises(ValueError, match="no"):
        asyncio.run(run(fails=True))
    assert notes == [False, "undo p"] * 2, "functions run on another thread, so that the loop goes on"
    assert asyncio.run(run(fails=False)).is_committed()
    assert len(records()) == 2


def test_an_async_task_commits_when_it_completes():
    notes = []

    @task(cache=True)
    async def write():
        return 1

    async def hook(txn):
        notes.append(txn.is_committed())

    write.on_commit_hooks.append(hook)
    asyncio.run(write())
    assert notes == [True]


def test_a_coroutine_hook_of_a_synchronous_task_runs(told):
    a = told.task("a")

    async def hook(txn):
        await asyncio.sleep(0)
        told.notes.append("awaited")

    a.on_commit_hooks.append(hook)
    a()
    assert told.notes[-1] == "awaited"


def test_an_async_transaction_knows_its_key():
    async def step(number):
        async with atransaction(key="step") as txn:
            if txn.is_committed():
                return (await txn.read()).result
            txn.stage(number)
            return "staged"

    assert [asyncio.run(step(1)), asyncio.run(step(2))] == ["staged", 1]


def test_an_async_transaction_is_entered_asynchronously():
    with pytest.raises(NotImplementedError, match="entered with `async with`"), AsyncTransaction():
        pass


def test_an_async_flow_waits_for_what_it_submitted_in_a_transaction():
    go = threading.Event()

    @task(cache=True)
    def slow(x):
        go.wait(10)
        return x

    @flow
    async def pipeline():
        async with atransaction():
            slow.map([1, 2, 3])
            asyncio.get_running_loop().call_later(0.01, go.set)  # which runs only if the loop goes on meanwhile
        return len(records())

    assert asyncio.run(pipeline()) == 3
