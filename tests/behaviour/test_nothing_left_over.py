"""Calls and runs leave nothing behind: no memory, no thread, no file descriptor, no temporary file."""

import gc
import sys
import threading
import weakref
from pathlib import Path

import pytest

from recoup import flow, task
from recoup.results import ledger_of
from recoup.storage import LocalFileSystem, MemoryStorage
from recoup.task_runners import ThreadPoolTaskRunner


def growth(work, *, warm, more):
    """Return how many more blocks of memory there are after `more` rounds of work than after the first `warm`."""
    for number in range(warm):
        work(number)
    gc.collect()
    before = sys.getallocatedblocks()
    for number in range(warm, warm + more):
        work(number)
    gc.collect()
    return sys.getallocatedblocks() - before


def test_memory_is_flat_over_a_hundred_thousand_calls():
    @task
    def plain(number):
        return number

    @task(cache=True, result_storage=MemoryStorage())
    def kept(number):
        return number

    def work(number):
        plain(number)
        kept(number % 100)

    assert growth(work, warm=500, more=50_000) < 500


def test_memory_is_flat_over_thousands_of_misses(tmp_path):
    @task(cache=True, result_storage=tmp_path)
    def square(number):
        return number * number

    assert growth(square, warm=2_500, more=2_500) < 1_000  # a task remembers 2,048 records, to say why it runs


@pytest.mark.parametrize("options", [{}, {"cache": True}], ids=["not kept", "kept"])
def test_memory_is_flat_over_runs_that_map(tmp_path, options):
    @task(**options)
    def double(number):
        return 2 * number

    @flow(result_storage=tmp_path, persist_result=False, task_runner=ThreadPoolTaskRunner(4))
    def mapped(_number):
        return sum(double.map(range(100)).result())

    assert growth(mapped, warm=20, more=40) < 1_000


def test_what_is_told_once_of_arguments_is_not_remembered_without_end():
    store = MemoryStorage()

    @task(cache=True, result_storage=store)
    def use(config):
        return len(config)

    for number in range(1_500):
        use({f"name-{number}": threading.Lock()})
    assert len(ledger_of(store).told) <= 1_000


def test_a_storage_is_let_go_when_many_others_came_after_it(tmp_path):
    ledgers = [weakref.ref(ledger_of(LocalFileSystem(tmp_path / str(number)))) for number in range(200)]
    gc.collect()
    assert sum(ledger() is not None for ledger in ledgers) <= 64


def test_an_ended_future_holds_its_result_and_nothing_of_the_work():
    class Argument:
        pass

    @task
    def look(argument):
        return type(argument).__name__

    @flow
    def main():
        argument = Argument()
        held = weakref.ref(argument)
        future = look.submit(argument)
        del argument
        assert future.result() == "Argument"
        while held() is not None:  # the thread may not have left its frame
            gc.collect()
        return True

    assert main()


def open_files():
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_no_thread_descriptor_or_temporary_file_remains_of_a_run(tmp_path):
    @task(cache=True)
    def square(number):
        return number * number

    @task
    def fail(number):
        raise ValueError(number)

    @flow(result_storage=tmp_path)
    def main():
        square.map(range(300)).wait()
        fail.map(range(10)).wait()

    main()
    descriptors = open_files()
    for _ in range(3):
        main()
    assert open_files() == descriptors
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("recoup_")] == []
    assert [file for file in tmp_path.rglob("*") if file.name.startswith(".")] == []
